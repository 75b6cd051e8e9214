package openaianthropic

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// A call into the gateway costs a guest some 70 ns, and there is little else that a codec does: the
// number of calls is the plugin's cost on any machine. The numbers below are what it takes today; a
// change that takes fewer lowers them.

// Requests of 1 KB, and what their answers are made of.
var (
	chatKilobyte     = `{"model":"gpt-4o","messages":[{"role":"system","content":"` + strings.Repeat("Be brief. ", 40) + `"},{"role":"user","content":"` + strings.Repeat("What is it? ", 40) + `"}],"temperature":0.7,"max_tokens":256}`
	messagesKilobyte = `{"model":"claude-sonnet-4-5","system":"` + strings.Repeat("Be brief. ", 40) + `","messages":[{"role":"user","content":"` + strings.Repeat("What is it? ", 40) + `"}],"temperature":0.7,"max_tokens":256}`
)

const (
	claudeAnswer = `{"id":"msg_01","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[{"type":"text","text":"Twelve words of an answer that a model could give to this."}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":210,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":12}}`
	claudeStart  = `{"type":"message_start","message":{"id":"msg_01","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":210,"output_tokens":1}}}`
	claudeBlock  = `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`
	claudeDelta  = `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"three more words"}}`
	claudeCall   = `{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}`
	claudeJSON   = `{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"path\": "}}`
	claudeHead   = `{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}`
	claudeThink  = `{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"three more words"}}`

	gptAnswer = `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-5.2-2025-12-11","choices":[{"index":0,"message":{"role":"assistant","content":"Twelve words of an answer that a model could give to this.","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":210,"completion_tokens":12,"total_tokens":222,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}`
	gptStart  = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5.2-2025-12-11","service_tier":"default","system_fingerprint":null,"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"x"}`
	gptDelta  = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5.2-2025-12-11","service_tier":"default","system_fingerprint":null,"choices":[{"index":0,"delta":{"content":"three more words"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"x"}`
	gptCall   = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5.2-2025-12-11","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]},"logprobs":null,"finish_reason":null}],"usage":null}`
	gptJSON   = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5.2-2025-12-11","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"path\": "}}]},"logprobs":null,"finish_reason":null}],"usage":null}`
	gptFinish = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5.2-2025-12-11","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}`
	gptUsage  = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5.2-2025-12-11","choices":[],"usage":{"prompt_tokens":210,"completion_tokens":12,"total_tokens":222}}`
)

