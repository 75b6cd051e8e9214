package dialect

// anthropicMessages is POST /v1/messages (https://platform.claude.com/docs/en/api/messages), its events
// (…/docs/en/build-with-claude/streaming) and errors (…/docs/en/api/errors), with the content blocks of
// npm's @anthropic-ai/sdk 1.10.0. The models that clients of its API list belong to it, too.
var anthropicMessages = Descriptor{
	Name:    "anthropic.messages",
	Signs:   []string{"Anthropic-Version"},
	Foreign: []string{"longmen.v1.", `"signature":""`, `"signature": ""`}, // a thought without signature is not Anthropic's
	Headers: anthropicHeaders,
	Endpoints: []Endpoint{
		{Path: "/v1/messages"},
		{Path: "/messages"},
		{Method: "GET", Path: "/v1/models", Header: "Anthropic-Version", Service: "models"},
		{Method: "GET", Path: "/v1/models/{model}", Header: "Anthropic-Version", Service: "models"},
		{Method: "GET", Path: "/models", Header: "Anthropic-Version", Service: "models"},
		{Method: "GET", Path: "/models/{model}", Header: "Anthropic-Version", Service: "models"},
	},
	Upstream:  Upstream{Whole: "/messages", Stream: "/messages"},
	Keys:      anthropicKeys,
	EventName: "type",
	PingName:  "ping",
	Ping:      `{"type":"ping"}`,
	Request:   anthropicRequest,
	Answer: Body{
		Role: "assistant",
		Text: append(anthropicBlocks("content.*", true),
			Text{At: "stop_details.explanation", Kind: "refusal"},
			Text{At: "stop_sequence", Aside: true}),
		Finish: []string{"stop_reason"},
	},
	Event: Body{
		Opening: "type=message_start|ping|content_block_start",
		Role:    "assistant",
		Scopes:  []Scope{{Block: "index"}},
		Text: append(append([]Text{
			{At: "delta.text"},
			{At: "delta.thinking", Kind: "reasoning"},
			{At: "delta.partial_json", Kind: "tool_args", Form: "json"},
			{At: "delta.content"}, // of a compaction
			{At: "delta.citation.cited_text|document_title|title", Whole: true},
			{At: "delta.stop_details.explanation", Kind: "refusal", Whole: true},
			{At: "delta.stop_sequence", Aside: true, Whole: true},
			// A block may begin with text, though those of Anthropic do not.
			{At: "content_block.text", Mold: `{"type":"content_block_delta","index":$block,"delta":{"type":"text_delta","text":"$text"}}`},
			{At: "content_block.thinking", Kind: "reasoning", Mold: `{"type":"content_block_delta","index":$block,"delta":{"type":"thinking_delta","thinking":"$text"}}`},
		}, anthropicRest("content_block", true)...),
			anthropicBlocks("message.content.*", true)...),
		Calls:  []string{"content_block"},
		Ends:   []string{"type=content_block_stop", "delta.signature"},
		Finish: []string{"delta.stop_reason"},
		Strip:  []string{"delta.signature", "delta.citation", "delta.stop_details", "delta.stop_sequence", "usage", "context_management"},
	},
	Answering: []string{"model", "message.model"},
	// The start of a stream has the prompt's counts, its end all counts, or those of the output only.
	Usage: Counts{
		At:         []string{"usage", "message.usage"},
		Prompt:     []string{"input_tokens"},
		Completion: []string{"output_tokens"},
		Cached:     []string{"cache_read_input_tokens"},
		Written:    []string{"cache_creation_input_tokens"},
		Reasoning:  []string{"output_tokens_details.thinking_tokens"},
		Disjoint:   true,
	},
	// https://docs.anthropic.com/en/api/models-list
	Models: ModelList{
		Path: "/models?limit=1000", At: "data", ID: "id", Created: "created_at",
		List: `{"data":[$models],"has_more":false,"first_id":$first,"last_id":$last}`,
		Item: `{"type":"model","id":$id,"display_name":$name,"created_at":$time}`,
	},
	Errors: anthropicErrors,
}

