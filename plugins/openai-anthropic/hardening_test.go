package openaianthropic

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

func same(text string) func(int) string { return func(int) string { return text } }

// TestHostileRequests: hostile requests end with an answer or an error, and after a bounded number of calls
// into the gateway: the sandbox's time is the plugin's, for all clients.
func TestHostileRequests(t *testing.T) {
	user := `{"role":"user","content":"hi"}`
	chat := func(extra string) string { return `{"messages":[` + user + `],` + extra + `}` }
	said := func(parts string) string { return `{"messages":[{"role":"user","content":[` + parts + `]}]}` }
	member := func(i int) string { return fmt.Sprintf(`"k%d":1`, i) }
	long := strings.Repeat("x", 100_000)
	deep := strings.Repeat(`{"type":"object","properties":{"x":`, 100) + `{}` + strings.Repeat(`}}`, 100)
	format := func(schema string) string {
		return chat(`"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":` + schema + `}}`)
	}
	call := func(i int) string {
		return fmt.Sprintf(`{"id":"c%d","type":"function","function":{"name":"f","arguments":"{}"}}`, i)
	}
	use := func(i int) string { return fmt.Sprintf(`{"type":"tool_use","id":"c%d","name":"f","input":{}}`, i) }
	turn := func(content string) string {
		return `{"messages":[` + user + `,{"role":"assistant","content":[` + content + `]}]}`
	}
	tests := []struct {
		name   string
		codec  *codectest.Codec
		client string
		param  string // "-": it is served
	}{
		{"chat messages", &toAnthropic, `{"messages":[` + repeat(100_000, same(user)) + `]}`, "messages[30000]"},
		{"chat parts", &toAnthropic, said(repeat(100_000, same(`{"type":"text","text":"a"}`))), "messages[0].content[29999]"},
		{"chat system parts", &toAnthropic, `{"messages":[{"role":"system","content":[` + repeat(100_000, same(`{"type":"text","text":"a"}`)) + `]}]}`, "messages[0].content[29999]"},
		{"chat members", &toAnthropic, chat(repeat(100_000, member)), ""},
		{"chat members of a message", &toAnthropic, `{"messages":[{"role":"user",` + repeat(100_000, member) + `}]}`, "messages[0]"},
		{"chat stop", &toAnthropic, chat(`"stop":[` + repeat(100_000, same(`""`)) + `]`), "stop[29999]"},
		{"chat tools", &toAnthropic, chat(`"tools":[` + repeat(100_000, same(`{"type":"function","function":{"name":"f"}}`)) + `]`), "tools[30000]"},
		{"chat names", &toAnthropic, chat(`"tools":[` + repeat(2000, func(i int) string { return fmt.Sprintf(`{"type":"function","function":{"name":"f %d"}}`, i) }) + `]`), "tools[1024].function.name"},
		{"chat names that have to be changed", &toAnthropic, chat(`"tools":[` + repeat(1000, func(i int) string {
			return fmt.Sprintf(`{"type":"function","function":{"name":"%s %d"}}`, long[:400], i)
		}) + `]`), "tools["},
		{"chat allowed tools", &toAnthropic, chat(`"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[` + repeat(100_000, same(`{"type":"function","function":{"name":"f"}}`)) + `]}}`), "tool_choice.allowed_tools.tools"},
		{"chat calls", &toAnthropic, `{"messages":[` + user + `,{"role":"assistant","tool_calls":[` + repeat(1000, call) + `]}]}`, "messages[1].tool_calls[256].function"},
		{"chat thinking", &toAnthropic, `{"messages":[` + user + `,{"role":"assistant","content":"a","thinking_blocks":[` + repeat(100_000, same(`{"type":"thinking"}`)) + `]},` + user + `]}`, "-"},
		{"chat deep schema", &toAnthropic, format(deep), "response_format.json_schema.schema"},
		{"chat wide schema", &toAnthropic, format(`{"type":"object","properties":{` + repeat(100_000, func(i int) string { return fmt.Sprintf(`"k%d":{}`, i) }) + `}}`), "response_format.json_schema.schema.properties"},
		{"chat long pattern", &toAnthropic, format(`{"type":"string","pattern":"` + long + `"}`), "-"},
		{"chat long function name", &toAnthropic, chat(`"tools":[{"type":"function","function":{"name":"` + long + `"}}]`), "tools[0].function.name"},
		{"chat long id", &toAnthropic, `{"messages":[` + user + `,{"role":"assistant","tool_calls":[{"id":"` + long + `","type":"function","function":{"name":"f"}}]}]}`, "messages[1].tool_calls[0].id"},
		{"chat long url", &toAnthropic, said(`{"type":"image_url","image_url":{"url":"https://example.com/` + long + `"}}`), "messages[0].content[0].image_url.url"},
		{"chat percent-encoded megabytes", &toAnthropic, said(`{"type":"image_url","image_url":{"url":"data:image/png,` + strings.Repeat("x", 2<<20) + `"}}`), "messages[0].content[0].image_url.url"},
		{"chat text file of megabytes", &toAnthropic, said(`{"type":"file","file":{"file_data":"data:text/plain;base64,` + strings.Repeat("QUJD", 2<<20) + `"}}`), "messages[0].content[0].file.file_data"},

		{"messages", &toOpenAI, `{"messages":[` + repeat(100_000, same(user)) + `]}`, "messages[30000]"},
		{"messages blocks", &toOpenAI, said(repeat(100_000, same(`{"type":"text","text":"a"}`))), "messages[0].content[29999]"},
		{"messages system blocks", &toOpenAI, `{"system":[` + repeat(100_000, same(`{"type":"text","text":"a"}`)) + `],"messages":[` + user + `]}`, "system[30000]"},
		{"messages members", &toOpenAI, chat(repeat(100_000, member)), ""},
		{"messages members of a block", &toOpenAI, said(`{"type":"text",` + repeat(100_000, member) + `}`), "messages[0].content[0]"},
		{"messages stop sequences", &toOpenAI, chat(`"stop_sequences":[` + repeat(100_000, same(`""`)) + `]`), "stop_sequences["},
		{"messages tools", &toOpenAI, chat(`"tools":[` + repeat(100_000, same(`{"name":"f"}`)) + `]`), "tools[30000]"},
		{"messages calls", &toOpenAI, turn(repeat(1000, use)), "messages[1].content[256]"},
		{"messages thinking", &toOpenAI, turn(repeat(100_000, same(`{"type":"thinking","signature":"longmen.v1.google.x"}`))), "messages[1].content[29998]"},
		{"messages search result", &toOpenAI, said(`{"type":"search_result","content":[` + repeat(100_000, same(`{"text":"a"}`)) + `]}`), "messages[0].content[0].content["},
		{"messages document", &toOpenAI, said(`{"type":"document","source":{"type":"content","content":[` + repeat(100_000, same(`{"type":"text","text":"a"}`)) + `]}}`), "messages[0].content[0].source.content["},
		{"messages result", &toOpenAI, `{"messages":[` + user + `,{"role":"assistant","content":[` + use(1) + `]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":[` + repeat(100_000, same(`{"type":"text","text":"a"}`)) + `]}]}]}`, "messages[2].content[0].content["},
		{"messages long name", &toOpenAI, chat(`"tools":[{"name":"` + long + `"}]`), "tools[0].name"},
		{"messages long id", &toOpenAI, turn(`{"type":"tool_use","id":"` + long + `","name":"f","input":{}}`), "messages[1].content[0].id"},
		{"messages long url", &toOpenAI, said(`{"type":"image","source":{"type":"url","url":"` + long + `"}}`), "messages[0].content[0].source.url"},
		{"messages long signature", &toOpenAI, turn(`{"type":"thinking","thinking":"","signature":"longmen.v1.google.` + strings.Repeat("x", 1<<20) + `"},{"type":"text","text":"a"}`), "-"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.param == "-" {
				test.codec.Served(t, "", test.client)
			} else {
				test.codec.Refused(t, "", test.client, test.param)
			}
		})
	}
}

