package dialect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/sdk/document"
)

func TestNumberedError(t *testing.T) {
	e := &Error{Status: 429, Type: "rate_limit_error", Code: "rate_limit_exceeded", Message: "slow"}
	for name, want := range map[string]string{
		"openai.responses":   `error {"type":"error","code":"rate_limit_exceeded","message":"slow","param":null,"sequence_number":7}`,
		"anthropic.messages": `error {"type":"error","error":{"type":"rate_limit_error","message":"slow"},"request_id":null}`,
		"ollama.chat":        ` {"error":"slow"}`,
	} {
		d, _ := Get(name)
		event, data := d.NumberedError(e, 7)
		if got := event + " " + string(data); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestRenumber(t *testing.T) {
	for _, tt := range []struct{ name, dialect, doc, want string }{
		{"another", "openai.responses", `{"type":"x", "sequence_number":3}`, `{"type":"x", "sequence_number":9}`},
		{"the same", "openai.responses", `{"sequence_number": 9}`, `{"sequence_number": 9}`},
		{"none yet", "openai.responses", `{"type":"x"}`, `{"type":"x","sequence_number":9}`},
		{"no object", "openai.responses", `[1]`, `[1]`},
		{"a dialect without", "anthropic.messages", `{"type":"x"}`, `{"type":"x"}`},
	} {
		var a document.Arena
		root := parse(t, &a, tt.doc)
		d, _ := Get(tt.dialect)
		d.Renumber(&a, root, 9)
		if got := string(a.AppendJSON(nil, root)); got != tt.want || d.Numbered() != (tt.dialect == "openai.responses") {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestStreams(t *testing.T) {
	type stream struct {
		Done, Framing, PingName, Ping string
		Named, Lines, Counts          bool
		Count                         string
	}
	got := make(map[string]stream)
	for _, d := range All() {
		s := stream{Done: d.Done, Framing: d.Framing(), Lines: d.Lines(), Counts: d.Counts(), Count: string(d.RenderCount(9))}
		name, data := d.Ping()
		s.PingName, s.Ping = string(name), string(data)
		var a document.Arena
		s.Named = string(d.NameOf(&a, parse(t, &a, `{"type":"ping"}`))) == "ping"
		got[d.Name] = s
	}
	want := map[string]stream{
		"openai.chat": {Done: "[DONE]"}, "openai.completions": {Done: "[DONE]"}, "openai.embeddings": {}, "openai.other": {},
		"openai.responses":   {Named: true},
		"openai.count":       {Counts: true, Count: `{"object":"response.input_tokens","input_tokens":9}`},
		"anthropic.messages": {Named: true, PingName: "ping", Ping: `{"type":"ping"}`},
		"anthropic.count":    {Counts: true, Count: `{"input_tokens":9}`},
		"gemini.generate":    {}, "gemini.embed": {},
		"gemini.count": {Counts: true, Count: `{"totalTokens":9}`},
		"ollama.chat":  {Framing: "lines", Lines: true}, "ollama.generate": {Framing: "lines", Lines: true}, "ollama.embed": {},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("streams differ (-want +got):\n%s", diff)
	}
}

// TestListsModels: a provider may speak one of these alone.
func TestListsModels(t *testing.T) {
	for _, d := range All() {
		_, kind, _ := strings.Cut(d.Name, ".")
		if want := kind != "count" && kind != "other" && d.Name != "gemini.embed"; d.ListsModels() != want {
			t.Errorf("%s lists models: %v", d.Name, !want)
		}
	}
}

// TestEventSites lists the sites of events: text by role, kind and whether it is whole, and the marks.
func TestEventSites(t *testing.T) {
	roles := [...]string{"?", "system", "user", "assistant", "tool"}
	kinds := [...]string{"plain", "reasoning", "args", "result", "refusal", "name"}
	for _, tt := range []struct{ dialect, doc, want string }{
		{"anthropic.messages", `{"type":"message_start","message":{"role":"assistant","content":[],"usage":{"input_tokens":1}}}`, ""},
		{"anthropic.messages", `{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}`, "start 2"},
		{"anthropic.messages", `{"type":"content_block_delta","index":2,"delta":{"type":"thinking_delta","thinking":"t"}}`, "assistant reasoning t 2"},
		{"anthropic.messages", `{"type":"content_block_delta","index":2,"delta":{"type":"signature_delta","signature":"s"}}`, "end 2"},
		{"anthropic.messages", `{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{"}}`, "assistant args { 2"},
		{"anthropic.messages", `{"type":"content_block_delta","index":2,"delta":{"type":"citations_delta","citation":{"type":"char_location","cited_text":"c"}}}`, "assistant plain c whole"},
		{"anthropic.messages", `{"type":"content_block_stop","index":2}`, "end 2"},
		{"anthropic.messages", `{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":1}}`, "finish"},
		{"anthropic.messages", `{"type":"message_stop"}`, ""},
		{"openai.responses", `{"type":"response.output_text.delta","output_index":1,"content_index":2,"delta":"d","logprobs":[]}`, "assistant plain d 1/6"},
		{"openai.responses", `{"type":"response.reasoning_text.delta","output_index":0,"content_index":0,"delta":"d"}`, "assistant reasoning d 0/0"},
		{"openai.responses", `{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"d"}`, "assistant reasoning d 0/1"},
		{"openai.responses", `{"type":"response.function_call_arguments.delta","output_index":3,"delta":"{"}`, "assistant args { 3"},
		{"openai.responses", `{"type":"response.custom_tool_call_input.delta","output_index":3,"delta":"d"}`, "assistant args d 3"},
		{"openai.responses", `{"type":"response.refusal.delta","output_index":1,"content_index":0,"delta":"d"}`, "assistant refusal d 1/0"},
		{"openai.responses", `{"type":"response.shell_call_command.delta","output_index":1,"command_index":1,"delta":"d"}`, "assistant args d 1/5"},
		{"openai.responses", `{"type":"response.shell_call_output_content.delta","output_index":1,"command_index":0,"delta":{"stdout":"d","stderr":"e"}}`, "tool result d 1/2, tool result e whole"},
		{"openai.responses", `{"type":"response.shell_call_output_content.done","output_index":1,"command_index":0,"output":[{"stdout":"d","stderr":""}]}`, "end 1/2, tool result d whole"},
		{"openai.responses", `{"type":"response.audio.delta","delta":"AA=="}`, ""},
		{"openai.responses", `{"type":"response.something_new.delta","output_index":1,"delta":"d"}`, "assistant plain d 1"},
		{"openai.responses", `{"type":"response.output_text.done","output_index":1,"content_index":2,"text":"d"}`, "end 1/6, assistant plain d whole"},
		{"openai.responses", `{"type":"response.reasoning_summary_text.done","output_index":0,"summary_index":0,"text":"d"}`, "end 0/1, assistant reasoning d whole"},
		{"openai.responses", `{"type":"response.function_call_arguments.done","output_index":3,"arguments":"{}"}`, "end 3, assistant args {} whole"},
		{"openai.responses", `{"type":"response.content_part.done","output_index":1,"content_index":0,"part":{"type":"output_text","text":"d"}}`, "end 1/0, assistant plain d whole"},
		{"openai.responses", `{"type":"response.reasoning_summary_part.done","output_index":0,"summary_index":1,"part":{"type":"summary_text","text":"d"}}`, "end 0/4, assistant reasoning d whole"},
		{"openai.responses", `{"type":"response.output_item.added","output_index":3,"item":{"type":"function_call","arguments":""}}`, "start 3"},
		{"openai.responses", `{"type":"response.output_item.done","output_index":3,"item":{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"d"}]}}`, "end 3, start 3, assistant reasoning d whole"},
		{"openai.responses", `{"type":"response.completed","response":{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"d"}]}]}}`, "finish, assistant plain d whole"},
		{"openai.responses", `{"type":"response.in_progress","response":{"status":"in_progress","instructions":"s"}}`, "system plain s whole"},
		{"openai.completions", `{"choices":[{"index":0,"text":"d","finish_reason":null}]}`, "assistant plain d 0/0"},
		{"ollama.chat", `{"message":{"role":"assistant","thinking":"t","content":"d"},"done":false}`, "assistant reasoning t 0/0, assistant plain d 0/0"},
		{"ollama.chat", `{"message":{"content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":"b"}}}]},"done":false}`, "start 0/0, assistant args  whole"},
		{"ollama.chat", `{"message":{"content":""},"done":true,"done_reason":"stop"}`, "finish, finish"},
		{"ollama.generate", `{"response":"d","done":false}`, "assistant plain d 0/0"},
	} {
		var a document.Arena
		d, _ := Get(tt.dialect)
		var got []string
		for _, s := range d.Sites(nil, PhaseEvent, &a, parse(t, &a, tt.doc)) {
			at := digit(s.Block)
			if s.Part >= 0 {
				at += "/" + digit(s.Part)
			}
			switch s.Form {
			case FormCall:
				got = append(got, "start "+at)
			case FormEnd:
				got = append(got, "end "+at)
			case FormFinish:
				got = append(got, "finish")
			default:
				if s.Whole {
					at = "whole"
				}
				got = append(got, strings.Join([]string{roles[s.Role], kinds[s.Kind], a.String(s.Node), at}, " "))
			}
		}
		if all := strings.Join(got, ", "); all != tt.want {
			t.Errorf("%s: got %q, want %q", tt.doc, all, tt.want)
		}
	}
}

func digit(n int32) string { return string(rune('0' + n)) }
