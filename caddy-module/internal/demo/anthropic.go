package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// anthropicRequest is what the demo reads of a Messages request.
// https://platform.claude.com/docs/en/api/messages
type anthropicRequest struct {
	Model       string             `json:"model"`
	MaxTokens   *int               `json:"max_tokens"`
	Stream      bool               `json:"stream"`
	System      json.RawMessage    `json:"system"`
	Messages    []anthropicMessage `json:"messages"`
	Stops       []string           `json:"stop_sequences"`
	Temperature *float64           `json:"temperature"`
	TopP        *float64           `json:"top_p"`
	TopK        *int               `json:"top_k"`
	Tools       []struct {
		Type   string          `json:"type"`
		Name   string          `json:"name"`
		Schema json.RawMessage `json:"input_schema"`
	} `json:"tools"`
	ToolChoice *struct {
		Type string `json:"type"`
		Name string `json:"name"`
	} `json:"tool_choice"`
	Thinking struct {
		Type    string `json:"type"`
		Budget  int    `json:"budget_tokens"`
		Display string `json:"display"`
	} `json:"thinking"`
	Output struct {
		Effort string `json:"effort"`
		Format *struct {
			Type   string          `json:"type"`
			Schema json.RawMessage `json:"schema"`
		} `json:"format"`
	} `json:"output_config"`
}

type anthropicMessage struct {
	Role    string          `json:"role"`
	Content json.RawMessage `json:"content"`

	blocks []anthropicBlock
}

type anthropicBlock struct {
	Type      string          `json:"type"`
	Text      string          `json:"text"`
	Thinking  *string         `json:"thinking"`
	Signature string          `json:"signature"`
	Data      string          `json:"data"`
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Input     json.RawMessage `json:"input"`
	ToolUseID string          `json:"tool_use_id"`
	IsError   bool            `json:"is_error"`
	Content   json.RawMessage `json:"content"`
	Source    struct {
		Type      string          `json:"type"`
		MediaType string          `json:"media_type"`
		Data      string          `json:"data"`
		URL       string          `json:"url"`
		FileID    string          `json:"file_id"`
		Content   json.RawMessage `json:"content"`
	} `json:"source"`
}

func (s *Server) anthropic(w http.ResponseWriter, r *http.Request, body []byte) {
	q, a, err := readAnthropic(r, body, true)
	if err != nil {
		anthropicError(w, err)
		return
	}
	answer := a.answer()
	if q.Stream {
		s.anthropicStream(w, r, q, a, answer)
		return
	}
	content := []any{}
	if len(answer.Thoughts) > 0 {
		content = append(content, map[string]any{"type": "thinking", "thinking": strings.Join(q.shown(answer.Thoughts), ""), "signature": anthropicSignature(thought)})
	}
	if len(answer.Words) > 0 {
		content = append(content, map[string]any{"type": "text", "text": strings.Join(answer.Words, "")})
	}
	for _, c := range answer.Calls {
		content = append(content, map[string]any{"type": "tool_use", "id": anthropicCallID(c), "name": c.Name, "input": c.Args})
	}
	v := q.message(content, anthropicUsage(answer.Prompt, answer.Output))
	v["stop_reason"], v["stop_sequence"] = anthropicStop(answer), orNull(answer.Stop)
	w.Header().Set("Request-Id", "req_demo")
	reply(w, http.StatusOK, v)
}

// anthropicCount answers https://platform.claude.com/docs/en/api/messages-count-tokens
func (s *Server) anthropicCount(w http.ResponseWriter, r *http.Request, body []byte) {
	_, a, err := readAnthropic(r, body, false)
	if err != nil {
		anthropicError(w, err)
		return
	}
	reply(w, http.StatusOK, map[string]any{"input_tokens": a.answer().Prompt})
}

// readAnthropic reads a request that is to be answered, or counted.
func readAnthropic(r *http.Request, body []byte, answered bool) (*anthropicRequest, *asked, error) {
	q := &anthropicRequest{}
	if r.Header.Get("Anthropic-Version") == "" {
		return nil, nil, refuse("", "anthropic-version: header is required")
	}
	if err := json.Unmarshal(body, q); err != nil {
		return nil, nil, refuse("", "The request body is not valid JSON: %v", err)
	}
	if status := failure(q.Model); status != 0 {
		return nil, nil, &fault{status: status, message: "the model " + q.Model + " always refuses"}
	}
	if err := q.check(body, answered); err != nil {
		return nil, nil, err
	}
	a, err := q.asked()
	return q, a, err
}

func (q *anthropicRequest) asked() (*asked, error) {
	a := &asked{Model: q.Model, MaxTokens: orZero(q.MaxTokens), Stops: q.Stops, Silent: q.Thinking.Type == "disabled"}
	if q.Output.Format != nil {
		a.JSON = true
		json.Unmarshal(q.Output.Format.Schema, &a.Schema)
	}
	if c := q.ToolChoice; c != nil {
		a.Demand = c.Type == "any" || c.Type == "tool"
		a.Only = c.Name
	}
	if q.ToolChoice == nil || q.ToolChoice.Type != "none" {
		for _, t := range q.Tools {
			f := tool{Name: t.Name}
			json.Unmarshal(t.Schema, &f.Schema)
			if t.Type == "" || t.Type == "custom" {
				a.Tools = append(a.Tools, f)
			}
		}
	}
	system, _, err := anthropicContent("system", q.System)
	if err != nil {
		return nil, err
	}
	a.Chars = len(system)
	for i, m := range q.Messages {
		calls, text := 0, ""
		for j, b := range m.blocks {
			at := "messages." + strconv.Itoa(i) + ".content." + strconv.Itoa(j)
			switch b.Type {
			case "text":
				text += b.Text
			case "tool_use":
				calls++
			case "tool_result":
				said, media, err := anthropicContent(at+".tool_result.content", b.Content)
				if err != nil {
					return nil, err
				}
				a.result(said, b.IsError)
				a.Media = append(a.Media, media...)
			case "image", "document":
				m, err := b.medium(at)
				if err != nil {
					return nil, err
				}
				a.Media = append(a.Media, m)
			}
		}
		switch m.Role {
		case "user":
			a.user(text)
		case "assistant":
			a.answered(calls)
			a.Chars += len(text)
		default:
			a.Chars += len(text)
		}
	}
	return a, nil
}

