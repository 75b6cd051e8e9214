package responseschat

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

func repeat(n int, f func(i int) string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = f(i)
	}
	return strings.Join(all, ",")
}

// hostile requests end with a 400, and after a bounded number of calls into the gateway: the sandbox's time
// is the plugin's, for all clients.
func TestHostileRequests(t *testing.T) {
	members := repeat(100_000, func(i int) string { return fmt.Sprintf(`"k%d":1`, i) })
	long := strings.Repeat("x", 100_000)
	tests := []struct {
		name          string
		codec         *codectest.Codec
		client, param string
	}{
		{"items", &toChatCodec, `{"input":[` + repeat(100_000, func(int) string { return `{"role":"user","content":"a"}` }) + `]}`, "input[30000]"},
		{"parts", &toChatCodec, `{"input":[{"role":"user","content":[` + repeat(100_000, func(int) string { return `{"type":"input_text","text":"a"}` }) + `]}]}`, "input[0].content[29999]"},
		{"members", &toChatCodec, `{"input":"a",` + members + `}`, ""},
		{"members of an item", &toChatCodec, `{"input":[{"role":"user",` + members + `}]}`, "input[0]"},
		{"members of a part", &toChatCodec, `{"input":[{"role":"user","content":[{"type":"input_text",` + members + `}]}]}`, "input[0].content[0]"},
		{"summaries", &toChatCodec, `{"input":[{"type":"reasoning","summary":[` + repeat(100_000, func(int) string { return `{}` }) + `]}]}`, "input[0]"},
		{"include", &toChatCodec, `{"input":"a","include":[` + repeat(100_000, func(int) string { return `"x"` }) + `]}`, "include"},
		{"tools", &toChatCodec, `{"input":"a","tools":[` + repeat(100_000, func(int) string { return `{"type":"function","name":"f"}` }) + `]}`, "tools"},
		{"names", &toChatCodec, `{"input":"a","tools":[{"type":"namespace","name":"n","tools":[` + repeat(20_000, func(i int) string { return fmt.Sprintf(`{"type":"function","name":"f%d"}`, i) }) + `]}]}`, "tools[0].tools["},
		{"names that differ late", &toChatCodec, `{"input":"a","tools":[{"type":"namespace","name":"` + strings.Repeat("n", 100) + `","tools":[` + repeat(20_000, func(i int) string { return fmt.Sprintf(`{"type":"function","name":"f%d"}`, i) }) + `]}]}`, "tools[0].tools["},
		{"allowed tools", &toChatCodec, `{"input":"a","tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"allowed_tools","tools":[` + repeat(100_000, func(int) string { return `{"type":"function","name":"f"}` }) + `]}}`, "tool_choice.tools["},
		{"long name of a custom tool", &toChatCodec, `{"input":"a","tools":[{"type":"custom","name":"` + long + `"}]}`, "tools[0].name"},
		{"long namespace", &toChatCodec, `{"input":"a","tools":[{"type":"namespace","name":"` + long + `","tools":[]}]}`, "tools[0].name"},
		{"messages", &toResponsesCodec, `{"messages":[` + repeat(100_000, func(int) string { return `{"role":"user","content":"a"}` }) + `]}`, "messages[30000]"},
		{"parts of a message", &toResponsesCodec, `{"messages":[{"role":"user","content":[` + repeat(100_000, func(int) string { return `{"type":"text","text":"a"}` }) + `]}]}`, "messages[0].content[29999]"},
		{"calls", &toResponsesCodec, `{"messages":[{"role":"assistant","tool_calls":[` + repeat(100_000, func(int) string { return `{"id":"a","function":{"name":"f"}}` }) + `]}]}`, "messages[0].tool_calls[29999]"},
		{"members of a chat request", &toResponsesCodec, `{"messages":[],` + members + `}`, ""},
		{"tools of a chat request", &toResponsesCodec, `{"messages":[{"role":"user","content":"a"}],"tools":[` + repeat(100_000, func(int) string { return `{"type":"function","function":{"name":"f"}}` }) + `]}`, "tools[29999]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.codec.Refused(t, "upstream.dialect gemini.generate", test.client, test.param)
		})
	}
}

