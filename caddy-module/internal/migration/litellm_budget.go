package migration

import "slices"

// periods are Longmen's for LiteLLM's durations of budgets.
var periods = map[string]string{
	"": "total", "60s": "minute", "1m": "minute", "60m": "hour", "1h": "hour", "24h": "day", "1d": "day", "7d": "week", "1w": "week", "30d": "month", "31d": "month", "1mo": "month",
	"365d": "year", "12mo": "year", "1y": "year",
}

// readBudget makes what the whole proxy may spend a budget of all callers.
func (l *lite) readBudget() {
	most, at, ok := l.settings.number("max_budget")
	duration := l.settings.word("budget_duration")
	if !ok || most <= 0 {
		return
	}
	period := periods[duration]
	switch {
	case period == "":
		l.notes.lost(l.settings.keys["budget_duration"], "expected minutes, hours, days, weeks, months or years, one of them: max_budget is not carried")
	case most > 1e6:
		l.notes.lost(at, "a budget goes up to a million dollars")
	case slices.ContainsFunc(l.out.providers, func(p *provider) bool { return len(p.prices) == 0 }):
		l.notes.lost(at, "a budget needs the prices of all models: give each input_cost_per_token and output_cost_per_token")
	default:
		l.out.budget = []string{ftoa(most), period}
		l.notes.differs(at, "days, weeks, months and years are those of the calendar in UTC, and what LiteLLM has counted so far is not known")
	}
}
