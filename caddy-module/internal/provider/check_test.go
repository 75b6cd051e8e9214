package provider

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

// upstream is a transport that answers what it is told.
type upstream func(*http.Request) (*http.Response, error)

func (u upstream) RoundTrip(r *http.Request) (*http.Response, error) { return u(r) }

func answer(status int, h http.Header) *http.Response {
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader("{}"))}
}

// TestCheckRequest: what is sent to find out how an endpoint is.
func TestCheckRequest(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    Config
		by   Check
		want string
	}{
		{"path", Config{Name: "vllm", Keys: []string{"key"}}, Check{Path: "/health?deep=1"}, "GET http://127.0.0.1:8000/health?deep=1 Bearer key "},
		{"openai", Config{Name: "openai", Keys: []string{"key"}}, Check{Model: `gpt"5`}, `POST https://api.openai.com/v1/chat/completions Bearer key {"model":"gpt\"5","messages":[{"role":"user","content":"ping"}],"max_completion_tokens":16}`},
		{"older openai", Config{Name: "deepseek", Keys: []string{"key"}}, Check{Model: "m"}, `POST https://api.deepseek.com/v1/chat/completions Bearer key {"model":"m","messages":[{"role":"user","content":"ping"}],"max_tokens":16}`},
		{"gemini", Config{Name: "gemini", Keys: []string{"key"}}, Check{Model: "m"}, `POST https://generativelanguage.googleapis.com/v1beta/models/m:generateContent  {"contents":[{"role":"user","parts":[{"text":"ping"}]}],"generationConfig":{"maxOutputTokens":1}}`},
		{"endpoint's model", Config{Name: "openai", Keys: []string{"key"}, Endpoints: []EndpointConfig{{Name: "a", BaseURL: "https://a.example", Model: "own"}}}, Check{Model: "m"}, `POST https://a.example/v1/chat/completions Bearer key {"model":"own","messages":[{"role":"user","content":"ping"}],"max_completion_tokens":16}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			tt.c.Transport = upstream(func(r *http.Request) (*http.Response, error) {
				body, err := io.ReadAll(r.Body)
				got = r.Method + " " + r.URL.String() + " " + r.Header.Get("Authorization") + " " + string(body)
				return answer(200, nil), err
			})
			p := newProvider(t, tt.c)
			if err := p.CanCheck(tt.by); err != nil {
				t.Fatal(err)
			}
			p.Check(t.Context(), p.Endpoints[0], tt.by)
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestCanCheck(t *testing.T) {
	for _, tt := range []struct {
		by   Check
		want string
	}{
		{Check{}, "expected either path or model"},
		{Check{Path: "/health", Model: "m"}, "expected either path or model"},
		{Check{Path: "health"}, "path does not begin with one slash, expected one such as /health"},
		{Check{Path: "//other.example/health"}, "path does not begin with one slash, expected one such as /health"},
		{Check{Path: "/%zz"}, "path is none, expected one such as /health"},
	} {
		if err := newProvider(t, Config{Name: "openai"}).CanCheck(tt.by); err == nil || err.Error() != tt.want {
			t.Errorf("%+v: got %v, want %s", tt.by, err, tt.want)
		}
	}
	p := newProvider(t, Config{Name: "x", BaseURL: "https://x.example", Dialects: []string{"ollama.generate"}})
	if err := p.CanCheck(Check{Model: "m"}); err == nil || err.Error() != "no model is asked in ollama.generate, expected path" {
		t.Errorf("got %v", err)
	}
}

// TestCheckBreaker: checks break an endpoint that does not answer and mend one that does, by what a refusal says of the server.
func TestCheckBreaker(t *testing.T) {
	at := &clock{time.Unix(1000, 0)}
	var resp *http.Response
	c := spread()
	c.Now = at.now
	c.Transport = upstream(func(*http.Request) (*http.Response, error) {
		if resp == nil {
			return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
		}
		return resp, nil
	})
	p := newProvider(t, c)
	us, by := p.Endpoints[0], Check{Model: "m"}
	step := func(what string, n int, r *http.Response, by Check, want pool.Phase) {
		t.Helper()
		resp = r
		for range n {
			p.Check(t.Context(), us, by)
		}
		if got := p.Status()[0].Breaker; got != want {
			t.Errorf("%s: the breaker is %s, want %s", what, got, want)
		}
	}
	step("few failures", 4, nil, by, pool.Closed)
	step("many", 1, nil, by, pool.Open)
	step("long before a trial", 3, nil, by, pool.Open)
	step("an answer before a trial", 1, answer(200, nil), by, pool.Closed)
	step("failures of a path", 5, answer(404, nil), Check{Path: "/health"}, pool.Open)
	step("refused", 1, answer(400, nil), by, pool.Closed)
	step("overloaded", 5, answer(503, nil), by, pool.Open)
	step("limited", 1, answer(429, http.Header{"Retry-After": {"9"}}), by, pool.Closed)
	if s := p.Status()[0]; s.Lanes[0].Ready || s.Lanes[0].Reason != failure.RateLimit || s.InFlight != 0 || !s.Lanes[1].Ready {
		t.Errorf("status %+v", s)
	}
}

func TestOutcomes(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, tt := range []struct {
		name string
		err  error
		want failure.Class
	}{
		{"dial", &net.OpError{Op: "dial", Err: context.DeadlineExceeded}, failure.Connect},
		{"broken", io.ErrUnexpectedEOF, failure.Connect},
		{"header", &net.OpError{Op: "read", Err: timeout{}}, failure.Timeout},
		{"deadline", context.DeadlineExceeded, failure.Timeout},
		{"client", context.Canceled, failure.Canceled},
	} {
		if got := Unanswered(tt.err, now); got.Class != tt.want || got.Now != now.UnixNano() {
			t.Errorf("%s: got %+v, want %s", tt.name, got, tt.want)
		}
	}
	owned, foreign := &Lane{secret: "key"}, &Lane{}
	for _, tt := range []struct {
		lane  *Lane
		e     dialect.Error
		h     http.Header
		class failure.Class
		wait  time.Duration
	}{
		{owned, dialect.Error{Status: 429}, http.Header{"Retry-After": {"7"}}, failure.RateLimit, 7 * time.Second},
		{owned, dialect.Error{Status: 429, RetryAfter: 300 * time.Millisecond}, http.Header{"Retry-After": {"7"}}, failure.RateLimit, 300 * time.Millisecond},
		{owned, dialect.Error{Status: 401}, nil, failure.Credential, 0},
		{foreign, dialect.Error{Status: 401}, nil, failure.BadRequest, 0},
	} {
		if got := tt.lane.Refused(&tt.e, tt.h, now); got.Class != tt.class || got.Wait != tt.wait {
			t.Errorf("%d: got %+v, want %s, %v", tt.e.Status, got, tt.class, tt.wait)
		}
	}
}

type timeout struct{}

func (timeout) Error() string   { return "too slow" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }
