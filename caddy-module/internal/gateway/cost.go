package gateway

import (
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
)

// bill notes what the exchange has cost, if both the tokens and their price are known. An upstream that counted
// nothing may still have charged for it, so its cost is unknown, unless nothing costs anything there.
func (x *exchange) bill() {
	r := &x.record
	p, known := x.prices.Of(r.UpstreamModel)
	if !known || r.Tokens == (dialect.Usage{}) && !p.Free() {
		return
	}
	r.Cost, r.Priced = p.Cost(price.Tokens{
		Prompt: r.Tokens.Prompt, Cached: r.Tokens.Cached, Written: r.Tokens.Written, Completion: r.Tokens.Completion,
	}), true
}
