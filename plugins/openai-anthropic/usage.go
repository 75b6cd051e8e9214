package openaianthropic

import (
	"strconv"

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

// append appends OpenAI's usage, whose prompt tokens are all three.
func (t *tokens) append(b []byte) []byte {
	prompt := t.input + t.written + t.cached
	b = append(b, `{"prompt_tokens":`...)
	b = strconv.AppendInt(b, prompt, 10)
	b = append(b, `,"completion_tokens":`...)
	b = strconv.AppendInt(b, t.output, 10)
	b = append(b, `,"total_tokens":`...)
	b = strconv.AppendInt(b, prompt+t.output, 10)
	b = append(b, `,"prompt_tokens_details":{"cached_tokens":`...)
	b = strconv.AppendInt(b, t.cached, 10)
	b = append(b, `,"cache_write_tokens":`...)
	b = strconv.AppendInt(b, t.written, 10)
	b = append(b, `},"completion_tokens_details":{"reasoning_tokens":`...)
	b = strconv.AppendInt(b, t.thinking, 10)
	return append(b, `}}`...)
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

// appendAnthropic appends Anthropic's usage.
func (t *tokens) appendAnthropic(b []byte) []byte {
	b = append(b, `{"input_tokens":`...)
	b = strconv.AppendInt(b, t.input, 10)
	b = append(b, `,"cache_creation_input_tokens":`...)
	b = strconv.AppendInt(b, t.written, 10)
	b = append(b, `,"cache_read_input_tokens":`...)
	b = strconv.AppendInt(b, t.cached, 10)
	b = append(b, `,"output_tokens":`...)
	b = strconv.AppendInt(b, t.output, 10)
	return append(b, '}')
}
