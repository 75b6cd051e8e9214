package dialect

// openAICompletions is POST /v1/completions (https://platform.openai.com/docs/api-reference/completions). A
// prompt may be a list of prompts, or of tokens, which are no text.
var openAICompletions = Descriptor{
	Name:    "openai.completions",
	Headers: openAIHeaders,
	Endpoints: []Endpoint{
		{Path: "/v1/completions"},
		{Path: "/completions"},
	},
	Upstream: Upstream{Whole: "/completions", Stream: "/completions"},
	Keys:     openAIKeys,
	Done:     "[DONE]",
	Request: RequestPaths{
		Model:     "model",
		Stream:    "stream",
		MaxTokens: []string{"max_tokens"},
		User:      []string{"user"},
		Body: Body{
			Role: "user",
			Rest: true,
			Text: []Text{
				{At: "prompt"},
				{At: "prompt.*"},
				{At: "suffix"},
				{At: "stop", Aside: true},
				{At: "stop.*", Aside: true},
				{At: "user", Kind: "name", Aside: true},
			},
		},
	},
	Answer: Body{
		Role:   "assistant",
		Scopes: []Scope{{At: "choices.*", Choice: "index"}},
		Text:   []Text{{At: "choices.*.text"}},
		Finish: []string{"choices.*.finish_reason"},
	},
	Event: Body{
		Role:   "assistant",
		Scopes: []Scope{{At: "choices.*", Choice: "index"}},
		Text:   []Text{{At: "choices.*.text"}},
		Finish: []string{"choices.*.finish_reason"},
		Strip:  []string{"choices.*.logprobs", "choices.*.stop_reason", "usage", "error"},
		Null:   true,
	},
	Usage:     openAIUsage,
	Answering: []string{"model"},
	Models:    openAIModels,
	Errors:    openAIErrors,
}

// openAIEmbeddings is POST /v1/embeddings (https://platform.openai.com/docs/api-reference/embeddings). The
// input is a text, a list of texts, or lists of tokens, which are no text.
var openAIEmbeddings = Descriptor{
	Name:    "openai.embeddings",
	Headers: openAIHeaders,
	Endpoints: []Endpoint{
		{Path: "/v1/embeddings", Stream: "never"},
		{Path: "/embeddings", Stream: "never"},
	},
	Upstream: Upstream{Whole: "/embeddings", Stream: "/embeddings"},
	Keys:     openAIKeys,
	Request: RequestPaths{
		Model: "model",
		User:  []string{"user"},
		Body: Body{
			Role: "user",
			Rest: true,
			Text: []Text{
				{At: "input"},
				{At: "input.*"},
				{At: "input.*.text"}, // of servers that take images, too
				{At: "user", Kind: "name", Aside: true},
			},
		},
	},
	Usage:     openAICounts,
	Answering: []string{"model"},
	Models:    openAIModels,
	Errors:    openAIErrors,
}
