package agents

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// gemini is the Gemini API with a model that signs the first call of each step and refuses a turn
// without its signatures. https://ai.google.dev/gemini-api/docs/thought-signatures
type gemini struct{}

type geminiBody struct {
	SystemInstruction struct {
		Parts []struct{ Text string }
	}
	Contents []struct {
		Role  string
		Parts []struct {
			Text             *string
			Thought          bool
			ThoughtSignature string
			FunctionCall     *struct {
				ID, Name string
				Args     map[string]any
			}
			FunctionResponse *struct {
				ID, Name string
				Response map[string]any
			}
		}
	}
	Tools []struct {
		FunctionDeclarations []struct{ Name string }
	}
}

func (gemini) signature(n int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "gemini signs step %d \xff\x00", n))
}

func (gemini) shows() bool { return false }

func (gemini) read(r *http.Request, body []byte) (*asked, error) {
	model, action, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v1beta/models/"), ":")
	if !ok || r.Header.Get("X-Goog-Api-Key") != "upstream-key" {
		return nil, fmt.Errorf("path %s with key %q", r.URL.Path, r.Header.Get("X-Goog-Api-Key"))
	}
	var q geminiBody
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, err
	}
	a := &asked{model: model, streams: action == "streamGenerateContent" && r.URL.RawQuery == "alt=sse"}
	for _, p := range q.SystemInstruction.Parts {
		a.system += p.Text
	}
	for _, t := range q.Tools {
		for _, f := range t.FunctionDeclarations {
			a.tools = append(a.tools, f.Name)
		}
	}
	for i, c := range q.Contents {
		var step answered
		var results []result
		responses := 0
		for j, p := range c.Parts {
			switch {
			case p.FunctionCall != nil:
				if len(step.calls) > 0 && p.ThoughtSignature != "" {
					return nil, fmt.Errorf("part %d of content %d has the signature of a sibling", j, i)
				}
				if len(step.calls) == 0 {
					step.signature = p.ThoughtSignature
				}
				step.calls = append(step.calls, call{p.FunctionCall.ID, p.FunctionCall.Name, p.FunctionCall.Args})
			case p.FunctionResponse != nil:
				f := p.FunctionResponse
				responses++
				if f.ID != "" && slices.ContainsFunc(results, func(r result) bool { return r.id == f.ID }) {
					continue // Gemini CLI says each twice when it goes on with a session
				}
				b, _ := json.Marshal(f.Response)
				text := string(b)
				if output, ok := f.Response["output"].(string); ok {
					text = output
				}
				results = append(results, result{id: f.ID, name: f.Name, text: text, failed: f.Response["error"] != nil})
			}
		}
		a.later = c.Role != "model" && len(results) == 0
		switch {
		case len(step.calls) > 0 && c.Role == "model":
			a.steps = append(a.steps, step)
		case len(results) > 0:
			if responses != len(c.Parts) {
				return nil, fmt.Errorf("content %d has more than function responses", i)
			}
			if len(a.steps) == 0 || len(a.steps[len(a.steps)-1].results) > 0 || len(results) != len(a.steps[len(a.steps)-1].calls) {
				return nil, errors.New("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.")
			}
			a.steps[len(a.steps)-1].results = results
		}
	}
	return a, nil
}

// write streams as the API does: thoughts, then each call whole in a chunk, STOP and usage in the last.
func (g gemini) write(w io.Writer, n int, s step) {
	var parts []any
	if s.thought != "" {
		head, tail, _ := strings.Cut(s.thought, " ")
		parts = append(parts, map[string]any{"text": head + " ", "thought": true}, map[string]any{"text": tail, "thought": true})
	}
	for _, word := range strings.SplitAfter(s.text, " ") {
		if word != "" {
			parts = append(parts, map[string]any{"text": word})
		}
	}
	for i, c := range s.calls {
		part := map[string]any{"functionCall": map[string]any{"id": fmt.Sprintf("fc%d%d", n, i), "name": c.name, "args": c.args}}
		if i == 0 {
			part["thoughtSignature"] = g.signature(n)
		}
		parts = append(parts, part)
	}
	if len(s.calls) == 0 {
		parts = append(parts, map[string]any{"text": "", "thoughtSignature": g.signature(n)})
	}
	for i, p := range parts {
		candidate := map[string]any{"content": map[string]any{"role": "model", "parts": []any{p}}, "index": 0}
		chunk := map[string]any{"candidates": []any{candidate}, "modelVersion": "gemini", "responseId": fmt.Sprint("r", n)}
		usage := map[string]any{"promptTokenCount": 1000, "thoughtsTokenCount": 7, "totalTokenCount": 1007 + i, "candidatesTokenCount": i}
		if i == len(parts)-1 {
			candidate["finishReason"] = "STOP"
		}
		chunk["usageMetadata"] = usage
		send(w, "", chunk, "\r\n")
	}
}

func (gemini) refuse(w http.ResponseWriter, message string) {
	refuse(w, 400, map[string]any{"error": map[string]any{"code": 400, "message": message, "status": "INVALID_ARGUMENT"}})
}

func (gemini) busy(w http.ResponseWriter) {
	refuse(w, 429, map[string]any{"error": map[string]any{"code": 429, "message": "Resource has been exhausted.", "status": "RESOURCE_EXHAUSTED", "details": []any{
		map[string]any{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.5s"},
	}}})
}

// send writes an event of a stream.
func send(w io.Writer, name string, v any, end string) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only of a wrong script
	}
	var out bytes.Buffer
	if name != "" {
		fmt.Fprintf(&out, "event: %s%s", name, end)
	}
	fmt.Fprintf(&out, "data: %s%s%s", b, end, end)
	w.Write(out.Bytes())
	w.(http.Flusher).Flush()
}

func refuse(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

// equal compares arguments as JSON does.
func equal(a, b map[string]any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}
