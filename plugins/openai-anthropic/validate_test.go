package openaianthropic

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

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
			ReasoningContent *string           `json:"reasoning_content"`
			ThinkingBlocks   []json.RawMessage `json:"thinking_blocks"`
			Refusal          string
			Annotations      []json.RawMessage
			ToolCalls        []struct {
				Index    int
				ID, Type string
				Function struct{ Name, Arguments string }
			} `json:"tool_calls"`
		}
		FinishReason       *string `json:"finish_reason"`
		NativeFinishReason string  `json:"native_finish_reason"`
		StopSequence       string  `json:"stop_sequence"`
	}
	Usage json.RawMessage
}

// heard is what a client of OpenAI has read.
type heard struct {
	Content, Reasoning, Refusal, Finish, Usage string
	Calls, Thinking, Links                     []string
}

// readChunks reads a stream of chunks and fails when a client of OpenAI would stumble over it.
func readChunks(t testing.TB, chunks []longmentest.Event, ended bool) heard {
	t.Helper()
	var head *chunk
	var h heard
	var names, arguments []string
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
		if c.ID == "" || c.ID != head.ID || c.Created != head.Created || c.Model != head.Model || c.Object != "chat.completion.chunk" {
			t.Errorf("chunk %d: head %q %d %q: want the first one's", i, c.ID, c.Created, c.Model)
		}
		if h.Usage != "" {
			t.Errorf("chunk %d follows the usage chunk", i)
		}
		if len(c.Usage) > 0 {
			if h.Usage = string(c.Usage); h.Finish == "" || len(c.Choices) > 0 {
				t.Errorf("chunk %d: usage before the end, or beside choices", i)
			}
			checkUsage(t, c.Usage)
			continue
		}
		if len(c.Choices) != 1 || c.Choices[0].Index != 0 {
			t.Fatalf("chunk %d: want one choice\n%s", i, e.JSON)
		}
		if h.Finish != "" {
			t.Errorf("chunk %d follows the end", i)
		}
		d := c.Choices[0].Delta
		if first := i == 0; (d.Role == "assistant") != first || first && (d.Content == nil || *d.Content != "") {
			t.Errorf("chunk %d: want the role and an empty content once\n%s", i, e.JSON)
		}
		if d.Content != nil {
			if h.Content += *d.Content; i > 0 && *d.Content == "" {
				t.Errorf("chunk %d: empty text", i)
			}
		}
		if d.ReasoningContent != nil {
			if h.Reasoning += *d.ReasoningContent; *d.ReasoningContent == "" {
				t.Errorf("chunk %d: empty text", i)
			}
		}
		h.Refusal += d.Refusal
		for _, b := range d.ThinkingBlocks {
			var v map[string]any // the goldens see the bytes; here cut events have another order
			json.Unmarshal(b, &v)
			b, _ = json.Marshal(v)
			h.Thinking = append(h.Thinking, string(b))
		}
		for _, l := range d.Annotations {
			h.Links = append(h.Links, string(l))
		}
		for _, call := range d.ToolCalls {
			switch {
			case call.Index == len(names):
				if call.ID == "" || call.Type != "function" || call.Function.Name == "" {
					t.Errorf("chunk %d: call %+v: want an id, a type and a name", i, call)
				}
				names, arguments = append(names, call.ID+" "+call.Function.Name), append(arguments, "")
			case call.Index != len(names)-1 || call.ID != "" || call.Function.Name != "" || call.Function.Arguments == "":
				t.Errorf("chunk %d: call %+v: want a piece of the last call", i, call)
			}
			arguments[len(arguments)-1] += call.Function.Arguments
		}
		if f := c.Choices[0].FinishReason; f != nil {
			h.Finish = *f + " " + c.Choices[0].NativeFinishReason + " " + c.Choices[0].StopSequence
			if strings.HasPrefix(h.Finish, "tool_calls") && len(names) == 0 {
				t.Errorf("chunk %d: tool_calls without calls", i)
			}
		}
	}
	for i := range names {
		if ended && !strings.HasPrefix(h.Finish, "length") && !json.Valid([]byte(arguments[i])) {
			t.Errorf("call %s: arguments %q are no JSON", names[i], arguments[i])
		}
		h.Calls = append(h.Calls, names[i]+" "+arguments[i])
	}
	if ended && h.Finish == "" {
		t.Errorf("the answer never ended")
	}
	return h
}

// checkUsage holds OpenAI's counts against each other.
func checkUsage(t testing.TB, text []byte) {
	t.Helper()
	var u struct {
		Prompt     int64 `json:"prompt_tokens"`
		Completion int64 `json:"completion_tokens"`
		Total      int64 `json:"total_tokens"`
		Details    struct {
			Cached  int64 `json:"cached_tokens"`
			Written int64 `json:"cache_write_tokens"`
		} `json:"prompt_tokens_details"`
	}
	if err := json.Unmarshal(text, &u); err != nil || u.Prompt+u.Completion != u.Total || u.Details.Cached+u.Details.Written > u.Prompt {
		t.Errorf("usage %s does not add up (%v)", text, err)
	}
}

// readBlock is one content block of an answer.
type readBlock struct {
	Type, Text, Signature, ID, Name, Input, Data string
}

