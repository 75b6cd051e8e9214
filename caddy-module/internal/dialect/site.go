package dialect

import (
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
	FormRest               // a value that the table does not name: the strings below are text
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

// walk appends the sites at and below value n, which is child number pos of its array.
func (s *step) walk(dst []Site, a *document.Arena, n document.Node, pos int32, in scope) []Site {
	kind := a.Kind(n)
	if kind == abi.KindNull || kind == abi.KindInvalid || s.sealed {
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
	} else if kind == abi.KindString && in.rest && s.each == nil {
		return append(dst, in.unnamed(n))
	}
	switch {
	case kind == abi.KindArray && s.each != nil:
		var i int32
		for c := a.First(n); c != 0; c = a.Next(c) {
			dst = s.each.walk(dst, a, c, i, in)
			i++
		}
	case kind == abi.KindArray && in.rest && s.text == nil:
		dst = append(dst, in.unnamed(n))
	case kind == abi.KindObject:
		unnamed := in.rest && (s.each == nil || len(s.names) > 0)
		if s.each != nil && !unnamed {
			dst = s.each.walk(dst, a, n, 0, in)
		}
		if len(s.names) == 0 && !unnamed {
			break
		}
		for c := a.First(n); c != 0; c = a.Next(c) {
			if to := s.named(a.Key(c)); to != nil {
				dst = to.walk(dst, a, c, 0, in)
			} else if unnamed && holdsText(a, c) {
				dst = append(dst, in.unnamed(c))
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
