package openaianthropic

import (
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
)

// The directions of the codec.
var (
	toAnthropic = codectest.Codec{
		Plugin: "openai-anthropic", Client: "openai.chat", Provider: "anthropic.messages", Model: "claude-sonnet-4-5-20250929",
		Request: `{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}`,
		Files:   "testdata/to_anthropic/*.txtar",
	}
	toOpenAI = codectest.Codec{
		Plugin: "openai-anthropic", Client: "anthropic.messages", Provider: "openai.chat", Model: "gpt-5.2",
		Request: `{"model":"claude-sonnet-4-5","max_tokens":1024,"messages":[{"role":"user","content":"hi"}]}`,
		Files:   "testdata/to_openai/*.txtar",
	}
	mending = codectest.Codec{
		Plugin: "openai-anthropic", Client: "anthropic.messages", Provider: "anthropic.messages", Model: "claude-opus-4-5",
		Request: `{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}`, Files: "testdata/mend/*.txtar",
	}
	countToAnthropic = codectest.Codec{
		Plugin: "openai-anthropic", Client: "openai.count", Provider: "anthropic.count", Model: "claude-sonnet-4-5-20250929",
		Request: toAnthropic.Request,
		Files:   "testdata/count_to_anthropic/*.txtar",
	}
	countToOpenAI = codectest.Codec{
		Plugin: "openai-anthropic", Client: "anthropic.count", Provider: "openai.count", Model: "gpt-5.2",
		Request: `{"model":"claude-sonnet-4-5","messages":[{"role":"user","content":"hi"}]}`,
		Files:   "testdata/count_to_openai/*.txtar",
	}
)

func TestToAnthropic(t *testing.T)      { toAnthropic.Run(t) }
func TestToOpenAI(t *testing.T)         { toOpenAI.Run(t) }
func TestMend(t *testing.T)             { mending.Run(t) }
func TestCountToAnthropic(t *testing.T) { countToAnthropic.Run(t) }
func TestCountToOpenAI(t *testing.T)    { countToOpenAI.Run(t) }
