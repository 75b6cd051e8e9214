package dialect

// geminiGenerate is Gemini's generateContent and streamGenerateContent. Google's servers take both
// spellings of every member, camelCase and snake_case.
var geminiGenerate = Descriptor{
	Name: "gemini.generate",
	Endpoints: []Endpoint{
		{Path: "/v1beta/models/{model}:generateContent", Stream: "never"},
		{Path: "/v1beta/models/{model}:streamGenerateContent", Stream: "always", Query: "alt=sse"},
		{Path: "/v1/models/{model}:generateContent", Stream: "never"},
		{Path: "/v1/models/{model}:streamGenerateContent", Stream: "always", Query: "alt=sse"},
		{Path: "/v1beta/tunedModels/{model}:generateContent", Prefix: "tunedModels/", Stream: "never"},
		{Path: "/v1beta/tunedModels/{model}:streamGenerateContent", Prefix: "tunedModels/", Stream: "always", Query: "alt=sse"},
	},
	Upstream: Upstream{
		Whole:       "/{model}:generateContent",
		Stream:      "/{model}:streamGenerateContent?alt=sse",
		Collections: []string{"models/", "tunedModels/"},
	},
	Keys: []Key{{Header: "X-Goog-Api-Key"}, {Query: "key"}, {Header: "Authorization", Scheme: "Bearer"}},
	Request: RequestPaths{
		MaxTokens: []string{"generationConfig|generation_config.maxOutputTokens|max_output_tokens"},
		Messages:  "contents",
		Tools:     []string{"tools.*.functionDeclarations|function_declarations"},
		Images: []Image{
			{At: "contents.*.parts.*.inlineData|inline_data.mimeType|mime_type", Prefix: "image/"},
			{At: "contents.*.parts.*.fileData|file_data.mimeType|mime_type", Prefix: "image/"},
		},
		Body: Body{
			Role: "user",
			Scopes: []Scope{
				{At: "contents.*", Role: "role", Choice: "#"},
				{At: "contents.*.parts.*", Call: "#", Reasoning: "thought"},
			},
			Text: append(geminiParts("contents.*.parts", false),
				Text{At: "contents.*"}, // a bare string
				Text{At: "systemInstruction|system_instruction", Role: "system"},
				Text{At: "systemInstruction|system_instruction.parts.*", Role: "system"},
				Text{At: "systemInstruction|system_instruction.parts.*.text", Role: "system"},
				Text{At: "tools.*.functionDeclarations|function_declarations.*.description", Role: "system", Aside: true},
				Text{At: "tools.*.functionDeclarations|function_declarations.*.parameters|parametersJsonSchema|parameters_json_schema|response|responseJsonSchema|response_json_schema", Role: "system", Form: "schema", Aside: true},
				Text{At: "generationConfig|generation_config.responseSchema|response_schema|responseJsonSchema|response_json_schema", Role: "system", Form: "schema", Aside: true},
				Text{At: "generationConfig|generation_config.stopSequences|stop_sequences.*", Aside: true},
				Text{At: "labels", Kind: "name", Form: "tree", Aside: true},
			),
		},
	},
	Answer: Body{
		Role: "assistant",
		Scopes: []Scope{
			{At: "candidates.*", Choice: "index"},
			{At: "candidates.*.content.parts.*", Call: "#", Reasoning: "thought"},
		},
		Text:   geminiParts("candidates.*.content.parts", false),
		Finish: []string{"candidates.*.finishReason", "promptFeedback.blockReason"},
	},
	Event: Body{
		Role: "assistant",
		Scopes: []Scope{
			{At: "candidates.*", Choice: "index"},
			{At: "candidates.*.content.parts.*", Reasoning: "thought"},
		},
		Text:   geminiParts("candidates.*.content.parts", true),
		Calls:  []string{"candidates.*.content.parts.*.functionCall|executableCode|codeExecutionResult|inlineData"},
		Finish: []string{"candidates.*.finishReason", "promptFeedback.blockReason"},
		Again:  true,
		Strip: []string{
			"candidates.*.finishMessage", "candidates.*.safetyRatings", "candidates.*.citationMetadata",
			"candidates.*.groundingMetadata", "candidates.*.logprobsResult", "candidates.*.avgLogprobs", "candidates.*.tokenCount",
			"candidates.*.content.parts.*.thoughtSignature", "candidates.*.urlContextMetadata", "usageMetadata", "promptFeedback", "error",
		},
	},
	Usage: Counts{
		At:         []string{"usageMetadata"},
		Prompt:     []string{"promptTokenCount", "toolUsePromptTokenCount"},
		Completion: []string{"candidatesTokenCount"},
		Total:      []string{"totalTokenCount"},
		Cached:     []string{"cachedContentTokenCount"},
		Reasoning:  []string{"thoughtsTokenCount"},
		Apart:      true,
	},
	Errors: Errors{
		At:     []string{"error", "*.error"},
		Native: "status",
		Reason: "details.*.reason",
		Retry:  "details.*.retryDelay",
		Reasons: []ErrorKind{
			{Native: "API_KEY_INVALID", Status: 401, Type: "authentication_error", Code: "invalid_api_key"},
		},
		Kinds: []ErrorKind{
			{Native: "INVALID_ARGUMENT", Status: 400, Type: "invalid_request_error"},
			{Native: "FAILED_PRECONDITION", Status: 400, Type: "invalid_request_error"},
			{Native: "OUT_OF_RANGE", Status: 400, Type: "invalid_request_error"},
			{Native: "UNAUTHENTICATED", Status: 401, Type: "authentication_error"},
			{Native: "PERMISSION_DENIED", Status: 403, Type: "permission_error"},
			{Native: "NOT_FOUND", Status: 404, Type: "invalid_request_error", Code: "model_not_found"},
			{Native: "RESOURCE_EXHAUSTED", Status: 429, Type: "rate_limit_error", Code: "rate_limit_exceeded"},
			{Native: "CANCELLED", Status: 499, Type: "server_error"},
			{Native: "INTERNAL", Status: 500, Type: "server_error"},
			{Native: "UNKNOWN", Status: 500, Type: "server_error"},
			{Native: "UNAVAILABLE", Status: 503, Type: "server_error", Code: "overloaded"},
			{Native: "UNAVAILABLE", Status: 502, Type: "server_error"},
			{Native: "DEADLINE_EXCEEDED", Status: 504, Type: "server_error", Code: "timeout"},
		},
		Body: `{"error":{"code":$status,"message":$message,"status":$native}}`,
	},
}

// geminiParts is the text of a list of parts. In an event only text is a piece of something longer.
func geminiParts(at string, whole bool) []Text {
	return []Text{
		{At: at + ".*"}, // a bare string
		{At: at + ".*.text"},
		{At: at + ".*.functionCall|function_call.args", Kind: "tool_args", Form: "tree", Whole: whole},
		{At: at + ".*.functionResponse|function_response.response", Role: "tool", Kind: "tool_result", Form: "tree", Whole: whole},
		{At: at + ".*.executableCode|executable_code.code", Kind: "tool_args", Whole: whole},
		{At: at + ".*.codeExecutionResult|code_execution_result.output", Role: "tool", Kind: "tool_result", Whole: whole},
	}
}
