package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// speaker is the item that text of a kind belongs to: the last one, or a new one.
func (s *answerState) speaker(kind byte, state longmen.Value) (int, error) {
	if i := len(s.items) - 1; i >= 0 && s.items[i].kind == kind && s.items[i].stage != closed && !s.items[i].ended {
		return i, nil
	}
	return s.item(answerItem{kind: kind}, 0, state)
}

// item appends an output item, and announces it if no other one is in its way. made is the item, or zero for
// one that is told by its kind.
func (s *answerState) item(it answerItem, made, state longmen.Value) (int, error) {
	i := len(s.items)
	if i == maxItems {
		return 0, tooLong()
	}
	it.stage = waiting
	s.items = append(s.items, it)
	if !made.Exists() {
		made = s.fresh(i)
	}
	state.Get("o").Append(made)
	state.Get("t").Append(longmen.NewArray())
	s.changed = true
	s.advance(state)
	return i, nil
}

// fresh is an item that says nothing yet, of a kind that tells all about it.
func (s *answerState) fresh(i int) longmen.Value {
	b := append(output[:0], `{"id":"`...)
	b = s.appendID(b, i)
	switch s.items[i].kind {
	case kindReasoning:
		b = append(b, `","type":"reasoning","summary":[]}`...)
	case kindImage:
		b = append(b, `","type":"image_generation_call","result":null,"status":"in_progress"}`...)
	default:
		b = append(b, `","type":"message","status":"in_progress","role":"assistant","content":[]}`...)
	}
	return parsed(b)
}

// advance ends the open item if another one waits behind it, and announces that, and so on.
func (s *answerState) advance(state longmen.Value) {
	for i := s.current + 1; ; i++ {
		if s.current != none {
			if s.current == len(s.items)-1 || !s.whole(s.current) {
				return
			}
			s.shut(state)
		}
		for i < len(s.items) && s.items[i].stage != waiting {
			i++
		}
		if i == len(s.items) {
			return
		}
		s.announce(i, state)
		if s.items[i].ended {
			s.shut(state)
		}
	}
}

// whole tells whether an item may end because another one begins: a call only if its arguments are, since calls
// may come in turns.
func (s *answerState) whole(i int) bool {
	it := &s.items[i]
	return it.kind != kindCall && it.kind != kindCustom || it.place == behindArguments
}

// announce begins an item, with what it has waited with.
func (s *answerState) announce(i int, state longmen.Value) {
	it := &s.items[i]
	it.stage, s.current, s.changed = open, i, true
	var made longmen.Value
	switch it.kind {
	case kindCall, kindCustom, kindInput:
		made = state.Get("o").Index(i).Copy()
	default:
		made = s.fresh(i)
	}
	s.itemEvent("response.output_item.added", i, made)
	switch it.kind {
	case kindMessage:
		s.part(i, `{"type":"output_text","text":"","annotations":[],"logprobs":[]}`)
	case kindRefusal:
		s.part(i, `{"type":"refusal","refusal":""}`)
	}
	if text := s.text(i, state); text.Exists() && it.kind != kindCustom && it.kind != kindImage {
		b, name := s.deltaOf(i)
		longmen.Emit(with(append(b, '}'), "delta", text), name)
	}
}

func (s *answerState) part(i int, part string) {
	name := "response.content_part.added"
	b := append(s.about(name, i), `,"content_index":0,"part":`...)
	b = append(b, part...)
	emit(append(b, '}'), name)
}

// deltaOf begins the event for a delta of item i, up to the delta.
func (s *answerState) deltaOf(i int) (b []byte, name string) {
	switch it := &s.items[i]; it.kind {
	case kindMessage:
		name = "response.output_text.delta"
		return append(s.about(name, i), `,"content_index":0,"logprobs":[]`...), name
	case kindRefusal:
		name = "response.refusal.delta"
		return append(s.about(name, i), `,"content_index":0`...), name
	case kindReasoning:
		if !it.parts {
			it.parts = true
			name = "response.reasoning_summary_part.added"
			emit(append(s.about(name, i), `,"summary_index":0,"part":{"type":"summary_text","text":""}}`...), name)
		}
		name = "response.reasoning_summary_text.delta"
		return append(s.about(name, i), `,"summary_index":0`...), name
	case kindCall:
		name = "response.function_call_arguments.delta"
	default:
		name = "response.custom_tool_call_input.delta"
	}
	return s.about(name, i), name
}

func (s *answerState) itemEvent(name string, i int, item longmen.Value) {
	b := append(s.event(name), `,"output_index":`...)
	e := parsed(append(appendInt(b, i), '}'))
	e.Set("item", item)
	longmen.Emit(e, name)
}

