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

// The codecs for embeddings and for counting, in both directions.
var (
	embeddings = codectest.Codec{
		Plugin: "openai-gemini", Client: "openai.embeddings", Provider: "gemini.embed", Model: "gemini-embedding-001",
		Request: `{"model":"text-embedding-3-small","input":"hi"}`,
		Files:   "testdata/embeddings/to_gemini.txtar",
	}
	embed = codectest.Codec{
		Plugin: "openai-gemini", Client: "gemini.embed", Provider: "openai.embeddings", Model: "text-embedding-3-small",
		Request: `{"content":{"parts":[{"text":"hi"}]}}`,
		Files:   "testdata/embeddings/to_openai.txtar",
	}
	chatCount = codectest.Codec{
		Plugin: "openai-gemini", Client: "openai.count", Provider: "gemini.count", Model: "gemini-2.5-flash",
		Request: `{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}`,
		Files:   "testdata/count/to_gemini.txtar",
	}
	generateCount = codectest.Codec{
		Plugin: "openai-gemini", Client: "gemini.count", Provider: "openai.count", Model: "gpt-5", To: "openai.responses",
		Request: `{"contents":[{"parts":[{"text":"hi"}]}]}`,
		Files:   "testdata/count/to_openai.txtar",
	}
)

// mend is the codec for clients of Gemini's at a provider of Gemini's, after another provider's answers.
var mend = codectest.Codec{
	Plugin: "openai-gemini", Client: "gemini.generate", Provider: "gemini.generate", Model: "gemini-3-pro",
	Files: "testdata/mend/*.txtar",
}

func TestMend(t *testing.T) { mend.Run(t) }

func TestToGemini(t *testing.T) { toGemini.Run(t) }
func TestToOpenAI(t *testing.T) { toOpenAI.Run(t) }

func TestEmbeddings(t *testing.T)    { embeddings.Run(t) }
func TestEmbed(t *testing.T)         { embed.Run(t) }
func TestChatCount(t *testing.T)     { chatCount.Run(t) }
func TestGenerateCount(t *testing.T) { generateCount.Run(t) }
