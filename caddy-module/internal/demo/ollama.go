package demo

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
)

// ollamaRequest is what the demo reads of /api/chat and /api/generate. Ollama takes members that it
// does not know, but not known ones of another type.
// https://github.com/ollama/ollama/blob/main/docs/api.md
type ollamaRequest struct {
	Model    string          `json:"model"`
	Stream   *bool           `json:"stream"` // true unless it says no
	Format   json.RawMessage `json:"format"`
	Think    json.RawMessage `json:"think"`
	Messages []struct {
		Role      string   `json:"role"`
		Content   string   `json:"content"`
		Thinking  string   `json:"thinking"`
		Images    []string `json:"images"`
		ToolName  string   `json:"tool_name"`
		ToolCalls []struct {
			Function struct {
				Name      string         `json:"name"`
				Arguments map[string]any `json:"arguments"`
			} `json:"function"`
		} `json:"tool_calls"`
	} `json:"messages"`
	Tools []struct {
		Type     string `json:"type"`
		Function struct {
			Name       string `json:"name"`
			Parameters schema `json:"parameters"`
		} `json:"function"`
	} `json:"tools"`
	Options struct {
		NumPredict int      `json:"num_predict"`
		Stop       []string `json:"stop"`
	} `json:"options"`

	Prompt string   `json:"prompt"`
	Suffix string   `json:"suffix"`
	System string   `json:"system"`
	Images []string `json:"images"`
}

func (s *Server) ollamaChat(w http.ResponseWriter, r *http.Request, body []byte) {
	q, a, err := readOllama(body)
	if err == nil {
		err = q.turns(a)
	}
	if err != nil {
		ollamaError(w, err)
		return
	}
	s.ollama(w, r, q, a, len(q.Messages) == 0, func(text, thinking string, calls []call) map[string]any {
		m := map[string]any{"role": "assistant", "content": text}
		if thinking != "" {
			m["thinking"] = thinking
		}
		var all []any
		for _, c := range calls {
			all = append(all, map[string]any{"id": openAICallID(c), "function": map[string]any{"index": c.ID - a.Calls, "name": c.Name, "arguments": c.Args}})
		}
		if all != nil {
			m["tool_calls"] = all
		}
		return map[string]any{"message": m}
	})
}

func (s *Server) ollamaGenerate(w http.ResponseWriter, r *http.Request, body []byte) {
	q, a, err := readOllama(body)
	if err == nil {
		a.Chars += len(q.System) + len(q.Suffix)
		a.user(q.Prompt)
		err = a.ollamaImages(q.Images)
	}
	if err != nil {
		ollamaError(w, err)
		return
	}
	s.ollama(w, r, q, a, q.Prompt == "", func(text, thinking string, _ []call) map[string]any {
		v := map[string]any{"response": text}
		if thinking != "" {
			v["thinking"] = thinking
		}
		return v
	})
}

func readOllama(body []byte) (*ollamaRequest, *asked, error) {
	q := &ollamaRequest{}
	if err := json.Unmarshal(body, q); err != nil {
		return nil, nil, refuse("", "%v", err)
	}
	if q.Model == "" {
		return nil, nil, refuse("", "model is required")
	}
	if status := failure(q.Model); status != 0 {
		return nil, nil, &fault{status: status, message: "the model " + q.Model + " always refuses"}
	}
	a := &asked{Model: q.Model, MaxTokens: max(q.Options.NumPredict, 0), Stops: q.Options.Stop, Silent: string(q.Think) == "false"}
	switch format := string(q.Format); {
	case format == `"json"`:
		a.JSON = true
	case strings.HasPrefix(format, "{"):
		a.JSON = true
		json.Unmarshal(q.Format, &a.Schema)
	case format != "" && format != "null" && format != `""`:
		return nil, nil, refuse("", "invalid format: %s; expected \"json\" or a valid JSON Schema object", format)
	}
	switch think := string(q.Think); think {
	case "", "null", "true", "false", `"low"`, `"medium"`, `"high"`, `"max"`:
	default:
		return nil, nil, refuse("", "invalid think value: %s (must be \"high\", \"medium\", \"low\", \"max\", true, or false)", think)
	}
	return q, a, nil
}

