package gateway

import (
	"strings"
	"testing"
)

// TestMeter measures words, however they come and in whatever pieces.
func TestMeter(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		numbered   bool
		want       int64
	}{
		{"nothing", "", false, 0},
		{"chat", delta("12345678") + delta("1234") + stop, false, 3},
		{"document", `{"id":"not words","choices":[{"message":{"role":"assistant","content":"1234\"678"}}]}`, false, 2},
		{"spaced", `{ "content" : "1234" , "role" : "long enough" }`, false, 1},
		{"tools", `{"tool_calls":[{"function":{"name":"long enough","arguments":"{\"a\":12}"}}]}`, false, 2},
		{"anthropic", "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"12345678\"}}\n\n: comment \"text\": x\n\n", false, 2},
		{"chinese", `{"content":"龙门龙门"}`, false, 4},
		{"escaped", `{"content":"\u9f99\u95e8abcd"}`, false, 3},
		{"cyrillic", `{"content":"дом!"}`, false, 3},
		{"said again", `{"type":"x.delta","delta":"12345678"}{"type":"x.done","text":"12345678"}`, true, 2},
		{"a list", `{"content":[{"type":"text","text":"1234"}]}`, false, 1},
		{"a number", `{"content":5,"x":"abcdefgh"}`, false, 0},
		{"a long name", `{"` + strings.Repeat("x", 100) + `content":"abcdefgh"}`, false, 0},
	} {
		for _, size := range []int{1, 7, 1 << 20} {
			m := meter{words: wordsOfAnswers}
			if tt.numbered {
				m.words = wordsOfNumbered
			}
			for rest := []byte(tt.text); len(rest) > 0; {
				n := min(size, len(rest))
				m.read(rest[:n])
				rest = rest[n:]
			}
			if got := m.tokens(); got != tt.want {
				t.Errorf("%s in pieces of %d: %d tokens, want %d", tt.name, size, got, tt.want)
			}
		}
	}
}
