package responseschat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// streamEvent is an event of the Responses API as a client reads it.
type streamEvent struct {
	Type                                   string
	SequenceNumber                         *int   `json:"sequence_number"`
	OutputIndex                            *int   `json:"output_index"`
	ContentIndex                           *int   `json:"content_index"`
	SummaryIndex                           *int   `json:"summary_index"`
	AnnotationIndex                        *int   `json:"annotation_index"`
	ItemID                                 string `json:"item_id"`
	Delta, Text, Refusal, Arguments, Input *string
	Name                                   string
	Logprobs                               []json.RawMessage
	Annotation                             json.RawMessage
	Item                                   *outItem
	Part                                   *outPart
	Response                               *outResponse
}

type outItem struct {
	ID, Type, Status, Role, Name, Namespace string
	CallID                                  string `json:"call_id"`
	Arguments, Input, Result                *string
	Content, Summary                        []outPart
	EncryptedContent                        string `json:"encrypted_content"`
}

type outPart struct {
	Type          string
	Text, Refusal *string
	Annotations   []json.RawMessage
	Logprobs      []json.RawMessage
}

type outResponse struct {
	ID, Object, Status, Model string
	CreatedAt                 *float64 `json:"created_at"`
	Output                    []outItem
	Usage                     json.RawMessage
	IncompleteDetails         *struct{ Reason string } `json:"incomplete_details"`
}

// live is an item between its beginning and its end.
type live struct {
	item    outItem
	text    string // of deltas
	part    bool   // its part is open
	whole   *string
	closed  bool
	content []outPart
	cited   []json.RawMessage
}

// validate reads a stream and fails when a client of the Responses API would stumble over it: numbers that
// skip, items that are not announced, parts that are not closed, text that is not what its deltas were.
func validate(t testing.TB, stream []longmentest.Event, ended bool) *outResponse {
	t.Helper()
	var items []*live
	var last *outResponse
	var id string
	fail := func(i int, format string, args ...any) {
		t.Helper()
		t.Fatalf("event %d: %s\n%s", i, fmt.Sprintf(format, args...), stream[i].JSON)
	}
	for i, raw := range stream {
		var e streamEvent
		if err := json.Unmarshal([]byte(raw.JSON), &e); err != nil {
			fail(i, "%v", err)
		}
		switch {
		case raw.Name != e.Type:
			fail(i, "event name %q, type %q", raw.Name, e.Type)
		case e.SequenceNumber == nil || *e.SequenceNumber != i:
			fail(i, "want sequence_number %d", i)
		case last != nil:
			fail(i, "follows the end of the response")
		case i == 0 != (e.Type == "response.created"), i == 1 != (e.Type == "response.in_progress"):
			fail(i, "created and in_progress come first, and once")
		}
		if e.Response != nil {
			r := e.Response
			if id == "" {
				id = r.ID
			}
			if r.ID != id || !strings.HasPrefix(id, "resp_") || r.Object != "response" || r.CreatedAt == nil || r.Output == nil {
				fail(i, "response %q %q", r.ID, r.Object)
			}
			if i < 2 {
				if r.Status != "in_progress" || len(r.Output) > 0 {
					fail(i, "status %q with %d items", r.Status, len(r.Output))
				}
				continue
			}
			if "response."+r.Status != e.Type || (r.Status == "incomplete") != (r.IncompleteDetails != nil) {
				fail(i, "status %q", r.Status)
			}
			if len(r.Output) != len(items) {
				fail(i, "%d items, want %d", len(r.Output), len(items))
			}
			for k, it := range items {
				if !it.closed {
					fail(i, "item %d is not closed", k)
				}
				if it.item.Type == "image_generation_call" {
					continue // left out where it is too long to repeat
				}
				if diff := cmp.Diff(it.item, r.Output[k]); diff != "" {
					fail(i, "item %d is not what it was when it ended (-done +completed):\n%s", k, diff)
				}
			}
			last = r
			continue
		}
		if e.OutputIndex == nil {
			fail(i, "no output_index")
		}
		n := *e.OutputIndex
		if e.Type == "response.output_item.added" {
			if n != len(items) {
				fail(i, "output_index %d, want %d", n, len(items))
			}
			for _, it := range items {
				if it.item.ID == e.Item.ID {
					fail(i, "id %s again", it.item.ID)
				}
				if !it.closed {
					fail(i, "item %s is still open", it.item.ID)
				}
			}
			if len(e.Item.Content)+len(e.Item.Summary) > 0 || e.Item.Arguments != nil && *e.Item.Arguments != "" || e.Item.Input != nil && *e.Item.Input != "" {
				fail(i, "a new item says something")
			}
			items = append(items, &live{item: *e.Item})
			continue
		}
		if n < 0 || n >= len(items) {
			fail(i, "output_index %d of %d", n, len(items))
		}
		it := items[n]
		if it.closed {
			fail(i, "item %d is closed", n)
		}
		if e.Type == "response.output_item.done" {
			it.end(func(format string, args ...any) { t.Helper(); fail(i, format, args...) }, e.Item)
			continue
		}
		if e.ItemID != it.item.ID {
			fail(i, "item_id %q, want %q", e.ItemID, it.item.ID)
		}
		it.event(func(format string, args ...any) { t.Helper(); fail(i, format, args...) }, &e)
	}
	if ended && last == nil {
		t.Fatalf("the response never ended: %d events", len(stream))
	}
	return last
}

