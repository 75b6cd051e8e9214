package openaigemini

import (
	"math"
	"strconv"
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
		{"request of 1 KB", nil, func(p *longmentest.Plugin) longmentest.Result { return p.Request(kilobyte) }, 34},
		{"answer", func(p *longmentest.Plugin) { p.Request(kilobyte) }, func(p *longmentest.Plugin) longmentest.Result { return p.Response(kilobyteAnswer) }, 29},
		{"first delta", func(p *longmentest.Plugin) { p.Request(kilobyte) }, func(p *longmentest.Plugin) longmentest.Result { return p.Event(delta) }, 22},
		{"delta", func(p *longmentest.Plugin) { p.Request(kilobyte); p.Event(delta) }, func(p *longmentest.Plugin) longmentest.Result { return p.Event(delta) }, 13},
		{"delta of a stream with usage", func(p *longmentest.Plugin) { p.Request(withUsage); p.Event(delta) }, func(p *longmentest.Plugin) longmentest.Result { return p.Event(delta) }, 16},
		{"last delta", func(p *longmentest.Plugin) { p.Request(kilobyte); p.Event(delta) }, func(p *longmentest.Plugin) longmentest.Result { return p.Event(lastDelta) }, 17},
		{"end", func(p *longmentest.Plugin) { p.Request(kilobyte); p.Event(lastDelta) }, func(p *longmentest.Plugin) longmentest.Result { return p.EndOfStream() }, 5},
		{"agent's first request", nil, func(p *longmentest.Plugin) longmentest.Result { return p.Request(agent()) }, 351},
		{"agent's next request", func(p *longmentest.Plugin) { p.Request(agent()) }, func(p *longmentest.Plugin) longmentest.Result { return p.Request(agent()) }, 327},
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

// generateKilobyte is a request of Gemini's of 1 KB.
var generateKilobyte = `{"systemInstruction":{"parts":[{"text":"` + strings.Repeat("Be brief. ", 40) + `"}]},"contents":[{"role":"user","parts":[{"text":"` + strings.Repeat("What is it? ", 40) + `"}]}],"generationConfig":{"temperature":0.7,"maxOutputTokens":256}}`

const (
	chatAnswer = `{"id":"chatcmpl-B1","object":"chat.completion","created":1750000000,"model":"gpt-5-2025-08-07","choices":[{"index":0,"message":{"role":"assistant","content":"Twelve words of an answer that a model could give to this.","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":210,"completion_tokens":12,"total_tokens":222,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}},"service_tier":"default","system_fingerprint":null}`
	chatDelta  = `{"id":"chatcmpl-B1","object":"chat.completion.chunk","created":1750000000,"model":"gpt-5-2025-08-07","service_tier":"default","system_fingerprint":null,"choices":[{"index":0,"delta":{"content":"three more words"},"logprobs":null,"finish_reason":null}],"usage":null}`
	chatPiece  = `{"id":"chatcmpl-B1","object":"chat.completion.chunk","created":1750000000,"model":"gpt-5-2025-08-07","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"path\""}}]},"logprobs":null,"finish_reason":null}]}`
	chatCall   = `{"id":"chatcmpl-B1","object":"chat.completion.chunk","created":1750000000,"model":"gpt-5-2025-08-07","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]},"logprobs":null,"finish_reason":null}]}`
	chatFinish = `{"id":"chatcmpl-B1","object":"chat.completion.chunk","created":1750000000,"model":"gpt-5-2025-08-07","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}`
)

// generateAgent is Gemini CLI's request: ten tools of six properties each, a history of four calls.
func generateAgent() string {
	var b strings.Builder
	b.WriteString(`{"systemInstruction":{"parts":[{"text":"You are an agent."}]},"contents":[{"role":"user","parts":[{"text":"Do it."}]}`)
	for i := range 4 {
		id := strconv.Itoa(i)
		b.WriteString(`,{"role":"model","parts":[{"functionCall":{"id":"c` + id + `","name":"tool_a","args":{"path":"x"}},"thoughtSignature":"c2ln"}]},{"role":"user","parts":[{"functionResponse":{"id":"c` + id + `","name":"tool_a","response":{"output":"done"}}}]}`)
	}
	b.WriteString(`],"tools":[{"functionDeclarations":[`)
	for i := range 10 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"name":"tool_` + string(rune('a'+i)) + `","description":"does it","parametersJsonSchema":{"type":"object","properties":{`)
		for j := range 6 {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"p` + string(rune('a'+j)) + `":{"type":"string","description":"a parameter of the tool"}`)
		}
		b.WriteString(`},"required":["pa"]}}`)
	}
	return b.String() + `]}],"generationConfig":{"temperature":1,"topP":0.95,"thinkingConfig":{"includeThoughts":true}}}`
}