// anthropicBlocks reads a content that is a string or a list of blocks.
func anthropicBlocks(at string, raw json.RawMessage) ([]anthropicBlock, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []anthropicBlock{{Type: "text", Text: text}}, nil
	}
	var blocks []anthropicBlock
	if err := json.Unmarshal(raw, &blocks); err != nil {
		return nil, refuse(at, "%s: Input should be a valid string or list of blocks", at)
	}
	return blocks, nil
}

// anthropicContent reads a content of text and media: the system's, or a tool result's.
func anthropicContent(at string, raw json.RawMessage) (text string, media []medium, err error) {
	blocks, err := anthropicBlocks(at, raw)
	for i, b := range blocks {
		switch at := at + "." + strconv.Itoa(i); b.Type {
		case "text":
			text += b.Text
		case "image", "document":
			m, err := b.medium(at)
			if err != nil {
				return "", nil, err
			}
			media = append(media, m)
		case "search_result", "tool_reference":
		default:
			return "", nil, refuse(at, "%s: Input tag '%s' found using 'type' does not match any of the expected tags", at, b.Type)
		}
	}
	return text, media, err
}

func (b *anthropicBlock) medium(at string) (medium, error) {
	m := medium{Kind: b.Type}
	s := &b.Source
	switch s.Type {
	case "base64":
		data, err := base64.StdEncoding.DecodeString(s.Data)
		switch {
		case err != nil || s.Data == "":
			return m, refuse(at, "%s.%s.source.base64.data: invalid base64 data", at, b.Type)
		case b.Type == "image" && !strings.Contains(" image/jpeg image/png image/gif image/webp ", " "+s.MediaType+" "):
			return m, refuse(at, "%s.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'", at)
		case b.Type == "document" && s.MediaType != "application/pdf":
			return m, refuse(at, "%s.document.source.base64.media_type: Input should be 'application/pdf'", at)
		}
		m.Size = len(data)
	case "text":
		if b.Type == "image" || s.MediaType != "text/plain" {
			return m, refuse(at, "%s.%s.source.text.media_type: Input should be 'text/plain'", at, b.Type)
		}
		m.Size = len(s.Data)
	case "content":
		text, _, err := anthropicContent(at+".document.source.content", s.Content)
		m.Size = len(text)
		return m, err
	case "url":
		m.URL = s.URL
	case "file":
		m.URL = s.FileID
	default:
		return m, refuse(at, "%s.%s.source: Input tag '%s' found using 'type' does not match any of the expected tags: 'base64', 'file', 'text', 'url'", at, b.Type, s.Type)
	}
	return m, nil
}

// anthropicSignature is what the demo signs a thought with, and wants to see again beside it.
func anthropicSignature(thought string) string {
	sum := sha256.Sum256([]byte("anthropic " + thought))
	return base64.StdEncoding.EncodeToString(sum[:24])
}

// shown is the thoughts, unless the request has their text left out.
func (q *anthropicRequest) shown(thoughts []string) []string {
	if q.Thinking.Display == "omitted" {
		return nil
	}
	return thoughts
}

func (q *anthropicRequest) message(content []any, usage any) map[string]any {
	return map[string]any{
		"id": "msg_demo", "type": "message", "role": "assistant", "model": q.Model, "content": content,
		"stop_reason": nil, "stop_sequence": nil, "usage": usage,
	}
}

func anthropicCallID(c call) string { return "toolu_demo_" + strconv.Itoa(c.ID) }

func anthropicUsage(input, output int) map[string]any {
	return map[string]any{"input_tokens": input, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": output, "service_tier": "standard"}
}

func anthropicStop(s said) string {
	switch {
	case s.Length:
		return "max_tokens"
	case s.Stop != "":
		return "stop_sequence"
	case len(s.Calls) > 0:
		return "tool_use"
	}
	return "end_turn"
}

func anthropicError(w http.ResponseWriter, err error) {
	var f *fault
	if !errors.As(err, &f) {
		f = refuse("", "%v", err)
	}
	w.Header().Set("Request-Id", "req_demo")
	wait(w, f.status)
	reply(w, f.status, anthropicBody(f))
}

func anthropicBody(f *fault) any {
	kind := map[int]string{
		401: "authentication_error", 402: "billing_error", 403: "permission_error", 404: "not_found_error", 413: "request_too_large",
		429: "rate_limit_error", 504: "timeout_error", 529: "overloaded_error",
	}[f.status]
	switch {
	case kind != "":
	case f.status >= 500:
		kind = "api_error"
	default:
		kind = "invalid_request_error"
	}
	return map[string]any{"type": "error", "error": map[string]any{"type": kind, "message": f.message}, "request_id": "req_demo"}
}
