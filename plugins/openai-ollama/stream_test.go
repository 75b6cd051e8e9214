package openaiollama

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// heard is what a client has read of one choice, or, at -1, of the whole stream.
type heard struct {
	Text, Thinking, Finish, Usage string
	Calls                         []string
}

// decoder reads a stream as a client does, and fails when one would stumble over it.
type decoder func(t testing.TB, events []longmentest.Event, ended bool) map[int]*heard

// chunk is an event of OpenAI's streams.
type chunk struct {
	ID, Object, Model string
	Created           int64
	Choices           []struct {
		Index int
		Text  *string
		Delta struct {
			Role             string
			Content          *string
			ReasoningContent *string `json:"reasoning_content"`
			ToolCalls        []struct {
				Index    int
				ID, Type string
				Function struct{ Name, Arguments string }
			} `json:"tool_calls"`
		}
		FinishReason *string `json:"finish_reason"`
	}
	Usage json.RawMessage
}

// decodeChunks reads the chunks of chat completions, or of the old completions.
func decodeChunks(t testing.TB, events []longmentest.Event, ended bool) map[int]*heard {
	t.Helper()
	var head *chunk
	all := map[int]*heard{}
	for i, e := range events {
		var c chunk
		if err := json.Unmarshal([]byte(e.JSON), &c); err != nil {
			t.Fatalf("chunk %d: %v\n%s", i, err, e.JSON)
		}
		if e.Name != "" {
			t.Errorf("chunk %d: event name %q: want none", i, e.Name)
		}
		if head == nil {
			head = &c
		}
		if c.Object == "chat.completion.chunk" && (c.ID != head.ID || c.Created != head.Created || c.Model != head.Model) {
			t.Errorf("chunk %d: head %q %d %q: want the first one's", i, c.ID, c.Created, c.Model)
		}
		if len(c.Usage) > 0 {
			if len(c.Choices) > 0 {
				t.Errorf("chunk %d: usage beside choices", i)
			}
			all[-1] = &heard{Usage: sorted(t, string(c.Usage))}
		}
		for _, choice := range c.Choices {
			h, known := all[choice.Index]
			d := choice.Delta
			if !known {
				h = &heard{}
				all[choice.Index] = h
				if choice.Text == nil && (d.Role != "assistant" || d.Content == nil || *d.Content != "") {
					t.Errorf("chunk %d: first delta: want the role and an empty content", i)
				}
			}
			if h.Finish != "" {
				t.Errorf("chunk %d: the choice goes on after its end", i)
			}
			for _, p := range []*string{choice.Text, d.Content} {
				if p != nil {
					h.Text += *p
				}
			}
			if d.ReasoningContent != nil {
				h.Thinking += *d.ReasoningContent
			}
			for _, c := range d.ToolCalls {
				if c.Index != len(h.Calls) || c.Type != "function" || c.ID == "" || !json.Valid([]byte(c.Function.Arguments)) {
					t.Errorf("chunk %d: call %+v: want index %d, an id and JSON arguments", i, c, len(h.Calls))
				}
				h.Calls = append(h.Calls, c.Function.Name+sorted(t, c.Function.Arguments))
			}
			if choice.FinishReason != nil {
				h.Finish = *choice.FinishReason
			}
		}
	}
	for i, h := range all {
		if ended && i >= 0 && h.Finish == "" {
			t.Errorf("choice %d never ended", i)
		}
	}
	return all
}

// sorted is a JSON text with sorted members: cutting a stream mixes them.
func sorted(t testing.TB, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return fmt.Sprint(v)
}

