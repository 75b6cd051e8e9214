package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// tokens are the counts of an answer, as Anthropic divides them: what was read from the cache and what was
// written into it are not part of the input.
type tokens struct{ input, written, cached, output, thinking int64 }

// maxCount bounds a count, so that sums stay exact in any client.
const maxCount = 1 << 48

func count(v longmen.Value) int64 { return min(max(v.Int(), 0), maxCount) }

// read takes the counts of Anthropic's usage over. In streams they are cumulative, and one that is null or
// absent keeps its value.
func (t *tokens) read(usage longmen.Value) {
	for m := usage.First(); m.Exists(); m = m.Next() {
		if m.Kind() == longmen.KindNull {
			continue
		}
		switch string(codec.Key(m)) {
		case "input_tokens":
			t.input = count(m)
		case "cache_creation_input_tokens":
			t.written = count(m)
		case "cache_read_input_tokens":
			t.cached = count(m)
		case "output_tokens":
			t.output = count(m)
		case "output_tokens_details":
			t.thinking = count(m.Get("thinking_tokens"))
		}
	}
}

// write writes OpenAI's usage, whose prompt tokens are all three.
func (t *tokens) write(b *codec.JSON) {
	prompt := t.input + t.written + t.cached
	b.Put(`{"prompt_tokens":`).Int(prompt).Put(`,"completion_tokens":`).Int(t.output).Put(`,"total_tokens":`).Int(prompt + t.output)
	b.Put(`,"prompt_tokens_details":{"cached_tokens":`).Int(t.cached).Put(`,"cache_write_tokens":`).Int(t.written)
	b.Put(`},"completion_tokens_details":{"reasoning_tokens":`).Int(t.thinking).Put(`}}`)
}

// readOpenAI takes the counts of OpenAI's usage over.
func (t *tokens) readOpenAI(usage longmen.Value) {
	var prompt int64
	*t = tokens{}
	for m := usage.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "prompt_tokens":
			prompt = count(m)
		case "completion_tokens":
			t.output = count(m)
		case "prompt_tokens_details":
			for d := m.First(); d.Exists(); d = d.Next() {
				switch string(codec.Key(d)) {
				case "cached_tokens":
					t.cached = count(d)
				case "cache_write_tokens":
					t.written = count(d)
				}
			}
		}
	}
	t.input = max(0, prompt-t.cached-t.written)
}

// writeAnthropic writes Anthropic's usage.
func (t *tokens) writeAnthropic(b *codec.JSON) {
	b.Put(`{"input_tokens":`).Int(t.input).Put(`,"cache_creation_input_tokens":`).Int(t.written).Put(`,"cache_read_input_tokens":`).Int(t.cached)
	b.Put(`,"output_tokens":`).Int(t.output).Put(`}`)
}
