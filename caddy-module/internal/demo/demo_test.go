package demo

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	chat       = "/v1/chat/completions"
	generate   = "/v1beta/models/demo:generateContent"
	streamed   = "/v1beta/models/demo:streamGenerateContent?alt=sse"
	openAITool = `"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}},{"type":"function","function":{"name":"get_time","parameters":{"type":"object","properties":{}}}}]`
	geminiTool = `"tools":[{"functionDeclarations":[{"name":"get_weather","parametersJsonSchema":{"type":"object","properties":{"city":{"type":"STRING"},"days":{"type":"INTEGER"},"now":{"type":"BOOLEAN"},"list":{"type":"ARRAY"},"more":{"type":"OBJECT"}}}},{"name":"get_time","parameters":{"type":"OBJECT"}}]}]`
)

// post asks a demo server and gives status, content type and body.
func post(t *testing.T, s *Server, path, body string) (int, string, string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader(body)))
	return w.Code, w.Header().Get("Content-Type"), w.Body.String()
}

// compact is JSON with sorted keys and without white space.
func compact(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhole(t *testing.T) {
	openAI := func(message, finish string, prompt, output string, total string) string {
		return `{"choices":[{"finish_reason":"` + finish + `","index":0,"message":` + message + `}],"created":1700000000,"id":"chatcmpl-demo","model":"demo","object":"chat.completion","usage":{"completion_tokens":` + output + `,"prompt_tokens":` + prompt + `,"total_tokens":` + total + `}}`
	}
	gemini := func(parts, finish string, prompt, output, total string) string {
		return `{"candidates":[{"content":{"parts":` + parts + `,"role":"model"},"finishReason":"` + finish + `","index":0}],"modelVersion":"demo","responseId":"demo","usageMetadata":{"candidatesTokenCount":` + output + `,"promptTokenCount":` + prompt + `,"totalTokenCount":` + total + `}}`
	}
	tests := []struct{ name, path, body, want string }{
		{"openai", chat, `{"model":"demo","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hello there"}]}`,
			openAI(`{"content":"You said: hello there","role":"assistant"}`, "stop", "5", "4", "9")},
		{"openai, parts", chat, `{"model":"demo","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:,"}},{"type":"text","text":"b"}]}]}`,
			openAI(`{"content":"I see 1 image (0 bytes). You said: ab","role":"assistant"}`, "stop", "1", "9", "10")},
		{"openai, cut off", chat, `{"model":"demo","max_completion_tokens":2,"messages":[{"role":"user","content":"hello there"}]}`,
			openAI(`{"content":"You said: ","role":"assistant"}`, "length", "3", "2", "5")},
		{"openai, named tool", chat, `{"model":"demo","messages":[{"role":"user","content":"get_weather in Oslo"}],` + openAITool + `}`,
			openAI(`{"content":null,"role":"assistant","tool_calls":[{"function":{"arguments":"{\"city\":\"get_weather in Oslo\"}","name":"get_weather"},"id":"call_demo_0","type":"function"}]}`, "tool_calls", "5", "8", "13")},
		{"openai, two tools", chat, `{"model":"demo","messages":[{"role":"user","content":"get_time and get_weather"}],` + openAITool + `}`,
			openAI(`{"content":null,"role":"assistant","tool_calls":[{"function":{"arguments":"{\"city\":\"get_time and get_weather\"}","name":"get_weather"},"id":"call_demo_0","type":"function"},{"function":{"arguments":"{}","name":"get_time"},"id":"call_demo_1","type":"function"}]}`, "tool_calls", "6", "16", "22")},
		{"openai, demanded tool", chat, `{"model":"demo","tool_choice":"required","messages":[{"role":"user","content":"hi"}],` + openAITool + `}`,
			openAI(`{"content":null,"role":"assistant","tool_calls":[{"function":{"arguments":"{\"city\":\"hi\"}","name":"get_weather"},"id":"call_demo_0","type":"function"}]}`, "tool_calls", "1", "8", "9")},
		{"openai, forbidden tools", chat, `{"model":"demo","tool_choice":"none","messages":[{"role":"user","content":"get_time"}],` + openAITool + `}`,
			openAI(`{"content":"You said: get_time","role":"assistant"}`, "stop", "2", "3", "5")},
		{"openai, tool result", chat, `{"model":"demo","messages":[{"role":"user","content":"get_time"},{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"get_time","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"noon"}],` + openAITool + `}`,
			openAI(`{"content":"The tool said: noon","role":"assistant"}`, "stop", "3", "4", "7")},
		{"gemini", generate, `{"systemInstruction":{"parts":[{"text":"be brief"}]},"contents":[{"role":"user","parts":[{"text":"hello "},{"text":"there"}]}]}`,
			gemini(`[{"text":"You said: hello there"}]`, "STOP", "5", "4", "9")},
		{"gemini, cut off", generate, `{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"maxOutputTokens":1}}`,
			gemini(`[{"text":"You "}]`, "MAX_TOKENS", "1", "1", "2")},
		{"gemini, named tool", generate, `{"contents":[{"parts":[{"text":"get_weather"}]}],` + geminiTool + `}`,
			gemini(`[{"functionCall":{"args":{"city":"get_weather","days":1,"list":[],"more":{},"now":true},"name":"get_weather"}}]`, "STOP", "3", "8", "11")},
		{"gemini, forbidden tools", generate, `{"contents":[{"parts":[{"text":"get_time"}]}],"toolConfig":{"functionCallingConfig":{"mode":"NONE"}},` + geminiTool + `}`,
			gemini(`[{"text":"You said: get_time"}]`, "STOP", "2", "3", "5")},
		{"gemini, tool result", generate, `{"contents":[{"role":"user","parts":[{"text":"get_time"}]},{"role":"model","parts":[{"functionCall":{"name":"get_time"}}]},{"role":"user","parts":[{"functionResponse":{"name":"get_time","response":{"output":"noon"}}}]}],` + geminiTool + `}`,
			gemini(`[{"text":"The tool said: noon"}]`, "STOP", "3", "4", "7")},
		{"gemini, structured result", generate, `{"contents":[{"parts":[{"text":"hi"}]},{"role":"model","parts":[{"functionCall":{"name":"f"}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"t":12}}}]}]}`,
			gemini(`[{"text":"The tool said: {\"t\":12}"}]`, "STOP", "3", "4", "7")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, contentType, body := post(t, new(Server), tt.path, tt.body)
			if status != 200 || contentType != "application/json" {
				t.Fatalf("%d %s: %s", status, contentType, body)
			}
			if diff := cmp.Diff(tt.want, compact(t, body)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestStream(t *testing.T) {
	chunk := func(choices string) string {
		return `data: {"choices":[` + choices + `],"created":1700000000,"id":"chatcmpl-demo","model":"demo","object":"chat.completion.chunk"}` + "\n\n"
	}
	delta := func(d, finish string) string {
		return chunk(`{"delta":` + d + `,"finish_reason":` + finish + `,"index":0}`)
	}
	counted := func(event, usage string) string {
		return strings.Replace(event, `chunk"}`, `chunk","usage":`+usage+`}`, 1)
	}
	gemini := func(parts, rest string) string {
		candidate, usage, _ := strings.Cut(rest, "|")
		return `data: {"candidates":[{"content":{"parts":` + parts + `,"role":"model"}` + candidate + `,"index":0}],"modelVersion":"demo","responseId":"demo"` + usage + "}\r\n\r\n"
	}
	tests := []struct{ name, path, body, want string }{
		{"openai", chat, `{"model":"demo","stream":true,"messages":[{"role":"user","content":"hi"}]}`,
			delta(`{"content":"","role":"assistant"}`, "null") + delta(`{"content":"You "}`, "null") + delta(`{"content":"said: "}`, "null") + delta(`{"content":"hi"}`, "null") + delta(`{}`, `"stop"`) + "data: [DONE]\n\n"},
		{"openai with usage", chat, `{"model":"demo","stream":true,"stream_options":{"include_usage":true},"max_tokens":1,"messages":[{"role":"user","content":"hi"}]}`,
			counted(delta(`{"content":"","role":"assistant"}`, "null"), "null") + counted(delta(`{"content":"You "}`, "null"), "null") + counted(delta(`{}`, `"length"`), "null") +
				counted(chunk(""), `{"completion_tokens":1,"prompt_tokens":1,"total_tokens":2}`) + "data: [DONE]\n\n"},
		{"openai, tool", chat, `{"model":"demo","stream":true,"messages":[{"role":"user","content":"get_time"}],` + openAITool + `}`,
			delta(`{"content":"","role":"assistant"}`, "null") + delta(`{"tool_calls":[{"function":{"arguments":"","name":"get_time"},"id":"call_demo_0","index":0,"type":"function"}]}`, "null") +
				delta(`{"tool_calls":[{"function":{"arguments":"{}"},"index":0}]}`, "null") + delta(`{}`, `"tool_calls"`) + "data: [DONE]\n\n"},
		{"gemini", streamed, `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`,
			gemini(`[{"text":"You "}]`, `|,"usageMetadata":{"candidatesTokenCount":1,"promptTokenCount":1,"totalTokenCount":2}`) + gemini(`[{"text":"said: "}]`, `|,"usageMetadata":{"candidatesTokenCount":2,"promptTokenCount":1,"totalTokenCount":3}`) + gemini(`[{"text":"hi"}]`, `,"finishReason":"STOP"|,"usageMetadata":{"candidatesTokenCount":3,"promptTokenCount":1,"totalTokenCount":4}`)},
		{"gemini, tools", streamed, `{"contents":[{"role":"user","parts":[{"text":"get_time, get_weather"}]}],"tools":[{"functionDeclarations":[{"name":"get_time"},{"name":"get_weather"}]}]}`,
			gemini(`[{"functionCall":{"args":{},"name":"get_time"}}]`, `|,"usageMetadata":{"candidatesTokenCount":15,"promptTokenCount":6,"totalTokenCount":21}`) + gemini(`[{"functionCall":{"args":{},"name":"get_weather"}}]`, `,"finishReason":"STOP"|,"usageMetadata":{"candidatesTokenCount":16,"promptTokenCount":6,"totalTokenCount":22}`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, contentType, body := post(t, new(Server), tt.path, tt.body)
			if status != 200 || contentType != "text/event-stream" {
				t.Fatalf("%d %s: %s", status, contentType, body)
			}
			if diff := cmp.Diff(strings.Split(tt.want, "\n"), strings.Split(body, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	const openAIAsk, geminiAsk = `{"model":"demo-error-%","messages":[{"role":"user","content":"hi"}]}`, `{"contents":[{"parts":[{"text":"hi"}]}]}`
	tests := []struct {
		name, path, body string
		status           int
		want             string // a part of the body
	}{
		{"openai 400", chat, strings.Replace(openAIAsk, "%", "400", 1), 400, `"type":"invalid_request_error"`},
		{"openai 401", chat, strings.Replace(openAIAsk, "%", "401", 1), 401, `"type":"authentication_error"`},
		{"openai 429", chat, strings.Replace(openAIAsk, "%", "429", 1), 429, `"type":"rate_limit_error"`},
		{"openai 500", chat, strings.Replace(openAIAsk, "%", "500", 1), 500, `"type":"server_error"`},
		{"openai, no status", chat, strings.Replace(openAIAsk, "%", "200", 1), 200, `You said`},
		{"openai, no JSON", chat, `{`, 400, `"type":"invalid_request_error"`},
		{"openai, not a request", chat, `{"model":1}`, 400, `the body is no chat request`},
		{"gemini 400", "/v1beta/models/demo-error-400:generateContent", geminiAsk, 400, `"status":"INVALID_ARGUMENT"`},
		{"gemini 401", "/v1beta/models/demo-error-401:generateContent", geminiAsk, 401, `"status":"UNAUTHENTICATED"`},
		{"gemini 404", "/v1beta/models/demo-error-404:streamGenerateContent", geminiAsk, 404, `"status":"NOT_FOUND"`},
		{"gemini 429", "/v1beta/models/demo-error-429:generateContent", geminiAsk, 429, `"retryDelay":"7s"`},
		{"gemini 500", "/v1beta/models/demo-error-500:generateContent", geminiAsk, 500, `"status":"INTERNAL"`},
		{"gemini 503", "/v1beta/models/demo-error-503:generateContent", geminiAsk, 503, `"status":"UNAVAILABLE"`},
		{"gemini, unknown field", generate, `{"contents":[],"messages":[]}`, 400, `Unknown name \"messages\": Cannot find field.`},
		{"gemini, no contents", generate, `{"generationConfig":{}}`, 400, `contents is not specified`},
		{"gemini, wrong kind", generate, `{"contents":{}}`, 400, `Invalid value`},
		{"gemini, no JSON", generate, `nothing`, 400, `Invalid JSON payload received.`},
		{"gemini, unknown action", "/v1beta/models/demo:predict", geminiAsk, 404, `predict`},
		{"elsewhere", "/v1/batches", `{}`, 404, "not found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, _, body := post(t, new(Server), tt.path, tt.body)
			if status != tt.status || !strings.Contains(body, tt.want) {
				t.Errorf("got %d %s, want %d with %s", status, body, tt.status, tt.want)
			}
		})
	}
	w := httptest.NewRecorder()
	new(Server).ServeHTTP(w, httptest.NewRequest(http.MethodDelete, chat, nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", w.Code)
	}
}

// TestBreaks: over real HTTP the client sees a stream that ends in the middle.
func TestBreaks(t *testing.T) {
	server := httptest.NewServer(new(Server))
	defer server.Close()
	for dialect := range dialects {
		r := request(dialect, "demo-breaks", "one two three", true)
		asked, _ := http.NewRequest(http.MethodPost, server.URL+r.URL.String(), r.Body)
		asked.Header = r.Header
		resp, err := http.DefaultClient.Do(asked)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil || !strings.Contains(string(got), "said: ") || strings.Contains(string(got), "three") {
			t.Errorf("%s: error %v, body %s", dialect, err, got)
		}
	}
}

func TestLast(t *testing.T) {
	s := new(Server)
	if s.Last() != nil {
		t.Error("there is a last request before the first")
	}
	for _, body := range []string{`{"model":"demo","messages":[]}`, `not even JSON`} {
		post(t, s, chat, body)
		if got := string(s.Last()); got != body {
			t.Errorf("last %s, want %s", got, body)
		}
	}
}

// TestDelay: a client that goes away ends a slow stream at once.
func TestDelay(t *testing.T) {
	done := make(chan struct{})
	slow := &Server{Delay: time.Hour}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		slow.ServeHTTP(w, r)
	}))
	defer server.Close()
	resp, err := http.Post(server.URL+chat, "application/json", strings.NewReader(`{"model":"demo","stream":true,"messages":[{"role":"user","content":"hi"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 16)
	if _, err := io.ReadFull(resp.Body, first); err != nil || !strings.HasPrefix(string(first), "data: ") {
		t.Errorf("%q, %v", first, err)
	}
	resp.Body.Close()
	<-done
}
