package caddyllm

import (
	"errors"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
)

// Limit bounds how many requests are in progress at once; a streamed answer is until its end. Others wait in a
// queue that callers take turns in, told apart by their keys, else by their addresses: one who sends many does not delay
// one who sends few. Who finds the queue full, or waits for too long, gets 429 with a Retry-After that is
// measured. A reload changes the limit of those who are under way and wait.
type Limit struct {
	// How many may be in progress, from 1 to a million. Required.
	Concurrent int `json:"concurrent,omitempty"`

	// How many may wait, up to 100,000; 0 lets nobody wait. Each holds its request in memory. Default: five times
	// concurrent.
	Queue *int `json:"queue,omitempty"`

	// How long one may wait, up to an hour. Default: 30s.
	MaxWait caddy.Duration `json:"max_wait,omitempty"`
}

const (
	maxConcurrent  = 1_000_000
	maxQueue       = 100_000
	queuePerPlace  = 5
	defaultMaxWait = 30 * time.Second
	longestMaxWait = time.Hour
)

// limits are what a gate is told.
func (l *Limit) limits() (queue.Limits, error) {
	var errs []error
	if l.Concurrent < 1 || l.Concurrent > maxConcurrent {
		errs = append(errs, fmt.Errorf("limit: concurrent is %d, expected 1 to %d", l.Concurrent, maxConcurrent))
	}
	out := queue.Limits{Concurrent: l.Concurrent, Queue: min(queuePerPlace*l.Concurrent, maxQueue), MaxWait: time.Duration(l.MaxWait)}
	if l.Queue != nil {
		out.Queue = *l.Queue
	}
	if out.Queue < 0 || out.Queue > maxQueue {
		errs = append(errs, fmt.Errorf("limit: queue is %d, expected 0 to %d", out.Queue, maxQueue))
	}
	if out.MaxWait == 0 {
		out.MaxWait = defaultMaxWait
	}
	if out.MaxWait < 0 || out.MaxWait > longestMaxWait {
		errs = append(errs, fmt.Errorf("limit: max_wait is %s, expected a time up to %s", out.MaxWait, longestMaxWait))
	}
	return out, errors.Join(errs...)
}

// openGates opens those of the providers.
func (a *App) openGates() error {
	var errs []error
	for name, p := range a.Providers {
		if p == nil || p.Limit == nil {
			continue
		}
		if err := a.engine.gates.open(gateKey{gateOfProvider, name}, p.Limit, p.Source); err != nil {
			errs = append(errs, fmt.Errorf("provider %q%s: %w", name, at(p.Source), err))
		}
	}
	return errors.Join(errs...)
}

// openGates opens those of the routes, and judges what else bounds requests there.
func (h *Handler) openGates(a *App) error {
	var errs []error
	outer := h.MaxBody
	if outer == 0 {
		outer = gateway.DefaultMaxBody
	}
	for i, r := range h.Routes {
		if r == nil {
			continue
		}
		name := h.nameOf(i)
		fail := func(err error) {
			if err != nil {
				errs = append(errs, fmt.Errorf("route %q%s: %w", name, at(r.Source), err))
			}
		}
		if r.Limit != nil {
			fail(a.engine.gates.open(gateKey{gateOfRoute, name}, r.Limit, r.Source))
		}
		if _, ok := queue.ParseClass(r.Priority); !ok && r.Priority != "" {
			fail(fmt.Errorf("unknown priority %q, expected high, normal or low", r.Priority))
		}
		switch {
		case r.MaxBody != 0 && r.MaxBody < minMaxBody:
			fail(fmt.Errorf("max_body is %d bytes, expected at least 1KiB", r.MaxBody))
		case r.MaxBody > outer:
			fail(fmt.Errorf("max_body is %d bytes, expected at most the %d of the handler's max_body", r.MaxBody, outer))
		}
	}
	return errors.Join(errs...)
}

// bound gives a route of the gateway what bounds its requests.
func (r *Route) bound(made *gateway.Route, g *gateSet) {
	made.Gate = g.gate(gateKey{gateOfRoute, made.Name})
	made.Priority, _ = queue.ParseClass(r.Priority)
	made.MaxBody = r.MaxBody
}
