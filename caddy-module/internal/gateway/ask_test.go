package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// toolAsk is one conversation in every dialect: a system text, an image, two calls at once and their results.
// $model and $stream are filled in.
var toolAsk = map[string]string{
	"openai.chat": `{"model":"$model","stream":$stream,"messages":[{"role":"system","content":"Be brief."},
		{"role":"user","content":[{"type":"text","text":"Weather in Zürich? 😀"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]},
		{"role":"assistant","content":"Looking.","tool_calls":[
			{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Zürich\",\"n\":9007199254740993}"}},
			{"id":"call_2","type":"function","function":{"name":"now","arguments":"{}"}}]},
		{"role":"tool","tool_call_id":"call_1","content":"{\"t\":3.50}"},{"role":"tool","tool_call_id":"call_2","content":"12:00"},
		{"role":"user","content":"And tomorrow?"}],
		"tools":[{"type":"function","function":{"name":"weather","description":"Tells it.","parameters":{"type":"object","properties":{"city":{"type":"string"},"n":{"type":"integer"}},"required":["city"]}}},
			{"type":"function","function":{"name":"now","parameters":{"type":"object","properties":{}}}}],
		"tool_choice":"required","max_completion_tokens":500,"temperature":0.5}`,
	"openai.responses": `{"model":"$model","stream":$stream,"store":false,"instructions":"Be brief.","input":[
		{"role":"user","content":[{"type":"input_text","text":"Weather in Zürich? 😀"},{"type":"input_image","detail":"auto","image_url":"data:image/png;base64,iVBORw0KGgo="}]},
		{"type":"message","role":"assistant","id":"msg_1","status":"completed","content":[{"type":"output_text","text":"Looking.","annotations":[]}]},
		{"type":"function_call","id":"fc_1","call_id":"call_1","name":"weather","arguments":"{\"city\":\"Zürich\",\"n\":9007199254740993}"},
		{"type":"function_call","id":"fc_2","call_id":"call_2","name":"now","arguments":"{}"},
		{"type":"function_call_output","call_id":"call_1","output":"{\"t\":3.50}"},{"type":"function_call_output","call_id":"call_2","output":"12:00"},
		{"role":"user","content":"And tomorrow?"}],
		"tools":[{"type":"function","name":"weather","description":"Tells it.","strict":false,"parameters":{"type":"object","properties":{"city":{"type":"string"},"n":{"type":"integer"}},"required":["city"]}},
			{"type":"function","name":"now","strict":false,"parameters":{"type":"object","properties":{}}}],
		"tool_choice":"required","max_output_tokens":500,"temperature":0.5}`,
	"anthropic.messages": `{"model":"$model","stream":$stream,"max_tokens":500,"temperature":0.5,"system":"Be brief.","messages":[
		{"role":"user","content":[{"type":"text","text":"Weather in Zürich? 😀"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]},
		{"role":"assistant","content":[{"type":"text","text":"Looking."},
			{"type":"tool_use","id":"call_1","name":"weather","input":{"city":"Zürich","n":9007199254740993}},{"type":"tool_use","id":"call_2","name":"now","input":{}}]},
		{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"{\"t\":3.50}"},
			{"type":"tool_result","tool_use_id":"call_2","content":[{"type":"text","text":"12:00"}]},{"type":"text","text":"And tomorrow?"}]}],
		"tools":[{"name":"weather","description":"Tells it.","input_schema":{"type":"object","properties":{"city":{"type":"string"},"n":{"type":"integer"}},"required":["city"]}},
			{"name":"now","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"any"}}`,
	"gemini.generate": `{"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[
		{"role":"user","parts":[{"text":"Weather in Zürich? 😀"},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}]},
		{"role":"model","parts":[{"text":"Looking."},{"functionCall":{"id":"call_1","name":"weather","args":{"city":"Zürich","n":9007199254740993}}},{"functionCall":{"id":"call_2","name":"now","args":{}}}]},
		{"role":"user","parts":[{"functionResponse":{"id":"call_1","name":"weather","response":{"t":3.50}}},{"functionResponse":{"id":"call_2","name":"now","response":{"output":"12:00"}}}]},
		{"role":"user","parts":[{"text":"And tomorrow?"}]}],
		"tools":[{"functionDeclarations":[{"name":"weather","description":"Tells it.","parameters":{"type":"OBJECT","properties":{"city":{"type":"STRING"},"n":{"type":"INTEGER"}},"required":["city"]}},{"name":"now"}]}],
		"toolConfig":{"functionCallingConfig":{"mode":"ANY"}},"generationConfig":{"maxOutputTokens":500,"temperature":0.5}}`,
	"ollama.chat": `{"model":"$model","stream":$stream,"messages":[{"role":"system","content":"Be brief."},
		{"role":"user","content":"Weather in Zürich? 😀","images":["iVBORw0KGgo="]},
		{"role":"assistant","content":"Looking.","tool_calls":[{"id":"call_1","function":{"name":"weather","arguments":{"city":"Zürich","n":9007199254740993}}},{"id":"call_2","function":{"name":"now","arguments":{}}}]},
		{"role":"tool","tool_name":"weather","tool_call_id":"call_1","content":"{\"t\":3.50}"},{"role":"tool","tool_name":"now","tool_call_id":"call_2","content":"12:00"},
		{"role":"user","content":"And tomorrow?"}],
		"tools":[{"type":"function","function":{"name":"weather","description":"Tells it.","parameters":{"type":"object","properties":{"city":{"type":"string"},"n":{"type":"integer"}},"required":["city"]}}},
			{"type":"function","function":{"name":"now","parameters":{"type":"object","properties":{}}}}],
		"options":{"num_predict":500,"temperature":0.5}}`,
}

