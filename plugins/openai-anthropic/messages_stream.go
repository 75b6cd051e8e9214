package openaianthropic

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// messagesStream is what is remembered of an exchange with a client of Anthropic's. Beside its text the
// state has, while they are needed:
//
//	q  calls that wait until the open one ends: {"<number>": {"call": {…}, "args": [pieces], "sign": …}}
//	w  pieces of text, r pieces of reasoning, that came while a call was open
//	g  Gemini's signature that came then
//	e  the stop sequence that was met
type messagesStream struct {
	begun  bool   // message_start went out
	ended  bool   // message_stop did
	holds  bool   // something waits in w or r
	kind   byte   // of the open block
	index  int64  // of the open block, or else of the next one
	finish string // finish_reason, "" while the answer goes on
	waits  int64  // bytes that wait in q, w and r
	tokens tokens
	json   jsonText // arguments of the open call so far
	calls  []callState
	tail   []byte // JSON of the requested model

	changed bool  // since it was loaded
	err     error // what is wrong with the event
}

// callState is what is remembered of one call of the answer.
type callState struct {
	index int64  // the provider's
	phase byte   // of the call
	id    string // to tell calls apart that share an index
}

// Phases of a call.
const (
	callWaits = 'w' // in q
	callOpen  = 'o' // its block is open
	callDone  = 'd'
)

var callBuffer [4]callState

// append writes the stream as the state has it.
func (s *messagesStream) append(b []byte) []byte {
	b = append(b, stateMessages, bit(s.begun), bit(s.ended), bit(s.holds), s.kind, s.json.flags())
	for _, n := range [...]int64{s.index, s.waits, s.json.depth, s.tokens.input, s.tokens.written, s.tokens.cached, s.tokens.output, int64(len(s.calls))} {
		b = appendNumber(b, n)
	}
	b = append(append(b, s.finish...), ' ')
	for i := range s.calls {
		c := &s.calls[i]
		b = append(appendNumber(b, c.index), c.phase)
		b = append(append(b, c.id...), ' ')
	}
	return append(b, s.tail...)
}

// load reads the stream from the state's text, which a request began with two characters.
func (s *messagesStream) load(b []byte) {
	if s.kind = blockNone; len(b) < 2 {
		s.tail = []byte(`""`)
		return
	}
	if b[1] == ' ' {
		s.tail = b[2:]
		return
	}
	s.begun, s.ended, s.holds, s.kind = b[1] == '1', b[2] == '1', b[3] == '1', b[4]
	s.json.setFlags(b[5])
	b = b[6:]
	var n int64
	for _, to := range [...]*int64{&s.index, &s.waits, &s.json.depth, &s.tokens.input, &s.tokens.written, &s.tokens.cached, &s.tokens.output, &n} {
		*to, b = cutNumber(b)
	}
	s.finish, b = cutWord(b)
	s.calls = callBuffer[:0]
	for ; n > 0; n-- {
		var c callState
		c.index, b = cutNumber(b)
		c.phase = b[0]
		c.id, b = cutWord(b[1:])
		s.calls = append(s.calls, c)
	}
	s.tail = b
}

// save writes the stream into the state, if it changed.
func (s *messagesStream) save() {
	if s.changed {
		output = s.append(output[:0])
		kept().SetString("s", codec.View(output))
	}
}

// streamMessages turns one chunk of an openai.chat stream into events of an anthropic.messages stream.
func streamMessages(doc longmen.Value, text []byte) error {
	var s messagesStream
	s.load(text)
	if !doc.Exists() {
		if s.ended {
			return nil
		}
		if s.finish == "" {
			return truncated()
		}
		return s.end()
	}
	longmen.Drop()
	if s.ended {
		return nil
	}
	var r completion
	if r.read(doc); doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	if r.usage.Kind() == longmen.KindObject {
		s.tokens.readOpenAI(r.usage)
		s.changed = true
	}
	first := r.choices.First()
	if !first.Exists() {
		if s.finish != "" && r.usage.Kind() == longmen.KindObject {
			if err := s.end(); err != nil {
				return err
			}
		}
		s.save()
		return nil
	}
	var c choice
	if c.read(first); c.index.Int() != 0 {
		return nil // a client of Anthropic's asks for one
	}
	if !s.begun {
		s.begin(&r)
	}
	if err := s.delta(&c); err != nil {
		return err
	}
	if codec.Text(c.finish) && s.finish == "" {
		s.finish, s.changed = stopReason(c.finish), true
		if codec.Text(c.sequence) && c.sequence.Len() <= maxKept {
			kept().Set("e", c.sequence)
		}
	}
	s.save()
	return nil
}

// begin emits message_start. LangChain adds its output_tokens to the last count: they are 0.
func (s *messagesStream) begin(r *completion) {
	b := append(output[:0], `{"type":"message_start","message":{"id":`...)
	b = r.appendHead(b, s.tail)
	emit(append(b, `,"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}}}`...), "message_start")
	emit(append(output[:0], `{"type":"ping"}`...), "ping")
	s.begun, s.changed = true, true
}

// delta emits what a choice goes on with, in the order of Anthropic's blocks.
func (s *messagesStream) delta(c *choice) error {
	s.say(blockThinking, "r", c.reasoning)
	for b, next := c.thinking.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		s.signed(b)
	}
	s.say(blockText, "w", c.content)
	s.say(blockText, "w", c.refusal)
	if c.extra.Exists() {
		if v := google(c.extra); v.Exists() {
			s.seal(v)
		}
	}
	for v, next := c.calls.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		var t toolCall
		t.read(v)
		if err := s.call(&t); err != nil {
			return err
		}
	}
	if c.legacyCall.Exists() {
		var t toolCall
		t.function(c.legacyCall)
		if err := s.call(&t); err != nil {
			return err
		}
	}
	return s.err
}