// agents are requests with ten tools of six properties each and a history of four calls.
func chatAgent() string {
	var b strings.Builder
	b.WriteString(`{"model":"gpt-4o","messages":[{"role":"system","content":"You are an agent."},{"role":"user","content":"Do it."}`)
	for i := range 4 {
		id := "call_" + string(rune('a'+i))
		b.WriteString(`,{"role":"assistant","content":null,"tool_calls":[{"id":"` + id + `","type":"function","function":{"name":"tool_a","arguments":"{\"path\":\"x\"}"}}]},{"role":"tool","tool_call_id":"` + id + `","content":"done"}`)
	}
	b.WriteString(`],"tools":[`)
	for i := range 10 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"type":"function","function":{"name":"tool_` + string(rune('a'+i)) + `","description":"does it","parameters":` + parameters + `}}`)
	}
	return b.String() + `]}`
}

func messagesAgent() string {
	var b strings.Builder
	b.WriteString(`{"model":"claude","max_tokens":32000,"system":[{"type":"text","text":"You are an agent.","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"Do it."}]}`)
	for i := range 4 {
		id := "toolu_" + string(rune('a'+i))
		b.WriteString(`,{"role":"assistant","content":[{"type":"tool_use","id":"` + id + `","name":"tool_a","input":{"path":"x"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"` + id + `","content":"done"}]}`)
	}
	b.WriteString(`],"tools":[`)
	for i := range 10 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"name":"tool_` + string(rune('a'+i)) + `","description":"does it","input_schema":` + parameters + `}`)
	}
	return b.String() + `]}`
}

var parameters = `{"type":"object","properties":{` + strings.TrimSuffix(strings.Repeat(`"p":{"type":"string","description":"a parameter of the tool"},`, 6), ",") + `},"required":["p"],"additionalProperties":false}`

func TestHostCalls(t *testing.T) {
	type hook = func(p *longmentest.Plugin) longmentest.Result
	request := func(text string) hook {
		return func(p *longmentest.Plugin) longmentest.Result { return p.Request(text) }
	}
	answer := func(text string) hook {
		return func(p *longmentest.Plugin) longmentest.Result { return p.Response(text) }
	}
	event := func(text string) hook {
		return func(p *longmentest.Plugin) longmentest.Result { return p.NamedEvent(codectest.SplitEvent(text)) }
	}
	tests := []struct {
		name   string
		codec  *codectest.Codec
		before []hook
		run    hook
		want   int
	}{
		{"chat request of 1 KB", &toAnthropic, nil, request(chatKilobyte), 39},
		{"chat answer", &toAnthropic, []hook{request(chatKilobyte)}, answer(claudeAnswer), 23},
		{"chat start", &toAnthropic, []hook{request(chatKilobyte)}, event(claudeStart), 18},
		{"chat text block", &toAnthropic, []hook{request(chatKilobyte), event(claudeStart)}, event(claudeBlock), 12},
		{"chat text delta", &toAnthropic, []hook{request(chatKilobyte), event(claudeStart), event(claudeBlock)}, event(claudeDelta), 12},
		{"chat thinking delta", &toAnthropic, []hook{request(chatKilobyte), event(claudeStart), event(claudeHead), event(claudeThink)}, event(claudeThink), 20},
		{"chat call", &toAnthropic, []hook{request(chatKilobyte), event(claudeStart)}, event(claudeCall), 33},
		{"chat arguments delta", &toAnthropic, []hook{request(chatKilobyte), event(claudeStart), event(claudeCall), event(claudeJSON)}, event(claudeJSON), 12},
		{"chat end", &toAnthropic, []hook{request(chatKilobyte), event(claudeStart), event(`{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":12}}`)}, event(`{"type":"message_stop"}`), 14},
		{"chat agent's request", &toAnthropic, nil, request(chatAgent()), 305},

		{"messages request of 1 KB", &toOpenAI, nil, request(messagesKilobyte), 40},
		{"messages answer", &toOpenAI, []hook{request(messagesKilobyte)}, answer(gptAnswer), 26},
		{"messages start", &toOpenAI, []hook{request(messagesKilobyte)}, event(gptStart), 21},
		{"messages first text delta", &toOpenAI, []hook{request(messagesKilobyte), event(gptStart)}, event(gptDelta), 19},
		{"messages text delta", &toOpenAI, []hook{request(messagesKilobyte), event(gptStart), event(gptDelta)}, event(gptDelta), 14},
		{"messages call", &toOpenAI, []hook{request(messagesKilobyte), event(gptStart)}, event(gptCall), 33},
		{"messages arguments delta", &toOpenAI, []hook{request(messagesKilobyte), event(gptStart), event(gptCall)}, event(gptJSON), 21},
		{"messages finish", &toOpenAI, []hook{request(messagesKilobyte), event(gptStart), event(gptDelta)}, event(gptFinish), 14},
		{"messages usage", &toOpenAI, []hook{request(messagesKilobyte), event(gptStart), event(gptDelta), event(gptFinish)}, event(gptUsage), 20},
		{"messages agent's request", &toOpenAI, nil, request(messagesAgent()), 304},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := test.codec.Open(t, "")
			for _, before := range test.before {
				before(p)
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

// The benchmark runs the plugin natively: it shows what a delta allocates, the test's own share included, not
// what the sandbox costs.
func BenchmarkDelta(b *testing.B) {
	for _, way := range []struct {
		name   string
		codec  *codectest.Codec
		client string
		before []string
		delta  string
	}{
		{"chat", &toAnthropic, chatKilobyte, []string{claudeStart, claudeBlock}, claudeDelta},
		{"messages", &toOpenAI, messagesKilobyte, []string{gptStart, gptDelta}, gptDelta},
	} {
		b.Run(way.name, func(b *testing.B) {
			p := way.codec.Open(b, "")
			p.Request(way.client)
			feed(b, p.Exchange, way.before)
			b.ReportAllocs()
			for b.Loop() {
				p.Event(way.delta)
			}
		})
	}
}
