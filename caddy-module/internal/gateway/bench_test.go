package gateway

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

// discard is a client that throws everything away.
type discard struct{ h http.Header }

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Flush()                      {}

// BenchmarkExchange is the gateway's own work on one exchange, without sockets: 1 KB of prompt, an answer
// of 1 KB or of 100 events.
func BenchmarkExchange(b *testing.B) {
	text := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 20)
	openAI := `{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-5","choices":[{"index":0,"message":{"role":"assistant","content":"` + text + `"},"finish_reason":"stop"}],"usage":{"prompt_tokens":200,"completion_tokens":200,"total_tokens":400}}`
	gemini := `{"candidates":[{"content":{"role":"model","parts":[{"text":"` + text + `"}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":200,"candidatesTokenCount":200,"totalTokenCount":400},"modelVersion":"gemini-3-pro","responseId":"r1"}`
	var openAIStream, geminiStream strings.Builder
	for i := range 100 {
		fmt.Fprintf(&openAIStream, "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"gpt-5\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word%d \"},\"finish_reason\":null}]}\n\n", i)
		fmt.Fprintf(&geminiStream, "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"word%d \"}]},\"index\":0}],\"modelVersion\":\"gemini-3-pro\",\"responseId\":\"r1\"}\r\n\r\n", i)
	}
	openAIStream.WriteString("data: [DONE]\n\n")
	geminiStream.WriteString("data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"!\"}]},\"finishReason\":\"STOP\",\"index\":0}]}\r\n\r\n")

	line := "The customer writes that the parcel has not arrived yet and asks for a refund to the original account. "
	prompt := "Reach her at jane.doe@example.com, card 4111 1111 1111 1111. " + strings.Repeat(line, 9)
	for _, bc := range []struct {
		name, speaks string
		stream       bool
		plugins      []string
	}{
		{"passthrough", "openai.chat", false, nil},
		{"redact", "openai.chat", false, []string{"redact"}},
		{"translate", "gemini.generate", false, nil},
		{"chain", "gemini.generate", false, []string{"redact", "audit"}},
		{"stream/passthrough", "openai.chat", true, nil},
		{"stream/redact", "openai.chat", true, []string{"redact"}},
		{"stream/translate", "gemini.generate", true, nil},
		{"stream/chain", "gemini.generate", true, []string{"redact", "audit"}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			answer := map[string]string{"openai.chatfalse": openAI, "gemini.generatefalse": gemini, "openai.chattrue": openAIStream.String(), "gemini.generatetrue": geminiStream.String()}[fmt.Sprint(bc.speaks, bc.stream)]
			u := roundTrip(func(r *http.Request) (*http.Response, error) {
				io.Copy(io.Discard, r.Body)
				if bc.stream {
					return streamed(answer), nil
				}
				return whole(answer), nil
			})
			var plugins []*pipeline.Plugin
			for _, name := range bc.plugins {
				plugins = append(plugins, named(b, name, ""))
			}
			up := upstreamOf(b, "up", bc.speaks, u)
			g := New(Config{Auth: auth.None(), Routes: []*Route{{Name: "only", Plugins: plugins, Candidates: []*attempt.Candidate{{
				Provider: up, Model: "gemini-3-pro", Ways: codecs(b).Ways(up),
			}}}}})
			if bc.name == "passthrough" || bc.name == "stream/passthrough" {
				g.Routes[0].Candidates[0].Model = ""
			}
			body := fmt.Sprintf(`{"model":"gpt-5","stream":%t,"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"%s"}],"temperature":0.7,"max_tokens":512}`, bc.stream, prompt)
			if w := post(g, "/v1/chat/completions", body); w.Code != 200 {
				b.Fatalf("client got %d %s", w.Code, w.Body)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				r, _ := http.NewRequest("POST", "/v1/chat/completions", strings.NewReader(body))
				r.RemoteAddr = "127.0.0.1:1"
				g.ServeHTTP(&discard{h: http.Header{}}, r)
			}
			records.take()
			for _, p := range append(plugins, named(b, "openai-gemini", "")) {
				for _, h := range p.Hooks.(*wasm.Pool).Metrics().Stats().Hooks {
					if n := h.Calls[wasm.OutcomeOK]; n > 0 && testing.Verbose() {
						b.Logf("%s %s: %d fuel, %d ns a call", p.Name, h.Hook, h.Fuel/n, h.Nanos/n)
					}
				}
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// BenchmarkImage is the gateway's own work on a request with an image of 5 MB in base64.
func BenchmarkImage(b *testing.B) {
	body := `{"model":"gpt-5","messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,` +
		strings.Repeat("iVBORw0KGgoAAAANSUhEUgAA", 5<<20/24) + `"}}]}]}`
	for _, speaks := range []string{"openai.chat", "gemini.generate", "anthropic.messages", "ollama.chat"} {
		b.Run(speaks, func(b *testing.B) {
			up := upstreamOf(b, "up", speaks, roundTrip(func(r *http.Request) (*http.Response, error) {
				defer r.Body.Close()
				if n, err := io.Copy(io.Discard, r.Body); n < 5<<20-24 || err != nil {
					b.Fatalf("the upstream got %d bytes, %v", n, err)
				}
				return answered(503, "application/json", strings.NewReader(`{}`)), nil // only the request counts
			}))
			g, _ := gatewayOf(b, up)
			g.Routes[0].Candidates[0].Model = "m"
			if speaks == "openai.chat" {
				g.Routes[0].Candidates[0].Model = ""
			}
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				r, _ := http.NewRequest("POST", chatPath, strings.NewReader(body))
				r.RemoteAddr = "127.0.0.1:1"
				g.ServeHTTP(&discard{h: http.Header{}}, r)
			}
		})
	}
}

// BenchmarkBudget is what a rate for each key adds to an exchange: beside the price without one.
func BenchmarkBudget(b *testing.B) {
	rate := budget.Limit{Unit: budget.Requests, Period: budget.Minute, Amount: budget.Most}
	for name, budgets := range map[string][]*Budget{
		"none": nil, "requests": {budgetOf("b", rate)}, "requests, tokens and cost": {budgetOf("b", rate,
			budget.Limit{Unit: budget.Tokens, Period: budget.Minute, Amount: budget.Most}, budget.Limit{Unit: budget.Cost, Period: budget.Month, Amount: budget.Most})},
	} {
		b.Run(name, func(b *testing.B) {
			g := withBudgets(b, always, budgets...)
			g.Observe = func(*http.Request, *usage.Record) {}
			b.ReportAllocs()
			for b.Loop() {
				r, _ := http.NewRequest("POST", chatPath, strings.NewReader(ask))
				r.RemoteAddr = "127.0.0.1:1"
				g.ServeHTTP(&discard{h: http.Header{}}, r)
			}
		})
	}
}
