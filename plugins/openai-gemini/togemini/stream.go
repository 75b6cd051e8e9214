package togemini

import (
	"bytes"
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
)

// stream is what is remembered of an exchange, between the events of an answer as a text (see package
// memory).
type stream struct {
	asked
	usage   bool   // the client wants a usage chunk
	search  bool   // a search was asked for: citations may come
	begun   bool   // the first event came
	tail    []byte // JSON of the requested model; once begun, the members that every chunk begins with
	choices []choice
	changed bool // since it was loaded
}

// choice is what is remembered of one choice.
type choice struct {
	index   int
	opened  bool // the delta with the role went out
	usable  bool // it said something
	partial bool // a call has begun whose arguments come in pieces
	calls   int  // tool calls so far
	images  int
	finish  string
}

var (
	tailBuffer   []byte
	choiceBuffer [4]choice
)

// append writes the stream as the state has it: a first line of flags and the tail, then a line for
// each choice and id.
func (s *stream) append(dst []byte) []byte {
	dst = append(dst, codec.Bit(s.usage), codec.Bit(s.search), codec.Bit(s.keep), codec.Bit(s.begun))
	dst = append(dst, s.tail...)
	for i := range s.choices {
		c := &s.choices[i]
		dst = add(dst, "\nc")
		dst = append(dst, codec.Bit(c.opened), codec.Bit(c.usable), codec.Bit(c.partial), ' ')
		dst = addInt(dst, int64(c.index))
		dst = append(dst, ' ')
		dst = addInt(dst, int64(c.calls))
		dst = append(dst, ' ')
		dst = addInt(dst, int64(c.images))
		dst = append(dst, ' ')
		dst = append(dst, c.finish...)
	}
	for _, id := range s.seen {
		dst = add(dst, "\ni")
		dst = append(dst, id...)
	}
	return dst
}

// load reads the stream as append wrote it.
func (s *stream) load(text []byte) {
	line, rest, _ := bytes.Cut(text, []byte{'\n'})
	if len(line) < 4 { // no request came before: nothing is known of it
		s.tail = []byte(`""`)
		return
	}
	s.usage, s.search, s.keep, s.begun, s.tail = line[0] == '1', line[1] == '1', line[2] == '1', line[3] == '1', line[4:]
	s.choices = choiceBuffer[:0]
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, []byte{'\n'})
		switch line[0] {
		case 'c':
			c := choice{opened: line[1] == '1', usable: line[2] == '1', partial: line[3] == '1'}
			line = line[5:]
			c.index, line = codec.CutNumber(line)
			c.calls, line = codec.CutNumber(line)
			c.images, line = codec.CutNumber(line)
			c.finish = string(line)
			s.choices = append(s.choices, c)
		case 'i':
			s.seen = append(s.seen, string(line[1:]))
		}
	}
}

// save writes the stream into the state, if it changed.
func (s *stream) save() {
	if s.changed {
		output = s.append(output[:0])
		memory.Save(memory.Chat, output)
	}
}

// choice finds or makes what is remembered of a choice.
func (s *stream) choice(index int) *choice {
	for i := range s.choices {
		if s.choices[i].index == index {
			return &s.choices[i]
		}
	}
	s.choices = append(s.choices, choice{index: index})
	s.changed = true
	return &s.choices[len(s.choices)-1]
}
