package responseschat

import (
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
)

var (
	// toChatCodec is the codec for clients of the Responses API.
	toChatCodec = codectest.Codec{
		Plugin: "responses-chat", Client: responses, Provider: chat, Model: "gpt-4o",
		Request: `{"model":"m","input":"hi"}`,
		Files:   "testdata/to_chat/*.txtar",
	}
	// toResponsesCodec is the codec for upstreams that speak nothing but the Responses API.
	toResponsesCodec = codectest.Codec{
		Plugin: "responses-chat", Client: chat, Provider: responses, Model: "gpt-5",
		Request: `{"model":"m","messages":[{"role":"user","content":"hi"}]}`,
		Files:   "testdata/to_responses/*.txtar",
	}
	// mending is the codec for clients of the Responses API whose history other providers' answers are in.
	mending = codectest.Codec{
		Plugin: "responses-chat", Client: responses, Provider: responses, Model: "gpt-5",
		Files: "testdata/mend/*.txtar",
	}
)

func TestGoldenToChat(t *testing.T)      { toChatCodec.Run(t) }
func TestGoldenToResponses(t *testing.T) { toResponsesCodec.Run(t) }
func TestMend(t *testing.T)              { mending.Run(t) }
