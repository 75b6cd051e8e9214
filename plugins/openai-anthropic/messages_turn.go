package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// pieces collects parts of a message's content.
type pieces struct {
	parts  []longmen.Value
	text   longmen.Value // of the only part, as long as there is one that has nothing but text
	simple int           // parts that have nothing but text
}

// add adds a part; text is its text if it has nothing else.
func (p *pieces) add(part, text longmen.Value) {
	p.parts = append(p.parts, part)
	if p.text = text; text.Exists() {
		p.simple++
	}
}

// content is a string if one text is all, else the parts; 0 when there are none.
func (p *pieces) content() longmen.Value {
	switch {
	case len(p.parts) == 0:
		return 0
	case len(p.parts) == 1 && p.simple == 1:
		return p.text
	}
	list := longmen.NewArray()
	for _, part := range p.parts {
		list.Append(part)
	}
	return list
}

// converse turns the turns into messages.
func (r *messages) converse(list longmen.Value) error {
	at := codec.Path{Name: "messages"}
	if list.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of messages")
	}
	i := 0
	for m, next := list.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		here := at.Element(i)
		if err := r.message(i, m, &here); err != nil {
			return err
		}
		i++
	}
	if i == 0 {
		return codec.Invalid(&at, "expected at least one message")
	}
	if err := r.settle(); err != nil {
		return err
	}
	if r.last == 0 {
		return codec.Invalid(&at, "expected at least one message with content")
	}
	if r.last == 'a' && r.wire {
		last := at.Element(i - 1)
		return r.Warn(last.String(), "openai answers to an assistant message instead of continuing it")
	}
	return nil
}

func (r *messages) message(i int, m longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var role, content longmen.Value
	for v := m.First(); v.Exists(); v = v.Next() {
		switch name := codec.Key(v); string(name) {
		case "role":
			role = v
		case "content":
			content = v
		case "id", "type", "model", "stop_reason", "stop_sequence", "stop_details", "usage", "container", "context_management":
			// an answer, given back as it came
		default:
			if err := r.unknown("messages[]", name, v, at); err != nil {
				return err
			}
		}
	}
	where := at.Member("content")
	switch string(codec.Word(role)) {
	case "user":
		return r.user(content, &where)
	case "assistant":
		if err := r.settle(); err != nil {
			return err
		}
		return r.assistant(i, content, &where)
	case "system":
		text, err := r.systemText(content, &where)
		if err != nil || !text.Exists() {
			return err
		}
		r.place(r.systemMessage(text))
		if r.last == 0 {
			r.last = 's'
		}
		return nil
	}
	if m.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected a message object")
	}
	where = at.Member("role")
	return codec.Invalid(&where, "expected user, assistant or system")
}

// place appends a message, behind the results of open calls: OpenAI insists that they follow the calls.
func (r *messages) place(m longmen.Value) {
	if r.wait > 0 {
		r.held = append(r.held, m)
		return
	}
	r.list.Append(m)
}

// user appends the tool messages for the results in a user's turn, then its message for the rest.
func (r *messages) user(content longmen.Value, at *codec.Path) error {
	var p pieces
	switch content.Kind() {
	case longmen.KindString:
		if codec.Text(content) {
			m := longmen.NewJSON(`{"role":"user"}`)
			m.Set("content", content)
			r.place(m)
			r.last = 'u'
		}
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(at, "expected a string or an array of blocks")
	}
	var rest pieces // behind the media of results
	i := 0
	for b, next := content.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		here := at.Element(i)
		i++
		var a anthropicBlock
		if err := r.readBlock(&a, b, &here); err != nil {
			return err
		}
		if string(codec.Word(a.kind)) == "tool_result" {
			if err := r.result(&p, &a, &here); err != nil {
				return err
			}
			r.last = 'u'
			continue
		}
		if err := r.part(&rest, &a, &here); err != nil {
			return err
		}
	}
	for k, part := range rest.parts {
		text := longmen.Value(0)
		if k == len(rest.parts)-1 && rest.simple == len(rest.parts) {
			text = rest.text
		}
		p.add(part, text)
	}
	if r.wait == 0 {
		r.release() // what was said before
	}
	if v := p.content(); v.Exists() {
		m := longmen.NewJSON(`{"role":"user"}`)
		m.Set("content", v)
		r.place(m)
		r.last = 'u'
	}
	return nil
}

// release appends the messages that waited for the results of calls.
func (r *messages) release() {
	for _, m := range r.held {
		r.list.Append(m)
	}
	r.held = r.held[:0]
}

// settle makes sure that every call of the last assistant turn has its result.
func (r *messages) settle() error {
	if r.wait > 0 { // one of them is not done
		list := codec.Path{Name: "messages"}
		turn := list.Element(r.openAt)
		where := turn.Member("content")
		for i := range r.open {
			if c := &r.open[i]; !c.done {
				where := where.Element(c.index)
				return codec.Invalid(&where, "expected a tool_result for each tool_use in the next message")
			}
		}
	}
	r.release()
	r.open = r.open[:0]
	return nil
}
