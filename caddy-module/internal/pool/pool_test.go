package pool

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

const t0 = int64(1_700_000_000_000_000_000)

// after is a time after t0.
func after(d time.Duration) int64 { return t0 + int64(d) }

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

// alike makes members m0, m1, … of one kind.
func alike(n int, like Member) (all []Member) {
	for i := range n {
		like.ID = fmt.Sprintf("m%d", i)
		all = append(all, like)
	}
	return all
}

// take takes a lease that has to be there.
func take(t testing.TB, p *Pool, now int64) *Lease {
	t.Helper()
	l, ok := p.Take(&Choice{Now: now})
	if !ok {
		t.Fatal("nobody is ready")
	}
	return &l
}

// only is a choice of one member.
func only(p *Pool, member int, now int64) *Choice {
	c := &Choice{Now: now, Tried: new(Tried)}
	for i := range p.members {
		if i != member {
			c.Tried.Add(i)
		}
	}
	return c
}

// serve takes and ends a lease at once, and gives the member's number, -1 when nobody was ready.
func serve(p *Pool, c *Choice, class failure.Class, wait time.Duration) int {
	l, ok := p.Take(c)
	if !ok {
		return -1
	}
	l.End(Outcome{Class: class, Wait: wait, Now: c.Now})
	return l.Member()
}

// order serves some requests at once.
func order(p *Pool, n int, now int64) string {
	var got []string
	for range n {
		got = append(got, fmt.Sprint(serve(p, &Choice{Now: now}, failure.None, 0)))
	}
	return strings.Join(got, " ")
}

// events keeps what is told.
func events(s *States) *[]Event {
	var all []Event
	s.Notify(func(e Event) { all = append(all, e) })
	return &all
}

func TestNewRefuses(t *testing.T) {
	one := func(m Member) []Member { m.ID = "a"; return []Member{m} }
	for _, c := range []struct {
		name    string
		balance Balance
		members []Member
		breaker BreakerConfig
		want    string
	}{
		{"balance", "fair", one(Member{}), BreakerConfig{}, `balance "fair" is unknown, expected one of [fill_first`},
		{"no members", RoundRobin, nil, BreakerConfig{}, "pool has 0 members, expected 1 to 4096"},
		{"many members", RoundRobin, alike(MaxMembers+1, Member{}), BreakerConfig{}, "pool has 4097 members"},
		{"no ID", RoundRobin, []Member{{}}, BreakerConfig{}, "ID or server has 0"},
		{"long ID", RoundRobin, []Member{{ID: strings.Repeat("x", 513)}}, BreakerConfig{}, "has 513"},
		{"long server", RoundRobin, one(Member{Server: strings.Repeat("x", 513)}), BreakerConfig{}, "or 513 bytes"},
		{"twice", RoundRobin, []Member{{ID: "a"}, {ID: "a"}}, BreakerConfig{}, `member "a" is there twice`},
		{"weight", RoundRobin, one(Member{Weight: -1}), BreakerConfig{}, `member "a": weight is -1`},
		{"cost", RoundRobin, one(Member{Cost: math.NaN()}), BreakerConfig{}, `member "a": cost is NaN`},
		{"rpm", RoundRobin, one(Member{RPM: -1}), BreakerConfig{}, `member "a": rpm is -1`},
		{"failures", RoundRobin, one(Member{}), BreakerConfig{Failures: -1}, "breaker: failures are -1"},
		{"ratio", RoundRobin, one(Member{}), BreakerConfig{Ratio: 1.5}, "breaker: ratio is 1.5"},
		{"window", RoundRobin, one(Member{}), BreakerConfig{Window: time.Millisecond}, "breaker: window is 1ms"},
		{"open", RoundRobin, one(Member{}), BreakerConfig{Open: time.Minute, MaxOpen: time.Second}, "breaker: open is 1m0s to 1s"},
	} {
		if _, err := New(c.balance, c.members, c.breaker, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestTried(t *testing.T) {
	var nobody *Tried
	if nobody.Has(3) {
		t.Error("nobody was tried, but 3 was")
	}
	for _, n := range []int{0, 63, 64, 255, 256, 257, 319, 320, MaxMembers - 1} {
		var tr Tried
		tr.Add(n)
		for i := range MaxMembers {
			if tr.Has(i) != (i == n) {
				t.Fatalf("%d is tried: Has(%d) = %v", n, i, tr.Has(i))
			}
		}
		if tr.Clear(); tr.Has(n) {
			t.Errorf("%d is tried after Clear", n)
		}
	}
	var tr Tried
	if n := testing.AllocsPerRun(100, func() { tr.Add(255) }); n != 0 {
		t.Errorf("%v allocations for member 255", n)
	}
}

// TestTriedMembersAreNotChosen takes every member once, with every balance.
func TestTriedMembersAreNotChosen(t *testing.T) {
	for _, b := range Balances() {
		p := open(t, b, alike(300, Member{}), BreakerConfig{}, nil)
		c := &Choice{Now: t0, Affinity: 7, Tried: new(Tried)}
		for i := range 300 {
			if w := p.Wait(c); w != 0 {
				t.Fatalf("%s: wait %v after %d members, want 0", b, w, i)
			}
			n := serve(p, c, failure.BadRequest, 0)
			if n < 0 || c.Tried.Has(n) {
				t.Fatalf("%s: member %d after %d others", b, n, i)
			}
			c.Tried.Add(n)
		}
		if n := serve(p, c, failure.None, 0); n != -1 {
			t.Errorf("%s: member %d though all are tried", b, n)
		}
		if w := p.Wait(c); w != -1 {
			t.Errorf("%s: wait %v though all are tried, want -1", b, w)
		}
	}
}

// TestLeasesAreFreed ends leases more than once, in each way that there is.
func TestLeasesAreFreed(t *testing.T) {
	for class := failure.None; class <= failure.Canceled; class++ {
		p := open(t, RoundRobin, alike(2, Member{}), BreakerConfig{}, nil)
		a, b := take(t, p, t0), take(t, p, t0)
		if n := p.Summary(t0).InFlight; n != 2 {
			t.Errorf("%s: %d in flight, want 2", class, n)
		}
		a.First(time.Second, t0)
		for range 3 {
			a.End(Outcome{Class: class, Now: t0})
			a.First(time.Second, t0)
			a.Left(0.5, t0)
		}
		if n := p.Summary(t0).InFlight; n != 1 {
			t.Errorf("%s: %d in flight after one ended, want 1", class, n)
		}
		b.End(Outcome{Class: class, Now: t0})
		if n := p.Summary(t0).InFlight; n != 0 {
			t.Errorf("%s: %d in flight after both ended, want 0", class, n)
		}
	}
}
