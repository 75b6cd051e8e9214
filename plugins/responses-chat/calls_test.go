package responseschat

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// A call into the gateway costs a guest some 70 ns, and there is little else that a codec does: the
// number of calls is the plugin's cost on any machine. The numbers below are what it takes today; a
// change that takes fewer lowers them.

var (
	// kilobyte is a request of 1 KB, in either dialect.
	kilobyte     = `{"model":"gpt-4o","instructions":"` + strings.Repeat("Be brief. ", 40) + `","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"` + strings.Repeat("What is it? ", 40) + `"}]}],"temperature":0.7,"max_output_tokens":256,"stream":true}`
	kilobyteChat = `{"model":"gpt-4o","messages":[{"role":"system","content":"` + strings.Repeat("Be brief. ", 40) + `"},{"role":"user","content":"` + strings.Repeat("What is it? ", 40) + `"}],"temperature":0.7,"max_tokens":256,"stream":true}`
)

const (
	chatAnswer = `{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"Twelve words of an answer that a model could give to this."},"finish_reason":"stop"}],"usage":{"prompt_tokens":210,"completion_tokens":12,"total_tokens":222,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}`
	chatDelta  = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"delta":{"content":"three more words"},"finish_reason":null}],"usage":null}`
	chatLast   = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}`
	callStart  = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]},"finish_reason":null}],"usage":null}`
	callDelta  = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]},"finish_reason":null}],"usage":null}`

	responsesAnswer = `{"id":"resp_1","object":"response","created_at":1700000000,"model":"gpt-5","status":"completed","output":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Twelve words of an answer that a model could give to this.","annotations":[],"logprobs":[]}]}],"usage":{"input_tokens":210,"output_tokens":12,"total_tokens":222,"input_tokens_details":{"cached_tokens":0},"output_tokens_details":{"reasoning_tokens":0}}}`
	created         = `{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1700000000,"model":"gpt-5","status":"in_progress","output":[]}}`
	responsesDelta  = `{"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"three more words","logprobs":[],"obfuscation":"abcdef"}`
)

func TestHostCalls(t *testing.T) {
	type step = func(p *longmentest.Plugin) longmentest.Result
	request := func(text string) step {
		return func(p *longmentest.Plugin) longmentest.Result { return p.Request(text) }
	}
	event := func(text string) step {
		return func(p *longmentest.Plugin) longmentest.Result { return p.Event(text) }
	}
	answer := func(text string) step {
		return func(p *longmentest.Plugin) longmentest.Result { return p.Response(text) }
	}
	end := func(p *longmentest.Plugin) longmentest.Result { return p.EndOfStream() }
	tests := []struct {
		name   string
		codec  *codectest.Codec
		before []step
		run    step
		want   int
	}{
		{"request of 1 KB", &toChatCodec, nil, request(kilobyte), 54},
		{"answer", &toChatCodec, []step{request(kilobyte)}, answer(chatAnswer), 38},
		{"first delta", &toChatCodec, []step{request(kilobyte)}, event(chatDelta), 41},
		{"delta", &toChatCodec, []step{request(kilobyte), event(chatDelta)}, event(chatDelta), 12},
		{"first delta of a call", &toChatCodec, []step{request(kilobyte), event(chatDelta)}, event(callStart), 73},
		{"delta of a call", &toChatCodec, []step{request(kilobyte), event(callStart)}, event(callDelta), 16},
		{"last delta", &toChatCodec, []step{request(kilobyte), event(chatDelta)}, event(chatLast), 11},
		{"end", &toChatCodec, []step{request(kilobyte), event(chatDelta), event(chatLast)}, end, 40},
		{"chat request of 1 KB", &toResponsesCodec, nil, request(kilobyteChat), 35},
		{"answer of the Responses API", &toResponsesCodec, []step{request(kilobyteChat)}, answer(responsesAnswer), 33},
		{"first delta of the Responses API", &toResponsesCodec, []step{request(kilobyteChat), event(created)}, event(responsesDelta), 14},
		{"delta of the Responses API", &toResponsesCodec, []step{request(kilobyteChat), event(created), event(responsesDelta)}, event(responsesDelta), 11},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := test.codec.Open(t, "")
			for _, f := range test.before {
				f(p)
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

func BenchmarkRequest(b *testing.B) {
	p := toChatCodec.Open(b, "")
	b.ReportAllocs()
	for b.Loop() {
		p.Request(kilobyte)
	}
}

func BenchmarkDelta(b *testing.B) {
	p := toChatCodec.Open(b, "")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%1000 == 0 {
			p.Request(kilobyte)
		}
		p.Event(chatDelta)
	}
}

func BenchmarkDeltaOfResponses(b *testing.B) {
	p := toResponsesCodec.Open(b, "")
	p.Request(kilobyteChat)
	b.ReportAllocs()
	for b.Loop() {
		p.Event(responsesDelta)
	}
}