// event takes an event of an item that is open.
func (it *live) event(fail func(string, ...any), e *streamEvent) {
	want := map[string]string{
		"response.content_part.added": "message", "response.content_part.done": "message",
		"response.output_text.delta": "message", "response.output_text.done": "message", "response.output_text.annotation.added": "message",
		"response.refusal.delta": "message", "response.refusal.done": "message",
		"response.reasoning_summary_part.added": "reasoning", "response.reasoning_summary_part.done": "reasoning",
		"response.reasoning_summary_text.delta": "reasoning", "response.reasoning_summary_text.done": "reasoning",
		"response.function_call_arguments.delta": "function_call", "response.function_call_arguments.done": "function_call",
		"response.custom_tool_call_input.delta": "custom_tool_call", "response.custom_tool_call_input.done": "custom_tool_call",
	}[e.Type]
	if want != it.item.Type {
		fail("of an item of type %q", it.item.Type)
	}
	switch want {
	case "message":
		if e.ContentIndex == nil || *e.ContentIndex != len(it.content) {
			fail("content_index: want %d", len(it.content))
		}
	case "reasoning":
		if e.SummaryIndex == nil || *e.SummaryIndex != len(it.content) {
			fail("summary_index: want %d", len(it.content))
		}
	}
	parts := want == "message" || want == "reasoning"
	switch kind := e.Type[strings.LastIndexByte(e.Type, '.')+1:]; {
	case strings.Contains(e.Type, "_part.added"):
		if it.part || e.Part == nil {
			fail("a part is open")
		}
		it.part, it.text, it.whole = true, "", nil
	case parts && !it.part:
		fail("no part is open")
	case strings.HasPrefix(e.Type, "response.output_text.") && kind != "added" && e.Logprobs == nil:
		fail("no logprobs")
	case kind == "delta":
		if e.Delta == nil || *e.Delta == "" || it.whole != nil {
			fail("an empty delta, or one behind its end")
		}
		it.text += *e.Delta
	case strings.Contains(e.Type, "_part.done"):
		text := e.Part.Text
		if e.Part.Type == "refusal" {
			text = e.Part.Refusal
		}
		if it.whole == nil || text == nil || *text != *it.whole {
			fail("the part is not its text: %q", it.text)
		}
		if diff := cmp.Diff(it.cited, e.Part.Annotations); len(it.cited) > 0 && diff != "" {
			fail("citations (-added +part):\n%s", diff)
		}
		it.part, it.content = false, append(it.content, *e.Part)
	case kind == "added":
		if e.AnnotationIndex == nil || *e.AnnotationIndex != len(it.cited) {
			fail("annotation_index: want %d", len(it.cited))
		}
		it.cited = append(it.cited, e.Annotation)
	case kind == "done":
		for _, v := range []*string{e.Text, e.Refusal, e.Arguments, e.Input} {
			if v != nil {
				it.whole = v
			}
		}
		if it.whole == nil || *it.whole != it.text {
			fail("the text is not that of its deltas: %q", it.text)
		}
		if want == "function_call" && e.Name != it.item.Name {
			fail("name %q, want %q", e.Name, it.item.Name)
		}
	default:
		fail("unknown event")
	}
}

