package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// converse turns the messages into contents.
func (r *request) converse(messages longmen.Value) error {
	at := codec.Path{Name: "messages"}
	if messages.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of messages")
	}
	i := 0
	for m, next := messages.First(), longmen.Value(0); m.Exists(); m = next {
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
	if r.tail && !r.to.prefill {
		last := at.Element(r.tailAt)
		return codec.Unsupported(&last, "this gemini model does not continue an assistant message: the last message has to be the user's or a tool's")
	}
	return nil
}

// message is one message's members; zero when absent.
type message struct {
	role, content, refusal, calls, legacyCall, callID, name, extra, provider, images longmen.Value
	failed                                                                           bool // is_error
}

func (r *request) message(i int, m longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var f message
	for v := m.First(); v.Exists(); v = v.Next() {
		switch name := codec.Key(v); string(name) {
		case "role":
			f.role = v
		case "content":
			f.content = v
		case "tool_calls":
			f.calls = v
		case "tool_call_id":
			f.callID = v
		case "name":
			f.name = v // names a function's result; a participant's name has no place in gemini
		case "refusal":
			f.refusal = v
		case "function_call":
			f.legacyCall = v
		case "extra_content":
			f.extra = v
		case "provider_specific_fields":
			f.provider = v
		case "images":
			f.images = v
		case "is_error":
			f.failed = v.Bool()
		case "reasoning_content", "reasoning", "reasoning_details", "annotations", "id", "audio", "thinking_blocks", "cache_control":
			// what an answer carried besides its text, sent back with the history; hints
		default:
			if err := r.unknown("messages[]", name, v, at); err != nil {
				return err
			}
		}
	}
	switch string(codec.Word(f.role)) {
	case "user":
		if err := r.settle(); err != nil {
			return err
		}
		return r.user(&f, at)
	case "assistant":
		if err := r.settle(); err != nil {
			return err
		}
		return r.assistant(i, &f, at)
	case "system", "developer":
		return r.hoist(f.content, at)
	case "tool", "function":
		return r.result(&f, at)
	}
	if m.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected a message object")
	}
	where := at.Member("role")
	return codec.Invalid(&where, "expected system, developer, user, assistant or tool")
}

// user appends a user's message.
func (r *request) user(f *message, at *codec.Path) error {
	r.tail = false
	if codec.Text(f.content) {
		c := longmen.NewJSON(`{"role":"user","parts":[{}]}`)
		c.Pointer("/parts/0").Set("text", f.content)
		r.say(c)
		return nil
	}
	c := longmen.NewJSON(`{"role":"user","parts":[]}`)
	parts := c.Get("parts")
	where := at.Member("content")
	n, err := r.parts(parts, f.content, &where)
	if err != nil {
		return err
	}
	if n == 0 {
		parts.Append(longmen.NewJSON(`{"text":" "}`)) // gemini refuses a content without parts
	}
	r.say(c)
	return nil
}

// say appends a content.
func (r *request) say(content longmen.Value) {
	r.contents.Append(content)
	r.spoken = true
}

// hoist remembers the texts of a system or developer message.
func (r *request) hoist(content longmen.Value, at *codec.Path) error {
	if codec.Text(content) {
		r.system = append(r.system, content)
		return nil
	}
	where := at.Member("content")
	return r.texts(content, &where, func(v longmen.Value) { r.system = append(r.system, v) })
}

// instruct places the system texts: as systemInstruction, or, since contents must not be empty, as the
// user's if there is nothing else.
func (r *request) instruct() error {
	alone := !r.spoken
	if len(r.system) == 0 {
		if alone {
			return codec.Invalid(&codec.Path{Name: "messages"}, "expected at least one message with content")
		}
		return nil
	}
	if len(r.system) == 1 && !alone { // as nearly every request has it
		c := longmen.NewJSON(`{"parts":[{}]}`)
		c.Pointer("/parts/0").Set("text", r.system[0])
		r.out.Set("systemInstruction", c)
		return nil
	}
	var parts longmen.Value
	if alone {
		c := longmen.NewJSON(`{"role":"user","parts":[]}`)
		parts = c.Get("parts")
		r.say(c)
	} else {
		c := longmen.NewJSON(`{"parts":[]}`)
		parts = c.First()
		r.out.Set("systemInstruction", c)
	}
	for _, v := range r.system {
		appendText(parts, v)
	}
	return nil
}

// appendText appends a text part that takes the string v over.
func appendText(parts, v longmen.Value) longmen.Value {
	p := longmen.NewObject()
	p.Set("text", v)
	parts.Append(p)
	return p
}

// texts yields the strings of a content that may hold text alone; empty ones are left out.
func (r *request) texts(content longmen.Value, at *codec.Path, yield func(longmen.Value)) error {
	switch content.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindString:
		if content.Len() > 0 {
			yield(content)
		}
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(at, "expected a string or an array of parts")
	}
	i := 0
	for v := content.First(); v.Exists(); v = v.Next() {
		here := at.Element(i)
		i++
		p := part{}
		if err := r.readPart(&p, v, &here); err != nil {
			return err
		}
		switch string(codec.Word(p.kind)) {
		case "text", "input_text", "output_text":
		case "refusal":
			p.text = p.refusal
		default:
			where := here.Member("type")
			return codec.Unsupported(&where, "expected a text part: gemini takes only text here")
		}
		if codec.Text(p.text) {
			yield(p.text)
		} else if p.text.Kind() != longmen.KindString {
			where := here.Member("text")
			return codec.Invalid(&where, "expected a string")
		}
	}
	return nil
}
