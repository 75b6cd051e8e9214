package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// streaming is the stream being translated: an instance runs one hook at a time.
var streaming chunkState

// event is an event's members; zero when absent.
type event struct {
	kind, response, item, itemID, outputIndex, partIndex, delta longmen.Value
	text, arguments, input, annotation, chances, failure, part  longmen.Value
	doc                                                         longmen.Value
}

func (e *event) read(doc longmen.Value) {
	*e = event{doc: doc}
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "type":
			e.kind = m
		case "response":
			e.response = m
		case "item":
			e.item = m
		case "item_id":
			e.itemID = m
		case "output_index":
			e.outputIndex = m
		case "content_index", "summary_index":
			e.partIndex = m
		case "delta":
			e.delta = m
		case "text", "refusal":
			e.text = m
		case "arguments":
			e.arguments = m
		case "input":
			e.input = m
		case "annotation":
			e.annotation = m
		case "part":
			e.part = m
		case "logprobs":
			e.chances = m
		case "error":
			e.failure = m
		}
	}
}

// eventFromResponses turns one event of the Responses API into chunks of an openai.chat stream.
func eventFromResponses(doc, state longmen.Value) error {
	s := &streaming
	s.load(stateBuffer)
	if !doc.Exists() {
		if !s.done {
			return longmen.Reject(502, "upstream_truncated", "", "the provider's stream ended before its answer did")
		}
		return nil
	}
	longmen.Drop()
	var e event
	if e.read(doc); !e.kind.Exists() && doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	if s.done {
		return nil
	}
	err := s.event(&e)
	if err == nil && s.changed {
		saveBuffer = s.append(saveBuffer[:0])
		state.SetString("s", codec.View(saveBuffer))
	}
	return err
}

func (s *chunkState) event(e *event) error {
	switch string(codec.Word(e.kind)) {
	case "response.created", "response.in_progress", "response.queued":
		s.begin(e.response)
	case "response.output_item.added":
		return s.added(e)
	case "response.output_text.delta":
		return s.say(e, kindMessage, "content", e.delta, true)
	case "response.output_text.done":
		return s.say(e, kindMessage, "content", e.text, false)
	case "response.refusal.delta":
		return s.say(e, kindMessage, "refusal", e.delta, true)
	case "response.refusal.done":
		return s.say(e, kindMessage, "refusal", e.text, false)
	case "response.reasoning_summary_text.delta":
		return s.say(e, kindReasoning, "reasoning_content", e.delta, true)
	case "response.reasoning_summary_text.done":
		return s.say(e, kindReasoning, "reasoning_content", e.text, false)
	case "response.reasoning_text.delta":
		return s.say(e, kindRaw, "reasoning_content", e.delta, true)
	case "response.reasoning_text.done":
		return s.say(e, kindRaw, "reasoning_content", e.text, false)
	case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta":
		return s.argue(s.find(e), e.delta, true)
	case "response.function_call_arguments.done":
		return s.argue(s.find(e), e.arguments, false)
	case "response.custom_tool_call_input.done":
		return s.argue(s.find(e), e.input, false)
	case "response.content_part.done", "response.reasoning_summary_part.done":
		return s.partDone(e)
	case "response.output_text.annotation.added":
		s.cite(e.annotation)
	case "response.output_item.done":
		return s.ended(e)
	case "response.completed":
		return s.finish(e.response, false)
	case "response.incomplete":
		return s.finish(e.response, true)
	case "response.failed":
		return upstreamFailed(e.response.Get("error"))
	case "error":
		if e.failure.Kind() == longmen.KindObject {
			return upstreamFailed(e.failure)
		}
		return upstreamFailed(e.doc)
	}
	return nil // what only repeats what came, or is about tools of the provider's own
}

// begin emits the delta that names the role, once.
func (s *chunkState) begin(response longmen.Value) {
	if s.begun {
		return
	}
	s.begun, s.changed = true, true
	s.name(response)
	s.send(append(s.chunk(), `"role":"assistant","content":""`...))
}

// chunk begins a chunk, up to the first member of the delta.
func (s *chunkState) chunk() []byte {
	s.chunks++
	b := s.appendHead(output[:0], "chat.completion.chunk")
	return append(b, `,"choices":[{"index":0,"delta":{`...)
}

// goesOn ends the chunk of a choice that is not finished.
const goesOn = `},"finish_reason":null}]}`

// send ends a chunk and emits it.
func (s *chunkState) send(b []byte) { longmen.Emit(parsed(append(b, goesOn...)), "") }

// sendWith emits a chunk whose delta has a member that is no text.
func (s *chunkState) sendWith(name string, v longmen.Value) {
	c := parsed(append(s.chunk(), goesOn...))
	c.Pointer("/choices/0/delta").Set(name, v)
	longmen.Emit(c, "")
}

