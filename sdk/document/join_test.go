package document

import (
	"strings"
	"testing"
)

func TestJoin(t *testing.T) {
	long := strings.Repeat("QUJD", 1<<16)
	tests := []struct{ name, array, want, spelled string }{
		{"two", `["data:,","x"]`, "data:,x", `"data:,x"`},
		{"none", `[]`, "", `""`},
		{"empty ones", `["","a",""]`, "a", `"a"`},
		{"escapes stay as they are", `["a\n","\u00e9é"]`, "a\néé", `"a\n\u00e9é"`},
		{"long", `["data:image/png;base64,","` + long + `"]`, "data:image/png;base64," + long, `"data:image/png;base64,` + long + `"`},
		{"a number among them", `["a",1]`, "", ""},
		{"no array", `"a"`, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var x, y Arena
			n, err := x.Parse([]byte(test.array))
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range []*Arena{&x, &y} {
				got := a.Join(&x, n)
				if s := a.String(got); s != test.want || string(a.AppendJSON(nil, got)) != test.spelled {
					t.Errorf("got %q, spelled %s", s, a.AppendJSON(nil, got))
				}
			}
		})
	}
}
