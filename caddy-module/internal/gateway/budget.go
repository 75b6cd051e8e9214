package gateway

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
)

// Budget is what callers may use, and the requests that count.
type Budget struct {
	*budget.Budget
	Rule *route.Rule // nil counts all
	// Per says whose use is added up: one of Pers, or "label " or "header " and a name.
	Per    string
	Status int         // of refusals
	Book   budget.Book // where use is added up
}

// pers are what requests can have in common that count together. Those that do not have it count for their caller.
var pers = []string{"all", "client_ip", "key", "user"}

// labelled is a label's name behind this.
const labelled = "label "

// CheckPer says what is wrong with what a budget is per.
func CheckPer(per string) error {
	for _, begin := range []string{labelled, headerAffinity} {
		if name, ok := strings.CutPrefix(per, begin); ok && name != "" {
			return nil
		}
	}
	if slices.Contains(pers, per) {
		return nil
	}
	return fmt.Errorf("per %q, expected one of %s, or label or header and a name", per, strings.Join(pers, ", "))
}

// reads tells whether the budget has to know what stands in a request's body.
func (b *Budget) reads() bool {
	return b.Rule.Needs().Read(dialect.Match{}) || b.Per == "user" || b.measures()
}

// measures tells whether the budget limits more than the number of requests.
func (b *Budget) measures() bool { return b.Counts(budget.Tokens) || b.Counts(budget.Cost) }

// allotment is what an exchange has reserved.
type allotment struct {
	claims   []budget.Claim
	books    []budget.Book // of the claims; those of the same book stand together
	held     int           // claims that are reserved
	need     budget.Amounts
	began    time.Time
	prompt   int64            // estimated tokens
	left     budget.Allowance // which clients are told of
	tells    bool             // there is something to tell
	meter    meter            // what the client gets
	answered bool             // an upstream has, at least in part
}

// allotments are made to be reused.
var allotments = sync.Pool{New: func() any { return new(allotment) }}

// reserve notes in all budgets that apply what the request may use, or refuses it. What an upstream has not answered is given back.
func (x *exchange) reserve(ctx context.Context, r *Route, candidates []*attempt.Candidate) error {
	if len(x.gateway.Budgets) == 0 {
		return nil
	}
	a, err := x.allot(r, candidates)
	if a == nil || err != nil {
		return err
	}
	for begin, end := 0, 0; begin < len(a.claims); begin = end {
		end = a.run(begin)
		if refused := a.books[begin].Reserve(ctx, a.claims[begin:end], a.need, a.began, &a.left); refused != nil {
			return &overspent{refused, x.gateway.statusOf(refused.Budget)}
		}
		a.held = end
	}
	if a.measures() {
		a.meter.open(x.sink.w, x.dialect, x.record.Stream)
		x.sink.w = &a.meter
	}
	return nil
}

// measures tells whether tokens or their cost count. a may be nil.
func (a *allotment) measures() bool {
	return a != nil && (a.need[budget.Tokens] > 0 || a.need[budget.Cost] > 0)
}

// run is the end of the claims of the same book.
func (a *allotment) run(begin int) int {
	end := begin + 1
	for end < len(a.claims) && a.books[end] == a.books[begin] {
		end++
	}
	return end
}

// allot finds the budgets that apply, and what the request may use of them; nil if none applies.
func (x *exchange) allot(r *Route, candidates []*attempt.Candidate) (*allotment, error) {
	a := allotments.Get().(*allotment)
	x.allotment = a
	a.began = x.gateway.Now()
	if err := x.claim(a); err != nil || len(a.claims) == 0 {
		return nil, err
	}
	a.need[budget.Requests] = 1
	measured := false
	for i := range a.claims {
		b := a.claims[i].Budget
		a.tells = a.tells || b.Counts(budget.Requests) || b.Counts(budget.Tokens)
		measured = measured || b.Counts(budget.Tokens) || b.Counts(budget.Cost)
	}
	if measured {
		x.foresee(a, r, candidates)
	}
	return a, nil
}

// claim finds the budgets that apply, and for whom the request counts.
func (x *exchange) claim(a *allotment) error {
	var env *route.Env
	for _, b := range x.gateway.Budgets {
		if b.Rule != nil {
			if env == nil {
				env = lendEnv(x.facts())
				defer returnEnv(env)
			}
			ok, err := b.Rule.Match(env)
			if err != nil {
				return &budgetError{b.Name, err}
			}
			if !ok {
				continue
			}
		}
		subject, name := x.subject(b.Per)
		a.claims, a.books = append(a.claims, budget.Claim{Budget: b.Budget, Subject: subject, Name: name}), append(a.books, b.Book)
	}
	return nil
}

