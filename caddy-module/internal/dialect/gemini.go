package dialect

// geminiGenerate is Gemini's generateContent and streamGenerateContent (https://ai.google.dev/api/generate-content).
// Google's servers take both spellings of every member, camelCase and snake_case.
var geminiGenerate = Descriptor{
	Name:    "gemini.generate",
	Signs:   []string{"/v1beta/", "X-Goog-Api-Key"},
	Foreign: []string{"bG9uZ21lbi52MS"}, // base64 of longmen.v1, because clients keep signatures as bytes
	Endpoints: []Endpoint{
		{Path: "/v1beta/models/{model}:generateContent", Stream: "never"},
		{Path: "/v1beta/models/{model}:streamGenerateContent", Stream: "always", Query: "alt=sse"},
		{Path: "/v1/models/{model}:generateContent", Stream: "never"},
		{Path: "/v1/models/{model}:streamGenerateContent", Stream: "always", Query: "alt=sse"},
		{Path: "/v1beta/tunedModels/{model}:generateContent", Prefix: "tunedModels/", Stream: "never"},
		{Path: "/v1beta/tunedModels/{model}:streamGenerateContent", Prefix: "tunedModels/", Stream: "always", Query: "alt=sse"},
		{Method: "GET", Path: "/v1beta/models", Service: "models"},
		{Method: "GET", Path: "/v1beta/models/{model}", Service: "models"},
		{Method: "GET", Path: "/v1/models", Header: "X-Goog-Api-Key", Service: "models"},
		{Method: "GET", Path: "/v1/models/{model}", Header: "X-Goog-Api-Key", Service: "models"},
	},
	Upstream: Upstream{
		Whole:       "/{model}:generateContent",
		Stream:      "/{model}:streamGenerateContent?alt=sse",
		Collections: geminiCollections,
		Marks:       []string{":search"}, // asks for Google Search, see plugins/openai-gemini
	},
	Keys: geminiKeys,
	Request: RequestPaths{
		MaxTokens: []string{"generationConfig|generation_config.maxOutputTokens|max_output_tokens"},
		Messages:  "contents",
		Tools:     []string{"tools.*.functionDeclarations|function_declarations"},
		Images: []Image{
			{At: "contents.*.parts.*.inlineData|inline_data.mimeType|mime_type", Prefix: "image/"},
			{At: "contents.*.parts.*.fileData|file_data.mimeType|mime_type", Prefix: "image/"},
		},
		JSON: []string{"generationConfig|generation_config.responseMimeType|response_mime_type=application/json"},
		Body: Body{
			Role:   "user",
			Rest:   true,
			Scopes: geminiScopes(""),
			Text:   geminiPrompt(""),
		},
	},
	Answer: Body{
		Role: "assistant",
		Scopes: []Scope{
			{At: "candidates.*", Choice: "index"},
			{At: "candidates.*.content.parts.*", Call: "#", Reasoning: "thought"},
		},
		Text:   append(geminiParts("candidates.*.content.parts", false), geminiGrounding...),
		Finish: []string{"candidates.*.finishReason", "promptFeedback.blockReason"},
	},
	Event: Body{
		Role: "assistant",
		Scopes: []Scope{
			{At: "candidates.*", Choice: "index"},
			{At: "candidates.*.content.parts.*", Reasoning: "thought"},
		},
		Text:   append(geminiParts("candidates.*.content.parts", true), geminiGrounding...),
		Calls:  []string{"candidates.*.content.parts.*.functionCall|executableCode|codeExecutionResult|inlineData"},
		Finish: []string{"candidates.*.finishReason", "promptFeedback.blockReason"},
		Again:  true,
		Strip: []string{
			"candidates.*.finishMessage", "candidates.*.safetyRatings", "candidates.*.citationMetadata",
			"candidates.*.groundingMetadata", "candidates.*.logprobsResult", "candidates.*.avgLogprobs", "candidates.*.tokenCount",
			"candidates.*.content.parts.*.thoughtSignature", "candidates.*.urlContextMetadata", "usageMetadata", "promptFeedback", "error",
		},
	},
	Answering: []string{"modelVersion"},
	Usage: Counts{
		At:         []string{"usageMetadata"},
		Prompt:     []string{"promptTokenCount", "toolUsePromptTokenCount"},
		Completion: []string{"candidatesTokenCount"},
		Total:      []string{"totalTokenCount"},
		Cached:     []string{"cachedContentTokenCount"},
		Reasoning:  []string{"thoughtsTokenCount"},
		Apart:      true,
	},
	// https://ai.google.dev/api/models
	Models: ModelList{
		Path: "/models?pageSize=1000", At: "models", ID: "name", Prefix: "models/", Context: "inputTokenLimit", Output: "outputTokenLimit",
		Next: "nextPageToken", Query: "pageToken",
		List: `{"models":[$models]}`,
		Item: `{"name":$id,"version":"","displayName":$name,"inputTokenLimit":$context,"outputTokenLimit":$output,` +
			`"supportedGenerationMethods":["generateContent","streamGenerateContent","countTokens"]}`,
	},
	Errors: geminiErrors,
}

