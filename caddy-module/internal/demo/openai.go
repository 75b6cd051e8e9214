package demo

import (
	"encoding/json"
	"net/http"
	"strings"
)

// openAIRequest is what the demo reads of a Chat Completions request.
// https://platform.openai.com/docs/api-reference/chat/create
type openAIRequest struct {
	Model    string `json:"model"`
	Stream   bool   `json:"stream"`
	Messages []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	} `json:"messages"`
	Tools []struct {
		Function struct {
			Name       string `json:"name"`
			Parameters schema `json:"parameters"`
		} `json:"function"`
	} `json:"tools"`
	ToolChoice          json.RawMessage `json:"tool_choice"`
	MaxTokens           int             `json:"max_tokens"`
	MaxCompletionTokens int             `json:"max_completion_tokens"`
	StreamOptions       struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

func (s *Server) openAI(w http.ResponseWriter, r *http.Request, body []byte) {
	var q openAIRequest
	if err := json.Unmarshal(body, &q); err != nil {
		openAIError(w, http.StatusBadRequest, "the body is no chat request: "+err.Error())
		return
	}
	if status := failure(q.Model); status != 0 {
		openAIError(w, status, "the model "+q.Model+" always refuses")
		return
	}
	a := asked{Model: q.Model, MaxTokens: max(q.MaxTokens, q.MaxCompletionTokens)}
	choice := string(q.ToolChoice)
	a.Demand = choice == `"required"` || strings.HasPrefix(choice, "{")
	for _, m := range q.Messages {
		text := openAIText(m.Content)
		a.Chars += len(text)
		switch m.Role {
		case "user":
			a.User, a.Result = text, ""
		case "tool":
			a.Result = text
		}
	}
	if choice != `"none"` {
		for _, t := range q.Tools {
			a.Tools = append(a.Tools, tool{Name: t.Function.Name, Schema: t.Function.Parameters})
		}
	}
	answer := a.answer()
	if q.Stream {
		s.openAIStream(w, r, &q, answer)
		return
	}
	message := map[string]any{"role": "assistant", "content": nil}
	if len(answer.Words) > 0 {
		message["content"] = strings.Join(answer.Words, "")
	}
	if len(answer.Calls) > 0 {
		message["tool_calls"] = openAICalls(answer.Calls, false)
	}
	reply(w, http.StatusOK, map[string]any{
		"id": "chatcmpl-demo", "object": "chat.completion", "created": 1700000000, "model": q.Model,
		"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": openAIFinish(answer)}},
		"usage":   openAIUsage(answer),
	})
}

func (s *Server) openAIStream(w http.ResponseWriter, r *http.Request, q *openAIRequest, answer said) {
	out := s.stream(w, r, "\n")
	chunk := func(choices []any, usage any) bool {
		c := map[string]any{"id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 1700000000, "model": q.Model, "choices": choices}
		if q.StreamOptions.IncludeUsage {
			c["usage"] = usage
		}
		return out.send(c)
	}
	delta := func(d map[string]any, finish any) bool {
		return chunk([]any{map[string]any{"index": 0, "delta": d, "finish_reason": finish}}, nil)
	}
	if !delta(map[string]any{"role": "assistant", "content": ""}, nil) {
		return
	}
	for i, word := range answer.Words {
		if q.Model == "demo-breaks" && i == 2 {
			panic(http.ErrAbortHandler)
		}
		if !delta(map[string]any{"content": word}, nil) {
			return
		}
	}
	for _, c := range openAICalls(answer.Calls, true) {
		if !delta(map[string]any{"tool_calls": []any{c}}, nil) {
			return
		}
	}
	if !delta(map[string]any{}, openAIFinish(answer)) {
		return
	}
	if q.StreamOptions.IncludeUsage && !chunk([]any{}, openAIUsage(answer)) {
		return
	}
	out.raw("[DONE]")
}

// openAIText reads a content that is a string or a list of parts.
func openAIText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var parts []struct {
		Text string `json:"text"`
	}
	json.Unmarshal(raw, &parts)
	for _, p := range parts {
		text += p.Text
	}
	return text
}

func openAICalls(calls []call, streamed bool) []any {
	var out []any
	for i, c := range calls {
		args, _ := json.Marshal(c.Args)
		v := map[string]any{"id": c.ID, "type": "function", "function": map[string]any{"name": c.Name, "arguments": string(args)}}
		if streamed {
			v["index"] = i
		}
		out = append(out, v)
	}
	return out
}

func openAIFinish(s said) string {
	switch {
	case s.Length:
		return "length"
	case len(s.Calls) > 0:
		return "tool_calls"
	}
	return "stop"
}

func openAIUsage(s said) any {
	return map[string]any{"prompt_tokens": s.Prompt, "completion_tokens": s.Output, "total_tokens": s.Prompt + s.Output}
}

func openAIError(w http.ResponseWriter, status int, message string) {
	kind := map[int]string{401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}[status]
	switch {
	case kind != "":
	case status >= 500:
		kind = "server_error"
	default:
		kind = "invalid_request_error"
	}
	reply(w, status, map[string]any{"error": map[string]any{"message": message, "type": kind, "param": nil, "code": nil}})
}
