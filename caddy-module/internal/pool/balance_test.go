package pool

import (
	"fmt"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// TestOrder has the exact order in which members are chosen.
func TestOrder(t *testing.T) {
	abc := alike(3, Member{})
	weights := []Member{{ID: "a", Weight: 5}, {ID: "b"}, {ID: "c"}}
	costs := []Member{{ID: "a", Cost: 2}, {ID: "b", Cost: 0.5}, {ID: "c", Cost: 0.5}}
	for _, c := range []struct {
		balance Balance
		members []Member
		want    string
	}{
		{RoundRobin, abc, "0 1 2 0 1 2 0"},
		{Weighted, abc, "0 1 2 0 1 2 0"},
		{Priority, abc, "0 1 2 0 1 2 0"},
		{RoundRobin, weights, "0 0 1 0 2 0 0 0 0 1 0 2 0 0"}, // as in nginx
		{FillFirst, abc, "0 0 0 0"},
		{LeastBusy, abc, "0 1 2 0 1 2 0"},
		{LeastCost, abc, "0 1 2 0 1 2 0"},
		{LeastCost, costs, "1 1 2 1 1 2"},
		{UsageAware, abc, "0 1 2 0 1 2 0"},
		{Sticky, abc, "0 1 2 0 1 2 0"}, // no affinity
	} {
		p := open(t, c.balance, c.members, BreakerConfig{}, nil)
		if got := order(p, (len(c.want)+1)/2, t0); got != c.want {
			t.Errorf("%s: %s, want %s", c.balance, got, c.want)
		}
	}
}

// TestPriority goes down and up again, with every balance.
func TestPriority(t *testing.T) {
	for _, b := range Balances() {
		p := open(t, b, []Member{{ID: "last", Priority: 7}, {ID: "first", Priority: -1}, {ID: "second", Priority: 2}, {ID: "too", Priority: -1}}, BreakerConfig{}, nil)
		choose := func(now int64) map[int]bool {
			got := map[int]bool{}
			for i := range 50 {
				got[serve(p, &Choice{Now: now, Affinity: uint64(i)}, failure.None, 0)] = true
			}
			return got
		}
		want := func(when string, got map[int]bool, only ...int) {
			t.Helper()
			for _, i := range only {
				delete(got, i)
			}
			if len(got) != 0 {
				t.Errorf("%s: %s also %v, want only %v", b, when, got, only)
			}
		}
		want("at first", choose(t0), 1, 3)
		serve(p, only(p, 1, t0), failure.RateLimit, time.Minute)
		want("without one", choose(t0), 3)
		serve(p, only(p, 3, t0), failure.RateLimit, time.Minute)
		want("without both", choose(t0), 2)
		serve(p, only(p, 2, t0), failure.RateLimit, time.Hour)
		want("without the second", choose(t0), 0)
		want("later", choose(after(time.Minute)), 1, 3)
	}
}

// TestWeights counts over whole rounds.
func TestWeights(t *testing.T) {
	members := []Member{{ID: "a", Weight: 50}, {ID: "b", Weight: 30}, {ID: "c", Weight: 15}, {ID: "d", Weight: 5}}
	p := open(t, Weighted, members, BreakerConfig{}, nil)
	got := [4]int{}
	for n := 1; n <= 1000; n++ {
		got[serve(p, &Choice{Now: t0}, failure.None, 0)]++
		for i, m := range members {
			if want := float64(n*m.Weight) / 100; float64(got[i]) > want+2 || float64(got[i]) < want-2 {
				t.Fatalf("after %d requests: %v, want about %v for member %d", n, got, want, i)
			}
		}
	}
	if got != [4]int{500, 300, 150, 50} {
		t.Errorf("after 1000 requests: %v", got)
	}
}

// TestRotationWithoutOne keeps the order of the others, and has no burst when the one is back.
func TestRotationWithoutOne(t *testing.T) {
	p := open(t, RoundRobin, alike(4, Member{}), BreakerConfig{}, nil)
	serve(p, only(p, 1, t0), failure.RateLimit, 7*time.Second)
	got := map[int]int{}
	for range 300 {
		got[serve(p, &Choice{Now: t0}, failure.None, 0)]++
	}
	if fmt.Sprint(got) != "map[0:100 2:100 3:100]" {
		t.Errorf("without member 1: %v", got)
	}
	clear(got)
	for range 40 {
		got[serve(p, &Choice{Now: after(7 * time.Second)}, failure.None, 0)]++
	}
	if fmt.Sprint(got) != "map[0:10 1:10 2:10 3:10]" {
		t.Errorf("after member 1 is back: %v", got)
	}
}

func TestLeastBusy(t *testing.T) {
	p := open(t, LeastBusy, alike(5, Member{}), BreakerConfig{}, nil)
	var leases []*Lease
	r := uint64(1)
	for range 5000 {
		if r = r*6364136223846793005 + 1; r>>63 == 0 || len(leases) == 0 {
			before := make([]int64, 5)
			for i := range before {
				before[i] = p.members[i].inFlight.Load()
			}
			l := take(t, p, t0)
			for _, n := range before {
				if n < before[l.Member()] {
					t.Fatalf("member %d was chosen of %v", l.Member(), before)
				}
			}
			leases = append(leases, l)
			continue
		}
		i := int(r>>32) % len(leases)
		leases[i].End(Outcome{Now: t0})
		leases = append(leases[:i], leases[i+1:]...)
	}
}

func TestLeastLatency(t *testing.T) {
	p := open(t, LeastLatency, alike(3, Member{}), BreakerConfig{}, nil)
	p.rand.Seed(1, 2)
	for i, d := range []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 800 * time.Millisecond} {
		l, _ := p.Take(only(p, i, t0))
		l.First(d, t0)
		l.End(Outcome{Now: t0})
	}
	got := [3]int{}
	for range 3000 {
		got[serve(p, &Choice{Now: t0}, failure.None, 0)]++
	}
	// The slowest of three loses against whomever it is compared with, the fastest wins: two of three pairs have it.
	if got[2] != 0 || got[0] < 1900 || got[0] > 2100 {
		t.Errorf("of latencies 100, 200 and 800 ms chosen %v, want about [2000 1000 0]", got)
	}
	// Requests under way count: with seven of them the fastest is as slow as the slowest.
	var leases []*Lease
	for range 8 {
		l, _ := p.Take(only(p, 0, t0))
		leases = append(leases, &l)
	}
	got = [3]int{}
	for range 3000 {
		got[serve(p, &Choice{Now: t0}, failure.None, 0)]++
	}
	if got[0] != 0 {
		t.Errorf("with 8 requests under way the fastest was chosen: %v", got)
	}
	for _, l := range leases {
		l.End(Outcome{Now: t0})
	}
}

