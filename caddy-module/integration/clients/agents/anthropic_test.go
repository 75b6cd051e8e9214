package agents

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// anthropic is the Messages API with a model that thinks before each step and refuses thoughts that are
// not its own. https://platform.claude.com/docs/en/build-with-claude/extended-thinking
type anthropic struct{}

type anthropicBody struct {
	Model     string
	Stream    bool
	MaxTokens int `json:"max_tokens"`
	System    json.RawMessage
	Thinking  struct{ Type string }
	Messages  []struct {
		Role    string
		Content json.RawMessage
	}
	Tools []struct{ Name string }
}

type block struct {
	Type      string
	Text      string
	Thinking  string
	Signature string
	ID        string
	Name      string
	Input     map[string]any
	ToolUseID string `json:"tool_use_id"`
	Content   json.RawMessage
	IsError   bool `json:"is_error"`
}

// blocks reads a content, which may be a string.
func blocks(raw json.RawMessage) (all []block, err error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []block{{Type: "text", Text: text}}, nil
	}
	err = json.Unmarshal(raw, &all)
	return all, err
}

func (anthropic) signature(n int) string { return fmt.Sprintf("EqQBCkYIBxgCKkA/step%d+signed==", n) }

func (anthropic) shows() bool { return true }

func (anthropic) read(r *http.Request, body []byte) (*asked, error) {
	if r.URL.Path != "/v1/messages" || r.Header.Get("X-Api-Key") != "upstream-key" || r.Header.Get("Anthropic-Version") == "" {
		return nil, fmt.Errorf("path %s with key %q, version %q", r.URL.Path, r.Header.Get("X-Api-Key"), r.Header.Get("Anthropic-Version"))
	}
	var q anthropicBody
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, err
	}
	if q.MaxTokens < 1 {
		return nil, fmt.Errorf("max_tokens: Field required")
	}
	a := &asked{model: q.Model, streams: q.Stream}
	if len(q.Tools) > 0 && q.Thinking.Type != "adaptive" && q.Thinking.Type != "enabled" {
		return nil, fmt.Errorf("the agent's wish for thoughts came as %q", q.Thinking.Type)
	}
	for _, t := range q.Tools {
		a.tools = append(a.tools, t.Name)
	}
	if len(q.System) > 0 {
		system, err := blocks(q.System)
		if err != nil {
			return nil, err
		}
		for _, b := range system {
			a.system += b.Text
		}
	}
	for i, m := range q.Messages {
		all, err := blocks(m.Content)
		if err != nil {
			return nil, fmt.Errorf("messages.%d.content: %w", i, err)
		}
		var step answered
		var results []result
		for j, b := range all {
			at := fmt.Sprintf("messages.%d.content.%d", i, j)
			switch b.Type {
			case "thinking":
				if len(step.calls) > 0 || m.Role != "assistant" {
					return nil, fmt.Errorf("%s: thinking is out of place", at)
				}
				step.thought, step.signature = b.Thinking, b.Signature
			case "tool_use":
				step.calls = append(step.calls, call{b.ID, b.Name, b.Input})
			case "tool_result":
				said, err := blocks(b.Content)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", at, err)
				}
				text := ""
				for _, s := range said {
					text += s.Text
				}
				results = append(results, result{id: b.ToolUseID, text: text, failed: b.IsError})
			case "text":
				if strings.TrimSpace(b.Text) == "" {
					return nil, fmt.Errorf("%s: text content blocks must contain non-whitespace text", at)
				}
			}
		}
		if m.Role != "system" { // which Claude Code puts behind what the user says
			a.later = m.Role == "user" && len(results) == 0
		}
		switch {
		case len(step.calls) > 0:
			a.steps = append(a.steps, step)
		case len(results) > 0:
			if len(a.steps) == 0 || len(a.steps[len(a.steps)-1].results) > 0 {
				return nil, fmt.Errorf("messages.%d: unexpected `tool_use_id`", i)
			}
			a.steps[len(a.steps)-1].results = results
		}
	}
	return a, nil
}

// write streams as the API does: a block after the other, arguments in pieces, a ping between.
func (a anthropic) write(w io.Writer, n int, s step) {
	event := func(kind string, members map[string]any) {
		members["type"] = kind
		send(w, kind, members, "\n")
	}
	index := 0
	open := func(block map[string]any, deltas ...map[string]any) {
		event("content_block_start", map[string]any{"index": index, "content_block": block})
		for _, d := range deltas {
			event("content_block_delta", map[string]any{"index": index, "delta": d})
		}
		event("content_block_stop", map[string]any{"index": index})
		index++
	}
	event("message_start", map[string]any{"message": map[string]any{
		"id": fmt.Sprint("msg_0", n), "type": "message", "role": "assistant", "model": "claude", "content": []any{}, "stop_reason": nil, "stop_sequence": nil,
		"usage": map[string]any{"input_tokens": 900, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 0, "output_tokens": 1},
	}})
	event("ping", map[string]any{})
	if s.thought != "" {
		head, tail, _ := strings.Cut(s.thought, " ")
		open(map[string]any{"type": "thinking", "thinking": "", "signature": ""},
			map[string]any{"type": "thinking_delta", "thinking": head + " "}, map[string]any{"type": "thinking_delta", "thinking": tail},
			map[string]any{"type": "signature_delta", "signature": a.signature(n)})
	}
	if s.text != "" {
		var deltas []map[string]any
		for _, word := range strings.SplitAfter(s.text, " ") {
			deltas = append(deltas, map[string]any{"type": "text_delta", "text": word})
		}
		open(map[string]any{"type": "text", "text": ""}, deltas...)
	}
	for i, c := range s.calls {
		deltas := []map[string]any{{"type": "input_json_delta", "partial_json": ""}}
		for _, text := range pieces(c.args) {
			deltas = append(deltas, map[string]any{"type": "input_json_delta", "partial_json": text})
		}
		open(map[string]any{"type": "tool_use", "id": fmt.Sprintf("toolu_0%d%d", n, i), "name": c.name, "input": map[string]any{}}, deltas...)
	}
	reason := "end_turn"
	if len(s.calls) > 0 {
		reason = "tool_use"
	}
	event("message_delta", map[string]any{"delta": map[string]any{"stop_reason": reason, "stop_sequence": nil}, "usage": map[string]any{"output_tokens": 42}})
	event("message_stop", map[string]any{})
}

func (anthropic) refuse(w http.ResponseWriter, message string) {
	refuse(w, 400, map[string]any{"type": "error", "error": map[string]any{"type": "invalid_request_error", "message": message}})
}

func (anthropic) busy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	refuse(w, 429, map[string]any{"type": "error", "error": map[string]any{"type": "rate_limit_error", "message": "This request would exceed your rate limit."}})
}
