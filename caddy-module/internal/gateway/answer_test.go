package gateway

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Whole answers in every dialect: words, and calls of two tools.
var (
	wordAnswer = map[string]string{
		"openai.chat":        `{"id":"chatcmpl-1","object":"chat.completion","created":1763600000,"model":"gpt-4.1","choices":[{"index":0,"message":{"role":"assistant","content":"Grüezi 😀","refusal":null},"finish_reason":"length","logprobs":null}],"usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}`,
		"openai.responses":   `{"id":"resp_1","object":"response","created_at":1763600000,"status":"incomplete","error":null,"incomplete_details":{"reason":"max_output_tokens"},"model":"gpt-4.1","output":[{"id":"msg_1","type":"message","role":"assistant","status":"incomplete","content":[{"type":"output_text","text":"Grüezi 😀","annotations":[]}]}],"usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":4},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":29}}`,
		"anthropic.messages": `{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":"Grüezi 😀"}],"stop_reason":"max_tokens","stop_sequence":null,"usage":{"input_tokens":16,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":9}}`,
		"gemini.generate":    `{"candidates":[{"content":{"parts":[{"text":"Grüezi "},{"text":"😀"}],"role":"model"},"finishReason":"MAX_TOKENS","index":0}],"usageMetadata":{"promptTokenCount":20,"cachedContentTokenCount":4,"candidatesTokenCount":7,"thoughtsTokenCount":2,"totalTokenCount":29},"modelVersion":"gemini-2.5-flash","responseId":"r1"}`,
		"ollama.chat":        `{"model":"qwen3","created_at":"2026-11-19T09:12:00.5Z","message":{"role":"assistant","content":"Grüezi 😀"},"done_reason":"length","done":true,"total_duration":9,"load_duration":1,"prompt_eval_count":20,"prompt_eval_duration":2,"eval_count":9,"eval_duration":3}`,
	}
	callAnswer = map[string]string{
		"openai.chat":        `{"id":"chatcmpl-1","object":"chat.completion","created":1763600000,"model":"gpt-4.1","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_8","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Zürich\",\"n\":9007199254740993}"}},{"id":"call_9","type":"function","function":{"name":"now","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29}}`,
		"openai.responses":   `{"id":"resp_1","object":"response","created_at":1763600000,"status":"completed","error":null,"incomplete_details":null,"model":"gpt-4.1","output":[{"id":"fc_1","type":"function_call","call_id":"call_8","name":"weather","arguments":"{\"city\":\"Zürich\",\"n\":9007199254740993}","status":"completed"},{"id":"fc_2","type":"function_call","call_id":"call_9","name":"now","arguments":"{}","status":"completed"}],"usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":0},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":29}}`,
		"anthropic.messages": `{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"tool_use","id":"call_8","name":"weather","input":{"city":"Zürich","n":9007199254740993}},{"type":"tool_use","id":"call_9","name":"now","input":{}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":20,"output_tokens":9}}`,
		"gemini.generate":    `{"candidates":[{"content":{"parts":[{"functionCall":{"id":"call_8","name":"weather","args":{"city":"Zürich","n":9007199254740993}}},{"functionCall":{"id":"call_9","name":"now"}}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":20,"candidatesTokenCount":9,"totalTokenCount":29},"modelVersion":"gemini-2.5-flash","responseId":"r1"}`,
		"ollama.chat":        `{"model":"qwen3","created_at":"2026-11-19T09:12:00.5Z","message":{"role":"assistant","content":"","tool_calls":[{"id":"call_8","function":{"index":0,"name":"weather","arguments":{"city":"Zürich","n":9007199254740993}}},{"id":"call_9","function":{"index":1,"name":"now","arguments":{}}}]},"done_reason":"stop","done":true,"total_duration":9,"load_duration":1,"prompt_eval_count":20,"prompt_eval_duration":2,"eval_count":9,"eval_duration":3}`,
	}
)

// upstreamModel is a model of each provider that takes what toolAsk asks.
var upstreamModel = map[string]string{
	"openai.chat": "gpt-4.1", "openai.responses": "gpt-4.1", "anthropic.messages": "claude-sonnet-4-5", "gemini.generate": "gemini-2.5-flash", "ollama.chat": "qwen3",
}

// readAnswer reads a whole answer as strictly as decode reads streams.
func readAnswer(dialect, body string) *decoded {
	d := &decoded{text: map[string]string{}, ids: map[string]int{}}
	var v map[string]any
	read := json.NewDecoder(strings.NewReader(body))
	read.UseNumber()
	if err := read.Decode(&v); err != nil {
		d.breaks("%v: %s", err, body)
		return d
	}
	switch dialect {
	case "openai.chat":
		d.chatAnswer(v)
	case "openai.responses":
		d.responsesAnswer(v)
	case "anthropic.messages":
		d.anthropicAnswer(v)
	case "gemini.generate":
		d.geminiAnswer(v)
	case "ollama.chat":
		d.must(v["done"] == true, "not done")
		d.said.Text = d.add("content", pick(v, "message", "content"))
		for _, c := range list(pick(v, "message", "tool_calls")) {
			d.answerCall(c["id"], pick(c, "function", "name"), spelled(pick(c, "function", "arguments")))
		}
		d.ends(v["done_reason"], ollamaEnds)
		d.used(count(v, "prompt_eval_count"), count(v, "eval_count"), 0, 0)
	}
	d.settle()
	return d
}

