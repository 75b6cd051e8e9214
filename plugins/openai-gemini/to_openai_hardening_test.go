package openaigemini

import (
	"fmt"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// Hostile requests of Gemini's clients end with a 400 that names the place, after a bounded number of
// calls into the gateway.
func TestHostileGeminiRequests(t *testing.T) {
	user := `{"role":"user","parts":[{"text":"hi"}]}`
	repeat := func(n int, f func(i int) string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = f(i)
		}
		return strings.Join(all, ",")
	}
	tool := func(schema string) string {
		return `{"contents":[` + user + `],"tools":[{"functionDeclarations":[{"name":"f","parameters":` + schema + `}]}]}`
	}
	tests := []struct{ name, client, param string }{
		{"contents", `{"contents":[` + repeat(100_000, func(int) string { return user }) + `]}`, "contents["},
		{"parts", `{"contents":[{"parts":[` + repeat(100_000, func(int) string { return `{"text":"a"}` }) + `]}]}`, "contents[0].parts[29999]"},
		{"empty parts", `{"contents":[{"parts":[` + repeat(100_000, func(int) string { return `{}` }) + `]}]}`, "contents[0].parts[29999]"},
		{"members", `{"contents":[` + user + `],` + repeat(100_000, func(i int) string { return fmt.Sprintf(`"k%d":1`, i) }) + `}`, ""},
		{"members of a part", `{"contents":[{"parts":[{` + repeat(100_000, func(i int) string { return fmt.Sprintf(`"k%d":1`, i) }) + `}]}]}`, "contents[0].parts[0]"},
		{"tools", `{"contents":[` + user + `],"tools":[` + repeat(100_000, func(int) string { return `{}` }) + `]}`, "tools[30000]"},
		{"functions", `{"contents":[` + user + `],"tools":[{"functionDeclarations":[` + repeat(1000, func(i int) string { return fmt.Sprintf(`{"name":"f %d"}`, i) }) + `]}]}`, "tools[0].functionDeclarations"},
		{"calls", `{"contents":[` + user + `,{"role":"model","parts":[` + repeat(1000, func(i int) string {
			return fmt.Sprintf(`{"functionCall":{"id":"%d","name":"f"}}`, i)
		}) + `]}]}`, "contents[1].parts[256].functionCall"},
		{"results of no call", `{"contents":[` + user + `,{"role":"model","parts":[` + repeat(256, func(i int) string {
			return fmt.Sprintf(`{"functionCall":{"id":"%d","name":"f"}}`, i)
		}) + `]},{"parts":[` + repeat(10_000, func(i int) string {
			return `{"functionResponse":{"id":"x","name":"g","response":{}}}`
		}) + `]}]}`, "contents[2].parts[0].functionResponse"},
		{"long id", `{"contents":[` + user + `,{"role":"model","parts":[{"functionCall":{"name":"f","id":"` + strings.Repeat("x", 100_000) + `"}}]}]}`, "contents[1].parts[0].functionCall.id"},
		{"long function name", `{"contents":[` + user + `],"tools":[{"functionDeclarations":[{"name":"` + strings.Repeat("x", 100_000) + `"}]}]}`, "tools[0].functionDeclarations[0].name"},
		{"deep schema", tool(strings.Repeat(`{"type":"OBJECT","properties":{"x":`, 100) + `{}` + strings.Repeat(`}}`, 100)), "tools[0].functionDeclarations[0].parameters.properties.x"},
		{"wide schema", tool(`{"type":"OBJECT","properties":{` + repeat(100_000, func(i int) string { return fmt.Sprintf(`"k%d":{}`, i) }) + `}}`), "tools[0].functionDeclarations[0].parameters.properties"},
		{"many keywords", tool(`{` + repeat(100_000, func(i int) string { return fmt.Sprintf(`"k%d":1`, i) }) + `}`), "tools[0].functionDeclarations[0].parameters"},
		{"long enum", tool(`{"type":"INTEGER","format":"enum","enum":[` + repeat(100_000, func(i int) string { return `"1"` }) + `]}`), "tools[0].functionDeclarations[0].parameters"},
		{"stops", `{"contents":[` + user + `],"generationConfig":{"stopSequences":[` + repeat(100_000, func(int) string { return `"a"` }) + `]}}`, "generationConfig.stopSequences"},
		{"names of allowed functions", `{"contents":[` + user + `],"tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":[` + repeat(100_000, func(int) string { return `"f"` }) + `]}}}`, "toolConfig.functionCallingConfig.allowedFunctionNames[512]"},
		{"long url", `{"contents":[{"parts":[{"fileData":{"mimeType":"image/png","fileUri":"https://example.com/` + strings.Repeat("x", 100_000) + `"}}]}]}`, "contents[0].parts[0].fileData.fileUri"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			toOpenAI.Refused(t, "", test.client, test.param)
		})
	}
}

