package openaiollama

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// A call into the gateway costs a guest some 70 ns, and there is little else that a codec does: the
// number of calls is the plugin's cost on any machine. The numbers below are what it takes today; a
// change that takes fewer lowers them.

// kilobyte is a chat request of 1 KB.
var kilobyte = `{"model":"gpt-4o","messages":[{"role":"system","content":"` + strings.Repeat("Be brief. ", 40) + `"},{"role":"user","content":"` + strings.Repeat("What is it? ", 40) + `"}],"temperature":0.7,"max_tokens":256}`

const (
	wholeLine = `{"model":"llama3.2","created_at":"2026-11-20T14:00:00.123Z","message":{"role":"assistant","content":"Twelve words of an answer that a model could give to this."},"done":true,"done_reason":"stop","total_duration":5000,"load_duration":1000,"prompt_eval_count":11,"prompt_eval_duration":2000,"eval_count":3,"eval_duration":2000}`
	oneLine   = `{"model":"llama3.2","created_at":"2026-11-20T14:00:00.123Z","message":{"role":"assistant","content":"three more words"},"done":false}`
	wholeChat = `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-5","choices":[{"index":0,"message":{"role":"assistant","content":"Twelve words of an answer that a model could give to this.","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":3,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":0}}}`
	oneChunk  = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5","system_fingerprint":"fp","choices":[{"index":0,"delta":{"content":"three more words"},"logprobs":null,"finish_reason":null}]}`
	onePiece  = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]},"finish_reason":null}]}`
	firstCall = `{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"f","arguments":""}}]},"finish_reason":null}]}`
)

// agent is a request with ten tools of six properties each and a history of four calls.
func agent(call, result string) string {
	var b strings.Builder
	b.WriteString(`{"model":"gpt-4o","messages":[{"role":"system","content":"You are an agent."},{"role":"user","content":"Do it."}`)
	for range 4 {
		b.WriteString(`,{"role":"assistant","content":"","tool_calls":[` + call + `]},` + result)
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
	openAIAgent := agent(`{"id":"call_1","type":"function","function":{"name":"tool_a","arguments":"{\"path\":\"x\"}"}}`, `{"role":"tool","tool_call_id":"call_1","content":"done"}`)
	ollamaAgent := agent(`{"function":{"name":"tool_a","arguments":{"path":"x"}}}`, `{"role":"tool","tool_name":"tool_a","content":"done"}`)
	ollama := `{"model":"llama3.2","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"What is it?"}],"options":{"temperature":0.7,"num_predict":256,"num_ctx":8192},"stream":true}`
	request := func(client string) func(p *longmentest.Plugin) longmentest.Result {
		return func(p *longmentest.Plugin) longmentest.Result { return p.Request(client) }
	}
	answer := func(text string) func(p *longmentest.Plugin) longmentest.Result {
		return func(p *longmentest.Plugin) longmentest.Result { return p.Response(text) }
	}
	event := func(text string) func(p *longmentest.Plugin) longmentest.Result {
		return func(p *longmentest.Plugin) longmentest.Result { return p.Event(text) }
	}
	tests := []struct {
		name   string
		codec  *codectest.Codec
		before []string // events, after the codec's request
		run    func(p *longmentest.Plugin) longmentest.Result
		want   int
	}{
		{"request of 1 KB", &toOllama, nil, request(kilobyte), 25},
		{"agent's request", &toOllama, nil, request(openAIAgent), 138},
		{"answer", &toOllama, nil, answer(wholeLine), 21},
		{"first line", &toOllama, nil, event(oneLine), 17},
		{"line", &toOllama, []string{oneLine}, event(oneLine), 10},
		{"last line", &toOllama, []string{oneLine}, event(wholeLine), 14},
		{"request of ollama's", &toOpenAI, nil, request(ollama), 33},
		{"agent's request of ollama's", &toOpenAI, nil, request(ollamaAgent), 150},
		{"answer to ollama's", &toOpenAI, nil, answer(wholeChat), 20},
		{"first chunk", &toOpenAI, nil, event(oneChunk), 14},
		{"chunk", &toOpenAI, []string{oneChunk}, event(oneChunk), 12},
		{"piece of a call", &toOpenAI, []string{oneChunk, firstCall}, event(onePiece), 25},
		{"request for a completion", &completions, nil, request(completions.Request), 22},
		{"chunk of a completion", &completions, []string{oneChunk}, event(oneChunk), 16},
		{"request for a completion of ollama's", &generated, nil, request(generated.Request), 17},
		{"line of a completion", &generated, []string{`{"model":"m","response":"a","done":false}`}, event(`{"model":"m","created_at":"2026-11-20T14:00:00Z","response":"three more words","done":false}`), 9},
		{"request for ten embeddings", &embed, nil, request(`{"input":[` + repeat(10, func(int) string { return `"a"` }) + `],"encoding_format":"base64"}`), 24},
		{"ten embeddings", &embed, nil, answer(`{"embeddings":[` + repeat(10, func(int) string { return `[` + repeat(768, func(int) string { return "0.0123" }) + `]` }) + `]}`), 57},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := test.codec.Open(t, "")
			p.Request(test.codec.Request)
			p.Event(test.before...)
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

func BenchmarkRequest(b *testing.B) {
	p := toOllama.Open(b, "")
	b.ReportAllocs()
	for b.Loop() {
		p.Request(kilobyte)
	}
}

func BenchmarkLine(b *testing.B)  { benchmarkEvent(b, &toOllama, oneLine) }
func BenchmarkChunk(b *testing.B) { benchmarkEvent(b, &toOpenAI, oneChunk) }

func benchmarkEvent(b *testing.B, c *codectest.Codec, event string) {
	p := c.Open(b, "")
	p.Request(c.Request)
	p.Event(event)
	b.ReportAllocs()
	for b.Loop() {
		p.Event(event)
	}
}
