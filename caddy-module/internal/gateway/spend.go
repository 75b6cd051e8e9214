package gateway

import (
	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// settle charges the budgets with what the exchange has used, and gives back the rest of what it has reserved.
func (x *exchange) settle() {
	a := x.allotment
	if a == nil {
		return
	}
	if a.held > 0 {
		s := budget.Settlement{Reserved: a.need, Used: x.spent(a), Began: a.began, Now: x.gateway.Now()}
		for begin, end := 0, 0; begin < a.held; begin = end {
			end = a.run(begin)
			s.Claims = a.claims[begin:end]
			a.books[begin].Settle(&s)
		}
	}
	x.allotment = nil
	if x.sink.w == &a.meter {
		x.sink.w = a.meter.ResponseWriter
	}
	if x.kept != nil {
		return // its connection is still looked at, through the meter
	}
	clear(a.claims)
	clear(a.books)
	*a = allotment{claims: a.claims[:0], books: a.books[:0]}
	allotments.Put(a)
}

// spent is what the exchange has used: what the provider has counted, else what can be told from outside. A request that no upstream has
// answered has used nothing, unless its client left while one was at work.
func (x *exchange) spent(a *allotment) (used budget.Amounts) {
	left := x.record.Outcome == usage.Aborted && x.trip.attempts > 0
	if !a.answered && !left {
		return used
	}
	used[budget.Requests] = 1
	if x.dialect.Counts() {
		return used // what a prompt would use, which was not sent
	}
	if !a.measures() {
		counted := x.record.Tokens
		used[budget.Tokens] = counted.Prompt + counted.Completion
		used[budget.Cost] = budget.Dollars(x.record.Cost)
		return used
	}
	tokens, counted := x.record.Tokens, x.record.Outcome == usage.OK && x.record.Tokens != (dialect.Usage{})
	if counted {
		x.chosen.forecast.Saw(a.prompt, tokens.Prompt, tokens.Completion, x.asked.MaxTokens > 0)
	} else {
		// Of a stream that broke off the provider may have told the prompt only.
		if tokens.Prompt == 0 {
			tokens.Prompt = a.prompt
		}
		tokens.Completion = max(tokens.Completion, a.meter.tokens())
	}
	used[budget.Tokens] = tokens.Prompt + tokens.Completion
	if x.record.Priced && x.prices.Tariff(x.record.UpstreamModel) != nil {
		used[budget.Cost] = budget.Dollars(x.record.Cost) // which tokens say nothing of
		return used
	}
	p, known := x.prices.Of(x.record.UpstreamModel)
	if !known {
		used[budget.Cost] = a.need[budget.Cost] // the most that it may have cost
		return used
	}
	used[budget.Cost] = budget.Dollars(p.Cost(paid(tokens)))
	return used
}