// asked is a request in no dialect, one line a fact.
type asked struct {
	lines []string
	names map[string]string // of calls, by id
}

func (a *asked) line(format string, args ...any) {
	a.lines = append(a.lines, fmt.Sprintf(format, args...))
}

func (a *asked) call(id, name any, arguments string) {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(arguments)); err != nil {
		a.line("arguments %q", arguments)
	}
	if s, ok := id.(string); ok {
		a.names[s] = fmt.Sprint(name)
	}
	a.line("calls %v %s", name, b.String())
}

// result notes what a tool said, with the name of its call, which the id leads to.
func (a *asked) result(id, name any, content string) {
	if s, ok := id.(string); ok {
		name = a.names[s]
		if name == "" {
			a.line("a result without call: %v", id)
		}
	}
	// Gemini's results are objects.
	var wrapped map[string]string
	if json.Unmarshal([]byte(content), &wrapped) == nil && len(wrapped) == 1 && wrapped["output"] != "" {
		content = wrapped["output"]
	}
	a.line("%v answered %s", name, content)
}

func (a *asked) text(role string, v any) {
	if s, ok := v.(string); ok && strings.TrimSpace(s) != "" {
		a.line("%s: %s", role, s)
	}
}

// readAsk reads what a provider was asked. Names of models and the like come first, in one order.
func readAsk(dialect, body string) string {
	var v map[string]any
	read := json.NewDecoder(strings.NewReader(body))
	read.UseNumber()
	if err := read.Decode(&v); err != nil {
		return err.Error() + ": " + body
	}
	a := &asked{names: map[string]string{}}
	switch dialect {
	case "openai.chat":
		a.chat(v)
	case "openai.responses":
		a.responses(v)
	case "anthropic.messages":
		a.anthropic(v)
	case "gemini.generate":
		a.gemini(v)
	case "ollama.chat":
		a.ollama(v)
	}
	return strings.Join(a.lines, "\n")
}

func spelled(v any) string {
	var b bytes.Buffer
	write := json.NewEncoder(&b)
	write.SetEscapeHTML(false)
	_ = write.Encode(v)
	return strings.TrimSpace(b.String())
}

func (a *asked) head(model, stream, most, temperature, choice any, tools []string) {
	slices.Sort(tools)
	if choice == "auto" || choice == "AUTO" {
		choice = nil
	}
	a.line("model %v, stream %v, at most %v, temperature %v, choice %v, tools %v", model, stream == true, most, temperature, choice, tools)
}

func (a *asked) chat(v map[string]any) {
	var tools []string
	for _, tool := range list(v["tools"]) {
		tools = append(tools, fmt.Sprint(pick(tool, "function", "name")))
	}
	most := v["max_completion_tokens"]
	if most == nil {
		most = v["max_tokens"]
	}
	a.head(v["model"], v["stream"], most, v["temperature"], v["tool_choice"], tools)
	for _, m := range list(v["messages"]) {
		role := strings.Replace(fmt.Sprint(m["role"]), "developer", "system", 1)
		if role == "tool" {
			content, ok := m["content"].(string)
			for _, part := range list(m["content"]) {
				content += fmt.Sprint(part["text"])
			}
			if !ok && content == "" {
				content = spelled(m["content"])
			}
			a.result(m["tool_call_id"], nil, content)
			continue
		}
		a.text(role, m["content"])
		for _, part := range list(m["content"]) {
			a.text(role, part["text"])
			if url, _ := pick(part, "image_url", "url").(string); url != "" {
				a.line("image %s", strings.TrimPrefix(url, "data:image/png;base64,"))
			}
		}
		for _, c := range list(m["tool_calls"]) {
			a.call(c["id"], pick(c, "function", "name"), fmt.Sprint(pick(c, "function", "arguments")))
		}
	}
}

