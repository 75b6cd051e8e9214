package responseschat

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// counts are the tokens of an answer; absent ones are 0.
type counts struct {
	input, output, total, cached, written, reasoning int64
}

// maxCount bounds a count, so that sums stay exact in any client.
const maxCount = 1 << 48

func count(v longmen.Value) int64 { return min(max(v.Int(), 0), maxCount) }

// read takes over the usage of either dialect: they differ in the names of their members.
func (c *counts) read(v longmen.Value) {
	*c = counts{}
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "prompt_tokens", "input_tokens":
			c.input = count(m)
		case "completion_tokens", "output_tokens":
			c.output = count(m)
		case "total_tokens":
			c.total = count(m)
		case "prompt_tokens_details", "input_tokens_details":
			c.cached, c.written = count(m.Get("cached_tokens")), count(m.Get("cache_write_tokens"))
		case "completion_tokens_details", "output_tokens_details":
			c.reasoning = count(m.Get("reasoning_tokens"))
		}
	}
	if c.total == 0 {
		c.total = c.input + c.output
	}
}

// append appends the object; names are those of its members.
func (c *counts) append(dst []byte, names *[5]string) []byte {
	write := func(before string, n int64) {
		dst = append(dst, before...)
		dst = strconv.AppendInt(dst, n, 10)
	}
	write(names[0], c.input)
	write(names[1], c.output)
	write(`,"total_tokens":`, c.total)
	write(names[2], c.cached)
	if c.written > 0 || names == &responseCounts { // required there
		write(`,"cache_write_tokens":`, c.written)
	}
	dst = append(dst, '}')
	write(names[3], c.reasoning)
	return append(dst, names[4]...)
}

var (
	responseCounts = [5]string{`{"input_tokens":`, `,"output_tokens":`, `,"input_tokens_details":{"cached_tokens":`, `,"output_tokens_details":{"reasoning_tokens":`, `}}`}
	chatCounts     = [5]string{`{"prompt_tokens":`, `,"completion_tokens":`, `,"prompt_tokens_details":{"cached_tokens":`, `,"completion_tokens_details":{"reasoning_tokens":`, `}}`}
)

// appendUsage appends the usage of a response for that of a chat answer, null if there is none.
func appendUsage(dst []byte, v longmen.Value) []byte {
	if v.Kind() != longmen.KindObject {
		return append(dst, `null`...)
	}
	var c counts
	c.read(v)
	return c.append(dst, &responseCounts)
}
