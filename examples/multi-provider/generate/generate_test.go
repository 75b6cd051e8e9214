package main

import (
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
)

// TestGoldens plays testdata: requests, what the server has to get, its answers, and what clients have to get.
func TestGoldens(t *testing.T) {
	c := codectest.Codec{
		Plugin: "generate", Client: "openai.chat", Provider: "custom.generate", Model: "house",
		Request: `{"model":"m","messages":[{"role":"user","content":"hi"}]}`, Files: "testdata/*.txtar",
	}
	c.Run(t)
}
