package demo

import (
	"encoding/json"
	"strconv"
	"strings"
)

// openAIShape is what OpenAI knows of a chat request.
var openAIShape = named(`model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens
	metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options
	prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream temperature
	tool_choice top_logprobs top_p user verbosity web_search_options`).with(shape{
	"messages": named("role name tool_call_id refusal audio function_call annotations").with(shape{
		"content":    named("type text refusal prompt_cache_breakpoint").with(shape{"image_url": named("url detail"), "input_audio": named("data format"), "file": named("file_data file_id filename")}),
		"tool_calls": named("id type custom").with(shape{"function": named("name arguments")}),
	}),
	"stream_options": named("include_usage include_obfuscation"),
	"tools":          named("type custom").with(shape{"function": named("name description parameters strict")}),
})

// openAIAdditions are members of messages that servers besides OpenAI know, and their tool calls'.
var openAIAdditions = map[string]bool{"reasoning_content": true, "reasoning": true, "extra_content": true, "cache_control": true, "thinking_blocks": true}

// check refuses what OpenAI refuses.
func (q *openAIRequest) check(body []byte) error {
	if path := openAIShape.unknown(body); path != nil && !q.allows(path) {
		if len(path) == 1 {
			return refuse(dotted(path), "Unrecognized request argument supplied: %s", path[0])
		}
		at := bracketed(path)
		return &fault{status: 400, message: "Unknown parameter: '" + at + "'.", param: at, code: "unknown_parameter"}
	}
	if len(q.Messages) == 0 {
		return refuse("messages", "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	}
	if n := len(stringOrList(q.Stop)); n > 4 && !q.compatible() {
		return refuse("stop", "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length %d instead.", n)
	}
	if n := q.choices(); n < 1 || n > 128 {
		return refuse("n", "Invalid 'n': %d.", n)
	}
	if t := q.Temperature; t != nil && (*t < 0 || *t > 2) {
		return refuse("temperature", "Invalid 'temperature': decimal out of range. Expected a value between 0 and 2.")
	}
	if q.StreamOptions != nil && !q.Stream {
		return refuse("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	}
	if f := q.ResponseFormat; f.Type == "json_schema" && !isName(f.JSONSchema.Name, 64) {
		return refuse("response_format.json_schema.name", "Missing or invalid 'response_format.json_schema.name'.")
	}
	if err := q.checkTools(); err != nil {
		return err
	}
	return q.checkTurns()
}

// compatible: the model stands for a server with additions of its own.
func (q *openAIRequest) compatible() bool { return strings.Contains(q.Model, "compatible") }

// allows takes the demo's own reasoning back from models that think, and anything for compatible ones.
func (q *openAIRequest) allows(path []any) bool {
	if q.compatible() {
		name, _ := path[len(path)-1].(string)
		return len(path) == 1 || openAIAdditions[name]
	}
	return strings.Contains(q.Model, "think") && len(path) == 3 && path[2] == "reasoning_content"
}

func (q *openAIRequest) checkTools() error {
	for i, t := range q.Tools {
		at := "tools[" + strconv.Itoa(i) + "]"
		switch {
		case t.Type != "function" && t.Type != "custom":
			return refuse(at+".type", "Invalid value: '%s'. Supported values are: 'function' and 'custom'.", t.Type)
		case t.Type == "function" && !isName(t.Function.Name, 64):
			return refuse(at+".function.name", "Invalid '%s.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.", at)
		}
	}
	if q.Tools != nil && len(q.Tools) == 0 {
		return refuse("tools", "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	}
	if len(q.Tools) == 0 && len(q.ToolChoice) > 0 && string(q.ToolChoice) != "null" && string(q.ToolChoice) != `"none"` {
		return refuse("tool_choice", "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.")
	}
	return nil
}

// checkTurns: every call has its result right behind it, and every result its call.
func (q *openAIRequest) checkTurns() error {
	open := map[string]bool{}
	for i, m := range q.Messages {
		at := "messages[" + strconv.Itoa(i) + "]"
		if m.Role == "tool" {
			if !open[m.ToolCallID] {
				return refuse(at+".role", "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.")
			}
			delete(open, m.ToolCallID)
			if !q.compatible() && strings.Contains(string(m.Content), `"image_url"`) {
				return refuse(at, "Invalid '%s'. Image URLs are only allowed for messages with role 'user', but this message with role 'tool' contains an image URL.", at)
			}
			continue
		}
		if err := missing(at, open); err != nil {
			return err
		}
		switch m.Role {
		case "system", "developer", "user", "function":
			if !isContent(m.Content) {
				return refuse(at+".content", "Invalid value for 'content': expected a string, got null.")
			}
		case "assistant":
			if len(m.ToolCalls) == 0 && !isContent(m.Content) {
				return refuse(at+".content", "Invalid value for 'content': expected a string, got null.")
			}
		default:
			return refuse(at+".role", "Invalid value: '%s'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.", m.Role)
		}
		for j, c := range m.ToolCalls {
			at := at + ".tool_calls[" + strconv.Itoa(j) + "]"
			switch {
			case c.ID == "" || len(c.ID) > 40:
				return refuse(at+".id", "Invalid '%s.id': expected a string with minimum length 1 and maximum length 40, but got a string with length %d instead.", at, len(c.ID))
			case open[c.ID]:
				return refuse(at+".id", "Duplicate value for 'tool_call_id' of '%s'.", c.ID)
			case c.Type != "function":
				return refuse(at+".type", "Missing required parameter: '%s.type'.", at)
			case c.Function.Name == "" || c.Function.Arguments == nil:
				return refuse(at+".function", "Missing required parameter: '%s.function.arguments'.", at)
			}
			open[c.ID] = true
		}
	}
	return missing("messages", open)
}

// missing tells of calls whose results did not come.
func missing(at string, open map[string]bool) error {
	for id := range open {
		return refuse(at+".role", "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: %s", id)
	}
	return nil
}

func isContent(raw json.RawMessage) bool {
	return len(raw) > 0 && string(raw) != "null" && string(raw) != "[]"
}
