package dialect

// openAIChat is POST /v1/chat/completions (https://platform.openai.com/docs/api-reference/chat) as OpenAI
// and the servers compatible with it speak it, including members that only the latter know
// (reasoning_content, blocks in Anthropic's form). The list of models is its own unless a header tells
// that another dialect's client asks.
var openAIChat = Descriptor{
	Name:    "openai.chat",
	Headers: openAIHeaders,
	Endpoints: []Endpoint{
		{Path: "/v1/chat/completions"},
		{Path: "/chat/completions"},
		{Method: "GET", Path: "/v1/models", Service: "models"},
		{Method: "GET", Path: "/v1/models/{model}", Service: "models"},
		{Method: "GET", Path: "/models", Service: "models"},
		{Method: "GET", Path: "/models/{model}", Service: "models"},
	},
	Upstream: Upstream{Whole: "/chat/completions", Stream: "/chat/completions"},
	Keys:     openAIKeys,
	Done:     "[DONE]",
	Request:  chatRequestPaths,
	Answer: Body{
		Role: "assistant",
		Scopes: []Scope{
			{At: "choices.*", Choice: "index"},
			{At: "choices.*.message.tool_calls.*", Call: "#"},
		},
		Text: append(openAIText("choices.*.message", false),
			Text{At: "choices.*.message.reasoning_details.*.text|summary", Kind: "reasoning"}), // OpenRouter's
		Finish: []string{"choices.*.finish_reason"},
	},
	Event: Body{
		Deltas: "choices.*.delta",
		Role:   "assistant",
		Scopes: []Scope{
			{At: "choices.*", Choice: "index"},
			{At: "choices.*.delta.tool_calls.*", Call: "index"},
			{At: "choices.*.delta.function_call", Call: "#"},
			{At: "choices.*.message.tool_calls.*", Call: "#"},
		},
		// Some servers repeat the whole message in their last event.
		Text:   append(openAIText("choices.*.delta", false), openAIText("choices.*.message", true)...),
		Calls:  []string{"choices.*.delta.tool_calls.*", "choices.*.delta.function_call"},
		Finish: []string{"choices.*.finish_reason"},
		Strip: []string{
			"choices.*.delta.role", "choices.*.logprobs", "choices.*.native_finish_reason", "choices.*.usage",
			"choices.*.delta.extra_content", "choices.*.delta.reasoning_details", "choices.*.delta.annotations",
			"choices.*.delta.images", "choices.*.delta.audio", "choices.*.message",
			"choices.*.delta.tool_calls.*.id", "choices.*.delta.tool_calls.*.type", "choices.*.delta.tool_calls.*.extra_content",
			"choices.*.delta.tool_calls.*.function.name", "choices.*.delta.tool_calls.*.custom.name",
			"choices.*.delta.function_call.name",
			"usage", "x_groq", "error", "obfuscation",
		},
		Null: true,
	},
	Usage:     openAIUsage,
	Answering: []string{"model"},
	Models:    openAIModels,
	Errors:    openAIErrors,
}

// openAICount is the counting of a chat request's tokens, between codecs: OpenAI counts what its Responses
// API takes, so nobody calls this one. Its answer is {"object":"response.input_tokens","input_tokens":9}.
var openAICount = Descriptor{
	Name:    "openai.count",
	Headers: openAIHeaders,
	Keys:    openAIKeys,
	Count:   `{"object":"response.input_tokens","input_tokens":$tokens}`,
	Request: chatRequestPaths,
	Usage:   Counts{At: []string{"usage"}},
	Errors:  openAIErrors,
}

// openAIModels is https://platform.openai.com/docs/api-reference/models.
var openAIModels = ModelList{
	Path: "/models", At: "data", ID: "id", Owner: "owned_by", Created: "created",
	List: `{"object":"list","data":[$models]}`,
	Item: `{"id":$id,"object":"model","created":$created,"owned_by":$owner}`,
}

var openAIKeys = []Key{{Header: "Authorization", Scheme: "Bearer"}, {Header: "Api-Key"}, {Header: "X-Api-Key"}}

