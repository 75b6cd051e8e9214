package caddyllm

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
)

// Budget is what callers may use. Before a request is sent the most that it may use is reserved, at its end what it has used is charged: what the
// provider has counted, or an estimate where it counted nothing. A request that no provider answers uses nothing.
type Budget struct {
	// The name in messages, logs and metrics. What was used is kept under it: budgets of the same name, in several handlers and over a
	// reload, are one. Default: budget_ and its number from 1.
	Name string `json:"name,omitempty"`

	// Which requests count: a rule as routes have it, evaluated when the route is known. Default: all.
	Rule string `json:"rule,omitempty"`

	// Whose use is added up: "key", the caller's key, "client_ip", the client's address (of IPv6 the /64 network), "user", the end user as a
	// caller's request bodies name it, "label " and the name of a label of keys, "header " and the name of a header, or "all". What a
	// request does not have makes it count for its key, without one for its address. Default: "key".
	Per string `json:"per,omitempty"`

	// How much may be used. At least one, each of another unit or period.
	Limits []BudgetLimit `json:"limits,omitempty"`

	// The status of refusals: 429 or 403. Default: 429.
	Status int `json:"status,omitempty"`

	// The store, by its name, in which what is used is added up for all gateways that have a budget of this name there. While it is away
	// each goes on with what it has counted itself, and tells the store afterwards. Default: none, use is added up by this gateway
	// alone, and kept in Caddy's data directory.
	Store string `json:"store,omitempty"`

	// Where the budget stands in the Caddyfile, for errors.
	Source string `json:"source,omitempty"`
}

// BudgetLimit is how much of a unit may be used in a period.
type BudgetLimit struct {
	// What is counted: "requests", "tokens" of prompts and answers, or "cost" in US dollars, for which the prices of all candidates have
	// to be known.
	Unit string `json:"unit,omitempty"`

	// How much, above 0.
	Amount float64 `json:"amount,omitempty"`

	// The period: "second", "minute" or "hour", which slide, so that no such time has more; "day", "week" (from Monday), "month" or "year" of
	// the calendar in UTC; or "total", which never ends.
	Period string `json:"period,omitempty"`
}

// perKey is what budgets are per if they say nothing.
const perKey = "key"

// budgetName is the name of a budget by its index.
func (h *Handler) budgetName(i int) string {
	if b := h.Budgets[i]; b.Name != "" {
		return b.Name
	}
	return "budget_" + strconv.Itoa(i+1)
}

// planBudgets judges the budgets, once the routes are known.
func (h *Handler) planBudgets(a *App, p *plan, schema route.Schema) error {
	if len(h.Budgets) == 0 {
		return nil
	}
	if err := ledger.load(a.engine.master); err != nil {
		return err
	}
	var errs []error
	for i, b := range h.Budgets {
		if b == nil {
			errs = append(errs, fmt.Errorf("budget %d is null, expected an object", i+1))
			continue
		}
		name := h.budgetName(i)
		made, err := b.plan(a, p, name, schema)
		if err == nil {
			err = a.engine.enlist(h, i, made)
		}
		eachError(err, func(err error) { errs = append(errs, fmt.Errorf("budget %q%s: %w", name, at(b.Source), err)) })
		p.budgets = append(p.budgets, made)
	}
	return errors.Join(errs...)
}

