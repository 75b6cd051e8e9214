package dialect

// ollamaChat is POST /api/chat of Ollama (https://github.com/ollama/ollama/blob/main/docs/api.md and
// api/types.go at fb30760). Its clients list models with GET /api/tags.
var ollamaChat = Descriptor{
	Name:  "ollama.chat",
	Signs: []string{"/api/"},
	Endpoints: []Endpoint{
		{Path: "/api/chat"},
		{Method: "GET", Path: "/api/tags", Service: "models"},
	},
	Upstream: Upstream{Whole: "/api/chat", Stream: "/api/chat"},
	Keys:     ollamaKeys,
	Framing:  "lines",
	Request: RequestPaths{
		Model:     "model",
		Stream:    "stream",
		Streams:   true,
		MaxTokens: []string{"options.num_predict"},
		JSON:      []string{"format"},
		Messages:  "messages",
		Tools:     []string{"tools"},
		Images:    []Image{{At: "messages.*.images.*"}},
		Body: Body{
			Role:   "user",
			Rest:   true,
			Scopes: []Scope{{At: "messages.*", Role: "role", Choice: "#"}},
			Text: append(ollamaMessage("messages.*", false),
				Text{At: "tools.*.function.description", Role: "system", Aside: true},
				Text{At: "tools.*.function.parameters", Role: "system", Form: "schema", Aside: true},
				Text{At: "format", Role: "system", Form: "schema", Aside: true},
				Text{At: "options.stop", Aside: true},
				Text{At: "options.stop.*", Aside: true},
			),
		},
	},
	Answer: Body{Role: "assistant", Text: ollamaMessage("message", false), Finish: ollamaFinish},
	Event: Body{
		Role:   "assistant",
		Text:   ollamaMessage("message", true),
		Calls:  []string{"message.tool_calls.*"},
		Finish: ollamaFinish,
		Strip:  append([]string{"message.tool_calls", "message.images"}, ollamaStrip...),
	},
	Usage:     ollamaUsage,
	Answering: []string{"model"},
	Models:    ollamaModels,
	Errors:    ollamaErrors,
}

// ollamaGenerate is POST /api/generate.
var ollamaGenerate = Descriptor{
	Name:      "ollama.generate",
	Endpoints: []Endpoint{{Path: "/api/generate"}},
	Upstream:  Upstream{Whole: "/api/generate", Stream: "/api/generate"},
	Keys:      ollamaKeys,
	Framing:   "lines",
	Request: RequestPaths{
		Model:     "model",
		Stream:    "stream",
		Streams:   true,
		MaxTokens: []string{"options.num_predict"},
		JSON:      []string{"format"},
		Images:    []Image{{At: "images.*"}},
		Body: Body{
			Role: "user",
			Rest: true,
			Text: []Text{
				{At: "system", Role: "system"},
				{At: "prompt"},
				{At: "suffix"},
				{At: "template", Role: "system", Aside: true},
				{At: "format", Role: "system", Form: "schema", Aside: true},
				{At: "options.stop", Aside: true},
				{At: "options.stop.*", Aside: true},
			},
		},
	},
	Answer:    Body{Role: "assistant", Text: ollamaResponse, Finish: ollamaFinish},
	Event:     Body{Role: "assistant", Text: ollamaResponse, Finish: ollamaFinish, Strip: append([]string{"context"}, ollamaStrip...)},
	Usage:     ollamaUsage,
	Answering: []string{"model"},
	Models:    ollamaModels,
	Errors:    ollamaErrors,
}

// ollamaEmbed is POST /api/embed.
var ollamaEmbed = Descriptor{
	Name:      "ollama.embed",
	Endpoints: []Endpoint{{Path: "/api/embed", Stream: "never"}},
	Upstream:  Upstream{Whole: "/api/embed", Stream: "/api/embed"},
	Keys:      ollamaKeys,
	Request: RequestPaths{
		Model: "model",
		Body:  Body{Role: "user", Rest: true, Text: []Text{{At: "input"}, {At: "input.*"}}},
	},
	Usage:     ollamaUsage,
	Answering: []string{"model"},
	Models:    ollamaModels,
	Errors:    ollamaErrors,
}

// ollamaMessage is the text of a message. In an event only arguments are whole.
func ollamaMessage(at string, whole bool) []Text {
	return []Text{
		{At: at + ".thinking", Kind: "reasoning"},
		{At: at + ".content"},
		{At: at + ".tool_calls.*.function.arguments", Kind: "tool_args", Form: "tree", Whole: whole},
	}
}

var (
	// https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models
	ollamaModels = ModelList{
		Path: "/api/tags", At: "models", ID: "name", Created: "modified_at",
		List: `{"models":[$models]}`,
		Item: `{"name":$id,"model":$id,"modified_at":$time,"size":0,"digest":"","details":{}}`,
	}

	ollamaKeys     = []Key{{Header: "Authorization", Scheme: "Bearer"}}
	ollamaResponse = []Text{{At: "thinking", Kind: "reasoning"}, {At: "response"}}

	// Old servers give no reason.
	ollamaFinish = []string{"done_reason", "done"}

	ollamaStrip = []string{
		"logprobs", "total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_count", "eval_duration",
	}

	ollamaUsage = Counts{At: []string{""}, Prompt: []string{"prompt_eval_count"}, Completion: []string{"eval_count"}}

	// An error has no name, and in a stream it is a line (docs/api/errors.mdx).
	ollamaErrors = Errors{
		At:      []string{"error"},
		Phrases: []Phrase{{Code: "context_length_exceeded", Like: "*input*exceeds*context length*"}},
		Body:    `{"error":$message}`,
	}
)
