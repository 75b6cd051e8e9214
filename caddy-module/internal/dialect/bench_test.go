package dialect

import (
	"testing"

	"github.com/longmen-gateway/longmen/sdk/document"
)

const chatEvent = `{"id":"chatcmpl-BxQ7kZk3","object":"chat.completion.chunk","created":1762345678,"model":"gpt-5-2025-08-07","service_tier":"default","system_fingerprint":"fp_7f3c1a","choices":[{"index":0,"delta":{"content":" gateway"},"logprobs":null,"finish_reason":null}],"usage":null}`

const geminiEvent = `{"candidates":[{"content":{"parts":[{"text":" gateway"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":42,"totalTokenCount":43},"modelVersion":"gemini-3-pro-preview","responseId":"kA0LaZ2vNq"}`

// events are usual ones, with one text each.
var events = map[string]string{
	"openai.chat":        chatEvent,
	"gemini.generate":    geminiEvent,
	"anthropic.messages": `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" gateway"}}`,
	"openai.responses":   `{"type":"response.output_text.delta","sequence_number":12,"item_id":"msg_0a5f3c8d9b7e4a1f","output_index":0,"content_index":0,"delta":" gateway","logprobs":[],"obfuscation":"Xk3Vq7p"}`,
	"openai.completions": `{"id":"cmpl-7iA7iJjj8V2zOk","object":"text_completion","created":1760612000,"choices":[{"text":" gateway","index":0,"logprobs":null,"finish_reason":null}],"model":"gpt-3.5-turbo-instruct"}`,
	"ollama.chat":        `{"model":"qwen3:8b","created_at":"2026-11-19T09:12:00.007919Z","message":{"role":"assistant","content":" gateway"},"done":false}`,
}

// read does with an event what a gateway does with each.
func read(d *Dialect, a *document.Arena, root document.Node, sites []Site, u *Usage) []Site {
	d.EventError(a, root)
	d.Usage(a, root, u)
	d.Finished(a, root)
	return d.Sites(sites[:0], PhaseEvent, a, root)
}

func TestReadingEventsAllocatesNothing(t *testing.T) {
	for name, event := range events {
		d, _ := Get(name)
		var a document.Arena
		root := parse(t, &a, event)
		sites := make([]Site, 0, 8)
		var u Usage
		if n := testing.AllocsPerRun(100, func() { sites = read(d, &a, root, sites, &u) }); n != 0 || len(sites) != 1 {
			t.Errorf("%s: %v allocations and %d sites, want 0 and 1", name, n, len(sites))
		}
	}
}

func BenchmarkEvent(b *testing.B) {
	for name, event := range events {
		b.Run(name, func(b *testing.B) {
			d, _ := Get(name)
			var a document.Arena
			root := parse(b, &a, event)
			sites := make([]Site, 0, 8)
			var u Usage
			b.ReportAllocs()
			for b.Loop() {
				sites = read(d, &a, root, sites, &u)
			}
		})
	}
}

func BenchmarkRequest(b *testing.B) {
	d := Default()
	var a document.Arena
	root := parse(b, &a, chatRequest)
	b.ReportAllocs()
	for b.Loop() {
		d.ReadRequest(&a, root, Match{})
	}
}
