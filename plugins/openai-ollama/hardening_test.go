package openaiollama

import (
	"fmt"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

func repeat(n int, f func(i int) string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = f(i)
	}
	return strings.Join(all, ",")
}

// hostile requests end with a refusal, and after a bounded number of calls into the gateway: the
// sandbox's time is the plugin's, for all clients.
func TestHostileRequests(t *testing.T) {
	user := `{"role":"user","content":"hi"}`
	calls := func(n int) string {
		return repeat(n, func(i int) string {
			return fmt.Sprintf(`{"id":"%d","type":"function","function":{"name":"f","arguments":{}}}`, i)
		})
	}
	members := repeat(100_000, func(i int) string { return fmt.Sprintf(`"k%d":1`, i) })
	tests := []struct {
		name          string
		codec         *codectest.Codec
		client, param string
	}{
		{"messages", &toOllama, `{"messages":[` + repeat(100_000, func(int) string { return user }) + `]}`, "messages[30000]"},
		{"parts", &toOllama, `{"messages":[{"role":"user","content":[` + repeat(100_000, func(int) string { return `{"type":"text","text":"a"}` }) + `]}]}`, "messages[0].content[29999]"},
		{"members", &toOllama, `{"messages":[` + user + `],` + members + `}`, ""},
		{"members of a message", &toOllama, `{"messages":[{"role":"user",` + members + `}]}`, "messages[0]"},
		{"members of a call", &toOllama, `{"messages":[{"role":"assistant","tool_calls":[{` + members + `}]}]}`, "messages[0].tool_calls[0]"},
		{"members of a function", &toOllama, `{"messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{` + members + `}}]}]}`, "messages[0].tool_calls[0].function"},
		{"stop", &toOllama, `{"messages":[` + user + `],"stop":[` + repeat(100_000, func(int) string { return `""` }) + `]}`, "stop[29999]"},
		{"calls", &toOllama, `{"messages":[{"role":"assistant","tool_calls":[` + calls(300) + `]}]}`, "messages[0].tool_calls[256]"},
		{"tools", &toOllama, `{"messages":[` + user + `],"tools":[` + repeat(600, func(int) string { return `{"type":"function","function":{}}` }) + `]}`, "tools[512]"},
		{"long id", &toOllama, `{"messages":[{"role":"assistant","tool_calls":[{"id":"` + strings.Repeat("x", 100_000) + `","function":{"name":"f"}}]}]}`, "messages[0].tool_calls[0].id"},
		{"long id of a result", &toOllama, `{"messages":[{"role":"tool","tool_call_id":"` + strings.Repeat("x", 100_000) + `"}]}`, "messages[0].tool_call_id"},
		{"percent-encoded megabytes", &toOllama, `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/svg+xml,` + strings.Repeat("x", 2<<20) + `"}}]}]}`, "messages[0].content[0].image_url.url"},
		{"messages of ollama's", &toOpenAI, `{"messages":[` + repeat(100_000, func(int) string { return user }) + `]}`, "messages[30000]"},
		{"images", &toOpenAI, `{"messages":[{"role":"user","images":[` + repeat(100_000, func(int) string { return `"/9j/4AAQ"` }) + `]}]}`, "messages[0].images[29999]"},
		{"options", &toOpenAI, `{"messages":[` + user + `],"options":{` + members + `}}`, "options"},
		{"calls of ollama's", &toOpenAI, `{"messages":[{"role":"assistant","tool_calls":[` + calls(300) + `]}]}`, "messages[0].tool_calls[256]"},
		{"results", &toOpenAI, `{"messages":[{"role":"assistant","tool_calls":[` + calls(256) + `]},` + repeat(30_000, func(int) string { return `{"role":"tool","tool_name":"f"}` }) + `]}`, "messages[257].tool_name"},
		{"images of a prompt", &generate, `{"prompt":"x","images":[` + repeat(100_000, func(int) string { return `"/9j/4AAQ"` }) + `]}`, "images[30000]"},
		{"inputs", &embed, `{"input":[` + repeat(3000, func(int) string { return `"a"` }) + `]}`, "input[2048]"},
		{"inputs of ollama's", &embeddings, `{"input":[` + repeat(3000, func(int) string { return `"a"` }) + `]}`, "input[2048]"},
		{"prompts", &completions, `{"prompt":[` + repeat(100_000, func(int) string { return `"a"` }) + `]}`, "prompt[1]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.codec.Refused(t, "", test.client, test.param)
		})
	}
}

