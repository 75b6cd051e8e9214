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

// TestForceRefused: a refused credential is not asked again because another member has to wait, only when all are refused.
func TestForceRefused(t *testing.T) {
	p, err := New(FillFirst, []Member{{ID: "a", Server: "s"}, {ID: "b", Server: "s"}}, BreakerConfig{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := p.Take(&Choice{})
	b, _ := p.Take(&Choice{Tried: tried(0)})
	a.End(Outcome{Class: failure.Credential})
	b.End(Outcome{Class: failure.RateLimit, Wait: 7e9})
	forced := &Choice{Force: true}
	if _, ok := p.Take(forced); ok || p.Wait(forced) != 7e9 || p.Why(forced) != failure.RateLimit {
		t.Errorf("taken: %v; wait %v for %v", ok, p.Wait(forced), p.Why(forced))
	}
	forced.Now = 8e9
	b, ok := p.Take(forced)
	if !ok || b.Member() != 1 {
		t.Fatalf("member %d, %v", b.Member(), ok)
	}
	b.End(Outcome{Class: failure.Credential, Now: 8e9})
	if p.Why(&Choice{Now: 8e9}) != failure.Credential {
		t.Errorf("why: %v", p.Why(&Choice{Now: 8e9}))
	}
	if _, ok := p.Take(forced); !ok {
		t.Error("all are refused, and none is asked")
	}
}

func tried(members ...int) *Tried {
	t := new(Tried)
	for _, m := range members {
		t.Add(m)
	}
	return t
}
