package gateway

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// speech is what a model says.
type speech struct {
	reasoning, text string
	calls           []call
}

// parrot is a provider that says again whatever placeholders it is sent.
func parrot(speaks string, stream bool, say func(tokens []string) speech) *upstream {
	return &upstream{answer: func(_ int, _ *http.Request, asked string) *http.Response {
		tokens := placeholder.FindAllString(asked, -1)
		slices.Sort(tokens)
		s := say(slices.Compact(tokens))
		if stream {
			return wire(speaks, s.stream(speaks)...)
		}
		return whole(s.whole(speaks))
	}}
}

// everyToken says tokens in reasoning, words and arguments, nested, in lists, as names of members and escaped.
func everyToken(tokens []string) speech {
	var text, names strings.Builder
	for i, token := range tokens {
		fmt.Fprintf(&text, "I see %s, ", token)
		if i > 0 {
			names.WriteByte(',')
		}
		fmt.Fprintf(&names, "%s:%d", quoted(token), i)
	}
	nested := `{"deep":{"all":` + quoted(text.String()) + `},"list":` + quoted(tokens) + `,"names":{` + names.String() + `}}`
	escaped := `{"escaped":"` + strings.NewReplacer("<", `\u003c`, ">", `\u003E`).Replace(strings.Join(tokens, `\n`)) + `"}`
	return speech{reasoning: "think of " + text.String(), text: text.String() + "and that is all <", calls: []call{{"weather", nested}, {"now", "{}"}, {"weather", escaped}}}
}

// quoted is a value as JSON with few escapes.
func quoted(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n")
}

// whole is the speech as an answer of that dialect.
func (s speech) whole(speaks string) string {
	var calls []string
	switch speaks {
	case "openai.chat":
		for i, c := range s.calls {
			calls = append(calls, fmt.Sprintf(`{"id":"call_%d","type":"function","function":{"name":%q,"arguments":%s}}`, i, c.Name, quoted(c.Arguments)))
		}
		return fmt.Sprintf(`{"id":"c","object":"chat.completion","created":1,"model":"gpt-4.1","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":%s,"content":%s,"tool_calls":[%s]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29}}`,
			quoted(s.reasoning), quoted(s.text), strings.Join(calls, ","))
	case "openai.responses":
		return s.response("completed", 1<<30)
	case "anthropic.messages":
		for i, c := range s.calls {
			calls = append(calls, fmt.Sprintf(`,{"type":"tool_use","id":"call_%d","name":%q,"input":%s}`, i, c.Name, c.Arguments))
		}
		return fmt.Sprintf(`{"id":"m","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"thinking","thinking":%s,"signature":"c2ln"},{"type":"text","text":%s}%s],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":20,"output_tokens":9}}`,
			quoted(s.reasoning), quoted(s.text), strings.Join(calls, ""))
	case "gemini.generate":
		for _, c := range s.calls {
			calls = append(calls, fmt.Sprintf(`,{"functionCall":{"name":%q,"args":%s}}`, c.Name, c.Arguments))
		}
		return fmt.Sprintf(`{"candidates":[{"content":{"parts":[{"text":%s,"thought":true},{"text":%s}%s],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":20,"candidatesTokenCount":9,"totalTokenCount":29},"modelVersion":"gemini-2.5-flash","responseId":"r"}`,
			quoted(s.reasoning), quoted(s.text), strings.Join(calls, ""))
	}
	for i, c := range s.calls {
		calls = append(calls, fmt.Sprintf(`{"function":{"index":%d,"name":%q,"arguments":%s}}`, i, c.Name, c.Arguments))
	}
	return fmt.Sprintf(`{"model":"qwen3","created_at":"2026-11-19T09:12:00.5Z","message":{"role":"assistant","thinking":%s,"content":%s,"tool_calls":[%s]},"done_reason":"stop","done":true,"total_duration":9,"load_duration":1,"prompt_eval_count":20,"prompt_eval_duration":2,"eval_count":9,"eval_duration":3}`,
		quoted(s.reasoning), quoted(s.text), strings.Join(calls, ","))
}