func (a *asked) responses(v map[string]any) {
	var tools []string
	for _, tool := range list(v["tools"]) {
		tools = append(tools, fmt.Sprint(tool["name"]))
	}
	a.head(v["model"], v["stream"], v["max_output_tokens"], v["temperature"], v["tool_choice"], tools)
	a.text("system", v["instructions"])
	a.text("user", v["input"])
	for _, item := range list(v["input"]) {
		switch item["type"] {
		case "function_call":
			a.call(item["call_id"], item["name"], fmt.Sprint(item["arguments"]))
		case "function_call_output":
			a.result(item["call_id"], nil, fmt.Sprint(item["output"]))
		default:
			role := strings.Replace(fmt.Sprint(item["role"]), "developer", "system", 1)
			a.text(role, item["content"])
			for _, part := range list(item["content"]) {
				a.text(role, part["text"])
				if url, _ := part["image_url"].(string); url != "" {
					a.line("image %s", strings.TrimPrefix(url, "data:image/png;base64,"))
				}
			}
		}
	}
}

func (a *asked) anthropic(v map[string]any) {
	var tools []string
	for _, tool := range list(v["tools"]) {
		tools = append(tools, fmt.Sprint(tool["name"]))
	}
	choice := pick(v["tool_choice"], "type")
	if choice == "any" {
		choice = "required"
	}
	a.head(v["model"], v["stream"], v["max_tokens"], v["temperature"], choice, tools)
	a.text("system", v["system"])
	for _, block := range list(v["system"]) {
		a.text("system", block["text"])
	}
	for _, m := range list(v["messages"]) {
		role := fmt.Sprint(m["role"])
		a.text(role, m["content"])
		for _, block := range list(m["content"]) {
			switch block["type"] {
			case "tool_use":
				a.call(block["id"], block["name"], spelled(block["input"]))
			case "tool_result":
				content, _ := block["content"].(string)
				for _, part := range list(block["content"]) {
					content += fmt.Sprint(part["text"])
				}
				a.result(block["tool_use_id"], nil, content)
			case "image":
				a.line("image %v", pick(block, "source", "data"))
			default:
				a.text(role, block["text"])
			}
		}
	}
}

func (a *asked) gemini(v map[string]any) {
	var tools []string
	for _, tool := range list(v["tools"]) {
		for _, f := range list(tool["functionDeclarations"]) {
			tools = append(tools, fmt.Sprint(f["name"]))
		}
	}
	choice := pick(v, "toolConfig", "functionCallingConfig", "mode")
	if choice == "ANY" {
		choice = "required"
	}
	a.head("in the path", false, pick(v, "generationConfig", "maxOutputTokens"), pick(v, "generationConfig", "temperature"), choice, tools)
	for _, part := range list(pick(v, "systemInstruction", "parts")) {
		a.text("system", part["text"])
	}
	for _, content := range list(v["contents"]) {
		role := strings.Replace(fmt.Sprint(content["role"]), "model", "assistant", 1)
		for _, part := range list(content["parts"]) {
			a.text(role, part["text"])
			if data := pick(part, "inlineData", "data"); data != nil {
				a.line("image %v", data)
			}
			if c := part["functionCall"]; c != nil {
				a.call(pick(c, "id"), pick(c, "name"), spelled(pick(c, "args")))
			}
			if c := part["functionResponse"]; c != nil {
				a.result(pick(c, "id"), pick(c, "name"), spelled(pick(c, "response")))
			}
		}
	}
}

func (a *asked) ollama(v map[string]any) {
	var tools []string
	for _, tool := range list(v["tools"]) {
		tools = append(tools, fmt.Sprint(pick(tool, "function", "name")))
	}
	a.head(v["model"], v["stream"] != false, pick(v, "options", "num_predict"), pick(v, "options", "temperature"), nil, tools)
	for _, m := range list(v["messages"]) {
		if m["role"] == "tool" {
			a.result(nil, m["tool_name"], fmt.Sprint(m["content"]))
			continue
		}
		a.text(fmt.Sprint(m["role"]), m["content"])
		images, _ := m["images"].([]any)
		for _, image := range images {
			a.line("image %v", image)
		}
		for _, c := range list(m["tool_calls"]) {
			a.call(c["id"], pick(c, "function", "name"), spelled(pick(c, "function", "arguments")))
		}
	}
}
