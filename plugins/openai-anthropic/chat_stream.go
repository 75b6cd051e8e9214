package openaianthropic

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// chatStream is what is remembered of an exchange with a client of OpenAI's. Beside its text the state
// has, while they are needed:
//
//	t  pieces of the open block of thinking      g  its signature
//	b  blocks of thinking that the store gets    c  id of the first call
//	i  input of the open tool_use, when it came whole at its start
type chatStream struct {
	count  bool // the exchange counts tokens
	usage  bool // the client wants a usage chunk
	shows  bool // thinking_blocks are given out
	stores bool // they are also kept in the store
	begun  bool // the first chunk went out
	ended  bool // the last one did
	got    bool // of the open block something came
	kind   byte // of the open block

	calls  int64  // tool calls so far
	held   int64  // bytes of the open thinking
	tokens tokens // so far
	stop   string // native reason, "" while the answer goes on
	json   string // the tool whose input is the answer
	tail   []byte // JSON of the requested model; once begun, the members that every chunk begins with

	changed bool // since it was loaded
}

// Kinds of the open block.
const (
	blockNone     = '-'
	blockText     = 't'
	blockThinking = 'h'
	blockCall     = 'u'
	blockJSON     = 'j'
	blockOther    = 'o' // what the client does not see
)

// append writes the stream as the state has it.
func (s *chatStream) append(b []byte) []byte {
	direction := byte(stateChat)
	if s.count {
		direction = stateChatCount
	}
	b = append(b, direction, bit(s.usage), bit(s.shows), bit(s.stores), bit(s.begun), bit(s.ended), bit(s.got), s.kind)
	for _, n := range [...]int64{s.calls, s.held, s.tokens.input, s.tokens.written, s.tokens.cached, s.tokens.output, s.tokens.thinking} {
		b = appendNumber(b, n)
	}
	b = append(append(b, s.stop...), ' ')
	b = append(append(b, s.json...), ' ')
	return append(b, s.tail...)
}

// load reads the stream from the state's text.
func (s *chatStream) load(b []byte) {
	s.usage, s.shows, s.stores, s.begun, s.ended, s.got, s.kind = b[1] == '1', b[2] == '1', b[3] == '1', b[4] == '1', b[5] == '1', b[6] == '1', b[7]
	b = b[8:]
	for _, n := range [...]*int64{&s.calls, &s.held, &s.tokens.input, &s.tokens.written, &s.tokens.cached, &s.tokens.output, &s.tokens.thinking} {
		*n, b = cutNumber(b)
	}
	s.stop, b = cutWord(b)
	s.json, s.tail = cutWord(b)
}

// save writes the stream into the state, if it changed.
func (s *chatStream) save() {
	if s.changed {
		output = s.append(output[:0])
		kept().SetString("s", codec.View(output))
	}
}

// chatEvent are the members of an event; zero when absent.
type chatEvent struct{ kind, message, block, delta, usage longmen.Value }

func (e *chatEvent) read(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "type":
			e.kind = m
		case "message":
			e.message = m
		case "content_block":
			e.block = m
		case "delta":
			e.delta = m
		case "usage":
			e.usage = m
		}
	}
}

// streamChat turns one event of an anthropic.messages stream into the chunks of an openai.chat stream.
func streamChat(doc longmen.Value, text []byte) error {
	var s chatStream
	s.load(text)
	if !doc.Exists() {
		if s.ended {
			return nil
		}
		if s.stop == "" {
			return truncated()
		}
		s.finish()
		return nil
	}
	longmen.Drop()
	if s.ended {
		return nil
	}
	var e chatEvent
	if e.read(doc); doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	var err error
	switch string(codec.Word(e.kind)) {
	case "content_block_delta":
		err = s.delta(e.delta)
	case "content_block_start":
		err = s.start(e.block)
	case "content_block_stop":
		s.stopBlock()
	case "message_start":
		s.begin(e.message)
	case "message_delta":
		s.tokens.read(e.usage)
		if reason := stopReason(e.delta.Get("stop_reason")); reason != "" {
			s.stop = reason
		}
		if err := s.ending(e.delta); err != nil {
			return err
		}
		s.changed = true
	case "message_stop":
		s.finish()
	}
	if err == nil {
		s.save()
	}
	return err
}

func truncated() error {
	return longmen.Reject(502, "upstream_truncated", "", "the provider's stream ended before its answer did")
}

