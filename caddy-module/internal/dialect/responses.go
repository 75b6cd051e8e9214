package dialect

// openAIResponses is POST /v1/responses (https://platform.openai.com/docs/api-reference/responses) with the
// items and events of npm's openai 6.49.0 and openai-go 3.94.0. An event names the item that it belongs to by output_index, and
// what is complete stands in it again: in the .done events, in the item and in the last event's response.
var openAIResponses = Descriptor{
	Name:    "openai.responses",
	Foreign: []string{"longmen.v1.", "rs_longmen_"},
	Headers: openAIHeaders,
	Endpoints: []Endpoint{
		{Path: "/v1/responses"},
		{Path: "/responses"},
	},
	Upstream:  Upstream{Whole: "/responses", Stream: "/responses"},
	Keys:      openAIKeys,
	EventName: "type",
	Sequence:  "sequence_number",
	Request: RequestPaths{
		Model:     "model",
		Stream:    "stream",
		MaxTokens: []string{"max_output_tokens"},
		Messages:  "input",
		Tools:     []string{"tools"},
		Images: []Image{
			{At: "input.*.content.*.type", Prefix: "input_image"},
			{At: "input.*.output.*.type", Prefix: "input_image"},
		},
		User: []string{"user", "safety_identifier"},
		JSON: []string{"text.format.type=json_object|json_schema"},
		Body: responsesRequest,
	},
	Answer: Body{
		Role:   "assistant",
		Scopes: []Scope{{At: "output.*", Reasoning: "type=reasoning"}, {At: "instructions.*", Role: "role"}},
		Text:   append(responsesItems("output.*", true), responsesEcho("")...),
		Finish: []string{"incomplete_details.reason", "status"},
		Open:   []string{"in_progress", "queued"},
	},
	Event: Body{
		Opening: "type=response.created|response.queued|response.in_progress|response.output_item.added|response.content_part.added|keepalive",
		Role:    "assistant",
		Scopes: []Scope{
			{Call: "output_index", Block: "output_index", Parts: []string{"content_index", "summary_index", "command_index"}},
			{At: "item", Reasoning: "type=reasoning"},
			{At: "response.output.*", Reasoning: "type=reasoning"},
			{At: "response.instructions.*", Role: "role"},
		},
		Text: append(append(append([]Text{
			{At: "delta", If: "type=response.output_text.delta"},
			{At: "delta", If: "type=response.function_call_arguments.delta|response.mcp_call_arguments.delta|response.mcp_call.arguments.delta", Kind: "tool_args", Form: "json"},
			{At: "delta", If: "type=response.reasoning_summary_text.delta|response.reasoning_text.delta|response.reasoning_summary.delta|response.reasoning.delta", Kind: "reasoning"},
			{At: "delta", If: "type=response.custom_tool_call_input.delta|response.code_interpreter_call_code.delta|response.code_interpreter_call.code.delta|response.apply_patch_call_operation_diff.delta|response.shell_call_command.delta", Kind: "tool_args"},
			{At: "delta", If: "type=response.refusal.delta", Kind: "refusal"},
			{At: "delta", If: "type!=response.audio.delta"},
			{At: "delta.stdout", Role: "tool"},
			{At: "delta.stderr", Role: "tool", Kind: "tool_result", Whole: true}, // stdout has the channel
			{At: "text", If: "type=response.reasoning_summary_text.done|response.reasoning_text.done", Kind: "reasoning", Whole: true},
			{At: "text", Whole: true},
			{At: "part.text", If: "type=reasoning_text|summary_text", Kind: "reasoning", Whole: true},
			{At: "part.text", Whole: true},
			{At: "refusal", Kind: "refusal", Whole: true},
			{At: "part.refusal", Kind: "refusal", Whole: true},
			{At: "arguments", Kind: "tool_args", Form: "json", Whole: true},
			{At: "input|code|diff|command", Kind: "tool_args", Whole: true},
			{At: "output.*.stdout|stderr", Role: "tool", Whole: true},
			{At: "annotation.title|filename", Whole: true},
		}, responsesItems("item", true)...), responsesItems("response.output.*", true)...), responsesEcho("response.")...),
		Calls:  []string{"item"},
		Ends:   []string{"type=*.done"},
		Finish: []string{"response.incomplete_details.reason", "response.status"},
		Open:   []string{"in_progress", "queued"},
		Strip:  []string{"logprobs=[]", "obfuscation"},
	},
	Answering: []string{"model", "response.model"},
	Usage: Counts{
		At:         []string{"response.usage", "usage"},
		Prompt:     []string{"input_tokens"},
		Completion: []string{"output_tokens"},
		Total:      []string{"total_tokens"},
		Cached:     []string{"input_tokens_details.cached_tokens"},
		Written:    []string{"input_tokens_details.cache_write_tokens"},
		Reasoning:  []string{"output_tokens_details.reasoning_tokens"},
	},
	Models: openAIModels,
	Errors: Errors{
		At:     []string{"error", "response.error"},
		Self:   "type=error",
		Native: openAIErrors.Native,
		Reasons: append([]Reason{{At: "code", Kinds: []ErrorKind{
			{Native: "rate_limit_exceeded", Status: 429, Type: "rate_limit_error"},
			{Native: "invalid_prompt", Status: 400, Type: "invalid_request_error"},
			{Native: "context_length_exceeded", Status: 400, Type: "invalid_request_error"},
		}}}, vendorReasons...),
		Kinds:   openAIErrors.Kinds,
		Phrases: vendorPhrases,
		Blocked: []string{"incomplete_details.reason=content_filter", "response.incomplete_details.reason=content_filter"},
		Body:    openAIErrors.Body,
		Event:   `{"type":"error","code":$code,"message":$message,"param":$param,"sequence_number":$sequence}`,
		Name:    "error",
	},
}