// say emits text: that of a delta, or that of a part that came whole only.
func (s *chunkState) say(e *event, kind byte, member string, v longmen.Value, delta bool) error {
	var buffer [maxKeptID + 1]byte
	id := short(e.itemID, buffer[:])
	var it *sourceItem
	if len(id) == 0 && e.outputIndex.Kind() != longmen.KindNumber {
		it = s.last(e.itemID, e.outputIndex, func(k byte) bool {
			return (k == kindMessage) == (kind == kindMessage) && k != kindCall && k != kindInput
		})
	}
	if it == nil {
		var err error
		if it, _, err = s.item(id, e.outputIndex, kind); err != nil {
			return err
		}
	}
	part := 1
	if e.partIndex.Exists() {
		part = int(min(max(e.partIndex.Int(), 0), 1<<20)) + 1
	}
	return s.piece(it, kind, part, member, v, e.chances, delta)
}

// partDone emits a part that came neither in deltas nor whole before.
func (s *chunkState) partDone(e *event) error {
	switch string(codec.Word(e.part.Get("type"))) {
	case "output_text":
		return s.say(e, kindMessage, "content", e.part.Get("text"), false)
	case "refusal":
		return s.say(e, kindMessage, "refusal", e.part.Get("refusal"), false)
	case "summary_text":
		return s.say(e, kindReasoning, "reasoning_content", e.part.Get("text"), false)
	case "reasoning_text":
		return s.say(e, kindRaw, "reasoning_content", e.part.Get("text"), false)
	}
	return nil
}

// maxChunks bounds the chunks of one event: the gateway takes 1024 (abi.MaxEmits).
const maxChunks = 900

// piece emits text of a part of an item.
func (s *chunkState) piece(it *sourceItem, kind byte, part int, member string, v, chances longmen.Value, delta bool) error {
	if s.chunks > maxChunks {
		return codec.Malformed(&codec.Path{Name: "item"}, "at most 900 parts")
	}
	if !delta && it.part >= part {
		return nil // it came in deltas
	}
	if kind != it.kind {
		if it.part > 0 || it.kind != kindReasoning && it.kind != kindRaw {
			return nil // the thoughts and a summary of them: one is enough
		}
		it.kind, s.changed = kind, true
	}
	if k := v.Kind(); k != longmen.KindString && k != longmen.KindNull && k != longmen.KindInvalid {
		return codec.Malformed(&codec.Path{Name: "delta"}, "a string")
	}
	if !codec.Text(v) {
		return nil
	}
	if it.part < part {
		if it.part > 0 && kind != kindMessage { // parts of a summary are paragraphs
			s.text(member, longmen.NewString("\n\n"), 0)
		}
		it.part, s.changed = part, true
	}
	if !s.chances || !chances.First().Exists() {
		chances = 0
	}
	s.text(member, v, chances)
	return nil
}

// text emits a chunk with a text. Nearly every text is a short one, which takes fewer calls to copy than to
// move.
func (s *chunkState) text(member string, v, chances longmen.Value) {
	b := append(append(s.chunk(), '"'), member...)
	b = append(b, `":`...)
	if text := v.Prefix(textBuffer[:]); len(text) < len(textBuffer) && !chances.Exists() {
		s.send(appendText(b, text))
		return
	}
	c := parsed(append(append(b, `null`...), goesOn...))
	choice := c.Pointer("/choices/0")
	choice.Get("delta").Set(member, v.Copy())
	if chances.Exists() {
		l := longmen.NewJSON(`{"refusal":null}`)
		l.Set("content", chances.Copy())
		choice.Set("logprobs", l)
	}
	longmen.Emit(c, "")
}

// added begins an item. Only a call says something by that.
func (s *chunkState) added(e *event) error {
	var o outputItem
	o.read(e.item)
	_, err := s.opened(&o, e.outputIndex)
	return err
}

// opened is the item o, begun if it was not; nil for kinds that say nothing in chat.
func (s *chunkState) opened(o *outputItem, place longmen.Value) (*sourceItem, error) {
	kind := o.stored()
	if kind == 0 {
		return nil, nil
	}
	var buffer [maxKeptID + 1]byte
	id := short(o.id, buffer[:])
	if len(id) == 0 {
		id = short(o.callID, buffer[:])
	}
	it, fresh, err := s.item(id, place, kind)
	if err != nil || !fresh || kind != kindCall && kind != kindInput {
		return it, err
	}
	it.call = s.calls
	at := codec.Path{Name: "item"}
	made, err := o.call(it.call, &at)
	if err != nil {
		return nil, err
	}
	s.calls++
	list := longmen.NewArray()
	list.Append(made)
	s.sendWith("tool_calls", list)
	return it, nil
}