// TestToOpenAIStateStaysSmall streams many chunks of text and of arguments: the state holds the arguments,
// which come whole at the end, and nothing else that came by.
func TestToOpenAIStateStaysSmall(t *testing.T) {
	p := toOpenAI.Open(t, "")
	p.Request(toOpenAI.Request)
	for range 1000 {
		p.Event(`{"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":"word "}}],"usage":{"prompt_tokens":1}}`)
	}
	if s := p.State(); len(s) > 400 {
		t.Errorf("the state has %d bytes: %s", len(s), s)
	}
	p.Event(`{"id":"c1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"text\":\""}}]}}]}`)
	calls := 0
	for i := range 1000 {
		n := p.HostCalls(func() {
			p.Event(`{"id":"c1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"word "}}]}}]}`)
		})
		if i == 0 {
			calls = n
		} else if n != calls {
			t.Fatalf("fragment %d takes %d calls into the gateway, the first %d", i, n, calls)
		}
	}
	if s := p.State(); len(s) > 12_000 {
		t.Errorf("the state has %d bytes", len(s))
	}
	p.Event(`{"id":"c1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"}"}}]},"finish_reason":"tool_calls"}]}`)
	r := p.EndOfStream()
	if len(r.Events) != 1 || !strings.Contains(r.Events[0].JSON, `"args":{"text":"`+strings.Repeat("word ", 1000)+`"}`) {
		t.Errorf("the end is %v", r)
	}
}

// TestSignaturesAreBounded gives both directions signatures of a megabyte: they are left out, or refused
// nowhere.
func TestSignaturesAreBounded(t *testing.T) {
	large := strings.Repeat("bG9uZ21lbi52MS", 80_000)
	p := toOpenAI.Open(t, "upstream.dialect anthropic.messages")
	r := p.Request(`{"contents":[{"parts":[{"text":"?"}]},{"role":"model","parts":[{"text":"a","thoughtSignature":"` + large + `"}]},{"parts":[{"text":"b"}]}]}`)
	if r.Err != nil || r.Rejection != nil || strings.Contains(r.JSON, "thinking_blocks") {
		t.Errorf("%v %v %.200s", r.Err, r.Rejection, r.JSON)
	}
	r = p.Response(`{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"a","thinking_blocks":[{"type":"thinking","thinking":"` + large + `"}]},"finish_reason":"stop"}]}`)
	if r.Err != nil || r.Rejection != nil || len(r.JSON) > 1000 {
		t.Errorf("%v %v: %d bytes", r.Err, r.Rejection, len(r.JSON))
	}
}

// TestVectorsBatch makes base64 of a full batch; in the sandbox this shows that the plugin's time is
// enough.
func TestVectorsBatch(t *testing.T) {
	request, answer := batch(100, 3072)
	p := embeddings.Open(t, "")
	var first, r longmentest.Result
	first = p.Request(request)
	r = p.Response(answer)
	if first.Rejection != nil || r.Err != nil || r.Rejection != nil || strings.Count(r.JSON, `"embedding":"`) != 100 {
		t.Errorf("%v %v %v %.200s", first.Rejection, r.Err, r.Rejection, r.JSON)
	}
}

// TestGeminiImagesStayInTheGateway sends an image of 5 MB: the plugin makes the same calls as for a small
// one.
func TestGeminiImagesStayInTheGateway(t *testing.T) {
	request := func(n int) string {
		return `{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"` + strings.Repeat("QUJD", n) + `"}}]}]}`
	}
	p := toOpenAI.Open(t, "")
	small := p.HostCalls(func() { p.Request(request(100)) })
	large := p.HostCalls(func() {
		if r := p.Request(request(5 << 18)); r.Err != nil || r.Rejection != nil || len(r.JSON) < 5<<20 {
			t.Errorf("%v %v: %d bytes", r.Err, r.Rejection, len(r.JSON))
		}
	})
	if small != large {
		t.Errorf("%d calls for a small image, %d for a large one", small, large)
	}
}