// subject is for whom a request counts, and how people call that.
func (x *exchange) subject(per string) (s budget.Subject, name string) {
	s.Kind = per
	switch {
	case per == "all":
		return s, "all"
	case per == "client_ip":
		s.Value = network(x.record.ClientIP)
		return s, ""
	case per == "user" && x.record.User != "":
		// Users of two callers may have the same name.
		s.Value = x.caller() + " " + x.record.User
		return s, ""
	case strings.HasPrefix(per, labelled):
		if s.Value = x.who.Labels[per[len(labelled):]]; s.Value != "" {
			return s, s.Value
		}
	case strings.HasPrefix(per, headerAffinity):
		if s.Value = x.request.Header.Get(per[len(headerAffinity):]); s.Value != "" {
			return s, ""
		}
	}
	if x.who.ID == "" {
		return budget.Subject{Kind: "client_ip", Value: x.caller()}, ""
	}
	return budget.Subject{Kind: "key", Value: x.who.ID}, x.who.Name
}

// foresee estimates the most that the request may use: its prompt, as many tokens of answers as it allows, at the highest price of its
// candidates.
func (x *exchange) foresee(a *allotment, r *Route, candidates []*attempt.Candidate) {
	if x.root == 0 || x.dialect.Counts() {
		return
	}
	a.prompt = int64(x.promptTokens() + tokensPerImage*x.dialect.Images(x.arena, x.root))
	prompt, answer := r.forecast.Prompt(a.prompt), int64(0)
	if x.dialect.Answers() {
		if answer = int64(x.asked.MaxTokens); answer == 0 {
			answer = r.forecast.Answer(price.AssumedCompletion)
		}
		answer = min(answer, budget.Most) * x.choices()
	}
	a.need[budget.Tokens] = min(prompt+answer, budget.Most)
	dearest := func(c *attempt.Candidate) {
		if p, known := c.Provider.Prices.Of(c.UpstreamModel(x.model)); known {
			a.need[budget.Cost] = max(a.need[budget.Cost], budget.Dollars(p.Most(prompt, answer)))
		}
	}
	for _, c := range candidates {
		dearest(c)
	}
	for _, fallback := range r.Fallbacks {
		for _, c := range fallback {
			dearest(c)
		}
	}
}

// tokensPerImage is about what a large image counts at OpenAI and Anthropic; others count less.
const tokensPerImage = 1600

// maxChoices is how many answers are taken into account of one request.
const maxChoices = 128

// choices is how many answers the request asks for at once, each of up to the limit of tokens.
func (x *exchange) choices() int64 {
	n, _ := x.arena.Int(x.arena.Get(x.root, "n"))
	return min(max(n, 1), maxChoices)
}

// overspent is the error of a request that a budget has no room for.
type overspent struct {
	*budget.Refusal
	status int
}

// Unwrap gives the budget's own error.
func (e *overspent) Unwrap() error { return e.Refusal }

// told is what the client is told.
func (e *overspent) told() *dialect.Error {
	code := "budget_exceeded"
	if e.Limit.Period.Slides() {
		code = "rate_limit_exceeded"
	}
	refusal := fault(e.status, code, e.Error())
	refusal.RetryAfter = max(e.Wait, 0)
	return refusal
}

// statusOf is the status of a budget's refusals.
func (g *Gateway) statusOf(name string) int {
	for _, b := range g.Budgets {
		if b.Name == name {
			return cmp.Or(b.Status, http.StatusTooManyRequests)
		}
	}
	return http.StatusTooManyRequests
}

// budgetError is a budget's rule that could not be evaluated for this request.
type budgetError struct {
	budget string
	cause  error
}

func (e *budgetError) Error() string { return fmt.Sprintf("budget %q: rule: %v", e.budget, e.cause) }
func (e *budgetError) Unwrap() error { return e.cause }

// tellAllowance sets the headers that tell a client what its budgets leave, in place of what an upstream says of the gateway's own limits there.
func (x *exchange) tellAllowance(h http.Header) {
	a := x.allotment
	if a == nil || !a.tells {
		return
	}
	dialect.DropLimits(h)
	for unit, room := range a.left {
		if room.Limit > 0 {
			x.dialect.SetLimit(h, [...]string{"Requests", "Tokens"}[unit], room.Limit, room.Left, room.Reset, x.gateway.Now())
		}
	}
}
