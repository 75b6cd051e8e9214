package toopenai

import (
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
	dst = add(dst, `{"promptTokenCount":`)
	dst = addInt(dst, c.prompt)
	if c.cached > 0 {
		dst = add(dst, `,"cachedContentTokenCount":`)
		dst = addInt(dst, c.cached)
	}
	thoughts := min(c.reasoning, c.completion)
	dst = add(dst, `,"candidatesTokenCount":`)
	dst = addInt(dst, c.completion-thoughts)
	if thoughts > 0 {
		dst = add(dst, `,"thoughtsTokenCount":`)
		dst = addInt(dst, thoughts)
	}
	total := c.total
	if total == 0 {
		total = c.prompt + c.completion
	}
	dst = add(dst, `,"totalTokenCount":`)
	dst = addInt(dst, total)
	return append(dst, '}')
}