// end takes the end of an item.
func (it *live) end(fail func(string, ...any), done *outItem) {
	began := it.item
	if done.ID != began.ID || done.Type != began.Type || done.CallID != began.CallID || done.Name != began.Name || done.Namespace != began.Namespace || it.part {
		fail("the item is not the one that began: %+v", began)
	}
	status := done.Status == "completed" || done.Status == "incomplete"
	switch began.Type {
	case "message":
		if diff := cmp.Diff(it.content, done.Content); diff != "" || !status {
			fail("content (-parts +item):\n%s", diff)
		}
	case "reasoning":
		if diff := cmp.Diff(it.content, done.Summary); len(it.content)+len(done.Summary) > 0 && diff != "" {
			fail("summary (-parts +item):\n%s", diff)
		}
	case "function_call":
		if it.whole == nil || done.Arguments == nil || *done.Arguments != *it.whole || !status {
			fail("arguments %q", it.text)
		}
	case "custom_tool_call":
		if it.whole == nil || done.Input == nil || *done.Input != *it.whole {
			fail("input %q", it.text)
		}
	case "image_generation_call":
		if done.Result == nil {
			fail("no image")
		}
	default:
		fail("unknown item")
	}
	it.item, it.closed = *done, true
}

// run streams chunks of chat and returns the response that the client has read.
func run(t testing.TB, p *longmentest.Plugin, client string, events []string) *outResponse {
	t.Helper()
	if r := p.Request(client); r.Err != nil || r.Rejection != nil {
		t.Fatalf("request: %v %+v", r.Err, r.Rejection)
	}
	return validate(t, play(t, p, events), true)
}

func play(t testing.TB, p *longmentest.Plugin, events []string) []longmentest.Event {
	t.Helper()
	r := p.Event(events...)
	if r.Err != nil || r.Rejection != nil {
		t.Fatalf("event: %v %+v", r.Err, r.Rejection)
	}
	end := p.EndOfStream()
	if end.Err != nil || end.Rejection != nil {
		t.Fatalf("end: %v %+v", end.Err, end.Rejection)
	}
	return append(r.Events, end.Events...)
}

// TestStreams holds the streams of all goldens, and the same cut into as many events as there can be,
// against the rules.
func TestStreams(t *testing.T) {
	toChatCodec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
		want := run(t, g.Open(t), g.Client(), events)
		got := run(t, g.Open(t), g.Client(), cutChunks(t, events))
		if diff := cmp.Diff(plainly(want), plainly(got)); diff != "" {
			t.Errorf("what the client reads (-whole +cut):\n%s", diff)
		}
	})
}

// plainly is a response without what cutting may change: the log probabilities go with the first piece.
func plainly(r *outResponse) *outResponse {
	for i := range r.Output {
		for k := range r.Output[i].Content {
			if p := &r.Output[i].Content[k]; p.Logprobs != nil {
				p.Logprobs = nil
			}
		}
	}
	return r
}

