package fault

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// Words are the pieces in which a good answer streams.
var words = []string{"This ", "is ", "the ", "answer ", "to "}

// Text is the text of a good answer to a request with an id.
func Text(id string) string { return strings.Join(words, "") + id }

// Usage of every good answer.
const (
	PromptTokens     = 11
	CompletionTokens = 7
)

// api is the format of an API.
type api struct {
	name      string // of the dialect
	errorName string // of events that are errors
	read      func(r *http.Request, body []byte) (model string, stream bool)
	document  func(text, model string) string
	events    func(text, model string) []string
	failure   func(status int) string
}

// apiOf tells by its end which API a path belongs to.
func apiOf(path string) *api {
	switch {
	case strings.HasSuffix(path, "/messages"):
		return &anthropic
	case strings.Contains(path, "enerateContent"):
		return &gemini
	}
	return &openai
}

// frame is a server-sent event.
func frame(name, data string) string {
	if name != "" {
		name = "event: " + name + "\n"
	}
	return name + "data: " + data + "\n\n"
}

// members reads a request that names its model and whether it streams.
func members(_ *http.Request, body []byte) (string, bool) {
	var doc struct {
		Model  string
		Stream bool
	}
	_ = json.Unmarshal(body, &doc) // a request that is no JSON has neither
	return doc.Model, doc.Stream
}

func quote(s string) string {
	out, _ := json.Marshal(s) // a string always can
	return string(out)
}

// pieces are the deltas of a text.
func pieces(text string) []string { return strings.SplitAfter(text, " ") }

// openai sends usage whether it was asked for or not, as many servers do.
var openai = api{
	name: "openai.chat",
	read: members,
	document: func(text, model string) string {
		return `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":` + quote(model) + `,"choices":[{"index":0,"message":{"role":"assistant","content":` +
			quote(text) + `},"finish_reason":"stop"}],"usage":` + openaiUsage + `}`
	},
	events: func(text, model string) []string {
		chunk := func(rest string) string {
			return frame("", `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":`+quote(model)+`,`+rest+`}`)
		}
		out := []string{chunk(`"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]`)}
		for _, p := range pieces(text) {
			out = append(out, chunk(`"choices":[{"index":0,"delta":{"content":`+quote(p)+`},"finish_reason":null}]`))
		}
		return append(out, chunk(`"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]`), chunk(`"choices":[],"usage":`+openaiUsage), frame("", "[DONE]"))
	},
	failure: func(status int) string {
		kind, code := "server_error", "null"
		switch status {
		case http.StatusTooManyRequests:
			kind, code = "requests", `"rate_limit_exceeded"`
		case http.StatusUnauthorized:
			kind, code = "invalid_request_error", `"invalid_api_key"`
		case http.StatusBadRequest, http.StatusNotFound:
			kind = "invalid_request_error"
		}
		return `{"error":{"message":"injected","type":"` + kind + `","param":null,"code":` + code + `}}`
	},
}

var openaiUsage = `{"prompt_tokens":` + strconv.Itoa(PromptTokens) + `,"completion_tokens":` + strconv.Itoa(CompletionTokens) + `,"total_tokens":` + strconv.Itoa(PromptTokens+CompletionTokens) + `}`

var anthropic = api{
	name:      "anthropic.messages",
	errorName: "error",
	read:      members,
	document: func(text, model string) string {
		return `{"id":"msg_1","type":"message","role":"assistant","model":` + quote(model) + `,"content":[{"type":"text","text":` + quote(text) +
			`}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":` + strconv.Itoa(PromptTokens) + `,"output_tokens":` + strconv.Itoa(CompletionTokens) + `}}`
	},
	events: func(text, model string) []string {
		event := func(name, rest string) string { return frame(name, `{"type":"`+name+`"`+rest+`}`) }
		out := []string{
			event("message_start", `,"message":{"id":"msg_1","type":"message","role":"assistant","model":`+quote(model)+
				`,"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":`+strconv.Itoa(PromptTokens)+`,"output_tokens":1}}`),
			event("content_block_start", `,"index":0,"content_block":{"type":"text","text":""}`),
		}
		for _, p := range pieces(text) {
			out = append(out, event("content_block_delta", `,"index":0,"delta":{"type":"text_delta","text":`+quote(p)+`}`))
		}
		return append(out, event("content_block_stop", `,"index":0`),
			event("message_delta", `,"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":`+strconv.Itoa(CompletionTokens)+`}`),
			event("message_stop", ""))
	},
	failure: func(status int) string {
		kind, known := map[int]string{
			400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error",
			503: "overloaded_error", 529: "overloaded_error",
		}[status]
		if !known {
			kind = "api_error"
		}
		return `{"type":"error","error":{"type":"` + kind + `","message":"injected"},"request_id":null}`
	},
}

var gemini = api{
	name: "gemini.generate",
	read: func(r *http.Request, _ []byte) (string, bool) {
		model, method, _ := strings.Cut(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], ":")
		return model, strings.HasPrefix(method, "stream")
	},
	document: func(text, model string) string {
		return `{"candidates":[{"content":{"role":"model","parts":[{"text":` + quote(text) + `}]},"finishReason":"STOP","index":0}],"usageMetadata":` + geminiUsage + `,"modelVersion":` + quote(model) + `}`
	},
	events: func(text, model string) (out []string) {
		for _, p := range pieces(text) {
			out = append(out, frame("", `{"candidates":[{"content":{"role":"model","parts":[{"text":`+quote(p)+`}]},"index":0}],"modelVersion":`+quote(model)+`}`))
		}
		return append(out, frame("", `{"candidates":[{"content":{"role":"model","parts":[{"text":""}]},"finishReason":"STOP","index":0}],"usageMetadata":`+geminiUsage+`,"modelVersion":`+quote(model)+`}`))
	},
	failure: func(status int) string {
		name, known := map[int]string{
			400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
		}[status]
		if !known {
			name = "INTERNAL"
		}
		return `{"error":{"code":` + strconv.Itoa(status) + `,"message":"injected","status":"` + name + `"}}`
	},
}

var geminiUsage = `{"promptTokenCount":` + strconv.Itoa(PromptTokens) + `,"candidatesTokenCount":` + strconv.Itoa(CompletionTokens) + `,"totalTokenCount":` + strconv.Itoa(PromptTokens+CompletionTokens) + `}`
