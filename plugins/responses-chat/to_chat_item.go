package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// open makes the message or reasoning item that text of a kind belongs to.
func (s *answerState) open(kind byte, state longmen.Value) error {
	if s.current != none {
		if s.items[s.current].kind == kind {
			return nil
		}
		s.shut(state)
	}
	i, err := s.item(answerItem{kind: kind, open: true}, 0, state)
	if err != nil {
		return err
	}
	s.current = i
	switch kind {
	case kindMessage:
		s.part(i, "response.content_part.added", `{"type":"output_text","text":"","annotations":[],"logprobs":[]}`)
	case kindRefusal:
		s.part(i, "response.content_part.added", `{"type":"refusal","refusal":""}`)
	}
	return nil
}

func (s *answerState) part(i int, name, part string) {
	b := append(s.about(name, i), `,"content_index":0,"part":`...)
	b = append(b, part...)
	emit(append(b, '}'), name)
}

// item appends an output item; made is the item, or zero for one that is told by its kind.
func (s *answerState) item(it answerItem, made, state longmen.Value) (int, error) {
	i := len(s.items)
	if i == maxItems {
		return 0, tooLong()
	}
	s.items = append(s.items, it)
	if !made.Exists() {
		b := append(output[:0], `{"id":"`...)
		b = s.appendID(b, i)
		if it.kind == kindReasoning {
			b = append(b, `","type":"reasoning","summary":[]}`...)
		} else {
			b = append(b, `","type":"message","status":"in_progress","role":"assistant","content":[]}`...)
		}
		made = parsed(b)
	}
	state.Get("o").Append(made.Copy())
	state.Get("t").Append(longmen.NewArray())
	s.itemEvent("response.output_item.added", i, made)
	return i, nil
}

func (s *answerState) itemEvent(name string, i int, item longmen.Value) {
	b := append(s.event(name), `,"output_index":`...)
	e := parsed(append(appendInt(b, i), '}'))
	e.Set("item", item)
	longmen.Emit(e, name)
}

// shut closes the message or reasoning item that is open, and keeps it for the end of the answer.
func (s *answerState) shut(state longmen.Value) { s.store(s.current, 0, state) }

// store closes item i and keeps it for the end of the answer.
func (s *answerState) store(i int, sealed longmen.Value, state longmen.Value) {
	if i == none {
		return
	}
	item := s.close(i, sealed, state)
	state.Get("o").Index(i).Replace(item)
}

// whole is the text of item i.
func (s *answerState) whole(i int, state longmen.Value) longmen.Value {
	pieces := state.Get("t").Index(i)
	var b []byte
	if pieces.First().Exists() {
		b = joined(pieces.AppendJSON(nil))
		pieces.Replace(longmen.NewArray()) // before the item takes their room in the state
	} else {
		b = append(output[:0], '"')
	}
	if s.tail != i {
		return parsed(append(b, '"'))
	}
	n := len(b)
	b = codec.AppendQuoted(b, codec.View(s.text))
	s.tail, s.text = none, s.text[:0]
	return parsed(append(b[:n], b[n+1:]...)) // less the quote that it begins with
}

// joined turns a JSON array of strings into one string that is not closed, in place.
func joined(list []byte) []byte {
	to := append(list[:0], '"')
	quoted := false
	for i := 1; i < len(list); i++ {
		switch c := list[i]; {
		case c == '"':
			quoted = !quoted
		case !quoted:
		case c == '\\':
			to = append(to, c, list[i+1])
			i++
		default:
			to = append(to, c)
		}
	}
	return to
}

// with is a copy of v with a member.
func with(text []byte, name string, v longmen.Value) longmen.Value {
	e := parsed(text)
	e.Set(name, v)
	return e
}

// close emits what ends item i, and returns the item. sealed is what a reasoning item holds for the next
// turn.
func (s *answerState) close(i int, sealed, state longmen.Value) longmen.Value {
	it := &s.items[i]
	text := s.whole(i, state)
	it.open = false
	if s.current == i {
		s.current = none
	}
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
		item = s.closeReasoning(i, text, sealed, state)
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

func (s *answerState) closeReasoning(i int, text, sealed, state longmen.Value) longmen.Value {
	item := state.Get("o").Index(i).Copy()
	if s.items[i].parts {
		name := "response.reasoning_summary_text.done"
		longmen.Emit(with(append(s.about(name, i), `,"summary_index":0}`...), "text", text.Copy()), name)
		part := with(append(output[:0], `{"type":"summary_text"}`...), "text", text)
		name = "response.reasoning_summary_part.done"
		longmen.Emit(with(append(s.about(name, i), `,"summary_index":0}`...), "part", part.Copy()), name)
		item.Get("summary").Append(part)
	}
	set(item, "encrypted_content", sealed)
	return item
}

// itemStatus is the status of an item that ends: the last one of an answer that was cut off is not whole.
func (s *answerState) itemStatus(i int) string {
	if s.status() == "incomplete" && i == len(s.items)-1 {
		return "incomplete"
	}
	return "completed"
}

// seal is the envelope for what a reasoning item holds; zero when it is too long to travel.
func seal(member string, v longmen.Value, message bool) longmen.Value {
	if v.Size() > codec.MaxSealed-64 {
		return 0
	}
	b := append([]byte(nil), sealedHead...)
	b = append(b, `{"`...)
	b = append(b, member...)
	b = append(b, `":`...)
	b = v.AppendJSON(b)
	if message {
		b = append(b, `,"message":true`...)
	}
	return longmen.NewString(codec.View(append(b, '}')))
}

// think gives each thinking block a reasoning item: its text came before it.
func (s *answerState) think(blocks, state longmen.Value) error {
	if blocks.Kind() != longmen.KindArray {
		return nil
	}
	list := blocks.Copy() // what is emitted edits documents, and a walk does not survive that
	for v, next := list.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		one := longmen.NewArray()
		one.Append(v)
		if err := s.reasoned(seal("thinking_blocks", one, false), state); err != nil {
			return err
		}
	}
	return nil
}

