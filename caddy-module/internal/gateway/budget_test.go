package gateway

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// budgeted is a gateway with one route to u, and budgets of a ledger of its own.
type budgeted struct {
	*Gateway
	ledger   *budget.Ledger
	accounts *[]*usage.Record
}

func budgetOf(name string, limits ...budget.Limit) *Budget {
	return &Budget{Budget: &budget.Budget{Name: name, Limits: limits}, Per: "key"}
}

// withBudgets counts a model m of 2 dollars for a million tokens of prompts and 10 of answers.
func withBudgets(t testing.TB, u http.RoundTripper, budgets ...*Budget) *budgeted {
	t.Helper()
	p := upstreamOf(t, "one", "openai.chat", u)
	p.Prices, _ = price.New(map[string]price.Price{"*": {Input: 2, Output: 10, Cached: 1, Written: 2}})
	b := &budgeted{ledger: new(budget.Ledger)}
	g, accounts := gatewayOf(t, p)
	for _, each := range budgets {
		each.Book = b.ledger
	}
	c := g.Config
	c.Budgets = budgets
	b.Gateway, b.accounts = New(c), accounts
	return b
}

// used is what the subject that has used most has used of the first budget's limits.
func (b *budgeted) used(t testing.TB) []int64 {
	t.Helper()
	s := b.ledger.Status(b.Budgets[0].Budget, b.Now(), 1)
	if s.Reserved != (budget.Amounts{}) {
		t.Errorf("reserved %v after all has ended", s.Reserved)
	}
	used := make([]int64, len(b.Budgets[0].Limits))
	for _, u := range s.Most {
		for i, l := range u.Limits {
			used[i] = l.Used
		}
	}
	return used
}

var always = roundTrip(func(*http.Request) (*http.Response, error) { return whole(said), nil })

// TestBudgetRefuses tells clients in their dialects, without asking anybody.
func TestBudgetRefuses(t *testing.T) {
	for _, tt := range []struct{ path, body, want, header string }{
		{chatPath, ask, `"code":"rate_limit_exceeded"`, "X-Ratelimit-Remaining-Requests"},
		{"/v1/responses", `{"model":"m","input":"hi"}`, `"code":"rate_limit_exceeded"`, "X-Ratelimit-Remaining-Requests"},
		{"/v1/messages", `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`, `"type":"rate_limit_error"`, "Anthropic-Ratelimit-Requests-Remaining"},
		{"/v1beta/models/m:generateContent", `{"contents":[{"parts":[{"text":"hi"}]}]}`, `"status":"RESOURCE_EXHAUSTED"`, "X-Ratelimit-Remaining-Requests"},
		{"/api/chat", `{"model":"m","messages":[]}`, `"error":"budget few of 1 request per minute is used up for another `, "X-Ratelimit-Remaining-Requests"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(said) }}
			g := withBudgets(t, u, budgetOf("few", budget.Limit{Unit: budget.Requests, Period: budget.Minute, Amount: 1}))
			if w := post(g.Gateway, chatPath, ask); w.Code != 200 || w.Header().Get("X-Ratelimit-Remaining-Requests") != "0" || w.Header().Get("X-Ratelimit-Limit-Requests") != "1" {
				t.Fatalf("the first got %d %v", w.Code, w.Header())
			}
			w := post(g.Gateway, tt.path, tt.body)
			if w.Code != 429 || w.Header().Get("Retry-After") != "63" || !strings.Contains(w.Body.String(), tt.want) || w.Header().Get(tt.header) != "0" {
				t.Errorf("the second got %d %v %s", w.Code, w.Header(), w.Body)
			}
			if r := (*g.accounts)[1]; r.Outcome != usage.Rejected || r.Budget != "few" || len(u.asked) != 1 {
				t.Errorf("account %+v, the upstream was asked %d times", r, len(u.asked))
			}
		})
	}
}

