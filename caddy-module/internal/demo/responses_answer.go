package demo

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
)

// response is a response object, with what the request said.
func (q *responsesRequest) response(body []byte, status string, output []any, answer *said) map[string]any {
	v := map[string]any{
		"id": "resp_demo", "object": "response", "created_at": openAITime, "status": status, "background": false, "error": nil,
		"incomplete_details": nil, "instructions": nil, "max_output_tokens": nil, "model": q.Model, "output": output,
		"parallel_tool_calls": true, "previous_response_id": nil, "reasoning": map[string]any{"effort": nil, "summary": nil}, "store": true,
		"temperature": 1.0, "text": map[string]any{"format": map[string]any{"type": "text"}}, "tool_choice": "auto", "tools": []any{},
		"top_p": 1.0, "truncation": "disabled", "usage": nil, "user": nil, "metadata": map[string]any{},
	}
	var request map[string]json.RawMessage
	json.Unmarshal(body, &request)
	for _, name := range []string{"instructions", "max_output_tokens", "parallel_tool_calls", "reasoning", "store", "temperature", "text", "tool_choice", "tools", "top_p", "truncation", "user", "metadata"} {
		if value, ok := request[name]; ok {
			v[name] = value
		}
	}
	if answer == nil {
		return v
	}
	v["usage"] = map[string]any{
		"input_tokens": answer.Prompt, "input_tokens_details": map[string]any{"cached_tokens": 0},
		"output_tokens": answer.Output, "output_tokens_details": map[string]any{"reasoning_tokens": len(answer.Thoughts)},
		"total_tokens": answer.Prompt + answer.Output,
	}
	if answer.Length {
		v["status"], v["incomplete_details"] = "incomplete", map[string]any{"reason": "max_output_tokens"}
	}
	return v
}

// output is the items of an answer.
func (q *responsesRequest) output(answer said, status string) []any {
	all := []any{}
	if len(answer.Thoughts) > 0 {
		all = append(all, q.reasoning([]any{map[string]any{"type": "summary_text", "text": strings.Join(answer.Thoughts, "")}}))
	}
	if len(answer.Words) > 0 {
		all = append(all, responsesMessage(status, []any{responsesText(strings.Join(answer.Words, ""))}))
	}
	for _, c := range answer.Calls {
		all = append(all, responsesCall(c, status, c.arguments()))
	}
	return all
}

func (q *responsesRequest) reasoning(summary []any) map[string]any {
	item := map[string]any{"type": "reasoning", "id": "rs_demo", "summary": summary}
	if slices.Contains(q.Include, "reasoning.encrypted_content") {
		item["encrypted_content"] = responsesSeal
	}
	return item
}

func responsesMessage(status string, content []any) map[string]any {
	return map[string]any{"type": "message", "id": "msg_demo", "role": "assistant", "status": status, "content": content}
}

func responsesText(text string) map[string]any {
	return map[string]any{"type": "output_text", "text": text, "annotations": []any{}, "logprobs": []any{}}
}

func responsesCall(c call, status, arguments string) map[string]any {
	return map[string]any{"type": "function_call", "id": "fc_demo_" + strconv.Itoa(c.ID), "call_id": openAICallID(c), "name": c.Name, "arguments": arguments, "status": status}
}

// responsesWriter writes the events of a streamed response.
type responsesWriter struct {
	out      *stream
	a        *asked
	sequence int
	item     int // output_index
	pieces   int
	gone     bool // the client is, or the model has failed
}

func (w *responsesWriter) event(kind string, members map[string]any) {
	if w.gone {
		return
	}
	members["type"], members["sequence_number"] = kind, w.sequence
	w.sequence++
	w.gone = !w.out.event(kind, members)
}

// delta writes a piece of the answer, unless the model fails there.
func (w *responsesWriter) delta(kind string, members map[string]any) {
	if !w.gone && w.a.fails(w.pieces) {
		w.event("error", map[string]any{"code": "server_error", "message": failed, "param": nil})
		w.gone = true
	}
	w.pieces++
	w.event(kind, members)
}

// added and done write the frame of an item.
func (w *responsesWriter) added(item any) {
	w.event("response.output_item.added", map[string]any{"output_index": w.item, "item": item})
}

func (w *responsesWriter) done(item any) {
	w.event("response.output_item.done", map[string]any{"output_index": w.item, "item": item})
	w.item++
}

func (s *Server) responsesStream(rw http.ResponseWriter, r *http.Request, q *responsesRequest, a *asked, answer said, body []byte) {
	w := &responsesWriter{out: s.stream(rw, r, framing.SSE, "\n"), a: a}
	w.event("response.created", map[string]any{"response": q.response(body, "in_progress", []any{}, nil)})
	w.event("response.in_progress", map[string]any{"response": q.response(body, "in_progress", []any{}, nil)})
	if len(answer.Thoughts) > 0 {
		w.reasoning(q, answer.Thoughts)
	}
	if len(answer.Words) > 0 {
		w.message(answer.Words)
	}
	for _, c := range answer.Calls {
		w.call(c)
	}
	end := "response.completed"
	if answer.Length {
		end = "response.incomplete"
	}
	w.event(end, map[string]any{"response": q.response(body, "completed", q.output(answer, "completed"), &answer)})
}

// at names the place of a part of the current item.
func (w *responsesWriter) at(item map[string]any, index string, members map[string]any) map[string]any {
	members["item_id"], members["output_index"] = item["id"], w.item
	if index != "" {
		members[index] = 0
	}
	return members
}

func (w *responsesWriter) reasoning(q *responsesRequest, thoughts []string) {
	item := q.reasoning([]any{})
	at := func(members map[string]any) map[string]any { return w.at(item, "summary_index", members) }
	part := func(text string) any { return map[string]any{"type": "summary_text", "text": text} }
	w.added(item)
	w.event("response.reasoning_summary_part.added", at(map[string]any{"part": part("")}))
	for _, word := range thoughts {
		w.delta("response.reasoning_summary_text.delta", at(map[string]any{"delta": word}))
	}
	text := strings.Join(thoughts, "")
	w.event("response.reasoning_summary_text.done", at(map[string]any{"text": text}))
	w.event("response.reasoning_summary_part.done", at(map[string]any{"part": part(text)}))
	w.done(q.reasoning([]any{part(text)}))
}

func (w *responsesWriter) message(words []string) {
	item := responsesMessage("in_progress", []any{})
	at := func(members map[string]any) map[string]any { return w.at(item, "content_index", members) }
	w.added(item)
	w.event("response.content_part.added", at(map[string]any{"part": responsesText("")}))
	for _, word := range words {
		w.delta("response.output_text.delta", at(map[string]any{"delta": word, "logprobs": []any{}}))
	}
	text := strings.Join(words, "")
	w.event("response.output_text.done", at(map[string]any{"text": text, "logprobs": []any{}}))
	w.event("response.content_part.done", at(map[string]any{"part": responsesText(text)}))
	w.done(responsesMessage("completed", []any{responsesText(text)}))
}

func (w *responsesWriter) call(c call) {
	item := responsesCall(c, "in_progress", "")
	w.added(item)
	for _, piece := range fragments(c.arguments()) {
		w.delta("response.function_call_arguments.delta", w.at(item, "", map[string]any{"delta": piece}))
	}
	w.event("response.function_call_arguments.done", w.at(item, "", map[string]any{"name": c.Name, "arguments": c.arguments()}))
	w.done(responsesCall(c, "completed", c.arguments()))
}
