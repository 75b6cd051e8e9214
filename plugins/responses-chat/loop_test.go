package responseschat

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// message is the assistant's message of a chat request.
type chatTurn struct {
	Role       string
	Content    any
	Reasoning  string          `json:"reasoning_content"`
	Blocks     json.RawMessage `json:"thinking_blocks"`
	Extra      json.RawMessage `json:"extra_content"`
	ToolCallID string          `json:"tool_call_id"`
	ToolCalls  []struct {
		ID       string
		Function struct{ Name, Arguments string }
		Extra    json.RawMessage `json:"extra_content"`
	} `json:"tool_calls"`
}

// again sends what a client of the Responses API sends in its second turn: the output of the first, as it is,
// and the results of its calls.
func again(t *testing.T, p *longmentest.Plugin, set string, response string) []chatTurn {
	t.Helper()
	var r struct{ Output []json.RawMessage }
	if err := json.Unmarshal([]byte(response), &r); err != nil {
		t.Fatal(err)
	}
	input := []any{map[string]any{"role": "user", "content": "go"}}
	var results []any
	for _, raw := range r.Output {
		var item outItem
		json.Unmarshal(raw, &item)
		input = append(input, raw)
		if item.CallID != "" {
			results = append(results, map[string]any{"type": strings.Replace(item.Type, "_call", "_call_output", 1), "call_id": item.CallID, "output": "result of " + item.Name})
		}
	}
	body, err := json.Marshal(map[string]any{"model": "m", "store": false, "input": append(input, results...),
		"tools": json.RawMessage(`[{"type":"custom","name":"apply_patch"},{"type":"namespace","name":"n","tools":[{"type":"function","name":"f"}]}]`)})
	if err != nil {
		t.Fatal(err)
	}
	got := toChatCodec.Open(t, set).Request(string(body))
	if got.Err != nil || got.Rejection != nil {
		t.Fatalf("%v %+v", got.Err, got.Rejection)
	}
	var request struct{ Messages []chatTurn }
	if err := json.Unmarshal([]byte(got.JSON), &request); err != nil {
		t.Fatal(err)
	}
	return request.Messages
}

const (
	loopMessage = `{"role":"assistant","content":"I go.","reasoning_content":"hm","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s1"},{"type":"redacted_thinking","data":"d"}],"tool_calls":[{"id":"c1","type":"function","function":{"name":"n__f","arguments":"{\"a\":1}"},"extra_content":{"google":{"thought_signature":"s2"}}},{"id":"c2","type":"function","function":{"name":"apply_patch","arguments":"{\"input\":\"x\\ny\"}"}}]}`
	loopClient  = `{"model":"m","input":"go","tools":[{"type":"custom","name":"apply_patch"},{"type":"namespace","name":"n","tools":[{"type":"function","name":"f"}]}],"store":`
)

var loopEvents = []string{
	`{"created":1,"model":"m","choices":[{"delta":{"reasoning_content":"hm"}}]}`,
	`{"created":1,"model":"m","choices":[{"delta":{"thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s1"}]}}]}`,
	`{"created":1,"model":"m","choices":[{"delta":{"thinking_blocks":[{"type":"redacted_thinking","data":"d"}]}}]}`,
	`{"created":1,"model":"m","choices":[{"delta":{"content":"I go."}}]}`,
	`{"created":1,"model":"m","choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"n__f","arguments":"{\"a\":1}"},"extra_content":{"google":{"thought_signature":"s2"}}}]}}]}`,
	`{"created":1,"model":"m","choices":[{"delta":{"tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"apply_patch","arguments":"{\"input\":"}}]}}]}`,
	`{"created":1,"model":"m","choices":[{"delta":{"tool_calls":[{"index":1,"function":{"arguments":"\"x\\ny\"}"}}]},"finish_reason":"tool_calls"}]}`,
}

// TestToolLoop sends a tool's results back: with store false the provider gets its reasoning and signatures
// back where they were, else only the message; whole answers and streams alike.
func TestToolLoop(t *testing.T) {
	first := func(t *testing.T, store, set string, stream bool) []chatTurn {
		p := toChatCodec.Open(t, set)
		if r := p.Request(loopClient + store + `}`); r.Err != nil || r.Rejection != nil {
			t.Fatalf("%v %+v", r.Err, r.Rejection)
		}
		if !stream {
			r := p.Response(`{"created":1,"model":"m","choices":[{"message":` + loopMessage + `,"finish_reason":"tool_calls"}]}`)
			return again(t, p, set, r.JSON)
		}
		events := play(t, p, loopEvents)
		validate(t, events, true)
		var last struct{ Response json.RawMessage }
		if err := json.Unmarshal([]byte(events[len(events)-1].JSON), &last); err != nil {
			t.Fatal(err)
		}
		return again(t, p, set, string(last.Response))
	}
	var sent chatTurn
	if err := json.Unmarshal([]byte(loopMessage), &sent); err != nil {
		t.Fatal(err)
	}
	plain := sent
	plain.Reasoning, plain.Blocks = "", nil
	plain.ToolCalls = append(plain.ToolCalls[:0:0], sent.ToolCalls...)
	plain.ToolCalls[0].Extra = nil
	text := plain
	text.Reasoning = "hm"
	tests := []struct {
		name, store, set string
		want             chatTurn
	}{
		{"sealed, before a codec", "false", "upstream.dialect anthropic.messages", sent},
		{"kept by nobody, before a codec", "true", "upstream.dialect anthropic.messages", text},
		{"sealed, on the wire", "false", "", plain},
	}
	for _, test := range tests {
		for _, stream := range []bool{false, true} {
			name := test.name + ", whole"
			if stream {
				name = test.name + ", streamed"
			}
			t.Run(name, func(t *testing.T) {
				got := first(t, test.store, test.set, stream)
				if len(got) != 4 || got[2].ToolCallID != "c1" || got[3].ToolCallID != "c2" {
					t.Fatalf("got %+v", got)
				}
				if diff := cmp.Diff(test.want, got[1]); diff != "" {
					t.Errorf("the assistant's message (-sent +came back):\n%s", diff)
				}
			})
		}
	}
}

// TestEncryptedLoop sends encrypted reasoning of the Responses API through a chat client and back.
func TestEncryptedLoop(t *testing.T) {
	p := toResponsesCodec.Open(t, "")
	p.Request(`{"model":"m","messages":[{"role":"user","content":"go"}],"reasoning_effort":"low"}`)
	r := p.Response(`{"id":"resp_a","created_at":1,"model":"m","status":"completed","output":[{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"gAAAA"},{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{}"}]}`)
	var answer struct {
		Choices []struct{ Message json.RawMessage }
	}
	if err := json.Unmarshal([]byte(r.JSON), &answer); err != nil {
		t.Fatal(err)
	}
	got := toResponsesCodec.Open(t, "").Request(`{"model":"m","messages":[{"role":"user","content":"go"},` + string(answer.Choices[0].Message) + `,{"role":"tool","tool_call_id":"c1","content":"one"}]}`)
	var request struct{ Input []json.RawMessage }
	if err := json.Unmarshal([]byte(got.JSON), &request); err != nil || len(request.Input) != 4 {
		t.Fatalf("%v\n%s", err, got.JSON)
	}
	want := `{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"id":"rs_1","encrypted_content":"gAAAA"}`
	if string(request.Input[1]) != want {
		t.Errorf("got %s\nwant %s", request.Input[1], want)
	}
}
