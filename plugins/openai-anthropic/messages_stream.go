package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
)

// messagesStream is what is remembered of an exchange with a client of Anthropic's. Beside its text the
// state has, while they are needed:
//
//	q  calls that wait until the open one ends: {"<number>": {"call": {…}, "args": [pieces], "sign": …}}
//	w  pieces of text, r pieces of reasoning, that came while a call was open
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

// write is the stream as the state has it.
func (s *messagesStream) write() []byte {
	flags := [...]byte{stateMessages, codec.Bit(s.begun), codec.Bit(s.ended), codec.Bit(s.holds), s.kind, s.json.flags()}
	b := stateText.Start(codec.View(flags[:]))
	for _, n := range [...]int64{s.index, s.waits, s.json.depth, s.tokens.input, s.tokens.written, s.tokens.cached, s.tokens.output, int64(len(s.calls))} {
		b.Int(n).Put(" ")
	}
	b.Put(s.finish).Put(" ")
	for i := range s.calls {
		c := &s.calls[i]
		phase := [...]byte{c.phase}
		b.Int(c.index).Put(" ").Put(codec.View(phase[:])).Put(c.id).Put(" ")
	}
	return b.Put(codec.View(s.tail)).Bytes()
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
		kept().SetString("s", codec.View(s.write()))
	}
}

// event begins an event about the block of the current index.
func (s *messagesStream) event(kind string) *codec.JSON {
	b := output.Start(`{"type":"`).Put(kind).Put(`","index":`)
	return b.Int(s.index)
}

const (
	blockStart = "content_block_start"
	blockDelta = "content_block_delta"
	blockStop  = "content_block_stop"
)

// open opens a block, after the one before was closed. start is its JSON.
func (s *messagesStream) open(kind byte, start string) {
	s.close()
	s.event(blockStart).Put(`,"content_block":`).Put(start).Put(`}`).Emit(blockStart)
	s.kind, s.changed = kind, true
}

// close closes the open block.
func (s *messagesStream) close() {
	if s.kind == blockNone {
		return
	}
	s.event(blockStop).Put(`}`).Emit(blockStop)
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
