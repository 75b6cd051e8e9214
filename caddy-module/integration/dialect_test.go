package integration

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// house is a server with a format of its own, that of examples/multi-provider, and takes nothing else.
type house struct {
	*httptest.Server

	mu     sync.Mutex
	asked  []string // documents
	health int      // times that it was asked how it is
	answer func(w http.ResponseWriter, r *http.Request)
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := new(house)
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if r.Header.Get("Authorization") != "Bearer key-of-the-house" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method+" "+r.URL.RequestURI() == "GET /health" && len(body) == 0 {
		h.health++
		return
	}
	var v struct {
		Prompt       string  `json:"prompt"`
		MaxTokens    int     `json:"max_tokens"`
		Temperature  float64 `json:"temperature"`
		SystemPrompt string  `json:"system_prompt"`
	}
	strict := json.NewDecoder(strings.NewReader(string(body)))
	strict.DisallowUnknownFields()
	if err != nil || strict.Decode(&v) != nil || v.Prompt == "" || r.Method+" "+r.URL.RequestURI() != "POST /generate" || r.Header.Get("Accept") != "application/json" {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprintf(w, `{"detail":"%s %s is not what this server takes"}`, r.Method, r.URL)
		return
	}
	h.asked = append(h.asked, string(body))
	w.Header().Set("Content-Type", "application/json")
	h.answer(w, r)
}

// says has it answer with a status, a body and headers, names before values.
func (h *house) says(status int, body string, headers ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answer = func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func (h *house) last() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.asked) == 0 {
		return ""
	}
	return h.asked[len(h.asked)-1]
}

// config leads to the house; options stand in its block, to in the route.
func (h *house) config(options, to string) string {
	return fmt.Sprintf(`{
	llm_gateway {
		dialect custom.generate ./generate.json
		plugin generate file ./generate.wasm
		provider house {
			base_url %s
			dialect custom.generate
			api_key key-of-the-house
			prices {
				* 5 5
			}
			%s
		}
		provider demo
	}
}

:8080 {
	llm_gateway {
		route {
			to %s
		}
	}
}
`, h.URL, options, to)
}

// enterHouse goes where the description of the dialect and its codec are.
func enterHouse(t *testing.T) {
	t.Helper()
	enter(t, map[string][]byte{
		"generate.json": []byte(read(t, "examples/multi-provider/generate.json")), "generate.wasm": builtWasm(t, "examples/multi-provider", "generate.wasm"),
	})
}

// speaker is a client of some dialect.
type speaker struct{ dialect, path, whole, stream, text, end string }

// speakers ask the same. The text is what stands around the model's words in answers and events; end ends streams.
var speakers = []speaker{
	{"openai.chat", "/v1/chat/completions",
		`{"model":"m","max_tokens":50,"temperature":0.5,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello, 龙门"}]}`,
		`{"model":"m","max_tokens":50,"temperature":0.5,"stream":true,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello, 龙门"}]}`,
		`"content":"Good\nday"`, "data: [DONE]\n\n"},
	{"anthropic.messages", "/v1/messages",
		`{"model":"m","max_tokens":50,"temperature":0.5,"system":"Be brief.","messages":[{"role":"user","content":"Hello, 龙门"}]}`,
		`{"model":"m","max_tokens":50,"temperature":0.5,"stream":true,"system":"Be brief.","messages":[{"role":"user","content":"Hello, 龙门"}]}`,
		`"text":"Good\nday"`, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"},
}

// tell posts a document.
func (c *running) tell(path, body string) (*http.Response, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.site+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp, string(text)
}

// each runs a test for each client, with a whole answer and a stream.
func each(t *testing.T, f func(t *testing.T, s *speaker, body string, stream bool)) {
	for _, s := range speakers {
		t.Run(s.dialect+" whole", func(t *testing.T) { f(t, &s, s.whole, false) })
		t.Run(s.dialect+" stream", func(t *testing.T) { f(t, &s, s.stream, true) })
	}
}

// TestDescribedDialect: clients of the hub and of other dialects reach a server with a format of its own, whatever member it answers in.
func TestDescribedDialect(t *testing.T) {
	enterHouse(t)
	h := newHouse(t)
	c := start(t, h.config("header X-Team a", "house"))
	const cost, unpriced = `caddy_llm_gateway_cost_usd_total{model="_other",provider="house",route="route_1"}`, `caddy_llm_gateway_unpriced_total{provider="house"}`
	for name, body := range map[string]string{
		"content": "{\n\t\"content\": \"Good\\nday\"\n}\n",
		"text":    `{"text":"Good\nday","content":null}`,
		"counted": `{"content":"Good\nday","usage":{"prompt_tokens":80000,"completion_tokens":20000}}`,
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *speaker, ask string, stream bool) {
				h.says(http.StatusOK, body)
				before := c.metrics()
				resp, got := c.tell(s.path, ask)
				if resp.StatusCode != http.StatusOK || !strings.Contains(got, s.text) || resp.Header["X-Gateway-Warning"] != nil {
					t.Errorf("got %d %v\n%s", resp.StatusCode, resp.Header, got)
				}
				kind := "application/json"
				if stream {
					kind = "text/event-stream"
				}
				if at := resp.Header.Get("Content-Type"); at != kind || strings.HasSuffix(got, s.end) != stream {
					t.Errorf("a stream %t comes as %s\n%s", stream, at, got)
				}
				const want = `{"temperature":0.5,"system_prompt":"Be brief.","prompt":"Hello, 龙门","max_tokens":50}`
				if diff := cmp.Diff(parsed(t, want), parsed(t, h.last())); diff != "" {
					t.Errorf("the house was asked (-want +got):\n%s", diff)
				}
				spent, unknown := 0.0, 1.0
				if name == "counted" {
					spent, unknown = 0.5, 0
				}
				eventually(t, "the account of the exchange", func() bool {
					after := c.metrics()
					paid := after[cost] - before[cost]
					return paid > spent-1e-9 && paid < spent+1e-9 && after[unpriced]-before[unpriced] == unknown
				})
			})
		})
	}
}