// begin emits the delta that names the role.
func (s *chatStream) begin(message longmen.Value) {
	if s.begun {
		return
	}
	var r reply
	r.read(message)
	s.tokens.read(r.usage)
	s.tail = r.appendHead(make([]byte, 0, 192), s.tail, "chat.completion.chunk")
	s.begun, s.changed = true, true
	emit(append(s.chunk(), `"role":"assistant","content":""`+goesOn...), "")
}

// goesOn ends the chunk of an answer that is not finished.
const goesOn = `},"finish_reason":null}]}`

// chunk begins a chunk, up to the first member of the delta.
func (s *chatStream) chunk() []byte {
	b := append(output[:0], '{')
	b = append(b, s.tail...)
	return append(b, `,"choices":[{"index":0,"delta":{`...)
}

// say emits a chunk with one text, unless it is empty.
func (s *chatStream) say(member string, v longmen.Value) bool {
	if !codec.Text(v) {
		return false
	}
	if !s.begun {
		s.begin(0)
	}
	b := append(s.chunk(), member...)
	b = v.AppendJSON(b)
	emit(append(b, goesOn...), "")
	return true
}

// sayList emits a chunk whose member is a list of one element.
func (s *chatStream) sayList(member string, element longmen.Value) {
	if !s.begun {
		s.begin(0)
	}
	b := append(s.chunk(), '"')
	b = append(b, member...)
	chunk := build(append(b, `":[]`+goesOn...))
	chunk.Pointer("/choices/0/delta").First().Append(element)
	longmen.Emit(chunk, "")
}

const (
	contentMember   = `"content":`
	reasoningMember = `"reasoning_content":`
)

// start opens a block.
func (s *chatStream) start(v longmen.Value) error {
	s.stopBlock()
	s.changed, s.got, s.held = true, false, 0
	var a said
	a.read(v)
	switch string(codec.Word(a.kind)) {
	case "text":
		s.kind = blockText
		s.say(contentMember, a.text)
	case "thinking":
		s.kind = blockThinking
		if s.say(reasoningMember, a.text) {
			s.piece(a.text)
		}
		s.sign(a.signature)
	case "redacted_thinking":
		s.kind = blockOther
		if codec.Text(a.data) {
			s.thinking(v)
		}
	case "tool_use":
		return s.call(&a)
	default:
		s.kind = blockOther
	}
	return nil
}

// call opens a tool_use block.
func (s *chatStream) call(a *said) error {
	if !codec.Text(a.name) {
		return codec.Malformed(&codec.Path{Name: "content_block.name"}, "the name of a tool")
	}
	s.kind = blockCall
	if s.json != "" && a.name.Is(s.json) {
		s.kind = blockJSON
	} else {
		if s.calls == maxCalls {
			return codec.Malformed(&codec.Path{Name: "content_block"}, "at most 256 calls")
		}
		made, id := newCall(a.id, a.name, int(s.calls), "")
		if s.stores && s.calls == 0 {
			kept().Set("c", id.Copy())
		}
		s.sayList("tool_calls", made)
		s.calls++
	}
	if a.input.First().Exists() { // it may be all that comes
		kept().Set("i", a.input.Stringify())
	}
	return nil
}

// delta emits what a block goes on with.
func (s *chatStream) delta(v longmen.Value) error {
	var kind, text, signature, citation longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "type":
			kind = m
		case "text", "thinking", "partial_json":
			text = m
		case "signature":
			signature = m
		case "citation":
			citation = m
		}
	}
	switch string(codec.Word(kind)) {
	case "text_delta":
		if s.kind != blockOther {
			s.say(contentMember, text)
		}
	case "thinking_delta":
		if s.say(reasoningMember, text) {
			s.piece(text)
		}
	case "signature_delta":
		s.sign(signature)
	case "input_json_delta":
		return s.arguments(text)
	case "citations_delta":
		if l := link(citation); l.Exists() {
			s.sayList("annotations", l)
		}
	}
	return nil
}

// arguments emits a piece of the input of the open tool_use.
func (s *chatStream) arguments(v longmen.Value) error {
	switch s.kind {
	case blockJSON:
		if !s.say(contentMember, v) {
			return nil
		}
	case blockCall:
		if !codec.Text(v) {
			return nil
		}
		b := s.argumentsChunk()
		b = v.AppendJSON(b)
		emit(append(b, `}}]`+goesOn...), "")
	case blockOther:
		return nil // of a tool that Anthropic runs itself
	default:
		return codec.Malformed(&codec.Path{Name: "delta"}, "a delta that fits the open block")
	}
	if !s.got {
		s.got, s.changed = true, true
	}
	return nil
}

