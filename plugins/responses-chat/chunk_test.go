package responseschat

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// chatChunk is a chat.completion.chunk as a client of OpenAI reads it.
type chatChunk struct {
	ID, Object, Model string
	Created           int64
	Choices           []struct {
		Delta struct {
			Role             string
			Content          *string
			ReasoningContent *string `json:"reasoning_content"`
			Refusal          *string
			ExtraContent     json.RawMessage `json:"extra_content"`
			Images           []json.RawMessage
			Annotations      []json.RawMessage
			ToolCalls        []struct {
				Index    int
				ID, Type string
				Function struct{ Name, Arguments string }
				Custom   struct{ Name, Input string }
			} `json:"tool_calls"`
		}
		FinishReason *string `json:"finish_reason"`
	}
	Usage json.RawMessage
}

// heard is what a client has read.
type heard struct {
	Content, Reasoning, Refusal, Finish, Extra string
	Calls                                      []string
	Images, Annotations                        int
	Usage                                      bool
}

// decode reads a stream of chunks and fails when a client of chat completions would stumble over it.
func decode(t testing.TB, chunks []longmentest.Event, ended bool) *heard {
	t.Helper()
	var head *chatChunk
	h := &heard{}
	for i, e := range chunks {
		var c chatChunk
		if err := json.Unmarshal([]byte(e.JSON), &c); err != nil {
			t.Fatalf("chunk %d: %v\n%s", i, err, e.JSON)
		}
		if e.Name != "" {
			t.Fatalf("chunk %d: event name %q: want none", i, e.Name)
		}
		if head == nil {
			if head = &c; len(c.Choices) != 1 || c.Choices[0].Delta.Role != "assistant" {
				t.Fatalf("chunk %d: want the role first\n%s", i, e.JSON)
			}
		}
		if c.ID != head.ID || c.Created != head.Created || c.Model != head.Model || c.Object != "chat.completion.chunk" || c.ID == "" {
			t.Fatalf("chunk %d: head %q %d %q: want the first one's", i, c.ID, c.Created, c.Model)
		}
		if h.Usage {
			t.Fatalf("chunk %d follows the usage chunk", i)
		}
		if h.Usage = len(c.Usage) > 0; h.Usage && (len(c.Choices) > 0 || h.Finish == "") {
			t.Fatalf("chunk %d: usage beside or before the end", i)
		}
		for _, choice := range c.Choices {
			if h.Finish != "" {
				t.Fatalf("chunk %d goes on after the end", i)
			}
			d := choice.Delta
			if d.Role != "" && i > 0 {
				t.Fatalf("chunk %d: the role again", i)
			}
			for to, text := range map[*string]*string{&h.Content: d.Content, &h.Reasoning: d.ReasoningContent, &h.Refusal: d.Refusal} {
				if text != nil {
					if *text == "" && i > 0 {
						t.Fatalf("chunk %d: empty text", i)
					}
					*to += *text
				}
			}
			h.Images += len(d.Images)
			h.Annotations += len(d.Annotations)
			h.Extra += string(d.ExtraContent)
			for _, call := range d.ToolCalls {
				switch name := call.Function.Name + call.Custom.Name; {
				case name != "" && (call.Index != len(h.Calls) || call.ID == "" || call.Type == ""):
					t.Fatalf("chunk %d: call %+v: want index %d, an id and a type", i, call, len(h.Calls))
				case name != "":
					h.Calls = append(h.Calls, fmt.Sprintf("%s %s %s ", call.ID, call.Type, name))
				case call.Index >= len(h.Calls) || call.ID != "":
					t.Fatalf("chunk %d: call %+v has not begun, or begins again", i, call)
				}
				h.Calls[call.Index] += call.Function.Arguments + call.Custom.Input
			}
			if choice.FinishReason != nil {
				h.Finish = *choice.FinishReason
			}
		}
	}
	if ended && h.Finish == "" {
		t.Fatal("the answer never ended")
	}
	return h
}

// hear streams events of the Responses API and returns what the client has read.
func hear(t testing.TB, p *longmentest.Plugin, client string, events []string) *heard {
	t.Helper()
	p.Request(client)
	return decode(t, play(t, p, events), true)
}

// TestChunks holds the streams of all goldens against the rules, and the same without its deltas or
// without what repeats them: a client reads the same.
func TestChunks(t *testing.T) {
	toResponsesCodec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
		want := hear(t, g.Open(t), g.Client(), events)
		cut := cutEvents(t, events)
		if diff := cmp.Diff(want, hear(t, g.Open(t), g.Client(), cut)); diff != "" {
			t.Errorf("what the client reads (-whole +cut):\n%s", diff)
		}
		var twice []string
		for _, e := range events {
			twice = append(twice, e)
			var event map[string]any
			json.Unmarshal([]byte(e), &event)
			if kind := event["type"].(string); kind == "response.output_item.added" || kind == "response.output_item.done" || kind == "response.created" || kind == "response.completed" || kind == "response.output_text.done" {
				twice = append(twice, e)
			}
		}
		if diff := cmp.Diff(want, hear(t, g.Open(t), g.Client(), twice)); diff != "" {
			t.Errorf("what the client reads (-once +twice):\n%s", diff)
		}
	})
}

// cutEvents gives each character of a delta an event of its own.
func cutEvents(t testing.TB, events []string) (cut []string) {
	t.Helper()
	for _, e := range events {
		var event map[string]any
		if err := json.Unmarshal([]byte(e), &event); err != nil {
			t.Fatal(err)
		}
		delta, ok := event["delta"].(string)
		if !ok {
			cut = append(cut, e)
			continue
		}
		for _, r := range delta {
			event["delta"] = string(r)
			b, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			cut = append(cut, string(b))
		}
	}
	return cut
}

// TestChunksInterleaved lets one instance serve two streams event by event.
func TestChunksInterleaved(t *testing.T) {
	noise := `{"type":"response.output_item.done","output_index":0,"item":{"id":"fc_1","type":"function_call","call_id":"x","name":"noise","arguments":"{}"}}`
	toResponsesCodec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
		want := hear(t, g.Open(t), g.Client(), events)
		p := g.Open(t)
		x := codectest.NewExchange(p)
		p.Request(g.Client())
		x.Request(`{"model":"m","messages":[{"role":"user","content":"x"}],"logprobs":true}`)
		var got []longmentest.Event
		for _, e := range events {
			got = append(got, p.Event(e).Events...)
			x.Event(noise)
		}
		got = append(got, p.EndOfStream().Events...)
		if diff := cmp.Diff(want, decode(t, got, true)); diff != "" {
			t.Errorf("what the client reads (-alone +interleaved):\n%s", diff)
		}
	})
}