// items are the items of a response.
func (s speech) items() []string {
	items := []string{
		fmt.Sprintf(`{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":%s}]}`, quoted(s.reasoning)),
		fmt.Sprintf(`{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":%s}]}`, quoted(s.text)),
	}
	for i, c := range s.calls {
		items = append(items, fmt.Sprintf(`{"id":"fc_%d","type":"function_call","status":"completed","call_id":"call_%d","name":%q,"arguments":%s}`, i, i, c.Name, quoted(c.Arguments)))
	}
	return items
}

// response is the speech as a response of that status with the first items.
func (s speech) response(status string, n int) string {
	items, usage := s.items(), "null"
	if status == "completed" {
		usage = `{"input_tokens":20,"input_tokens_details":{"cached_tokens":0},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":29}`
	}
	return fmt.Sprintf(`{"id":"resp_1","object":"response","created_at":1,"status":%q,"error":null,"incomplete_details":null,"model":"gpt-4.1","output":[%s],"usage":%s}`,
		status, strings.Join(items[:min(n, len(items))], ","), usage)
}

// cut cuts a text into pieces that no placeholder survives whole.
func cut(text string) (out []string) {
	runes := []rune(text)
	for n := 3; len(runes) > 0; n = 3 + (n+2)%7 {
		n = min(n, len(runes))
		out, runes = append(out, string(runes[:n])), runes[n:]
	}
	return out
}