// geminiCount is countTokens (https://ai.google.dev/api/tokens): of contents, or of a whole request.
var geminiCount = Descriptor{
	Name: "gemini.count",
	Endpoints: []Endpoint{
		{Path: "/v1beta/models/{model}:countTokens", Stream: "never"},
		{Path: "/v1/models/{model}:countTokens", Stream: "never"},
		{Path: "/v1beta/tunedModels/{model}:countTokens", Prefix: "tunedModels/", Stream: "never"},
	},
	Upstream: Upstream{Whole: "/{model}:countTokens", Stream: "/{model}:countTokens", Collections: geminiCollections},
	Keys:     geminiKeys,
	Count:    `{"totalTokens":$tokens}`,
	Request: RequestPaths{
		Models:   []string{"generateContentRequest|generate_content_request.model"},
		Messages: "contents",
		Body: Body{
			Role:   "user",
			Rest:   true,
			Scopes: append(geminiScopes(""), geminiScopes("generateContentRequest|generate_content_request.")...),
			Text:   append(geminiPrompt(""), geminiPrompt("generateContentRequest|generate_content_request.")...),
		},
	},
	Usage:  Counts{At: []string{"usageMetadata"}},
	Errors: geminiErrors,
}

// geminiEmbed is embedContent and batchEmbedContents (https://ai.google.dev/api/embeddings). The latter is
// what codecs write; a request for one text, which clients may send, is the variant embedContent.
var geminiEmbed = Descriptor{
	Name: "gemini.embed",
	Endpoints: []Endpoint{
		{Path: "/v1beta/models/{model}:batchEmbedContents", Stream: "never"},
		{Path: "/v1/models/{model}:batchEmbedContents", Stream: "never"},
		{Path: "/v1beta/models/{model}:embedContent", Variant: "embedContent", Stream: "never"},
		{Path: "/v1/models/{model}:embedContent", Variant: "embedContent", Stream: "never"},
	},
	Upstream: Upstream{
		Whole:       "/{model}:batchEmbedContents",
		Stream:      "/{model}:batchEmbedContents",
		Variants:    []Variant{{Name: "embedContent", Whole: "/{model}:embedContent"}},
		Collections: geminiCollections,
	},
	Keys: geminiKeys,
	Request: RequestPaths{
		Models: []string{"requests.*.model", "model"},
		Body: Body{
			Role: "user",
			Rest: true,
			Text: append(append(geminiParts("content.parts", false), geminiParts("requests.*.content.parts", false)...),
				Text{At: "content"},
				Text{At: "content.parts"},
				Text{At: "requests.*.content"},
				Text{At: "requests.*.content.parts"},
				Text{At: "title", Kind: "name", Aside: true},
				Text{At: "requests.*.title", Kind: "name", Aside: true},
			),
		},
	},
	Usage: Counts{
		At:     []string{"usageMetadata"},
		Prompt: []string{"promptTokenCount"},
		Total:  []string{"totalTokenCount"},
	},
	Errors: geminiErrors,
}

var (
	geminiKeys        = []Key{{Header: "X-Goog-Api-Key"}, {Query: "key"}, {Header: "Authorization", Scheme: "Bearer"}}
	geminiCollections = []string{"models/", "tunedModels/"}
)

// geminiGrounding is the text of what an answer is grounded on: what was searched for, found and cited.
var geminiGrounding = []Text{
	{At: "candidates.*.groundingMetadata.webSearchQueries.*", Kind: "tool_args", Whole: true},
	{At: "candidates.*.groundingMetadata.groundingChunks.*.web|retrievedContext.title|text", Role: "tool", Whole: true},
	{At: "candidates.*.groundingMetadata.groundingSupports.*.segment.text", Whole: true},
	{At: "candidates.*.finishMessage", Whole: true, Aside: true},
}

