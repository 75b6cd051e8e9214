package text

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// The strict clients of the dialects whose events belong to blocks, and of those that stream lines: what
// breaks their rules fails the test, what has no text in pieces is compared as a whole.

// whole is an event that the client takes as it is.
func whole(data []byte) op { return op{what: "whole", raw: data, src: data} }

func read(t testing.TB, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("event is not JSON: %v\n%s", err, data)
	}
}

func write(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

type object = map[string]any

// anthropicOps wants blocks one after the other, deltas inside of them, and signatures behind the thoughts.
func anthropicOps(t testing.TB, events [][]byte) (ops []op) {
	t.Helper()
	open, signed := -1, false
	for _, data := range events {
		var e struct {
			Type  string
			Index int
			Delta struct {
				Type, Text, Thinking string
				JSON                 string `json:"partial_json"`
			}
		}
		read(t, data, &e)
		switch e.Type {
		case "content_block_start":
			if open >= 0 {
				t.Fatalf("block %d begins inside block %d", e.Index, open)
			}
			open, signed = e.Index, false
		case "content_block_delta", "content_block_stop":
			if e.Index != open {
				t.Fatalf("%s of block %d inside block %d", e.Type, e.Index, open)
			}
			if e.Type == "content_block_stop" {
				open = -1
			}
		case "message_delta", "message_stop":
			if open >= 0 {
				t.Fatalf("%s inside block %d", e.Type, open)
			}
		}
		o := op{call: e.Index}
		switch e.Delta.Type {
		case "text_delta":
			o.what, o.text = "content", e.Delta.Text
		case "thinking_delta":
			if o.what, o.text = "reasoning", e.Delta.Thinking; signed {
				t.Fatal("a thought behind its signature")
			}
		case "input_json_delta":
			o.what, o.text = "args", e.Delta.JSON
		case "signature_delta":
			if signed {
				t.Fatal("a second signature")
			}
			signed = true
			fallthrough
		default:
			o = whole(data)
		}
		if o.what == "whole" || o.text != "" {
			ops = append(ops, o)
		}
	}
	return ops
}

func anthropicRender(ops []op) (out [][]byte) {
	for i := range ops {
		var delta object
		switch o := &ops[i]; o.what {
		case "content":
			delta = object{"type": "text_delta", "text": o.text}
		case "reasoning":
			delta = object{"type": "thinking_delta", "thinking": o.text}
		case "args":
			delta = object{"type": "input_json_delta", "partial_json": o.text}
		default:
			out = append(out, o.src)
			continue
		}
		out = append(out, write(object{"type": "content_block_delta", "index": ops[i].call, "delta": delta}))
	}
	return out
}

// responsesEvent is an event that has text in pieces, or repeats it.
type responsesEvent struct {
	Type      string
	Item      string `json:"item_id"`
	Output    int    `json:"output_index"`
	Content   *int   `json:"content_index"`
	Summary   *int   `json:"summary_index"`
	Delta     string
	Text      string
	Arguments string
}

func (e *responsesEvent) place() int {
	switch {
	case e.Content != nil:
		return e.Output*100 + *e.Content
	case e.Summary != nil:
		return e.Output*100 + 50 + *e.Summary
	}
	return e.Output * 100
}

var responsesDeltas = map[string]string{
	"response.output_text.delta": "content", "response.reasoning_summary_text.delta": "reasoning", "response.function_call_arguments.delta": "args",
}

// responsesOps wants the pieces to be what the complete texts repeat, and nothing behind those.
func responsesOps(t testing.TB, events [][]byte) (ops []op) {
	t.Helper()
	pieces, done, items := map[int]string{}, map[int]bool{}, map[int]string{}
	for _, data := range events {
		var e responsesEvent
		read(t, data, &e)
		at := e.place()
		if e.Item != "" && items[e.Output] != "" && items[e.Output] != e.Item {
			t.Fatalf("item %d is %s and %s", e.Output, items[e.Output], e.Item)
		}
		items[e.Output] = e.Item
		if what := responsesDeltas[e.Type]; what != "" {
			if done[at] {
				t.Fatalf("a piece behind the end: %s", data)
			}
			pieces[at] += e.Delta
			ops = append(ops, op{what: what, call: at, text: e.Delta, name: e.Item})
			continue
		}
		switch e.Type {
		case "response.output_text.done", "response.reasoning_summary_text.done":
			done[at] = true
			if pieces[at] != e.Text {
				t.Fatalf("the pieces make %q, the end says %q", pieces[at], e.Text)
			}
		case "response.function_call_arguments.done":
			done[at] = true
			if a, b := plainArgs(t, pieces[at]), plainArgs(t, e.Arguments); a != b {
				t.Fatalf("the pieces make %s, the end says %s", a, b)
			}
		}
		o := whole(data)
		o.raw = unpackArgs(t, data)
		ops = append(ops, o)
	}
	return ops
}

func plainArgs(t testing.TB, args string) string {
	var v any
	read(t, []byte(args), &v)
	return string(write(v))
}

// unpackArgs puts in place of arguments what they mean.
func unpackArgs(t testing.TB, data []byte) []byte {
	var v any
	read(t, data, &v)
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case object:
			if args, _ := v["arguments"].(string); args != "" {
				var inner any
				read(t, []byte(args), &inner)
				v["arguments"] = inner
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
	return write(v)
}

func responsesRender(ops []op) (out [][]byte) {
	for i := range ops {
		o := &ops[i]
		e := object{"item_id": o.name, "output_index": o.call / 100, "delta": o.text, "obfuscation": "x7Qm", "sequence_number": i}
		switch o.what {
		case "content":
			e["type"], e["content_index"], e["logprobs"] = "response.output_text.delta", o.call%100, []any{}
		case "reasoning":
			e["type"], e["summary_index"] = "response.reasoning_summary_text.delta", o.call%100-50
		case "args":
			e["type"] = "response.function_call_arguments.delta"
		default:
			out = append(out, o.src)
			continue
		}
		out = append(out, write(e))
	}
	return out
}

// ollamaOps wants every line to say whether it is the last one.
func ollamaOps(t testing.TB, lines [][]byte) (ops []op) {
	t.Helper()
	over := false
	for _, data := range lines {
		var e struct {
			Message struct {
				Content, Thinking string
				ToolCalls         []any `json:"tool_calls"`
			}
			Done *bool
		}
		read(t, data, &e)
		if e.Done == nil || over {
			t.Fatalf("a line without done, or behind the last one: %s", data)
		}
		over = *e.Done
		switch m := &e.Message; {
		case over || m.ToolCalls != nil:
			ops = append(ops, whole(data))
		case m.Thinking != "":
			ops = append(ops, op{what: "reasoning", text: m.Thinking})
		case m.Content != "":
			ops = append(ops, op{what: "content", text: m.Content})
		}
	}
	return ops
}

func ollamaRender(ops []op) (out [][]byte) {
	for i := range ops {
		message := object{"role": "assistant", "content": ""}
		switch o := &ops[i]; o.what {
		case "content":
			message["content"] = o.text
		case "reasoning":
			message["thinking"] = o.text
		default:
			out = append(out, o.src)
			continue
		}
		out = append(out, write(object{"model": "m", "created_at": "2026-11-19T09:12:00Z", "message": message, "done": false}))
	}
	return out
}

func completionsOps(t testing.TB, events [][]byte) (ops []op) {
	t.Helper()
	for _, data := range events {
		var e struct {
			Choices []struct {
				Index  int
				Text   string
				Finish string `json:"finish_reason"`
			}
		}
		read(t, data, &e)
		if len(e.Choices) == 0 {
			ops = append(ops, op{what: "other", choice: -1, raw: data})
		}
		for _, c := range e.Choices {
			if c.Text != "" {
				ops = append(ops, op{what: "content", choice: c.Index, text: c.Text})
			}
			if c.Finish != "" {
				ops = append(ops, op{what: "finish", choice: c.Index, name: c.Finish})
			}
		}
	}
	return ops
}

func completionsRender(ops []op) (out [][]byte) {
	for i := range ops {
		o := &ops[i]
		if o.what == "other" {
			out = append(out, o.raw)
			continue
		}
		choice := object{"index": o.choice, "text": o.text, "logprobs": nil, "finish_reason": nil}
		if o.what == "finish" {
			choice["finish_reason"] = o.name
		}
		out = append(out, write(object{"id": "cmpl-1", "object": "text_completion", "model": "m", "choices": []any{choice}}))
	}
	return out
}

// TestReleasedEvents looks at the events that the host makes, byte for byte.
func TestReleasedEvents(t *testing.T) {
	const start = `{"type":"content_block_start","index":4,"content_block":{"type":"text","text":"`
	for _, tt := range []struct {
		name, dialect string
		events        []string
		want          []string // of which the last one is what came
		event         string
	}{
		{"a block's delta", "anthropic.messages", []string{
			`{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"a<NO"}}`, `{"type":"content_block_stop","index":4}`},
			[]string{`{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"a"}}`,
				`{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"<NO"}}`, `{"type":"content_block_stop","index":4}`},
			"content_block_delta"},
		{"a block that begins with text", "anthropic.messages", []string{start + `a<NO"}}`, `{"type":"content_block_stop","index":4}`},
			[]string{start + `a"}}`,
				`{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"<NO"}}`, `{"type":"content_block_stop","index":4}`},
			"content_block_delta"},
		{"thoughts before their signature", "anthropic.messages", []string{
			`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"<"}}`, `{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"Eq=="}}`},
			[]string{`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":""}}`,
				`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"<"}}`, `{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"Eq=="}}`},
			"content_block_delta"},
		{"another block", "anthropic.messages", []string{
			`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"<"}}`, `{"type":"content_block_stop","index":1}`},
			[]string{`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}`, `{"type":"content_block_stop","index":1}`,
				`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"<"}}`},
			"content_block_delta"},
		{"a block that nobody ended", "anthropic.messages", []string{
			`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"<"}}`, `{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}`},
			[]string{`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}`,
				`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"<"}}`, `{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}`},
			"content_block_delta"},
		{"half an escape of arguments", "anthropic.messages", []string{
			`{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":\"x\\"}}`, `{"type":"content_block_stop","index":1}`},
			[]string{`{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":\"x"}}`,
				`{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"\\"}}`, `{"type":"content_block_stop","index":1}`},
			"content_block_delta"},
		{"a part of an item", "openai.responses", []string{
			`{"type":"response.output_text.delta","sequence_number":7,"item_id":"msg_1","output_index":2,"content_index":1,"delta":"a<","logprobs":[{"token":"a"}],"obfuscation":"x"}`,
			`{"type":"response.content_part.done","sequence_number":8,"output_index":2,"content_index":0}`,
			`{"type":"response.output_text.done","sequence_number":9,"output_index":2,"content_index":1,"text":"a<"}`},
			[]string{`{"type":"response.output_text.delta","sequence_number":7,"item_id":"msg_1","output_index":2,"content_index":1,"delta":"a","logprobs":[{"token":"a"}],"obfuscation":"x"}`,
				`{"type":"response.content_part.done","sequence_number":8,"output_index":2,"content_index":0}`,
				`{"type":"response.output_text.delta","sequence_number":7,"item_id":"msg_1","output_index":2,"content_index":1,"delta":"<","logprobs":[]}`,
				`{"type":"response.output_text.done","sequence_number":9,"output_index":2,"content_index":1,"text":"a<"}`},
			"response.output_text.delta"},
		{"an item ends all its parts", "openai.responses", []string{
			`{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":3,"delta":"<"}`, `{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning"}}`},
			[]string{`{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":3,"delta":""}`,
				`{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":3,"delta":"<"}`, `{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning"}}`},
			"response.reasoning_summary_text.delta"},
		{"a response that failed", "openai.responses", []string{
			`{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"<"}`, `{"type":"response.failed","response":{"status":"failed"}}`},
			[]string{`{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":""}`,
				`{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"<"}`, `{"type":"response.failed","response":{"status":"failed"}}`},
			"response.output_text.delta"},
		{"a thought that comes with its signature", "anthropic.messages", []string{`{"type":"content_block_delta","index":0,"delta":{"thinking":"a<","signature":"Eq=="}}`},
			[]string{`{"type":"content_block_delta","index":0,"delta":{"thinking":"a<","signature":"Eq=="}}`}, ""},
		{"items side by side", "openai.responses", []string{
			`{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"<NOT"}`,
			`{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"<NOTE"}`,
			`{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"IZ"}`,
			`{"type":"response.output_text.done","output_index":1,"content_index":0,"text":"<NOTE"}`},
			[]string{
				`{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":""}`,
				`{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":""}`,
				`{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"<NOTIZ"}`,
				`{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"<NOTE"}`,
				`{"type":"response.output_text.done","output_index":1,"content_index":0,"text":"<NOTE"}`},
			"response.output_text.delta"},
		{"audio is no text", "openai.responses", []string{`{"type":"response.audio.delta","delta":"PA=="}`}, []string{`{"type":"response.audio.delta","delta":"PA=="}`}, ""},
		{"a line", "ollama.chat", []string{`{"model":"m","message":{"role":"assistant","content":"a<"},"done":false}`, `{"model":"m","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"eval_count":3}`},
			[]string{`{"model":"m","message":{"role":"assistant","content":"a"},"done":false}`, `{"model":"m","message":{"role":"assistant","content":"<"},"done":false}`,
				`{"model":"m","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"eval_count":3}`}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var events [][]byte
			for _, e := range tt.events {
				events = append(events, []byte(e))
			}
			var names []string
			var got []string
			for _, e := range named(t, must(t, tt.dialect), events, restore, &names) {
				got = append(got, string(e))
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			for _, n := range names {
				if n != tt.event {
					t.Errorf("released as %q, want %q", n, tt.event)
				}
			}
		})
	}
}

// TestManyBlocks leads more blocks through a stream than it has room for at a time.
func TestManyBlocks(t *testing.T) {
	var events [][]byte
	for i := range maxChannels + 200 {
		for _, text := range []string{"a<EMA", "IL_AB12> <"} {
			events = append(events, []byte(fmt.Sprintf(`{"type":"content_block_delta","index":%d,"delta":{"text":"%s"}}`, i, text)))
		}
		events = append(events, []byte(fmt.Sprintf(`{"type":"content_block_stop","index":%d}`, i)))
	}
	var all strings.Builder
	for _, e := range replay(t, must(t, "anthropic.messages"), events, restore) {
		var v struct{ Delta struct{ Text string } }
		read(t, e, &v)
		all.WriteString(v.Delta.Text)
	}
	if want := strings.Repeat("a"+secrets["<EMAIL_AB12>"]+" <", maxChannels+200); all.String() != want {
		t.Error("the last blocks differ from the first ones")
	}
}
