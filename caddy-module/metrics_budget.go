package caddyllm

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
)

var (
	budgetRefused  = desc("budget_refused_total", "Requests that a budget had no room for.", "budget")
	budgetSubjects = desc("budget_subjects", "Subjects whose use of a budget is remembered.", "budget")
	budgetUsed     = desc("budget_used_ratio", "The largest part of a limit of a budget that one of its subjects has used or reserved.", "budget")
	budgetTokens   = desc("budget_reserved_tokens", "Tokens that requests under way have reserved of a budget.", "budget")
	budgetCost     = desc("budget_reserved_usd", "US dollars that requests under way have reserved of a budget.", "budget")
)

// budgetCollector tells of the budgets of one configuration.
type budgetCollector struct{ app *App }

// Describe implements prometheus.Collector.
func (budgetCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{budgetRefused, budgetSubjects, budgetUsed, budgetTokens, budgetCost} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c budgetCollector) Collect(ch chan<- prometheus.Metric) {
	for name, b := range c.app.budgets() {
		s := b.made.Book.Status(b.made.Budget, time.Now(), 0)
		gauge := func(d *prometheus.Desc, v float64) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, name)
		}
		ch <- prometheus.MustNewConstMetric(budgetRefused, prometheus.CounterValue, float64(s.Refused), name)
		gauge(budgetSubjects, float64(s.Subjects))
		gauge(budgetUsed, s.Ratio)
		gauge(budgetTokens, float64(s.Reserved[budget.Tokens]))
		gauge(budgetCost, amount(budget.Cost, s.Reserved[budget.Cost]))
	}
}
