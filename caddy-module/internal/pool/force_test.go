package pool

import (
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// TestForce: a broken server is asked when nobody else is there, one that asked to be left alone never.
func TestForce(t *testing.T) {
	p, err := New(RoundRobin, []Member{{ID: "a", Server: "s"}}, BreakerConfig{Failures: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l, _ := p.Take(&Choice{})
	l.End(Outcome{Class: failure.ServerError})
	if _, ok := p.Take(&Choice{}); ok {
		t.Fatal("the breaker is closed")
	}
	forced := &Choice{Force: true}
	first, ok := p.Take(forced)
	second, also := p.Take(forced)
	if !ok || !also || p.Wait(forced) != 0 {
		t.Fatalf("forced: %v, %v", ok, also)
	}
	second.End(Outcome{Class: failure.ServerError}) // one beside the trial tells nothing
	first.End(Outcome{})
	l, ok = p.Take(&Choice{})
	if !ok {
		t.Fatal("the trial went well, and the breaker is open")
	}
	l.End(Outcome{Class: failure.RateLimit, Wait: 1e9})
	if _, ok := p.Take(forced); ok || p.Wait(forced) != 1e9 {
		t.Errorf("told to wait, and taken: %v", ok)
	}
}
