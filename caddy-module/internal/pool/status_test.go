package pool

import (
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// TestSummary counts what is ready, and requests of all.
func TestSummary(t *testing.T) {
	p := open(t, RoundRobin, []Member{{ID: "fast"}, {ID: "slow"}, {ID: "slower"}, {ID: "unknown", RPM: 10}}, BreakerConfig{}, nil)
	answer := func(member int, first time.Duration, left float64, class failure.Class) {
		l, _ := p.Take(only(p, member, t0))
		l.First(first, t0)
		l.Left(left, t0)
		l.End(Outcome{Class: class, Now: t0})
	}
	answer(0, 100*time.Millisecond, 1, failure.RateLimit)
	answer(1, 200*time.Millisecond, 0.25, failure.None)
	answer(2, 300*time.Millisecond, 0.5, failure.None)
	for range 6 {
		l, _ := p.Take(only(p, 3, t0))
		defer l.End(Outcome{Now: t0})
	}
	if got, want := p.Summary(t0), (Summary{true, true, 6, 200 * time.Millisecond, 0.5}); got != want {
		t.Errorf("summary %+v, want %+v", got, want)
	}
	for i := range 4 {
		for range 5 {
			l := p.Probe(i, t0)
			l.End(Outcome{Class: failure.Timeout, Now: t0})
		}
	}
	if got, want := p.Summary(t0), (Summary{InFlight: 6}); got != want {
		t.Errorf("all are broken: summary %+v, want %+v", got, want)
	}
	if got := p.Summary(after(30 * time.Second)); !got.Ready || !got.Healthy {
		t.Errorf("all may be tried: summary %+v", got)
	}
}