// TestLeastLatencyMeetsUnknownMembers gives those who have not answered yet something to do, but not everything.
func TestLeastLatencyMeetsUnknownMembers(t *testing.T) {
	p := open(t, LeastLatency, alike(2, Member{}), BreakerConfig{}, nil)
	p.rand.Seed(1, 2)
	l, _ := p.Take(only(p, 0, t0))
	l.First(time.Millisecond, t0)
	l.End(Outcome{Now: t0})
	for range 20 {
		take(t, p, t0)
	}
	if a, b := p.members[0].inFlight.Load(), p.members[1].inFlight.Load(); a != 10 || b != 10 {
		t.Errorf("%d and %d of 20 requests under way, want 10 and 10", a, b)
	}
}

func TestUsageAware(t *testing.T) {
	p := open(t, UsageAware, []Member{{ID: "a"}, {ID: "b", RPM: 10}, {ID: "c", TPM: 1000}}, BreakerConfig{}, nil)
	say := func(member int, share float64, now int64) {
		l, _ := p.Take(only(p, member, now))
		l.Left(share, now)
		l.End(Outcome{Now: now})
	}
	choose := func(when string, now int64, want int) {
		t.Helper()
		if got := serve(p, &Choice{Now: now}, failure.None, 0); got != want {
			t.Errorf("%s: member %d, want %d", when, got, want)
		}
	}
	say(0, 0.5, t0)
	c := only(p, 2, t0)
	c.Tokens = 550
	serve(p, c, failure.None, 0)
	for left := 10; left > 5; left-- {
		choose(fmt.Sprintf("left of a 50 %%, b %d0 %%, c 45 %%", left), t0, 1)
	}
	say(0, 0.1, t0)
	choose("left of a 10 %, b 50 %, c 45 %", t0, 1)
	choose("left of a 10 %, b 40 %, c 45 %", t0, 2)
	say(0, 1, t0)
	choose("left of a 100 %, b 40 %, c 45 %", t0, 0)
	say(0, 0, t0)
	choose("left of a 0 %, b 40 %, c 45 %", t0, 2)
	choose("what a said has faded", after(59*time.Second), 0)
}
