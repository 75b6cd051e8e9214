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

// TestSetLimit spells limits of the gateway's own for each client, in place of what an upstream says.
func TestSetLimit(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	openAI := http.Header{"X-Ratelimit-Limit-Tokens": {"100"}, "X-Ratelimit-Remaining-Tokens": {"7"}, "X-Ratelimit-Reset-Tokens": {"6m0s"}, "Other": {"x"}}
	for name, want := range map[string]http.Header{
		"openai.chat": openAI, "openai.responses": openAI, "gemini.generate": openAI, "ollama.chat": openAI,
		"anthropic.messages": {"Anthropic-Ratelimit-Tokens-Limit": {"100"}, "Anthropic-Ratelimit-Tokens-Remaining": {"7"}, "Anthropic-Ratelimit-Tokens-Reset": {"2026-11-20T12:06:00Z"}, "Other": {"x"}},
	} {
		d, ok := Get(name)
		if !ok {
			t.Fatalf("there is no dialect %s", name)
		}
		h := http.Header{"X-Ratelimit-Remaining-Tokens": {"9"}, "X-Ratelimit-Limit-Requests": {"9"}, "Anthropic-Ratelimit-Input-Tokens-Limit": {"9"}, "Ratelimit-Reset": {"9"}, "Other": {"x"}}
		DropLimits(h)
		d.SetLimit(h, "Tokens", 100, 7, 6*time.Minute, now)
		if diff := cmp.Diff(want, h); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		d.SetLimit(h, "Requests", 5, 0, -1, now)
		for _, of := range []string{"X-Ratelimit-Reset-Requests", "Anthropic-Ratelimit-Requests-Reset"} {
			if h.Get(of) != "" {
				t.Errorf("%s: what never resets does so in %s", name, h.Get(of))
			}
		}
	}
}
