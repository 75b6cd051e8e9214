package text

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// deltas are usual events: text, a piece of tool arguments in the middle of a string, and no text at all.
var deltas = map[string]string{
	"text":      `{"id":"chatcmpl-BxQ7kZk3","object":"chat.completion.chunk","created":1762345678,"model":"gpt-5-2025-08-07","service_tier":"default","system_fingerprint":"fp_7f3c1a","choices":[{"index":0,"delta":{"content":" gateway"},"logprobs":null,"finish_reason":null}],"usage":null}`,
	"escaped":   `{"id":"chatcmpl-BxQ7kZk3","object":"chat.completion.chunk","created":1762345678,"model":"gpt-5-2025-08-07","choices":[{"index":0,"delta":{"content":".\n\n\"The"},"logprobs":null,"finish_reason":null}],"usage":null}`,
	"arguments": `{"id":"chatcmpl-BxQ7kZk3","object":"chat.completion.chunk","created":1762345678,"model":"gpt-5-2025-08-07","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":" more \\\"text\\\" of"}}]},"logprobs":null,"finish_reason":null}],"usage":null}`,
	"no_text":   `{"id":"chatcmpl-BxQ7kZk3","object":"chat.completion.chunk","created":1762345678,"model":"gpt-5-2025-08-07","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":null}],"usage":null}`,
}

func nothing([]Segment, *Reply) {}

// step leads one event through s.
func step(tb testing.TB, s *Stream, a *document.Arena, data []byte, reply *Reply, plugin func([]Segment, *Reply)) int {
	a.Reset()
	root, err := a.Parse(data)
	if err != nil {
		tb.Fatal(err)
	}
	if s.Ending(a, root) {
		plugin(s.Drain(a, root), reply)
		if _, err := s.Release(reply); err != nil {
			tb.Fatal(err)
		}
	}
	segs := s.Collect(a, root)
	if len(segs) == 0 {
		return 0
	}
	reply.Reset()
	plugin(segs, reply)
	if err := s.Apply(a, root, reply); err != nil {
		tb.Fatal(err)
	}
	return len(segs)
}

// open begins a stream that has seen a call's start.
func open(tb testing.TB) *Stream {
	s := NewStream(must(tb, "openai.chat"), 4096)
	var a document.Arena
	var reply Reply
	step(tb, s, &a, []byte(`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a\":\""}}]}}]}`), &reply, nothing)
	return s
}

func BenchmarkStream(b *testing.B) {
	for _, name := range []string{"text", "escaped", "arguments", "no_text"} {
		data := []byte(deltas[name])
		b.Run(name, func(b *testing.B) {
			s := open(b)
			var a document.Arena
			var reply Reply
			b.ReportAllocs()
			for b.Loop() {
				step(b, s, &a, data, &reply, nothing)
			}
		})
		b.Run(name+"/parse", func(b *testing.B) { // how much of it is parsing the event
			var a document.Arena
			for b.Loop() {
				a.Reset()
				if _, err := a.Parse(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("held", func(b *testing.B) {
		s := open(b)
		var a document.Arena
		var reply Reply
		hold := []byte(strings.Replace(deltas["text"], " gateway", " <EMAIL_", 1))
		rest := []byte(strings.Replace(deltas["text"], " gateway", "AB12>", 1))
		b.ReportAllocs()
		for b.Loop() {
			step(b, s, &a, hold, &reply, restore)
			step(b, s, &a, rest, &reply, restore)
		}
	})
}

// BenchmarkDialects leads a usual delta of each dialect through a stream.
func BenchmarkDialects(b *testing.B) {
	for name, event := range map[string]string{
		"openai.chat":        deltas["text"],
		"gemini.generate":    `{"candidates":[{"content":{"parts":[{"text":" gateway"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":42,"totalTokenCount":43},"modelVersion":"gemini-3-pro-preview","responseId":"kA0LaZ2vNq"}`,
		"anthropic.messages": `{"type":"content_block_delta","index":3,"delta":{"type":"text_delta","text":" gateway"}}`,
		"openai.responses":   `{"type":"response.output_text.delta","sequence_number":12,"item_id":"msg_0a5f3c8d9b7e4a1f","output_index":1,"content_index":0,"delta":" gateway","logprobs":[],"obfuscation":"Xk3Vq7p"}`,
		"ollama.chat":        `{"model":"qwen3:8b","created_at":"2026-11-19T09:12:00.007919Z","message":{"role":"assistant","content":" gateway"},"done":false}`,
	} {
		b.Run(name, func(b *testing.B) {
			s, data := NewStream(must(b, name), 4096), []byte(event)
			var a document.Arena
			var reply Reply
			b.ReportAllocs()
			for b.Loop() {
				if step(b, s, &a, data, &reply, nothing) != 1 {
					b.Fatal("no text")
				}
			}
		})
	}
}

func prompt(size int) []byte {
	var sb strings.Builder
	sb.WriteString(`{"model":"gpt-5","stream":true,"messages":[{"role":"system","content":"You are terse."}`)
	for i := 0; sb.Len() < size; i++ {
		fmt.Fprintf(&sb, `,{"role":"user","content":"Question %d: what does the \"gateway\" do\nwhen a plugin fails?"}`, i)
		fmt.Fprintf(&sb, `,{"role":"assistant","content":null,"tool_calls":[{"id":"call_%d","type":"function","function":{"name":"search","arguments":"{\"query\":\"plugin failure\",\"limit\":%d}"}}]}`, i, i)
		fmt.Fprintf(&sb, `,{"role":"tool","tool_call_id":"call_%d","content":[{"type":"text","text":"It answers with an error in the client's dialect."}]}`, i)
	}
	sb.WriteString(`],"tools":[{"type":"function","function":{"name":"search","description":"Searches","parameters":{"type":"object","properties":{"query":{"type":"string","description":"words"}}}}}]}`)
	return []byte(sb.String())
}

func BenchmarkDocument(b *testing.B) {
	d := must(b, "openai.chat")
	for _, size := range []int{1 << 10, 64 << 10} {
		data := prompt(size)
		b.Run(fmt.Sprint(size>>10, "KiB"), func(b *testing.B) {
			var t Document
			var a document.Arena
			var reply Reply
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				a.Reset()
				root, err := a.Parse(data)
				if err != nil {
					b.Fatal(err)
				}
				if len(t.Collect(d, abi.PhaseRequest, &a, root)) == 0 {
					b.Fatal("no text")
				}
				reply.Reset()
				if err := t.Apply(&reply); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkIdle reports what a stream keeps between events.
func BenchmarkIdle(b *testing.B) {
	for _, held := range []bool{false, true} {
		b.Run(fmt.Sprint("held=", held), func(b *testing.B) {
			const n = 1000
			data := []byte(deltas["text"])
			if held {
				data = []byte(strings.Replace(deltas["text"], " gateway", " <EMAIL_", 1))
			}
			var a document.Arena
			var reply Reply
			var per float64
			for b.Loop() {
				streams := make([]*Stream, n)
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				for i := range streams {
					streams[i] = NewStream(must(b, "openai.chat"), 4096)
					step(b, streams[i], &a, data, &reply, restore)
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				per = float64(after.HeapAlloc-before.HeapAlloc) / n
				runtime.KeepAlive(streams)
			}
			b.ReportMetric(per, "B/stream")
		})
	}
}
