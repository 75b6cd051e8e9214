package text

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// secrets are what the restoring plugin of the tests puts in place of literals.
var secrets = map[string]string{
	"<EMAIL_AB12>": `ann "O'Neil"@例え.jp`,
	"<NAME_7F>":    "Zoë\n\\Müller\t👩‍👩‍👧",
	"<NOTE_01>":    "</script>\u2028{\"a\":1}\r",
}

var literals = []string{"<EMAIL_AB12>", "<NAME_7F>", "<NOTE_01>"}

var restorer = strings.NewReplacer("<EMAIL_AB12>", secrets["<EMAIL_AB12>"], "<NAME_7F>", secrets["<NAME_7F>"], "<NOTE_01>", secrets["<NOTE_01>"])

// restore is a text plugin that knows nothing but the segments of one call: it replaces literals and
// holds a tail that may become one.
func restore(segs []Segment, reply *Reply) {
	reply.Reset()
	for i := range segs {
		t := segs[i].Text
		end := 0
		for at := 0; at < len(t); {
			found := false
			for _, l := range literals {
				if bytes.HasPrefix(t[at:], []byte(l)) {
					reply.Edits = append(reply.Edits, Edit{Segment: uint32(i), Start: uint32(at), Len: uint32(len(l)), Text: []byte(secrets[l])})
					at += len(l)
					end = at
					found = true
					break
				}
			}
			if !found {
				at++
			}
		}
		if segs[i].Flags&abi.SegmentFinal != 0 || segs[i].Flags&abi.SegmentStreamed == 0 {
			continue
		}
		for at := end; at < len(t); at++ {
			if properPrefix(t[at:]) {
				reply.Holds = append(reply.Holds, Hold{uint32(i), uint32(len(t) - at)})
				break
			}
		}
	}
}

func properPrefix(t []byte) bool {
	for _, l := range literals {
		if len(t) < len(l) && strings.HasPrefix(l, string(t)) {
			return true
		}
	}
	return false
}

// replay leads events through a Stream with a plugin, as package pipeline does, and returns what the
// client gets.
func replay(t testing.TB, d *dialect.Dialect, events [][]byte, plugin func([]Segment, *Reply)) [][]byte {
	t.Helper()
	return named(t, d, events, plugin, nil)
}

// named is replay; it appends the names of the events that the host made to names.
func named(t testing.TB, d *dialect.Dialect, events [][]byte, plugin func([]Segment, *Reply), names *[]string) [][]byte {
	t.Helper()
	s := NewStream(d, 4096)
	var a document.Arena
	var reply Reply
	var out [][]byte
	release := func(segs []Segment) {
		if len(segs) == 0 {
			return
		}
		plugin(segs, &reply)
		released, err := s.Release(&reply)
		if err != nil {
			t.Fatalf("Release: %v", err)
		}
		for _, r := range released {
			out = append(out, r.Data)
			if names != nil {
				*names = append(*names, string(r.Name))
			}
		}
	}
	for _, data := range events {
		a.Reset()
		root, err := a.Parse(data)
		if err != nil {
			t.Fatalf("event is not JSON: %v\n%s", err, data)
		}
		if s.Ending(&a, root) {
			release(s.Drain(&a, root))
		}
		if segs := s.Collect(&a, root); len(segs) > 0 {
			plugin(segs, &reply)
			if err := s.Apply(&a, root, &reply); err != nil {
				t.Fatalf("Apply: %v", err)
			}
		}
		out = append(out, a.AppendJSON(nil, root))
	}
	release(s.DrainAll())
	if s.held != 0 {
		t.Fatalf("%d bytes are held at the end", s.held)
	}
	return out
}

// op is one thing that happens in a stream.
type op struct {
	what   string // content, reasoning, args: text; start, whole, finish, other
	choice int
	call   int
	text   string
	name   string          // start, whole: name; finish: reason
	raw    json.RawMessage // other: the event; whole: the arguments, or the event as it is compared
	src    json.RawMessage // whole: the event
}

func (o *op) isText() bool { return o.what == "content" || o.what == "reasoning" || o.what == "args" }

func fixture(t testing.TB, name string) [][]byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(b), []byte("\n"))
}

type openAIEvent struct {
	ID      string
	Choices []struct {
		Index int
		Delta struct {
			Role      string
			Content   string
			Reasoning string `json:"reasoning_content"`
			ToolCalls []struct {
				Index    int
				ID       string
				Function struct{ Name, Arguments string }
			} `json:"tool_calls"`
		}
		FinishReason string `json:"finish_reason"`
	}
	Usage json.RawMessage
}

// openAIOps reads what happens in events of openai.chat.
func openAIOps(t testing.TB, events [][]byte) (ops []op) {
	t.Helper()
	for _, data := range events {
		var e openAIEvent
		if err := json.Unmarshal(data, &e); err != nil {
			t.Fatalf("event is not JSON: %v\n%s", err, data)
		}
		if len(e.Choices) > 0 && len(e.Usage) > 4 {
			t.Fatalf("usage beside choices: %s", data)
		}
		if e.ID != "chatcmpl-BxQ7kZk3" {
			t.Fatalf("another id: %s", data)
		}
		if len(e.Choices) == 0 {
			ops = append(ops, op{what: "other", choice: -1, raw: data})
		}
		for _, c := range e.Choices {
			d := &c.Delta
			if d.Role != "" {
				ops = append(ops, op{what: "role", choice: c.Index})
			}
			if d.Reasoning != "" {
				ops = append(ops, op{what: "reasoning", choice: c.Index, text: d.Reasoning})
			}
			if d.Content != "" {
				ops = append(ops, op{what: "content", choice: c.Index, text: d.Content})
			}
			for _, tc := range d.ToolCalls {
				if tc.ID != "" {
					ops = append(ops, op{what: "start", choice: c.Index, call: tc.Index, name: tc.Function.Name})
				}
				if tc.Function.Arguments != "" {
					ops = append(ops, op{what: "args", choice: c.Index, call: tc.Index, text: tc.Function.Arguments})
				}
			}
			if c.FinishReason != "" {
				ops = append(ops, op{what: "finish", choice: c.Index, name: c.FinishReason})
			}
		}
	}
	return ops
}

