package openaianthropic

import (
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
	count bool // the exchange counts tokens
	usage bool // the client wants a usage chunk
	shows bool // thinking_blocks are given out
	marks bool // the store has to know of calls without thinking too
	begun bool // the first chunk went out
	ended bool // the last one did
	got   bool // of the open block something came
	kind  byte // of the open block

	calls  int64  // tool calls so far
	held   int64  // bytes of the open thinking
	stored int64  // bytes of thinking that the store is to keep
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

// write is the stream as the state has it.
func (s *chatStream) write() []byte {
	direction := byte(stateChat)
	if s.count {
		direction = stateChatCount
	}
	flags := [...]byte{direction, codec.Bit(s.usage), codec.Bit(s.shows), codec.Bit(s.marks), codec.Bit(s.begun), codec.Bit(s.ended), codec.Bit(s.got), s.kind}
	b := stateText.Start(codec.View(flags[:]))
	for _, n := range [...]int64{s.calls, s.held, s.stored, s.tokens.input, s.tokens.written, s.tokens.cached, s.tokens.output, s.tokens.thinking} {
		b.Int(n).Put(" ")
	}
	return b.Put(s.stop).Put(" ").Put(s.json).Put(" ").Put(codec.View(s.tail)).Bytes()
}

// load reads the stream from the state's text.
func (s *chatStream) load(b []byte) {
	s.usage, s.shows, s.marks, s.begun, s.ended, s.got, s.kind = b[1] == '1', b[2] == '1', b[3] == '1', b[4] == '1', b[5] == '1', b[6] == '1', b[7]
	b = b[8:]
	for _, n := range [...]*int64{&s.calls, &s.held, &s.stored, &s.tokens.input, &s.tokens.written, &s.tokens.cached, &s.tokens.output, &s.tokens.thinking} {
		*n, b = cutNumber(b)
	}
	s.stop, b = cutWord(b)
	s.json, s.tail = cutWord(b)
}

// save writes the stream into the state, if it changed.
func (s *chatStream) save() {
	if s.changed {
		kept().SetString("s", codec.View(s.write()))
	}
}

// begin emits the delta that names the role.
func (s *chatStream) begin(message longmen.Value) {
	if s.begun {
		return
	}
	var r reply
	r.read(message)
	s.tokens.read(r.usage)
	r.writeHead(output.Start(""), s.tail, "chat.completion.chunk")
	s.tail = append(make([]byte, 0, 192), output.Bytes()...)
	s.begun, s.changed = true, true
	s.chunk().Put(`"role":"assistant","content":""` + goesOn).Emit("")
}

// goesOn ends the chunk of an answer that is not finished.
const goesOn = `},"finish_reason":null}]}`

// chunk begins a chunk, up to the first member of the delta.
func (s *chatStream) chunk() *codec.JSON {
	b := output.Start(`{`).Put(codec.View(s.tail))
	return b.Put(`,"choices":[{"index":0,"delta":{`)
}

// say emits a chunk with one text, unless it is empty.
func (s *chatStream) say(member string, v longmen.Value) bool {
	if !codec.Text(v) {
		return false
	}
	if !s.begun {
		s.begin(0)
	}
	s.chunk().Put(member).Value(v).Put(goesOn).Emit("")
	return true
}

// sayList emits a chunk whose member is a list of one element.
func (s *chatStream) sayList(member string, element longmen.Value) {
	if !s.begun {
		s.begin(0)
	}
	b := s.chunk().Put(`"`).Put(member)
	chunk := b.Put(`":[]` + goesOn).Parse()
	chunk.Pointer("/choices/0/delta").First().Append(element)
	longmen.Emit(chunk, "")
}

const (
	contentMember   = `"content":`
	reasoningMember = `"reasoning_content":`
)

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
			s.argumentsChunk().Value(whole).Put(`}}]` + goesOn).Emit("")
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

// finish emits the chunk that ends the answer, and that with the usage.
func (s *chatStream) finish() {
	if s.stopBlock(); !s.begun {
		s.begin(0)
	}
	x := kept()
	if s.calls > 0 && s.stored <= maxStored { // all of it or none
		store(x.Get("c").String(), x.Get("b"), s.marks)
	}
	b := s.chunk().Put(`},`)
	writeFinish(b, s.stop, int(s.calls))
	if v := x.Get("q"); v.Exists() {
		b.Put(`,"stop_sequence":`).Value(v)
	}
	b.Put(`}]}`).Emit("")
	if s.usage {
		b := output.Start(`{`).Put(codec.View(s.tail)).Put(`,"choices":[],"usage":`)
		s.tokens.write(b)
		b.Put(`}`).Emit("")
	}
	s.ended, s.changed = true, true
}
