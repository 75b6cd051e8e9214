package openaigemini

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// chunk is a chat.completion.chunk as a client of OpenAI reads it.
type chunk struct {
	ID, Object, Model string
	Created           int64
	Choices           []struct {
		Index int
		Delta struct {
			Role             string
			Content          *string
			ReasoningContent *string `json:"reasoning_content"`
			Refusal          string
			ExtraContent     json.RawMessage `json:"extra_content"`
			Images           []json.RawMessage
			ToolCalls        []struct {
				Index        int
				ID, Type     string
				Function     struct{ Name, Arguments string }
				ExtraContent json.RawMessage `json:"extra_content"`
			} `json:"tool_calls"`
		}
		Logprobs           json.RawMessage
		FinishReason       *string `json:"finish_reason"`
		NativeFinishReason string  `json:"native_finish_reason"`
	}
	Usage json.RawMessage
}

// heard is what a client has read of one choice.
type heard struct {
	Content, Reasoning, Refusal, Finish string
	Calls, Extras, Images               []string
}

// decode reads a stream of chunks and fails when a client of OpenAI would stumble over it.
func decode(t testing.TB, chunks []longmentest.Event, ended bool) map[int]*heard {
	t.Helper()
	var head *chunk
	all := map[int]*heard{}
	usage := false
	for i, e := range chunks {
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
		if c.ID != head.ID || c.Created != head.Created || c.Model != head.Model || c.Object != "chat.completion.chunk" {
			t.Errorf("chunk %d: head %q %d %q: want the first one's", i, c.ID, c.Created, c.Model)
		}
		if usage {
			t.Errorf("chunk %d follows the usage chunk", i)
		}
		if usage = len(c.Usage) > 0; usage && len(c.Choices) > 0 {
			t.Errorf("chunk %d: usage beside choices", i)
		}
		for _, choice := range c.Choices {
			h, known := all[choice.Index]
			if !known {
				h = &heard{}
				all[choice.Index] = h
				if choice.Delta.Role != "assistant" || choice.Delta.Content == nil || *choice.Delta.Content != "" {
					t.Errorf("chunk %d: first delta of choice %d: want the role and an empty content", i, choice.Index)
				}
			} else if choice.Delta.Role != "" {
				t.Errorf("chunk %d: the role again", i)
			} else if d := choice.Delta; d.Content != nil && *d.Content == "" || d.ReasoningContent != nil && *d.ReasoningContent == "" {
				t.Errorf("chunk %d: empty text", i)
			}
			if h.Finish != "" {
				t.Errorf("chunk %d: choice %d goes on after its end", i, choice.Index)
			}
			d := choice.Delta
			if d.Content != nil {
				h.Content += *d.Content
			}
			if d.ReasoningContent != nil {
				h.Reasoning += *d.ReasoningContent
			}
			h.Refusal += d.Refusal
			if len(d.ExtraContent) > 0 {
				h.Extras = append(h.Extras, string(d.ExtraContent))
			}
			for _, image := range d.Images {
				h.Images = append(h.Images, string(image))
			}
			for _, call := range d.ToolCalls {
				if call.Index != len(h.Calls) || call.Type != "function" || call.ID == "" || !json.Valid([]byte(call.Function.Arguments)) {
					t.Errorf("chunk %d: call %+v: want index %d, an id and JSON arguments", i, call, len(h.Calls))
				}
				h.Calls = append(h.Calls, fmt.Sprintf("%s(%s) %s", call.Function.Name, call.Function.Arguments, call.ExtraContent))
			}
			if choice.FinishReason != nil {
				h.Finish = *choice.FinishReason + " " + choice.NativeFinishReason
			}
		}
	}
	if ended {
		for i, h := range all {
			if h.Finish == "" {
				t.Errorf("choice %d never ended", i)
			}
		}
	}
	return all
}

