package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// moody is an endpoint that refuses the first requests, and counts.
type moody struct {
	*httptest.Server

	refuse  func(w http.ResponseWriter)
	refuses int // how many requests it refuses first

	mu    sync.Mutex
	asked int
	last  time.Time
}

func newMoody(t *testing.T, refuses int, refuse func(w http.ResponseWriter)) *moody {
	t.Helper()
	m := &moody{refuses: refuses, refuse: refuse}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

func (m *moody) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	m.last = time.Now()
	w.Header().Set("Content-Type", "application/json")
	if m.asked <= m.refuses {
		m.refuse(w)
		return
	}
	fmt.Fprint(w, `{"id":"c","object":"chat.completion","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"fine"}}]}`)
}

func (m *moody) count() (asked int, last time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked, m.last
}

// slowDown refuses with a header and a body.
func slowDown(header, value, body string) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if header != "" {
			w.Header().Set(header, value)
		}
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, body)
	}
}

const limitError = `{"error":{"message":"slow down","type":"rate_limit_error","code":"rate_limit_exceeded"}}`

// endpoints is a provider of two endpoints, of which the first is preferred.
func endpoints(first, second *moody, options string) string {
	return fmt.Sprintf(`{
	llm_gateway {
		provider pooled {
			dialect openai.chat
			api_key a-key
			endpoint first %s/v1 {
				priority 1
			}
			endpoint second %s/v1 {
				priority 2
			}
			%s
		}
	}
}

:8080 {
	llm_gateway {
		route {
			to pooled
		}
	}
}
`, first.URL, second.URL, options)
}

// served sends requests, which all have to be served.
func (c *running) served(n int) {
	c.t.Helper()
	for range n {
		if a := c.ask(chat("m", "hello", false)); a.status != http.StatusOK || a.text != "fine" {
			c.t.Fatalf("got %d %s", a.status, a.body)
		}
	}
}

// TestToldToWait: an endpoint that asked to be left alone gets nothing until then, in whatever form it asked, while the other one
// serves; a reload changes nothing about that.
func TestToldToWait(t *testing.T) {
	in := time.Now().Add(20 * time.Minute).UTC()
	for name, refuse := range map[string]func(w http.ResponseWriter){
		"seconds":              slowDown("Retry-After", "7", limitError),
		"date":                 slowDown("Retry-After", in.Format(http.TimeFormat), limitError),
		"milliseconds":         slowDown("Retry-After-Ms", "7000", limitError),
		"azure's milliseconds": slowDown("X-Ms-Retry-After-Ms", "7000", limitError),
		"openai's reset":       slowDown("X-Ratelimit-Reset-Requests", "6m0s", limitError),
		"anthropic's reset":    slowDown("Anthropic-Ratelimit-Requests-Reset", in.Format(time.RFC3339), limitError),
		"no hint":              slowDown("", "", limitError),
		"overloaded": func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusServiceUnavailable)
		},
	} {
		t.Run(name, func(t *testing.T) {
			first, second := newMoody(t, 1, refuse), newMoody(t, 0, nil)
			c := start(t, endpoints(first, second, ""))
			c.served(10)
			c.load(endpoints(first, second, "quirks"))
			c.served(10)
			if n, _ := first.count(); n != 1 {
				t.Errorf("the endpoint that waits was asked %d times", n)
			}
			if n, _ := second.count(); n < 20 {
				t.Errorf("the other one was asked %d times", n)
			}
			var status []struct {
				Endpoints []struct {
					Name    string
					Cooling float64 `json:"cooling_seconds"`
				}
			}
			if err := json.Unmarshal([]byte(c.get("/llm_gateway/providers")), &status); err != nil {
				t.Fatal(err)
			}
			if e := status[0].Endpoints; len(e) != 2 || e[0].Name != "first" || e[0].Cooling <= 0 || e[1].Cooling != 0 {
				t.Errorf("status: %+v", status)
			}
			if m := c.metrics(); m[`caddy_llm_gateway_upstream_cooling_seconds{endpoint="first",provider="pooled"}`] <= 0 {
				t.Errorf("metrics: %v", m)
			}
		})
	}
}

// TestWaitEnds: the endpoint is preferred again when its time is over, and not before.
func TestWaitEnds(t *testing.T) {
	const wait = 400 * time.Millisecond
	for name, refuse := range map[string]func(w http.ResponseWriter){
		"header": slowDown("Retry-After-Ms", "400", limitError),
		"body":   slowDown("", "", `{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"0.4s"}]}}`),
	} {
		t.Run(name, func(t *testing.T) {
			first, second := newMoody(t, 1, refuse), newMoody(t, 0, nil)
			config := endpoints(first, second, "")
			ask := chat("m", "hello", false)
			if name == "body" {
				config = strings.Replace(config, "openai.chat", "gemini.generate", 1)
			}
			c := start(t, config)
			c.ask(ask)
			_, told := first.count()
			eventually(t, "the first endpoint asked again", func() bool {
				c.ask(ask)
				n, _ := first.count()
				return n == 2
			})
			if _, again := first.count(); again.Sub(told) < wait-time.Millisecond {
				t.Errorf("asked again after %v, want %v", again.Sub(told), wait)
			}
		})
	}
}

// TestBrokenEndpoint: an endpoint that cannot be reached is left alone, also over a reload, until a probe finds it well.
func TestBrokenEndpoint(t *testing.T) {
	// It fails five requests and a probe.
	first, second := newMoody(t, 6, func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }), newMoody(t, 0, nil)
	const probed = "probe {\npath /health\ninterval 1s\n}"
	c := start(t, endpoints(first, second, ""))
	c.served(20)
	if n, _ := first.count(); n != 5 {
		t.Errorf("the broken endpoint was asked %d times, want 5", n)
	}
	c.load(endpoints(first, second, probed))
	c.served(5)
	state := `caddy_llm_gateway_upstream_state{endpoint="first",provider="pooled"}`
	eventually(t, "a probe that finds the endpoint well", func() bool { return c.metrics()[state] == 0 })
	before, _ := first.count()
	c.served(5)
	if n, _ := first.count(); n != before+5 {
		t.Errorf("the endpoint that is well got %d of 5 requests", n-before)
	}
	if logged := c.logged(); !strings.Contains(logged, "upstream is broken") || !strings.Contains(logged, "upstream is well") || strings.Contains(logged, "a-key") {
		t.Error("the log does not tell, or tells a key")
	}
}
