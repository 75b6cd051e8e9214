package gateway

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// TestTail: the counts of an answer that passes unread are found at its end, and, of a stream, at its
// beginning too.
func TestTail(t *testing.T) {
	filler := strings.Repeat("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"word \"}}\n\n", 200)
	tests := []struct {
		name, dialect string
		streams       bool
		answer        string
		prompt, out   int64
	}{
		{"anthropic, input told first", "anthropic.messages", true,
			"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"usage\":{\"input_tokens\":10,\"cache_read_input_tokens\":5,\"output_tokens\":1}}}\n\n" + filler +
				"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":200}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", 15, 200},
		{"anthropic, a few words", "anthropic.messages", true,
			"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"usage\":{\"input_tokens\":10,\"cache_read_input_tokens\":5,\"output_tokens\":1}}}\n\n" +
				"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\n", 15, 2},
		{"ollama, last line", "ollama.chat", true,
			"{\"message\":{\"content\":\"a\"},\"done\":false}\n{\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":7,\"eval_count\":3}\n", 7, 3},
		{"openai, whole", "openai.chat", false, `{"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2,"total_tokens":6}}`, 4, 2},
		{"none", "openai.chat", true, "data: {\"choices\":[]}\n\ndata: [DONE]\n\n", 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, _ := dialect.Get(test.dialect)
			for _, step := range []int{1, 100, 5000, 1 << 20} {
				tail := tail{streams: test.streams}
				for b := []byte(test.answer); len(b) > 0; {
					n := min(step, len(b))
					tail.write(b[:n])
					b = b[n:]
				}
				var u dialect.Usage
				if tail.usage(d, &u); u.Prompt != test.prompt || u.Completion != test.out {
					t.Errorf("in steps of %d: got %+v, want %d and %d", step, u, test.prompt, test.out)
				}
			}
		})
	}
}
