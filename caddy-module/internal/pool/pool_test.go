package pool

import (
	"fmt"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

const t0 = int64(1_700_000_000_000_000_000)

// open makes a pool that is closed after its test.
func open(t testing.TB, b Balance, members []Member, breaker BreakerConfig, states *States) *Pool {
	t.Helper()
	p, err := New(b, members, breaker, states)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// named makes members a, b, … of one kind.
func named(n int, like Member) (all []Member) {
	for i := range n {
		like.ID = fmt.Sprintf("m%d", i)
		all = append(all, like)
	}
	return all
}

// take takes a lease that has to be there.
func take(t testing.TB, p *Pool, now int64) Lease {
	t.Helper()
	l, ok := p.Take(&Choice{Now: now})
	if !ok {
		t.Fatal("nobody is ready")
	}
	return l
}

// serve takes and ends a lease, and gives the member's number, -1 if none was ready.
func serve(p *Pool, c *Choice, class failure.Class, wait time.Duration) int {
	l, ok := p.Take(c)
	if !ok {
		return -1
	}
	l.End(Outcome{Class: class, Wait: wait, Now: c.Now})
	return l.Member()
}

func TestTurns(t *testing.T) {
	for b, want := range map[Balance]string{RoundRobin: "[0 1 2 0 1 2]", FillFirst: "[0 0 0 0 0 0]"} {
		p := open(t, b, named(3, Member{}), BreakerConfig{}, nil)
		var got []int
		for range 6 {
			got = append(got, serve(p, &Choice{Now: t0}, failure.None, 0))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", b, got, want)
		}
	}
}
