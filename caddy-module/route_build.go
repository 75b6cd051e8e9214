package caddyllm

import (
	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// lead gives a gateway's route its candidates, and says how they are gone through.
func (p *plannedRoute) lead(into *gateway.Route, from *Route, gates *gateSet) {
	made := make(map[string]*attempt.Candidate) // those of the same name share what is known of them
	build := func(planned []*plannedCandidate) (out []*attempt.Candidate) {
		for _, c := range planned {
			models.add(c.model)
			built := &attempt.Candidate{Provider: c.provider, Model: c.model, Ways: c.ways, Gate: gates.gate(gateKey{gateOfProvider, c.provider.Name})}
			if same := made[built.Name()]; same != nil {
				built = same
			}
			made[built.Name()] = built
			out = append(out, built)
		}
		return out
	}
	into.Candidates = build(p.candidates)
	for class, planned := range p.fallbacks {
		if into.Fallbacks == nil {
			into.Fallbacks = make(map[failure.Class][]*attempt.Candidate)
		}
		into.Fallbacks[class] = build(planned)
	}
	into.Order.Strategy, into.Order.Weights, into.Order.Sticky = gateway.Strategy(from.Strategy), from.Weights, from.Sticky
	into.Retry, into.Hedge, into.KeepAlive = p.retry, p.hedge, p.keepAlive
	if p.shadow != nil {
		// What is known of a candidate is known from clients' requests.
		models.add(p.shadow.model)
		into.Shadow = from.Shadow.shadow(&attempt.Candidate{Provider: p.shadow.provider, Model: p.shadow.model, Ways: p.shadow.ways, Gate: gates.gate(gateKey{gateOfProvider, p.shadow.provider.Name})})
	}
}
