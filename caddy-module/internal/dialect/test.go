package dialect

import (
	"bytes"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/document"
)

// test compares a member of a value with words. The zero test always passes.
type test struct {
	member string
	not    bool
	words  []operand
}

type operand struct {
	text string
	tail bool // the value has to end in text
}

// test compiles "member=a|b", "member!=a|b" and "member=*.tail".
func (c *compiler) test(s string) (t test) {
	if s == "" {
		return t
	}
	member, list, found := strings.Cut(s, "=")
	if !found || list == "" {
		c.fail("test %q: expected member=value or member!=value", s)
	}
	t.member, t.not = strings.CutSuffix(member, "!")
	if t.member == "" {
		c.fail("test %q: expected a member's name before =", s)
	}
	for _, text := range strings.Split(list, "|") {
		text, tail := strings.CutPrefix(text, "*")
		t.words = append(t.words, operand{text, tail})
	}
	return t
}

// passes tells whether a member of n passes.
func (t *test) passes(a *document.Arena, n document.Node) bool {
	return t.member == "" || t.takes(a, a.Get(n, t.member))
}

// accepts tells whether value n passes, whatever member it is.
func (t *test) accepts(a *document.Arena, n document.Node) bool {
	return t.member == "" || t.takes(a, n)
}

// takes tells whether value n passes.
func (t *test) takes(a *document.Arena, n document.Node) bool {
	for i := range t.words {
		w := &t.words[i]
		if w.tail {
			if v, _ := a.Text(n); bytes.HasSuffix(v, []byte(w.text)) {
				return !t.not
			}
		} else if a.Is(n, w.text) {
			return !t.not
		}
	}
	return t.not
}
