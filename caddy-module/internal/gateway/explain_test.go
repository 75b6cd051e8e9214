package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// silent is an upstream that must not be asked.
func silent(t *testing.T) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		t.Errorf("the upstream was asked: %s", r.URL)
		return whole(said), nil
	})
}

func compiled(t *testing.T, src string) *route.Rule {
	t.Helper()
	r, err := route.Compile(src, route.Schema{Attributes: map[string]route.Type{"pii.email": route.Int}, Providers: []string{"one", "two"}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func priced(t *testing.T, p *provider.Provider, prices map[string]price.Price) *provider.Provider {
	t.Helper()
	list, err := price.New(prices)
	if err != nil {
		t.Fatal(err)
	}
	p.Prices = list
	return p
}

// explainable has plugins before routing, rules, and two providers that must not be asked.
func explainable(t *testing.T) *Gateway {
	t.Helper()
	key, err := auth.NewKey("ann", "sk-of-ann-12345", map[string]string{"team": "legal"})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := auth.NewRing([]auth.Key{key})
	if err != nil {
		t.Fatal(err)
	}
	one := priced(t, upstreamOf(t, "one", "openai.chat", silent(t)), map[string]price.Price{"gpt-5": {Input: 1, Output: 10}})
	two := upstreamOf(t, "two", "gemini.generate", silent(t))
	keyless, err := provider.New(provider.Config{Name: "openai", Transport: silent(t)})
	if err != nil {
		t.Fatal(err)
	}
	g, _ := gatewayOf(t, one)
	to := func(names ...string) (all []*attempt.Candidate) {
		for _, name := range names {
			c := candidate(t, map[string]*provider.Provider{"one": one, "two": two, "openai": keyless}[name])
			all = append(all, c)
		}
		return all
	}
	g.Auth = auth.Keys(ring)
	g.Before = append(g.Before, named(t, "redact", `{"mode":"detect"}`))
	g.before = true
	g.Routes = []*Route{
		{Name: "personal", Rule: compiled(t, `pii.email > 0 && key.team == "legal"`), Candidates: to("two")},
		{Name: "long", Rule: compiled(t, `prompt.chars > 5000 || max_tokens > 3000`), Candidates: to("one")},
		{Name: "odd", Rule: compiled(t, `10 % max_tokens == 3`), Candidates: to("one")},
		{Name: "down", Rule: compiled(t, `!provider("two").healthy`), Candidates: to("one")},
		{Name: "rest", Plugins: nil, Candidates: to("one", "two", "openai")},
	}
	g.Observe = func(*http.Request, *usage.Record) { t.Error("an explanation was accounted for") }
	return g
}

// asking is a request that shows the key.
func asking(path, body string, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

// inShort is what an explanation says, in few words.
func inShort(e *Explanation) string {
	var b strings.Builder
	for _, r := range e.Routes {
		fmt.Fprintf(&b, "%s %s: %s\n", r.Name, r.Outcome, r.Because)
	}
	for _, c := range e.Candidates {
		fmt.Fprintf(&b, "%s %s, %s", c.Name(), c.Standing(), c.Way())
		if len(c.Lost) > 0 {
			fmt.Fprintf(&b, ", loses %s", strings.Join(c.Lost, "; "))
		}
		if c.Refused != nil {
			fmt.Fprintf(&b, ", refuses %s", c.Refused)
		}
		if c.Cost != nil {
			fmt.Fprintf(&b, ", $%.6f", *c.Cost)
		}
		b.WriteByte('\n')
	}
	if e.Refused != nil {
		fmt.Fprintf(&b, "refused %s\n", e.Refused)
	}
	return b.String()
}

func TestExplain(t *testing.T) {
	g := explainable(t)
	const body = `{"model":"gpt-5","max_tokens":20,"seed":1,"logit_bias":{"5":1},"messages":[{"role":"user","content":"hi there"}]}`
	const early = `personal not matched: pii.email > 0 is false (pii.email is 0)
long not matched: prompt.chars > 5000 is false (prompt.chars is 8) and max_tokens > 3000 is false (max_tokens is 20)
odd not matched: 10 % max_tokens == 3 is false (max_tokens is 20)
`
	for _, tc := range []struct {
		name   string
		r      *http.Request
		given  Assume
		change func(*Gateway)
		want   string
	}{
		{"candidates", asking(chatPath, body), Assume{Key: "ann"}, nil, early + `down not matched: provider("two").healthy is true
rest matched: it has no rule
one/gpt-5 ready, native openai.chat, $0.000202
two/gpt-5 ready, to gemini.generate by openai-gemini, loses logit_bias: not supported by gemini
openai/gpt-5 no key, native openai.chat
`},
		{"everything in service", asking(chatPath, body), Assume{Key: "ann", Service: true}, func(g *Gateway) { g.Figures = func(string) route.Figures { return route.Figures{} } },
			early + `down not matched: provider("two").healthy is true
rest matched: it has no rule
one/gpt-5 ready, native openai.chat, $0.000202
two/gpt-5 ready, to gemini.generate by openai-gemini, loses logit_bias: not supported by gemini
openai/gpt-5 ready, native openai.chat
`},
		{"out of service", asking(chatPath, body), Assume{Key: "ann"}, func(g *Gateway) { g.Figures = func(string) route.Figures { return route.Figures{} } },
			early + `down matched: provider("two").healthy is false
rest not reached: an earlier route takes the request
one/gpt-5 ready, native openai.chat, $0.000202
`},
		{"what plugins found decides", asking(chatPath, `{"model":"gpt-5","n":2,"messages":[{"role":"user","content":"mail jane@example.com"}]}`), Assume{Key: "ann"}, nil,
			`personal matched: pii.email > 0 is true (pii.email is 1) and key.team == "legal" is true (key.team is "legal")
long not reached: an earlier route takes the request
odd not reached: an earlier route takes the request
down not reached: an earlier route takes the request
rest not reached: an earlier route takes the request
two/gpt-5 ready, to gemini.generate by openai-gemini, refuses 400 unsupported_value (n) by plugin openai-gemini
`},
		{"a loss that is refused", asking(chatPath, body), Assume{Key: "ann"}, func(g *Gateway) { g.Routes = g.Routes[4:]; g.Routes[0].Strict = true },
			`rest matched: it has no rule
one/gpt-5 ready, native openai.chat, $0.000202
two/gpt-5 ready, to gemini.generate by openai-gemini, refuses 400 unsupported_parameter (logit_bias) by plugin openai-gemini
openai/gpt-5 no key, native openai.chat
`},
		{"too large for the route", asking(chatPath, body), Assume{Key: "ann"}, func(g *Gateway) { g.Routes = g.Routes[4:]; g.Routes[0].MaxBody = 100 },
			"rest matched: it has no rule\nrefused 413 request_too_large: the request body has more than 100 bytes, the max_body of route rest\n"},
		{"other dialect", asking("/v1/messages", `{"model":"gpt-5","max_tokens":4000,"top_k":5,"messages":[{"role":"user","content":"hi"}]}`), Assume{Key: "ann"}, nil,
			`personal not matched: pii.email > 0 is false (pii.email is 0)
long matched: max_tokens > 3000 is true (max_tokens is 4000)
odd not reached: an earlier route takes the request
down not reached: an earlier route takes the request
rest not reached: an earlier route takes the request
one/gpt-5 ready, to openai.chat by openai-anthropic, loses top_k: not supported by openai, $0.040001
`},
		{"key shown", asking(chatPath, body, "Authorization", "Bearer sk-of-ann-12345"), Assume{}, func(g *Gateway) { g.Routes = g.Routes[1:2] },
			"long not matched: prompt.chars > 5000 is false (prompt.chars is 8) and max_tokens > 3000 is false (max_tokens is 20)\nrefused 404 no_route: no route of this gateway takes the request\n"},
		{"no key", asking(chatPath, body), Assume{}, nil, "refused 401 invalid_api_key: no API key was given, expected one of the gateway's keys\n"},
		{"no such key", asking(chatPath, body), Assume{Key: "bob"}, nil, "refused 401 invalid_api_key: the gateway has no key of that name or ID\n"},
		{"unknown path", asking("/v7/chat", body), Assume{Key: "ann"}, nil, "refused 404 unknown_path: no dialect of this gateway has POST /v7/chat\n"},
		{"no document", asking(chatPath, "[]"), Assume{Key: "ann"}, nil, "refused 400 invalid_json: request body: expected a JSON object\n"},
		{"a rule that fails", asking(chatPath, `{"model":"gpt-5","messages":[]}`), Assume{Key: "ann"}, nil,
			`personal not matched: pii.email > 0 is false (pii.email is 0)
long not matched: prompt.chars > 5000 is false (prompt.chars is 0) and max_tokens > 3000 is false (max_tokens is 0)
odd failed: 10 % max_tokens == 3 failed: integer divided by zero (max_tokens is 0)
down not reached: the request has failed
rest not reached: the request has failed
refused 500 internal_error: the gateway could not serve the request
`},
		{"a plugin refuses", asking(chatPath, `{"model":"gpt-5","max_tokens":1,"messages":[{"role":"user","content":"mail jane@example.com"}]}`), Assume{Key: "ann"},
			func(g *Gateway) { g.Before = append(g.Before[:0:0], named(t, "redact", `{"mode":"block"}`)) },
			"refused 400 pii_blocked by plugin redact\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := *g
			if tc.change != nil {
				tc.change(&g)
			}
			if diff := cmp.Diff(tc.want, inShort(g.Explain(tc.r, tc.given))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestExplainLeavesNothing: plugins that keep, record and answer do nothing of it, texts stay where they are, and
// a cancelled explanation ends.
func TestExplainLeavesNothing(t *testing.T) {
	g := explainable(t)
	const config = `{"max_bytes":4097}`
	g.Routes[4].Plugins = append(g.Routes[4].Plugins, named(t, "audit", `{"bodies":true}`), named(t, "answers", config), named(t, "redact", ""))
	records.take()
	ask := asking(chatPath, `{"model":"gpt-5","max_tokens":5,"user":"canary-user","messages":[{"role":"user","content":"canary-prompt"}]}`, "X-Plan", "canary-header", "Authorization", "Bearer sk-of-ann-12345")
	e := g.Explain(ask, Assume{})
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "canary-") || strings.Contains(string(b), "sk-of") {
		t.Errorf("the explanation tells a text of the request: %s", b)
	}
	if diff := cmp.Diff([]string{"audit", "answers", "redact"}, e.Plugins); diff != "" || e.Route != "rest" || e.KeyName != "ann" || len(e.Candidates) != 3 {
		t.Errorf("got %s", b)
	}
	if lines := records.take(); len(lines) > 0 {
		t.Errorf("records were written: %s", lines)
	}
	if s, ok := kept.Load("answers" + config); !ok || s.(*shelf).all() != "" {
		t.Errorf("the store has %v", s)
	}
	want := TokenEstimate{Prompt: 4, Completion: 5}
	if e.Tokens == nil || *e.Tokens != want {
		t.Errorf("got tokens %+v, want %+v", e.Tokens, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if e := g.Explain(asking(chatPath, `{"model":"gpt-5","messages":[]}`).WithContext(ctx), Assume{Key: "ann"}); e.Refused == nil && len(e.Candidates) > 0 {
		t.Error("a cancelled explanation went on")
	}
}

// TestExplainUnread: a request that would pass unread is estimated all the same, and a list of models asks nobody.
func TestExplainUnread(t *testing.T) {
	g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", silent(t)))
	g.Observe = func(*http.Request, *usage.Record) { t.Error("an explanation was accounted for") }
	e := g.Explain(asking(chatPath, `{"model":"m","messages":[{"role":"user","content":"hi"}]}`), Assume{})
	if !e.Unread || e.Tokens == nil || e.Tokens.Prompt != 1 || !e.Tokens.Assumed || e.Refused != nil || len(e.Candidates) != 1 {
		t.Errorf("got %+v", e)
	}
	e = g.Explain(asking(chatPath, `no document`), Assume{})
	if !e.Unread || e.Tokens != nil || e.Refused != nil || len(e.Candidates) != 1 {
		t.Errorf("got %+v", e)
	}
	e = g.Explain(httptest.NewRequest(http.MethodGet, "/v1/models", nil), Assume{})
	if !e.Lists || e.Refused != nil || len(e.Routes) != 0 {
		t.Errorf("got %+v", e)
	}
	e = g.Explain(asking("/v1/files", `{}`), Assume{})
	if e.Dialect != "openai.other" || len(e.Candidates) != 1 || e.Candidates[0].State != Ready {
		t.Errorf("got %+v", e)
	}
}

// TestExplainStates: a candidate that was told to wait says for how long, and one that does not answer that it is down.
func TestExplainStates(t *testing.T) {
	limited := upstreamOf(t, "limited", "openai.chat", roundTrip(func(*http.Request) (*http.Response, error) {
		resp := answered(429, "application/json", strings.NewReader(`{"error":{"message":"slow down","code":"rate_limit_exceeded"}}`))
		resp.Header.Set("Retry-After", "3600")
		return resp, nil
	}))
	broken := upstreamOf(t, "broken", "openai.chat", roundTrip(status(500, `{"error":{"message":"boom"}}`)))
	g, _ := gatewayOf(t, limited)
	g.Routes[0].Candidates = append(g.Routes[0].Candidates, candidate(t, broken))
	for range 20 {
		post(g, chatPath, ask)
	}
	e := g.Explain(asking(chatPath, ask), Assume{})
	if c := e.Candidates[0]; c.State != Cooling || c.ReadyIn < 3000 || c.ReadyIn > 3600 {
		t.Errorf("limited: got %+v", c)
	}
	if c := e.Candidates[1]; c.State != Down || c.ReadyIn <= 0 {
		t.Errorf("broken: got %+v", c)
	}
	if e := g.Explain(asking(chatPath, ask), Assume{Service: true}); e.Candidates[0].State != Ready || e.Candidates[1].State != Ready {
		t.Errorf("taken for in service: got %s", inShort(e))
	}
}

// TestExplainOrder: candidates stand in the order in which they would be tried, which an explanation does not change;
// a test of routes sees no order that depends on more than the request.
func TestExplainOrder(t *testing.T) {
	dear := priced(t, upstreamOf(t, "dear", "openai.chat", silent(t)), map[string]price.Price{"*": {Input: 9}})
	cheap := priced(t, upstreamOf(t, "cheap", "openai.chat", silent(t)), map[string]price.Price{"*": {Input: 1}})
	g, _ := gatewayOf(t, upstreamOf(t, "unknown", "openai.chat", silent(t)))
	r := g.Routes[0]
	r.Candidates = append(r.Candidates, candidate(t, dear), candidate(t, cheap))
	r.Fallbacks = map[failure.Class][]*attempt.Candidate{failure.ContextLength: {candidate(t, cheap)}}
	for _, tc := range []struct {
		strategy Strategy
		given    Assume
		want     string
	}{
		{Ordered, Assume{}, "unknown dear cheap"},
		{Cheapest, Assume{}, "cheap dear unknown"},
		{Cheapest, Assume{Service: true}, "cheap dear unknown"},
		{RoundRobin, Assume{}, "unknown dear cheap"},
		{RoundRobin, Assume{Service: true}, "unknown dear cheap"},
		{Weighted, Assume{Service: true}, "unknown dear cheap"},
	} {
		r.Order.Strategy = tc.strategy
		for range 3 {
			e := g.Explain(asking(chatPath, ask), tc.given)
			var got []string
			for _, c := range e.Candidates {
				got = append(got, c.Provider)
			}
			if strings.Join(got, " ") != tc.want || e.Order != string(tc.strategy) {
				t.Errorf("%q, %+v: got %s by %q, want %s", tc.strategy, tc.given, got, e.Order, tc.want)
			}
			if diff := cmp.Diff(map[string][]string{"context_length": {"cheap"}}, e.Fallbacks); diff != "" {
				t.Error(diff)
			}
		}
	}
}
