package openaiollama

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// memory is what is remembered of an exchange. Between the events of an answer it lives in the
// exchange's state as one short string, because the next event may find another instance: reading it
// costs three calls into the gateway, and only an event that changes it writes it.
type memory struct {
	way   way
	usage bool // the client wants to know the usage
	begun bool // the first event came
	done  bool // the answer ended
	// probable: the client asked for logprobs; base64: it wants vectors in that form.
	probable, base64 bool

	finish     byte  // how the answer ends: 's'top, 'l'ength, 0 while it goes on
	calls      int64 // tool calls so far
	held       int64 // bytes of arguments that wait for the rest of their call
	start      int64 // when the request came, in milliseconds since 1970
	first      int64 // when the first event came
	prompt     int64 // tokens
	completion int64

	tail    []byte // JSON of the model's name; once begun, the members that every event begins with
	changed bool   // since it was loaded
}

var (
	stateBuffer []byte
	tailBuffer  []byte
	output      codec.JSON // on its way into the gateway
	stateText   codec.JSON // on its way into the state
)

// write is the memory as the state has it: a line of flags and numbers, and the tail.
func (s *memory) write() string {
	finish := s.finish
	if finish == 0 {
		finish = '-'
	}
	flags := [...]byte{byte(s.way), codec.Bit(s.usage), codec.Bit(s.begun), codec.Bit(s.done), codec.Bit(s.probable), codec.Bit(s.base64), finish}
	t := stateText.Start(codec.View(flags[:]))
	for _, n := range [...]int64{s.calls, s.held, s.start, s.first, s.prompt, s.completion} {
		t.Put(" ").Int(n)
	}
	return codec.View(t.Put("\n").Put(codec.View(s.tail)).Bytes())
}

// load reads the memory from the state.
func (s *memory) load() {
	stateBuffer = longmen.State().Get("s").AppendString(stateBuffer[:0])
	line, tail, ok := bytes.Cut(stateBuffer, []byte{'\n'})
	if !ok || len(line) < 7 { // no request came before: nothing is known of it
		return
	}
	s.way, s.tail = way(line[0]), tail
	s.usage, s.begun, s.done, s.probable, s.base64 = line[1] == '1', line[2] == '1', line[3] == '1', line[4] == '1', line[5] == '1'
	if line[6] != '-' {
		s.finish = line[6]
	}
	rest := line[7:]
	for _, n := range [...]*int64{&s.calls, &s.held, &s.start, &s.first, &s.prompt, &s.completion} {
		rest = rest[min(1, len(rest)):]
		for len(rest) > 0 && rest[0] != ' ' {
			*n = *n*10 + int64(rest[0]-'0')
			rest = rest[1:]
		}
	}
}

// save writes the memory into the state; in a request hook in place of what an earlier attempt left.
func (s *memory) save() {
	longmen.State().SetString("s", s.write())
	s.changed = false
}
