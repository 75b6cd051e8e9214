package caddyllm

import (
	"maps"
	"slices"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
)

// budgetStatus is one budget in GET /llm_gateway/budgets.
type budgetStatus struct {
	Name     string        `json:"name"`
	Per      string        `json:"per"`
	Rule     string        `json:"rule,omitempty"`
	Store    string        `json:"store,omitempty"`
	Away     bool          `json:"store_lost,omitempty"` // the gateway goes by what it counts itself
	Subjects int           `json:"subjects"`
	Refused  int64         `json:"refused"` // requests, by this gateway since it began
	Limits   []BudgetLimit `json:"limits"`
	Most     []budgetUse   `json:"most"` // the subjects that have used the largest parts of limits
}

// budgetUse is what a subject has used.
type budgetUse struct {
	ID     string           `json:"id"`             // a hash
	Name   string           `json:"name,omitempty"` // of a key, or the value of a label
	Limits []budgetLimitUse `json:"limits"`
}

// budgetLimitUse is what is used of a limit: of cost in US dollars.
type budgetLimitUse struct {
	BudgetLimit
	Used     float64 `json:"used"`
	Reserved float64 `json:"reserved"`
	// Resets is when nothing of it will be used any more, nil for never.
	Resets *float64 `json:"resets_in_seconds,omitempty"`
}

// mostUsed is how many subjects are told of.
const mostUsed = 20

func (a *App) budgetStatus() []budgetStatus {
	out, all := []budgetStatus{}, a.budgets()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		b := all[name]
		s := b.made.Book.Status(b.made.Budget, time.Now(), mostUsed)
		status := budgetStatus{
			Name: name, Per: b.made.Per, Rule: b.Rule, Store: b.Store, Subjects: s.Subjects, Refused: s.Refused, Limits: b.Limits, Most: []budgetUse{},
		}
		if shared, ok := b.made.Book.(*budget.Shared); ok {
			status.Away = shared.Away()
		}
		for _, u := range s.Most {
			status.Most = append(status.Most, useOf(u, b.Limits))
		}
		out = append(out, status)
	}
	return out
}

// useOf is a subject's use of limits, which stand in the same order.
func useOf(u budget.Usage, limits []BudgetLimit) budgetUse {
	use := budgetUse{ID: u.ID, Name: u.Name}
	for i, l := range u.Limits {
		of := budgetLimitUse{BudgetLimit: limits[i], Used: amount(l.Unit, l.Used), Reserved: amount(l.Unit, l.Reserved)}
		if l.Resets >= 0 {
			seconds := l.Resets.Seconds()
			of.Resets = &seconds
		}
		use.Limits = append(use.Limits, of)
	}
	return use
}

// amount is how people count a unit.
func amount(u budget.Unit, n int64) float64 {
	if u == budget.Cost {
		return float64(n) / budget.Dollar
	}
	return float64(n)
}
