package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Event turns one event of a gemini.generate stream into the chunks of an openai.chat stream.
// No value at all is the end of the stream: only then the choices are finished, because Gemini may say
// STOP in every event.
func Event(doc longmen.Value, text []byte) error {
	var s stream
	s.load(text)
	if !doc.Exists() {
		return s.end()
	}
	longmen.Drop()
	var r reply
	if s.begun && !s.usage { // of later events nothing else counts
		r.candidates = doc.Get("candidates")
	}
	if !r.candidates.Exists() {
		if err := s.envelope(&r, doc); err != nil {
			return err
		}
	}
	v := r.candidates.First()
	if !v.Exists() {
		if !codec.Absent(r.candidates) && r.candidates.Kind() != longmen.KindArray {
			return codec.Malformed(&candidatesAt, "an array of candidates")
		}
		s.block(&r)
	}
	for i := 0; v.Exists(); i++ {
		candidateAt = candidatesAt.Element(i)
		if i == maxCandidates {
			return codec.Malformed(&candidateAt, "at most 128 candidates")
		}
		next := v.Next()
		if err := s.candidate(v, &candidateAt); err != nil {
			return err
		}
		v = next
	}
	if s.usage && r.usage.Exists() { // cumulative: the last one counts
		memory.Object().Set("u", r.usage)
	}
	if cap(words) > maxOutput {
		words = nil
	}
	s.save()
	return nil
}

// envelope reads what stands beside the candidates; the first event names the answer.
func (s *stream) envelope(r *reply, doc longmen.Value) error {
	if r.read(doc); *r == (reply{}) && doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	if !s.begun {
		tailBuffer = r.appendHead(tailBuffer[:0], s.tail, "chat.completion.chunk")
		s.tail = tailBuffer
		s.begun, s.changed = true, true
	}
	return nil
}

// block emits the chunk for an event that blocks the prompt, which has no candidates.
func (s *stream) block(r *reply) {
	if reason := r.blocked(); reason != "" {
		c := s.choice(0)
		if c.finish != "" {
			return // said before
		}
		s.open(c)
		b := s.chunk(c)
		b = add(b, `"refusal":`)
		b = codec.AppendQuoted(b, "prompt blocked: "+reason)
		emit(append(b, goesOn...))
		c.finish = blocked + reason
		s.changed = true
	}
}

// candidate emits the chunks for what a candidate adds.
func (s *stream) candidate(v longmen.Value, at *codec.Path) error {
	var f candidate
	if f.read(v); !f.content.Exists() && v.Kind() != longmen.KindObject {
		return codec.Malformed(at, "a candidate object")
	}
	index, err := f.number(at)
	if err != nil {
		return err
	}
	c := s.choice(index)
	var sp speech
	for sp.begin(&f, at); sp.next(); {
		if err := s.part(c, &sp, &f); err != nil {
			return err
		}
	}
	if sp.err != nil {
		return sp.err
	}
	if f.logprobs.Exists() { // no text took them along
		chances := logprobs(f.logprobs).JSON()
		s.open(c)
		b := add(s.chunk(c), `},"logprobs":`)
		b = append(b, chances...)
		emit(add(b, `,"finish_reason":null}]}`))
	}
	if s.search && f.grounding.Exists() { // the last one counts
		memory.Object().Set(place("g", c), f.grounding)
	}
	native := f.native()
	if native == "" || native == c.finish {
		return nil
	}
	if fails(native) && !c.usable && len(s.choices) == 1 && !config.pass {
		return fruitless(native, f.message)
	}
	c.finish, s.changed = native, true
	return nil
}

// goesOn ends the chunk of a choice that is not finished.
const goesOn = `},"finish_reason":null}]}`

// part emits the chunk for one part.
func (s *stream) part(c *choice, sp *speech, f *candidate) error {
	p := &sp.said
	switch {
	case p.call.Exists():
		if c.partial || p.call.Get("willContinue").Bool() || p.call.Get("partialArgs").Exists() {
			whole, err := s.partial(c, sp)
			if err != nil || !whole.Exists() {
				return err
			}
			p.call, p.signature = whole.Get("functionCall"), whole.Get("thoughtSignature")
		}
		made, err := s.call(sp, c.calls)
		if err != nil {
			return err
		}
		s.open(c)
		b := add(s.chunk(c), `"tool_calls":[]`)
		chunk := codec.Parsed(append(b, goesOn...))
		chunk.Pointer("/choices/0/delta/tool_calls").Append(made)
		longmen.Emit(chunk, "")
		c.calls++
		c.usable, s.changed = true, true
		return nil
	case p.text.Exists():
		return s.say(c, sp, f)
	case p.inline.Exists() && !p.thought:
		kind := p.mediaKind()
		if isSound(kind) {
			return s.speak(c, sp)
		}
		made, err := image(sp, kind, c.images)
		if err != nil || !made.Exists() {
			return err
		}
		s.open(c)
		b := add(s.chunk(c), `"images":[]`)
		chunk := codec.Parsed(append(b, goesOn...))
		chunk.Pointer("/choices/0/delta/images").Append(made)
		longmen.Emit(chunk, "")
		c.images++
		c.usable, s.changed = true, true
		return nil
	}
	if p.text = p.fenced(); p.text.Exists() || p.signature.Exists() {
		return s.say(c, sp, f)
	}
	return nil
}

