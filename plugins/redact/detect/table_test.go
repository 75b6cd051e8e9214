package detect

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// finding is a text and the entities of one type in it, in order. None means the text is a trap.
type finding struct {
	name string
	text string
	want []string
}

// check scans each text as a configuration without types does and compares the entities of typ; other types must not be found.
func check(t *testing.T, typ Type, cases []finding) {
	t.Helper()
	s := New(Default())
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, sp := range s.Scan([]byte(c.text)) {
				v := c.text[sp.Start:sp.End]
				if sp.Type != typ {
					v = sp.Type.String() + ":" + v
				}
				got = append(got, v)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%q (-want +got):\n%s", c.text, d)
			}
		})
	}
}

func one(s string) []string { return []string{s} }