// decodeLines reads the lines of Ollama's streams.
func decodeLines(t testing.TB, events []longmentest.Event, ended bool) map[int]*heard {
	t.Helper()
	h := &heard{}
	for i, e := range events {
		var l struct {
			Model     *string
			CreatedAt time.Time `json:"created_at"`
			Response  string
			Thinking  string
			Message   struct {
				Role, Content, Thinking string
				ToolCalls               []struct {
					ID       string
					Function struct {
						Index     int
						Name      string
						Arguments map[string]any
					}
				} `json:"tool_calls"`
			}
			Done         bool
			DoneReason   string `json:"done_reason"`
			EvalCount    int    `json:"eval_count"`
			EvalDuration int64  `json:"eval_duration"`
		}
		if err := json.Unmarshal([]byte(e.JSON), &l); err != nil || l.Model == nil {
			t.Fatalf("line %d: %v\n%s", i, err, e.JSON)
		}
		if h.Finish != "" {
			t.Errorf("line %d follows the last one", i)
		}
		h.Text += l.Message.Content + l.Response
		h.Thinking += l.Message.Thinking + l.Thinking
		for _, c := range l.Message.ToolCalls {
			if c.ID == "" || c.Function.Index != len(h.Calls) || c.Function.Arguments == nil {
				t.Errorf("line %d: call %+v: want an id, index %d and arguments", i, c, len(h.Calls))
			}
			h.Calls = append(h.Calls, fmt.Sprint(c.Function.Name, c.Function.Arguments))
		}
		if l.Done {
			if l.EvalDuration < 1 {
				t.Errorf("line %d: eval_duration %d: clients divide by it", i, l.EvalDuration)
			}
			h.Finish, h.Usage = l.DoneReason, fmt.Sprint(l.EvalCount)
		}
	}
	if ended && h.Finish == "" {
		t.Error("the stream never ended")
	}
	return map[int]*heard{0: h}
}

// streamed are the codecs that stream.
var streamed = []struct {
	name   string
	codec  *codectest.Codec
	decode decoder
	noise  string // an event of another stream
}{
	{"to_ollama", &toOllama, decodeChunks, `{"model":"other","message":{"content":"noise","tool_calls":[{"function":{"name":"x","arguments":{}}}]},"done":false}`},
	{"to_openai", &toOpenAI, decodeLines, `{"choices":[{"delta":{"content":"noise","tool_calls":[{"index":0,"id":"x","function":{"name":"x","arguments":"{\"noise\":"}}]}}]}`},
	{"generate", &generate, decodeLines, `{"choices":[{"delta":{"content":"noise"}}]}`},
	{"completions", &completions, decodeChunks, `{"id":"c","choices":[{"index":7,"delta":{"content":"noise"},"finish_reason":"length"}],"usage":{}}`},
	{"generated", &generated, decodeChunks, `{"model":"other","response":"noise","done":false}`},
}

// run streams the events and returns what the client has read.
func run(t testing.TB, p *longmentest.Plugin, decode decoder, client string, events []string) map[int]*heard {
	t.Helper()
	if r := p.Request(client); r.Err != nil || r.Rejection != nil {
		t.Fatalf("request: %v %v", r.Err, r.Rejection)
	}
	r := p.Event(events...)
	if r.Err != nil || r.Rejection != nil {
		t.Fatalf("event: %v %v", r.Err, r.Rejection)
	}
	end := p.EndOfStream()
	if end.Err != nil || end.Rejection != nil {
		t.Fatalf("end: %v %v", end.Err, end.Rejection)
	}
	return decode(t, append(r.Events, end.Events...), true)
}

// TestStreamCuts replays every stream with each text and each string of arguments in as many events as
// there can be.
func TestStreamCuts(t *testing.T) {
	for _, s := range streamed {
		t.Run(s.name, func(t *testing.T) {
			s.codec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
				want := run(t, g.Open(t), s.decode, g.Client(), events)
				var cut []string
				for _, e := range events {
					cut = append(cut, pieces(t, e)...)
				}
				got := run(t, g.Open(t), s.decode, g.Client(), cut)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("what the client reads (-whole +cut):\n%s", diff)
				}
			})
		})
	}
}

