package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// answering is the answer being translated: an instance runs one hook at a time.
var answering answerState

// chunk is a chunk's members, or a whole answer's; zero when absent.
type chunk struct {
	choices, usage, created, model, tier longmen.Value
}

func (c *chunk) read(doc longmen.Value) {
	*c = chunk{}
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "choices":
			c.choices = m
		case "usage":
			c.usage = m
		case "created":
			c.created = m
		case "model":
			c.model = m
		case "service_tier":
			c.tier = m
		}
	}
}

// choice is a choice's members; zero when absent.
type choice struct {
	delta, finish, chances longmen.Value // delta is the message of a whole answer
}

// find reads the choice 0: a request asks for no other.
func (f *choice) find(choices longmen.Value) {
	for v := choices.First(); v.Exists(); v = v.Next() {
		*f = choice{}
		var index longmen.Value
		for m := v.First(); m.Exists(); m = m.Next() {
			switch string(codec.Key(m)) {
			case "index":
				index = m
			case "delta", "message":
				f.delta = m
			case "finish_reason":
				f.finish = m
			case "logprobs":
				f.chances = m
			}
		}
		if index.Int() == 0 {
			return
		}
	}
	*f = choice{}
}

// said is the members of a delta, or of a whole answer's message; zero when absent.
type said struct {
	content, refusal, reasoning, calls, blocks, annotations, images, audio, extra longmen.Value
}

func (d *said) read(v longmen.Value) {
	*d = said{}
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "content":
			d.content = m
		case "refusal":
			d.refusal = m
		case "reasoning_content":
			if !d.reasoning.Exists() || codec.Text(m) { // some servers give both, one of them null
				d.reasoning = m
			}
		case "reasoning":
			if codec.Text(m) && !codec.Text(d.reasoning) {
				d.reasoning = m
			}
		case "tool_calls":
			d.calls = m
		case "thinking_blocks":
			d.blocks = m
		case "annotations":
			d.annotations = m
		case "images":
			d.images = m
		case "audio":
			d.audio = m
		case "extra_content":
			d.extra = m
		}
	}
}

// eventFromChat turns one chunk of an openai.chat stream into events of the Responses API. No value at all
// is the end of the stream: only then the answer is completed, because usage follows the finish.
func eventFromChat(doc, state longmen.Value) error {
	s := &answering
	s.load(stateBuffer)
	if !doc.Exists() {
		return s.end(state)
	}
	longmen.Drop()
	var c chunk
	c.read(doc)
	if !c.choices.Exists() && doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	var f choice
	f.find(c.choices)
	var d said
	d.read(f.delta)
	if c.usage.Kind() == longmen.KindObject && c.usage.Size() <= maxUsage {
		state.Set("u", c.usage)
	}
	if !s.begun {
		s.start(&c, state)
	}
	if err := s.delta(&d, f.chances, state); err != nil {
		return err
	}
	if f.finish.Kind() == longmen.KindString && codec.Text(f.finish) {
		s.finish = finished(f.finish)
		s.changed = true
	}
	if s.changed {
		s.save(state)
	}
	return nil
}

// start emits what a stream begins with.
func (s *answerState) start(c *chunk, state longmen.Value) {
	s.begun = true
	head := s.begin(c)
	state.SetString("h", codec.View(head))
	if !state.Get("t").Exists() { // no request came before
		state.Set("o", longmen.NewArray())
		state.Set("t", longmen.NewArray())
	}
	for _, name := range [...]string{"response.created", "response.in_progress"} {
		b := s.event(name)
		b = append(b, `,"response":`...)
		b = s.envelope(b, head, state, "in_progress")
		emit(append(b, `null,"output":[]}}`...), name)
	}
}

// event begins an event, up to the members of its own.
func (s *answerState) event(name string) []byte {
	b := append(output[:0], `{"type":"`...)
	b = append(b, name...)
	b = append(b, `","sequence_number":`...)
	b = appendInt(b, s.number)
	s.number++
	s.changed = true
	return b
}

// about begins an event that is about item i.
func (s *answerState) about(name string, i int) []byte {
	b := append(s.event(name), `,"output_index":`...)
	b = appendInt(b, i)
	b = append(b, `,"item_id":"`...)
	b = s.appendID(b, i)
	return append(b, '"')
}

// emit sends an event on. The gateway has copied it when this returns.
func emit(event []byte, name string) { longmen.Emit(parsed(event), name) }

// delta emits what a chunk adds.
func (s *answerState) delta(d *said, chances, state longmen.Value) error {
	if d.reasoning.Exists() {
		if err := s.say(kindReasoning, d.reasoning, 0, state); err != nil {
			return err
		}
	}
	if d.blocks.Exists() && s.sealed {
		if err := s.think(d.blocks, state); err != nil {
			return err
		}
	}
	if d.content.Exists() {
		if !s.chances {
			chances = 0
		}
		if err := s.say(kindMessage, d.content, chances.Get("content"), state); err != nil {
			return err
		}
	}
	if d.refusal.Exists() {
		if err := s.say(kindRefusal, d.refusal, 0, state); err != nil {
			return err
		}
	}
	if d.annotations.Exists() {
		if err := s.cite(d.annotations, state); err != nil {
			return err
		}
	}
	if d.images.Exists() {
		if err := s.picture(d.images, state); err != nil {
			return err
		}
	}
	if d.audio.Kind() == longmen.KindObject {
		longmen.Warn("answer", "audio is not supported by the Responses API")
	}
	if d.calls.Exists() {
		if err := s.calls(d.calls, state); err != nil {
			return err
		}
	}
	if d.extra.Exists() && s.sealed {
		if sig := d.extra.Pointer("/google/thought_signature"); codec.Text(sig) {
			return s.sign(sig, true, state)
		}
	}
	return nil
}