// responsesRequest is the text of a request.
var responsesRequest = Body{
	Role:   "user",
	Rest:   true,
	Sealed: []string{"tools.*.authorization|headers", "input.*.tools.*.authorization|headers"},
	Scopes: []Scope{{At: "input.*", Role: "role", Choice: "#", Reasoning: "type=reasoning"}},
	Text: append(append([]Text{
		{At: "input"},
		{At: "input.*"}, // a list of bare strings
		{At: "client_metadata", Kind: "name", Form: "tree", Aside: true},
	}, responsesItems("input.*", false)...), responsesEcho("")...),
}

// responsesEcho is the text of a request that answers repeat.
func responsesEcho(at string) []Text {
	out := append([]Text{
		{At: at + "instructions", Role: "system", Whole: true},
		{At: at + "instructions.*", Role: "system", Whole: true},
		{At: at + "prompt.variables", Form: "tree", Whole: true},
		{At: at + "text.format.description", Role: "system", Aside: true, Whole: true},
		{At: at + "text.format.schema", Role: "system", Form: "schema", Aside: true, Whole: true},
		{At: at + "user|safety_identifier", Kind: "name", Aside: true, Whole: true},
		{At: at + "metadata", Kind: "name", Form: "tree", Aside: true, Whole: true},
	}, responsesItems(at+"instructions.*", true)...)
	return append(out, responsesTools(at+"tools.*", true)...)
}

// responsesTools is the text of a tool's definition, and of those that stand in a namespace.
func responsesTools(at string, whole bool) (out []Text) {
	for _, tool := range []string{at, at + ".tools.*"} {
		out = append(out,
			Text{At: tool + ".description|server_description|instructions", Role: "system", Aside: true, Whole: whole},
			Text{At: tool + ".parameters|input_schema|output_schema", Role: "system", Form: "schema", Aside: true, Whole: whole},
			Text{At: tool + ".format.definition", Role: "system", Aside: true, Whole: whole},
		)
	}
	return out
}

// responsesItems is the text of an item of any type: messages, reasoning, calls and results.
func responsesItems(at string, whole bool) []Text {
	return append([]Text{
		{At: at + ".content", Whole: whole},
		{At: at + ".content.*", Whole: whole},
		{At: at + ".content.*.text|transcript", Whole: whole},
		{At: at + ".content.*.refusal", Kind: "refusal", Whole: whole},
		{At: at + ".content.*.filename", Kind: "name", Aside: true, Whole: whole},
		{At: at + ".content.*.annotations.*.title|filename", Whole: whole},
		{At: at + ".summary.*.text", Role: "assistant", Kind: "reasoning", Whole: whole},
		{At: at + ".summary.*", Role: "assistant", Kind: "reasoning", Whole: whole},
		{At: at + ".arguments", Role: "assistant", Kind: "tool_args", Form: "json", Whole: whole},
		{At: at + ".input|code", Role: "assistant", Kind: "tool_args", Whole: whole},
		{At: at + ".action|actions|operation|queries", Role: "assistant", Kind: "tool_args", Form: "tree", Whole: whole},
		{At: at + ".output|error|reason", Role: "tool", Whole: whole},
		{At: at + ".output.*", Role: "tool", Whole: whole},
		{At: at + ".output.*.text|stdout|stderr", Role: "tool", Whole: whole},
		{At: at + ".output.*.filename", Kind: "name", Aside: true, Whole: whole},
		{At: at + ".outputs.*.logs", Role: "tool", Whole: whole},
		{At: at + ".results.*.text|filename|title", Role: "tool", Whole: whole},
		{At: at + ".revised_prompt", Role: "assistant", Whole: whole},
		{At: at + ".results.*.attributes", Role: "tool", Form: "tree", Whole: whole},
		{At: at + ".pending_safety_checks|acknowledged_safety_checks.*.message", Role: "tool", Whole: whole},
		{At: at + ".text.format.description", Role: "system", Aside: true, Whole: whole},
		{At: at + ".text.format.schema", Role: "system", Form: "schema", Aside: true, Whole: whole},
	}, responsesTools(at+".tools.*", whole)...)
}
