package dialect

import (
	"testing"

	"github.com/longmen-gateway/longmen/sdk/document"
)

// TestOpens: the first events of real streams, up to the first that says something.
func TestOpens(t *testing.T) {
	for _, tt := range []struct {
		dialect, event string
		want           bool
	}{
		{"openai.chat", `{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}`, true},
		{"openai.chat", `{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"refusal":null,"tool_calls":[]}}]}`, true},
		{"openai.chat", `{"choices":[],"prompt_filter_results":[{"prompt_index":0}]}`, true}, // Azure
		{"openai.chat", `{"choices":[{"index":0,"delta":{"role":"assistant","content":"a"}}]}`, false},
		{"openai.chat", `{"choices":[{"index":0,"delta":{"reasoning_content":"a"}}]}`, false},
		{"openai.chat", `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]}}]}`, false},
		{"openai.chat", `{"choices":[{"index":0,"delta":{}},{"index":1,"delta":{"content":"a"}}]}`, false},
		{"openai.chat", `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`, false},
		{"openai.chat", `{"choices":[],"usage":{"prompt_tokens":1}}`, false},
		{"openai.chat", `{"object":"chat.completion.chunk"}`, false},
		{"openai.responses", `{"type":"response.created","response":{}}`, true},
		{"openai.responses", `{"type":"response.output_item.added","item":{}}`, true},
		{"openai.responses", `{"type":"response.output_text.delta","delta":"a"}`, false},
		{"openai.responses", `{"type":"response.failed","response":{}}`, false},
		{"anthropic.messages", `{"type":"message_start","message":{}}`, true},
		{"anthropic.messages", `{"type":"ping"}`, true},
		{"anthropic.messages", `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`, true},
		{"anthropic.messages", `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}`, false},
		{"anthropic.messages", `{"type":"error","error":{"type":"overloaded_error"}}`, false},
		{"gemini.generate", `{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}`, false},
		{"ollama.chat", `{"message":{"role":"assistant","content":""},"done":false}`, false},
	} {
		d, _ := Get(tt.dialect)
		var a document.Arena
		root, err := a.Parse([]byte(tt.event))
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Opens(&a, root); got != tt.want {
			t.Errorf("%s %s: got %v", tt.dialect, tt.event, got)
		}
	}
}