// turns reads the conversation.
func (q *ollamaRequest) turns(a *asked) error {
	for _, t := range q.Tools {
		a.Tools = append(a.Tools, tool{Name: t.Function.Name, Schema: t.Function.Parameters})
	}
	for i, m := range q.Messages {
		switch m.Role {
		case "user":
			a.user(m.Content)
		case "tool":
			a.result(m.Content, false)
		case "assistant":
			a.answered(len(m.ToolCalls))
			a.Chars += len(m.Content)
			continue
		case "system":
			a.Chars += len(m.Content)
		default:
			return refuse("", "messages[%d]: invalid role: %s", i, m.Role)
		}
		if err := a.ollamaImages(m.Images); err != nil {
			return err
		}
	}
	return nil
}

func (a *asked) ollamaImages(images []string) error {
	for _, image := range images {
		b, err := base64.StdEncoding.DecodeString(image)
		if err != nil {
			return refuse("", "illegal base64 data in images")
		}
		a.Media = append(a.Media, medium{Kind: "image", Size: len(b)})
	}
	return nil
}

// ollama answers whole or in lines; body puts a piece of the answer into its place. A request without
// anything to answer loads the model.
func (s *Server) ollama(w http.ResponseWriter, r *http.Request, q *ollamaRequest, a *asked, load bool, body func(text, thinking string, calls []call) map[string]any) {
	object := func(done bool, v map[string]any) map[string]any {
		maps.Copy(v, map[string]any{"model": q.Model, "created_at": ollamaTime, "done": done})
		return v
	}
	if load {
		v := object(true, body("", "", nil))
		v["done_reason"] = "load"
		reply(w, http.StatusOK, v)
		return
	}
	answer := a.answer()
	end := func(v map[string]any) map[string]any {
		v = object(true, v)
		v["done_reason"] = "stop"
		if answer.Length {
			v["done_reason"] = "length"
		}
		maps.Copy(v, map[string]any{
			"total_duration": 3000000, "load_duration": 1000000, "prompt_eval_count": answer.Prompt, "prompt_eval_duration": 1000000,
			"eval_count": answer.Output, "eval_duration": 1000000,
		})
		return v
	}
	if q.Stream != nil && !*q.Stream {
		reply(w, http.StatusOK, end(body(strings.Join(answer.Words, ""), strings.Join(answer.Thoughts, ""), answer.Calls)))
		return
	}
	var pieces []map[string]any
	for _, word := range answer.Thoughts {
		pieces = append(pieces, body("", word, nil))
	}
	for _, word := range answer.Words {
		pieces = append(pieces, body(word, "", nil))
	}
	for _, c := range answer.Calls {
		pieces = append(pieces, body("", "", []call{c}))
	}
	out := s.stream(w, r, framing.Lines, "")
	for i, piece := range pieces {
		if a.fails(i) {
			out.send(map[string]any{"error": failed})
			return
		}
		if !out.send(object(false, piece)) {
			return
		}
	}
	out.send(end(body("", "", nil)))
}

// ollamaTime is when all answers were made.
const ollamaTime = "2023-11-14T22:13:20Z"

// ollamaEmbed answers /api/embed.
func (s *Server) ollamaEmbed(w http.ResponseWriter, _ *http.Request, body []byte) {
	var q struct {
		Model      string          `json:"model"`
		Input      json.RawMessage `json:"input"`
		Dimensions int             `json:"dimensions"`
	}
	if err := json.Unmarshal(body, &q); err != nil {
		ollamaError(w, refuse("", "%v", err))
		return
	}
	if status := failure(q.Model); status != 0 {
		ollamaError(w, &fault{status: status, message: "the model " + q.Model + " always refuses"})
		return
	}
	texts := stringOrList(q.Input)
	if len(texts) == 0 && !strings.HasPrefix(string(q.Input), "[") && string(q.Input) != `""` {
		ollamaError(w, refuse("", "invalid input type"))
		return
	}
	chars, all := 0, [][]float32{}
	for _, text := range texts {
		chars += len(text)
		all = append(all, vector(text, q.Dimensions))
	}
	reply(w, http.StatusOK, map[string]any{"model": q.Model, "embeddings": all, "total_duration": 3000000, "load_duration": 1000000, "prompt_eval_count": (chars + 3) / 4})
}

func ollamaError(w http.ResponseWriter, err error) {
	f := &fault{status: http.StatusInternalServerError, message: err.Error()}
	errors.As(err, &f)
	wait(w, f.status)
	reply(w, f.status, map[string]any{"error": f.message})
}
