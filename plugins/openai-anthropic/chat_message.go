package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// converse turns the messages into turns.
func (r *chat) converse(messages longmen.Value) error {
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
	if r.last != 'a' {
		return nil
	}
	if !r.to.prefill && !r.count {
		last := at.Element(i - 1)
		return codec.Unsupported(&last, "this claude model does not continue an assistant message: the last message has to be the user's or a tool's")
	}
	return r.trim()
}

// trim cuts white space from the end of an assistant's message that is to be continued: Anthropic
// refuses it.
func (r *chat) trim() error {
	if !r.tail.Exists() || r.tail.Len() > maxTrim {
		return nil
	}
	b := r.tail.AppendString(nil)
	if n := trimmed(b); n < len(b) {
		r.tail.Replace(r.tail.Slice(0, n))
	}
	return nil
}

// chatMessage is one message's members; zero when absent.
type chatMessage struct {
	role, content, refusal, calls, legacyCall, callID, name, thinking, provider, cache, failed longmen.Value
}

func (r *chat) message(i int, m longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var f chatMessage
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
			f.name = v // names a function's result; a participant's name has no place here
		case "refusal":
			f.refusal = v
		case "function_call":
			f.legacyCall = v
		case "thinking_blocks":
			f.thinking = v
		case "provider_specific_fields":
			f.provider = v
		case "cache_control":
			f.cache = v
		case "is_error":
			f.failed = v
		case "reasoning_content", "reasoning", "reasoning_details", "annotations", "id", "extra_content", "images":
			// what an answer carried besides its text, sent back with the history; without a signature
			// reasoning is nothing that Claude takes
		default:
			if err := r.unknown("messages[]", name, v, at); err != nil {
				return err
			}
		}
	}
	switch string(codec.Word(f.role)) {
	case "user":
		return r.user(&f, at)
	case "assistant":
		if err := r.settle(); err != nil {
			return err
		}
		return r.assistant(i, &f, at)
	case "system", "developer":
		return r.hoist(&f, at)
	case "tool", "function":
		return r.result(&f, at)
	}
	if m.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected a message object")
	}
	return codec.InvalidIn(at, "role", "expected system, developer, user, assistant or tool")
}

// block is a text block that takes the string v over.
func block(v longmen.Value) longmen.Value {
	b := longmen.NewJSON(`{"type":"text"}`)
	b.Set("text", v)
	return b
}

// cached moves a cache_control onto a block.
func cached(block, cache longmen.Value) {
	if cache.Kind() == longmen.KindObject {
		block.Set("cache_control", cache)
	}
}

// hoist remembers the texts of a system or developer message.
func (r *chat) hoist(f *chatMessage, at *codec.Path) error {
	where := at.Member("content")
	switch f.content.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindString:
		if !blank(f.content) {
			b := block(f.content)
			cached(b, f.cache)
			r.system = append(r.system, b)
		}
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(&where, "expected a string or an array of parts")
	}
	i := 0
	for v, next := f.content.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := where.Element(i)
		i++
		var p part
		if err := r.readPart(&p, v, &here); err != nil {
			return err
		}
		switch string(codec.Word(p.kind)) {
		case "text", "input_text":
		default:
			return codec.UnsupportedIn(&here, "type", "expected a text part: anthropic takes only text as system text")
		}
		b, err := r.text(&p, &here)
		if err != nil {
			return err
		}
		if b.Exists() {
			r.system = append(r.system, b)
		}
	}
	return nil
}

// instruct places the system texts: as system, or, since there has to be a message, as the user's if
// there is nothing else.
func (r *chat) instruct() error {
	alone := r.last == 0
	if len(r.system) == 0 {
		if alone {
			return codec.Invalid(&codec.Path{Name: "messages"}, "expected at least one message with content")
		}
		return nil
	}
	list := longmen.NewArray()
	for _, b := range r.system {
		list.Append(b)
	}
	if !alone {
		r.out.Set("system", list)
		return nil
	}
	m := longmen.NewJSON(`{"role":"user"}`)
	m.Set("content", list)
	r.messages.Append(m)
	return nil
}

// user appends a user's message, or adds it to the message that takes the results of tools.
func (r *chat) user(f *chatMessage, at *codec.Path) error {
	where := at.Member("content")
	if f.content.Kind() == longmen.KindString && !f.cache.Exists() {
		if err := r.settle(); err != nil {
			return err
		}
		if blank(f.content) {
			return nil // Anthropic refuses a message that says nothing
		}
		if r.results.Exists() { // the calls' turn goes on: Anthropic reads the text behind their results
			r.results.Append(block(f.content))
			return nil
		}
		r.loop, r.signed = false, false
		m := longmen.NewJSON(`{"role":"user"}`)
		m.Set("content", f.content)
		r.messages.Append(m)
		r.last, r.tail = 'u', 0
		return nil
	}
	blocks, err := r.parts(f.content, &where, true)
	if err != nil {
		return err
	}
	if err := r.settle(); err != nil {
		return err
	}
	if !r.results.Exists() && len(blocks) > 0 {
		r.loop, r.signed = false, false
	}
	return r.say(blocks, f.cache)
}

// say adds blocks to the message that takes results, or appends a message of them.
func (r *chat) say(blocks []longmen.Value, cache longmen.Value) error {
	if len(blocks) == 0 {
		return nil
	}
	cached(blocks[len(blocks)-1], cache)
	list := r.results
	if !list.Exists() {
		m := longmen.NewJSON(`{"role":"user","content":[]}`)
		list = m.Get("content")
		r.messages.Append(m)
		r.last, r.tail = 'u', 0
	}
	for _, b := range blocks {
		list.Append(b)
	}
	return nil
}
