package gateway

import (
	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// bill notes what the exchange has cost, if both the tokens and their price are known. An upstream that counted
// nothing may still have charged for it, so its cost is unknown, unless nothing costs anything there.
func (x *exchange) bill() {
	r := &x.record
	if x.prices.Tariff(r.UpstreamModel) != nil {
		r.Cost, r.Priced = x.reading.Cost()
		return
	}
	p, known := x.prices.Of(r.UpstreamModel)
	if !known || r.Tokens == (dialect.Usage{}) && !p.Free() {
		return
	}
	r.Cost, r.Priced = p.Cost(paid(r.Tokens)), true
}

// paid are the tokens that prices are for.
func paid(t dialect.Usage) price.Tokens {
	return price.Tokens{Prompt: t.Prompt, Cached: t.Cached, Written: t.Written, Completion: t.Completion}
}

// charged tells whether an answer has to be read for its cost.
func (x *exchange) charged(answer *attempt.Answer) bool {
	return x.reading != nil && isJSON(answer.HTTP.Header.Get("Content-Type"))
}

// charge reads what an answer, or an event of it, says of its cost: as the provider wrote it.
func (x *exchange) charge(answer *attempt.Answer, a *document.Arena, root document.Node) {
	if x.reading != nil {
		answer.Way.Dialect.EachAnswer(a, root, func(n document.Node) { x.reading.Look(a, n) })
	}
}
