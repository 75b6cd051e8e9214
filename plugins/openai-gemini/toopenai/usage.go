package toopenai

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// counts is OpenAI's usage; absent counts are 0.
type counts struct {
	prompt, completion, total, cached, reasoning int64
}

// maxCount bounds a count, so that sums stay exact in any client.
const maxCount = 1 << 48

// read takes a usage object over.
func (c *counts) read(v longmen.Value) {
	*c = counts{}
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "prompt_tokens":
			c.prompt = count(m)
		case "completion_tokens":
			c.completion = count(m)
		case "total_tokens":
			c.total = count(m)
		case "prompt_tokens_details":
			c.cached = count(m.Get("cached_tokens"))
		case "completion_tokens_details":
			c.reasoning = count(m.Get("reasoning_tokens"))
		}
	}
}

func count(v longmen.Value) int64 { return min(max(v.Int(), 0), maxCount) }

// append appends Gemini's usageMetadata, whose counts of candidates and of thoughts are apart.
func (c *counts) append(dst []byte) []byte {
	dst = append(dst, `{"promptTokenCount":`...)
	dst = strconv.AppendInt(dst, c.prompt, 10)
	if c.cached > 0 {
		dst = append(dst, `,"cachedContentTokenCount":`...)
		dst = strconv.AppendInt(dst, c.cached, 10)
	}
	thoughts := min(c.reasoning, c.completion)
	dst = append(dst, `,"candidatesTokenCount":`...)
	dst = strconv.AppendInt(dst, c.completion-thoughts, 10)
	if thoughts > 0 {
		dst = append(dst, `,"thoughtsTokenCount":`...)
		dst = strconv.AppendInt(dst, thoughts, 10)
	}
	total := c.total
	if total == 0 {
		total = c.prompt + c.completion
	}
	dst = append(dst, `,"totalTokenCount":`...)
	dst = strconv.AppendInt(dst, total, 10)
	return append(dst, '}')
}
