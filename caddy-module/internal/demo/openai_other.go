package demo

import (
	"encoding/json"
	"net/http"
	"strings"
)

// moderations answers https://platform.openai.com/docs/api-reference/moderations/create. A text with
// the word violence in it is flagged.
func (s *Server) moderations(w http.ResponseWriter, _ *http.Request, body []byte) {
	var q struct {
		Model string          `json:"model"`
		Input json.RawMessage `json:"input"`
	}
	if err := json.Unmarshal(body, &q); err != nil || len(q.Input) == 0 {
		openAIError(w, refuse("input", "Missing required parameter: 'input'."))
		return
	}
	if status := failure(q.Model); status != 0 {
		openAIError(w, &fault{status: status, message: "the model " + q.Model + " always refuses"})
		return
	}
	var results []any
	for _, text := range stringOrList(q.Input) {
		flagged, score := strings.Contains(text, "violence"), 0.0
		if flagged {
			score = 1
		}
		results = append(results, map[string]any{
			"flagged": flagged, "categories": map[string]any{"violence": flagged}, "category_scores": map[string]any{"violence": score},
			"category_applied_input_types": map[string]any{"violence": []string{"text"}},
		})
	}
	reply(w, http.StatusOK, map[string]any{"id": "modr-demo", "model": q.Model, "results": results})
}

// pixel is a PNG of one.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// images answers https://platform.openai.com/docs/api-reference/images/create.
func (s *Server) images(w http.ResponseWriter, _ *http.Request, body []byte) {
	var q struct {
		Model  string `json:"model"`
		Prompt string `json:"prompt"`
		N      *int   `json:"n"`
	}
	if err := json.Unmarshal(body, &q); err != nil || q.Prompt == "" {
		openAIError(w, refuse("prompt", "Missing required parameter: 'prompt'."))
		return
	}
	if status := failure(q.Model); status != 0 {
		openAIError(w, &fault{status: status, message: "the model " + q.Model + " always refuses"})
		return
	}
	var data []any
	for range min(max(orZero(q.N), 1), 10) {
		data = append(data, map[string]any{"b64_json": pixel})
	}
	tokens := (len(q.Prompt) + 3) / 4
	reply(w, http.StatusOK, map[string]any{"created": openAITime, "data": data, "usage": map[string]any{"input_tokens": tokens, "output_tokens": 1, "total_tokens": tokens + 1}})
}
