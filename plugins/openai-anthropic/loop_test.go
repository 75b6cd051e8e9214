package openaianthropic

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// An agent's loop: a request, an answer that calls a tool, and the request with the tool's result, which
// has to carry back what the provider signed.

const (
	loopTools    = `"tools":[{"type":"function","function":{"name":"f"}}],"reasoning_effort":"low"`
	loopThinking = `{"type":"thinking","thinking":"h\u00e9","signature":"EqQB+/="}`
	loopRedacted = `{"type":"redacted_thinking","data":"xyz"}`
	loopAnswer   = `{"id":"msg_1","model":"claude","content":[` + loopThinking + `,` + loopRedacted + `,{"type":"text","text":"Let me see."},{"type":"tool_use","id":"toolu_1","name":"f","input":{}},{"type":"tool_use","id":"toolu_2","name":"f","input":{}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":2}}`
)

var loopEvents = []string{
	`{"type":"message_start","message":{"id":"msg_1","model":"claude","usage":{"input_tokens":1}}}`,
	`{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
	`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"h"}}`,
	`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"\u00e9"}}`,
	`{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB+/="}}`,
	`{"type":"content_block_stop","index":0}`,
	`{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"xyz"}}`,
	`{"type":"content_block_stop","index":1}`,
	`{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}`,
	`{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Let me see."}}`,
	`{"type":"content_block_stop","index":2}`,
	`{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}`,
	`{"type":"content_block_stop","index":3}`,
	`{"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"toolu_2","name":"f","input":{}}}`,
	`{"type":"content_block_stop","index":4}`,
	`{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":2}}`,
	`{"type":"message_stop"}`,
}

// answered is the assistant message that a client of OpenAI's makes of an answer or of a stream.
func answered(t *testing.T, p *longmentest.Plugin, streamed bool) map[string]any {
	t.Helper()
	if !streamed {
		r := p.Response(loopAnswer)
		var body struct {
			Choices []struct{ Message map[string]any }
		}
		if err := json.Unmarshal([]byte(r.JSON), &body); err != nil || r.Err != nil {
			t.Fatalf("%v %v", err, r.Err)
		}
		return body.Choices[0].Message
	}
	h := readChunks(t, append(feed(t, p.Exchange, loopEvents), endOf(t, p.Exchange)...), true)
	m := map[string]any{"role": "assistant", "content": h.Content, "reasoning_content": h.Reasoning}
	var calls []any
	for _, c := range h.Calls {
		part := strings.SplitN(c, " ", 3)
		calls = append(calls, map[string]any{"id": part[0], "type": "function", "function": map[string]any{"name": part[1], "arguments": part[2]}})
	}
	m["tool_calls"] = calls
	var blocks []any
	for _, b := range h.Thinking {
		blocks = append(blocks, json.RawMessage(b))
	}
	if blocks != nil {
		m["thinking_blocks"] = blocks
	}
	return m
}

// TestThinkingSurvives runs the loop with clients that keep what they do not know and with clients that
// drop it.
func TestThinkingSurvives(t *testing.T) {
	tests := []struct {
		name, set   string
		streamed    bool
		drops       bool   // the client drops what it does not know
		key, second string // key.id of the first and of the second request
		later       int64  // milliseconds between them
		survives    bool
		shown       bool
	}{
		{name: "kept by the client", survives: true, shown: true},
		{name: "kept by the client, streamed", streamed: true, survives: true, shown: true},
		{name: "dropped", drops: true, survives: true, shown: true},
		{name: "dropped, streamed", streamed: true, drops: true, survives: true, shown: true},
		{name: "never shown", set: `config {"signature_carrier":"store"}`, survives: true},
		{name: "never shown, streamed", set: `config {"signature_carrier":"store"}`, streamed: true, survives: true},
		{name: "of another caller", drops: true, shown: true, key: "k1", second: "k2"},
		{name: "of the same caller", drops: true, shown: true, key: "k1", second: "k1", survives: true},
		{name: "too late", drops: true, shown: true, later: 24*3600*1000 + 1},
		{name: "in time", drops: true, shown: true, later: 24*3600*1000 - 1, survives: true},
		{name: "too late as configured", set: `config {"signature_ttl":"10m"}`, drops: true, shown: true, later: 601_000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := toAnthropic.Open(t, test.set)
			p.Attributes["key.id"] = test.key
			p.Request(`{"messages":[{"role":"user","content":"hi"}],` + loopTools + `}`)
			m := answered(t, p, test.streamed)
			if _, shown := m["thinking_blocks"]; shown != test.shown {
				t.Errorf("thinking_blocks shown: %v, want %v", shown, test.shown)
			}
			if test.drops {
				delete(m, "thinking_blocks")
				delete(m, "reasoning_content")
			}
			text, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			p.Now += test.later
			x := codectest.NewExchange(p)
			x.Attributes["key.id"] = test.second
			r := x.Request(`{"messages":[{"role":"user","content":"hi"},` + string(text) + `,{"role":"tool","tool_call_id":"toolu_1","content":"ok"},{"role":"tool","tool_call_id":"toolu_2","content":"ok"}],` + loopTools + `}`)
			if r.Err != nil || r.Rejection != nil {
				t.Fatalf("%v %+v", r.Err, r.Rejection)
			}
			var body struct {
				Thinking *struct{ Type string }
				Messages []struct {
					Role    string
					Content json.RawMessage
				}
			}
			if err := json.Unmarshal([]byte(r.JSON), &body); err != nil {
				t.Fatal(err)
			}
			var blocks []struct{ Type, Thinking, Signature, Data string }
			json.Unmarshal(body.Messages[1].Content, &blocks)
			thought := len(blocks) == 5 && blocks[0].Thinking == "h\u00e9" && blocks[0].Signature == "EqQB+/=" && blocks[1].Data == "xyz" && blocks[2].Type == "text" && blocks[3].Type == "tool_use"
			if thought != test.survives || (body.Thinking != nil) != test.survives {
				t.Errorf("survives: %v, want %v\n%s", thought, test.survives, r.JSON)
			}
			if warned := len(x.Warnings) > 0; warned == test.survives {
				t.Errorf("warnings %q", x.Warnings)
			}
		})
	}
}