// cutChunks gives each character of a text an event of its own.
func cutChunks(t testing.TB, events []string) (cut []string) {
	t.Helper()
	for _, e := range events {
		var chunk map[string]any
		if err := json.Unmarshal([]byte(e), &chunk); err != nil {
			t.Fatal(err)
		}
		choices, _ := chunk["choices"].([]any)
		if len(choices) == 0 {
			cut = append(cut, e)
			continue
		}
		at := slices.IndexFunc(choices, func(c any) bool { return c.(map[string]any)["index"] != 1.0 })
		if at < 0 {
			continue // of a choice that nobody asked for
		}
		choice := choices[at].(map[string]any)
		delta, _ := choice["delta"].(map[string]any)
		var raw struct {
			Choices []struct{ Delta map[string]json.RawMessage }
		}
		json.Unmarshal([]byte(e), &raw)
		if blocks := raw.Choices[at].Delta["thinking_blocks"]; blocks != nil {
			delta["thinking_blocks"] = blocks // members in their order: they come back as they were
		}
		emit := func(d, finish any) {
			c := map[string]any{"index": 0, "delta": d, "finish_reason": finish}
			b, err := json.Marshal(map[string]any{"created": chunk["created"], "model": chunk["model"], "choices": []any{c}, "usage": chunk["usage"]})
			if err != nil {
				t.Fatal(err)
			}
			cut = append(cut, string(b))
		}
		for _, name := range []string{"reasoning_content", "content", "refusal"} {
			if text, ok := delta[name].(string); ok {
				for _, r := range text {
					emit(map[string]any{name: string(r)}, nil)
				}
				delete(delta, name)
			}
		}
		calls, _ := delta["tool_calls"].([]any)
		delete(delta, "tool_calls")
		if len(delta) > 0 {
			emit(delta, nil)
		}
		for _, v := range calls {
			call := v.(map[string]any)
			function, _ := call["function"].(map[string]any)
			arguments, text := function["arguments"].(string)
			if function["arguments"] != nil && !text {
				emit(map[string]any{"tool_calls": []any{call}}, nil)
				continue
			}
			if function["name"] != nil {
				function["arguments"] = ""
				emit(map[string]any{"tool_calls": []any{call}}, nil)
			}
			for _, r := range arguments {
				piece := map[string]any{"index": call["index"], "function": map[string]any{"arguments": string(r)}}
				if id := call["id"]; id != nil {
					piece["id"] = id
				}
				emit(map[string]any{"tool_calls": []any{piece}}, nil)
			}
		}
		if choice["finish_reason"] != nil {
			emit(map[string]any{}, choice["finish_reason"])
		}
	}
	return cut
}

// TestStreamsInterleaved lets one instance serve two streams event by event: what belongs to a stream
// must not stay in the instance.
func TestStreamsInterleaved(t *testing.T) {
	other := `{"model":"m","input":"x","store":false,"tools":[{"type":"custom","name":"other"}]}`
	noise := `{"created":1,"model":"other","choices":[{"delta":{"reasoning_content":"noise","content":"noise","tool_calls":[{"index":0,"id":"x","function":{"name":"other","arguments":""}}]},"finish_reason":"length"}],"usage":{"prompt_tokens":99}}`
	toChatCodec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
		p := g.Open(t)
		p.Request(g.Client())
		want := validate(t, play(t, p, events), true)
		p = g.Open(t)
		x := codectest.NewExchange(p)
		p.Request(g.Client())
		x.Request(other)
		var got, beside []longmentest.Event
		for _, e := range events {
			got = append(got, p.Event(e).Events...)
			beside = append(beside, x.Event(noise).Events...)
		}
		beside = append(beside, x.EndOfStream().Events...)
		got = append(got, p.EndOfStream().Events...)
		validate(t, beside, true)
		if diff := cmp.Diff(withoutIDs(want), withoutIDs(validate(t, got, true))); diff != "" {
			t.Errorf("what the client reads (-alone +interleaved):\n%s", diff)
		}
	})
}

// withoutIDs is a response less what is random.
func withoutIDs(r *outResponse) *outResponse {
	r.ID = ""
	for i := range r.Output {
		r.Output[i].ID = ""
		if strings.HasPrefix(r.Output[i].CallID, "call_") {
			r.Output[i].CallID = ""
		}
	}
	return r
}

// TestRetry translates for one provider and then, in the same exchange, for another.
func TestRetry(t *testing.T) {
	p := toChatCodec.Open(t, "")
	p.Request(`{"model":"m","input":"x","store":false,"tools":[{"type":"namespace","name":"n","tools":[{"type":"function","name":"f"}]}]}`)
	p.Event(`{"created":1,"model":"first","choices":[{"delta":{"content":"lost","tool_calls":[{"index":0,"id":"x","function":{"name":"n__f","arguments":"{"}}]}}]}`)
	got := run(t, p, `{"model":"m","input":"x"}`, []string{`{"created":2,"model":"second","choices":[{"delta":{"tool_calls":[{"index":0,"id":"y","function":{"name":"n__f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`})
	if len(got.Output) != 1 || got.Output[0].Name != "n__f" || got.Output[0].Namespace != "" || *got.Output[0].Arguments != "{}" || got.Model != "second" {
		t.Errorf("got %+v", got)
	}
}
