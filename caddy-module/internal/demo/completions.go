package demo

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
)

var completionsShape = named(`model prompt best_of echo frequency_penalty logit_bias logprobs max_tokens n presence_penalty seed stop
	stream stream_options suffix temperature top_p user`)

// completions answers https://platform.openai.com/docs/api-reference/completions/create, a choice for
// each prompt.
func (s *Server) completions(w http.ResponseWriter, r *http.Request, body []byte) {
	var q struct {
		Model         string          `json:"model"`
		Prompt        json.RawMessage `json:"prompt"`
		MaxTokens     *int            `json:"max_tokens"`
		Stop          json.RawMessage `json:"stop"`
		Stream        bool            `json:"stream"`
		Echo          bool            `json:"echo"`
		StreamOptions struct {
			IncludeUsage bool `json:"include_usage"`
		} `json:"stream_options"`
	}
	if err := json.Unmarshal(body, &q); err != nil {
		openAIError(w, refuse("", "the body is no completion request: %v", err))
		return
	}
	if status := failure(q.Model); status != 0 {
		openAIError(w, &fault{status: status, message: "the model " + q.Model + " always refuses"})
		return
	}
	if path := completionsShape.unknown(body); path != nil {
		openAIError(w, refuse(dotted(path), "Unrecognized request argument supplied: %s", path[0]))
		return
	}
	limit := 16 // the API's default
	if q.MaxTokens != nil {
		limit = *q.MaxTokens
	}
	prompts := stringOrList(q.Prompt)
	if len(prompts) == 0 {
		prompts = []string{""}
	}
	var asks []*asked
	var answers []said
	all := said{}
	for _, p := range prompts {
		a := &asked{Model: q.Model, MaxTokens: limit, Stops: stringOrList(q.Stop), Silent: true}
		a.user(p)
		answer := a.answer()
		if q.Echo {
			answer.Words = append([]string{p}, answer.Words...)
		}
		asks, answers = append(asks, a), append(answers, answer)
		all.Prompt, all.Output = all.Prompt+answer.Prompt, all.Output+answer.Output
	}
	choice := func(index int, text string, finish any) any {
		return map[string]any{"index": index, "text": text, "logprobs": nil, "finish_reason": finish}
	}
	object := func(choices []any) map[string]any {
		return map[string]any{"id": "cmpl-demo", "object": "text_completion", "created": openAITime, "model": q.Model, "choices": choices}
	}
	if !q.Stream {
		var choices []any
		for i, answer := range answers {
			choices = append(choices, choice(i, strings.Join(answer.Words, ""), openAIFinish(answer)))
		}
		v := object(choices)
		v["usage"] = openAIUsage(all, 1)
		reply(w, http.StatusOK, v)
		return
	}
	out := s.stream(w, r, framing.SSE, "\n")
	send := func(choices []any, usage any) bool {
		v := object(choices)
		if q.StreamOptions.IncludeUsage {
			v["usage"] = usage
		}
		return out.send(v)
	}
	for index, answer := range answers {
		for i, word := range answer.Words {
			if asks[index].fails(i) {
				out.send(openAIBody(&fault{status: 500, message: failed}))
				return
			}
			if !send([]any{choice(index, word, nil)}, nil) {
				return
			}
		}
		if !send([]any{choice(index, "", openAIFinish(answer))}, nil) {
			return
		}
	}
	if q.StreamOptions.IncludeUsage && !send([]any{}, openAIUsage(all, 1)) {
		return
	}
	out.raw("", "[DONE]")
}
