package dialect

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAnswerHeaders(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	anthropic := http.Header{
		"Request-Id": {"req_1"}, "Anthropic-Ratelimit-Requests-Limit": {"50"}, "Anthropic-Ratelimit-Requests-Remaining": {"49"},
		"Anthropic-Ratelimit-Requests-Reset": {"2026-11-20T12:06:00Z"}, "Anthropic-Ratelimit-Tokens-Limit": {"40000"}, "Other": {"x"},
	}
	openAI := http.Header{
		"X-Request-Id": {"req_1"}, "X-Ratelimit-Limit-Requests": {"50"}, "X-Ratelimit-Remaining-Requests": {"49"},
		"X-Ratelimit-Reset-Requests": {"6m0s"}, "X-Ratelimit-Limit-Tokens": {"40000"}, "Other": {"x"},
	}
	tests := []struct {
		name, client, upstream string
		said, want             http.Header
	}{
		{"to OpenAI's clients", "openai.chat", "anthropic.messages", anthropic, openAI},
		{"to Anthropic's clients", "anthropic.messages", "openai.chat", openAI, anthropic},
		{"of one family", "openai.responses", "openai.chat", openAI, openAI},
		{"to clients without such headers", "gemini.generate", "anthropic.messages", anthropic, http.Header{"Other": {"x"}}},
		{"a reset that is none", "openai.chat", "anthropic.messages", http.Header{"Anthropic-Ratelimit-Requests-Reset": {"soon"}}, http.Header{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client, _ := Get(test.client)
			upstream, _ := Get(test.upstream)
			h := test.said.Clone()
			client.AnswerHeaders(h, upstream, test.said, now)
			if diff := cmp.Diff(test.want, h); diff != "" {
				t.Error(diff)
			}
		})
	}
}