// anthropicCount is POST /v1/messages/count_tokens (…/docs/en/api/messages-count-tokens).
var anthropicCount = Descriptor{
	Name:    "anthropic.count",
	Headers: anthropicHeaders,
	Endpoints: []Endpoint{
		{Path: "/v1/messages/count_tokens", Stream: "never"},
		{Path: "/messages/count_tokens", Stream: "never"},
	},
	Upstream: Upstream{Whole: "/messages/count_tokens", Stream: "/messages/count_tokens"},
	Keys:     anthropicKeys,
	Count:    `{"input_tokens":$tokens}`,
	Request:  anthropicRequest,
	Usage:    Counts{At: []string{"usage"}},
	Errors:   anthropicErrors,
}

var anthropicKeys = []Key{{Header: "X-Api-Key"}, {Header: "Authorization", Scheme: "Bearer"}}

var anthropicRequest = RequestPaths{
	Model:     "model",
	Stream:    "stream",
	MaxTokens: []string{"max_tokens"},
	Messages:  "messages",
	Tools:     []string{"tools"},
	Images: []Image{
		{At: "messages.*.content.*.type", Prefix: "image"},
		{At: "messages.*.content.*.content.*.type", Prefix: "image"},
	},
	User: []string{"metadata.user_id"},
	JSON: []string{"output_config.format", "output_format"},
	Body: Body{
		Role:   "user",
		Rest:   true,
		Sealed: []string{"mcp_servers.*.authorization_token"},
		Scopes: []Scope{{At: "messages.*", Role: "role", Choice: "#"}},
		Text: append(append(anthropicBlocks("messages.*.content.*", false), anthropicTool("tools.*", false)...),
			Text{At: "system", Role: "system"},
			Text{At: "system.*", Role: "system"}, // a list of bare strings
			Text{At: "system.*.text", Role: "system"},
			Text{At: "messages.*.content"},
			Text{At: "messages.*.content.*"},
			Text{At: "compaction.instructions", Role: "system", Aside: true},
			Text{At: "context_management.edits.*.instructions", Role: "system", Aside: true},
			Text{At: "output_config.format.schema", Role: "system", Form: "schema", Aside: true},
			Text{At: "output_format.schema", Role: "system", Form: "schema", Aside: true},
			Text{At: "stop_sequences", Aside: true},
			Text{At: "stop_sequences.*", Aside: true},
			Text{At: "metadata.user_id", Kind: "name", Aside: true},
		),
	},
}

// anthropicBlocks is the text of a content block.
func anthropicBlocks(at string, whole bool) []Text {
	return append([]Text{
		{At: at + ".text", Whole: whole},
		{At: at + ".thinking", Kind: "reasoning", Whole: whole},
	}, anthropicRest(at, whole)...)
}

// anthropicRest is the text of a content block that never streams in pieces under its own name: calls,
// results of the client's and of Anthropic's own tools, documents, search results and citations.
func anthropicRest(at string, whole bool) []Text {
	out := []Text{
		{At: at + ".input", Role: "assistant", Kind: "tool_args", Form: "tree", Whole: whole},
		{At: at + ".citations.*.cited_text|document_title|title", Whole: whole},
	}
	out = append(out, anthropicDocument(at, "", whole)...)
	// Tools that come and go in the middle of a conversation.
	for _, tool := range []string{at + ".tool", at + ".tools.*", at + ".tool_changes.*.tool"} {
		out = append(out, anthropicTool(tool, whole)...)
	}
	// The content of a result is a text, a list of blocks, or an object of the tool; a search result is
	// a block that has blocks.
	for _, result := range []string{at + ".content", at + ".content.*"} {
		out = append(out, Text{At: result, Role: "tool", Whole: whole})
	}
	result := at + ".content.*"
	out = append(out,
		Text{At: result + ".text|stdout|stderr|error_message", Role: "tool", Whole: whole},
		Text{At: result + ".content", Role: "tool", Whole: whole},
		Text{At: result + ".content.*", Role: "tool", Whole: whole},
		Text{At: result + ".content.*.text", Role: "tool", Whole: whole},
		Text{At: result + ".lines|old_lines|new_lines", Role: "tool", Form: "tree", Whole: whole},
	)
	out = append(out, anthropicDocument(result, "tool", whole)...)
	return append(out, anthropicDocument(result+".content", "tool", whole)...)
}