// pieces gives each character of an event's texts an event of its own, before what is left of it.
func pieces(t testing.TB, event string) (cut []string) {
	t.Helper()
	var e map[string]any
	if err := json.Unmarshal([]byte(event), &e); err != nil {
		t.Fatal(err)
	}
	one := func(v map[string]any) {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		cut = append(cut, string(b))
	}
	if text, ok := e["response"].(string); ok && e["logprobs"] == nil {
		for _, r := range text {
			one(map[string]any{"model": e["model"], "response": string(r), "done": false})
		}
		e["response"] = ""
	}
	if m, ok := e["message"].(map[string]any); ok && e["logprobs"] == nil {
		for _, name := range []string{"thinking", "content"} {
			text, _ := m[name].(string)
			for _, r := range text {
				one(map[string]any{"model": e["model"], "message": map[string]any{"role": "assistant", name: string(r)}, "done": false})
			}
			m[name] = ""
		}
	}
	choices, _ := e["choices"].([]any)
	for _, v := range choices {
		choice := v.(map[string]any)
		d, _ := choice["delta"].(map[string]any)
		if choice["logprobs"] != nil {
			continue
		}
		piece := func(delta map[string]any) {
			c := map[string]any{"index": choice["index"], "delta": delta}
			one(map[string]any{"id": e["id"], "created": e["created"], "model": e["model"], "choices": []any{c}})
		}
		for _, name := range []string{"reasoning_content", "reasoning", "content"} {
			text, _ := d[name].(string)
			for _, r := range text {
				piece(map[string]any{name: string(r)})
			}
			delete(d, name)
		}
		calls, _ := d["tool_calls"].([]any)
		for _, v := range calls {
			call := v.(map[string]any)
			f := call["function"].(map[string]any)
			arguments, ok := f["arguments"].(string)
			if ok {
				f["arguments"] = ""
			}
			piece(map[string]any{"tool_calls": []any{call}})
			for _, r := range arguments {
				piece(map[string]any{"tool_calls": []any{map[string]any{"index": call["index"], "function": map[string]any{"arguments": string(r)}}}})
			}
		}
		delete(d, "tool_calls")
	}
	one(e)
	return cut
}

// TestStreamsInterleaved lets one instance serve two streams event by event: what belongs to a stream
// must not stay in the instance.
func TestStreamsInterleaved(t *testing.T) {
	for _, s := range streamed {
		t.Run(s.name, func(t *testing.T) {
			s.codec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
				want := run(t, g.Open(t), s.decode, g.Client(), events)
				p := g.Open(t)
				x := codectest.NewExchange(p)
				x.Attributes["upstream.model"] = "other"
				p.Request(g.Client())
				x.Request(s.codec.Request)
				var got []longmentest.Event
				for _, e := range events {
					got = append(got, p.Event(e).Events...)
					x.Event(s.noise)
				}
				x.EndOfStream()
				got = append(got, p.EndOfStream().Events...)
				if diff := cmp.Diff(want, s.decode(t, got, true)); diff != "" {
					t.Errorf("what the client reads (-alone +interleaved):\n%s", diff)
				}
			})
		})
	}
}

// TestRetry translates for one attempt that breaks off and then, in the same exchange, for another.
func TestRetry(t *testing.T) {
	for _, s := range streamed {
		t.Run(s.name, func(t *testing.T) {
			s.codec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
				want := run(t, g.Open(t), s.decode, g.Client(), events)
				p := g.Open(t)
				p.Request(g.Client())
				p.Event(s.noise)
				if diff := cmp.Diff(want, run(t, p, s.decode, g.Client(), events)); diff != "" {
					t.Errorf("what the client reads (-first +second attempt):\n%s", diff)
				}
			})
		})
	}
}

// TestClock moves the time: durations are the gateway's, and each line has its own time.
func TestClock(t *testing.T) {
	p := toOpenAI.Open(t, "")
	p.Attributes["model"] = "as-asked"
	p.Now = 951_782_399_999 // the last millisecond of a 28th of February with a 29th
	p.Request(toOpenAI.Request)
	p.Now += 1500
	first := p.Event(`{"choices":[{"delta":{"content":"a"}}]}`).Events
	p.Now += 2000
	p.Event(`{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}`)
	last := p.EndOfStream().Events
	got := []string{first[0].JSON, last[0].JSON}
	want := []string{
		`{"model":"as-asked","created_at":"2000-02-29T00:00:01.499Z","message":{"role":"assistant","content":"a"},"done":false}`,
		`{"model":"as-asked","created_at":"2000-02-29T00:00:03.499Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":3500000000,"load_duration":1,"prompt_eval_count":3,"prompt_eval_duration":1500000000,"eval_count":4,"eval_duration":2000000000}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestTime(t *testing.T) {
	for _, millis := range []int64{0, 1, 68_169_599_999, 951_782_400_000, 951_868_800_000, 1_709_164_800_000, 1_735_689_599_999, 1_763_648_400_123, 4_107_542_399_000} {
		want := time.UnixMilli(millis).UTC().Format("2006-01-02T15:04:05.000Z")
		if got := string(appendTime(nil, millis)); got != want {
			t.Errorf("appendTime(%d) = %s, want %s", millis, got, want)
		}
	}
}
