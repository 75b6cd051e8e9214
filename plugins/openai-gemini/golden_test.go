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

// toOpenAI is the codec for clients of Gemini's before a provider that speaks chat completions itself.
var toOpenAI = codectest.Codec{
	Plugin: "openai-gemini", Client: "gemini.generate", Provider: "openai.chat", Model: "gpt-5",
	Request: `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`,
	Files:   "testdata/to_openai/*.txtar",
}

func TestToGemini(t *testing.T) { toGemini.Run(t) }
func TestToOpenAI(t *testing.T) { toOpenAI.Run(t) }
