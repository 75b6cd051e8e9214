package openaianthropic

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// billing begins the text in which Claude Code tells Anthropic its version: a header that stands in the
// body, and changes from request to request.
const billing = "x-anthropic-billing-header:"

// instruct places the system text as the first message.
func (r *messages) instruct(system longmen.Value) error {
	at := codec.Path{Name: "system"}
	content, err := r.systemText(system, &at)
	if err != nil || !content.Exists() {
		return err
	}
	r.list.Append(r.systemMessage(content))
	return nil
}

func (r *messages) systemMessage(content longmen.Value) longmen.Value {
	role := `{"role":"system"}`
	if r.wire && r.quirks.Has("developer") {
		role = `{"role":"developer"}`
	}
	m := longmen.NewJSON(role)
	m.Set("content", content)
	return m
}

// systemText is the content of a system message: a string, or parts when there are several texts, or
// when one is to be cached. 0 when there is none.
func (r *messages) systemText(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return 0, nil
	case longmen.KindString:
		if codec.Text(v) {
			return v, nil
		}
		return 0, nil
	case longmen.KindArray:
	default:
		return 0, codec.Invalid(at, "expected a string or an array of text blocks")
	}
	var p pieces
	i := 0
	for b, next := v.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		here := at.Element(i)
		i++
		var a anthropicBlock
		if err := r.readBlock(&a, b, &here); err != nil {
			return 0, err
		}
		if string(codec.Word(a.kind)) != "text" {
			where := here.Member("type")
			return 0, codec.Unsupported(&where, "expected a text block")
		}
		if bytes.HasPrefix(codec.Word(a.text), []byte(billing)) {
			continue
		}
		if err := r.text(&p, &a, &here); err != nil {
			return 0, err
		}
	}
	return p.content(), nil
}

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
	if v := p.content(); v.Exists() {
		m := longmen.NewJSON(`{"role":"user"}`)
		m.Set("content", v)
		r.place(m)
		r.last = 'u'
	}
	if r.wait == 0 {
		r.release()
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
	if r.wait > 0 {
		list := codec.Path{Name: "messages"}
		turn := list.Element(r.openAt)
		where := turn.Member("content")
		return codec.Invalid(&where, "expected a tool_result for each tool_use in the next message")
	}
	r.release()
	r.open = r.open[:0]
	return nil
}

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
		if err := r.Warn("is_error", "not supported by openai: the result begins with Error"); err != nil {
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
	b := append(output[:0], `{"role":"tool","tool_call_id":`...)
	b = codec.AppendQuoted(b, c.sent)
	if failed && !r.wire {
		b = append(b, `,"is_error":true`...)
	}
	m := build(append(b, `,"content":""}`...))
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
