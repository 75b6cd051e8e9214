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
		tailBuffer = s.appendHead(tailBuffer[:0], &l, "chat.completion.chunk")
		s.tail = tailBuffer
		s.begun, s.changed = true, true
		emit(append(s.chunk(), `"role":"assistant","content":""},"finish_reason":null}]}`...))
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
		chunk := codec.Parsed(append(s.chunk(), `"tool_calls":[]},"finish_reason":null}]}`...))
		chunk.Pointer("/choices/0/delta").Set("tool_calls", calls)
		longmen.Emit(chunk, "")
	}
	if l.done.Bool() {
		s.done, s.changed = true, true
		b := append(s.chunk(), `},`...)
		b = s.appendFinish(b, l.reason)
		emit(append(b, `}]}`...))
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

// say emits the chunk for a piece of text, if there is any.
func (s *memory) say(member string, text, logprobs longmen.Value) {
	if !text.Exists() || text.Kind() != longmen.KindString {
		return
	}
	b := append(s.chunk(), member...)
	n := len(b)
	if b = text.AppendJSON(b); len(b) == n+len(`""`) {
		output = b
		if logprobs.Exists() && logprobs.First().Exists() {
			b = b[:n-len(member)]
		} else {
			return
		}
	}
	if !logprobs.Exists() {
		emit(append(b, `},"finish_reason":null}]}`...))
		return
	}
	output = append(b, `},"logprobs":null,"finish_reason":null}]}`...)
	chunk := codec.Parsed(output)
	chunk.Pointer("/choices/0").Set("logprobs", probabilities(logprobs))
	longmen.Emit(chunk, "")
}

// chunk begins a chunk, up to the first member of the delta.
func (s *memory) chunk() []byte {
	b := append(output[:0], '{')
	b = append(b, s.tail...)
	return append(b, `,"choices":[{"index":0,"delta":{`...)
}

// emit sends an event on. The gateway has copied it when this returns.
func emit(event []byte) {
	longmen.Emit(codec.Parsed(event), "")
	reuse(event)
}

func truncated() error {
	return longmen.Reject(502, "upstream_truncated", "", "the provider's stream ended before its answer did")
}
