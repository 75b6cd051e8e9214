package gateway

import (
	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
)

// BudgetVerdict tells of one budget whether the request counts, and whether there is room for it.
type BudgetVerdict struct {
	Name    string        `json:"name"`
	Rule    string        `json:"rule,omitempty"`
	Per     string        `json:"per"`
	Counts  bool          `json:"counts"`
	Because string        `json:"because"`          // in one line
	Reason  *route.Reason `json:"reason,omitempty"` // part by part
	Refused *Refusal      `json:"refused,omitempty"`
}

// budgets tells what the request would meet of budgets. The error is the refusal of one. Where providers are taken to be in service,
// budgets are taken to have room.
func (e *explainer) budgets(r *Route, candidates []*attempt.Candidate) error {
	x := e.exchange
	if len(x.gateway.Budgets) == 0 {
		return nil
	}
	var a allotment
	a.need[budget.Requests] = 1
	x.foresee(&a, r, candidates)
	var env route.Env
	env.Reset(e.facts())
	var failed error
	for _, b := range x.gateway.Budgets {
		v := &BudgetVerdict{Name: b.Name, Rule: b.Rule.String(), Per: b.Per, Because: "it has no rule"}
		e.said.Budgets = append(e.said.Budgets, v)
		counts, err := b.Rule.Match(&env)
		if v.Counts, v.Reason = counts, b.Rule.Explain(&env); v.Reason != nil {
			v.Because = v.Reason.String()
		}
		if err != nil && failed == nil {
			failed = &budgetError{b.Name, err}
		}
		if !counts || e.given.Service {
			continue
		}
		subject, name := x.subject(b.Per)
		refused := b.Book.Would([]budget.Claim{{Budget: b.Budget, Subject: subject, Name: name}}, a.need, x.gateway.Now())
		if refused != nil {
			spent := &overspent{refused, x.gateway.statusOf(b.Name)}
			if v.Refused = refusalOf(spent); failed == nil {
				failed = spent
			}
		}
	}
	return failed
}
