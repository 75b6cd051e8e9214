package openaianthropic

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// assistant appends an assistant's message: its thinking, its text, then its calls.
func (r *chat) assistant(i int, f *chatMessage, at *codec.Path) error {
	r.open, r.openAt, r.results, r.tail = r.open[:0], i, 0, 0
	plainText := f.content.Kind() == longmen.KindString || codec.Absent(f.content)
	calls := !codec.Absent(f.calls) || !codec.Absent(f.legacyCall)
	if plainText && !calls && !f.thinking.Exists() && !f.provider.Exists() && !codec.Text(f.refusal) && !f.cache.Exists() {
		if blank(f.content) {
			return nil // it says nothing: Anthropic refuses an empty message
		}
		m := longmen.NewJSON(`{"role":"assistant"}`)
		m.Set("content", f.content)
		r.tail = f.content
		return r.speak(m)
	}
	m := longmen.NewJSON(`{"role":"assistant","content":[]}`)
	list := m.Get("content")
	thoughts := r.thoughts(list, f)
	said := false
	say := func(b longmen.Value) {
		list.Append(b)
		r.tail, said = b.Get("text"), true
	}
	where := at.Member("content")
	if f.content.Kind() == longmen.KindArray {
		n, err := r.spoken(f.content, &where, list, say)
		if err != nil {
			return err
		}
		thoughts = thoughts || n
	} else if !blank(f.content) {
		say(block(f.content))
	} else if !plainText {
		return codec.Invalid(&where, "expected a string or an array of parts")
	}
	if !blank(f.refusal) {
		say(block(f.refusal))
	}
	if !codec.Absent(f.calls) {
		where := at.Member("tool_calls")
		if err := r.calls(list, f.calls, &where); err != nil {
			return err
		}
	}
	if len(r.open) == 0 && !codec.Absent(f.legacyCall) {
		where := at.Member("function_call")
		c := call{id: "call_" + strconv.Itoa(i), member: "function_call", index: -1}
		if err := r.call(list, f.legacyCall, c, &where); err != nil {
			return err
		}
	}
	if !said && len(r.open) == 0 {
		return nil
	}
	if len(r.open) > 0 {
		if !thoughts && r.reason.on {
			thoughts = r.recall(list)
		}
		r.loop, r.tail = true, 0
		r.signed = r.signed || thoughts
	}
	if f.cache.Exists() {
		cached(list.Index(list.Len()-1), f.cache)
	}
	return r.speak(m)
}

// speak appends an assistant's message. The conversation has to begin with the user's.
func (r *chat) speak(m longmen.Value) error {
	if r.last == 0 {
		r.messages.Append(longmen.NewJSON(`{"role":"user","content":"."}`))
		if err := r.Warn("messages", "anthropic takes no conversation that the assistant begins: a short message is put before"); err != nil {
			return err
		}
	}
	r.messages.Append(m)
	r.last = 'a'
	return nil
}

// spoken appends what an assistant's content parts say; thought tells whether signed thinking was among
// them.
func (r *chat) spoken(v longmen.Value, at *codec.Path, list longmen.Value, say func(longmen.Value)) (thought bool, err error) {
	i := 0
	for e, next := v.First(), longmen.Value(0); e.Exists(); e = next {
		next = e.Next()
		here := at.Element(i)
		i++
		var p part
		if err := r.readPart(&p, e, &here); err != nil {
			return thought, err
		}
		switch string(codec.Word(p.kind)) {
		case "text", "output_text", "input_text":
		case "refusal":
			p.text = p.refusal
		case "thinking", "redacted_thinking":
			if r.thought(list, e) {
				thought = true
			}
			continue
		case "tool_use":
			if err := r.nativeCall(list, e, &here); err != nil {
				return thought, err
			}
			continue
		default:
			return thought, codec.UnsupportedIn(&here, "type", "expected a text part: anthropic takes only text from the assistant")
		}
		b, err := r.text(&p, &here)
		if err != nil {
			return thought, err
		}
		if b.Exists() {
			say(b)
		}
	}
	return thought, nil
}
