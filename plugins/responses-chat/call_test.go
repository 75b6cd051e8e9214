package responseschat

import "testing"

// TestScan tells where the arguments of a call are whole, however they are cut.
func TestScan(t *testing.T) {
	tests := []struct {
		name, text string
		whole      int // bytes after which they are; -1 for never
	}{
		{"empty", "", -1},
		{"empty object", "{}", 2},
		{"blanks around", " \n{} \t", 4},
		{"nested", `{"a":{"b":[1,{}]},"c":2}`, 24},
		{"braces in text", `{"a":"}]{["}`, 12},
		{"quotes in text", `{"a":"\"}"}`, 11},
		{"backslashes in text", `{"a":"\\"}`, 10},
		{"braces in a name", `{"}":1}`, 7},
		{"unicode", `{"a":"漢}😀"}`, 16},
		{"cut off", `{"a":{}`, -1},
		{"cut off in a text", `{"a":"}`, -1},
		{"list", "[[]]", 4},
		{"no JSON, but closed", "{a}", 3},
		{"closed before it is open", "}", 1},
		{"word", "null", -1},
		{"word with braces", "no {}", -1},
		{"text", `"{}"`, -1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			it, whole := answerItem{place: beforeArguments}, -1
			for i := range len(test.text) {
				it.scan([]byte{test.text[i]})
				if whole < 0 && it.place == behindArguments {
					whole = i + 1
				}
			}
			once := answerItem{place: beforeArguments}
			once.scan([]byte(test.text))
			if whole != test.whole || (once.place == behindArguments) != (test.whole >= 0) {
				t.Errorf("whole after %d bytes, at once: %v; want %d", whole, once.place == behindArguments, test.whole)
			}
		})
	}
}