func (s *chatStream) argumentsChunk() []byte {
	b := append(s.chunk(), `"tool_calls":[{"index":`...)
	b = strconv.AppendInt(b, s.calls-1, 10)
	return append(b, `,"function":{"arguments":`...)
}

// maxThinking bounds a block of thinking that is given back whole, in bytes; the text itself is not
// bounded.
const maxThinking = 384 << 10

// piece keeps a piece of the open thinking.
func (s *chatStream) piece(v longmen.Value) {
	if !s.shows && !s.stores || s.kind != blockThinking {
		return
	}
	s.held += int64(v.Size())
	s.changed = true
	x := kept()
	if s.held > maxThinking {
		x.Get("t").Delete()
		return
	}
	pieces := x.Get("t")
	if !pieces.Exists() {
		x.Set("t", longmen.NewArray())
		pieces = x.Get("t")
	}
	pieces.Append(v)
}

// maxSignature bounds a signature, in bytes.
const maxSignature = 128 << 10

// sign keeps the signature of the open thinking.
func (s *chatStream) sign(v longmen.Value) {
	if s.kind == blockThinking && codec.Text(v) && v.Len() <= maxSignature {
		kept().Set("g", v)
	}
}

// thinking gives a whole block of thinking out, and keeps it for the store.
func (s *chatStream) thinking(block longmen.Value) {
	if s.stores {
		x := kept()
		blocks := x.Get("b")
		if !blocks.Exists() {
			x.Set("b", longmen.NewArray())
			blocks = x.Get("b")
		}
		if blocks.Size()+block.Size() <= maxStored {
			blocks.Append(block.Copy())
		} else { // the store takes all of them or none
			x.Get("c").Delete()
		}
	}
	if s.shows {
		s.sayList("thinking_blocks", block)
	}
}

// stopBlock ends the open block.
func (s *chatStream) stopBlock() {
	switch s.kind {
	case blockThinking:
		x := kept()
		if signature := x.Get("g"); signature.Exists() {
			if s.held <= maxThinking {
				block := longmen.NewJSON(`{"type":"thinking","thinking":""}`)
				if s.held > 0 {
					var text codec.Joined
					for p := x.Get("t").First(); p.Exists(); p = p.Next() {
						text.Add(p)
					}
					block.Set("thinking", text.Value().Copy())
				}
				block.Set("signature", signature.Copy())
				s.thinking(block)
			}
			x.Get("g").Delete()
		}
		x.Get("t").Delete()
	case blockCall:
		if whole := s.whole(); whole.Exists() {
			b := s.argumentsChunk()
			b = whole.AppendJSON(b)
			emit(append(b, `}}]`+goesOn...), "")
		}
	case blockJSON:
		s.say(contentMember, s.whole())
	case blockNone:
		return
	}
	s.kind, s.changed = blockNone, true
}

// whole is the input of a tool_use of which no piece came.
func (s *chatStream) whole() longmen.Value {
	start := longmen.State().Pointer("/x/i")
	if s.got {
		if start.Exists() {
			start.Delete()
		}
		return 0
	}
	if start.Exists() {
		v := start.Copy()
		start.Delete()
		return v
	}
	return longmen.NewString("{}")
}

// ending emits what the last delta says beside the reason.
func (s *chatStream) ending(delta longmen.Value) error {
	if s.stop == "stop_sequence" {
		if v := delta.Get("stop_sequence"); codec.Text(v) && v.Len() <= maxKept {
			kept().Set("q", v)
		}
	}
	if s.stop == "refusal" {
		if v := delta.Pointer("/stop_details/explanation"); codec.Text(v) {
			s.say(`"refusal":`, v)
		}
	}
	return nil
}

// finish emits the chunk that ends the answer, and that with the usage.
func (s *chatStream) finish() {
	if s.stopBlock(); !s.begun {
		s.begin(0)
	}
	x := kept()
	if s.stores && s.calls > 0 {
		store(x.Get("c").String(), x.Get("b"))
	}
	b := append(s.chunk(), `},`...)
	b = appendFinish(b, s.stop, int(s.calls))
	if v := x.Get("q"); v.Exists() {
		b = append(b, `,"stop_sequence":`...)
		b = v.AppendJSON(b)
	}
	emit(append(b, `}]}`...), "")
	if s.usage {
		b := append(output[:0], '{')
		b = append(b, s.tail...)
		b = append(b, `,"choices":[],"usage":`...)
		b = s.tokens.append(b)
		emit(append(b, '}'), "")
	}
	s.ended, s.changed = true, true
}
