package gateway

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	faulty "github.com/longmen-gateway/longmen/caddy-module/internal/fault"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// TestCooldown: for how long an upstream gets nothing, to the millisecond, while another one serves: as long as it asked for, or as
// its breaker says after failures in a row. Then it is asked again.
func TestCooldown(t *testing.T) {
	fail := func(status int, header ...string) faulty.Fault {
		h := http.Header{}
		for i := 0; i < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return faulty.Fault{Kind: faulty.Fail, Status: status, Header: h}
	}
	for _, tt := range []struct {
		name     string
		fault    faulty.Fault
		failures int // after which it gets nothing
		pause    time.Duration
	}{
		{"breaker", fail(500), 3, 30 * time.Second},
		{"429 with seconds", fail(429, "Retry-After", "7"), 1, 7 * time.Second},
		{"503 with seconds", fail(503, "Retry-After", "7"), 1, 7 * time.Second},
		{"429 with milliseconds", fail(429, "Retry-After-Ms", "1234", "Retry-After", "2"), 1, 1234 * time.Millisecond},
		{"503 with milliseconds", fail(503, "Retry-After-Ms", "1234"), 1, 1234 * time.Millisecond},
		{"429 without a hint", fail(429), 1, 10 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var clock atomic.Int64
			clock.Store(1763600000e9)
			c := newChaos(t, faulty.Always(tt.fault), nil)
			for i, p := range c.providers {
				made, err := provider.New(provider.Config{
					Name: p.Name, BaseURL: p.BaseURL(), Dialects: []string{"openai.chat"}, Keys: []string{"key"}, Transport: p.Transport,
					Breaker: pool.BreakerConfig{Failures: 3, Open: 30 * time.Second}, Now: func() time.Time { return time.Unix(0, clock.Load()) },
				})
				if err != nil {
					t.Fatal(err)
				}
				c.route.Candidates[i].Provider, c.route.Candidates[i].Ways = made, attempt.Codecs{}.Ways(made)
			}
			check := func(when string, want int) {
				t.Helper()
				for n := range 10 {
					if status, body, err := c.ask(faulty.NewID(n), n%2 == 0); status != 200 || err != nil {
						t.Fatalf("%s: %d %s %v", when, status, body, err)
					}
				}
				if got := c.upstreams[0].Totals().Requests; got != want {
					t.Errorf("%s it was asked %d times, want %d", when, got, want)
				}
			}
			check("at first", tt.failures)
			clock.Add(int64(tt.pause - time.Millisecond))
			check("a millisecond before the end", tt.failures)
			c.upstreams[0].SetPlan(faulty.Always(faulty.Fault{}))
			clock.Add(int64(time.Millisecond))
			check("at the end", tt.failures+10)
		})
	}
}

// TestModelCooldown: where a provider limits each model of a key, another model of the key is asked within the request, and later; where it
// limits the key, or when the gateway has not read which model is asked for, the key waits for all.
func TestModelCooldown(t *testing.T) {
	for _, tt := range []struct {
		cooldown provider.Cooldown
		models   []string // of the candidates
		first    string   // what the first request asks for
		status   int
		then     int // the status of a request for the small model alone, while the large one waits
	}{
		{provider.CooldownModel, []string{"large", "small"}, "large small", 200, 200},
		{provider.CooldownKey, []string{"large", "small"}, "large", 429, 429},
		{provider.CooldownModel, []string{"large"}, "large", 429, 429},
	} {
		var asked []string
		u := &upstream{answer: func(_ int, _ *http.Request, body string) *http.Response {
			var request struct{ Model string }
			if err := json.Unmarshal([]byte(body), &request); err != nil {
				t.Error(err)
			}
			if asked = append(asked, request.Model); request.Model != "large" {
				return whole(said)
			}
			r := answered(429, "application/json", strings.NewReader(`{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}`))
			r.Header.Set("Retry-After", "7")
			return r
		}}
		p, err := provider.New(provider.Config{
			Name: "p", BaseURL: "http://upstream.example/v1", Dialects: []string{"openai.chat"}, Keys: []string{"only-key"}, Transport: u, Cooldown: tt.cooldown,
		})
		if err != nil {
			t.Fatal(err)
		}
		g, _ := gatewayOf(t, p)
		g.Routes[0].Candidates = nil
		for _, model := range tt.models {
			c := candidate(t, p)
			c.Model = model
			g.Routes[0].Candidates = append(g.Routes[0].Candidates, c)
		}
		w := post(g, chatPath, ask)
		if got := strings.Join(asked, " "); got != tt.first || w.Code != tt.status {
			t.Errorf("%s, %v: asked for %s and answered %d, want %s and %d", tt.cooldown, tt.models, got, w.Code, tt.first, tt.status)
		}
		g.Routes[0].Candidates = g.Routes[0].Candidates[len(tt.models)-1:]
		if w = post(g, chatPath, ask); w.Code != tt.then || w.Code == 429 && w.Header().Get("Retry-After") != "7" {
			t.Errorf("%s, %v: then %d, Retry-After %q, want %d", tt.cooldown, tt.models, w.Code, w.Header().Get("Retry-After"), tt.then)
		}
	}
}

// TestModelCooldownUnread: the same where nobody reads the requests.
func TestModelCooldownUnread(t *testing.T) {
	u := roundTrip(func(r *http.Request) (*http.Response, error) {
		if body, _ := io.ReadAll(r.Body); !strings.Contains(string(body), "large") {
			return whole(said), nil
		}
		resp := answered(429, "application/json", strings.NewReader(`{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}`))
		resp.Header.Set("Retry-After", "7")
		return resp, nil
	})
	p, err := provider.New(provider.Config{
		Name: "p", BaseURL: "http://upstream.example/v1", Dialects: []string{"openai.chat"}, Keys: []string{"only-key"}, Transport: u, Cooldown: provider.CooldownModel,
	})
	if err != nil {
		t.Fatal(err)
	}
	g, accounts := gatewayOf(t, p)
	for i, want := range []struct {
		model    string
		status   int
		attempts int
	}{{"large", 429, 1}, {"small", 200, 1}, {"large", 429, 0}} {
		w := post(g, chatPath, strings.Replace(ask, `"m"`, `"`+want.model+`"`, 1))
		if got := len((*accounts)[i].Attempts); w.Code != want.status || got != want.attempts {
			t.Errorf("%s: %d after %d attempts, want %d after %d", want.model, w.Code, got, want.status, want.attempts)
		}
	}
}
