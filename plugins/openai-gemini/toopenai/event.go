package toopenai

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Event turns one chunk of an openai.chat stream into the events of a gemini.generate stream. No value at
// all is the end of the stream: only then come the function calls, whole, with the reason of the end and
// the usage, because OpenAI's usage chunk follows the one that finishes the choices.
func Event(doc longmen.Value, text []byte) error {
	var s stream
	s.load(text)
	if !doc.Exists() {
		return s.end()
	}
	longmen.Drop()
	var r reply
	if r.read(doc); doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	if !s.begun {
		tailBuffer = r.appendTail(tailBuffer[:0], s.tail)
		s.tail, s.begun, s.changed = tailBuffer, true, true
	}
	at := codec.Path{Name: "choices"}
	if !codec.Absent(r.choices) && r.choices.Kind() != longmen.KindArray {
		return codec.Malformed(&at, "an array of choices")
	}
	i := 0
	for v, next := r.choices.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		if i++; i > maxChoices {
			return codec.Malformed(&here, "at most 128 choices")
		}
		if err := s.delta(v, &here); err != nil {
			return err
		}
	}
	if r.usage.Kind() == longmen.KindObject { // the last one counts
		memory.Object().Set("u", r.usage)
	}
	s.save()
	return nil
}

var tailBuffer []byte

// delta emits the events for what a chunk adds to a choice.
func (s *stream) delta(v longmen.Value, at *codec.Path) error {
	var f choice
	if f.read(v); v.Kind() != longmen.KindObject {
		return codec.Malformed(at, "a choice object")
	}
	index, err := f.number(at)
	if err != nil {
		return err
	}
	c := s.choice(index)
	where := at.Member("delta")
	if !codec.Absent(f.delta) && f.delta.Kind() != longmen.KindObject {
		return codec.Malformed(&where, "a delta object")
	}
	var d message
	d.read(f.delta)
	if s.thoughts && codec.Text(d.reasoning) {
		b := appendSafe(add(s.event(), `{"text":`), d.reasoning)
		s.emit(add(b, `,"thought":true}`), c.index, 0)
	}
	content, err := contentText(d.content, &where)
	if err != nil {
		return err
	}
	if !codec.Text(content) && codec.Text(d.refusal) {
		content = d.refusal
	}
	sign := signature(d.extra)
	chances := longmen.Value(0)
	if f.logprobs.Kind() == longmen.KindObject {
		chances = logprobs(f.logprobs)
	}
	switch {
	case s.bare && codec.Text(content):
		keep(keptWord, index, content)
	case codec.Text(content) || sign.Exists() || chances.Exists():
		b := add(s.event(), `{"text":`)
		if codec.Text(content) {
			b = appendSafe(b, content)
		} else {
			b = add(b, `""`)
		}
		if sign.Exists() {
			b = sign.AppendJSON(add(b, `,"thoughtSignature":`))
			c.signed, s.changed = true, true
		}
		s.emit(append(b, '}'), c.index, chances)
	}
	for m, next := d.images.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		p := newParts()
		if p.image(m); p.list.First().Exists() {
			event := parsed(s.close(add(s.event(), `{}`), c.index))
			event.Pointer("/candidates/0/content").Set("parts", p.list)
			longmen.Emit(event, "")
		}
	}
	if d.blocks.Kind() == longmen.KindArray {
		for b, next := d.blocks.First(), longmen.Value(0); b.Exists(); b = next {
			next = b.Next()
			keep(keptBlocks, index, b)
		}
	}
	for a, next := d.citations.First(), longmen.Value(0); a.Exists(); a = next {
		next = a.Next()
		keep(keptCitations, index, a)
	}
	if err := s.calls(c, &d, &where); err != nil {
		return err
	}
	if word := codec.Word(f.finish); len(word) > 0 && c.finish == "" {
		c.finish, s.changed = string(codec.AppendName(nil, string(word))), true
	}
	return nil
}

// event begins an event, up to its parts.
func (s *stream) event() []byte {
	return add(output[:0], `{"candidates":[{"content":{"parts":[`)
}

// close ends the event that b begins, after its parts.
func (s *stream) close(b []byte, index int) []byte {
	b = add(b, `],"role":"model"},"index":`)
	b = addInt(b, int64(index))
	b = add(b, `}],`)
	b = append(b, s.tail...)
	return append(b, '}')
}

// emit sends the event that b begins, after its part.
func (s *stream) emit(b []byte, index int, chances longmen.Value) {
	v := parsed(s.close(b, index))
	if chances.Exists() {
		v.Pointer("/candidates/0").Set("logprobsResult", chances)
	}
	longmen.Emit(v, "")
}

// appendSafe appends a string as JSON in which the line separators of JavaScript are escaped, as Google
// does: there are clients that cut streams at them.
func appendSafe(dst []byte, v longmen.Value) []byte {
	n := len(dst)
	dst = v.AppendJSON(dst)
	i := separator(dst, n)
	if i == len(dst) {
		return dst
	}
	text := append([]byte(nil), dst[i:]...)
	dst = dst[:i]
	for len(text) > 0 {
		dst = append(dst, '\\', 'u', '2', '0', '2', '8'+text[2]&1)
		text = text[3:]
		i := separator(text, 0)
		dst, text = append(dst, text[:i]...), text[i:]
	}
	return dst
}

// separator is where the next line separator stands in b, from i on; its end if there is none.
func separator(b []byte, i int) int {
	for ; i+2 < len(b); i++ {
		if b[i] == 0xe2 && b[i+1] == 0x80 && b[i+2]&^1 == 0xa8 {
			return i
		}
	}
	return len(b)
}

// end sends the last event: the function calls, why each choice ended, and the usage. A stream that ended
// before its answer did is an error, never an end.
func (s *stream) end() error {
	if len(s.choices) == 0 {
		return truncated()
	}
	for i := range s.choices {
		if s.choices[i].finish == "" {
			return truncated()
		}
	}
	list := longmen.NewArray()
	for i := range s.choices {
		c := &s.choices[i]
		list.Append(s.last(c))
	}
	b := add(output[:0], `{"candidates":[],`)
	if u := memory.Value("/x/u"); u.Exists() {
		var n counts
		n.read(u)
		b = append(n.append(add(b, `"usageMetadata":`)), ',')
	}
	b = append(b, s.tail...)
	event := parsed(append(b, '}'))
	event.Set("candidates", list)
	longmen.Emit(event, "")
	return nil
}

// last is what the last event has of a choice.
func (s *stream) last(c *heard) longmen.Value {
	p := newParts()
	p.signed = c.signed
	if s.bare {
		if text := joined(kept(keptWord, c.index)); text.Exists() {
			p.spoken = p.text(unquoted(text))
		}
	}
	reason := finishReason(c.finish)
	for k := kept(keptCalls, c.index).First(); k.Exists(); k = k.Next() {
		if !p.made(k.Get("id"), k.Get("name"), joined(k.Get("a")), k.Get("sign")) && reason != cutOff {
			reason = malformed
		}
	}
	p.seal(kept(keptBlocks, c.index))
	made := p.candidate(c.index, reason)
	if list := kept(keptCitations, c.index); list.Exists() {
		if g := grounding(list); g.Exists() {
			made.Set("groundingMetadata", g)
		}
	}
	return made
}

func truncated() error {
	return longmen.Reject(502, "upstream_truncated", "", "the provider's stream ended before its answer did")
}