func count(v any, names ...string) float64 {
	n, _ := pick(v, names...).(json.Number)
	f, _ := n.Float64()
	return f
}

func (d *decoded) answerCall(id, name any, arguments string) {
	if id != nil {
		d.number(id)
	}
	d.called(fmt.Sprint(name), arguments)
	d.must(!strings.Contains(arguments, "99999") && !strings.Contains(arguments, "e+"), "a number has changed: %s", arguments)
}

func (d *decoded) chatAnswer(v map[string]any) {
	d.must(v["object"] == "chat.completion", "object is %v", v["object"])
	d.number(v["id"])
	choice := list(v["choices"])[0]
	message := choice["message"]
	d.must(pick(message, "role") == "assistant", "role %v", pick(message, "role"))
	d.said.Text = d.add("content", pick(message, "content"))
	for _, c := range list(pick(message, "tool_calls")) {
		d.must(c["type"] == "function" && c["id"] != nil, "a call %s", literal(c))
		d.answerCall(c["id"], pick(c, "function", "name"), fmt.Sprint(pick(c, "function", "arguments")))
	}
	d.ends(choice["finish_reason"], chatEnds)
	u := v["usage"]
	d.used(count(u, "prompt_tokens"), count(u, "completion_tokens"), count(u, "prompt_tokens_details", "cached_tokens"), count(u, "completion_tokens_details", "reasoning_tokens"))
}

func (d *decoded) responsesAnswer(v map[string]any) {
	d.must(v["object"] == "response", "object is %v", v["object"])
	d.number(v["id"])
	for _, item := range list(v["output"]) {
		d.number(item["id"])
		switch item["type"] {
		case "message":
			for _, part := range list(item["content"]) {
				_, ok := part["annotations"].([]any)
				d.must(part["type"] == "output_text" && ok || part["type"] == "refusal", "a part %s", literal(part))
				d.said.Text += d.add("text", textOf(part))
			}
		case "function_call":
			d.must(item["call_id"] != nil, "a call without id")
			d.answerCall(item["call_id"], item["name"], fmt.Sprint(item["arguments"]))
		}
	}
	if v["status"] == "completed" {
		d.said.Finish = "stop"
	} else {
		d.ends(pick(v, "incomplete_details", "reason"), map[string]string{"max_output_tokens": "length"})
	}
	u := v["usage"]
	d.used(count(u, "input_tokens"), count(u, "output_tokens"), count(u, "input_tokens_details", "cached_tokens"), count(u, "output_tokens_details", "reasoning_tokens"))
}

func (d *decoded) anthropicAnswer(v map[string]any) {
	d.must(v["type"] == "message" && v["role"] == "assistant", "a %v of %v", v["type"], v["role"])
	d.number(v["id"])
	for _, block := range list(v["content"]) {
		switch block["type"] {
		case "text":
			d.said.Text += d.add("text", block["text"])
		case "tool_use":
			d.must(block["id"] != nil, "a call without id")
			d.answerCall(block["id"], block["name"], spelled(block["input"]))
		}
	}
	d.ends(v["stop_reason"], anthropicEnds)
	u := v["usage"]
	d.used(count(u, "input_tokens")+count(u, "cache_read_input_tokens")+count(u, "cache_creation_input_tokens"), count(u, "output_tokens"), count(u, "cache_read_input_tokens"), 0)
}

func (d *decoded) geminiAnswer(v map[string]any) {
	candidate := list(v["candidates"])[0]
	d.must(pick(candidate, "content", "role") == "model", "role %v", pick(candidate, "content", "role"))
	for _, part := range list(pick(candidate, "content", "parts")) {
		d.said.Text += d.add("text", part["text"])
		if c := part["functionCall"]; c != nil {
			arguments := "{}"
			if pick(c, "args") != nil {
				arguments = spelled(pick(c, "args"))
			}
			d.answerCall(pick(c, "id"), pick(c, "name"), arguments)
		}
	}
	d.ends(candidate["finishReason"], geminiEnds)
	u := v["usageMetadata"]
	thoughts := count(u, "thoughtsTokenCount")
	d.must(count(u, "promptTokenCount")+count(u, "candidatesTokenCount")+thoughts == count(u, "totalTokenCount"), "counts do not add up: %s", literal(u))
	d.used(count(u, "promptTokenCount"), count(u, "candidatesTokenCount")+thoughts, count(u, "cachedContentTokenCount"), thoughts)
}