// say emits a piece of text, or keeps it for an item that has to wait.
func (s *answerState) say(kind byte, v, chances, state longmen.Value) error {
	text, err := s.read(v)
	if err != nil || len(text) == 0 {
		return err
	}
	i, err := s.speaker(kind, state)
	switch {
	case err != nil:
		return err
	case i != s.current:
		if chances.Kind() == longmen.KindArray {
			if err := s.chance(chances, state); err != nil {
				return err
			}
		}
		return s.wait(i, text, state)
	case kind != kindMessage || chances.Kind() == longmen.KindArray:
		return s.sayMore(i, text, chances, state)
	}
	// Nearly every event is this one: what takes several steps elsewhere is one constant here.
	b := append(output[:0], `{"type":"response.output_text.delta","content_index":0,"logprobs":[],"sequence_number":`...)
	b = appendInt(b, s.number)
	b = append(b, `,"output_index":`...)
	b = appendInt(b, i)
	b = append(b, `,"item_id":"msg_`...)
	b = append(b, s.suffix...)
	b = append(b, '_')
	b = append(appendInt(b, i), '"')
	s.number++
	s.add(b, "response.output_text.delta", i, text, state)
	return s.bounded()
}

// sayMore emits a piece of text of any kind.
func (s *answerState) sayMore(i int, text []byte, chances, state longmen.Value) error {
	var b []byte
	var name string
	if chances.Kind() == longmen.KindArray {
		if err := s.chance(chances, state); err != nil {
			return err
		}
		name = "response.output_text.delta"
		b = append(s.about(name, i), `,"content_index":0,"logprobs":`...)
		b = chances.AppendJSON(b)
	} else {
		b, name = s.deltaOf(i)
	}
	s.add(b, name, i, text, state)
	return s.bounded()
}

// chance keeps log probabilities for the end of their message.
func (s *answerState) chance(chances, state longmen.Value) error {
	list := state.Get("l")
	if !list.Exists() {
		state.Set("l", longmen.NewArray())
		list = state.Get("l")
	}
	if s.total += chances.Size(); s.total > maxAnswer {
		return tooLong()
	}
	for c := chances.First(); c.Exists(); c = c.Next() {
		list.Append(c.Copy())
	}
	return nil
}

// add emits a delta and keeps its text.
func (s *answerState) add(b []byte, name string, i int, text []byte, state longmen.Value) {
	b = append(b, `,"delta":`...)
	start := len(b)
	b = appendText(b, text)
	s.total += len(b) - start - 2
	emit(append(b, '}'), name)
	s.keep(i, text, state)
}

// bounded ends an answer that the state cannot hold.
func (s *answerState) bounded() error {
	if s.total > maxAnswer {
		return tooLong()
	}
	return nil
}

// read reads a text of the answer, which is good until the next one is read.
func (s *answerState) read(v longmen.Value) ([]byte, error) {
	text := v.Prefix(textBuffer[:])
	switch {
	case len(text) == len(textBuffer):
		if n := v.Len(); s.total+n > maxAnswer {
			return nil, tooLong()
		} else if n > len(text) {
			text = v.AppendString(make([]byte, 0, n))
		}
	case len(text) == 0:
		if k := v.Kind(); k != longmen.KindString && k != longmen.KindNull {
			return nil, codec.Malformed(&codec.Path{Name: "choices[0]"}, "text that is a string")
		}
	}
	return text, nil
}

// keep keeps the text of item i.
func (s *answerState) keep(i int, text []byte, state longmen.Value) {
	if s.tail != i {
		s.flush(state)
		s.tail = i
	}
	s.changed = true
	if s.kept = append(s.kept, text...); len(s.kept) >= maxTail {
		s.flush(state)
	}
}

// flush makes a piece of the text that is kept beside the pieces.
func (s *answerState) flush(state longmen.Value) {
	if len(s.kept) > 0 {
		state.Get("t").Index(s.tail).Append(longmen.NewString(codec.View(s.kept)))
		s.kept, s.changed = s.kept[:0], true
		s.total += pieceCost
	}
	s.tail = none
}

// wait keeps text of an item that waits.
func (s *answerState) wait(i int, text []byte, state longmen.Value) error {
	s.total += len(appendText(output[:0], text)) - 2
	s.keep(i, text, state)
	if it := &s.items[i]; i == s.current && it.kind == kindCustom && it.place == behindArguments {
		s.shut(state) // its input can be taken out
	}
	s.advance(state)
	return s.bounded()
}

// end closes every item and completes the answer. A stream that ended before its answer did is an error,
// never an end.
func (s *answerState) end(state longmen.Value) error {
	if !s.begun || s.finish == finishNone {
		return longmen.Reject(502, "upstream_truncated", "", "the provider's stream ended before its answer did")
	}
	list := longmen.NewArray()
	for i := range s.items {
		if s.items[i].stage == closed {
			list.Append(state.Get("o").Index(i).Copy())
			continue
		}
		if s.items[i].stage == waiting {
			s.announce(i, state)
		}
		list.Append(s.close(i, state))
	}
	status := s.status()
	name := "response." + status
	b := append(s.event(name), `,"response":`...)
	headBuffer = state.Get("h").AppendString(headBuffer[:0])
	b = s.envelope(b, headBuffer, state, status)
	b = appendUsage(b, state.Get("u"))
	done := parsed(append(b, `,"output":[]}}`...))
	done.Pointer("/response/output").Replace(list)
	longmen.Emit(done, name)
	return nil
}