// TestImagesStayInTheGateway sends an image of 5 MB: the plugin makes the same calls as for a small
// one, and none of its buffers grows.
func TestImagesStayInTheGateway(t *testing.T) {
	for _, test := range []struct {
		codec              *codectest.Codec
		before, after, out string
	}{
		{&toOllama, `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,`, `"}}]}]}`, `"images":["/9j/`},
		{&toOpenAI, `{"messages":[{"role":"user","images":["`, `"]}]}`, `"url":"data:image/jpeg;base64,/9j/`},
	} {
		p := test.codec.Open(t, "")
		small := p.HostCalls(func() { p.Request(test.before + "/9j/" + test.after) })
		large := p.HostCalls(func() {
			r := p.Request(test.before + "/9j/" + strings.Repeat("QUJD", 5<<18) + test.after)
			if !strings.Contains(r.JSON, test.out+"QUJD") || len(r.JSON) < 5<<20 {
				t.Errorf("got %d bytes %.200s: want %s", len(r.JSON), r.JSON, test.out)
			}
		})
		if small != large {
			t.Errorf("%d calls for a small image, %d for a large one", small, large)
		}
		if longmentest.Native() && cap(output.Bytes()) > codec.MaxKept {
			t.Errorf("the plugin's buffer has grown to %d bytes", cap(output.Bytes()))
		}
	}
}

// TestStateStaysSmall streams many events: the state holds what one answer needs, not what came by.
func TestStateStaysSmall(t *testing.T) {
	for _, test := range []struct {
		codec *codectest.Codec
		event string
	}{
		{&toOllama, `{"model":"m","message":{"content":"word "},"done":false}`},
		{&toOpenAI, `{"choices":[{"delta":{"content":"word "}}],"usage":{"prompt_tokens":4,"completion_tokens":%d}}`},
		{&completions, `{"id":"c","choices":[{"delta":{"content":"word "}}],"usage":{"prompt_tokens":4,"completion_tokens":%d}}`},
	} {
		p := test.codec.Open(t, "")
		p.Request(test.codec.Request)
		for i := range 1000 {
			if r := p.Event(strings.ReplaceAll(test.event, "%d", fmt.Sprint(i))); r.Err != nil || r.Rejection != nil {
				t.Fatalf("event %d: %v %v", i, r.Err, r.Rejection)
			}
		}
		if s := p.State(); len(s) > 400 {
			t.Errorf("%s: the state has %d bytes: %s", test.codec.Client, len(s), s)
		}
	}
}

// TestHeldArguments streams the arguments of a call: long ones come out whole, and those that would fill
// the state are refused.
func TestHeldArguments(t *testing.T) {
	piece := `{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"` + strings.Repeat("x", 1000) + `"}}]}}]}`
	p := toOpenAI.Open(t, "")
	p.Request(toOpenAI.Request)
	p.Event(`{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\":\""}}]}}]}`)
	for range 500 {
		p.Event(piece)
	}
	r := p.Event(`{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"}"}}]},"finish_reason":"tool_calls"}]}`)
	if want := `"arguments":{"a":"` + strings.Repeat("x", 500_000) + `"}`; len(r.Events) != 1 || !strings.Contains(r.Events[0].JSON, want) {
		t.Fatalf("%v %v %d events: want the whole call", r.Err, r.Rejection, len(r.Events))
	}

	p = toOpenAI.Open(t, "")
	p.Request(toOpenAI.Request)
	p.Event(`{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f"}}]}}]}`)
	for range 600 {
		if r = p.Event(piece); r.Rejection != nil {
			break
		}
	}
	if r.Rejection == nil || r.Rejection.Status != 502 {
		t.Errorf("got error %v, rejection %v: want a 502", r.Err, r.Rejection)
	}
}
