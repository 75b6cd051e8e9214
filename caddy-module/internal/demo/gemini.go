package demo

import (
	"encoding/json"
	"net/http"
	"strings"
)

// geminiRequest is what the demo reads of a generateContent request.
// https://ai.google.dev/api/generate-content
type geminiRequest struct {
	Contents          []geminiContent `json:"contents"`
	SystemInstruction *geminiContent  `json:"systemInstruction"`
	Tools             []struct {
		FunctionDeclarations []struct {
			Name                 string `json:"name"`
			Parameters           schema `json:"parameters"`
			ParametersJSONSchema schema `json:"parametersJsonSchema"`
		} `json:"functionDeclarations"`
	} `json:"tools"`
	ToolConfig struct {
		FunctionCallingConfig struct {
			Mode string `json:"mode"`
		} `json:"functionCallingConfig"`
	} `json:"toolConfig"`
	GenerationConfig struct {
		MaxOutputTokens int `json:"maxOutputTokens"`
	} `json:"generationConfig"`
}

type geminiContent struct {
	Role  string `json:"role"`
	Parts []struct {
		Text             string `json:"text"`
		FunctionResponse *struct {
			Response json.RawMessage `json:"response"`
		} `json:"functionResponse"`
	} `json:"parts"`
}

// known are the members of a request; the real API refuses names that it does not know.
var known = map[string]bool{
	"contents": true, "systemInstruction": true, "system_instruction": true, "tools": true, "toolConfig": true,
	"generationConfig": true, "safetySettings": true, "cachedContent": true, "serviceTier": true, "labels": true, "model": true, "store": true,
}

func (s *Server) gemini(w http.ResponseWriter, r *http.Request, body []byte) {
	_, rest, _ := strings.Cut(r.URL.Path, "/models/")
	model, action, _ := strings.Cut(rest, ":")
	var names map[string]json.RawMessage
	if err := json.Unmarshal(body, &names); err != nil {
		geminiError(w, http.StatusBadRequest, "Invalid JSON payload received. "+err.Error())
		return
	}
	for name := range names {
		if !known[name] {
			geminiError(w, http.StatusBadRequest, "Invalid JSON payload received. Unknown name \""+name+"\": Cannot find field.")
			return
		}
	}
	var q geminiRequest
	if err := json.Unmarshal(body, &q); err != nil {
		geminiError(w, http.StatusBadRequest, "Invalid value: "+err.Error())
		return
	}
	if status := failure(model); status != 0 {
		geminiError(w, status, "The model "+model+" always refuses.")
		return
	}
	if len(q.Contents) == 0 {
		geminiError(w, http.StatusBadRequest, "* GenerateContentRequest.contents: contents is not specified")
		return
	}
	a := asked{Model: model, MaxTokens: q.GenerationConfig.MaxOutputTokens, Demand: q.ToolConfig.FunctionCallingConfig.Mode == "ANY"}
	for _, c := range q.Contents {
		text, result := "", ""
		for _, p := range c.Parts {
			text += p.Text
			if p.FunctionResponse != nil {
				result += geminiResult(p.FunctionResponse.Response)
			}
		}
		a.Chars += len(text) + len(result)
		if c.Role == "model" {
			continue
		}
		a.Result = result
		if text != "" {
			a.User = text
		}
	}
	if q.ToolConfig.FunctionCallingConfig.Mode != "NONE" {
		for _, t := range q.Tools {
			for _, f := range t.FunctionDeclarations {
				p := f.ParametersJSONSchema
				if p.Properties == nil {
					p = f.Parameters
				}
				a.Tools = append(a.Tools, tool{Name: f.Name, Schema: p})
			}
		}
	}
	switch action {
	case "generateContent":
		answer := a.answer()
		reply(w, http.StatusOK, geminiChunk(model, geminiParts(answer.Words, answer.Calls), answer, true))
	case "streamGenerateContent":
		s.geminiStream(w, r, model, a.answer())
	default:
		geminiError(w, http.StatusNotFound, "the demo model does not know "+action)
	}
}

func (s *Server) geminiStream(w http.ResponseWriter, r *http.Request, model string, answer said) {
	out := s.stream(w, r, "\r\n")
	for i, word := range answer.Words {
		if model == "demo-breaks" && i == 2 {
			panic(http.ErrAbortHandler)
		}
		last := i == len(answer.Words)-1 && len(answer.Calls) == 0
		if !out.send(geminiChunk(model, geminiParts([]string{word}, nil), answer, last)) {
			return
		}
	}
	for i := range answer.Calls {
		last := i == len(answer.Calls)-1
		if !out.send(geminiChunk(model, geminiParts(nil, answer.Calls[i:i+1]), answer, last)) {
			return
		}
	}
}

func geminiParts(words []string, calls []call) []any {
	var parts []any
	if len(words) > 0 {
		parts = append(parts, map[string]any{"text": strings.Join(words, "")})
	}
	for _, c := range calls {
		parts = append(parts, map[string]any{"functionCall": map[string]any{"name": c.Name, "args": c.Args}})
	}
	return parts
}

func geminiChunk(model string, parts []any, s said, last bool) any {
	candidate := map[string]any{"content": map[string]any{"role": "model", "parts": parts}, "index": 0}
	chunk := map[string]any{"candidates": []any{candidate}, "modelVersion": model, "responseId": "demo"}
	if last {
		candidate["finishReason"] = "STOP"
		if s.Length {
			candidate["finishReason"] = "MAX_TOKENS"
		}
		chunk["usageMetadata"] = map[string]any{"promptTokenCount": s.Prompt, "candidatesTokenCount": s.Output, "totalTokenCount": s.Prompt + s.Output}
	}
	return chunk
}

func geminiResult(raw json.RawMessage) string {
	var v struct {
		Output any `json:"output"`
	}
	if json.Unmarshal(raw, &v) == nil {
		if text, ok := v.Output.(string); ok {
			return text
		}
	}
	return string(raw)
}

func geminiError(w http.ResponseWriter, status int, message string) {
	names := map[int]string{400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}
	name := names[status]
	if name == "" {
		name = "INTERNAL"
	}
	e := map[string]any{"code": status, "message": message, "status": name}
	if status == http.StatusTooManyRequests {
		e["details"] = []any{map[string]any{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}}
	}
	reply(w, status, map[string]any{"error": e})
}