// run streams the events and returns what the client has read.
func run(t testing.TB, p *longmentest.Plugin, client string, events []string) map[int]*heard {
	t.Helper()
	p.Request(client)
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

// TestStreamCuts replays every stream with its parts and texts in as many events as there can be.
func TestStreamCuts(t *testing.T) {
	toGemini.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
		want := run(t, g.Open(t), g.Client(), events)
		got := run(t, g.Open(t), g.Client(), cutEvents(t, events))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("what the client reads (-whole +cut):\n%s", diff)
		}
	})
}

// cutEvents gives each part an event of its own, and each character of a text.
func cutEvents(t testing.TB, events []string) (cut []string) {
	t.Helper()
	for _, e := range events {
		var event map[string]any
		if err := json.Unmarshal([]byte(e), &event); err != nil {
			t.Fatal(err)
		}
		candidates, _ := event["candidates"].([]any)
		for _, v := range candidates {
			candidate := v.(map[string]any)
			content, _ := candidate["content"].(map[string]any)
			parts, _ := content["parts"].([]any)
			for _, v := range parts {
				part := v.(map[string]any)
				for _, piece := range pieces(part) {
					cut = append(cut, one(t, event, candidate, map[string]any{"parts": []any{piece}}, false))
				}
			}
			cut = append(cut, one(t, event, candidate, map[string]any{}, true))
		}
		if len(candidates) == 0 {
			cut = append(cut, e)
		}
	}
	return cut
}

func pieces(part map[string]any) (all []map[string]any) {
	text, ok := part["text"].(string)
	if !ok || part["thoughtSignature"] != nil {
		return []map[string]any{part}
	}
	for _, r := range text {
		piece := map[string]any{"text": string(r)}
		if part["thought"] != nil {
			piece["thought"] = true
		}
		all = append(all, piece)
	}
	return all
}

// one is the event with one content of one candidate; the end of the candidate comes with the last.
func one(t testing.TB, event, candidate, content map[string]any, last bool) string {
	t.Helper()
	c := map[string]any{"content": content}
	for k, v := range candidate {
		if k == "index" || last && k != "content" && k != "logprobsResult" {
			c[k] = v
		}
	}
	e := map[string]any{"candidates": []any{c}}
	for k, v := range event {
		if k != "candidates" {
			e[k] = v
		}
	}
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestStreamsInterleaved lets one instance serve two streams event by event: what belongs to a stream
// must not stay in the instance.
func TestStreamsInterleaved(t *testing.T) {
	other := `{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"other name"}}],"stream_options":{"include_usage":true}}`
	noise := `{"candidates":[{"index":1,"content":{"parts":[{"text":"noise"},{"functionCall":{"name":"other_name","id":"x"}}]},"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":99},"responseId":"other","modelVersion":"other"}`
	toGemini.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
		want := run(t, g.Open(t), g.Client(), events)
		p := g.Open(t)
		x := codectest.NewExchange(p)
		x.Attributes["upstream.model"] = "gemini-2.0-flash"
		p.Request(g.Client())
		x.Request(other)
		var got []longmentest.Event
		for _, e := range events {
			got = append(got, p.Event(e).Events...)
			x.Event(noise)
		}
		x.EndOfStream()
		got = append(got, p.EndOfStream().Events...)
		if diff := cmp.Diff(want, decode(t, got, true)); diff != "" {
			t.Errorf("what the client reads (-alone +interleaved):\n%s", diff)
		}
	})
}

// TestRetry translates for one provider and then, in the same exchange, for another.
func TestRetry(t *testing.T) {
	p := toGemini.Open(t, "")
	p.Request(`{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a b"}}]}`)
	p.Event(`{"candidates":[{"content":{"parts":[{"text":"lost"}]}}],"responseId":"first"}`)
	p.Attributes["upstream.model"] = "gemini-2.5-pro"
	got := run(t, p, toGemini.Request, []string{`{"candidates":[{"content":{"parts":[{"text":"new"},{"functionCall":{"name":"a_b","id":"x"}}]},"finishReason":"STOP"}],"responseId":"second"}`})
	want := map[int]*heard{0: {Content: "new", Calls: []string{"a_b({}) "}, Finish: "tool_calls STOP"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the second attempt (-want +got):\n%s", diff)
	}
}
