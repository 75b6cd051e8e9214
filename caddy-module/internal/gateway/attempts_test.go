package gateway

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

const (
	ask       = `{"model":"m","messages":[{"role":"user","content":"hi"}]}`
	askStream = `{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`
	chatPath  = "/v1/chat/completions"
	said      = `{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`
)

func delta(text string) string {
	return `data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"` + text + `"},"finish_reason":null}]}` + "\n\n"
}

const stop = `data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n"

// broken is a body that ends in an error.
type broken struct{ io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = errors.New("connection reset by peer at 10.0.0.7")
	}
	return n, err
}

// TestFallThrough: a candidate that fails before the first event costs the client nothing.
func TestFallThrough(t *testing.T) {
	good := func(int, *http.Request, string) *http.Response {
		return streamed(delta("second"), stop, "data: [DONE]\n\n")
	}
	for _, tc := range []struct {
		name    string
		first   func(*http.Request) (*http.Response, error)
		status  int
		attempt string // error noted for the first candidate
		content string
		unread  bool // an answer that nobody reads passes as it is, see TestPassThrough
	}{
		{"refused connection", func(*http.Request) (*http.Response, error) { return nil, errors.New("dial tcp 10.0.0.7:443: refused") }, 200, "upstream_unreachable", "second", false},
		{"500", status(500, `{"error":{"message":"boom","type":"server_error"}}`), 200, "server_error", "second", false},
		{"429", status(429, `{"error":{"message":"slow","type":"rate_limit_error","code":"rate_limit_exceeded"}}`), 200, "rate_limit_exceeded", "second", false},
		{"401", status(401, `{"error":{"message":"bad key","code":"invalid_api_key"}}`), 200, "upstream_auth", "second", false},
		{"400 is the client's", status(400, `{"error":{"message":"bad","type":"invalid_request_error","code":"bad_value","param":"messages"}}`), 400, "bad_value", "bad", false},
		{"empty stream", events(""), 200, "upstream_broken", "second", false},
		{"comments only", events(": hello\n\n"), 200, "upstream_broken", "second", false},
		{"error event first", events("data: {\"error\":{\"message\":\"overloaded\",\"code\":\"overloaded\"}}\n\n"), 200, "overloaded", "second", false},
		{"no JSON first", events("data: <html>\n\n"), 200, "upstream_broken", "second", false},
		{"breaks after the first event", events(delta("first")), 200, "upstream_broken", "first", true},
	} {
		chains := [][]string{{"redact"}}
		if !tc.unread {
			chains = append(chains, nil)
		}
		for _, plugins := range chains {
			name := tc.name + strings.Join(append([]string{""}, plugins...), "/")
			t.Run(name, func(t *testing.T) {
				second := &upstream{answer: good}
				g, accounts := gatewayOf(t, upstreamOf(t, "one", "openai.chat", roundTrip(tc.first)))
				r := g.Routes[0]
				for _, p := range plugins {
					r.Plugins = append(r.Plugins, named(t, p, ""))
				}
				r.Candidates = append(r.Candidates, candidate(t, upstreamOf(t, "two", "openai.chat", second)))
				w := post(g, chatPath, askStream)
				if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.content) {
					t.Fatalf("client got %d %s", w.Code, w.Body)
				}
				if strings.Contains(w.Body.String(), "10.0.0.7") {
					t.Error("the client was told an address of the inside")
				}
				account := (*accounts)[0]
				if got := account.Attempts[0].Error; got != tc.attempt {
					t.Errorf("first attempt's error = %q, want %q", got, tc.attempt)
				}
				if tc.content == "second" {
					if p := w.Header().Get("X-Longmen-Provider"); p != "two" || account.Provider != "two" || account.Outcome != usage.OK {
						t.Errorf("provider %q, account %+v", p, account)
					}
					if !strings.Contains(second.asked[0], `"content":"hi"`) {
						t.Errorf("the second candidate was asked %s", second.asked[0])
					}
				}
			})
		}
	}
}

// TestWarningsOfFailedAttempts: what one candidate cannot carry is said only if that candidate answers.
func TestWarningsOfFailedAttempts(t *testing.T) {
	lossy := strings.Replace(ask, "{", `{"logit_bias":{"5":1},`, 1)
	gemini := roundTrip(status(500, `{"error":{"code":500,"message":"boom","status":"INTERNAL"}}`))
	g, _ := gatewayOf(t, upstreamOf(t, "one", "gemini.generate", gemini))
	w := post(g, chatPath, lossy)
	if len(w.Header()["X-Gateway-Warning"]) != 0 || w.Code != 500 {
		t.Errorf("%d with warnings %q", w.Code, w.Header()["X-Gateway-Warning"])
	}
	native := upstreamOf(t, "two", "openai.chat", &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(said) }})
	g.Routes[0].Candidates = append(g.Routes[0].Candidates, candidate(t, native))
	if w := post(g, chatPath, lossy); len(w.Header()["X-Gateway-Warning"]) != 0 || w.Code != 200 {
		t.Errorf("%d with warnings %q", w.Code, w.Header()["X-Gateway-Warning"])
	}
	answer := `{"candidates":[{"content":{"role":"model","parts":[{"text":"hi"}]},"finishReason":"STOP","index":0}]}`
	g, _ = gatewayOf(t, upstreamOf(t, "one", "gemini.generate", &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(answer) }}))
	if w := post(g, chatPath, lossy); len(w.Header()["X-Gateway-Warning"]) != 1 || !strings.HasPrefix(w.Header().Get("X-Gateway-Warning"), "logit_bias: ") {
		t.Errorf("%d with warnings %q", w.Code, w.Header()["X-Gateway-Warning"])
	}
	g.Routes[0].Strict = true
	if w := post(g, chatPath, lossy); w.Code != 400 || !strings.Contains(w.Body.String(), `"param":"logit_bias"`) {
		t.Errorf("strict: %d %s", w.Code, w.Body)
	}
}

func status(code int, body string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		return answered(code, "application/json", strings.NewReader(body)), nil
	}
}

func events(frames string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return streamed(frames), nil }
}

// TestBrokenStream: after the first event an error is the stream's last event, what was held comes
// before it, and no end marker follows.
func TestBrokenStream(t *testing.T) {
	for _, tc := range []struct {
		name, frames, outcome string
		breaks                bool
	}{
		{"connection breaks", delta("Hello <EMA"), "upstream_error", true},
		{"ends without finish", delta("Hello <EMA"), "upstream_error", false},
		{"error event", delta("Hello <EMA") + "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n", "upstream_error", false},
		{"no JSON", delta("Hello <EMA") + "data: oops\n\n", "upstream_error", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := roundTrip(func(*http.Request) (*http.Response, error) {
				var body io.Reader = strings.NewReader(tc.frames)
				if tc.breaks {
					body = broken{body}
				}
				return answered(200, "text/event-stream", body), nil
			})
			g, accounts := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u), named(t, "redact", ""))
			// An address in the prompt makes a placeholder, so that its prefix is worth holding.
			w := post(g, chatPath, strings.Replace(askStream, "hi", mail, 1))
			body := w.Body.String()
			text, failed := strings.Index(body, "<EMA"), strings.Index(body, `"error"`)
			if text < 0 || failed < text {
				t.Errorf("client got %s", body)
			}
			if strings.Contains(body, "[DONE]") || strings.Contains(body, `"finish_reason":"stop"`) || strings.Contains(body, "10.0.0.7") {
				t.Errorf("client got %s", body)
			}
			if got := (*accounts)[0].Outcome; string(got) != tc.outcome {
				t.Errorf("outcome = %s, want %s", got, tc.outcome)
			}
		})
	}
}

// TestGeminiEndsWithoutFinish: a Gemini stream that ends without a finish reason is not complete.
func TestGeminiEndsWithoutFinish(t *testing.T) {
	u := roundTrip(events(`data: {"candidates":[{"content":{"role":"model","parts":[{"text":"half"}]},"index":0}]}` + "\r\n\r\n"))
	g, _ := gatewayOf(t, upstreamOf(t, "one", "gemini.generate", u))
	body := post(g, chatPath, askStream).Body.String()
	if !strings.Contains(body, "half") || !strings.Contains(body, `"error"`) || strings.Contains(body, "[DONE]") {
		t.Errorf("client got %s", body)
	}
}