// TestCallsWithoutThinking: a Claude with adaptive thinking may call a tool without having thought, which is not
// a thought that was lost.
func TestCallsWithoutThinking(t *testing.T) {
	const (
		request = `{"messages":[{"role":"user","content":"hi"}],` + loopTools + `}`
		next    = `{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"toolu_1","content":"ok"}],` + loopTools + `}`
		answer  = `{"id":"msg_1","model":"claude","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{}}],"stop_reason":"tool_use"}`
	)
	events := []string{
		loopEvents[0],
		`{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}`,
		`{"type":"content_block_stop","index":0}`,
		`{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":2}}`,
		`{"type":"message_stop"}`,
	}
	for _, test := range []struct {
		name, set string
		first     func(p *longmentest.Plugin)
		thinks    bool
	}{
		{"whole", "model claude-opus-4-7", func(p *longmentest.Plugin) { p.Request(request); p.Response(answer) }, true},
		{"streamed", "model claude-opus-4-7", func(p *longmentest.Plugin) { play(t, p, request, events) }, true},
		{"of another gateway", "model claude-opus-4-7", func(*longmentest.Plugin) {}, false},
		{"with a budget", "model claude-sonnet-4-5", func(p *longmentest.Plugin) { p.Request(request); p.Response(answer) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := toAnthropic.Open(t, test.set)
			test.first(p)
			x := codectest.NewExchange(p)
			r := x.Request(next)
			if got := strings.Contains(r.JSON, `"thinking":{`); got != test.thinks || len(x.Warnings) > 0 == test.thinks {
				t.Errorf("thinks: %v, want %v; warnings %q\n%s", got, test.thinks, x.Warnings, r.JSON)
			}
		})
	}
}

// TestGoogleSignatureSurvives runs the loop of a client of Anthropic's with Gemini behind the hub.
func TestGoogleSignatureSurvives(t *testing.T) {
	const (
		request = `{"max_tokens":100,"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"f"}]}`
		whole   = `{"id":"chatcmpl-1","choices":[{"index":0,"message":{"role":"assistant","content":"Let me see.","reasoning_content":"hm","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"CiQB+/="}}},{"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`
		spoken  = `{"id":"chatcmpl-1","choices":[{"index":0,"message":{"role":"assistant","content":"Hello.","extra_content":{"google":{"thought_signature":"CiQB+/="}}},"finish_reason":"stop"}]}`
	)
	events := []string{
		`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}`,
		`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}`,
		`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"Let me see."}}]}`,
		`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"CiQB+/="}}}]}}]}`,
		`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]}}]}`,
		`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`,
	}
	hub := "upstream.dialect gemini.generate"
	next := func(t *testing.T, p *longmentest.Plugin, content []map[string]any, results string) string {
		t.Helper()
		text, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		r := codectest.NewExchange(p).Request(`{"max_tokens":100,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":` + string(text) + `},{"role":"user","content":` + results + `}],"tools":[{"name":"f"}]}`)
		if r.Err != nil || r.Rejection != nil {
			t.Fatalf("%v %+v", r.Err, r.Rejection)
		}
		return r.JSON
	}
	const (
		results = `[{"type":"tool_result","tool_use_id":"c1","content":"ok"},{"type":"tool_result","tool_use_id":"c2","content":"ok"}]`
		onCall  = `"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"CiQB+/="}}},{"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]`
	)
	read := func(t *testing.T, text string) (content []map[string]any) {
		t.Helper()
		var body struct{ Content []map[string]any }
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			t.Fatal(err)
		}
		return body.Content
	}
	t.Run("whole", func(t *testing.T) {
		p := toOpenAI.Open(t, hub)
		p.Request(request)
		if got := next(t, p, read(t, p.Response(whole).JSON), results); !strings.Contains(got, onCall) {
			t.Errorf("got %s\nwant %s", got, onCall)
		}
	})
	t.Run("text", func(t *testing.T) {
		p := toOpenAI.Open(t, hub)
		p.Request(request)
		const want = `"content":"Hello.","extra_content":{"google":{"thought_signature":"CiQB+/="}}`
		if got := next(t, p, read(t, p.Response(spoken).JSON), `"more"`); !strings.Contains(got, want) {
			t.Errorf("got %s\nwant %s", got, want)
		}
	})
	t.Run("streamed", func(t *testing.T) {
		p := toOpenAI.Open(t, hub)
		var content []map[string]any
		for _, b := range readEvents(t, play(t, p, request, events), true).Blocks {
			block := map[string]any{"type": b.Type}
			switch b.Type {
			case "text":
				block["text"] = b.Text
			case "thinking":
				block["thinking"], block["signature"] = b.Text, b.Signature
			case "tool_use":
				block["id"], block["name"], block["input"] = b.ID, b.Name, json.RawMessage(b.Input)
			}
			content = append(content, block)
		}
		if got := next(t, p, content, results); !strings.Contains(got, onCall) || !strings.Contains(got, `"content":"Let me see."`) {
			t.Errorf("got %s\nwant %s", got, onCall)
		}
	})
}