func parsed(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// TestDescribedErrors: what the server refuses reaches clients in their dialect, with its status, and counts as what it is.
func TestDescribedErrors(t *testing.T) {
	enterHouse(t)
	for _, tt := range []struct {
		name    string
		status  int
		body    string
		headers []string

		code        int // for the client
		class, said string
		chat, other string // the types of the two dialects
	}{
		{"busy", 429, `{"error":"slow down"}`, []string{"Retry-After", "7"}, 429, "rate_limit", "slow down", "rate_limit_error", "rate_limit_error"},
		{"broken", 500, `{"detail":"out of memory"}`, nil, 500, "server_error", "out of memory", "server_error", "api_error"},
		{"error with a good status", 200, `{"error":{"message":"no model is loaded"}}`, nil, 502, "server_error", "no model is loaded", "server_error", "api_error"},
		{"no answer", 200, `{"answer":"elsewhere"}`, nil, 502, "server_error", "malformed at content", "server_error", "api_error"},
		{"no JSON", 200, `Good day`, []string{"Content-Type", "text/plain"}, 502, "server_error", "", "server_error", "api_error"},
		{"cut off", 200, `{"content":"Good`, []string{"Content-Length", "100"}, 502, "server_error", "broke off", "server_error", "api_error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *speaker, ask string, _ bool) {
				h := newHouse(t) // one that was not told to wait
				h.says(tt.status, tt.body, tt.headers...)
				c := start(t, h.config("", "house"))
				name := fmt.Sprintf(`caddy_llm_gateway_attempts_total{class=%q,provider="house",status="%d"}`, tt.class, tt.status)
				before := c.metrics()[name]
				resp, got := c.tell(s.path, ask)
				var e struct {
					Error struct{ Type, Message string }
				}
				kind := tt.chat
				if s.dialect != "openai.chat" {
					kind = tt.other
				}
				if err := json.Unmarshal([]byte(got), &e); err != nil || resp.StatusCode != tt.code || e.Error.Type != kind || !strings.Contains(e.Error.Message, tt.said) {
					t.Errorf("%d %s", resp.StatusCode, got)
				}
				if wait := resp.Header.Get("Retry-After"); (wait != "") != (tt.code == 429) {
					t.Errorf("told to wait %q seconds", wait)
				}
				eventually(t, name, func() bool { return c.metrics()[name] > before })
			})
		})
	}
}

// TestDescribedFallback: such a server makes way for others, and steps in for them; streams, too.
func TestDescribedFallback(t *testing.T) {
	enterHouse(t)
	h, broken := newHouse(t), newHouse(t)
	broken.says(http.StatusInternalServerError, `{}`)
	t.Run("from it", func(t *testing.T) {
		c := start(t, broken.config("", "house demo"))
		each(t, func(t *testing.T, s *speaker, ask string, _ bool) {
			if resp, got := c.tell(s.path, ask); resp.StatusCode != http.StatusOK || resp.Header.Get("X-Longmen-Provider") != "demo" {
				t.Errorf("%d by %s\n%s", resp.StatusCode, resp.Header.Get("X-Longmen-Provider"), got)
			}
		})
		if broken.last() == "" {
			t.Error("the house was not asked first")
		}
	})
	t.Run("to it", func(t *testing.T) {
		h.says(http.StatusOK, `{"content":"Good\nday"}`)
		away := "provider away {\n\t\t\tbase_url http://" + freePort(t) + "\n\t\t\tdialect openai.chat\n\t\t}\n\t\tprovider demo\n"
		c := start(t, strings.Replace(h.config("", "away house"), "provider demo\n", away, 1))
		each(t, func(t *testing.T, s *speaker, ask string, _ bool) {
			resp, got := c.tell(s.path, ask)
			if resp.StatusCode != http.StatusOK || resp.Header.Get("X-Longmen-Provider") != "house" || !strings.Contains(got, s.text) {
				t.Errorf("%d by %s\n%s", resp.StatusCode, resp.Header.Get("X-Longmen-Provider"), got)
			}
		})
	})
}