// anthropicTool is the text of a tool's definition.
func anthropicTool(at string, whole bool) []Text {
	return []Text{
		{At: at + ".description", Role: "system", Aside: true, Whole: whole},
		{At: at + ".input_schema", Role: "system", Form: "schema", Aside: true, Whole: whole},
		{At: at + ".input_examples", Role: "system", Form: "tree", Aside: true, Whole: whole},
	}
}

// anthropicDocument is the text of a document or a search result.
func anthropicDocument(at, role string, whole bool) []Text {
	return []Text{
		{At: at + ".title|context", Role: role, Whole: whole},
		{At: at + ".source", Role: role, Whole: whole},
		{At: at + ".source.data", If: "type!=base64", Role: role, Whole: whole},
		{At: at + ".source.content", Role: role, Whole: whole},
		{At: at + ".source.content.*", Role: role, Whole: whole},
		{At: at + ".source.content.*.text", Role: role, Whole: whole},
	}
}

// anthropicErrors has 529, which no other dialect knows, for servers that are overloaded. Clients compact
// a conversation when they are told that the prompt is too long.
var anthropicErrors = Errors{
	At:     []string{"error"},
	Native: "type",
	Kinds: []ErrorKind{
		{Native: "invalid_request_error", Status: 400, Type: "invalid_request_error"},
		{Native: "authentication_error", Status: 401, Type: "authentication_error"},
		{Native: "billing_error", Status: 402, Type: "billing_error"},
		{Native: "permission_error", Status: 403, Type: "permission_error"},
		{Native: "not_found_error", Status: 404, Type: "invalid_request_error", Code: "model_not_found"},
		{Native: "request_too_large", Status: 413, Type: "invalid_request_error", Code: "request_too_large"},
		{Native: "rate_limit_error", Status: 429, Type: "rate_limit_error", Code: "rate_limit_exceeded"},
		{Native: "api_error", Status: 500, Type: "server_error"},
		{Native: "overloaded_error", Status: 503, Type: "server_error", Code: "overloaded", Wire: 529},
		{Native: "timeout_error", Status: 504, Type: "server_error", Code: "timeout"},
	},
	Blocked: []string{"stop_reason=refusal", "delta.stop_reason=refusal"},
	Reasons: []Reason{
		// A month's limit is a rate_limit_error (https://platform.claude.com/docs/en/api/rate-limits).
		{At: "details.error_code", Kinds: []ErrorKind{{Native: "enforced_spend_limit_reached", Code: "insufficient_quota"}}},
		{At: "code", Kinds: vendorCodes}, // of others that speak the dialect, such as Zhipu
	},
	Phrases: append([]Phrase{{Code: "context_length_exceeded", Prefix: "prompt is too long"}}, anthropicPhrases...),
	Body:    `{"type":"error","error":{"type":$native,"message":$message},"request_id":$exchange}`,
	Name:    "error",
}

// anthropicHeaders: https://docs.anthropic.com/en/api/rate-limits#response-headers
var anthropicHeaders = Headers{
	RequestID: "Request-Id", Limit: "Anthropic-Ratelimit-$what-Limit", Remaining: "Anthropic-Ratelimit-$what-Remaining",
	Reset: "Anthropic-Ratelimit-$what-Reset", ResetTime: true,
}