// plan judges one budget.
func (b *Budget) plan(a *App, p *plan, name string, schema route.Schema) (*gateway.Budget, error) {
	made := &gateway.Budget{Budget: &budget.Budget{Name: name}, Per: b.Per, Status: b.Status, Book: ledger.Ledger}
	var errs []error
	fail := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	if !word(name) {
		fail(errors.New("name is not usable, expected letters, digits, _ and -"))
	}
	if strings.TrimSpace(b.Rule) != "" {
		var err error
		if made.Rule, err = route.Compile(b.Rule, schema); err != nil {
			fail(fmt.Errorf("rule: %w", err))
		}
	}
	if made.Per == "" {
		made.Per = perKey
	}
	fail(checkPer(made.Per))
	if b.Status != 0 && b.Status != http.StatusTooManyRequests && b.Status != http.StatusForbidden {
		fail(fmt.Errorf("status is %d, expected 429 or 403", b.Status))
	}
	if b.Store != "" {
		var err error
		made.Book, err = a.budgetBook(b.Store)
		fail(err)
	}
	for _, l := range b.Limits {
		limit, err := l.limit()
		fail(err)
		made.Limits = append(made.Limits, limit)
	}
	if len(errs) == 0 {
		fail(made.Check())
	}
	if made.Counts(budget.Cost) {
		fail(p.checkPrices(a))
	}
	return made, errors.Join(errs...)
}

func checkPer(per string) error {
	if header, ok := strings.CutPrefix(per, "header "); ok && dialect.IsCredentialHeader(header) {
		return fmt.Errorf("per header %s: it carries credentials, expected per key or another header", header)
	}
	return gateway.CheckPer(per)
}

func (l *BudgetLimit) limit() (out budget.Limit, err error) {
	var ok bool
	if out.Unit, ok = budget.ParseUnit(l.Unit); !ok {
		return out, fmt.Errorf("unknown unit %q, expected requests, tokens or cost", l.Unit)
	}
	if out.Period, ok = budget.ParsePeriod(l.Period); !ok {
		return out, fmt.Errorf("%s: unknown period %q, expected one of %s", l.Unit, l.Period, list(budget.Periods()))
	}
	switch {
	case !(l.Amount > 0): // NaN is not
	case out.Unit == budget.Cost && l.Amount <= budget.Most/budget.Dollar:
		out.Amount = budget.Dollars(l.Amount)
	case l.Amount <= budget.Most && l.Amount == float64(int64(l.Amount)):
		out.Amount = int64(l.Amount)
	}
	switch {
	case out.Amount > 0:
		return out, nil
	case out.Unit == budget.Cost:
		return out, fmt.Errorf("cost per %s is %v, expected more than 0 and at most a million dollars", l.Period, l.Amount)
	}
	return out, fmt.Errorf("%s per %s is %v, expected more than 0, and no fraction", l.Unit, l.Period, l.Amount)
}

// checkPrices finds candidates whose requests have a cost that nobody knows.
func (p *plan) checkPrices(a *App) error {
	var errs []error
	for _, r := range p.routes {
		check := func(candidates []*plannedCandidate) {
			for _, c := range candidates {
				if err := c.checkPrice(a); err != nil {
					errs = append(errs, fmt.Errorf("cost: route %q: %w", r.name, err))
				}
			}
		}
		check(r.candidates)
		for _, fallback := range r.fallbacks {
			check(fallback)
		}
	}
	return errors.Join(errs...)
}

// enlisted is a budget of a configuration.
type enlisted struct {
	*Budget
	made *gateway.Budget
}

// budgets are those of the app, by their names.
func (a *App) budgets() map[string]*enlisted {
	if a.engine == nil {
		return nil
	}
	return a.engine.budgets
}

// enlist notes a budget by its name. Several handlers may have it, if it is the same.
func (e *engine) enlist(h *Handler, i int, made *gateway.Budget) error {
	b, name := h.Budgets[i], h.budgetName(i)
	first := e.budgets[name]
	if first == nil {
		if e.budgets == nil {
			e.budgets = make(map[string]*enlisted)
		}
		e.budgets[name] = &enlisted{b, made}
		return nil
	}
	if slices.Contains(h.Budgets[:i], first.Budget) {
		return fmt.Errorf("the name is taken by an earlier budget%s, expected another", at(first.Source))
	}
	if !slices.Equal(first.Limits, b.Limits) || first.Store != b.Store || first.made.Per != made.Per {
		return fmt.Errorf("there is another budget of this name%s, expected the same limits, store and per, or another name", at(first.Source))
	}
	return nil
}
