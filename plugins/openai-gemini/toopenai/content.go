package toopenai

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// converse turns the contents into messages.
func (r *request) converse(contents longmen.Value) error {
	at := codec.Path{Name: "contents"}
	var w items
	if !contents.Exists() || !w.walk(contents) {
		return invalid(&at, "expected an array of contents")
	}
	i := 0
	for v := w.next(); v.Exists(); v = w.next() {
		here := at.Element(i)
		if err := r.content(i, v, &here); err != nil {
			return err
		}
		i++
	}
	r.endTurn()
	if err := r.settle(); err != nil {
		return err
	}
	if !r.messages.First().Exists() {
		return invalid(&at, "expected at least one content with parts")
	}
	return nil
}

func (r *request) content(i int, v longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var role, parts longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := field(m); string(name) {
		case "role":
			role = m
		case "parts":
			parts = m
		default:
			if err := r.unknown("contents[]", m, at); err != nil {
				return err
			}
		}
	}
	if v.Kind() != longmen.KindObject {
		return invalid(at, "expected a content object")
	}
	where := at.Member("parts")
	var w items
	if !w.walk(parts) {
		return invalid(&where, "expected an array of parts")
	}
	switch string(codec.Word(role)) {
	case "", "user", "function", "tool":
		return r.user(i, &w, &where)
	case "model":
		return r.modelTurn(i, &w, &where)
	}
	where = at.Member("role")
	return invalid(&where, "expected user or model")
}

// user turns a content of the user's into the results of calls, which OpenAI wants right behind the calls,
// and a message with the rest.
func (r *request) user(i int, w *items, at *codec.Path) error {
	r.endTurn()
	var s said
	j := 0
	for v := w.next(); v.Exists(); v = w.next() {
		here := at.Element(j)
		j++
		var p part
		if err := r.readPart(&p, v, &here); err != nil {
			return err
		}
		if p.thought {
			continue
		}
		if p.response.Exists() {
			where := here.Member("functionResponse")
			if err := r.result(p.response, &s, &where); err != nil {
				return err
			}
			continue
		}
		if text := p.words(); text.Exists() {
			s.addText(text)
			continue
		}
		made, err := r.userPart(&p, &here)
		if err != nil {
			return err
		}
		if made.Exists() {
			s.add(made)
		}
	}
	if r.waiting == 0 {
		r.release()
	}
	if m := s.message(); m.Exists() {
		if r.waiting > 0 { // nothing may stand between calls and their results
			r.held = append(r.held, m)
		} else {
			r.messages.Append(m)
		}
	}
	return nil
}

// release appends the messages that had to wait for results.
func (r *request) release() {
	for _, m := range r.held {
		r.messages.Append(m)
	}
	r.held = r.held[:0]
}

// said is the content of a user's message: a string as long as it is a single text, else parts.
type said struct{ text, parts longmen.Value }

func (s *said) addText(v longmen.Value) {
	if !s.text.Exists() && !s.parts.Exists() {
		s.text = v
		return
	}
	p := longmen.NewJSON(`{"type":"text"}`)
	p.Set("text", v)
	s.add(p)
}

func (s *said) add(part longmen.Value) {
	if !s.parts.Exists() {
		s.parts = longmen.NewArray()
		if text := s.text; text.Exists() {
			s.text = 0
			s.addText(text)
		}
	}
	s.parts.Append(part)
}

// message is the user's message; 0 when nothing was said.
func (s *said) message() longmen.Value {
	content := s.text
	if s.parts.Exists() {
		content = s.parts
	}
	if !content.Exists() {
		return 0
	}
	m := longmen.NewJSON(`{"role":"user"}`)
	m.Set("content", content)
	return m
}

// turn is a message of the assistant's that is being put together: contents of the model's that follow one
// another are one message, because OpenAI wants all results right behind the calls.
type turn struct {
	began              bool
	text, thoughts     codec.Joined
	calls              longmen.Value // tool_calls
	signature, thought longmen.Value // of the text; of an envelope: thinking blocks
}

// modelTurn adds a content of the model's to the turn.
func (r *request) modelTurn(i int, w *items, at *codec.Path) error {
	t := &r.turn
	if !t.began {
		if err := r.settle(); err != nil {
			return err
		}
		t.began = true
	}
	j := 0
	for v := w.next(); v.Exists(); v = w.next() {
		here := at.Element(j)
		var p part
		if err := r.readPart(&p, v, &here); err != nil {
			return err
		}
		sign, err := r.signature(p.signature)
		if err != nil {
			return err
		}
		switch {
		case p.thought:
			if r.takes("reasoning_content") {
				t.thoughts.Add(p.text)
			}
		case p.call.Exists():
			where := here.Member("functionCall")
			if err := r.call(p.call, sign, i, j, &where); err != nil {
				return err
			}
		case p.response.Exists():
			where := here.Member("functionResponse")
			return invalid(&where, "expected results in contents of role user")
		case p.inline.Exists(), p.file.Exists():
			if err := r.Warn("contents[].parts[]", "media in contents of role model is not supported by openai"); err != nil {
				return err
			}
		default:
			if text := p.words(); text.Exists() {
				t.text.Add(text)
			}
			if sign.Exists() {
				t.signature = sign
			}
		}
		j++
	}
	return nil
}

// endTurn appends the assistant's message. One that says nothing is left out.
func (r *request) endTurn() {
	t := &r.turn
	text := t.text.Value()
	if !text.Exists() && !t.calls.Exists() {
		*t = turn{}
		return
	}
	m := longmen.NewJSON(`{"role":"assistant","content":null}`)
	if text.Exists() {
		m.Set("content", text)
	}
	if v := t.thoughts.Value(); v.Exists() {
		m.Set("reasoning_content", v)
	}
	if t.thought.Exists() {
		m.Set("thinking_blocks", t.thought)
	}
	if t.calls.Exists() {
		m.Set("tool_calls", t.calls)
	} else if t.signature.Exists() {
		m.Set("extra_content", extraContent(t.signature))
	}
	r.messages.Append(m)
	*t = turn{}
}
