package demo

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// anthropicShape is what Anthropic knows at the top level of a request.
var anthropicShape = named(`model max_tokens messages system metadata stop_sequences stream temperature thinking tool_choice tools top_k top_p
	service_tier container context_management mcp_servers output_config speed inference_geo cache_control`)

// anthropicBlockShapes are the members of blocks by type.
var anthropicBlockShapes = map[string]shape{
	"text":              named("type text cache_control citations"),
	"image":             named("type cache_control").with(shape{"source": named("type media_type data url file_id")}),
	"document":          named("type cache_control title context citations").with(shape{"source": named("type media_type data url file_id content")}),
	"search_result":     named("type source title content cache_control citations"),
	"thinking":          named("type thinking signature"),
	"redacted_thinking": named("type data"),
	"tool_use":          named("type id name input cache_control caller"),
	"tool_result":       named("type tool_use_id content is_error cache_control"),
	"tool_reference":    named("type tool_name cache_control"),
}

// anthropicToolShape are the members of a client's tool.
var anthropicToolShape = named("type name description input_schema strict cache_control defer_loading allowed_callers input_examples eager_input_streaming")

// check refuses what Anthropic refuses.
func (q *anthropicRequest) check(body []byte, answered bool) error {
	if path := anthropicShape.unknown(body); path != nil {
		return refuse("", "%s: Extra inputs are not permitted", dotted(path))
	}
	switch {
	case q.Model == "":
		return refuse("", "model: Field required")
	case q.MaxTokens == nil && answered:
		return refuse("", "max_tokens: Field required")
	case answered && *q.MaxTokens < 1:
		return refuse("", "max_tokens: Input should be greater than or equal to 1")
	case len(q.Messages) == 0:
		return refuse("", "messages: at least one message is required")
	case strings.Count(string(body), `"cache_control":{`) > 4:
		return refuse("", "A maximum of 4 blocks with cache_control may be provided. Found %d.", strings.Count(string(body), `"cache_control":{`))
	}
	for i, s := range q.Stops {
		if strings.TrimSpace(s) == "" {
			return refuse("", "stop_sequences.%d: each stop sequence must contain non-whitespace", i)
		}
	}
	if err := q.checkSampling(); err != nil {
		return err
	}
	if err := q.checkTools(body); err != nil {
		return err
	}
	if err := checkBlocks("system", "", q.System); err != nil {
		return err
	}
	return q.checkTurns()
}

// withoutSampling are the parts of the names of models that take no sampling parameters and no thinking
// budget.
var withoutSampling = []string{"opus-4-7", "opus-4-8", "sonnet-5", "opus-5", "fable-5"}

func (q *anthropicRequest) checkSampling() error {
	samples := q.Temperature != nil || q.TopP != nil || q.TopK != nil
	enabled := q.Thinking.Type == "enabled"
	thinks := enabled || q.Thinking.Type == "adaptive"
	for _, name := range withoutSampling {
		if strings.Contains(q.Model, name) && samples {
			return refuse("", "`temperature`, `top_p` and `top_k` are not supported by this model.")
		}
		if strings.Contains(q.Model, name) && enabled {
			return refuse("", "thinking.type: \"enabled\" is not supported by this model. Use \"adaptive\" instead.")
		}
	}
	switch {
	case q.Temperature != nil && (*q.Temperature < 0 || *q.Temperature > 1):
		return refuse("", "temperature: range: 0..1")
	case thinks && q.Temperature != nil && *q.Temperature != 1:
		return refuse("", "`temperature` may only be set to 1 when thinking is enabled.")
	case thinks && q.TopK != nil:
		return refuse("", "`top_k` must be unset when thinking is enabled.")
	case thinks && q.TopP != nil && *q.TopP < 0.95:
		return refuse("", "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.")
	case enabled && q.Thinking.Budget < 1024:
		return refuse("", "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
	case enabled && q.MaxTokens != nil && q.Thinking.Budget >= *q.MaxTokens:
		return refuse("", "`max_tokens` must be greater than `thinking.budget_tokens`.")
	case !slices.Contains([]string{"", "enabled", "adaptive", "disabled"}, q.Thinking.Type):
		return refuse("", "thinking: Input tag '%s' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'", q.Thinking.Type)
	case !slices.Contains([]string{"", "low", "medium", "high", "xhigh", "max"}, q.Output.Effort):
		return refuse("", "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")
	}
	if f := q.Output.Format; f != nil {
		if f.Type != "json_schema" {
			return refuse("", "output_config.format.type: Input should be 'json_schema'")
		}
		return checkStrict("output_config.format.schema", f.Schema)
	}
	return nil
}

// checkStrict refuses a schema for an output that Anthropic cannot hold the model to.
func checkStrict(at string, raw json.RawMessage) error {
	var s map[string]json.RawMessage
	if json.Unmarshal(raw, &s) != nil {
		return nil
	}
	if string(s["type"]) == `"object"` && string(s["additionalProperties"]) != "false" {
		return refuse("", "%s: For 'object' type, 'additionalProperties' must be explicitly set to false", at)
	}
	for _, keyword := range []string{"minimum", "maximum", "multipleOf", "minLength", "maxLength", "oneOf", "minItems", "maxItems", "uniqueItems"} {
		if _, ok := s[keyword]; ok {
			return refuse("", "%s: property '%s' is not supported", at, keyword)
		}
	}
	for _, inner := range []string{"properties", "$defs"} {
		var all map[string]json.RawMessage
		json.Unmarshal(s[inner], &all)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if err := checkStrict(at+"."+inner+"."+name, all[name]); err != nil {
				return err
			}
		}
	}
	return checkStrict(at+".items", s["items"])
}

func (q *anthropicRequest) checkTools(body []byte) error {
	var of struct {
		Tools []json.RawMessage `json:"tools"`
	}
	json.Unmarshal(body, &of)
	names := map[string]bool{}
	for i, t := range q.Tools {
		at := "tools." + strconv.Itoa(i)
		var s struct {
			Type string `json:"type"`
		}
		switch {
		case !isName(t.Name, 128):
			return refuse("", "%s.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'", at)
		case names[t.Name]:
			return refuse("", "tools: Tool names must be unique.")
		case t.Type != "" && t.Type != "custom": // a server's tool
		case anthropicToolShape.unknown(of.Tools[i]) != nil:
			return refuse("", "%s.custom.%s: Extra inputs are not permitted", at, dotted(anthropicToolShape.unknown(of.Tools[i])))
		case len(t.Schema) == 0:
			return refuse("", "%s.custom.input_schema: Field required", at)
		case json.Unmarshal(t.Schema, &s) != nil || s.Type != "object":
			return refuse("", "%s.custom.input_schema.type: Input should be 'object'", at)
		}
		names[t.Name] = true
	}
	c := q.ToolChoice
	switch {
	case c == nil:
	case !slices.Contains([]string{"auto", "any", "tool", "none"}, c.Type):
		return refuse("", "tool_choice: Input tag '%s' found using 'type' does not match any of the expected tags: 'any', 'auto', 'none', 'tool'", c.Type)
	case len(q.Tools) == 0:
		return refuse("", "tool_choice: may only be specified while providing tools")
	case c.Type == "tool" && !names[c.Name]:
		return refuse("", "Tool '%s' not found in provided tools", c.Name)
	case (c.Type == "any" || c.Type == "tool") && (q.Thinking.Type == "enabled" || q.Thinking.Type == "adaptive"):
		return refuse("", "Thinking may not be enabled when tool_choice forces tool use.")
	}
	return nil
}