// chatRequestPaths is where things stand in a chat request.
var chatRequestPaths = RequestPaths{
	Model:     "model",
	Stream:    "stream",
	MaxTokens: []string{"max_completion_tokens", "max_tokens"},
	Messages:  "messages",
	Tools:     []string{"tools", "functions"},
	Images:    []Image{{At: "messages.*.content.*.image_url"}},
	User:      []string{"user", "safety_identifier"},
	JSON:      []string{"response_format.type=json_object|json_schema"},
	Body: Body{
		Role: "user",
		Rest: true,
		Scopes: []Scope{
			{At: "messages.*", Role: "role", Choice: "#"},
			{At: "messages.*.tool_calls.*", Call: "#"},
		},
		Text: []Text{
			{At: "messages.*.content"},
			{At: "messages.*.content.*"}, // a list of bare strings
			{At: "messages.*.content.*.text"},
			{At: "messages.*.content.*.refusal", Kind: "refusal"},
			{At: "messages.*.content.*.thinking", Kind: "reasoning"},
			{At: "messages.*.content.*.input", Kind: "tool_args", Form: "tree"},
			{At: "messages.*.content.*.content", Kind: "tool_result"},
			{At: "messages.*.content.*.content.*", Kind: "tool_result"},
			{At: "messages.*.content.*.content.*.text", Kind: "tool_result"},
			{At: "messages.*.content.*.file.filename", Kind: "name", Aside: true},
			{At: "messages.*.refusal", Kind: "refusal"},
			{At: "messages.*.reasoning_content|reasoning", Kind: "reasoning"},
			{At: "messages.*.thinking_blocks.*.thinking", Kind: "reasoning"},
			{At: "messages.*.name", Kind: "name", Aside: true},
			{At: "messages.*.tool_calls.*.function.arguments", Kind: "tool_args", Form: "json"},
			{At: "messages.*.tool_calls.*.custom.input", Kind: "tool_args"},
			{At: "messages.*.function_call.arguments", Kind: "tool_args", Form: "json"},
			{At: "prediction.content", Role: "assistant", Aside: true},
			{At: "prediction.content.*", Role: "assistant", Aside: true},
			{At: "prediction.content.*.text", Role: "assistant", Aside: true},
			{At: "tools.*.function.description", Role: "system", Aside: true},
			{At: "tools.*.function.parameters", Role: "system", Form: "schema", Aside: true},
			{At: "tools.*.custom.description", Role: "system", Aside: true},
			{At: "functions.*.description", Role: "system", Aside: true},
			{At: "functions.*.parameters", Role: "system", Form: "schema", Aside: true},
			{At: "response_format.json_schema.description", Role: "system", Aside: true},
			{At: "response_format.json_schema.schema", Role: "system", Form: "schema", Aside: true},
			{At: "stop", Aside: true},
			{At: "stop.*", Aside: true},
			{At: "user|safety_identifier", Kind: "name", Aside: true},
			{At: "metadata", Kind: "name", Form: "tree", Aside: true},
		},
	},
}

// openAIUsage is openAICounts of answers that may stream.
var openAIUsage = func() Counts {
	c := openAICounts
	c.Asked, c.Alone = "stream_options.include_usage", "choices"
	return c
}()

var openAICounts = Counts{
	At:         []string{"usage", "x_groq.usage", "choices.*.usage"},
	Prompt:     []string{"prompt_tokens"},
	Completion: []string{"completion_tokens"},
	Total:      []string{"total_tokens"},
	// The second one is DeepSeek's.
	Cached:    []string{"prompt_tokens_details.cached_tokens", "prompt_cache_hit_tokens"},
	Written:   []string{"prompt_tokens_details.cache_write_tokens"},
	Reasoning: []string{"completion_tokens_details.reasoning_tokens"},
}

var openAIErrors = Errors{
	At:     []string{"error"},
	Native: "type",
	Kinds: []ErrorKind{
		{Native: "invalid_request_error", Status: 400, Type: "invalid_request_error"},
		{Native: "authentication_error", Status: 401, Type: "authentication_error"},
		{Native: "billing_error", Status: 402, Type: "billing_error"},
		{Native: "permission_error", Status: 403, Type: "permission_error"},
		{Native: "not_found_error", Status: 404, Type: "invalid_request_error"},
		{Native: "rate_limit_error", Status: 429, Type: "rate_limit_error"},
		{Native: "insufficient_quota", Status: 429, Type: "insufficient_quota"},
		{Native: "requests", Status: 429, Type: "requests"},
		{Native: "tokens", Status: 429, Type: "tokens"},
		{Native: "server_error", Status: 500, Type: "server_error"},
		{Native: "api_error", Status: 500, Type: "server_error"},
		{Native: "overloaded_error", Status: 503, Type: "server_error", Code: "overloaded"},
	},
	Reasons: vendorReasons,
	Blocked: []string{"choices.*.finish_reason=content_filter"},
	Phrases: vendorPhrases,
	Within:  []string{"metadata.raw"}, // OpenRouter's, of the provider behind it (github.com/cline/cline/issues/13194)
	Body:    `{"error":{"message":$message,"type":$type,"param":$param,"code":$code}}`,
}

// openAIText is the text of a message, or of a delta, which has the same members.
func openAIText(at string, whole bool) []Text {
	return []Text{
		{At: at + ".reasoning_content|reasoning", Kind: "reasoning", Whole: whole},
		{At: at + ".content", Whole: whole},
		{At: at + ".content.*", Whole: whole},
		{At: at + ".content.*.text", Whole: whole},
		{At: at + ".content.*.refusal", Kind: "refusal", Whole: whole},
		{At: at + ".refusal", Kind: "refusal", Whole: whole},
		{At: at + ".audio.transcript", Whole: whole},
		{At: at + ".tool_calls.*.function.arguments", Kind: "tool_args", Form: "json", Whole: whole},
		{At: at + ".tool_calls.*.custom.input", Kind: "tool_args", Whole: whole},
		{At: at + ".function_call.arguments", Kind: "tool_args", Form: "json", Whole: whole},
		{At: at + ".thinking_blocks.*.thinking", Kind: "reasoning", Whole: true}, // a block comes whole
		{At: at + ".annotations.*.url_citation.title", Whole: true},
	}
}

// openAIHeaders: https://platform.openai.com/docs/guides/rate-limits
var openAIHeaders = Headers{
	RequestID: "X-Request-Id", Limit: "X-Ratelimit-Limit-$what", Remaining: "X-Ratelimit-Remaining-$what", Reset: "X-Ratelimit-Reset-$what",
}
