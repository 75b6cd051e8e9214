package pool

import (
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

func stuck(p *Pool, keys int, now int64) []int {
	got := make([]int, keys)
	for k := range got {
		got[k] = serve(p, &Choice{Now: now, Affinity: uint64(k + 1)}, failure.None, 0)
	}
	return got
}

// TestStickyMovesOnlyWhatWasWithTheLost loses a member, gets it back, gets another one, and gives one more weight.
func TestStickyMovesOnlyWhatWasWithTheLost(t *testing.T) {
	const keys = 10_000
	members := []Member{{ID: "a"}, {ID: "b", Weight: 2}, {ID: "c"}, {ID: "d"}}
	p := open(t, Sticky, members, BreakerConfig{}, nil)
	before := stuck(p, keys, t0)
	shares := [4]int{}
	for _, m := range before {
		shares[m]++
	}
	for i, n := range shares {
		if want := keys * p.members[i].Weight / 5; n < want*9/10 || n > want*11/10 {
			t.Errorf("shares %v, want about %d for member %d", shares, want, i)
		}
	}
	serve(p, only(p, 2, t0), failure.RateLimit, time.Minute)
	spread := [4]int{}
	for k, m := range stuck(p, keys, t0) {
		if before[k] != 2 && m != before[k] {
			t.Fatalf("key %d moved from %d to %d when 2 was lost", k, before[k], m)
		}
		if before[k] == 2 {
			spread[m]++
		}
	}
	if spread[2] != 0 || spread[0] < shares[2]/5 || spread[1] < shares[2]*2/5 || spread[3] < shares[2]/5 {
		t.Errorf("the lost one's %d keys went to %v", shares[2], spread)
	}
	for k, m := range stuck(p, keys, after(time.Minute)) {
		if m != before[k] {
			t.Fatalf("key %d is with %d when 2 is back, was with %d", k, m, before[k])
		}
	}
	// In another gateway, with a new member, in another order.
	q := open(t, Sticky, []Member{{ID: "e"}, {ID: "d"}, {ID: "c"}, {ID: "b", Weight: 2}, {ID: "a"}}, BreakerConfig{}, nil)
	for k, m := range stuck(q, keys, t0) {
		if m != 0 && q.members[m].ID != members[before[k]].ID {
			t.Fatalf("key %d moved from %s to %s when e came", k, members[before[k]].ID, q.members[m].ID)
		}
	}
	members[1].Weight = 3
	w := open(t, Sticky, members, BreakerConfig{}, nil)
	for k, m := range stuck(w, keys, t0) {
		if m != before[k] && m != 1 {
			t.Fatalf("key %d moved from %d to %d when 1 got more weight", k, before[k], m)
		}
	}
}
