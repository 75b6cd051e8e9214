package openaigemini

import (
	"fmt"
	"strings"
	"testing"
)

// hostile requests end with an answer or an error, and after a bounded number of calls into the
// gateway: the sandbox's time is the plugin's, for all clients.
func TestHostileRequests(t *testing.T) {
	user := `{"role":"user","content":"hi"}`
	repeat := func(n int, f func(i int) string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = f(i)
		}
		return strings.Join(all, ",")
	}
	tool := func(schema string) string {
		return `{"messages":[` + user + `],"tools":[{"type":"function","function":{"name":"f","parameters":` + schema + `}}]}`
	}
	fan := `{"type":"object","properties":{"x":{"$ref":"#/$defs/d0"}},"$defs":{` + repeat(20, func(i int) string {
		return fmt.Sprintf(`"d%d":{"type":"object","properties":{"a":{"$ref":"#/$defs/d%d"},"b":{"$ref":"#/$defs/d%d"}}}`, i, i+1, i+1)
	}) + `,"d20":{"type":"string"}}}`
	tests := []struct{ name, client, param string }{
		{"messages", `{"messages":[` + repeat(100_000, func(int) string { return user }) + `]}`, "messages[30000]"},
		{"parts", `{"messages":[{"role":"user","content":[` + repeat(100_000, func(int) string { return `{"type":"text","text":"a"}` }) + `]}]}`, "messages[0].content[29999]"},
		{"members", `{"messages":[` + user + `],` + repeat(100_000, func(i int) string { return fmt.Sprintf(`"k%d":1`, i) }) + `}`, ""},
		{"members of a message", `{"messages":[{"role":"user",` + repeat(100_000, func(i int) string { return fmt.Sprintf(`"k%d":1`, i) }) + `}]}`, "messages[0]"},
		{"stop", `{"messages":[` + user + `],"stop":[` + repeat(100_000, func(int) string { return `""` }) + `]}`, "stop[29999]"},
		{"names", `{"messages":[` + user + `,{"role":"assistant","tool_calls":[` + repeat(256, func(i int) string {
			return fmt.Sprintf(`{"id":"%d","type":"function","function":{"name":"n %d","arguments":"{}"}}`, i, i)
		}) + `]}],"tools":[` + repeat(1000, func(i int) string {
			return fmt.Sprintf(`{"type":"function","function":{"name":"f %d"}}`, i)
		}) + `]}`, "tools[512]"},
		{"calls", `{"messages":[` + user + `,{"role":"assistant","tool_calls":[` + repeat(1000, func(i int) string {
			return fmt.Sprintf(`{"id":"%d","type":"function","function":{"name":"f","arguments":"{}"}}`, i)
		}) + `]}]}`, "messages[1].tool_calls[256].function"},
		{"fan-out of references", tool(fan), "tools[0].function.parameters"},
		{"deep references", tool(`{"type":"object","properties":{"x":{"$ref":"#/$defs/d0"}},"$defs":{` + repeat(200, func(i int) string {
			return fmt.Sprintf(`"d%d":{"$ref":"#/$defs/d%d"}`, i, i+1)
		}) + `,"d200":{"type":"string"}}}`), "tools[0].function.parameters"},
		{"deep schema", tool(strings.Repeat(`{"type":"object","properties":{"x":`, 100) + `{}` + strings.Repeat(`}}`, 100)), "tools[0].function.parameters"},
		{"long names", tool(`{"type":"object","properties":{"` + strings.Repeat("x", 100_000) + `":{}}}`), "tools[0].function.parameters.properties"},
		{"long function name", `{"messages":[` + user + `],"tools":[{"type":"function","function":{"name":"` + strings.Repeat("x", 100_000) + `"}}]}`, "tools[0].function.name"},
		{"long id", `{"messages":[` + user + `,{"role":"assistant","tool_calls":[{"id":"` + strings.Repeat("x", 100_000) + `","type":"function","function":{"name":"f"}}]}]}`, "messages[1].tool_calls[0].id"},
		{"long reference", tool(`{"type":"object","properties":{"x":{"$ref":"#/` + strings.Repeat("x", 100_000) + `"}}}`), "tools[0].function.parameters.properties.x.$ref"},
		{"percent-encoded megabytes", `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/svg+xml,` + strings.Repeat("x", 2<<20) + `"}}]}]}`, "messages[0].content[0].image_url.url"},
		{"long url", `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/` + strings.Repeat("x", 100_000) + `.png"}}]}]}`, "messages[0].content[0].image_url.url"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			toGemini.Refused(t, "model gemini-3-flash", test.client, test.param)
		})
	}
}

// TestImagesStayInTheGateway sends an image of 5 MB: the plugin makes the same calls as for a small
// one.
func TestImagesStayInTheGateway(t *testing.T) {
	request := func(n int) string {
		return `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,` + strings.Repeat("QUJD", n) + `"}}]}]}`
	}
	p := toGemini.Open(t, "")
	var small, large int
	small = p.HostCalls(func() { p.Request(request(100)) })
	large = p.HostCalls(func() {
		r := p.Request(request(5 << 18))
		if want := `"inlineData":{"mimeType":"image/png","data":"QUJDQUJD`; !strings.Contains(r.JSON, want) || len(r.JSON) < 5<<20 {
			t.Errorf("got %d bytes %.200s: want %s", len(r.JSON), r.JSON, want)
		}
	})
	if small != large {
		t.Errorf("%d calls for a small image, %d for a large one", small, large)
	}
}

// TestStateStaysSmall streams many events: the state holds what one answer needs, not what came by.
func TestStateStaysSmall(t *testing.T) {
	p := toGemini.Open(t, "")
	p.Request(`{"messages":[{"role":"user","content":"hi"}],"stream_options":{"include_usage":true}}`)
	for i := range 1000 {
		r := p.Event(fmt.Sprintf(`{"candidates":[{"content":{"parts":[{"text":"word "}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":%d},"responseId":"r1"}`, i))
		if r.Err != nil || r.Rejection != nil {
			t.Fatalf("event %d: %v %v", i, r.Err, r.Rejection)
		}
	}
	if s := p.State(); len(s) > 400 {
		t.Errorf("the state has %d bytes: %s", len(s), s)
	}
}
