package dialect

// openAIOther is what else OpenAI's API and those like it have (https://platform.openai.com/docs/api-reference;
// rerank is Cohere's and Jina's). Requests and answers pass as bytes: they may be files, audio or events. Where
// a request is JSON its text is known all the same.
var openAIOther = Descriptor{
	Name: "openai.other",
	Endpoints: append(append(
		raw("POST GET DELETE", "images", "audio", "moderations", "files", "batches", "rerank", "uploads", "vector_stores",
			"fine_tuning", "videos", "evals", "containers", "conversations", "skills"),
		// Of responses and stored chat completions: all but making one.
		raw("POST GET DELETE", "images/{path}", "audio/{path}", "files/{path}", "batches/{path}", "uploads/{path}", "vector_stores/{path}",
			"fine_tuning/{path}", "videos/{path}", "evals/{path}", "containers/{path}", "conversations/{path}", "skills/{path}",
			"responses/{path}", "chat/completions/{path}")...),
		append(raw("GET", "chat/completions"), raw("DELETE", "models/{path}")...)...),
	Keys: openAIKeys,
	Request: RequestPaths{
		Model:  "model",
		Stream: "stream",
		User:   []string{"user", "safety_identifier"},
		Body: Body{
			Role:   "user",
			Rest:   true,
			Scopes: []Scope{{At: "input.*", Role: "role", Choice: "#", Reasoning: "type=reasoning"}},
			Text: append(append([]Text{
				{At: "prompt"}, // images, videos
				{At: "input"},  // moderations, speech, responses/input_tokens
				{At: "input.*"},
				{At: "input.*.text"},
				{At: "query"}, // rerank, vector_stores/*/search
				{At: "query.*"},
				{At: "query.text"},
				{At: "documents.*", Role: "tool"},
				{At: "documents.*.text|title|content", Role: "tool"},
				{At: "name|title|description", Kind: "name", Aside: true},
				{At: "attributes", Kind: "name", Form: "tree", Aside: true},
				{At: "client_metadata", Kind: "name", Form: "tree", Aside: true},
			}, responsesItems("input.*", false)...), append(responsesItems("items.*", false), responsesEcho("")...)...),
		},
	},
	Answering: []string{"model"},
	Usage: Counts{
		At:         []string{"usage", "meta.tokens"},
		Prompt:     []string{"prompt_tokens|input_tokens"},
		Completion: []string{"completion_tokens|output_tokens"},
		Total:      []string{"total_tokens"},
	},
	Errors: openAIErrors,
}

// raw makes the endpoints of paths, with the API's root before them and without. Requests that name a
// version of Anthropic's API mean its files and batches.
func raw(methods string, paths ...string) (out []Endpoint) {
	for _, path := range paths {
		for _, root := range []string{"/v1", ""} {
			out = append(out, Endpoint{Method: methods, Path: root + "/" + path, Root: root, Service: "raw", Without: "Anthropic-Version"})
		}
	}
	return out
}
