package dialect

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Phase tells which document of an exchange is looked at.
type Phase uint8

// Phases: the request, a whole answer, one event of a streamed answer.
const (
	PhaseRequest Phase = iota
	PhaseAnswer
	PhaseEvent
)

// Form tells how text stands at a site.
type Form uint8

// Forms of sites.
const (
	FormText   Form = iota // a string
	FormJSON               // a string, or in an event a piece of one, that holds JSON; strings inside that JSON are the text
	FormTree               // a value: all strings below it are text
	FormSchema             // a JSON Schema: its prose and examples are text
	FormCall               // no text: a tool call begins or goes on here
	FormFinish             // no text: the choice ends with this document
	FormEnd                // no text: the block ends with this event
)

// Site is a place in a document where text stands, or where something happens to text that came before.
type Site struct {
	Node   document.Node
	Choice int32 // number of the choice; in requests the message's place
	Call   int32 // number of the tool call or part, -1 outside of any
	Block  int32 // in an event: number of the block of content, -1 for none, in dialects that have them
	Part   int32 // number of its part, -1 for none
	Mold   uint8 // in an event that cannot be sent twice: number of the event for text that is held back
	Role   abi.Role
	Kind   abi.TextKind
	Form   Form
	Aside  bool // not what rules call the prompt
	Whole  bool // in an event: complete in itself
}

// Sites appends the sites of a document in the order in which they stand. Strings that are empty are
// left out. It allocates nothing but room in dst.
func (d *Dialect) Sites(dst []Site, phase Phase, a *document.Arena, root document.Node) []Site {
	switch phase {
	case PhaseRequest:
		return d.request.walk(dst, a, root, 0, d.defaults[phase])
	case PhaseAnswer:
		return d.answer.walk(dst, a, root, 0, d.defaults[phase])
	}
	return d.event.walk(dst, a, root, 0, d.defaults[phase])
}