// argue emits arguments of a call: those of a delta, or all of them if none came in deltas.
func (s *chunkState) argue(it *sourceItem, v longmen.Value, delta bool) error {
	if it == nil || it.kind != kindCall && it.kind != kindInput || !delta && it.part > 0 {
		return nil // an item that was not begun comes whole when it ends
	}
	if !delta && v.Kind() == longmen.KindObject { // some servers forget to encode them
		v = v.Stringify()
	}
	if !codec.Text(v) {
		if k := v.Kind(); k != longmen.KindString && k != longmen.KindNull && k != longmen.KindInvalid {
			return codec.Malformed(&codec.Path{Name: "delta"}, "a string")
		}
		return nil
	}
	b := append(s.chunk(), `"tool_calls":[{"index":`...)
	b = appendInt(b, it.call)
	kind, member := "function", "arguments"
	if it.kind == kindInput {
		kind, member = "custom", "input"
	}
	b = append(append(b, `,"`...), kind...)
	b = append(append(b, `":{"`...), member...)
	b = append(b, `":`...)
	if text := v.Prefix(textBuffer[:]); len(text) < len(textBuffer) {
		s.send(append(appendText(b, text), `}}]`...))
	} else {
		c := parsed(append(append(b, `null}}]`...), goesOn...))
		c.Pointer("/choices/0/delta/tool_calls/0").Get(kind).Set(member, v.Copy())
		longmen.Emit(c, "")
	}
	if it.part == 0 {
		it.part, s.changed = 1, true
	}
	return nil
}

// cite emits a citation.
func (s *chunkState) cite(v longmen.Value) {
	made := chatCitation(v)
	if !made.Exists() {
		return
	}
	s.begin(0)
	list := longmen.NewArray()
	list.Append(made)
	s.sendWith("annotations", list)
}

// ended ends an item: what of it did not come before comes now.
func (s *chunkState) ended(e *event) error { return s.rest(e.item, e.outputIndex) }

func (s *chunkState) rest(item, place longmen.Value) error {
	var o outputItem
	o.read(item)
	it := s.placeless(&o, place)
	if it == nil {
		var err error
		if it, err = s.opened(&o, place); err != nil || it == nil {
			return err
		}
	}
	if it.ended {
		return nil
	}
	it.ended, s.changed = true, true
	switch it.kind {
	case kindCall:
		if err := s.argue(it, o.arguments, false); err != nil || it.part > 0 {
			return err
		}
		return s.argue(it, longmen.NewString(noArguments), false)
	case kindInput:
		return s.argue(it, o.input, false)
	case kindImage:
		if made := o.image(0); made.Exists() {
			list := longmen.NewArray()
			list.Append(made)
			s.sendWith("images", list)
		}
		return nil
	case kindMessage:
		return s.parts(it, o.content)
	}
	if err := s.paragraphs(it, kindReasoning, o.summary); err != nil {
		return err
	}
	if err := s.paragraphs(it, kindRaw, o.content); err != nil {
		return err
	}
	if codec.Text(o.encrypted) {
		s.sendWith("extra_content", encrypted(o.id.Copy(), o.encrypted.Copy()))
	}
	return nil
}

// parts emits the parts of a message that did not come before.
func (s *chunkState) parts(it *sourceItem, content longmen.Value) error {
	if content.Kind() == longmen.KindString {
		return s.piece(it, kindMessage, 1, "content", content, 0, false)
	}
	list := content.Copy() // what is emitted edits documents, and a walk does not survive that
	n := 0
	for p, next := list.First(), longmen.Value(0); p.Exists(); p = next {
		next = p.Next()
		n++
		var err error
		if text := p.Get("text"); text.Exists() {
			err = s.piece(it, kindMessage, n, "content", text, 0, false)
		} else {
			err = s.piece(it, kindMessage, n, "refusal", p.Get("refusal"), 0, false)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// paragraphs emits the parts of reasoning that did not come before.
func (s *chunkState) paragraphs(it *sourceItem, kind byte, list longmen.Value) error {
	n := 0
	for p, next := list.First(), longmen.Value(0); p.Exists(); p = next {
		next = p.Next()
		n++
		if err := s.piece(it, kind, n, "reasoning_content", p.Get("text"), 0, false); err != nil {
			return err
		}
	}
	return nil
}

// without gives calls that had no arguments the empty ones.
func (s *chunkState) without() error {
	for i := range s.items {
		if it := &s.items[i]; it.kind == kindCall && it.part == 0 {
			if err := s.argue(it, longmen.NewString(noArguments), false); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish ends the answer, with the items that did not come before.
func (s *chunkState) finish(v longmen.Value, incomplete bool) error {
	s.begin(v)
	var r response
	if r.read(v); incomplete && !codec.Text(r.status) {
		r.status = longmen.NewString("incomplete")
	}
	if err := r.failed(); err != nil {
		return err
	}
	i := 0
	for item, next := r.output.First(), longmen.Value(0); item.Exists(); item = next {
		next = item.Next()
		if i >= maxItems {
			break
		}
		if err := s.rest(item, longmen.NewInt(int64(i))); err != nil {
			return err
		}
		i++
	}
	if err := s.without(); err != nil {
		return err
	}
	b := append(s.chunk(), `},"finish_reason":"`...)
	b = append(b, r.finish(s.calls)...)
	longmen.Emit(parsed(append(b, `"}]}`...)), "")
	if s.usage {
		b = s.appendHead(output[:0], "chat.completion.chunk")
		b = append(b, `,"choices":[],"usage":`...)
		var c counts
		c.read(r.usage)
		b = c.append(b, &chatCounts)
		longmen.Emit(parsed(append(b, '}')), "")
	}
	s.done, s.changed = true, true
	return nil
}