// TestDescribedProbe: the server is asked at its own path whether it is well.
func TestDescribedProbe(t *testing.T) {
	enterHouse(t)
	h := newHouse(t)
	h.says(http.StatusInternalServerError, `{}`)
	c := start(t, h.config("probe {\npath /health\ninterval 1s\n}\nbreaker {\nfailures 1\nopen 1h\n}", "house"))
	if a := c.ask(chat("m", "hello", false)); a.status != http.StatusInternalServerError {
		t.Fatalf("%d %s", a.status, a.body)
	}
	state := `caddy_llm_gateway_upstream_state{endpoint="default",provider="house"}`
	eventually(t, "a probe that finds the house well", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.health > 0 && c.metrics()[state] == 0
	})
}

// TestDescribedSilence: a stream that is made of an answer in one piece may take as long as such an answer, and no longer.
func TestDescribedSilence(t *testing.T) {
	enterHouse(t)
	h := newHouse(t)
	h.answer = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	c := start(t, h.config("timeouts {\nfirst_token 10ms\nanswer 300ms\n}", "house"))
	for _, stream := range []bool{false, true} {
		if a := c.ask(chat("m", "hello", stream)); a.status != http.StatusGatewayTimeout || strings.Contains(a.body, "first_token") {
			t.Errorf("stream %t: %d %s", stream, a.status, a.body)
		}
	}
}

// TestDescribedReload: a reload replaces the dialect.
func TestDescribedReload(t *testing.T) {
	enterHouse(t)
	h := newHouse(t)
	h.says(http.StatusOK, `{"content":"Good day"}`)
	c := start(t, h.config("", "house"))
	if a := c.ask(chat("m", "hello", true)); a.status != http.StatusOK || a.text != "Good day" || !a.done {
		t.Fatalf("%d %s", a.status, a.body)
	}
	enter(t, map[string][]byte{
		"generate.json": []byte(`{"upstream":{"whole":"/v2/generate"}}`), "generate.wasm": builtWasm(t, "examples/multi-provider", "generate.wasm"),
	})
	c.force(h.config("", "house"))
	if a := c.ask(chat("m", "hello", false)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "/v2/generate is not what this server takes") {
		t.Errorf("%d %s", a.status, a.body)
	}
	enterHouse(t)
	c.force(h.config("", "house"))
	if a := c.ask(chat("m", "hello", false)); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestDescribedStream: a server that streams is asked at its path for that, and its stream is whole only with a finish reason.
func TestDescribedStream(t *testing.T) {
	enterHouse(t)
	const described = `{"upstream":{"whole":"/generate","stream":"/generate?stream=1"},"event":{"finish":["reason"],"opening":"kind=start"}}`
	if err := os.WriteFile("generate.json", []byte(described), 0o600); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var asked, events string
	h := &house{Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = r.URL.RequestURI() + " " + r.Header.Get("Accept")
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, events)
	}))}
	t.Cleanup(h.Close)
	c := start(t, h.config("", "house demo"))
	for _, tt := range []struct {
		name, events, provider string
		done                   bool
	}{
		{"whole", "data: {\"content\":\"Good day\",\"reason\":\"stop\"}\n\n", "house", true},
		{"cut off", "data: {\"content\":\"Good day\"}\n\n", "house", false},
		{"cut off before it says anything", "data: {\"kind\":\"start\"}\n\n", "demo", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mu.Lock()
			events = tt.events
			mu.Unlock()
			a := c.ask(chat("m", "hello", true))
			if a.status != http.StatusOK || a.done != tt.done || a.header.Get("X-Longmen-Provider") != tt.provider {
				t.Errorf("%d by %s, to its end %t\n%s", a.status, a.header.Get("X-Longmen-Provider"), a.done, a.body)
			}
			mu.Lock()
			defer mu.Unlock()
			if asked != "/generate?stream=1 text/event-stream" {
				t.Errorf("asked at %s", asked)
			}
		})
	}
}