// speak emits the chunk for sound.
func (s *stream) speak(c *choice, sp *speech) error {
	made, err := speak(sp, place("audio_", c))
	if err != nil {
		return err
	}
	s.open(c)
	b := add(s.chunk(c), `"audio":null`)
	chunk := codec.Parsed(append(b, goesOn...))
	chunk.Pointer("/choices/0/delta").Set("audio", made)
	longmen.Emit(chunk, "")
	s.use(c)
	return nil
}

// words is the JSON of a text on its way from one event into another.
var words []byte

// say emits the chunk for a text or a thought, with its signature.
func (s *stream) say(c *choice, sp *speech, f *candidate) error {
	p := &sp.said
	if p.text.Exists() && p.text.Kind() != longmen.KindString {
		return sp.malformed("text", "a string")
	}
	if words = p.text.AppendJSON(words[:0]); len(words) <= len(`""`) {
		if !p.signature.Exists() {
			return nil
		}
		p.text = 0
	}
	if p.signature.Exists() && !s.showsText() {
		if p.signature = 0; !p.text.Exists() {
			return nil
		}
	}
	var chances string
	if f.logprobs.Exists() && !p.thought {
		chances, f.logprobs = logprobs(f.logprobs).JSON(), 0
	}
	s.open(c)
	b := s.chunk(c)
	if p.text.Exists() {
		if p.thought {
			b = add(b, `"reasoning_content":`)
		} else {
			b = add(b, `"content":`)
			s.use(c)
		}
		b = append(b, words...)
	}
	if p.signature.Exists() {
		if p.text.Exists() {
			b = append(b, ',')
		}
		b = add(b, `"extra_content":{"google":{"thought_signature":`)
		b = p.signature.AppendJSON(b)
		b = add(b, `}}`)
	}
	if chances != "" {
		b = add(b, `},"logprobs":`)
		b = append(b, chances...)
		emit(add(b, `,"finish_reason":null}]}`))
		s.hear(c, p.text)
		return nil
	}
	emit(append(b, goesOn...))
	if p.text.Exists() && !p.thought {
		s.hear(c, p.text)
	}
	return nil
}

// use remembers that a choice said something.
func (s *stream) use(c *choice) {
	if !c.usable {
		c.usable, s.changed = true, true
	}
}

// open emits the delta that names the role, once for each choice.
func (s *stream) open(c *choice) {
	if c.opened {
		return
	}
	c.opened, s.changed = true, true
	b := add(s.chunk(c), `"role":"assistant","content":""`)
	emit(append(b, goesOn...))
}

// chunk begins a chunk, up to the first member of the delta.
func (s *stream) chunk(c *choice) []byte {
	b := append(output[:0], '{')
	b = append(b, s.tail...)
	b = add(b, `,"choices":[{"index":`)
	b = addInt(b, int64(c.index))
	return add(b, `,"delta":{`)
}

// maxOutput bounds the buffer that is kept from one event to the next.
const maxOutput = 64 << 10

// emit sends a chunk on. The gateway has copied it when this returns.
func emit(chunk []byte) {
	longmen.Emit(codec.Parsed(chunk), "")
	if output = chunk; cap(output) > maxOutput {
		output = nil
	}
}

// end finishes every choice and counts the tokens. A stream that ended before its answer did is an
// error, never an end.
func (s *stream) end() error {
	for i := range s.choices {
		if s.choices[i].finish == "" || s.choices[i].partial {
			return truncated()
		}
	}
	if len(s.choices) == 0 {
		return truncated()
	}
	for i := range s.choices {
		c := &s.choices[i]
		s.open(c)
		s.cite(c)
		b := add(s.chunk(c), `},`)
		b = appendFinish(b, c.finish, c.calls)
		emit(add(b, `}]}`))
	}
	if s.usage {
		b := append(output[:0], '{')
		b = append(b, s.tail...)
		b = add(b, `,"choices":[],"usage":`)
		var n counts
		n.read(memory.Value("/x/u"))
		b = n.append(b)
		emit(append(b, '}'))
	}
	return nil
}

func truncated() error {
	return longmen.Reject(502, "upstream_truncated", "", "the provider's stream ended before its answer did")
}
