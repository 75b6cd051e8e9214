package shape

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

const sse = "text/event-stream"

func TestOf(t *testing.T) {
	call := Shape{Tools: []string{"weather", "now"}, Calls: 2, Chars: 3}
	with := func(finish string, events int) Shape {
		s := call
		s.Finish, s.Events = finish, events
		return s
	}
	for _, tc := range []struct {
		name, dialect, kind, body string
		want                      Shape
	}{
		{"chat", "openai.chat", "application/json", `{"choices":[{"index":1,"message":{"content":"other"}},{"index":0,"finish_reason":"tool_calls","message":{"content":"Grü",
			"tool_calls":[{"id":"1","type":"function","function":{"name":"weather","arguments":"{}"}},{"id":"2","type":"function","function":{"name":"now","arguments":"{}"}}]}}]}`, with("tool_calls", 0)},
		{"chat, streamed", "openai.chat", sse, `data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"Gr"},"finish_reason":null}]}

data: {"choices":[{"index":0,"delta":{"content":"ü"}}]}

: a comment

data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"1","function":{"name":"weather","arguments":""}}]}}]}

data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}

data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"2","function":{"name":"now","arguments":"{}"}}]}}]}

data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

data: {"choices":[],"usage":{"prompt_tokens":1}}

data: [DONE]

`, with("tool_calls", 7)},
		{"completions", "openai.completions", "application/json", `{"choices":[{"text":"[1]","index":0,"finish_reason":"stop"}]}`, Shape{Finish: "stop", Chars: 3, JSON: true}},
		{"responses", "openai.responses", "application/json", `{"object":"response","status":"completed","output":[{"type":"reasoning"},{"type":"message","content":[{"type":"output_text","text":"Grü"}]},
			{"type":"function_call","name":"weather"},{"type":"function_call","name":"now"}]}`, with("completed", 0)},
		{"responses, streamed", "openai.responses", sse, `event: response.output_text.delta
data: {"type":"response.output_text.delta","delta":"Grü"}

data: {"type":"response.output_item.added","item":{"type":"function_call","name":"weather"}}

data: {"type":"response.output_item.added","item":{"type":"function_call","name":"now"}}

data: {"type":"response.output_item.done","item":{"type":"function_call","name":"now"}}

data: {"type":"response.completed","response":{"object":"response","status":"completed","output":[{"type":"message","content":[{"text":"Grü"}]}]}}

`, with("completed", 5)},
		{"anthropic", "anthropic.messages", "application/json", `{"type":"message","stop_reason":"tool_use","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"Grü"},{"type":"tool_use","name":"weather","input":{}},{"type":"tool_use","name":"now","input":{}}]}`, with("tool_use", 0)},
		{"anthropic, streamed", "anthropic.messages", sse, `event: ping
data: {"type":"ping"}

data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Grü"}}

data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","name":"weather"}}

data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{}"}}

data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","name":"now"}}

data: {"type":"message_delta","delta":{"stop_reason":"tool_use"}}

`, with("tool_use", 7)},
		{"gemini", "gemini.generate", "application/json", `{"candidates":[{"finishReason":"STOP","content":{"parts":[{"text":"hm","thought":true},{"text":"Grü"},{"functionCall":{"name":"weather"}},{"functionCall":{"name":"now"}}]}}]}`, with("STOP", 0)},
		{"gemini, in an array", "gemini.generate", "application/json", `[{"candidates":[{"content":{"parts":[{"text":"Grü"},{"functionCall":{"name":"weather"}}]}}]},{"candidates":[{"finishReason":"STOP","content":{"parts":[{"functionCall":{"name":"now"}}]}}]}]`, with("STOP", 0)},
		{"ollama, streamed", "ollama.chat", "application/x-ndjson", `{"message":{"content":"Grü"},"done":false}
{"message":{"content":"","tool_calls":[{"function":{"name":"weather"}},{"function":{"name":"now"}}]},"done":false}
{"message":{"content":""},"done":true,"done_reason":"stop"}
`, with("stop", 3)},
		{"ollama generate", "ollama.generate", "application/json", `{"response":" {\"a\": 1}\n","done":true,"done_reason":"length"}`, Shape{Finish: "length", Chars: 10, JSON: true}},
		{"half of JSON is none", "ollama.generate", "application/json", `{"response":"{\"a\": 1"}`, Shape{Chars: 7}},
		{"no word", "openai.chat", "application/json", `{"choices":[{"finish_reason":"jane@example.com","message":{}}]}`, Shape{Finish: "other"}},
		{"an error", "openai.chat", "application/json", `{"error":{"message":"no"}}`, Shape{}},
		{"another API", "openai.embeddings", "application/json", `{"data":[{"embedding":[1]}]}`, Shape{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := Of(named(t, tc.dialect), tc.kind, []byte(tc.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestOfBroken(t *testing.T) {
	for _, body := range []string{"data: {\"choices\":\n\n", "data: <html>\n\n"} {
		if s, err := Of(named(t, "openai.chat"), sse, []byte(body)); err == nil {
			t.Errorf("%q has the shape %+v", body, s)
		}
	}
	if s, err := Of(named(t, "openai.chat"), "application/json", []byte("<html>")); err == nil {
		t.Errorf("a page has the shape %+v", s)
	}
}

// TestBounds: what is kept of an answer does not grow with it.
func TestBounds(t *testing.T) {
	calls := strings.Repeat(`{"function":{"name":"f"}},`, 200)
	body := `{"message":{"content":"[` + strings.Repeat("1,", maxText) + `1]","tool_calls":[` + strings.TrimSuffix(calls, ",") + `]}}`
	s, err := Of(named(t, "ollama.chat"), "application/json", []byte(body))
	if err != nil || len(s.Tools) != maxTools || s.Calls != 200 || s.Chars != 2*maxText+3 || s.JSON {
		t.Errorf("got %d names of %d calls, %d characters, JSON %v, %v", len(s.Tools), s.Calls, s.Chars, s.JSON, err)
	}
}

func TestDiffers(t *testing.T) {
	base := Shape{Finish: "stop", Tools: []string{"a"}, Calls: 1, Chars: 10, JSON: true}
	for _, tc := range []struct {
		change func(*Shape)
		want   []string
	}{
		{func(*Shape) {}, nil},
		{func(s *Shape) { s.Chars, s.Events = 999, 7 }, nil},
		{func(s *Shape) { s.Finish = "length" }, []string{"finish"}},
		{func(s *Shape) { s.Tools = []string{"b"} }, []string{"tools"}},
		{func(s *Shape) { s.Calls = 2 }, []string{"tools"}},
		{func(s *Shape) { s.Chars, s.JSON = 0, false }, []string{"json", "text"}},
	} {
		other := base
		tc.change(&other)
		if diff := cmp.Diff(tc.want, base.Differs(&other)); diff != "" {
			t.Error(diff)
		}
	}
}

func named(t *testing.T, name string) *dialect.Dialect {
	t.Helper()
	d, ok := dialect.Get(name)
	if !ok {
		t.Fatalf("no dialect %s", name)
	}
	return d
}
