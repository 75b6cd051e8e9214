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
	b := append(output[:0], `{"model":`...)
	n := len(b)
	b = longmen.Attr(abi.AttrUpstreamModel).AppendJSON(b)
	tailBuffer = append(tailBuffer[:0], b[n:]...)
	if longmen.Attr(abi.AttrStream).Bool() {
		b = append(b, `,"stream":true`...)
	} else {
		b = append(b, `,"stream":false`...)
	}
	if config.keepAlive != "" {
		b = append(b, `,"keep_alive":`...)
		b = codec.AppendQuoted(b, config.keepAlive)
	}
	if b, err = r.probabilities(b); err != nil {
		return err
	}
	output = append(b, '}')
	out := codec.Parsed(output)
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
	b := append(output[:0], '{')
	b = s.appendHead(b, &l, "text_completion")
	b = s.appendChoice(append(b, `,"choices":[`...), &l, 0, true)
	b = append(b, `],"usage":`...)
	b = l.appendUsage(b)
	output = append(b, '}')
	out := codec.Parsed(output)
	out.Pointer("/choices/0").Set("text", l.response)
	doc.Replace(out)
	return nil
}

// appendChoice appends the choice for a line.
func (s *memory) appendChoice(b []byte, l *line, text longmen.Value, ended bool) []byte {
	b = append(b, `{"text":`...)
	if codec.Absent(text) {
		b = append(b, `""`...)
	} else {
		b = text.AppendJSON(b)
	}
	b = append(b, `,"index":0,"logprobs":`...)
	var after int64
	if b, after = s.appendLegacy(b, l.logprobs, s.held); after != s.held {
		s.held, s.changed = after, true
	}
	b = append(b, `,"finish_reason":`...)
	switch {
	case !ended:
		b = append(b, `null}`...)
	case string(codec.Word(l.reason)) == "length":
		b = append(b, `"length"}`...)
	default:
		b = append(b, `"stop"}`...)
	}
	return b
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
		tailBuffer = s.appendHead(tailBuffer[:0], &l, "text_completion")
		s.tail, s.begun, s.changed = tailBuffer, true, true
		if s.probable && l.logprobs.Kind() != longmen.KindArray {
			longmen.Warn("logprobs", "not supported by this ollama")
		}
	}
	b := append(output[:0], '{')
	b = append(b, s.tail...)
	b = s.appendChoice(append(b, `,"choices":[`...), &l, l.response, ended)
	emit(append(b, `]}`...))
	if ended {
		s.done, s.changed = true, true
		if s.usage {
			b := append(output[:0], '{')
			b = append(b, s.tail...)
			b = append(b, `,"choices":[],"usage":`...)
			b = l.appendUsage(b)
			emit(append(b, '}'))
		}
	}
	if s.changed {
		s.save()
	}
	return nil
}
