package dialect

import (
	"testing"

	"github.com/longmen-gateway/longmen/sdk/document"
)

func TestBlocked(t *testing.T) {
	for _, tt := range []struct {
		name, dialect string
		phase         Phase
		doc           string
		want          bool
	}{
		// https://ai.google.dev/api/generate-content#BlockReason
		{"gemini, prompt", "gemini.generate", PhaseAnswer, `{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":3}}`, true},
		{"gemini, prompt in a stream", "gemini.generate", PhaseEvent, `{"promptFeedback":{"blockReason":"OTHER"}}`, true},
		{"gemini, ratings", "gemini.generate", PhaseAnswer, `{"promptFeedback":{"safetyRatings":[]},"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}`, false},
		{"gemini, answer", "gemini.generate", PhaseAnswer, `{"candidates":[{"finishReason":"SAFETY","finishMessage":"blocked","index":0}]}`, true},
		{"gemini, half an answer", "gemini.generate", PhaseAnswer, `{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"SAFETY"}]}`, false},
		{"gemini, too long", "gemini.generate", PhaseAnswer, `{"candidates":[{"finishReason":"MAX_TOKENS"}]}`, false},
		{"openai", "openai.chat", PhaseAnswer, `{"choices":[{"message":{"role":"assistant","content":""},"finish_reason":"content_filter"}]}`, true},
		{"openai, event", "openai.chat", PhaseEvent, `{"choices":[{"delta":{},"finish_reason":"content_filter"}]}`, true},
		{"openai, half an answer", "openai.chat", PhaseAnswer, `{"choices":[{"message":{"content":"a"},"finish_reason":"content_filter"}]}`, false},
		{"openai, another choice", "openai.chat", PhaseAnswer, `{"choices":[{"message":{"content":null},"finish_reason":"content_filter"},{"message":{"content":"a"},"finish_reason":"stop"}]}`, false},
		{"openai, call", "openai.chat", PhaseAnswer, `{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":"{\"a\":1}"}}]},"finish_reason":"content_filter"}]}`, false},
		{"openai, call in an event", "openai.chat", PhaseEvent, `{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":""}}]},"finish_reason":"content_filter"}]}`, false},
		{"openai, the model's own refusal", "openai.chat", PhaseAnswer, `{"choices":[{"message":{"content":null,"refusal":"no"},"finish_reason":"stop"}]}`, false},
		{"responses", "openai.responses", PhaseAnswer, `{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]}`, true},
		// https://docs.anthropic.com/en/api/handling-stop-reasons#refusal
		{"anthropic", "anthropic.messages", PhaseAnswer, `{"type":"message","content":[],"stop_reason":"refusal"}`, true},
		{"anthropic, half an answer", "anthropic.messages", PhaseAnswer, `{"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":"refusal"}`, false},
		{"ollama", "ollama.chat", PhaseAnswer, `{"message":{"content":""},"done":true,"done_reason":"stop"}`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a document.Arena
			d, _ := Get(tt.dialect)
			e := d.Blocked(&a, parse(t, &a, tt.doc), tt.phase)
			if (e != nil) != tt.want {
				t.Fatalf("blocked: %v", e)
			}
			if e != nil && (e.Status != 400 || e.Code != "content_policy_violation" || d.EventError(&a, parse(t, &a, tt.doc)) != nil) {
				t.Errorf("as an error: %+v", e)
			}
		})
	}
}