// TestCallsGrowLinearly sends histories of one and of four lengths.
func TestCallsGrowLinearly(t *testing.T) {
	chat := func(n int) string {
		return `{"messages":[{"role":"user","content":"hi"},` + repeat(n, func(i int) string {
			return fmt.Sprintf(`{"role":"assistant","content":"x","tool_calls":[{"id":"c%d","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c%d","content":"ok"}`, i, i)
		}) + `],"tools":[{"type":"function","function":{"name":"f"}}],"reasoning_effort":"low"}`
	}
	anthropic := func(n int) string {
		return `{"messages":[{"role":"user","content":"hi"},` + repeat(n, func(i int) string {
			return fmt.Sprintf(`{"role":"assistant","content":[{"type":"text","text":"x"},{"type":"tool_use","id":"c%d","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c%d","content":"ok"}]}`, i, i)
		}) + `],"tools":[{"name":"f"}]}`
	}
	for name, test := range map[string]struct {
		codec  *codectest.Codec
		client func(n int) string
	}{"chat": {&toAnthropic, chat}, "messages": {&toOpenAI, anthropic}} {
		t.Run(name, func(t *testing.T) {
			count := func(n int) int {
				p := test.codec.Open(t, "")
				return p.HostCalls(func() {
					if r := p.Request(test.client(n)); r.Err != nil || r.Rejection != nil {
						t.Fatalf("%v %+v", r.Err, r.Rejection)
					}
				})
			}
			one, four := count(500), count(2000)
			if four > 4*one+400 {
				t.Errorf("%d calls for 500 rounds, %d for 2000", one, four)
			}
			t.Logf("%d calls a round", one/500)
		})
	}
}

