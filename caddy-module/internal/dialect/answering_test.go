package dialect

import (
	"testing"

	"github.com/longmen-gateway/longmen/sdk/document"
)

// TestAnswering: the model that answers is read from whole answers and events alike, also where nobody parses them.
func TestAnswering(t *testing.T) {
	for _, tt := range []struct {
		name, dialect, text string
		parsed, found       string
	}{
		{"chat", "openai.chat", `{"id":"1","model":"gpt-5-2025-08-07","choices":[]}`, "gpt-5-2025-08-07", "gpt-5-2025-08-07"},
		{"chat in the model's words", "openai.chat", `{"choices":[{"message":{"content":"\"model\":\"x\""}}],"model" : "real"}`, "real", "real"},
		{"Responses event", "openai.responses", `{"type":"response.created","response":{"model":"gpt-5"}}`, "gpt-5", "gpt-5"},
		{"Anthropic answer", "anthropic.messages", `{"type":"message","model":"claude","content":[]}`, "claude", "claude"},
		{"Anthropic event", "anthropic.messages", `{"type":"message_start","message":{"model":"claude"}}`, "claude", "claude"},
		{"Gemini", "gemini.generate", `{"candidates":[],"modelVersion":"gemini-3-pro"}`, "gemini-3-pro", "gemini-3-pro"},
		{"Ollama", "ollama.chat", `{"model":"llama","done":true}`, "llama", "llama"},
		{"none", "openai.chat", `{"id":"1"}`, "", ""},
		{"no text", "openai.chat", `{"model":{"a":"b"}}`, "", ""},
		{"escaped", "openai.chat", `{"model":"a\u002fb"}`, "a/b", ""},
		{"a dialect that names none", "gemini.embed", `{"model":"x"}`, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, ok := Get(tt.dialect)
			if !ok {
				t.Fatal("no such dialect")
			}
			var a document.Arena
			root, err := a.Parse([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := d.Answering(&a, root); got != tt.parsed {
				t.Errorf("parsed %q, want %q", got, tt.parsed)
			}
			if got := d.AnsweringIn([]byte(tt.text)); got != tt.found {
				t.Errorf("found %q, want %q", got, tt.found)
			}
			for n := range len(tt.text) {
				if got := d.AnsweringIn([]byte(tt.text[:n])); got != "" && got != tt.found {
					t.Errorf("of %d bytes found %q", n, got)
				}
			}
		})
	}
}
