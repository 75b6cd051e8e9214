package dialect

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// step is a node of the trie of all paths of a body.
type step struct {
	names        []name
	initials     uint32 // what the names begin with
	each         *step  // "*"
	text         []place
	scope        *scopeRule
	call, finish bool
	open         []string // values that finish nothing
	end          bool
	sealed       bool
	ends         test // of what stands here, if end is true
}

type name struct {
	key string
	to  *step
}

// place is a compiled Text.
type place struct {
	when  test
	mold  uint8
	role  abi.Role
	kind  abi.TextKind
	form  Form
	aside bool
	whole bool
}

var kinds = map[string]abi.TextKind{
	"": abi.TextPlain, "plain": abi.TextPlain, "reasoning": abi.TextReasoning, "tool_args": abi.TextToolArgs,
	"tool_result": abi.TextToolResult, "refusal": abi.TextRefusal, "name": abi.TextName,
}

var forms = map[string]Form{"": FormText, "text": FormText, "json": FormJSON, "tree": FormTree, "schema": FormSchema}

// body compiles the paths of b into one trie.
func (c *compiler) body(field string, b *Body) (*step, scope) {
	top := &step{}
	for i := range b.Text {
		t := &b.Text[i]
		pl := place{aside: t.Aside, whole: t.Whole, when: c.test(t.If)}
		if t.Mold != "" {
			c.molds = append(c.molds, c.template(t.Mold, moldVariables))
			pl.mold = uint8(len(c.molds))
		}
		var ok bool
		if pl.kind, ok = kinds[t.Kind]; !ok {
			c.fail("%s: text %q: unknown kind %q", field, t.At, t.Kind)
		}
		if pl.form, ok = forms[t.Form]; !ok {
			c.fail("%s: text %q: unknown form %q, expected text, json, tree or schema", field, t.At, t.Form)
		}
		if pl.role, ok = roles[t.Role]; !ok && t.Role != "" {
			c.fail("%s: text %q: unknown role %q", field, t.At, t.Role)
		}
		c.place(top, t.At, func(s *step) { s.text = append(s.text, pl) })
	}
	for i := range b.Scopes {
		sc := &scopeRule{Scope: b.Scopes[i]}
		if strings.Contains(sc.Reasoning, "=") {
			sc.reasoning = c.test(sc.Reasoning)
		}
		c.place(top, sc.At, func(s *step) { s.scope = sc })
	}
	for _, at := range b.Calls {
		c.place(top, at, func(s *step) { s.call = true })
	}
	for _, at := range b.Finish {
		c.place(top, at, func(s *step) { s.finish, s.open = true, b.Open })
	}
	for _, at := range b.Ends {
		var t test
		if at, words, found := strings.Cut(at, "="); found {
			t = c.test("." + at + "=" + words)
		}
		at, _, _ := strings.Cut(at, "=")
		c.place(top, at, func(s *step) { s.end, s.ends = true, t })
	}
	for _, at := range b.Sealed {
		c.place(top, at, func(s *step) { s.sealed = true })
	}
	role, ok := roles[b.Role]
	if !ok && b.Role != "" {
		c.fail("%s: unknown role %q", field, b.Role)
	}
	return top, scope{role: role, rest: b.Rest, call: -1}
}

// place makes the steps to each spelling of path at and lets set fill the last one.
func (c *compiler) place(s *step, at string, set func(*step)) {
	c.descend(s, c.steps(at), set)
}

func (c *compiler) descend(s *step, p path, set func(*step)) {
	if len(p) == 0 {
		set(s)
		return
	}
	if p[0] == nil {
		if s.each == nil {
			s.each = &step{}
		}
		c.descend(s.each, p[1:], set)
		return
	}
	for _, key := range p[0] {
		c.descend(s.member(key), p[1:], set)
	}
}

// member is the step to a member, made if needed.
func (s *step) member(key string) *step {
	for _, n := range s.names {
		if n.key == key {
			return n.to
		}
	}
	to := &step{}
	s.names = append(s.names, name{key, to})
	s.initials |= initial(key[0])
	return to
}

// initial is the bit of what a name begins with: of a letter in either case, or of anything else.
func initial(c byte) uint32 {
	if c |= 0x20; c >= 'a' && c <= 'z' {
		return 1 << (c - 'a')
	}
	return 1 << 31
}

// named finds the step to the member called key. Letter case is ignored, as encoding/json and other
// parsers ignore it: text must not escape behind "Content".
func (s *step) named(key []byte) *step {
	if len(key) == 0 || key[0] < utf8.RuneSelf && s.initials&initial(key[0]) == 0 {
		return nil
	}
	for i := range s.names {
		if n := &s.names[i]; string(key) == n.key {
			return n.to
		}
	}
	for i := range s.names {
		if n := &s.names[i]; folds(key, n.key) {
			return n.to
		}
	}
	return nil
}

// folds tells whether key and name differ in letter case at most. Names are ASCII; key may spell two of
// their letters with characters that fold to them and are longer: the long s and the Kelvin sign.
func folds(key []byte, name string) bool {
	if len(key) < len(name) || key[0] < utf8.RuneSelf && (key[0]^name[0])&^0x20 != 0 {
		return false
	}
	if len(key) > len(name) {
		for _, c := range key {
			if c >= utf8.RuneSelf {
				return bytes.EqualFold(key, []byte(name))
			}
		}
		return false
	}
	for i := range key {
		if (key[i]^name[i])&^0x20 != 0 {
			return false
		}
	}
	return true
}