// TestImagesStayInTheGateway sends an image of 5 MB: the plugin makes the same calls as for a small one, and
// none of its buffers grows.
func TestImagesStayInTheGateway(t *testing.T) {
	tests := map[string]struct {
		codec              *codectest.Codec
		before, after, got string
	}{
		"chat":     {&toAnthropic, `{"type":"image_url","image_url":{"url":"data:image/png;base64,`, `"}}`, `"media_type":"image/png","data":"QUJDQUJD`},
		"messages": {&toOpenAI, `{"type":"image","source":{"type":"base64","media_type":"image/png","data":"`, `"}}`, `"url":"data:image/png;base64,QUJDQUJD`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			request := func(n int) string {
				return `{"messages":[{"role":"user","content":[` + test.before + strings.Repeat("QUJD", n) + test.after + `]}]}`
			}
			p := test.codec.Open(t, "")
			var small, large int
			small = p.HostCalls(func() { p.Request(request(100)) })
			large = p.HostCalls(func() {
				if r := p.Request(request(5 << 18)); !strings.Contains(r.JSON, test.got) || len(r.JSON) < 5<<20 {
					t.Errorf("got %d bytes %.200s: want %s", len(r.JSON), r.JSON, test.got)
				}
			})
			if small != large {
				t.Errorf("%d calls for a small image, %d for a large one", small, large)
			}
			if n := cap(output.Bytes()); longmentest.Native() && n > codec.MaxKept {
				t.Errorf("the plugin's buffer has grown to %d bytes", n)
			}
		})
	}
}

// TestStateStaysSmall streams many events: the state holds what one answer needs, not what came by.
func TestStateStaysSmall(t *testing.T) {
	tests := []struct {
		name, client string
		codec        *codectest.Codec
		before       []string
		event        string
	}{
		{"chat text", toAnthropic.Request, &toAnthropic, []string{claudeStart, claudeBlock}, claudeDelta},
		{"chat arguments", toAnthropic.Request, &toAnthropic, []string{claudeStart, claudeCall}, claudeJSON},
		{"messages text", toOpenAI.Request, &toOpenAI, []string{gptStart}, gptDelta},
		{"messages arguments", toOpenAI.Request, &toOpenAI, []string{gptStart, gptCall}, gptJSON},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := test.codec.Open(t, "")
			p.Request(test.client)
			feed(t, p.Exchange, test.before)
			for range 1000 {
				feed(t, p.Exchange, []string{test.event})
			}
			if s := p.State(); len(s) > 500 {
				t.Errorf("the state has %d bytes: %s", len(s), s)
			}
		})
	}
}

// TestHostileAnswers: what a provider sends without end is bounded, and ends with a 502 or goes on.
func TestHostileAnswers(t *testing.T) {
	t.Run("thinking without end", func(t *testing.T) {
		p := toAnthropic.Open(t, "")
		p.Request(toAnthropic.Request)
		feed(t, p.Exchange, []string{claudeStart, claudeHead})
		piece := `{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"` + strings.Repeat("x", 10_000) + `"}}`
		for range 200 {
			feed(t, p.Exchange, []string{piece})
		}
		out := feed(t, p.Exchange, []string{
			`{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}`,
			`{"type":"content_block_stop","index":0}`,
			`{"type":"message_delta","delta":{"stop_reason":"end_turn"}}`, `{"type":"message_stop"}`,
		})
		if n := len(out); n != 1 {
			t.Errorf("%d chunks after the thinking: want the end alone", n)
		}
	})
	for name, delta := range map[string]string{
		"calls that wait": `{"tool_calls":[{"index":1,"id":"c2","function":{"name":"g","arguments":"` + strings.Repeat("x", 10_000) + `"}}]}`,
		"text that waits": `{"content":"` + strings.Repeat("x", 10_000) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			p := toOpenAI.Open(t, "")
			p.Request(toOpenAI.Request)
			feed(t, p.Exchange, []string{gptStart, gptCall, gptJSON})
			for range 200 {
				r := p.Event(`{"id":"chatcmpl-1","choices":[{"index":0,"delta":` + delta + `}]}`)
				if r.Err != nil {
					t.Fatal(r.Err)
				}
				if r.Rejection != nil {
					if r.Rejection.Status != 502 {
						t.Errorf("got %+v: want a 502", *r.Rejection)
					}
					return
				}
			}
			t.Error("2 MB wait: want a 502")
		})
	}
	t.Run("calls without end", func(t *testing.T) {
		p := toOpenAI.Open(t, "")
		p.Request(toOpenAI.Request)
		for i := range 300 {
			r := p.Event(fmt.Sprintf(`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":%d,"id":"c%d","function":{"name":"g","arguments":"{}"}}]}}]}`, i, i))
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if r.Rejection != nil {
				return
			}
		}
		t.Error("300 calls: want a 502")
	})
	for name, answer := range map[string]string{
		"blocks":    `{"content":[` + repeat(100_000, same(`{"type":"text","text":"a"}`)) + `]}`,
		"citations": `{"content":[` + repeat(4000, same(`{"type":"text","text":"a","citations":[`+repeat(100, same(`{"url":"https://a.b"}`))+`]}`)) + `],"stop_reason":"end_turn"}`,
	} {
		t.Run(name, func(t *testing.T) {
			p := toAnthropic.Open(t, "")
			p.Request(toAnthropic.Request)
			if calls := p.HostCalls(func() {
				if r := p.Response(answer); r.Err != nil {
					t.Error(r.Err)
				}
			}); calls > 700_000 {
				t.Errorf("%d calls into the gateway", calls)
			}
		})
	}
}
