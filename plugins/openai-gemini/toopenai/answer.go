package toopenai

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// reply is an answer's members, also those of a chunk; zero when absent.
type reply struct {
	id, model, choices, usage longmen.Value
}

func (r *reply) read(doc longmen.Value) {
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "id":
			r.id = m
		case "model":
			r.model = m
		case "choices":
			r.choices = m
		case "usage":
			r.usage = m
		}
	}
}

// maxChoices bounds the choices of an answer: OpenAI's n goes to 128.
const maxChoices = 128

// maxKept bounds an identifier that is kept, in bytes.
const maxKept = 256

// Response turns an openai.chat answer into a gemini.generate answer. text is what the request left.
func Response(doc longmen.Value, text []byte) error {
	var r reply
	if r.read(doc); doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	var s stream
	s.load(text)
	b := add(output[:0], `{"candidates":[],`)
	if r.usage.Kind() == longmen.KindObject {
		var c counts
		c.read(r.usage)
		b = add(b, `"usageMetadata":`)
		b = append(c.append(b), ',')
	}
	b = r.appendTail(b, s.tail)
	out := parsed(append(b, '}'))
	candidates := out.First()

	at := codec.Path{Name: "choices"}
	if r.choices.Kind() != longmen.KindArray {
		return codec.Malformed(&at, "an array of choices")
	}
	i := 0
	for v, next := r.choices.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		if i++; i > maxChoices {
			return codec.Malformed(&here, "at most 128 choices")
		}
		c, err := s.candidate(v, &here)
		if err != nil {
			return err
		}
		candidates.Append(c)
	}
	if i == 0 {
		return codec.Malformed(&at, "at least one choice")
	}
	doc.Replace(out)
	return nil
}

// appendTail appends the members that an answer, or every event of one, ends with. model is the requested
// model's name as JSON.
func (r *reply) appendTail(b, model []byte) []byte {
	var buffer [maxKept + 1]byte
	b = add(b, `"modelVersion":`)
	if name := r.model.Prefix(buffer[:]); len(name) > 0 && len(name) <= maxKept {
		b = codec.AppendQuoted(b, codec.View(name))
	} else {
		b = append(b, model...)
	}
	b = add(b, `,"responseId":`)
	if id := r.id.Prefix(buffer[:]); len(id) > 0 && len(id) <= maxKept {
		return codec.AppendQuoted(b, codec.View(id))
	}
	return codec.AppendQuoted(b, codec.RandomID("", 22))
}

// choice is a choice's members; zero when absent.
type choice struct {
	index, message, delta, finish, logprobs longmen.Value
}

func (c *choice) read(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "index":
			c.index = m
		case "message":
			c.message = m
		case "delta":
			c.delta = m
		case "finish_reason":
			c.finish = m
		case "logprobs":
			c.logprobs = m
		}
	}
}

// number is the choice's index.
func (c *choice) number(at *codec.Path) (int, error) {
	if codec.Absent(c.index) {
		return 0, nil
	}
	n := c.index.Int()
	if c.index.Kind() != longmen.KindNumber || n < 0 || n >= maxChoices {
		where := at.Member("index")
		return 0, codec.Malformed(&where, "an index")
	}
	return int(n), nil
}

// message is the members of a message or of a delta; zero when absent.
type message struct {
	content, refusal, reasoning, calls, legacy, images, extra, blocks, citations longmen.Value
}

func (f *message) read(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "content":
			f.content = m
		case "refusal":
			f.refusal = m
		case "reasoning_content":
			f.reasoning = m
		case "reasoning":
			if !codec.Text(f.reasoning) {
				f.reasoning = m
			}
		case "tool_calls":
			f.calls = m
		case "function_call":
			f.legacy = m
		case "images":
			f.images = m
		case "extra_content":
			f.extra = m
		case "thinking_blocks":
			f.blocks = m
		case "annotations":
			f.citations = m
		}
	}
}

// signature is Gemini's, of a tool call or of a message.
func signature(extra longmen.Value) longmen.Value {
	if extra.Kind() != longmen.KindObject {
		return 0
	}
	if s := extra.Pointer("/google/thought_signature"); codec.Text(s) {
		return s
	}
	return 0
}

// candidate is the candidate for a whole choice.
func (s *stream) candidate(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	var c choice
	if c.read(v); v.Kind() != longmen.KindObject {
		return 0, codec.Malformed(at, "a choice object")
	}
	index, err := c.number(at)
	if err != nil {
		return 0, err
	}
	where := at.Member("message")
	if c.message.Kind() != longmen.KindObject {
		return 0, codec.Malformed(&where, "a message object")
	}
	var f message
	f.read(c.message)
	p := newParts()
	if s.thoughts && codec.Text(f.reasoning) {
		part := p.text(f.reasoning)
		part.SetBool("thought", true)
	}
	content, err := contentText(f.content, &where)
	if err != nil {
		return 0, err
	}
	if s.bare {
		content = unquoted(content)
	}
	if codec.Text(content) {
		p.spoken = p.text(content)
	}
	if codec.Text(f.refusal) {
		p.spoken = p.text(f.refusal)
	}
	for m, next := f.images.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		p.image(m)
	}
	p.sign(signature(f.extra))
	bad := false
	calls := f.calls
	for m, next := calls.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		if !p.call(m.Get("id"), m.Get("function"), signature(m.Get("extra_content"))) {
			bad = true
		}
	}
	if f.legacy.Kind() == longmen.KindObject && !calls.First().Exists() && !p.call(0, f.legacy, 0) {
		bad = true
	}
	p.seal(f.blocks)
	reason := finishReason(string(codec.Word(c.finish)))
	if bad && reason != cutOff {
		reason = malformed
	}
	made := p.candidate(index, reason)
	if f.citations.First().Exists() {
		if g := grounding(f.citations); g.Exists() {
			made.Set("groundingMetadata", g)
		}
	}
	if c.logprobs.Kind() == longmen.KindObject {
		if l := logprobs(c.logprobs); l.Exists() {
			made.Set("logprobsResult", l)
		}
	}
	return made, nil
}

// contentText is the text of a message's content, which some providers send in parts.
func contentText(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull, longmen.KindString:
		return v, nil
	case longmen.KindArray:
		var j codec.Joined
		for p := v.First(); p.Exists(); p = p.Next() {
			j.Add(p.Get("text"))
		}
		return j.Value(), nil
	}
	where := at.Member("content")
	return 0, codec.Malformed(&where, "a string")
}

// unquoted is the string that a JSON text says, or the text if it says none.
func unquoted(v longmen.Value) longmen.Value {
	if word, ok := v.Parse(); ok && word.Kind() == longmen.KindString {
		return word
	}
	return v
}