// event begins an event about the block of the current index.
func (s *messagesStream) event(kind string) []byte {
	b := append(output[:0], `{"type":"`...)
	b = append(b, kind...)
	b = append(b, `","index":`...)
	return strconv.AppendInt(b, s.index, 10)
}

const (
	blockStart = "content_block_start"
	blockDelta = "content_block_delta"
	blockStop  = "content_block_stop"
)

// open opens a block, after the one before was closed. start is its JSON.
func (s *messagesStream) open(kind byte, start string) {
	s.close()
	b := append(s.event(blockStart), `,"content_block":`...)
	b = append(b, start...)
	emit(append(b, '}'), blockStart)
	s.kind, s.changed = kind, true
}

// close closes the open block.
func (s *messagesStream) close() {
	if s.kind == blockNone {
		return
	}
	emit(append(s.event(blockStop), '}'), blockStop)
	s.kind, s.changed = blockNone, true
	s.index++
}

// Starts and deltas of the kinds of blocks.
const (
	textStart      = `{"type":"text","text":""}`
	thinkingStart  = `{"type":"thinking","thinking":"","signature":""}`
	textDelta      = `,"delta":{"type":"text_delta","text":`
	thinkingDelta  = `,"delta":{"type":"thinking_delta","thinking":`
	signatureDelta = `,"delta":{"type":"signature_delta","signature":`
	jsonDelta      = `,"delta":{"type":"input_json_delta","partial_json":`
)

// say emits a piece of text or thinking, unless it is empty. While a call is open it waits under a name
// in the state.
func (s *messagesStream) say(kind byte, name string, v longmen.Value) {
	if !codec.Text(v) {
		return
	}
	if s.kind == blockCall {
		s.wait(name, v)
		return
	}
	if s.holds {
		s.release()
	}
	start, delta := textStart, textDelta
	if kind == blockThinking {
		start, delta = thinkingStart, thinkingDelta
	}
	if s.kind != kind {
		s.open(kind, start)
	}
	b := append(s.event(blockDelta), delta...)
	b = v.AppendJSON(b)
	emit(append(b, `}}`...), blockDelta)
}

// wait keeps a piece until the open call ends.
func (s *messagesStream) wait(name string, v longmen.Value) {
	x := kept()
	list := x.Get(name)
	if !list.Exists() {
		x.Set(name, longmen.NewArray())
		list = x.Get(name)
	}
	list.Append(v)
	s.holds = true
	s.weigh(v)
}

// maxWaiting bounds what waits for the end of a call, in bytes.
const maxWaiting = 384 << 10

// weigh counts a piece that has to wait.
func (s *messagesStream) weigh(v longmen.Value) {
	s.waits, s.changed = s.waits+int64(v.Size()), true
	if s.waits > maxWaiting {
		s.err = codec.Malformed(&codec.Path{Name: "choices[0].delta"}, "at most 384 KiB beside a tool call that has not ended")
	}
}

// release emits what waited for the end of calls.
func (s *messagesStream) release() {
	s.holds, s.changed = false, true
	x := kept()
	for _, w := range [...]struct {
		kind byte
		name string
	}{{blockThinking, "r"}, {blockText, "w"}} {
		list := x.Get(w.name)
		var text codec.Joined
		for p := list.First(); p.Exists(); p = p.Next() {
			text.Add(p)
		}
		s.say(w.kind, "", text.Value())
		list.Delete()
	}
}

// signed emits a block that Claude signed: its text came before, or never comes.
func (s *messagesStream) signed(b longmen.Value) {
	if s.kind == blockCall {
		return // nothing gives them out there
	}
	switch string(codec.Word(b.Get("type"))) {
	case "thinking":
		signature := b.Get("signature")
		if !codec.Text(signature) {
			return
		}
		if s.kind != blockThinking {
			s.open(blockThinking, thinkingStart)
			s.say(blockThinking, "r", b.Get("thinking"))
		}
		e := append(s.event(blockDelta), signatureDelta...)
		e = signature.AppendJSON(e)
		emit(append(e, `}}`...), blockDelta)
		s.close()
	case "redacted_thinking":
		s.close()
		e := longmen.NewJSON(codec.View(append(s.event(blockStart), '}')))
		e.Set("content_block", b)
		longmen.Emit(e, blockStart)
		s.kind = blockOther
		s.close()
	}
}

// seal emits Gemini's signature as that of a block of thinking.
func (s *messagesStream) seal(v longmen.Value) {
	if s.kind == blockCall {
		kept().Set("g", v)
		return
	}
	if s.kind != blockThinking {
		s.open(blockThinking, thinkingStart)
	}
	e := append(s.event(blockDelta), signatureDelta...)
	e = codec.AppendQuoted(e, codec.Seal(codec.SealedGoogle, v.String()))
	emit(append(e, `}}`...), blockDelta)
	s.close()
}

// end emits what is left, and the two events that end the answer. It saves the state.
func (s *messagesStream) end() error {
	if !s.begun {
		s.begin(&completion{})
	}
	if err := s.finishCalls(); err != nil {
		return err
	}
	if s.holds {
		s.release()
	}
	x := kept()
	if v := x.Get("g"); v.Exists() {
		s.seal(v)
	}
	s.close()
	b := append(output[:0], `{"type":"message_delta","delta":{`...)
	b = appendStop(b, s.finish, len(s.calls), x.Get("e"))
	b = append(b, `},"usage":`...)
	b = s.tokens.appendAnthropic(b)
	emit(append(b, '}'), "message_delta")
	emit(append(output[:0], `{"type":"message_stop"}`...), "message_stop")
	s.ended, s.changed = true, true
	s.save()
	s.changed = false
	return nil
}
