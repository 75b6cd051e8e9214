package caddyllm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/probe"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// Defaults and bounds of probes.
const (
	probeInterval    = 10 * time.Second
	probeTimeout     = 5 * time.Second
	minProbeInterval = time.Second
)

func (b *Probe) check(p *provider.Provider) error {
	switch {
	case b.Interval < 0 || b.Interval > 0 && time.Duration(b.Interval) < minProbeInterval:
		return fmt.Errorf("probe: interval %v, expected one from %v", time.Duration(b.Interval), minProbeInterval)
	case b.Timeout < 0:
		return errors.New("probe: timeout is negative, expected a duration such as 5s")
	}
	if err := p.CanCheck(provider.Check{Path: b.Path, Model: b.Model}); err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	return nil
}

// start probes the endpoints of a provider until stop.
func (b *Probe) start(p *provider.Provider) (stop func()) {
	var targets []probe.Target
	for i, e := range p.Endpoints {
		t := probe.Target{Ask: func(ctx context.Context) {
			// Transports look for a replacer.
			ctx = context.WithValue(ctx, caddy.ReplacerCtxKey, caddy.NewReplacer())
			p.Check(ctx, e, provider.Check{Path: b.Path, Model: b.Model})
		}}
		if !b.Always {
			t.Wanted = func() bool { return p.Status()[i].Breaker != pool.Closed }
		}
		targets = append(targets, t)
	}
	return probe.Start(cmp.Or(time.Duration(b.Interval), probeInterval), cmp.Or(time.Duration(b.Timeout), probeTimeout), targets...)
}
