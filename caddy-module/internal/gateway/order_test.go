package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// orderedGateway has a route of three candidates of one dialect, which answer.
func orderedGateway(t *testing.T, o func(*Route)) (*Gateway, *[]*usage.Record) {
	t.Helper()
	answer := roundTrip(func(*http.Request) (*http.Response, error) { return whole(said), nil })
	var all []*attempt.Candidate
	for i, name := range []string{"a", "b", "c"} {
		p := upstreamOf(t, name, "openai.chat", answer)
		priced(t, p, map[string]price.Price{"m": {Input: float64(3 - i), Output: 1}, "long": {Input: 1, Output: float64(1 + i)}})
		all = append(all, candidate(t, p))
	}
	g, accounts := gatewayOf(t, all[0].Provider)
	g.Routes[0].Candidates = all
	o(g.Routes[0])
	return g, accounts
}

// firsts are the providers that answered, and those that explanations said would be asked before each.
func firsts(t *testing.T, g *Gateway, accounts *[]*usage.Record, bodies ...string) (answered, foretold string) {
	t.Helper()
	for _, body := range bodies {
		for range 2 { // the second shows that the first has counted nothing
			e := g.Explain(asking(chatPath, body), Assume{})
			foretold += e.Candidates[0].Provider
		}
		post(g, chatPath, body)
	}
	for _, r := range *accounts {
		answered += r.Provider
	}
	return answered, foretold
}

// TestStrategies: candidates are tried in the strategy's order, and an explanation says it before without changing it.
func TestStrategies(t *testing.T) {
	short := `{"model":"m","max_tokens":1,"user":"ann","messages":[{"role":"user","content":"hi, how are you today?"}]}`
	long := `{"model":"long","max_tokens":900,"user":"bob","messages":[{"role":"user","content":"hi"}]}`
	for _, tc := range []struct {
		name string
		set  func(*Route)
		want string
	}{
		{"as written", func(*Route) {}, "aaaa"},
		{"round robin", func(r *Route) { r.Order.Strategy = RoundRobin }, "abca"},
		{"cheapest", func(r *Route) { r.Order.Strategy = Cheapest }, "caca"},
		{"fastest asks each once", func(r *Route) {
			r.Order.Strategy = Fastest
			r.Candidates[0].Latency.Observe(2e9, 1763600000e9)
			r.Candidates[1].Latency.Observe(1e9, 1763600000e9)
			r.Candidates[2].Latency.Observe(3e9, 1763600000e9)
		}, "bbbb"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g, accounts := orderedGateway(t, tc.set)
			got, foretold := firsts(t, g, accounts, short, long, short, long)
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			var twice strings.Builder
			for _, c := range got {
				fmt.Fprintf(&twice, "%c%c", c, c)
			}
			if foretold != twice.String() {
				t.Errorf("explained %s, but went %s", foretold, got)
			}
		})
	}
}

// TestShares: weighted and split keep to their weights, split by whom the request is of, also where the body would pass unread.
func TestShares(t *testing.T) {
	const requests = 400
	for _, strategy := range []Strategy{Weighted, Split} {
		t.Run(string(strategy), func(t *testing.T) {
			g, accounts := orderedGateway(t, func(r *Route) {
				r.Candidates = r.Candidates[:2]
				r.Order.Strategy, r.Order.Sticky, r.Order.Weights = strategy, "user", []float64{90, 10}
			})
			for i := range requests {
				post(g, chatPath, fmt.Sprintf(`{"model":"m","user":"user-%d","messages":[]}`, i/2))
			}
			counts := map[string]int{}
			for i, r := range *accounts {
				counts[r.Provider]++
				if strategy == Split && i%2 == 1 && r.Provider != (*accounts)[i-1].Provider {
					t.Fatalf("user of request %d went to %s and %s", i, (*accounts)[i-1].Provider, r.Provider)
				}
			}
			if got := counts["b"]; got < requests/20 || got > requests/5 {
				t.Errorf("10 %% of %d requests were %d", requests, got)
			}
		})
	}
}

// TestSharesOfSeveral: who belongs to a share gets its candidates in their order, then those of the other share.
func TestSharesOfSeveral(t *testing.T) {
	g, _ := orderedGateway(t, func(r *Route) {
		a, b, c := r.Candidates[0], r.Candidates[1], r.Candidates[2]
		r.Candidates = []*attempt.Candidate{a, c, b, c, a}
		r.Order.Strategy, r.Order.Sticky, r.Order.Weights = Split, "user", []float64{70, 0, 30, 0, 0}
		if err := r.Order.Check(len(r.Candidates)); err != nil {
			t.Error(err)
		}
	})
	counts := map[string]int{}
	for i := range 1000 {
		e := g.Explain(asking(chatPath, fmt.Sprintf(`{"model":"m","user":"user-%d","messages":[]}`, i)), Assume{})
		var names string
		for _, c := range e.Candidates {
			names += c.Provider
		}
		counts[names]++
	}
	if acb, bca := counts["acb"], counts["bca"]; acb+bca != 1000 || acb < 650 || acb > 750 {
		t.Errorf("got %v, want acb for 70 %% and bca for the others", counts)
	}
	// One whose provider is named in the model stays with it.
	if e := g.Explain(asking(chatPath, `{"model":"c/m","user":"user-1","messages":[]}`), Assume{}); len(e.Candidates) != 1 || e.Candidates[0].Provider != "c" {
		t.Errorf("got %+v", e.Candidates)
	}
	first := Order{Strategy: Split, Weights: []float64{0, 100}}
	if err := first.Check(2); err == nil {
		t.Error("a share begins with nobody")
	}
}

// TestFallbackIsRead: a request that would pass unread is read where a fallback speaks another dialect.
func TestFallbackIsRead(t *testing.T) {
	refuses := upstreamOf(t, "small", "openai.chat", roundTrip(status(400, `{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}`)))
	big := &upstream{answer: func(int, *http.Request, string) *http.Response {
		return whole(`{"candidates":[{"content":{"role":"model","parts":[{"text":"hello"}]},"finishReason":"STOP"}]}`)
	}}
	g, accounts := gatewayOf(t, refuses)
	fallback := candidate(t, upstreamOf(t, "big", "gemini.generate", big))
	g.Routes[0].Fallbacks = map[failure.Class][]*attempt.Candidate{failure.ContextLength: {fallback}}
	w := post(g, chatPath, ask)
	if w.Code != 200 || !strings.Contains(w.Body.String(), "hello") || len(big.asked) != 1 || !strings.Contains(big.asked[0], `"contents"`) {
		t.Fatalf("client got %d %s, the fallback was asked %q", w.Code, w.Body, big.asked)
	}
	if r := (*accounts)[0]; r.Provider != "big" || len(r.Attempts) != 2 || r.Attempts[0].Class != failure.ContextLength {
		t.Errorf("account %+v", r)
	}
	e := g.Explain(asking(chatPath, ask), Assume{})
	if !slices.Equal(e.Fallbacks["context_length"], []string{"big"}) || e.Unread {
		t.Errorf("explained %+v", e.Fallbacks)
	}
}
