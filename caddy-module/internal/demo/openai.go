package demo

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
)

// openAIRequest is what the demo reads of a Chat Completions request.
// https://platform.openai.com/docs/api-reference/chat/create
type openAIRequest struct {
	Model    string          `json:"model"`
	Stream   bool            `json:"stream"`
	N        *int            `json:"n"`
	Messages []openAIMessage `json:"messages"`
	Tools    []struct {
		Type     string `json:"type"`
		Function struct {
			Name       string `json:"name"`
			Parameters schema `json:"parameters"`
		} `json:"function"`
	} `json:"tools"`
	ToolChoice          json.RawMessage `json:"tool_choice"`
	MaxTokens           int             `json:"max_tokens"`
	MaxCompletionTokens int             `json:"max_completion_tokens"`
	Stop                json.RawMessage `json:"stop"`
	ReasoningEffort     string          `json:"reasoning_effort"`
	Temperature         *float64        `json:"temperature"`
	StreamOptions       *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	ResponseFormat openAIFormat `json:"response_format"`
}

type openAIMessage struct {
	Role      string          `json:"role"`
	Content   json.RawMessage `json:"content"`
	ToolCalls []struct {
		ID       string `json:"id"`
		Type     string `json:"type"`
		Function struct {
			Name      string  `json:"name"`
			Arguments *string `json:"arguments"`
		} `json:"function"`
	} `json:"tool_calls"`
	ToolCallID string `json:"tool_call_id"`
}

type openAIFormat struct {
	Type       string `json:"type"`
	JSONSchema struct {
		Name   string `json:"name"`
		Schema schema `json:"schema"`
	} `json:"json_schema"`
}

// openAITime is when all answers were made.
const openAITime = 1700000000

func (s *Server) openAI(w http.ResponseWriter, r *http.Request, body []byte) {
	var q openAIRequest
	if err := json.Unmarshal(body, &q); err != nil {
		openAIError(w, refuse("", "the body is no chat request: %v", err))
		return
	}
	if status := failure(q.Model); status != 0 {
		openAIError(w, &fault{status: status, message: "the model " + q.Model + " always refuses"})
		return
	}
	if err := q.check(body); err != nil {
		openAIError(w, err)
		return
	}
	a, err := q.asked()
	if err != nil {
		openAIError(w, err)
		return
	}
	answer := a.answer()
	if q.Stream {
		s.openAIStream(w, r, &q, a, answer)
		return
	}
	message := map[string]any{"role": "assistant", "content": nil}
	if len(answer.Words) > 0 {
		message["content"] = strings.Join(answer.Words, "")
	}
	if len(answer.Thoughts) > 0 {
		message["reasoning_content"] = strings.Join(answer.Thoughts, "")
	}
	if len(answer.Calls) > 0 {
		message["tool_calls"] = openAICalls(answer.Calls)
	}
	var choices []any
	for i := range q.choices() {
		choices = append(choices, map[string]any{"index": i, "message": message, "finish_reason": openAIFinish(answer)})
	}
	reply(w, http.StatusOK, map[string]any{
		"id": "chatcmpl-demo", "object": "chat.completion", "created": openAITime, "model": q.Model,
		"choices": choices, "usage": openAIUsage(answer, q.choices()),
	})
}

func (q *openAIRequest) choices() int {
	if q.N == nil {
		return 1
	}
	return *q.N
}

// asked reads the conversation.
func (q *openAIRequest) asked() (*asked, error) {
	a := &asked{Model: q.Model, MaxTokens: q.MaxTokens, Silent: q.ReasoningEffort == "none", Stops: stringOrList(q.Stop)}
	if q.MaxCompletionTokens != 0 {
		a.MaxTokens = q.MaxCompletionTokens
	}
	a.JSON, a.Schema = q.ResponseFormat.Type == "json_object" || q.ResponseFormat.Type == "json_schema", q.ResponseFormat.JSONSchema.Schema
	var choice struct {
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
		AllowedTools struct {
			Mode string `json:"mode"`
		} `json:"allowed_tools"`
	}
	json.Unmarshal(q.ToolChoice, &choice)
	word := string(q.ToolChoice)
	a.Only = choice.Function.Name
	a.Demand = word == `"required"` || a.Only != "" || choice.AllowedTools.Mode == "required"
	if word != `"none"` {
		for _, t := range q.Tools {
			a.Tools = append(a.Tools, tool{Name: t.Function.Name, Schema: t.Function.Parameters})
		}
	}
	for i, m := range q.Messages {
		text, media, err := openAIContent("messages["+strconv.Itoa(i)+"].content", m.Content)
		if err != nil {
			return nil, err
		}
		switch m.Role {
		case "user":
			a.user(text)
			a.Media = append(a.Media, media...)
		case "tool", "function":
			a.result(text, false)
			a.Media = append(a.Media, media...)
		case "assistant":
			a.answered(len(m.ToolCalls))
			a.Chars += len(text)
		default:
			a.Chars += len(text)
		}
	}
	return a, nil
}

