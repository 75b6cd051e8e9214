package toopenai

import (
	"bytes"
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
)

// stream is what is remembered of an exchange, between the chunks of an answer as a text (see package
// memory). What fragments of arguments have come lies beside it as values, because it may be long.
type stream struct {
	thoughts bool   // the client wants the model's thoughts
	bare     bool   // the answer is a word, no JSON
	begun    bool   // the first chunk came
	tail     []byte // JSON of the requested model; once begun, the members that every event ends with
	choices  []heard
	changed  bool // since it was loaded
}

// heard is what is remembered of one choice.
type heard struct {
	index  int
	signed bool // a signature of its text went out
	finish string
}

var choiceBuffer [4]heard

// append writes the stream: a first line of three flags and the tail, then a line for each choice.
func (s *stream) append(dst []byte) []byte {
	dst = append(dst, codec.Bit(s.thoughts), codec.Bit(s.bare), codec.Bit(s.begun))
	dst = append(dst, s.tail...)
	for i := range s.choices {
		c := &s.choices[i]
		dst = append(dst, '\n', codec.Bit(c.signed))
		dst = addInt(dst, int64(c.index))
		dst = append(dst, ' ')
		dst = append(dst, c.finish...)
	}
	return dst
}

// load reads the stream as append wrote it.
func (s *stream) load(text []byte) {
	line, rest, _ := bytes.Cut(text, []byte{'\n'})
	if len(line) < 3 { // no request came before: nothing is known of it
		s.tail = []byte(`""`)
		return
	}
	s.thoughts, s.bare, s.begun, s.tail = line[0] == '1', line[1] == '1', line[2] == '1', line[3:]
	s.choices = choiceBuffer[:0]
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, []byte{'\n'})
		c := heard{signed: line[0] == '1'}
		line = line[1:]
		c.index, line = codec.CutNumber(line)
		c.finish = string(line)
		s.choices = append(s.choices, c)
	}
}

// save writes the stream into the state, if it changed.
func (s *stream) save() {
	if s.changed {
		output = s.append(output[:0])
		memory.Save(memory.Generate, output)
	}
}

// choice finds or makes what is remembered of a choice.
func (s *stream) choice(index int) *heard {
	for i := range s.choices {
		if s.choices[i].index == index {
			return &s.choices[i]
		}
	}
	s.choices = append(s.choices, heard{index: index})
	s.changed = true
	return &s.choices[len(s.choices)-1]
}
