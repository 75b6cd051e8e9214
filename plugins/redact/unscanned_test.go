package redact_test

import (
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

func TestUnscanned(t *testing.T) {
	warn := longmentest.New(t, `{"unscanned":"warn"}`)
	block := longmentest.New(t, `{"unscanned":"block"}`)
	for _, c := range []struct {
		name, doc, attribute string
		n                    int64
	}{
		{"text", `{"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}`, "", 0},
		{"openai image", `{"messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]}`, "unscanned.image", 1},
		{"openai audio", `{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]}`, "unscanned.audio", 1},
		{"responses", `{"input":[{"role":"user","content":[{"type":"input_image","image_url":"x"},{"type":"input_file","file_id":"f"}]},{"type":"reasoning","encrypted_content":"x"}]}`, "unscanned.encrypted", 1},
		{"anthropic image", `{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","data":"x"}}]}]}`, "unscanned.image", 1},
		{"anthropic tool result", `{"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"image","source":{}}]}]}]}`, "unscanned.image", 1},
		{"anthropic pdf", `{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64","data":"x"}}]}]}`, "unscanned.file", 1},
		{"anthropic text document", `{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","data":"x"}}]}]}`, "", 0},
		{"anthropic redacted", `{"messages":[{"role":"assistant","content":[{"type":"redacted_thinking","data":"x"}]}]}`, "unscanned.encrypted", 1},
		{"gemini image", `{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"x"}}]}]}`, "unscanned.image", 1},
		{"gemini file", `{"contents":[{"parts":[{"fileData":{"mimeType":"application/pdf","fileUri":"x"}}]}]}`, "unscanned.file", 1},
		{"ollama", `{"messages":[{"role":"user","content":"hi","images":["x"]}]}`, "unscanned.image", 1},
		{"ollama generate", `{"prompt":"hi","images":["x","y"]}`, "unscanned.image", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := warn.NewExchange()
			if r := x.Request(c.doc); r.Err != nil || r.Rejection != nil {
				t.Fatalf("got %+v", r)
			}
			if c.n > 0 && x.Attributes[c.attribute] != c.n || (x.Attributes["unscanned.total"] == int64(0)) != (c.n == 0) {
				t.Errorf("attributes: %v, want %s %d", x.Attributes, c.attribute, c.n)
			}
			if r := block.NewExchange().Request(c.doc); (r.Rejection != nil) != (c.n > 0) {
				t.Errorf("block: got %+v", r)
			}
		})
	}
}
