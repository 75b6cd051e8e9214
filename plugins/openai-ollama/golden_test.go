package openaiollama

import (
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
)

const plugin = "openai-ollama"

var (
	// toOllama is the codec for clients of OpenAI's chat completions in front of Ollama.
	toOllama = codectest.Codec{
		Plugin: plugin, Client: "openai.chat", Provider: "ollama.chat", Model: "llama3.2",
		Request: `{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}`,
		Files:   "testdata/to_ollama/*.txtar",
	}
	// toOpenAI is the codec for clients of Ollama's chat in front of any model.
	toOpenAI = codectest.Codec{
		Plugin: plugin, Client: "ollama.chat", Provider: "openai.chat", Model: "gpt-5",
		Request: `{"model":"llama3.2","messages":[{"role":"user","content":"hi"}]}`,
		Files:   "testdata/to_openai/chat_*.txtar",
	}
	// generate is the one for clients of Ollama's generate.
	generate = codectest.Codec{
		Plugin: plugin, Client: "ollama.generate", Provider: "openai.chat", Model: "gpt-5",
		Request: `{"model":"llama3.2","prompt":"hi"}`,
		Files:   "testdata/to_openai/generate_*.txtar",
	}
	// embed is the codec for clients of OpenAI's embeddings in front of Ollama.
	embed = codectest.Codec{
		Plugin: plugin, Client: "openai.embeddings", Provider: "ollama.embed", Model: "nomic-embed-text",
		Request: `{"model":"text-embedding-3-small","input":"hi"}`,
		Files:   "testdata/embeddings/to_ollama*.txtar",
	}
	// embeddings is the one the other way round.
	embeddings = codectest.Codec{
		Plugin: plugin, Client: "ollama.embed", Provider: "openai.embeddings", Model: "text-embedding-3-small",
		Request: `{"model":"nomic-embed-text","input":"hi"}`,
		Files:   "testdata/embeddings/to_openai*.txtar",
	}
	// completions is the codec for clients of OpenAI's old completions.
	completions = codectest.Codec{
		Plugin: plugin, Client: "openai.completions", Provider: "openai.chat", Model: "gpt-5",
		Request: `{"model":"gpt-3.5-turbo-instruct","prompt":"hi"}`,
		Files:   "testdata/completions/to_chat_*.txtar",
	}
	// generated is the one in front of Ollama.
	generated = codectest.Codec{
		Plugin: plugin, Client: "openai.completions", Provider: "ollama.generate", Model: "codellama",
		Request: `{"model":"gpt-3.5-turbo-instruct","prompt":"hi"}`,
		Files:   "testdata/completions/to_ollama*.txtar",
	}
)

func TestToOllama(t *testing.T)    { toOllama.Run(t) }
func TestToOpenAI(t *testing.T)    { toOpenAI.Run(t) }
func TestGenerate(t *testing.T)    { generate.Run(t) }
func TestEmbed(t *testing.T)       { embed.Run(t) }
func TestEmbeddings(t *testing.T)  { embeddings.Run(t) }
func TestCompletions(t *testing.T) { completions.Run(t) }
func TestGenerated(t *testing.T)   { generated.Run(t) }
