package caddyllm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// Hedge has a second attempt made beside the first when that says nothing for long.
type Hedge struct {
	// How long the first may say nothing, from 1ms. Default: as long as 95 % of the candidate's recent answers took to begin; until 20 are
	// known nothing is hedged.
	After caddy.Duration `json:"after,omitempty"`
}

// hedge is what gateways want of it.
func (h *Hedge) hedge() (gateway.Hedge, error) {
	if h == nil {
		return gateway.Hedge{}, nil
	}
	after := time.Duration(h.After)
	if after != 0 && (after < time.Millisecond || after > maxPause) {
		return gateway.Hedge{}, fmt.Errorf("hedge is after %v, expected 1ms to %v", after, maxPause)
	}
	return gateway.Hedge{On: true, After: after}, nil
}

// planFallbacks resolves the candidates that follow from failures.
func (r *Route) planFallbacks(a *App, p *plannedRoute) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(r.Fallbacks)) {
		class, err := failureClass("fallback", name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if len(r.Fallbacks[name]) == 0 {
			errs = append(errs, fmt.Errorf("fallback %s names no candidate, expected provider or provider/model", name))
		}
		seen := make(map[string]bool)
		for _, to := range r.Fallbacks[name] {
			switch {
			case slices.Contains(r.To, to):
				errs = append(errs, fmt.Errorf("fallback %s: %s is one of the route's candidates, and would fall back to itself: expected one that is not in to", name, to))
				continue
			case seen[to]:
				errs = append(errs, fmt.Errorf("fallback %s: %s is given twice, expected once", name, to))
				continue
			}
			seen[to] = true
			c, err := a.candidate(to, p.rule)
			if err != nil {
				errs = append(errs, fmt.Errorf("fallback %s: %w", name, err))
				continue
			}
			if p.fallbacks == nil {
				p.fallbacks = make(map[failure.Class][]*plannedCandidate)
			}
			p.fallbacks[class] = append(p.fallbacks[class], c)
		}
	}
	return errors.Join(errs...)
}

// all are the candidates that requests of the route may go to.
func (p *plannedRoute) all() []*plannedCandidate {
	out := slices.Clone(p.candidates)
	for _, class := range slices.Sorted(maps.Keys(p.fallbacks)) {
		out = append(out, p.fallbacks[class]...)
	}
	if p.shadow != nil {
		out = append(out, p.shadow)
	}
	return out
}