// step is a node of the trie of all paths of a body.
type step struct {
	names        []name
	initials     uint32 // what the names begin with
	each         *step // "*"
	text         []place
	scope        *scopeRule
	call, finish bool
	open         []string // values that finish nothing
	end          bool
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

// scope is what holds for the sites below a step.
type scope struct {
	role         abi.Role
	reasoning    bool
	choice, call int32
	block, part  int32
}

// scopeRule is a compiled Scope.
type scopeRule struct {
	Scope
	reasoning test
}

var roles = map[string]abi.Role{
	"system": abi.RoleSystem, "developer": abi.RoleSystem, "user": abi.RoleUser,
	"assistant": abi.RoleAssistant, "model": abi.RoleAssistant, "tool": abi.RoleTool, "function": abi.RoleTool,
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
	role, ok := roles[b.Role]
	if !ok && b.Role != "" {
		c.fail("%s: unknown role %q", field, b.Role)
	}
	return top, scope{role: role, call: -1}
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

// walk appends the sites at and below value n, which is child number pos of its array.
func (s *step) walk(dst []Site, a *document.Arena, n document.Node, pos int32, in scope) []Site {
	kind := a.Kind(n)
	if kind == abi.KindNull || kind == abi.KindInvalid {
		return dst
	}
	if s.scope != nil {
		in.enter(s.scope, a, n, pos)
	}
	if s.call {
		dst = append(dst, in.mark(n, FormCall))
	}
	if s.finish && s.finishes(a, n, kind) {
		dst = append(dst, in.mark(n, FormFinish))
	}
	if s.end && s.ends.accepts(a, n) {
		dst = append(dst, in.mark(n, FormEnd))
	}
	if s.text != nil {
		if p := s.place(a, n); p != nil {
			if form, ok := s.form(p.form, a, n, kind); ok {
				dst = append(dst, p.site(n, form, &in))
				if form == FormTree || form == FormSchema {
					return dst // everything below is part of it
				}
			}
		}
	}
	switch {
	case kind == abi.KindArray && s.each != nil:
		var i int32
		for c := a.First(n); c != 0; c = a.Next(c) {
			dst = s.each.walk(dst, a, c, i, in)
			i++
		}
	case kind == abi.KindObject:
		if s.each != nil {
			dst = s.each.walk(dst, a, n, 0, in)
		}
		if len(s.names) == 0 {
			break
		}
		for c := a.First(n); c != 0; c = a.Next(c) {
			if to := s.named(a.Key(c)); to != nil {
				dst = to.walk(dst, a, c, 0, in)
			}
		}
	case kind == abi.KindString && s.each != nil && s.text == nil:
		dst = s.each.walk(dst, a, n, 0, in)
	}
	return dst
}

// place is the text that a value is, nil for none.
func (s *step) place(a *document.Arena, n document.Node) *place {
	for i := range s.text {
		if p := &s.text[i]; p.when.member == "" || p.when.passes(a, a.Parent(n)) {
			return p
		}
	}
	return nil
}

// finishes tells whether a value where finish reasons stand is one.
func (s *step) finishes(a *document.Arena, n document.Node, kind abi.Kind) bool {
	switch kind {
	case abi.KindString:
		for _, open := range s.open {
			if a.Is(n, open) {
				return false
			}
		}
		return a.Len(n) > 0
	case abi.KindBool:
		v, _ := a.Bool(n)
		return v
	}
	return true
}

// form tells in which form the text of a value stands that the table calls text, whatever its kind:
// where text is due, no string may be missed because the value has another shape.
func (s *step) form(due Form, a *document.Arena, n document.Node, kind abi.Kind) (Form, bool) {
	switch kind {
	case abi.KindString:
		if due == FormJSON {
			return FormJSON, a.Len(n) > 0
		}
		return FormText, a.Len(n) > 0
	case abi.KindArray:
		if due == FormSchema {
			return FormSchema, true
		}
		return FormTree, due != FormText || s.each == nil
	case abi.KindObject:
		if due == FormSchema {
			return FormSchema, true
		}
		return FormTree, due != FormText || s.each == nil && s.names == nil
	}
	return 0, false
}

// mark is a site without text.
func (in *scope) mark(n document.Node, f Form) Site {
	return Site{Node: n, Choice: in.choice, Call: in.call, Block: in.block, Part: in.part, Form: f}
}

func (p *place) site(n document.Node, form Form, in *scope) Site {
	t := Site{
		Node: n, Choice: in.choice, Call: in.call, Block: in.block, Part: in.part, Mold: p.mold,
		Role: in.role, Kind: p.kind, Form: form, Aside: p.aside, Whole: p.whole || form == FormTree,
	}
	if p.role != abi.RoleUnknown {
		t.Role = p.role
	}
	if t.Kind == abi.TextPlain {
		switch {
		case in.reasoning:
			t.Kind = abi.TextReasoning
		case t.Role == abi.RoleTool:
			t.Kind = abi.TextToolResult
		}
	}
	return t
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

func (in *scope) enter(s *scopeRule, a *document.Arena, n document.Node, pos int32) {
	if s.Role != "" {
		if t, _ := a.Text(a.Get(n, s.Role)); t != nil {
			in.role = roles[string(t)]
		}
	}
	if s.Choice != "" {
		in.choice = number(s.Choice, a, n, pos)
	}
	if s.Call != "" {
		in.call = number(s.Call, a, n, pos)
	}
	switch {
	case s.reasoning.member != "":
		if in.reasoning = s.reasoning.passes(a, n); in.reasoning {
			in.role = abi.RoleAssistant
		}
	case s.Reasoning != "":
		in.reasoning, _ = a.Bool(a.Get(n, s.Reasoning))
	}
	if s.Block != "" {
		in.block, in.part = number(s.Block, a, n, -1), -1
		for i, member := range s.Parts {
			if v := number(member, a, n, -1); v >= 0 && v < maxPart {
				in.part = v*int32(len(s.Parts)) + int32(i)
			}
		}
	}
}

// maxPart bounds the numbers of parts.
const maxPart = 1 << 24

// number is the value of a member, or pos where there is none or it is out of bounds.
func number(member string, a *document.Arena, n document.Node, pos int32) int32 {
	if member != "#" {
		if v, ok := a.Int(a.Get(n, member)); ok && v >= 0 && v < 1<<31 {
			return int32(v)
		}
	}
	return pos
}
