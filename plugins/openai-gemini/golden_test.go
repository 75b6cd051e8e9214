package openaigemini

import (
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
)

// toGemini is the codec for clients of OpenAI's.
var toGemini = codectest.Codec{
	Plugin: "openai-gemini", Client: "openai.chat", Provider: "gemini.generate", Model: "gemini-2.5-flash",
	Request: `{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}`,
	Files:   "testdata/to_gemini/*.txtar",
}

func TestGolden(t *testing.T) { toGemini.Run(t) }
