package togemini

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// TestParseVector compares the short way with package strconv, for numbers as providers write them and for
// those at the borders of what the short way takes.
func TestParseVector(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	texts := []string{"0", "-0", "1", "-1.5", "1e3", "1E-3", "1e+22", "1e22", "1e-22", "1e23", "1e-30", "123456789012345678", "1234567890123456789", "0.000000000000000000000001", "16777217", "1e38", "1e-45", "-0.013168523"}
	for range 2000 {
		texts = append(texts, strconv.FormatFloat(float64(float32(r.NormFloat64()/50)), 'g', -1, 32), strconv.FormatFloat(r.NormFloat64(), 'f', -1, 64))
	}
	got, ok := parseVector(nil, []byte("[ "+strings.Join(texts, " ,\n")+" ]"))
	if !ok || len(got) != len(texts) {
		t.Fatalf("got %d numbers, %v: want %d", len(got), ok, len(texts))
	}
	for i, text := range texts {
		f, err := strconv.ParseFloat(text, 32)
		if err != nil {
			t.Fatal(err)
		}
		if math.Float32bits(got[i]) != math.Float32bits(float32(f)) {
			t.Errorf("%s: got %v, want %v", text, got[i], float32(f))
		}
	}
	for _, bad := range []string{"", "1", "[", "[1", "[1,", "[1,]", "[,1]", "[-]", "[.]", "[e1]", `["1"]`, "[null]", "[[1]]", "[1 2]", "{}"} {
		if v, ok := parseVector(nil, []byte(bad)); ok {
			t.Errorf("%q: got %v, want a refusal", bad, v)
		}
	}
	if v, ok := parseVector(nil, []byte("[ ]")); !ok || len(v) != 0 {
		t.Errorf("empty list: got %v, %v", v, ok)
	}
}

func TestSplitPath(t *testing.T) {
	tests := []struct {
		path string
		want string // fields, or "-"
	}{
		{"$", "[]"},
		{"$.a", "[.a]"},
		{"$.a.b[0][12].c", "[.a .b [0 [12 .c]"},
		{"$['a b'].c", "[.a b .c]"},
		{`$["a.b"]`, "[.a.b]"},
		{"a", "-"},
		{"", "-"},
		{"$[", "-"},
		{"$[]", "-"},
		{"$[x]", "-"},
		{"$['a]", "-"},
		{"$['", "-"},
		{"$ a", "-"},
		{"$" + strings.Repeat(".a", 33), "-"},
	}
	for _, test := range tests {
		fields, ok := splitPath(test.path)
		got := fmt.Sprint(fields)
		if !ok {
			got = "-"
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.path, got, test.want)
		}
	}
}

func TestCharacters(t *testing.T) {
	text := strings.Repeat("a", 60) + "é世🎵" + strings.Repeat("ü", 50)
	g := grounded{text: []byte(text)}
	for i := range text {
		if got, want := g.character(i), len([]rune(text[:i])); got != want {
			t.Errorf("byte %d is character %d, want %d", i, got, want)
		}
	}
	if got, want := g.character(1<<30), len([]rune(text)); got != want {
		t.Errorf("the end is character %d, want %d", got, want)
	}
	if empty := (grounded{}); empty.character(5) != 0 {
		t.Error("an empty text has characters")
	}
}
