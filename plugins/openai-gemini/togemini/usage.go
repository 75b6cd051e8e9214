package togemini

import (
	"strconv"

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
	dst = append(dst, `{"prompt_tokens":`...)
	dst = strconv.AppendInt(dst, prompt, 10)
	dst = append(dst, `,"completion_tokens":`...)
	dst = strconv.AppendInt(dst, completion, 10)
	dst = append(dst, `,"total_tokens":`...)
	dst = strconv.AppendInt(dst, prompt+completion, 10)
	dst = append(dst, `,"prompt_tokens_details":{"cached_tokens":`...)
	dst = strconv.AppendInt(dst, c.cached, 10)
	if c.heard > 0 {
		dst = append(dst, `,"audio_tokens":`...)
		dst = strconv.AppendInt(dst, c.heard, 10)
	}
	dst = append(dst, `},"completion_tokens_details":{"reasoning_tokens":`...)
	dst = strconv.AppendInt(dst, c.thoughts, 10)
	if c.spoken > 0 {
		dst = append(dst, `,"audio_tokens":`...)
		dst = strconv.AppendInt(dst, c.spoken, 10)
	}
	return append(dst, `}}`...)
}