// TestImagesStayInTheGateway sends an image of 5 MB: the plugin makes the same calls as for a small one, and
// none of its buffers grows.
func TestImagesStayInTheGateway(t *testing.T) {
	for _, c := range []struct {
		codec         *codectest.Codec
		before, after string
	}{
		{&toChatCodec, `{"input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,`, `"}]}]}`},
		{&toResponsesCodec, `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,`, `"}}]}]}`},
	} {
		p := c.codec.Open(t, "")
		small := p.HostCalls(func() { p.Request(c.before + strings.Repeat("QUJD", 100) + c.after) })
		large := p.HostCalls(func() {
			if r := p.Request(c.before + strings.Repeat("QUJD", 5<<18) + c.after); len(r.JSON) < 5<<20 {
				t.Errorf("got %d bytes %.200s", len(r.JSON), r.JSON)
			}
		})
		if small != large {
			t.Errorf("%d calls for a small image, %d for a large one", small, large)
		}
		if cap(output) > maxOutput {
			t.Errorf("the plugin's buffer has grown to %d bytes", cap(output))
		}
	}
}

// TestLongAnswer streams an answer that the state just holds, and one that it does not: the calls into the
// gateway grow with the text and no faster, and too much of it is a 502.
func TestLongAnswer(t *testing.T) {
	p := toChatCodec.Open(t, "")
	p.Request(`{"model":"m","input":"hi"}`)
	word := strings.Repeat("long \"word\" ", 320)
	event := `{"created":1,"model":"m","choices":[{"delta":{"content":` + quoted(word) + `}}]}`
	var stream []longmentest.Event
	most := 0
	for i := range 920 {
		calls := p.HostCalls(func() {
			r := p.Event(event)
			if r.Err != nil || r.Rejection != nil {
				t.Fatalf("event %d: %v %+v", i, r.Err, r.Rejection)
			}
			stream = append(stream, r.Events...)
		})
		if i > 0 {
			most = max(most, calls)
		}
	}
	if most > 20 {
		t.Errorf("a delta takes %d calls into the gateway", most)
	}
	if n := len(p.State()); n > abi.MaxState {
		t.Errorf("the state has %d bytes", n)
	}
	r := p.Event(`{"created":1,"model":"m","choices":[{"delta":{},"finish_reason":"stop"}]}`)
	end := p.EndOfStream()
	if end.Err != nil || end.Rejection != nil {
		t.Fatalf("end: %v %+v", end.Err, end.Rejection)
	}
	last := validate(t, append(append(stream, r.Events...), end.Events...), true)
	if got := *last.Output[0].Content[0].Text; got != strings.Repeat(word, 920) {
		t.Errorf("the text has %d bytes, want %d", len(got), 920*len(word))
	}

	p = toChatCodec.Open(t, "")
	p.Request(`{"model":"m","input":"hi"}`)
	for i := range 2000 {
		r := p.Event(event)
		if r.Err != nil {
			t.Fatalf("event %d: %v", i, r.Err)
		}
		if r.Rejection != nil {
			if r.Rejection.Status != 502 || r.Rejection.Code != "upstream_too_long" {
				t.Errorf("got %+v", r.Rejection)
			}
			return
		}
	}
	t.Error("nothing bounds the answer")
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// TestHostileAnswers are answers that no honest provider gives: each is a 502 or an answer, never a plugin
// that fails.
func TestHostileAnswers(t *testing.T) {
	many := repeat(10_000, func(i int) string {
		return fmt.Sprintf(`{"index":%d,"id":"c%d","type":"function","function":{"name":"f","arguments":"{}"}}`, i, i)
	})
	tests := []struct{ name, event string }{
		{"calls", `{"choices":[{"delta":{"tool_calls":[` + many + `]}}]}`},
		{"one delta of megabytes", `{"choices":[{"delta":{"content":"` + strings.Repeat("x", 4<<20) + `"}}]}`},
		{"arguments of megabytes", `{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"` + strings.Repeat("x", 4<<20) + `"}}]}}]}`},
		{"an id of megabytes", `{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"` + strings.Repeat("x", 4<<20) + `","function":{"name":"f","arguments":""}}]},"finish_reason":"stop"}]}`},
		{"a name of megabytes", `{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"` + strings.Repeat("x", 4<<20) + `","arguments":""}}]}}]}`},
		{"thinking of megabytes", `{"choices":[{"delta":{"thinking_blocks":[{"type":"redacted_thinking","data":"` + strings.Repeat("x", 4<<20) + `"}]},"finish_reason":"stop"}]}`},
		{"an image of megabytes", `{"choices":[{"delta":{"images":[{"image_url":{"url":"data:image/png;base64,` + strings.Repeat("QUJD", 1<<20) + `"}}]},"finish_reason":"stop"}]}`},
		{"citations", `{"choices":[{"delta":{"content":"a","annotations":[` + repeat(10_000, func(int) string {
			return `{"type":"url_citation","url_citation":{"url":"` + strings.Repeat("x", 200) + `"}}`
		}) + `]}}]}`},
		{"usage of megabytes", `{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"x":"` + strings.Repeat("x", 4<<20) + `"}}`},
		{"escapes", `{"choices":[{"delta":{"content":"` + strings.Repeat(`\u0001`, 200_000) + `"}}]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := toChatCodec.Open(t, "")
			p.Request(everything)
			r := p.Event(test.event)
			if r.Err == nil && r.Rejection == nil {
				stream := r.Events
				if r = p.EndOfStream(); r.Rejection == nil && r.Err == nil {
					validate(t, append(stream, r.Events...), true)
				}
			}
			if r.Err != nil || r.Rejection != nil && r.Rejection.Status != 502 {
				t.Fatalf("error %v, rejection %+v", r.Err, r.Rejection)
			}
		})
	}
}

// TestHostileEvents are events that no honest upstream gives: what is long moves by handle, and none of the
// plugin's buffers grows with it.
func TestHostileEvents(t *testing.T) {
	long := strings.Repeat("x", 4<<20)
	tests := []struct{ name, event string }{
		{"a delta of megabytes", `{"type":"response.output_text.delta","item_id":"m","delta":"` + long + `"}`},
		{"a delta of megabytes with its probabilities", `{"type":"response.output_text.delta","item_id":"m","delta":"a","logprobs":[{"token":"` + long + `"}]}`},
		{"arguments of megabytes", `{"type":"response.output_item.done","item":{"type":"function_call","name":"f","arguments":"` + long + `"}}`},
		{"a name of megabytes", `{"type":"response.output_item.done","item":{"type":"function_call","name":"` + long + `","arguments":"{}"}}`},
		{"ids of megabytes", `{"type":"response.output_item.done","item":{"id":"` + long + `","type":"function_call","call_id":"` + long + `","name":"f","arguments":"{}"}}`},
		{"encrypted megabytes", `{"type":"response.output_item.done","item":{"type":"reasoning","id":"r","encrypted_content":"` + long + `"}}`},
		{"an image of megabytes", `{"type":"response.output_item.done","item":{"type":"image_generation_call","result":"` + strings.Repeat("QUJD", 1<<20) + `"}}`},
		{"a kind of megabytes", `{"type":"` + long + `"}`},
		{"an error of megabytes", `{"type":"error","code":"` + long + `","message":"` + long + `"}`},
		{"items", `{"type":"response.completed","response":{"status":"completed","output":[` + repeat(10_000, func(i int) string {
			return fmt.Sprintf(`{"id":"f%d","type":"function_call","name":"f","arguments":"{}"}`, i)
		}) + `]}}`},
		{"summaries", `{"type":"response.output_item.done","item":{"type":"reasoning","summary":[` + repeat(10_000, func(int) string { return `{"text":"a"}` }) + `]}}`},
		{"parts", `{"type":"response.output_item.done","item":{"type":"message","content":[` + repeat(10_000, func(int) string { return `{"type":"output_text","text":"a"}` }) + `]}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := toResponsesCodec.Open(t, "")
			p.Request(`{"messages":[{"role":"user","content":"hi"}],"logprobs":true}`)
			r := p.Event(test.event)
			stream, ended := r.Events, false
			if r.Err == nil && r.Rejection == nil {
				r = p.Event(`{"type":"response.completed","response":{"status":"completed"}}`)
				stream, ended = append(stream, r.Events...), true
			}
			if r.Err != nil || r.Rejection != nil && r.Rejection.Status != 502 {
				t.Fatalf("error %v, rejection %+v", r.Err, r.Rejection)
			}
			decode(t, stream, ended && r.Rejection == nil)
			if cap(output)+cap(saveBuffer) > 2*maxOutput {
				t.Errorf("the plugin's buffers have grown to %d and %d bytes", cap(output), cap(saveBuffer))
			}
		})
	}
}
