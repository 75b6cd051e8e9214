package agents

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// openAI is the Chat Completions API, which has no signatures and refuses members that it does not know.
// https://platform.openai.com/docs/api-reference/chat/create
type openAI struct{}

type openAIBody struct {
	Model         string
	Stream        bool
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	Messages []struct {
		Role      string
		Content   json.RawMessage
		ToolCalls []struct {
			ID, Type string
			Function struct{ Name, Arguments string }
		} `json:"tool_calls"`
		ToolCallID string `json:"tool_call_id"`
	}
	Tools []struct {
		Type     string
		Function struct{ Name string }
	}
}

// openAIMembers are those of a request and of a message.
var (
	openAIMembers = strings.Fields(`model stream stream_options messages tools tool_choice parallel_tool_calls max_completion_tokens
		temperature top_p stop user safety_identifier metadata reasoning_effort verbosity response_format n seed prompt_cache_key store
		service_tier web_search_options presence_penalty frequency_penalty logprobs top_logprobs`)
	openAIMessageMembers = strings.Fields("role content name tool_calls tool_call_id refusal")
)

func (openAI) signature(int) string { return "" }

func (openAI) shows() bool { return false }

func (openAI) read(r *http.Request, body []byte) (*asked, error) {
	if r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer upstream-key" {
		return nil, fmt.Errorf("path %s with key %q", r.URL.Path, r.Header.Get("Authorization"))
	}
	var q openAIBody
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, err
	}
	if err := strict(body); err != nil {
		return nil, err
	}
	a := &asked{model: q.Model, streams: q.Stream && q.StreamOptions.IncludeUsage}
	for _, t := range q.Tools {
		a.tools = append(a.tools, t.Function.Name)
	}
	for i, m := range q.Messages {
		text, err := textOf(m.Content)
		if err != nil {
			return nil, fmt.Errorf("messages[%d].content: %w", i, err)
		}
		a.later = m.Role == "user"
		switch m.Role {
		case "system", "developer":
			a.system += text
		case "assistant":
			var step answered
			for _, c := range m.ToolCalls {
				d := call{id: c.ID, name: c.Function.Name}
				if err := json.Unmarshal([]byte(c.Function.Arguments), &d.args); err != nil || len(c.ID) > 40 {
					return nil, fmt.Errorf("messages[%d].tool_calls: id %q, arguments %s", i, c.ID, c.Function.Arguments)
				}
				step.calls = append(step.calls, d)
			}
			if step.calls != nil {
				a.steps = append(a.steps, step)
			}
		case "tool":
			if len(a.steps) == 0 {
				return nil, fmt.Errorf("messages[%d]: a tool's message without a call", i)
			}
			last := &a.steps[len(a.steps)-1]
			last.results = append(last.results, result{id: m.ToolCallID, text: text, failed: strings.HasPrefix(text, "Error: ")})
		}
	}
	return a, nil
}

// strict refuses members that OpenAI does not know, and more than it allows in those that it does.
func strict(body []byte) error {
	var top map[string]json.RawMessage
	var messages []map[string]json.RawMessage
	if err := json.Unmarshal(body, &top); err != nil {
		return err
	}
	json.Unmarshal(top["messages"], &messages)
	for name := range top {
		if !slices.Contains(openAIMembers, name) {
			return fmt.Errorf("Unrecognized request argument supplied: %s", name)
		}
	}
	for i, m := range messages {
		for name := range m {
			if !slices.Contains(openAIMessageMembers, name) {
				return fmt.Errorf("Unknown parameter: 'messages[%d].%s'.", i, name)
			}
		}
	}
	for _, name := range []string{"user", "safety_identifier", "prompt_cache_key"} {
		var value string
		if json.Unmarshal(top[name], &value); len(value) > 64 {
			return fmt.Errorf("Invalid '%s': string too long. Expected a string with maximum length 64, but got a string with length %d instead.", name, len(value))
		}
	}
	return nil
}

func textOf(raw json.RawMessage) (string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return "", nil
	}
	all, err := blocks(raw)
	text := ""
	for _, p := range all {
		text += p.Text
	}
	return text, err
}

// write streams as the API does: the pieces of parallel calls one after the other, usage behind the
// finish.
func (openAI) write(w io.Writer, n int, s step) {
	chunk := func(choices []any, usage any) {
		send(w, "", map[string]any{"id": fmt.Sprint("chatcmpl-", n), "object": "chat.completion.chunk", "created": 1700000000, "model": "gpt", "choices": choices, "usage": usage}, "\n")
	}
	delta := func(d map[string]any, finish any) {
		chunk([]any{map[string]any{"index": 0, "delta": d, "finish_reason": finish}}, nil)
	}
	delta(map[string]any{"role": "assistant", "content": nil}, nil)
	for _, word := range strings.SplitAfter(s.text, " ") {
		if word != "" {
			delta(map[string]any{"content": word}, nil)
		}
	}
	finish := "stop"
	for i, c := range s.calls {
		finish = "tool_calls"
		args := pieces(c.args)
		piece := func(f map[string]any) { delta(map[string]any{"tool_calls": []any{f}}, nil) }
		piece(map[string]any{"index": i, "id": fmt.Sprintf("call_%d%d", n, i), "type": "function", "function": map[string]any{"name": c.name, "arguments": ""}})
		for _, text := range args {
			piece(map[string]any{"index": i, "function": map[string]any{"arguments": text}})
		}
	}
	delta(map[string]any{}, finish)
	chunk([]any{}, map[string]any{"prompt_tokens": 1000, "completion_tokens": 42, "total_tokens": 1042})
	fmt.Fprint(w, "data: [DONE]\n\n")
}

// pieces are a call's arguments as they come in a stream.
func pieces(args map[string]any) (all []string) {
	text, err := json.Marshal(args)
	if err != nil {
		panic(err) // only of a wrong script
	}
	rest := []rune(string(text))
	for len(rest) > 0 {
		n := min(9, len(rest))
		all, rest = append(all, string(rest[:n])), rest[n:]
	}
	return all
}

func (openAI) refuse(w http.ResponseWriter, message string) {
	refuse(w, 400, map[string]any{"error": map[string]any{"message": message, "type": "invalid_request_error", "param": nil, "code": nil}})
}

func (openAI) busy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	refuse(w, 429, map[string]any{"error": map[string]any{"message": "Rate limit reached.", "type": "requests", "param": nil, "code": "rate_limit_exceeded"}})
}