// TestBudgetStatus: a quota is refused as its budget says, by the code of budgets.
func TestBudgetStatus(t *testing.T) {
	quota := budgetOf("quota", budget.Limit{Unit: budget.Tokens, Period: budget.Month, Amount: 5})
	quota.Status = 403
	g := withBudgets(t, always, quota)
	post(g.Gateway, chatPath, ask)
	w := post(g.Gateway, chatPath, ask)
	if w.Code != 403 || !strings.Contains(w.Body.String(), `"code":"budget_exceeded"`) || !strings.Contains(w.Body.String(), "budget quota of 5 tokens per month is used up") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// TestBudgetCharges: what is charged, however an exchange ends.
func TestBudgetCharges(t *testing.T) {
	const counted = `"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}`
	answer := strings.Replace(said, `"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}`, counted, 1)
	uncounted := strings.Replace(said, `,"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}`, "", 1)
	half := delta(strings.Repeat("word", 100))
	tests := []struct {
		name                   string
		body                   string
		answer                 func() *http.Response
		requests, tokens, cost int64 // in millionths of a dollar
	}{
		{"counted", ask, func() *http.Response { return whole(answer) }, 1, 1100, 3000},
		{"counted stream", askStream, func() *http.Response {
			return streamed(delta("x") + stop + `data: {"choices":[],` + counted + "}\n\ndata: [DONE]\n\n")
		}, 1, 1100, 3000},
		{"uncounted", ask, func() *http.Response { return whole(uncounted) }, 1, 1 + 2, 22},
		{"uncounted stream", askStream, func() *http.Response { return streamed(half + stop + "data: [DONE]\n\n") }, 1, 1 + 100, 1002},
		{"broken stream", askStream, func() *http.Response { return streamed(half) }, 1, 1 + 100, 1002},
		{"broken stream of a counted prompt", askStream, func() *http.Response {
			said := strings.Replace(half, `"choices"`, `"usage":{"prompt_tokens":7,"completion_tokens":1,"total_tokens":8},"choices"`, 1)
			return answered(200, "text/event-stream", io.MultiReader(strings.NewReader(said), iotest.ErrReader(io.ErrUnexpectedEOF)))
		}, 1, 7 + 100, 1014},
		{"refused", ask, func() *http.Response { return whole(`{"error":{"message":"no"}}`) }, 0, 0, 0},
		{"failed", ask, func() *http.Response {
			return answered(500, "application/json", strings.NewReader(`{"error":{"message":"no"}}`))
		}, 0, 0, 0},
		{"no stream", askStream, func() *http.Response { return streamed("") }, 0, 0, 0},
	}
	for _, plugins := range []string{"", "redact"} {
		for _, tt := range tests {
			t.Run(tt.name+" "+plugins, func(t *testing.T) {
				g := withBudgets(t, &upstream{answer: func(int, *http.Request, string) *http.Response { return tt.answer() }},
					budgetOf("b", budget.Limit{Unit: budget.Requests, Period: budget.Day, Amount: 9}, budget.Limit{Unit: budget.Tokens, Period: budget.Day, Amount: 1e6}, budget.Limit{Unit: budget.Cost, Period: budget.Day, Amount: budget.Dollar}))
				if plugins != "" {
					g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, plugins, ""))
				}
				g.Routes[0].Retry = (&Retry{Attempts: 1}).Complete()
				post(g.Gateway, chatPath, tt.body)
				if got, want := fmt.Sprint(g.used(t)), fmt.Sprint([]int64{tt.requests, tt.tokens, tt.cost * 1000}); got != want {
					t.Errorf("charged %v, want %v", got, want)
				}
			})
		}
	}
}

