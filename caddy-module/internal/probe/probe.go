// Package probe asks servers at intervals whether they are well. What it asks, and who is told, is its caller's.
package probe

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Target is a server that is asked.
type Target struct {
	// Wanted tells whether to ask now; nil always.
	Wanted func() bool
	// Ask asks, and tells whom it concerns. It returns when its context ends.
	Ask func(context.Context)
}

// spread is the part of an interval by which it is shorter or longer, so that gateways do not ask at the same moments.
const spread = 0.1

// Start asks each target after each interval, with a bound of time, until stop. stop ends what is asked and waits for it.
func Start(interval, timeout time.Duration, targets ...Target) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, t := range targets {
		all.Go(func() { t.run(ctx, interval, timeout) })
	}
	return func() {
		cancel()
		all.Wait()
	}
}

func (t *Target) run(ctx context.Context, interval, timeout time.Duration) {
	timer := time.NewTimer(about(interval))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if t.Wanted == nil || t.Wanted() {
			t.ask(ctx, timeout)
		}
		timer.Reset(about(interval))
	}
}

func (t *Target) ask(ctx context.Context, timeout time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	t.Ask(ctx)
}

func about(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (1 - spread + 2*spread*rand.Float64()))
}