func geminiScopes(at string) []Scope {
	return []Scope{
		{At: at + "contents.*", Role: "role", Choice: "#"},
		{At: at + "contents.*.parts.*", Call: "#", Reasoning: "thought"},
	}
}

// geminiPrompt is the text of a request, below at.
func geminiPrompt(at string) []Text {
	const (
		system       = "systemInstruction|system_instruction"
		declarations = "tools.*.functionDeclarations|function_declarations"
		config       = "generationConfig|generation_config"
	)
	return append(geminiParts(at+"contents.*.parts", false),
		Text{At: at + "contents.*"}, // a bare string
		Text{At: at + system, Role: "system"},
		Text{At: at + system + ".parts.*", Role: "system"},
		Text{At: at + system + ".parts.*.text", Role: "system"},
		Text{At: at + declarations + ".*.description", Role: "system", Aside: true},
		Text{At: at + declarations + ".*.parameters|parametersJsonSchema|parameters_json_schema|response|responseJsonSchema|response_json_schema", Role: "system", Form: "schema", Aside: true},
		Text{At: at + config + ".responseSchema|response_schema|responseJsonSchema|response_json_schema", Role: "system", Form: "schema", Aside: true},
		Text{At: at + config + ".stopSequences|stop_sequences.*", Aside: true},
		Text{At: at + "labels", Kind: "name", Form: "tree", Aside: true},
	)
}

var geminiErrors = Errors{
	At:     []string{"error", "*.error"},
	Native: "status",
	Retry:  "details.*.retryDelay",
	Reasons: []Reason{
		{At: "details.*.reason", Kinds: []ErrorKind{
			{Native: "API_KEY_INVALID", Status: 401, Type: "authentication_error", Code: "invalid_api_key"},
		}},
		// The day's requests are used up, not the minute's (github.com/google-gemini/gemini-cli/issues/8437).
		{At: "details.*.violations.*.quotaId", Kinds: []ErrorKind{{Native: "*PerDay*", Code: "insufficient_quota"}}},
	},
	Blocked: []string{"promptFeedback.blockReason", "candidates.*.finishReason=SAFETY|RECITATION|BLOCKLIST|PROHIBITED_CONTENT|SPII|IMAGE_SAFETY|IMAGE_PROHIBITED_CONTENT|IMAGE_RECITATION"},
	Phrases: []Phrase{
		{Code: "context_length_exceeded", Like: "The input token count*exceeds the maximum number*"},  // github.com/google-gemini/gemini-cli/issues/4231
		{Code: "context_length_exceeded", Like: "*the input token count is*but model only supports*"}, // Vertex AI (github.com/google-gemini/gemini-cli/issues/19727)
		{Code: "unsupported_country_region_territory", Like: "User location is not supported for*"},   // FAILED_PRECONDITION
	},
	Kinds: []ErrorKind{
		{Native: "INVALID_ARGUMENT", Status: 400, Type: "invalid_request_error"},
		{Native: "FAILED_PRECONDITION", Status: 400, Type: "invalid_request_error"},
		{Native: "OUT_OF_RANGE", Status: 400, Type: "invalid_request_error"},
		{Native: "UNAUTHENTICATED", Status: 401, Type: "authentication_error"},
		{Native: "PERMISSION_DENIED", Status: 403, Type: "permission_error"},
		{Native: "NOT_FOUND", Status: 404, Type: "invalid_request_error", Code: "model_not_found"},
		{Native: "RESOURCE_EXHAUSTED", Status: 429, Type: "rate_limit_error", Code: "rate_limit_exceeded"},
		{Native: "RESOURCE_EXHAUSTED", Status: 402, Type: "billing_error", Code: "insufficient_quota"}, // https://ai.google.dev/gemini-api/docs/billing
		{Native: "CANCELLED", Status: 499, Type: "server_error"},
		{Native: "INTERNAL", Status: 500, Type: "server_error"},
		{Native: "UNKNOWN", Status: 500, Type: "server_error"},
		{Native: "UNAVAILABLE", Status: 503, Type: "server_error", Code: "overloaded"},
		{Native: "UNAVAILABLE", Status: 502, Type: "server_error"},
		{Native: "DEADLINE_EXCEEDED", Status: 504, Type: "server_error", Code: "timeout"},
	},
	Body: `{"error":{"code":$status,"message":$message,"status":$native}}`,
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
