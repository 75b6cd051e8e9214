package togemini

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// result remembers a tool's answer with the call it answers.
func (r *request) result(f *message, at *codec.Path) error {
	c, err := r.answers(f, at)
	if err != nil {
		return err
	}
	where := at.Member("content")
	if codec.Text(f.content) {
		c.response = response(f.content, f.failed)
		r.answered++
		return nil
	}
	var single, found longmen.Value
	var joined []byte
	switch f.content.Kind() {
	case longmen.KindArray:
		i := 0
		for v, next := f.content.First(), longmen.Value(0); v.Exists(); v = next {
			next = v.Next()
			here := where.Element(i)
			i++
			p, err := r.part(v, &here)
			if err != nil {
				return err
			}
			switch found = p.Get("text"); {
			case !p.Exists():
			case !found.Exists():
				c.media = append(c.media, p)
			case !single.Exists():
				single = found
			default:
				if joined == nil {
					joined = single.AppendString(nil)
				}
				joined = found.AppendString(joined)
			}
		}
	case longmen.KindInvalid, longmen.KindNull, longmen.KindString:
	default:
		return codec.Invalid(&where, "expected a string or an array of parts")
	}
	if joined != nil {
		single = longmen.NewString(string(joined))
	}
	c.response = response(single, f.failed)
	r.answered++
	return nil
}

// answers finds the call of the nearest assistant turn that a tool message answers.
func (r *request) answers(f *message, at *codec.Path) (*call, error) {
	if legacy := codec.Absent(f.callID); legacy {
		var buffer [maxClientName]byte
		sent, ok := r.Sent(f.name.Prefix(buffer[:]))
		for i := range r.open {
			if c := &r.open[i]; !c.response.Exists() && ok && c.name == sent {
				return c, nil
			}
		}
		where := at.Member("tool_call_id")
		return nil, codec.Invalid(&where, "expected the id of a call in the assistant message before")
	}
	where := at.Member("tool_call_id")
	if f.callID.Len() > maxID {
		return nil, codec.Invalid(&where, "expected at most 65536 bytes")
	}
	id := f.callID.AppendString(nil)
	known := false
	for i := range r.open {
		c := &r.open[i]
		if !sameID(c.id, id) {
			continue
		}
		if !c.response.Exists() {
			return c, nil
		}
		known = true
	}
	if known {
		return nil, codec.Invalid(&where, "expected one result for each call: this call has its result already")
	}
	return nil, codec.Invalid(&where, "expected the id of a call in the assistant message before")
}

// sameID compares ids; a signature at the end of one of them does not count.
func sameID(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	a, _ = splitID(a)
	b, _ = splitID(b)
	return bytes.Equal(a, b)
}

// response is the object that a functionResponse carries: the result itself if it is a JSON object,
// else the result as its output, or, of a tool that failed, as its error.
func response(content longmen.Value, failed bool) longmen.Value {
	output, ok := content.Parse()
	name := "output"
	if failed {
		name = "error"
	}
	switch {
	case ok && output.Kind() == longmen.KindObject:
		if !failed || output.Get(name).Exists() {
			return output
		}
	case ok:
	case content.Exists():
		output = content
	default:
		output = longmen.NewString("")
	}
	wrapped := longmen.NewObject()
	wrapped.Set(name, output)
	return wrapped
}

// settle appends the results of the last assistant turn in the order of its calls.
func (r *request) settle() error {
	if len(r.open) == 0 {
		return nil
	}
	if r.answered != len(r.open) {
		messages := codec.Path{Name: "messages"}
		turn := messages.Element(r.openAt)
		where := turn.Member("tool_calls")
		for i := range r.open {
			if c := &r.open[i]; !c.response.Exists() {
				here := where.Element(i)
				return codec.Invalid(&here, "expected a tool message with the result of each call after the assistant message")
			}
		}
	}
	c := longmen.NewJSON(`{"role":"user","parts":[]}`)
	parts := c.Get("parts")
	var beside longmen.Value // media that the model cannot take inside of a functionResponse
	for i := range r.open {
		done := &r.open[i]
		b := add(output[:0], `{"functionResponse":{"name":`)
		b = codec.AppendQuoted(b, done.name)
		if id, _ := splitID(done.id); len(id) > 0 && r.sendsIDs() {
			b = add(b, `,"id":`)
			b = codec.AppendQuoted(b, string(id))
		}
		output = add(b, `}}`)
		p := codec.Parsed(output)
		f := p.First()
		f.Set("response", done.response)
		var inside longmen.Value
		for _, v := range done.media {
			list := &beside
			if r.to.media && v.Get("inlineData").Exists() {
				list = &inside
			}
			if !list.Exists() {
				*list = longmen.NewArray()
			}
			list.Append(v)
		}
		if inside.Exists() {
			f.Set("parts", inside)
		}
		parts.Append(p)
	}
	r.say(c)
	if beside.Exists() {
		c := longmen.NewJSON(`{"role":"user"}`)
		c.Set("parts", beside)
		r.say(c)
	}
	r.open, r.answered, r.tail = r.open[:0], 0, false
	return nil
}