// readMessage is what a client of Anthropic has read.
type readMessage struct {
	ID, Model, Stop, Sequence, Usage string
	Blocks                           []readBlock
}

// readEvents reads a stream of events as strictly as Anthropic's clients do: message_start once, blocks one
// after another with contiguous indices, deltas that fit their block, message_delta, message_stop.
func readEvents(t testing.TB, events []longmentest.Event, ended bool) readMessage {
	t.Helper()
	var m readMessage
	started, open, closing, stopped := false, false, false, false
	for i, e := range events {
		var v struct {
			Type    string
			Index   *int
			Message *struct {
				ID, Type, Role, Model string
				Content               []any
				StopReason            *string `json:"stop_reason"`
				Usage                 *struct {
					Input  *int64 `json:"input_tokens"`
					Output *int64 `json:"output_tokens"`
				}
			}
			ContentBlock *struct {
				Type, Text, Thinking, Signature, ID, Name, Data string
				Input                                           json.RawMessage
			} `json:"content_block"`
			Delta *struct {
				Type         string
				Text         *string
				Thinking     *string
				Signature    *string
				PartialJSON  *string `json:"partial_json"`
				StopReason   string  `json:"stop_reason"`
				StopSequence string  `json:"stop_sequence"`
			}
			Usage *struct {
				Input   int64 `json:"input_tokens"`
				Written int64 `json:"cache_creation_input_tokens"`
				Cached  int64 `json:"cache_read_input_tokens"`
				Output  int64 `json:"output_tokens"`
			}
		}
		fail := func(format string, args ...any) {
			t.Helper()
			t.Fatalf("event %d: %s\n%s", i, fmt.Sprintf(format, args...), e.JSON)
		}
		if err := json.Unmarshal([]byte(e.JSON), &v); err != nil {
			fail("%v", err)
		}
		switch {
		case v.Type != e.Name:
			fail("name %q: want the type", e.Name)
		case stopped:
			fail("it follows message_stop")
		case started == (v.Type == "message_start"):
			fail("want message_start first, and once")
		case closing && v.Type != "message_stop":
			fail("it follows message_delta")
		}
		last := len(m.Blocks) - 1
		if strings.HasPrefix(v.Type, "content_block_") {
			if v.Index == nil {
				fail("want an index")
			}
			if want := last; v.Type == "content_block_start" {
				if open || *v.Index != want+1 || v.ContentBlock == nil {
					fail("want block %d after the one before has stopped", want+1)
				}
			} else if !open || *v.Index != want {
				fail("want the open block")
			}
		}
		switch v.Type {
		case "message_start":
			s := v.Message
			if s == nil || s.Type != "message" || s.Role != "assistant" || s.ID == "" || s.Content == nil || len(s.Content) > 0 || s.StopReason != nil || s.Usage == nil || s.Usage.Input == nil || s.Usage.Output == nil || *s.Usage.Output != 0 {
				fail("want an empty message")
			}
			started, m.ID, m.Model = true, s.ID, s.Model
		case "ping":
		case "content_block_start":
			b := v.ContentBlock
			switch b.Type {
			case "text", "thinking":
				if b.Text != "" || b.Thinking != "" || b.Signature != "" {
					fail("want an empty block")
				}
			case "tool_use":
				if b.ID == "" || b.Name == "" || string(b.Input) != "{}" || strings.Trim(b.ID, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") != "" {
					fail("want an id of letters, digits, _ and -, a name and an empty input")
				}
			case "redacted_thinking":
			default:
				fail("unknown block")
			}
			open = true
			m.Blocks = append(m.Blocks, readBlock{Type: b.Type, ID: b.ID, Name: b.Name, Data: b.Data})
		case "content_block_delta":
			b, d := &m.Blocks[last], v.Delta
			switch fit := b.Type + " " + d.Type; {
			case fit == "text text_delta" && d.Text != nil && *d.Text != "":
				b.Text += *d.Text
			case fit == "thinking thinking_delta" && d.Thinking != nil && *d.Thinking != "":
				b.Text += *d.Thinking
			case fit == "thinking signature_delta" && d.Signature != nil && b.Signature == "":
				b.Signature = *d.Signature
			case fit == "tool_use input_json_delta" && d.PartialJSON != nil:
				b.Input += *d.PartialJSON
			default:
				fail("the delta does not fit a block of %s", b.Type)
			}
		case "content_block_stop":
			open = false
		case "message_delta":
			if open || v.Usage == nil || v.Delta.StopReason == "" || v.Usage.Input < 0 {
				fail("want every block stopped, a reason and usage")
			}
			closing, m.Stop, m.Sequence, m.Usage = true, v.Delta.StopReason, v.Delta.StopSequence, fmt.Sprint(*v.Usage)
		case "message_stop":
			if !closing {
				fail("want message_delta before")
			}
			stopped = true
		default:
			fail("unknown event")
		}
	}
	if ended && !stopped {
		t.Errorf("the answer never ended")
	}
	for _, b := range m.Blocks {
		if ended && b.Type == "text" && b.Text == "" {
			t.Errorf("empty text block")
		}
	}
	return m
}
