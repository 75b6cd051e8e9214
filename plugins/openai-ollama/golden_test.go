package openaiollama

import (
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
)

// toOllama is the codec for clients of OpenAI's chat completions in front of Ollama.
var toOllama = codectest.Codec{
	Plugin: "openai-ollama", Client: "openai.chat", Provider: "ollama.chat", Model: "llama3.2",
	Request: `{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}`,
	Files:   "testdata/to_ollama/*.txtar",
}

func TestToOllama(t *testing.T) { toOllama.Run(t) }