// openAIContent reads a content that is a string or a list of parts.
func openAIContent(at string, raw json.RawMessage) (string, []medium, error) {
	var text string
	if len(raw) == 0 || json.Unmarshal(raw, &text) == nil {
		return text, nil, nil
	}
	var parts []struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		Refusal  string `json:"refusal"`
		ImageURL struct {
			URL string `json:"url"`
		} `json:"image_url"`
		InputAudio struct {
			Data   string `json:"data"`
			Format string `json:"format"`
		} `json:"input_audio"`
		File struct {
			FileData string `json:"file_data"`
			FileID   string `json:"file_id"`
			Filename string `json:"filename"`
		} `json:"file"`
	}
	if err := json.Unmarshal(raw, &parts); err != nil {
		return "", nil, refuse(at, "Invalid type for '%s': expected one of a string or array of objects.", at)
	}
	var media []medium
	for i, p := range parts {
		var m medium
		var err error
		switch p.Type {
		case "text":
			text += p.Text
			continue
		case "refusal":
			text += p.Refusal
			continue
		case "image_url":
			m, err = openAIMedium("image", p.ImageURL.URL)
		case "input_audio":
			m, err = openAIMedium("audio", "data:audio/"+p.InputAudio.Format+";base64,"+p.InputAudio.Data)
		case "file":
			m = medium{Kind: "document", URL: p.File.FileID}
			if p.File.FileData != "" {
				m, err = openAIMedium("document", p.File.FileData)
			}
		default:
			err = errors.New("unsupported type " + strconv.Quote(p.Type))
		}
		if err != nil {
			param := at + "[" + strconv.Itoa(i) + "]." + p.Type
			return "", nil, refuse(param, "Invalid '%s': %v.", param, err)
		}
		media = append(media, m)
	}
	return text, media, nil
}

func openAIMedium(kind, url string) (medium, error) {
	_, size, ok, err := dataURL(url)
	switch {
	case ok:
		return medium{Kind: kind, Size: size}, err
	case kind == "image" && (strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")):
		return medium{Kind: kind, URL: url}, nil
	}
	return medium{}, errors.New("expected a data URL with a valid base64-encoded value")
}

// stringOrList reads a value that may be one string.
func stringOrList(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	var all []string
	json.Unmarshal(raw, &all)
	return all
}

func (s *Server) openAIStream(w http.ResponseWriter, r *http.Request, q *openAIRequest, a *asked, answer said) {
	out := s.stream(w, r, framing.SSE, "\n")
	counts := q.StreamOptions != nil && q.StreamOptions.IncludeUsage
	chunk := func(choices []any, usage any) bool {
		c := map[string]any{"id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": openAITime, "model": q.Model, "choices": choices}
		if counts {
			c["usage"] = usage
		}
		return out.send(c)
	}
	for index := range q.choices() {
		delta := func(d map[string]any, finish any) bool {
			return chunk([]any{map[string]any{"index": index, "delta": d, "finish_reason": finish}}, nil)
		}
		for i, d := range openAIDeltas(answer) {
			if i > 0 && a.fails(i-1) {
				out.send(openAIBody(&fault{status: 500, message: failed}))
				return
			}
			if !delta(d, nil) {
				return
			}
		}
		if !delta(map[string]any{}, openAIFinish(answer)) {
			return
		}
	}
	if counts && !chunk([]any{}, openAIUsage(answer, q.choices())) {
		return
	}
	out.raw("", "[DONE]")
}

// openAIDeltas is an answer as it comes.
func openAIDeltas(answer said) []map[string]any {
	all := []map[string]any{{"role": "assistant", "content": ""}}
	for _, word := range answer.Thoughts {
		all = append(all, map[string]any{"reasoning_content": word})
	}
	for _, word := range answer.Words {
		all = append(all, map[string]any{"content": word})
	}
	for i, c := range answer.Calls {
		all = append(all, map[string]any{"tool_calls": []any{map[string]any{
			"index": i, "id": openAICallID(c), "type": "function", "function": map[string]any{"name": c.Name, "arguments": ""},
		}}})
		for _, piece := range fragments(c.arguments()) {
			all = append(all, map[string]any{"tool_calls": []any{map[string]any{"index": i, "function": map[string]any{"arguments": piece}}}})
		}
	}
	return all
}

func openAICallID(c call) string { return "call_demo_" + strconv.Itoa(c.ID) }

func openAICalls(calls []call) []any {
	var out []any
	for _, c := range calls {
		out = append(out, map[string]any{"id": openAICallID(c), "type": "function", "function": map[string]any{"name": c.Name, "arguments": c.arguments()}})
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

func openAIUsage(s said, choices int) any {
	output := s.Output * choices
	u := map[string]any{"prompt_tokens": s.Prompt, "completion_tokens": output, "total_tokens": s.Prompt + output}
	if len(s.Thoughts) > 0 {
		u["completion_tokens_details"] = map[string]any{"reasoning_tokens": len(s.Thoughts) * choices}
	}
	return u
}

func openAIError(w http.ResponseWriter, err error) {
	var f *fault
	if !errors.As(err, &f) {
		f = refuse("", "%v", err)
	}
	wait(w, f.status)
	reply(w, f.status, openAIBody(f))
}

func openAIBody(f *fault) any {
	kind := map[int]string{401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}[f.status]
	switch {
	case kind != "":
	case f.status >= 500:
		kind = "server_error"
	default:
		kind = "invalid_request_error"
	}
	return map[string]any{"error": map[string]any{"message": f.message, "type": kind, "param": orNull(f.param), "code": orNull(f.code)}}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