// shut closes the open item, and keeps it for the end of the answer.
func (s *answerState) shut(state longmen.Value) {
	i := s.current
	item := s.close(i, state)
	state.Get("o").Index(i).Replace(item)
}

// text is the text of item i so far; zero when there is none.
func (s *answerState) text(i int, state longmen.Value) longmen.Value {
	pieces := state.Get("t").Index(i)
	if pieces.First().Exists() {
		if s.tail == i {
			s.flush(state)
		}
		return pieces.Join()
	}
	if s.tail == i && len(s.kept) > 0 {
		return longmen.NewString(codec.View(s.kept))
	}
	return 0
}

// with is a copy of v with a member.
func with(text []byte, name string, v longmen.Value) longmen.Value {
	e := parsed(text)
	e.Set(name, v)
	return e
}

// close emits what ends item i, and returns the item.
func (s *answerState) close(i int, state longmen.Value) longmen.Value {
	it := &s.items[i]
	text := s.text(i, state)
	if text.Exists() {
		if s.tail == i {
			s.tail, s.kept = none, s.kept[:0]
		}
		if t := state.Get("t").Index(i); t.First().Exists() {
			t.Replace(longmen.NewArray()) // before the item takes their room in the state
		}
	} else {
		text = longmen.NewString("")
	}
	it.stage, s.current, s.changed = closed, none, true
	var item longmen.Value
	switch it.kind {
	case kindMessage:
		item = s.closeMessage(i, text, state)
	case kindRefusal:
		name := "response.refusal.done"
		longmen.Emit(with(append(s.about(name, i), `,"content_index":0}`...), "refusal", text.Copy()), name)
		part := with(append(output[:0], `{"type":"refusal"}`...), "refusal", text)
		item = s.message(i, part)
	case kindReasoning:
		item = s.closeReasoning(i, text, state)
	case kindImage:
		item = state.Get("o").Index(i).Copy()
		item.SetString("status", "completed")
	default:
		item = s.closeCall(i, text, state)
	}
	s.itemEvent("response.output_item.done", i, item.Copy())
	return item
}

// message is a message item with its one part, whose end it emits.
func (s *answerState) message(i int, part longmen.Value) longmen.Value {
	name := "response.content_part.done"
	longmen.Emit(with(append(s.about(name, i), `,"content_index":0}`...), "part", part.Copy()), name)
	b := append(output[:0], `{"id":"`...)
	b = s.appendID(b, i)
	b = append(b, `","type":"message","status":"`...)
	b = append(b, s.itemStatus(i)...)
	item := parsed(append(b, `","role":"assistant","content":[]}`...))
	item.Get("content").Append(part)
	return item
}

func (s *answerState) closeMessage(i int, text, state longmen.Value) longmen.Value {
	if s.cited {
		s.late(i, state)
	}
	annotations, chances := taken(state, "a"), taken(state, "l")
	name := "response.output_text.done"
	e := with(append(s.about(name, i), `,"content_index":0,"logprobs":[]}`...), "text", text.Copy())
	part := with(append(output[:0], `{"type":"output_text","annotations":[],"logprobs":[]}`...), "text", text)
	if chances.Exists() {
		e.Set("logprobs", chances.Copy())
		part.Set("logprobs", chances)
	}
	longmen.Emit(e, name)
	set(part, "annotations", annotations)
	return s.message(i, part)
}

// taken takes a value out of the state.
func taken(state longmen.Value, name string) longmen.Value {
	v := state.Get(name)
	if !v.Exists() {
		return 0
	}
	copied := v.Copy()
	v.Delete()
	return copied
}

func (s *answerState) closeReasoning(i int, text, state longmen.Value) longmen.Value {
	item := state.Get("o").Index(i).Copy()
	if s.items[i].parts {
		name := "response.reasoning_summary_text.done"
		longmen.Emit(with(append(s.about(name, i), `,"summary_index":0}`...), "text", text.Copy()), name)
		part := with(append(output[:0], `{"type":"summary_text"}`...), "text", text)
		name = "response.reasoning_summary_part.done"
		longmen.Emit(with(append(s.about(name, i), `,"summary_index":0}`...), "part", part.Copy()), name)
		item.Get("summary").Append(part)
	}
	if s.sealed && !s.items[i].ended {
		item.SetString("encrypted_content", emptySeal)
	}
	return item
}

// itemStatus is the status of an item that ends: the last one of an answer that was cut off is not whole.
func (s *answerState) itemStatus(i int) string {
	if s.status() != "completed" && i == len(s.items)-1 {
		return "incomplete"
	}
	return "completed"
}
