package dialect

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/sdk/document"
)

func TestParseError(t *testing.T) {
	silent := func(status string) string {
		return "the upstream answered with status " + status + " and no readable reason"
	}
	for _, tt := range []struct {
		name, dialect string
		status        int
		header        http.Header
		body          string
		want          Error
	}{
		{"openai", "openai.chat", 401, nil, `{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`,
			Error{401, "invalid_request_error", "invalid_api_key", "", "Incorrect API key provided.", 0, ""}},
		{"openai, limit", "openai.chat", 429, http.Header{"Retry-After": {"2"}, "Retry-After-Ms": {"1250"}}, `{"error":{"message":"m","type":"requests","code":"rate_limit_exceeded"}}`,
			Error{429, "requests", "rate_limit_exceeded", "", "m", 1250 * time.Millisecond, ""}},
		{"openai, limit without Retry-After", "openai.chat", 429, http.Header{"X-Ratelimit-Remaining-Tokens": {"0"}, "X-Ratelimit-Reset-Tokens": {"120ms"}}, `{"error":{"message":"m","type":"tokens","code":"rate_limit_exceeded"}}`,
			Error{429, "tokens", "rate_limit_exceeded", "", "m", 120 * time.Millisecond, ""}},
		{"openai, wrong with the last request of the minute", "openai.chat", 400, http.Header{"X-Ratelimit-Remaining-Requests": {"0"}, "X-Ratelimit-Reset-Requests": {"1s"}}, `{"error":{"message":"m"}}`,
			Error{400, "invalid_request_error", "", "", "m", 0, ""}},
		{"openai, param", "openai.chat", 400, nil, `{"error":{"message":"m","type":"invalid_request_error","param":"messages[0]","code":null}}`,
			Error{400, "invalid_request_error", "", "messages[0]", "m", 0, ""}},
		{"openai, text", "openai.chat", 500, nil, `{"error":"boom"}`, Error{500, "server_error", "", "", "boom", 0, ""}},
		{"vllm", "openai.chat", 404, nil, `{"object":"error","message":"no such model","type":"NotFoundError","param":null,"code":404}`,
			Error{404, "NotFoundError", "", "", "no such model", 0, ""}},
		{"fastapi", "openai.chat", 422, nil, `{"detail":[{"loc":["body"],"msg":"field required","type":"missing"}]}`,
			Error{422, "missing", "", "", "field required", 0, ""}},
		{"fastapi, text", "openai.chat", 405, nil, `{"detail":"Method Not Allowed"}`, Error{405, "invalid_request_error", "", "", "Method Not Allowed", 0, ""}},
		{"google behind openai", "openai.chat", 400, nil, `[{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}]`,
			Error{400, "invalid_request_error", "", "", "bad", 0, ""}},
		{"framed", "openai.chat", 400, nil, "data: {\"error\":{\"message\":\"m\",\"type\":\"invalid_request_error\"}}\n\n", Error{400, "invalid_request_error", "", "", "m", 0, ""}},

		{"gemini", "gemini.generate", 400, nil, `{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}`, Error{400, "invalid_request_error", "", "", "bad", 0, ""}},
		{"gemini, wrapped", "gemini.generate", 404, nil, `[{"error":{"code":404,"message":"no model","status":"NOT_FOUND"}}]`, Error{404, "invalid_request_error", "model_not_found", "", "no model", 0, ""}},
		{"gemini, key", "gemini.generate", 400, nil, `{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.Help"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}`,
			Error{401, "authentication_error", "invalid_api_key", "", "API key not valid.", 0, ""}},
		{"gemini, quota", "gemini.generate", 429, nil, `{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"3.957525076s"}]}}`,
			Error{429, "rate_limit_error", "rate_limit_exceeded", "", "quota", 3957525076, ""}},
		{"gemini, delay as object", "gemini.generate", 429, nil, `{"error":{"message":"quota","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":{"seconds":17,"nanos":500000000}}]}}`,
			Error{429, "rate_limit_error", "rate_limit_exceeded", "", "quota", 17500 * time.Millisecond, ""}},
		{"gemini, no name", "gemini.generate", 403, nil, `{"error":{"message":"no"}}`, Error{403, "permission_error", "", "", "no", 0, ""}},
		{"gemini, overloaded", "gemini.generate", 503, nil, `{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}`, Error{503, "server_error", "overloaded", "", "busy", 0, ""}},
		{"gemini, deadline", "gemini.generate", 504, nil, `{"error":{"code":504,"message":"late","status":"DEADLINE_EXCEEDED"}}`, Error{504, "server_error", "timeout", "", "late", 0, ""}},
		{"gemini, unknown name", "gemini.generate", 409, nil, `{"error":{"code":409,"message":"m","status":"ABORTED"}}`, Error{409, "invalid_request_error", "", "", "m", 0, ""}},
		{"no words", "gemini.generate", 500, nil, `{"error":{"code":500,"status":"INTERNAL"}}`, Error{500, "server_error", "", "", silent("500"), 0, ""}},

		{"anthropic", "anthropic.messages", 400, nil, `{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: required"},"request_id":"req_1"}`,
			Error{400, "invalid_request_error", "", "", "max_tokens: required", 0, ""}},
		{"anthropic, overloaded", "anthropic.messages", 529, nil, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":null}`,
			Error{503, "server_error", "overloaded", "", "Overloaded", 0, ""}},
		{"anthropic, overloaded without words", "anthropic.count", 529, nil, ``, Error{503, "server_error", "", "", silent("503"), 0, ""}},
		{"anthropic, too long", "anthropic.messages", 400, nil, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 208310 tokens > 200000 maximum"},"request_id":null}`,
			Error{400, "invalid_request_error", "context_length_exceeded", "", "prompt is too long: 208310 tokens > 200000 maximum", 0, ""}},
		{"anthropic, model", "anthropic.messages", 404, nil, `{"type":"error","error":{"type":"not_found_error","message":"model: x"},"request_id":null}`,
			Error{404, "invalid_request_error", "model_not_found", "", "model: x", 0, ""}},
		{"responses", "openai.responses", 400, nil, `{"error":{"message":"m","type":"invalid_request_error","param":"input[0]","code":"invalid_value"}}`,
			Error{400, "invalid_request_error", "invalid_value", "input[0]", "m", 0, ""}},
		{"ollama", "ollama.chat", 404, nil, `{"error":"model \"x\" not found, try pulling it first"}`, Error{404, "invalid_request_error", "", "", "model \"x\" not found, try pulling it first", 0, ""}},

		{"html", "gemini.generate", 500, nil, `<!DOCTYPE html><html><title>Error 500</title></html>`, Error{502, "server_error", "", "", silent("500"), 0, ""}},
		{"html 404", "openai.chat", 404, nil, `<html>nginx</html>`, Error{502, "server_error", "", "", silent("404"), 0, ""}},
		{"html 413", "openai.chat", 413, nil, `<html>nginx</html>`, Error{413, "invalid_request_error", "", "", silent("413"), 0, ""}},
		{"empty 429", "openai.chat", 429, http.Header{"Retry-After": {"Wed, 21 Oct 2026 07:28:10 GMT"}, "Date": {"Wed, 21 Oct 2026 07:28:00 GMT"}}, ``,
			Error{429, "rate_limit_error", "rate_limit_exceeded", "", silent("429"), 10 * time.Second, ""}},
		{"date without clock", "openai.chat", 503, http.Header{"Retry-After": {"Wed, 21 Oct 2026 07:28:10 GMT"}}, `busy`, Error{503, "server_error", "", "", silent("503"), 0, ""}},
		{"long wait", "openai.chat", 503, http.Header{"Retry-After": {"1e300"}}, ``, Error{503, "server_error", "", "", silent("503"), 24 * time.Hour, ""}},
		{"odd wait", "openai.chat", 503, http.Header{"Retry-After": {"NaN"}}, ``, Error{503, "server_error", "", "", silent("503"), 0, ""}},
		{"empty object", "openai.chat", 400, nil, `{}`, Error{400, "invalid_request_error", "", "", silent("400"), 0, ""}},
		{"scalar", "openai.chat", 400, nil, `"no"`, Error{502, "server_error", "", "", silent("400"), 0, ""}},
		{"no status", "openai.chat", 0, nil, ``, Error{502, "server_error", "", "", "the upstream failed without saying why", 0, ""}},
		{"status of success", "openai.chat", 200, nil, `{"error":{"message":"m"}}`, Error{502, "server_error", "", "", "m", 0, ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, _ := Get(tt.dialect)
			if diff := cmp.Diff(tt.want, *d.ParseError(tt.status, tt.header, []byte(tt.body))); diff != "" {
				t.Errorf("error differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLongMessagesAreCut(t *testing.T) {
	e := Default().ParseError(400, nil, []byte(`{"error":{"message":"`+strings.Repeat("é", maxErrorText)+`","code":"`+strings.Repeat("c", 999)+`"}}`))
	if len(e.Message) > maxErrorText || !strings.HasSuffix(e.Message, "é") || e.Code != "" {
		t.Errorf("kept %d bytes, code of %d", len(e.Message), len(e.Code))
	}
}

func TestEventError(t *testing.T) {
	for _, tt := range []struct {
		name, dialect, doc string
		want               *Error
	}{
		{"none", "openai.chat", `{"choices":[]}`, nil},
		{"null", "openai.chat", `{"error":null,"choices":[]}`, nil},
		{"empty", "openai.chat", `{"error":{},"choices":[]}`, nil},
		{"false", "openai.chat", `{"error":false}`, nil},
		{"openai", "openai.chat", `{"error":{"message":"m","type":"server_error","param":null,"code":null}}`, &Error{500, "server_error", "", "", "m", 0, ""}},
		{"openrouter", "openai.chat", `{"id":"x","error":{"code":429,"message":"slow"},"choices":[{"finish_reason":"error"}]}`, &Error{429, "rate_limit_error", "", "", "slow", 0, ""}},
		{"text", "openai.chat", `{"error":"boom"}`, &Error{502, "server_error", "", "", "boom", 0, ""}},
		{"unknown", "openai.chat", `{"error":{"message":"m","type":"weird"}}`, &Error{502, "weird", "", "", "m", 0, ""}},
		{"gemini", "gemini.generate", `{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}`, &Error{503, "server_error", "overloaded", "", "busy", 0, ""}},
		{"gemini, no code", "gemini.generate", `[{"error":{"message":"busy","status":"RESOURCE_EXHAUSTED"}}]`, &Error{429, "rate_limit_error", "rate_limit_exceeded", "", "busy", 0, ""}},
		{"anthropic", "anthropic.messages", `{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}}`, &Error{503, "server_error", "overloaded", "", "Overloaded", 0, ""}},
		{"anthropic none", "anthropic.messages", `{"type":"content_block_start","index":0,"content_block":{"type":"tool_result","content":{"type":"error"}}}`, nil},
		{"responses, flat", "openai.responses", `{"type":"error","code":"rate_limit_exceeded","message":"slow","param":null,"sequence_number":3}`, &Error{429, "rate_limit_error", "rate_limit_exceeded", "", "slow", 0, ""}},
		{"responses, flat and bare", "openai.responses", `{"type":"error","code":null,"message":"m","param":"p","sequence_number":3}`, &Error{502, "server_error", "", "p", "m", 0, ""}},
		{"responses, nested", "openai.responses", `{"type":"error","sequence_number":2,"error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"long","param":"input"}}`, &Error{400, "invalid_request_error", "context_length_exceeded", "input", "long", 0, ""}},
		{"responses, failed", "openai.responses", `{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"m"}}}`, &Error{502, "server_error", "server_error", "", "m", 0, ""}},
		{"responses none", "openai.responses", `{"type":"response.created","response":{"status":"in_progress","error":null}}`, nil},
		{"ollama", "ollama.chat", `{"error":"an error was encountered while running the model"}`, &Error{502, "server_error", "", "", "an error was encountered while running the model", 0, ""}},
		{"gemini none", "gemini.generate", `{"candidates":[]}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a document.Arena
			d, _ := Get(tt.dialect)
			if diff := cmp.Diff(tt.want, d.EventError(&a, parse(t, &a, tt.doc))); diff != "" {
				t.Errorf("error differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenderError(t *testing.T) {
	limit := &Error{429, "rate_limit_error", "rate_limit_exceeded", "", "slow \"down\"\n\u2028", 1500 * time.Millisecond, ""}
	for _, tt := range []struct {
		name, dialect string
		e             *Error
		status        int
		retry, want   string
	}{
		{"responses", "openai.responses", limit, 429, "2", `{"error":{"message":"slow \"down\"\n\u2028","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}`},
		{"anthropic", "anthropic.messages", limit, 429, "2", `{"type":"error","error":{"type":"rate_limit_error","message":"slow \"down\"\n\u2028"},"request_id":null}`},
		{"gemini has no place for the place", "gemini.generate", &Error{Status: 400, Param: "tools[0].name", Message: "too long"}, 400, "", `{"error":{"code":400,"message":"tools[0].name: too long","status":"INVALID_ARGUMENT"}}`},
		{"a letter is in every message", "gemini.generate", &Error{Status: 400, Param: "n", Message: "only one answer"}, 400, "", `{"error":{"code":400,"message":"n: only one answer","status":"INVALID_ARGUMENT"}}`},
		{"ollama neither, but it is said", "ollama.chat", &Error{Status: 400, Param: "n", Message: "n: only 1"}, 400, "", `{"error":"n: only 1"}`},
		{"anthropic 503", "anthropic.messages", &Error{Status: 503, Message: "m"}, 529, "", `{"type":"error","error":{"type":"overloaded_error","message":"m"},"request_id":null}`},
		{"anthropic 502", "anthropic.messages", &Error{Status: 502, Type: "server_error", Message: "m"}, 502, "", `{"type":"error","error":{"type":"api_error","message":"m"},"request_id":null}`},
		{"anthropic, too long", "anthropic.messages", &Error{Status: 400, Type: "invalid_request_error", Code: "context_length_exceeded", Message: "9 > 8"}, 400, "", `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 > 8"},"request_id":null}`},
		{"anthropic, too long and said so", "anthropic.count", &Error{Status: 400, Code: "context_length_exceeded", Message: "prompt is too long: 9"}, 400, "", `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9"},"request_id":null}`},
		{"ollama", "ollama.chat", limit, 429, "2", `{"error":"slow \"down\"\n\u2028"}`},
		{"openai", "openai.chat", limit, 429, "2", `{"error":{"message":"slow \"down\"\n\u2028","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}`},
		{"openai param", "openai.chat", &Error{Status: 400, Type: "invalid_request_error", Param: "n", Message: "m"}, 400, "", `{"error":{"message":"m","type":"invalid_request_error","param":"n","code":null}}`},
		{"openai, bare", "openai.chat", &Error{}, 502, "", `{"error":{"message":"","type":"server_error","param":null,"code":null}}`},
		{"gemini", "gemini.generate", limit, 429, "2", `{"error":{"code":429,"message":"slow \"down\"\n\u2028","status":"RESOURCE_EXHAUSTED"}}`},
		{"gemini 401", "gemini.generate", &Error{Status: 401, Message: "m"}, 401, "", `{"error":{"code":401,"message":"m","status":"UNAUTHENTICATED"}}`},
		{"gemini 502", "gemini.generate", &Error{Status: 502, Message: "m"}, 502, "", `{"error":{"code":502,"message":"m","status":"UNAVAILABLE"}}`},
		{"gemini 413", "gemini.generate", &Error{Status: 413, Type: "invalid_request_error", Message: "m"}, 413, "", `{"error":{"code":413,"message":"m","status":"INVALID_ARGUMENT"}}`},
		{"gemini 418", "gemini.generate", &Error{Status: 418, Type: "teapot", Message: "m"}, 418, "", `{"error":{"code":418,"message":"m","status":"INVALID_ARGUMENT"}}`},
		{"gemini 529", "gemini.generate", &Error{Status: 529, Type: "x", Message: "m"}, 529, "", `{"error":{"code":529,"message":"m","status":"INTERNAL"}}`},
		{"not UTF-8", "gemini.generate", &Error{Status: 400, Message: "a\xff\x01"}, 400, "", `{"error":{"code":400,"message":"a` + "\ufffd" + `\u0001","status":"INVALID_ARGUMENT"}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, _ := Get(tt.dialect)
			status, header, body := d.RenderError(tt.e)
			if status != tt.status || header.Get("Retry-After") != tt.retry || header.Get("Content-Type") != "application/json" || string(body) != tt.want {
				t.Errorf("got %d %v\n%s\nwant %d %s\n%s", status, header, body, tt.status, tt.retry, tt.want)
			}
			if d.Descriptor().Errors.Event != "" {
				return
			}
			name, data := d.StreamError(tt.e)
			if name != d.Descriptor().Errors.Name || string(data) != tt.want {
				t.Errorf("in a stream: %q %s", name, data)
			}
		})
	}
}

func TestLike(t *testing.T) {
	for pattern, tests := range map[string]map[string]bool{
		"abc":   {"abc": true, "abcd": false, "": false},
		"*":     {"": true, "x": true},
		"a*":    {"a": true, "ab": true, "ba": false},
		"*a":    {"a": true, "ba": true, "ab": false},
		"*ab*":  {"ab": true, "xaby": true, "a b": false},
		"a*b*c": {"abc": true, "a1b2c": true, "acb": false, "abbc": true, "ab": false},
		"a*a":   {"aa": true, "a": false},
	} {
		for text, want := range tests {
			if got := like([]byte(text), pattern); got != want {
				t.Errorf("%q like %q is %t", text, pattern, got)
			}
		}
	}
}

func TestPhrasesAreNotRepeated(t *testing.T) {
	d, _ := Get("anthropic.messages")
	const message = "input length and `max_tokens` exceed context limit: 2 + 1 > 2"
	if _, _, body := d.RenderError(&Error{Status: 400, Code: "context_length_exceeded", Message: message}); !strings.Contains(string(body), `"message":"`+message+`"`) {
		t.Errorf("written as %s", body)
	}
}

// TestErrorsSurviveTranslation renders what was parsed, and parses it again.
func TestErrorsSurviveTranslation(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 429, 500, 503, 504} {
		for _, d := range All() {
			e := &Error{Status: status, Type: TypeOf(status), Message: "m"}
			got, header, body := d.RenderError(e)
			again := d.ParseError(got, header, body)
			if again.Status != status || again.Type != e.Type || again.Message != "m" {
				t.Errorf("%s: %+v became %+v", d.Name, e, again)
			}
		}
	}
}

func TestErrorKeepsQuiet(t *testing.T) {
	e := &Error{Status: 400, Type: "invalid_request_error", Code: "c", Message: "the prompt said hunter2"}
	if got := e.Error(); got != "400 invalid_request_error (c)" {
		t.Errorf("Error() = %q", got)
	}
}
