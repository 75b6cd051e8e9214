package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// result appends a tool message's tool_result to the user's message after the calls.
func (r *chat) result(f *chatMessage, at *codec.Path) error {
	c, err := r.answers(f, at)
	if err != nil {
		return err
	}
	where := at.Member("content")
	if f.content.Kind() == longmen.KindString {
		r.answer(c, f.content, f.failed, f.cache)
		return nil
	}
	blocks, err := r.parts(f.content, &where, false)
	if err != nil {
		return err
	}
	var content longmen.Value
	if len(blocks) > 0 {
		content = longmen.NewArray()
		for _, b := range blocks {
			content.Append(b)
		}
	}
	r.answer(c, content, f.failed, f.cache)
	return nil
}

// nativeResult takes a tool_result block over that stands among the parts.
func (r *chat) nativeResult(v longmen.Value, at *codec.Path) error {
	c, err := r.waiting(v.Get("tool_use_id"), at, "tool_use_id")
	if err != nil {
		return err
	}
	r.answer(c, v.Get("content"), v.Get("is_error"), v.Get("cache_control"))
	return nil
}

// answer appends the tool_result of a call.
func (r *chat) answer(c *call, content, failed, cache longmen.Value) {
	if !r.results.Exists() {
		m := longmen.NewJSON(`{"role":"user","content":[]}`)
		r.results = m.Get("content")
		r.messages.Append(m)
		r.last, r.tail = 'u', 0
	}
	b := output.Start(`{"type":"tool_result","tool_use_id":`).Quote(c.sent)
	if failed.Bool() {
		b.Put(`,"is_error":true`)
	}
	made := b.Put(`}`).Parse()
	if codec.Text(content) || content.Kind() == longmen.KindArray {
		made.Set("content", content)
	}
	cached(made, cache)
	r.results.Append(made)
	c.done = true
}

// answers finds the call of the nearest assistant turn that a tool message answers.
func (r *chat) answers(f *chatMessage, at *codec.Path) (*call, error) {
	if !codec.Absent(f.callID) {
		return r.waiting(f.callID, at, "tool_call_id")
	}
	var buffer [maxClientName]byte
	sent, ok := r.names.Sent(f.name.Prefix(buffer[:]))
	for i := range r.open {
		if c := &r.open[i]; !c.done && ok && c.name == sent {
			return c, nil
		}
	}
	return nil, codec.InvalidIn(at, "tool_call_id", "expected the id of a call in the assistant message before")
}

// waiting finds the call of that id, which waits for its result.
func (r *chat) waiting(v longmen.Value, at *codec.Path, member string) (*call, error) {
	where := at.Member(member)
	id, err := readID(v, &where)
	if err != nil {
		return nil, err
	}
	known := false
	for i := range r.open {
		c := &r.open[i]
		if c.id != id {
			continue
		}
		if !c.done {
			return c, nil
		}
		known = true
	}
	if known {
		return nil, codec.Invalid(&where, "expected one result for each call: this call has its result already")
	}
	return nil, codec.Invalid(&where, "expected the id of a call in the assistant message before")
}

// settle makes sure that every call of the last assistant turn has its result.
func (r *chat) settle() error {
	for i := range r.open {
		if r.open[i].done {
			continue
		}
		messages := codec.Path{Name: "messages"}
		turn := messages.Element(r.openAt)
		c := &r.open[i]
		here := turn.Member(c.member)
		if array := here; c.index >= 0 {
			here = array.Element(c.index)
		}
		return codec.Invalid(&here, "expected a tool message with the result of each call after the assistant message")
	}
	r.open = r.open[:0]
	return nil
}