// TestBudgetOfOneWhoLeaves: who leaves while a provider is at work pays for the prompt, and for what has come.
func TestBudgetOfOneWhoLeaves(t *testing.T) {
	asked := make(chan struct{})
	u := roundTrip(func(r *http.Request) (*http.Response, error) {
		close(asked)
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	g := withBudgets(t, u, budgetOf("b", budget.Limit{Unit: budget.Requests, Period: budget.Day, Amount: 9}, budget.Limit{Unit: budget.Tokens, Period: budget.Day, Amount: 1e6}))
	ctx, leave := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, chatPath, strings.NewReader(ask))
	r.Header.Set("Content-Type", "application/json")
	go func() {
		<-asked
		leave()
	}()
	g.ServeHTTP(httptest.NewRecorder(), r)
	if got := g.used(t); got[0] != 1 || got[1] != 1 {
		t.Errorf("charged %v", got)
	}
	if r := (*g.accounts)[0]; r.Outcome != usage.Aborted {
		t.Errorf("account %+v", r)
	}
}

// TestBudgetReserves the most that a request may use, by the dearest candidate.
func TestBudgetReserves(t *testing.T) {
	var g *budgeted
	var reserved budget.Amounts
	u := roundTrip(func(*http.Request) (*http.Response, error) {
		reserved = g.ledger.Status(g.Budgets[0].Budget, g.Now(), 0).Reserved
		return whole(said), nil
	})
	g = withBudgets(t, u, budgetOf("b", budget.Limit{Unit: budget.Tokens, Period: budget.Day, Amount: 1e9}, budget.Limit{Unit: budget.Cost, Period: budget.Day, Amount: 1e6 * budget.Dollar}))
	dear := upstreamOf(t, "dear", "openai.chat", u)
	dear.Prices, _ = price.New(map[string]price.Price{"*": {Input: 100, Output: 1000, Cached: 100, Written: 125}})
	g.Routes[0].Candidates = append(g.Routes[0].Candidates, candidate(t, dear))
	for _, tt := range []struct {
		body         string
		tokens, cost int64 // in millionths of a dollar
	}{
		{`{"model":"m","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}`, 133, 104_125},
		{`{"model":"m","max_tokens":100,"n":3,"messages":[{"role":"user","content":"hi"}]}`, 333, 304_125},
		{`{"model":"m","max_tokens":100,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO"}}]}]}`, 1732, 304_000},
		{ask, 33 + price.AssumedCompletion, 1_028_125},
	} {
		post(g.Gateway, chatPath, tt.body)
		if reserved[budget.Tokens] != tt.tokens || reserved[budget.Cost]/1000 != tt.cost {
			t.Errorf("%s: reserved %v, want %d tokens and %d millionths", tt.body, reserved, tt.tokens, tt.cost)
		}
	}
	post(g.Gateway, chatPath, ask)
	if reserved[budget.Tokens] > 100 {
		t.Errorf("reserved %v after answers of 4 tokens", reserved)
	}
}

// TestBudgetOfACount: asking for the size of a prompt uses none of it.
func TestBudgetOfACount(t *testing.T) {
	u := roundTrip(func(*http.Request) (*http.Response, error) { return whole(`{"input_tokens":4321}`), nil })
	g := withBudgets(t, u, budgetOf("b", budget.Limit{Unit: budget.Requests, Period: budget.Day, Amount: 9}, budget.Limit{Unit: budget.Tokens, Period: budget.Day, Amount: 9}))
	p := upstreamOf(t, "counts", "anthropic.messages", u)
	g.Routes[0].Candidates = []*attempt.Candidate{candidate(t, p)}
	if w := post(g.Gateway, "/v1/messages/count_tokens", `{"model":"m","messages":[{"role":"user","content":"how long is it?"}]}`); w.Code != 200 || !strings.Contains(w.Body.String(), "input_tokens") {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if used := g.used(t); used[1] != 0 {
		t.Errorf("charged %v", used)
	}
}

// TestBudgetRules: all budgets that apply have to leave room, others do not count.
func TestBudgetRules(t *testing.T) {
	rule, err := route.Compile(`max_tokens > 100`, route.Schema{})
	if err != nil {
		t.Fatal(err)
	}
	long := budgetOf("long", budget.Limit{Unit: budget.Requests, Period: budget.Day, Amount: 1})
	long.Rule = rule
	g := withBudgets(t, always, budgetOf("all", budget.Limit{Unit: budget.Requests, Period: budget.Day, Amount: 4}), long)
	large := strings.Replace(ask, `"model"`, `"max_tokens":200,"model"`, 1)
	for i, tt := range []struct {
		body   string
		code   int
		budget string
		left   string
	}{{ask, 200, "", "3"}, {large, 200, "", "0"}, {large, 429, "long", "0"}, {ask, 200, "", "1"}, {ask, 200, "", "0"}, {ask, 429, "all", "0"}} {
		w := post(g.Gateway, chatPath, tt.body)
		if r := (*g.accounts)[i]; w.Code != tt.code || r.Budget != tt.budget || w.Header().Get("X-Ratelimit-Remaining-Requests") != tt.left {
			t.Errorf("request %d: got %d by %q, %v", i+1, w.Code, r.Budget, w.Header())
		}
	}
}

// TestBudgetHeaders: a client learns what its budgets leave, not what the gateway's own account at the provider does; without a budget that says
// something the provider's word stays.
func TestBudgetHeaders(t *testing.T) {
	u := roundTrip(func(r *http.Request) (*http.Response, error) {
		resp := whole(said)
		if b, _ := io.ReadAll(r.Body); strings.Contains(string(b), "stream") {
			resp = streamed(delta("x") + stop + "data: [DONE]\n\n")
		}
		resp.Header.Set("X-Ratelimit-Remaining-Tokens", "777")
		resp.Header.Set("X-Ratelimit-Remaining-Requests", "777")
		return resp, nil
	})
	for _, body := range []string{ask, askStream} {
		g := withBudgets(t, u, budgetOf("b", budget.Limit{Unit: budget.Tokens, Period: budget.Total, Amount: 5000}))
		h := post(g.Gateway, chatPath, body).Header()
		if h.Get("X-Ratelimit-Limit-Tokens") != "5000" || h.Get("X-Ratelimit-Remaining-Tokens") != "3943" || h.Get("X-Ratelimit-Remaining-Requests") != "" || h.Get("X-Ratelimit-Reset-Tokens") != "" {
			t.Errorf("got %v", h)
		}
		g = withBudgets(t, u, budgetOf("b", budget.Limit{Unit: budget.Cost, Period: budget.Day, Amount: budget.Dollar}))
		if h := post(g.Gateway, chatPath, body).Header(); h.Get("X-Ratelimit-Remaining-Tokens") != "777" {
			t.Errorf("got %v", h)
		}
		g = withBudgets(t, u, budgetOf("b", budget.Limit{Unit: budget.Requests, Period: budget.Day, Amount: 9}))
		if h := post(g.Gateway, chatPath, body).Header(); h.Get("X-Ratelimit-Reset-Requests") != "23h6m40s" || h.Get("X-Ratelimit-Remaining-Tokens") != "" {
			t.Errorf("got %v", h)
		}
	}
}

// TestNoBudget: an exchange that no budget applies to is as it would be without any.
func TestNoBudget(t *testing.T) {
	rule, err := route.Compile(`model == "other"`, route.Schema{})
	if err != nil {
		t.Fatal(err)
	}
	b := budgetOf("b", budget.Limit{Unit: budget.Requests, Period: budget.Day, Amount: 1})
	b.Rule = rule
	g := withBudgets(t, always, b)
	for range 3 {
		if w := post(g.Gateway, chatPath, ask); w.Code != 200 || w.Header().Get("X-Ratelimit-Limit-Requests") != "" {
			t.Errorf("got %d %v", w.Code, w.Header())
		}
	}
	if s := g.ledger.Status(b.Budget, g.Now(), 9); s.Subjects != 0 {
		t.Errorf("status %+v", s)
	}
}

// TestUnknownPrice: should a model have no price after all, it is charged with the most that it may have cost.
func TestUnknownPrice(t *testing.T) {
	g := withBudgets(t, always, budgetOf("b", budget.Limit{Unit: budget.Cost, Period: budget.Day, Amount: budget.Dollar}))
	p := upstreamOf(t, "unpriced", "openai.chat", always)
	g.Routes[0].Candidates = []*attempt.Candidate{candidate(t, p), g.Routes[0].Candidates[0]}
	post(g.Gateway, chatPath, strings.Replace(ask, `"model"`, `"max_tokens":1000,"model"`, 1))
	if used := g.used(t); used[0] != 10_066_000 {
		t.Errorf("charged %v", used)
	}
}

// TestExplainBudgets tells which budgets count a request and whether they have room, and reserves nothing.
func TestExplainBudgets(t *testing.T) {
	rule, err := route.Compile(`max_tokens > 100`, route.Schema{})
	if err != nil {
		t.Fatal(err)
	}
	long, few := budgetOf("long", budget.Limit{Unit: budget.Tokens, Period: budget.Day, Amount: 5000}), budgetOf("few", budget.Limit{Unit: budget.Requests, Period: budget.Day, Amount: 1})
	long.Rule = rule
	g := withBudgets(t, always, long, few)
	explain := func(given Assume) *Explanation {
		r := httptest.NewRequest(http.MethodPost, chatPath, strings.NewReader(ask))
		r.Header.Set("Content-Type", "application/json")
		return g.Explain(r, given)
	}
	for range 3 {
		e := explain(Assume{})
		if b := e.Budgets; len(b) != 2 || b[0].Counts || b[0].Because == "" || !b[1].Counts || b[1].Refused != nil || e.Refused != nil {
			t.Errorf("before: %+v, refused %v", b, e.Refused)
		}
	}
	if s := g.ledger.Status(few.Budget, g.Now(), 1); s.Subjects != 0 {
		t.Errorf("explanations left %+v", s)
	}
	post(g.Gateway, chatPath, ask)
	e := explain(Assume{})
	if b := e.Budgets[1]; b.Refused == nil || e.Refused == nil || e.Refused.Code != "budget_exceeded" || len(e.Candidates) != 1 {
		t.Errorf("after: %+v, refused %v", b, e.Refused)
	}
	if e := explain(Assume{Service: true}); e.Refused != nil || !e.Budgets[1].Counts {
		t.Errorf("in service: %+v", e)
	}
	if s := g.ledger.Status(few.Budget, g.Now(), 1); s.Refused != 0 {
		t.Errorf("explanations count as refusals: %+v", s)
	}
}
