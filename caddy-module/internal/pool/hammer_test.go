package pool

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// TestHammer uses two pools of every balance with the same states from many goroutines while time runs, others look, and pools come and
// go. In the end nothing is in flight, and no member was given more than it may have.
func TestHammer(t *testing.T) {
	const rpm, tpm = 200, 20_000
	states := new(States)
	states.Notify(func(Event) {})
	var members []Member
	for i := range 8 {
		members = append(members, Member{ID: fmt.Sprint("m", i), Server: fmt.Sprint("s", i/2), Priority: i / 6, Weight: i, RPM: rpm, TPM: tpm})
	}
	var pools []*Pool
	for range 2 {
		for _, b := range Balances() {
			pools = append(pools, open(t, b, members, BreakerConfig{Open: time.Second, MaxOpen: time.Second}, states))
		}
	}
	var now atomic.Int64
	now.Store(t0)
	var mu sync.Mutex
	given := map[int][]int64{} // when, by member
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(w)))
			for range 3000 {
				p := pools[r.IntN(len(pools))]
				c := &Choice{Now: now.Add(r.Int64N(int64(5 * time.Millisecond))), Tokens: r.Int64N(200), Affinity: r.Uint64(), Tried: new(Tried)}
				c.Tried.Add(r.IntN(8))
				l, ok := p.Take(c)
				if !ok {
					p.Wait(c)
					continue
				}
				if c.Tried.Has(l.Member()) {
					t.Error("a member that was tried is chosen")
				}
				mu.Lock()
				given[l.Member()] = append(given[l.Member()], c.Now)
				mu.Unlock()
				if r.IntN(3) == 0 {
					l.First(time.Duration(r.Int64N(int64(time.Second))), c.Now)
					l.Left(r.Float64(), c.Now)
				}
				class := failure.None
				if r.IntN(4) == 0 {
					class = failure.Class(r.IntN(int(failure.Canceled) + 1))
				}
				l.End(Outcome{class, time.Duration(r.Int64N(int64(time.Second))), r.Int64N(200), c.Now})
			}
		})
	}
	wg.Go(func() {
		for range 300 {
			p, err := New(LeastBusy, members[:4], BreakerConfig{}, states)
			if err != nil {
				t.Error(err)
				return
			}
			probe := p.Probe(0, now.Load())
			probe.End(Outcome{Now: now.Load()})
			p.Status(now.Load())
			p.Summary(now.Load())
			p.Close()
		}
	})
	wg.Wait()
	for _, s := range pools[0].Status(now.Load()) {
		if s.InFlight != 0 {
			t.Errorf("%s: %d in flight", s.ID, s.InFlight)
		}
	}
	if len(given) != 8 {
		t.Errorf("%d of 8 members were chosen", len(given))
	}
	for m, times := range given {
		perMinute := map[int64]int{}
		for _, at := range times {
			if perMinute[at/int64(time.Minute)]++; perMinute[at/int64(time.Minute)] > rpm {
				t.Fatalf("member %d: more than %d requests in a minute", m, rpm)
			}
		}
	}
}
