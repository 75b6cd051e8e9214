package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// result appends the tool message for a tool_result. Media that the upstream takes only from a user go
// into p.
func (r *messages) result(p *pieces, a *anthropicBlock, at *codec.Path) error {
	c, err := r.waiting(a.useID, at)
	if err != nil {
		return err
	}
	failed := a.failed.Bool()
	var text codec.Joined
	if failed && r.wire {
		text.AddString("Error: ")
		here := at.Member("is_error")
		if err := r.WarnAt(&here, here.Name, "not supported by openai: the result begins with Error"); err != nil {
			return err
		}
	}
	where := at.Member("content")
	var inside pieces
	switch a.content.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
	case longmen.KindString:
		text.Add(a.content)
	case longmen.KindArray:
		if err := r.returned(&text, &inside, p, a.content, &where); err != nil {
			return err
		}
	default:
		return codec.Invalid(&where, "expected a string or an array of blocks")
	}
	b := output.Start(`{"role":"tool","tool_call_id":`).Quote(c.sent)
	if failed && !r.wire {
		b.Put(`,"is_error":true`)
	}
	m := b.Put(`,"content":""}`).Parse()
	said := text.Value()
	switch {
	case len(inside.parts) > 0:
		list := longmen.NewArray()
		if said.Exists() {
			t := block(said)
			list.Append(t)
		}
		for _, part := range inside.parts {
			list.Append(part)
		}
		m.Set("content", list)
	case said.Exists():
		m.Set("content", said)
	}
	if r.caches {
		cached(m, a.cache)
	}
	r.list.Append(m)
	c.done = true
	r.wait--
	return nil
}

// returned reads what a tool returned: its texts, and its media for the tool message or for the user's.
func (r *messages) returned(text *codec.Joined, inside, beside *pieces, v longmen.Value, at *codec.Path) error {
	i, joined := 0, false
	for b, next := v.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		here := at.Element(i)
		i++
		var a anthropicBlock
		if err := r.readBlock(&a, b, &here); err != nil {
			return err
		}
		var one pieces
		if string(codec.Word(a.kind)) == "tool_reference" { // what a search for tools found: they are all declared
			if codec.Text(a.toolName) {
				one.add(0, a.toolName)
			}
		} else if err := r.part(&one, &a, &here); err != nil {
			return err
		}
		for _, part := range one.parts {
			switch said := partText(&one, part); {
			case said.Exists():
				if joined {
					text.AddString("\n")
				}
				joined = text.Add(said) || joined
			case r.media:
				inside.add(part, 0)
			default:
				beside.add(part, 0)
			}
		}
	}
	return nil
}

// partText is the text of a part that is one, else 0.
func partText(p *pieces, part longmen.Value) longmen.Value {
	if p.simple == len(p.parts) && len(p.parts) == 1 {
		return p.text
	}
	if part.Get("type").Is("text") {
		return part.Get("text")
	}
	return 0
}

// waiting finds the call that a result answers.
func (r *messages) waiting(v longmen.Value, at *codec.Path) (*call, error) {
	where := at.Member("tool_use_id")
	id, err := readID(v, &where)
	if err != nil {
		return nil, err
	}
	for i := range r.open {
		if c := &r.open[i]; c.id == id {
			if c.done {
				return nil, codec.Invalid(&where, "expected one result for each call: this call has its result already")
			}
			return c, nil
		}
	}
	return nil, codec.Invalid(&where, "expected the id of a tool_use in the assistant message before")
}
