package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// requestGenerate turns an openai.completions request into an ollama.generate request: Ollama's models
// complete, with a suffix where they know how.
func requestGenerate(doc longmen.Value) error {
	r := complete{walk: walk{peer: "ollama"}, gaps: true, memory: memory{way: completeOllama}}
	if err := r.read(doc); err != nil {
		return err
	}
	prompt, err := r.single()
	if err != nil {
		return err
	}
	if err := r.policy(); err != nil {
		return err
	}
	if !codec.Absent(r.bias) {
		if err := r.Warn("logit_bias", "not supported by ollama"); err != nil {
			return err
		}
	}
	bounded, err := r.bounded()
	if err != nil {
		return err
	}
	if bounded {
		r.settings = append(r.settings, setting{"num_predict", r.maxTokens})
	}
	stops, err := r.stops(r.stop)
	if err != nil {
		return err
	}
	r.keep(stops, "stop")
	b := output.Start(`{"model":`)
	n := len(b.Bytes())
	tailBuffer = append(tailBuffer[:0], b.Value(longmen.Attr(abi.AttrUpstreamModel)).Bytes()[n:]...)
	if longmen.Attr(abi.AttrStream).Bool() {
		b.Put(`,"stream":true`)
	} else {
		b.Put(`,"stream":false`)
	}
	if config.keepAlive != "" {
		b.Put(`,"keep_alive":`).Quote(config.keepAlive)
	}
	if err := r.probabilities(b); err != nil {
		return err
	}
	out := b.Put(`}`).Parse()
	out.Set("prompt", prompt)
	if codec.Text(r.suffix) {
		out.Set("suffix", r.suffix)
	}
	if len(r.settings) > 0 {
		options := longmen.NewObject()
		for _, s := range r.settings {
			options.Set(s.name, s.value)
		}
		out.Set("options", options)
	}
	r.memory.tail = tailBuffer
	r.memory.save()
	doc.Replace(out)
	return nil
}

// responseAt is where an answer of generate says something.
var responseAt = codec.Path{Name: "response"}

// answerGenerated turns an ollama.generate answer into an openai.completions answer.
func (s *memory) answerGenerated(doc longmen.Value) error {
	var l line
	if l.read(doc); l.response.Kind() != longmen.KindString {
		return codec.Malformed(&responseAt, "a string")
	}
	if l.done.Kind() == longmen.KindBool && !l.done.Bool() {
		return codec.Malformed(&doneAt, "true: the whole answer")
	}
	if s.probable && l.logprobs.Kind() != longmen.KindArray {
		longmen.Warn("logprobs", "not supported by this ollama")
	}
	b := output.Start(`{`)
	s.writeHead(b, &l, "text_completion")
	s.writeChoice(b.Put(`,"choices":[`), &l, 0, true)
	b.Put(`],"usage":`)
	l.writeUsage(b)
	out := b.Put(`}`).Parse()
	out.Pointer("/choices/0").Set("text", l.response)
	doc.Replace(out)
	return nil
}

// writeChoice writes the choice for a line.
func (s *memory) writeChoice(b *codec.JSON, l *line, text longmen.Value, ended bool) {
	b.Put(`{"text":`)
	if codec.Absent(text) {
		b.Put(`""`)
	} else {
		b.Value(text)
	}
	b.Put(`,"index":0,"logprobs":`)
	if after := s.writeLegacy(b, l.logprobs, s.held); after != s.held {
		s.held, s.changed = after, true
	}
	b.Put(`,"finish_reason":`)
	switch {
	case !ended:
		b.Put(`null}`)
	case string(codec.Word(l.reason)) == "length":
		b.Put(`"length"}`)
	default:
		b.Put(`"stop"}`)
	}
}

// eventGenerated turns one line of an ollama.generate stream into the chunk of an openai.completions
// stream.
func (s *memory) eventGenerated(doc longmen.Value) error {
	if !doc.Exists() {
		if !s.done {
			return truncated()
		}
		return nil
	}
	longmen.Drop()
	if s.done { // nothing follows the last line
		return nil
	}
	var l line
	if l.read(doc); !l.response.Exists() && doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	if !textual(l.response) {
		return codec.Malformed(&responseAt, "a string")
	}
	ended := l.done.Bool()
	said := codec.Text(l.response) || s.probable && l.logprobs.First().Exists()
	if !said && !ended { // thoughts, for which completions have no place
		return nil
	}
	if !s.begun {
		s.head(&l, "text_completion")
		s.begun, s.changed = true, true
		if s.probable && l.logprobs.Kind() != longmen.KindArray {
			longmen.Warn("logprobs", "not supported by this ollama")
		}
	}
	b := output.Start(`{`).Put(codec.View(s.tail))
	s.writeChoice(b.Put(`,"choices":[`), &l, l.response, ended)
	b.Put(`]}`).Emit("")
	if ended {
		s.done, s.changed = true, true
		if s.usage {
			b := output.Start(`{`).Put(codec.View(s.tail)).Put(`,"choices":[],"usage":`)
			l.writeUsage(b)
			b.Put(`}`).Emit("")
		}
	}
	if s.changed {
		s.save()
	}
	return nil
}