// sign gives Gemini's signature a reasoning item.
func (s *answerState) sign(signature longmen.Value, message bool, state longmen.Value) error {
	return s.reasoned(seal("thought_signature", signature, message), state)
}

// reasoned ends the reasoning item that is open, or one of its own, with what it holds for the next turn.
func (s *answerState) reasoned(sealed, state longmen.Value) error {
	if !sealed.Exists() {
		return nil
	}
	s.total += sealed.Len()
	if err := s.open(kindReasoning, state); err != nil {
		return err
	}
	s.store(s.current, sealed, state)
	return s.bounded()
}

// maxCitations bounds the citations of one event, which are events of their own.
const maxCitations = 256

// cite emits the citations of a message.
func (s *answerState) cite(annotations, state longmen.Value) error {
	if s.current == none || s.items[s.current].kind != kindMessage {
		return nil
	}
	i := 0
	for v := annotations.First(); v.Exists() && i < maxCitations; v = v.Next() {
		i++
		made := citation(v)
		if !made.Exists() {
			continue
		}
		list := state.Get("a")
		if !list.Exists() {
			state.Set("a", longmen.NewArray())
			list = state.Get("a")
		}
		name := "response.output_text.annotation.added"
		b := append(s.about(name, s.current), `,"content_index":0,"annotation_index":`...)
		b = append(appendInt(b, list.Len()), '}')
		s.total += made.Size()
		list.Append(made.Copy())
		longmen.Emit(with(b, "annotation", made), name)
	}
	return s.bounded()
}

// citation is an annotation in the Responses API's spelling; zero for kinds that it has not.
func citation(v longmen.Value) longmen.Value {
	c := v.Get("url_citation")
	if c.Kind() != longmen.KindObject {
		return 0
	}
	made := longmen.NewJSON(`{"type":"url_citation","url":"","title":"","start_index":0,"end_index":0}`)
	for _, name := range [...]string{"url", "title", "start_index", "end_index"} {
		if m := c.Get(name); !codec.Absent(m) {
			made.Set(name, m.Copy())
		}
	}
	return made
}

// picture emits an image_generation_call for each image.
func (s *answerState) picture(images, state longmen.Value) error {
	for v := images.First(); v.Exists(); v = v.Next() {
		data := imageData(v)
		if !data.Exists() {
			longmen.Warn("answer", "an image that is no data URL is left out")
			continue
		}
		s.shut(state)
		i := len(s.items)
		if _, err := s.item(answerItem{kind: kindImage}, s.imageItem(i, "in_progress"), state); err != nil {
			return err
		}
		done := s.imageItem(i, "completed")
		if s.total += data.Len(); s.total <= maxAnswer {
			kept := done.Copy()
			kept.Set("result", data.Copy())
			state.Get("o").Index(i).Replace(kept)
		} else { // the client has it from its own event
			s.total -= data.Len()
			state.Get("o").Index(i).Replace(done.Copy())
		}
		done.Set("result", data)
		s.itemEvent("response.output_item.done", i, done)
	}
	return nil
}

func (s *answerState) imageItem(i int, status string) longmen.Value {
	b := append(output[:0], `{"id":"`...)
	b = s.appendKindID(b, kindImage, i)
	b = append(b, `","type":"image_generation_call","result":null,"status":"`...)
	b = append(b, status...)
	return parsed(append(b, `"}`...))
}

// imageData is the base64 of an image of the answer; zero when its URL is no data URL.
func imageData(v longmen.Value) longmen.Value {
	url := v.Pointer("/image_url/url")
	var head [codec.MaxHead]byte
	b := url.Prefix(head[:])
	if !codec.IsDataURL(b) {
		return 0
	}
	for i, c := range b {
		if c == ',' {
			return url.Slice(i+1, url.Len()-i-1)
		}
	}
	return 0
}