func TestToOpenAIHostCalls(t *testing.T) {
	ask := func(p *longmentest.Plugin) { p.Request(generateKilobyte) }
	tests := []struct {
		name   string
		before func(p *longmentest.Plugin)
		run    func(p *longmentest.Plugin) longmentest.Result
		want   int
	}{
		{"request of 1 KB", nil, func(p *longmentest.Plugin) longmentest.Result { return p.Request(generateKilobyte) }, 50},
		{"answer", ask, func(p *longmentest.Plugin) longmentest.Result { return p.Response(chatAnswer) }, 36},
		{"first delta", ask, func(p *longmentest.Plugin) longmentest.Result { return p.Event(chatDelta) }, 21},
		{"delta", func(p *longmentest.Plugin) { ask(p); p.Event(chatDelta) }, func(p *longmentest.Plugin) longmentest.Result { return p.Event(chatDelta) }, 16},
		{"piece of a call", func(p *longmentest.Plugin) { ask(p); p.Event(chatCall) }, func(p *longmentest.Plugin) longmentest.Result { return p.Event(chatPiece) }, 19},
		{"end", func(p *longmentest.Plugin) { ask(p); p.Event(chatDelta, chatFinish) }, func(p *longmentest.Plugin) longmentest.Result { return p.EndOfStream() }, 23},
		{"agent's request", nil, func(p *longmentest.Plugin) longmentest.Result { return p.Request(generateAgent()) }, 321},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := toOpenAI.Open(t, "")
			if test.before != nil {
				test.before(p)
			}
			var r longmentest.Result
			got := p.HostCalls(func() { r = test.run(p) })
			if r.Err != nil || r.Rejection != nil {
				t.Fatalf("%v %v", r.Err, r.Rejection)
			}
			if longmentest.Native() && got != test.want {
				t.Errorf("%d calls into the gateway, want %d", got, test.want)
			}
		})
	}
}

// The benchmarks run the plugin natively, where they show what it allocates, or, with LONGMEN_WASM, in the
// sandbox, with what that costs.

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

func BenchmarkAnswer(b *testing.B) {
	p := toGemini.Open(b, "")
	p.Request(kilobyte)
	b.ReportAllocs()
	for b.Loop() {
		p.Response(kilobyteAnswer)
	}
}

// BenchmarkVectors makes base64 of a full batch: 100 vectors of 3072 numbers.
func BenchmarkVectors(b *testing.B) {
	request, answer := batch(100, 3072)
	p := embeddings.Open(b, "")
	p.Request(request)
	b.ReportAllocs()
	for b.Loop() {
		if r := p.Response(answer); r.Err != nil || r.Rejection != nil {
			b.Fatal(r.Err, r.Rejection)
		}
	}
}

// batch is a request for base64 of n texts and its answer.
func batch(n, dimensions int) (request, answer string) {
	one := make([]string, dimensions)
	for i := range one {
		one[i] = strconv.FormatFloat(math.Sin(float64(i))/50, 'g', 8, 64)
	}
	vector := `{"values":[` + strings.Join(one, ",") + `]}`
	return `{"model":"m","encoding_format":"base64","input":["a"` + strings.Repeat(`,"a"`, n-1) + `]}`,
		`{"embeddings":[` + vector + strings.Repeat(","+vector, n-1) + `]}`
}
