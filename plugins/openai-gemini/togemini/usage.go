package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// counts is Gemini's usageMetadata; absent counts are 0.
type counts struct {
	prompt, tool, candidates, thoughts, cached, total, heard, spoken int64
}

// maxCount bounds a count, so that sums stay exact in any client.
const maxCount = 1 << 48

// read takes the counts of usageMetadata over.
func (c *counts) read(v longmen.Value) {
	*c = counts{}
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "promptTokenCount":
			c.prompt = count(m)
		case "toolUsePromptTokenCount":
			c.tool = count(m)
		case "candidatesTokenCount":
			c.candidates = count(m)
		case "thoughtsTokenCount":
			c.thoughts = count(m)
		case "cachedContentTokenCount":
			c.cached = count(m)
		case "totalTokenCount":
			c.total = count(m)
		case "promptTokensDetails":
			c.heard = audio(m)
		case "candidatesTokensDetails":
			c.spoken = audio(m)
		}
	}
}

func count(v longmen.Value) int64 { return min(max(v.Int(), 0), maxCount) }

// audio is the tokens of audio in a list of details.
func audio(details longmen.Value) (n int64) {
	for d := details.First(); d.Exists(); d = d.Next() {
		if d.Get("modality").Is("AUDIO") {
			n += count(d.Get("tokenCount"))
		}
	}
	return n
}

// append appends OpenAI's usage object.
func (c *counts) append(dst []byte) []byte {
	prompt := c.prompt + c.tool
	completion := c.candidates
	if c.total != prompt+c.candidates || c.candidates == 0 {
		completion += c.thoughts // else candidates has them already
	}
	dst = add(dst, `{"prompt_tokens":`)
	dst = addInt(dst, prompt)
	dst = add(dst, `,"completion_tokens":`)
	dst = addInt(dst, completion)
	dst = add(dst, `,"total_tokens":`)
	dst = addInt(dst, prompt+completion)
	dst = add(dst, `,"prompt_tokens_details":{"cached_tokens":`)
	dst = addInt(dst, c.cached)
	if c.heard > 0 {
		dst = add(dst, `,"audio_tokens":`)
		dst = addInt(dst, c.heard)
	}
	dst = add(dst, `},"completion_tokens_details":{"reasoning_tokens":`)
	dst = addInt(dst, c.thoughts)
	if c.spoken > 0 {
		dst = add(dst, `,"audio_tokens":`)
		dst = addInt(dst, c.spoken)
	}
	return add(dst, `}}`)
}
