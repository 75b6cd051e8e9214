package openaigemini

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// A call into the gateway costs a guest some 70 ns, and there is little else that a codec does: the
// number of calls is the plugin's cost on any machine. The numbers below are what it takes today; a
// change that takes fewer lowers them.

// kilobyte is a chat request of 1 KB.
var kilobyte = `{"model":"gpt-4o","messages":[{"role":"system","content":"` + strings.Repeat("Be brief. ", 40) + `"},{"role":"user","content":"` + strings.Repeat("What is it? ", 40) + `"}],"temperature":0.7,"max_tokens":256}`

const (
	kilobyteAnswer = `{"candidates":[{"content":{"parts":[{"text":"Twelve words of an answer that a model could give to this."}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":210,"candidatesTokenCount":12,"totalTokenCount":222,"promptTokensDetails":[{"modality":"TEXT","tokenCount":210}]},"modelVersion":"gemini-2.5-flash","responseId":"mZ2aaIfLBoGnz7IPxqXQ6A4"}`
	delta          = `{"candidates":[{"content":{"parts":[{"text":"three more words"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":210,"totalTokenCount":210,"promptTokensDetails":[{"modality":"TEXT","tokenCount":210}]},"modelVersion":"gemini-2.5-flash","responseId":"mZ2aaIfLBoGnz7IPxqXQ6A4"}`
	lastDelta      = `{"candidates":[{"content":{"parts":[{"text":"."}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":210,"candidatesTokenCount":12,"totalTokenCount":222},"modelVersion":"gemini-2.5-flash","responseId":"mZ2aaIfLBoGnz7IPxqXQ6A4"}`
)

// agent is a request with ten tools of six properties each and a history of four calls.
func agent() string {
	var b strings.Builder
	b.WriteString(`{"model":"gpt-4o","messages":[{"role":"system","content":"You are an agent."},{"role":"user","content":"Do it."}`)
	for range 4 {
		b.WriteString(`,{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"tool_a","arguments":"{\"path\":\"x\"}"}}]},{"role":"tool","tool_call_id":"call_1","content":"done"}`)
	}
	b.WriteString(`],"tools":[`)
	for i := range 10 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"type":"function","function":{"name":"tool_` + string(rune('a'+i)) + `","description":"does it","parameters":{"type":"object","properties":{`)
		for j := range 6 {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"p` + string(rune('a'+j)) + `":{"type":"string","description":"a parameter of the tool"}`)
		}
		b.WriteString(`},"required":["pa"],"additionalProperties":false}}}`)
	}
	return b.String() + `]}`
}

func TestHostCalls(t *testing.T) {
	withUsage := strings.Replace(kilobyte, `"model"`, `"stream":true,"stream_options":{"include_usage":true},"model"`, 1)
	tests := []struct {
		name   string
		before func(p *longmentest.Plugin)
		run    func(p *longmentest.Plugin) longmentest.Result
		want   int
	}{
		{"request of 1 KB", nil, func(p *longmentest.Plugin) longmentest.Result { return p.Request(kilobyte) }, 35},
		{"answer", func(p *longmentest.Plugin) { p.Request(kilobyte) }, func(p *longmentest.Plugin) longmentest.Result { return p.Response(kilobyteAnswer) }, 30},
		{"first delta", func(p *longmentest.Plugin) { p.Request(kilobyte) }, func(p *longmentest.Plugin) longmentest.Result { return p.Event(delta) }, 25},
		{"delta", func(p *longmentest.Plugin) { p.Request(kilobyte); p.Event(delta) }, func(p *longmentest.Plugin) longmentest.Result { return p.Event(delta) }, 14},
		{"delta of a stream with usage", func(p *longmentest.Plugin) { p.Request(withUsage); p.Event(delta) }, func(p *longmentest.Plugin) longmentest.Result { return p.Event(delta) }, 18},
		{"last delta", func(p *longmentest.Plugin) { p.Request(kilobyte); p.Event(delta) }, func(p *longmentest.Plugin) longmentest.Result { return p.Event(lastDelta) }, 18},
		{"end", func(p *longmentest.Plugin) { p.Request(kilobyte); p.Event(lastDelta) }, func(p *longmentest.Plugin) longmentest.Result { return p.EndOfStream() }, 5},
		{"agent's first request", nil, func(p *longmentest.Plugin) longmentest.Result { return p.Request(agent()) }, 352},
		{"agent's next request", func(p *longmentest.Plugin) { p.Request(agent()) }, func(p *longmentest.Plugin) longmentest.Result { return p.Request(agent()) }, 328},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := toGemini.Open(t, "")
			if test.before != nil {
				test.before(p)
			}
			var r longmentest.Result
			got := p.HostCalls(func() { r = test.run(p) })
			if r.Err != nil || r.Rejection != nil {
				t.Fatalf("%v %v", r.Err, r.Rejection)
			}
			if longmentest.Native() && got != test.want { // a built plugin's calls are not counted
				t.Errorf("%d calls into the gateway, want %d", got, test.want)
			}
		})
	}
}

// The benchmarks run the plugin natively: they show what it allocates, not what the sandbox costs.

func BenchmarkRequest(b *testing.B) { benchmarkRequest(b, kilobyte) }
func BenchmarkAgent(b *testing.B)   { benchmarkRequest(b, agent()) }

func benchmarkRequest(b *testing.B, client string) {
	p := toGemini.Open(b, "")
	b.ReportAllocs()
	for b.Loop() {
		p.Request(client)
	}
}

func BenchmarkDelta(b *testing.B) {
	p := toGemini.Open(b, "")
	p.Request(kilobyte)
	b.ReportAllocs()
	for b.Loop() {
		p.Event(delta)
	}
}