// stream is the speech as a streamed answer of that dialect, an event a piece.
func (s speech) stream(speaks string) (out []string) {
	data := func(format string, args ...any) { out = append(out, "data: "+fmt.Sprintf(format, args...)+"\n\n") }
	named := func(name, format string, args ...any) {
		out = append(out, "event: "+name+"\ndata: {\"type\":\""+name+"\""+fmt.Sprintf(format, args...)+"}\n\n")
	}
	switch speaks {
	case "openai.chat":
		delta := func(d, finish string) {
			data(`{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4.1","choices":[{"index":0,"delta":{%s},"finish_reason":%s}]}`, d, finish)
		}
		delta(`"role":"assistant","content":""`, "null")
		for _, p := range cut(s.reasoning) {
			delta(`"reasoning_content":`+quoted(p), "null")
		}
		for _, p := range cut(s.text) {
			delta(`"content":`+quoted(p), "null")
		}
		// Calls at once, piece by piece in turn.
		pieces := make([][]string, len(s.calls))
		for i, c := range s.calls {
			delta(fmt.Sprintf(`"tool_calls":[{"index":%d,"id":"call_%d","type":"function","function":{"name":%q,"arguments":""}}]`, i, i, c.Name), "null")
			pieces[i] = cut(c.Arguments)
		}
		for k, more := 0, true; more; k++ {
			more = false
			for i := range pieces {
				if k < len(pieces[i]) {
					more = true
					delta(fmt.Sprintf(`"tool_calls":[{"index":%d,"function":{"arguments":%s}}]`, i, quoted(pieces[i][k])), "null")
				}
			}
		}
		delta("", `"tool_calls"`)
		data(`{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4.1","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29}}`)
		data("[DONE]")
	case "openai.responses":
		n := 0
		event := func(name, format string, args ...any) {
			named("response."+name, `,"sequence_number":%d,%s`, n, fmt.Sprintf(format, args...))
			n++
		}
		event("created", `"response":%s`, s.response("in_progress", 0))
		event("in_progress", `"response":%s`, s.response("in_progress", 0))
		event("output_item.added", `"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}`)
		event("reasoning_summary_part.added", `"item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}`)
		for _, p := range cut(s.reasoning) {
			event("reasoning_summary_text.delta", `"item_id":"rs_1","output_index":0,"summary_index":0,"delta":%s`, quoted(p))
		}
		event("reasoning_summary_text.done", `"item_id":"rs_1","output_index":0,"summary_index":0,"text":%s`, quoted(s.reasoning))
		event("reasoning_summary_part.done", `"item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":%s}`, quoted(s.reasoning))
		event("output_item.done", `"output_index":0,"item":%s`, s.items()[0])
		event("output_item.added", `"output_index":1,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}`)
		event("content_part.added", `"item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}`)
		for _, p := range cut(s.text) {
			event("output_text.delta", `"item_id":"msg_1","output_index":1,"content_index":0,"logprobs":[],"delta":%s`, quoted(p))
		}
		event("output_text.done", `"item_id":"msg_1","output_index":1,"content_index":0,"logprobs":[],"text":%s`, quoted(s.text))
		event("content_part.done", `"item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":%s}`, quoted(s.text))
		event("output_item.done", `"output_index":1,"item":%s`, s.items()[1])
		for i, c := range s.calls {
			event("output_item.added", `"output_index":%d,"item":{"id":"fc_%d","type":"function_call","status":"in_progress","call_id":"call_%d","name":%q,"arguments":""}`, i+2, i, i, c.Name)
			for _, p := range cut(c.Arguments) {
				event("function_call_arguments.delta", `"item_id":"fc_%d","output_index":%d,"delta":%s`, i, i+2, quoted(p))
			}
			event("function_call_arguments.done", `"item_id":"fc_%d","output_index":%d,"name":%q,"arguments":%s`, i, i+2, c.Name, quoted(c.Arguments))
			event("output_item.done", `"output_index":%d,"item":%s`, i+2, s.items()[i+2])
		}
		event("completed", `"response":%s`, s.response("completed", 1<<30))
	case "anthropic.messages":
		named("message_start", `,"message":{"id":"m","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":20,"output_tokens":1}}`)
		named("content_block_start", `,"index":0,"content_block":{"type":"thinking","thinking":"","signature":""}`)
		for _, p := range cut(s.reasoning) {
			named("content_block_delta", `,"index":0,"delta":{"type":"thinking_delta","thinking":%s}`, quoted(p))
		}
		named("content_block_delta", `,"index":0,"delta":{"type":"signature_delta","signature":"c2ln"}`)
		named("content_block_stop", `,"index":0`)
		named("content_block_start", `,"index":1,"content_block":{"type":"text","text":""}`)
		for _, p := range cut(s.text) {
			named("content_block_delta", `,"index":1,"delta":{"type":"text_delta","text":%s}`, quoted(p))
		}
		named("content_block_stop", `,"index":1`)
		for i, c := range s.calls {
			named("content_block_start", `,"index":%d,"content_block":{"type":"tool_use","id":"call_%d","name":%q,"input":{}}`, i+2, i, c.Name)
			for _, p := range cut(c.Arguments) {
				named("content_block_delta", `,"index":%d,"delta":{"type":"input_json_delta","partial_json":%s}`, i+2, quoted(p))
			}
			named("content_block_stop", `,"index":%d`, i+2)
		}
		named("message_delta", `,"delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":9}`)
		named("message_stop", "")
	case "gemini.generate":
		part := func(p, finish string) {
			data(`{"candidates":[{"content":{"parts":[%s],"role":"model"}%s,"index":0}],"modelVersion":"gemini-2.5-flash","responseId":"r","usageMetadata":{"promptTokenCount":20,"candidatesTokenCount":9,"totalTokenCount":29}}`, p, finish)
		}
		for _, p := range cut(s.reasoning) {
			part(`{"text":`+quoted(p)+`,"thought":true}`, "")
		}
		for _, p := range cut(s.text) {
			part(`{"text":`+quoted(p)+`}`, "")
		}
		for _, c := range s.calls {
			part(fmt.Sprintf(`{"functionCall":{"name":%q,"args":%s}}`, c.Name, c.Arguments), "")
		}
		part(`{"text":""}`, `,"finishReason":"STOP"`)
	case "ollama.chat":
		line := func(m string) {
			out = append(out, `{"model":"qwen3","created_at":"2026-11-19T09:12:00.5Z","message":{"role":"assistant",`+m+`},"done":false}`+"\n")
		}
		for _, p := range cut(s.reasoning) {
			line(`"content":"","thinking":` + quoted(p))
		}
		for _, p := range cut(s.text) {
			line(`"content":` + quoted(p))
		}
		for i, c := range s.calls {
			line(fmt.Sprintf(`"content":"","tool_calls":[{"function":{"index":%d,"name":%q,"arguments":%s}}]`, i, c.Name, c.Arguments))
		}
		out = append(out, `{"model":"qwen3","created_at":"2026-11-19T09:12:01.5Z","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"total_duration":9,"load_duration":1,"prompt_eval_count":20,"prompt_eval_duration":2,"eval_count":9,"eval_duration":3}`+"\n")
	}
	return out
}