// openAIRender writes ops as one event each.
func openAIRender(ops []op) [][]byte {
	var out [][]byte
	for i := range ops {
		o := &ops[i]
		var delta, finish any = map[string]any{}, nil
		switch o.what {
		case "role":
			delta = map[string]any{"role": "assistant", "content": ""}
		case "content":
			delta = map[string]any{"content": o.text}
		case "reasoning":
			delta = map[string]any{"content": nil, "reasoning_content": o.text}
		case "start":
			delta = map[string]any{"tool_calls": []any{map[string]any{"index": o.call, "id": fmt.Sprint("call_", o.call), "type": "function", "function": map[string]any{"name": o.name, "arguments": ""}}}}
		case "args":
			delta = map[string]any{"tool_calls": []any{map[string]any{"index": o.call, "function": map[string]any{"arguments": o.text}}}}
		case "finish":
			finish = o.name
		case "other":
			out = append(out, o.raw)
			continue
		}
		b, _ := json.Marshal(map[string]any{"id": "chatcmpl-BxQ7kZk3", "object": "chat.completion.chunk", "created": 1, "model": "m", "usage": nil,
			"choices": []any{map[string]any{"index": o.choice, "delta": delta, "logprobs": nil, "finish_reason": finish}}})
		out = append(out, b)
	}
	return out
}

// geminiOps reads what happens in events of gemini.generate.
func geminiOps(t testing.TB, events [][]byte) (ops []op) {
	t.Helper()
	for _, data := range events {
		var e struct {
			Candidates []struct {
				Index   int
				Content struct {
					Parts []struct {
						Text         string
						Thought      bool
						FunctionCall *struct {
							Name string
							Args json.RawMessage
						}
					}
				}
				FinishReason string
			}
		}
		if err := json.Unmarshal(data, &e); err != nil {
			t.Fatalf("event is not JSON: %v\n%s", err, data)
		}
		for _, c := range e.Candidates {
			for _, p := range c.Content.Parts {
				switch {
				case p.FunctionCall != nil:
					ops = append(ops, op{what: "whole", choice: c.Index, name: p.FunctionCall.Name, raw: p.FunctionCall.Args})
				case p.Thought && p.Text != "":
					ops = append(ops, op{what: "reasoning", choice: c.Index, text: p.Text})
				case p.Text != "":
					ops = append(ops, op{what: "content", choice: c.Index, text: p.Text})
				}
			}
			if c.FinishReason != "" {
				ops = append(ops, op{what: "finish", choice: c.Index, name: c.FinishReason})
			}
		}
	}
	return ops
}

// geminiRender writes ops as events; together tells of an op whether it shares the event of the one before.
func geminiRender(ops []op, together func() bool) [][]byte {
	var out [][]byte
	for i := 0; i < len(ops); {
		choice := ops[i].choice
		candidate := map[string]any{}
		if choice != 0 {
			candidate["index"] = choice
		}
		parts := []any{}
		for first := true; i < len(ops) && ops[i].choice == choice && candidate["finishReason"] == nil && (first || together()); i++ {
			first = false
			switch o := &ops[i]; o.what {
			case "content":
				parts = append(parts, map[string]any{"text": o.text})
			case "reasoning":
				parts = append(parts, map[string]any{"text": o.text, "thought": true})
			case "whole":
				parts = append(parts, map[string]any{"functionCall": map[string]any{"name": o.name, "args": o.raw}})
			case "finish":
				candidate["finishReason"] = o.name
			}
		}
		candidate["content"] = map[string]any{"parts": parts, "role": "model"}
		b, _ := json.Marshal(map[string]any{"candidates": []any{candidate}, "modelVersion": "m", "usageMetadata": map[string]any{"promptTokenCount": 4}})
		out = append(out, b)
	}
	return out
}

// join melts neighbouring texts of one channel.
func join(ops []op) (out []op) {
	for _, o := range ops {
		if n := len(out); n > 0 && o.isText() && out[n-1].what == o.what && out[n-1].choice == o.choice && out[n-1].call == o.call {
			out[n-1].text += o.text
			continue
		}
		out = append(out, o)
	}
	return out
}

// told is what a client understands of a stream: the text of each channel, and in which order things end.
func told(ops []op) map[string]string {
	m := map[string]string{}
	order := map[int]string{}
	for _, o := range ops {
		key := fmt.Sprint(o.choice, " ", o.what, " ", o.call)
		if o.isText() {
			m[key] += o.text
		}
		if o.what == "whole" {
			m[fmt.Sprint(o.choice, " whole")] += o.name + string(o.raw)
		}
		mark := o.what
		if mark == "start" {
			mark += fmt.Sprint(o.call)
		}
		if o.what == "args" {
			mark = "" // of parallel calls these come interleaved
		}
		if mark != "" && !strings.HasSuffix(order[o.choice], " "+mark) || o.what == "finish" {
			order[o.choice] += " " + mark
		}
	}
	for choice, s := range order {
		m[fmt.Sprint(choice, " order")] = s
	}
	return m
}
