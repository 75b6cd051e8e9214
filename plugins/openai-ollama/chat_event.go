package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// eventChat turns one line of an ollama.chat stream into the chunks of an openai.chat stream. No value
// at all is the end of the stream.
func (s *memory) eventChat(doc longmen.Value) error {
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
	if l.read(doc); !l.message.Exists() && doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	if !codec.Absent(l.message) && l.message.Kind() != longmen.KindObject {
		return codec.Malformed(&messageAt, "an object")
	}
	var p spoken
	p.read(l.message)
	if err := p.check(); err != nil {
		return err
	}
	if !s.begun {
		s.head(&l, "chat.completion.chunk")
		s.begun, s.changed = true, true
		s.chunk().Put(`"role":"assistant","content":""},"finish_reason":null}]}`).Emit("")
		if s.probable && l.logprobs.Kind() != longmen.KindArray && codec.Text(p.content) {
			longmen.Warn("logprobs", "not supported by this ollama")
		}
	}
	s.say(`"reasoning_content":`, p.thinking, 0)
	if !s.probable || l.logprobs.Kind() != longmen.KindArray {
		l.logprobs = 0
	}
	s.say(`"content":`, p.content, l.logprobs)
	calls, err := s.made(p.calls, true)
	if err != nil {
		return err
	}
	if calls.Exists() {
		chunk := s.chunk().Put(`"tool_calls":[]},"finish_reason":null}]}`).Parse()
		chunk.Pointer("/choices/0/delta").Set("tool_calls", calls)
		longmen.Emit(chunk, "")
	}
	if l.done.Bool() {
		s.done, s.changed = true, true
		b := s.chunk().Put(`},`)
		s.writeFinish(b, l.reason)
		b.Put(`}]}`).Emit("")
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

// say emits the chunk for a piece of text, if there is any.
func (s *memory) say(member string, text, logprobs longmen.Value) {
	if !text.Exists() || text.Kind() != longmen.KindString {
		return
	}
	b := s.chunk()
	if n := len(b.Bytes()) + len(member); len(b.Put(member).Value(text).Bytes()) == n+len(`""`) {
		if !logprobs.First().Exists() {
			return
		}
		b = s.chunk()
	}
	if !logprobs.Exists() {
		b.Put(`},"finish_reason":null}]}`).Emit("")
		return
	}
	chunk := b.Put(`},"logprobs":null,"finish_reason":null}]}`).Parse()
	chunk.Pointer("/choices/0").Set("logprobs", probabilities(logprobs))
	longmen.Emit(chunk, "")
}

// chunk begins a chunk, up to the first member of the delta.
func (s *memory) chunk() *codec.JSON {
	b := output.Start(`{`).Put(codec.View(s.tail))
	return b.Put(`,"choices":[{"index":0,"delta":{`)
}

// head writes the members that every chunk begins with, once.
func (s *memory) head(l *line, object string) {
	s.writeHead(output.Start(""), l, object)
	tailBuffer = append(tailBuffer[:0], output.Bytes()...)
	s.tail = tailBuffer
}

func truncated() error {
	return longmen.Reject(502, "upstream_truncated", "", "the provider's stream ended before its answer did")
}
