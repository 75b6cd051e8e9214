package queue

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// crowd are callers of a gate in a test with its own clock. Those who got a place are noted in order and keep
// it until they are told to leave.
type crowd struct {
	gate *Gate

	mu      sync.Mutex
	order   []string
	inside  []*Place
	refused []*Full
}

// come lets one come, and returns when it is inside, waits or was refused.
func (c *crowd) come(ctx context.Context, name string, class Class) {
	go func() {
		place, err := c.gate.Enter(ctx, name, class)
		c.mu.Lock()
		defer c.mu.Unlock()
		var full *Full
		switch {
		case err == nil:
			c.order, c.inside = append(c.order, name), append(c.inside, &place)
		case errors.As(err, &full):
			c.refused = append(c.refused, full)
		}
	}()
	synctest.Wait()
}

// leave lets the one leave who is inside for the longest time.
func (c *crowd) leave() {
	c.mu.Lock()
	place := c.inside[0]
	c.inside = c.inside[1:]
	c.mu.Unlock()
	place.Leave()
	synctest.Wait()
}

// empty lets all leave until nobody is there.
func (c *crowd) empty() {
	for len(c.inside) > 0 {
		c.leave()
	}
}

// TestFairness: a caller with 1,000 waiting delays one with a single request by one place.
func TestFairness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crowd{gate: New(Limits{Concurrent: 1, Queue: 2000})}
		for range 1001 {
			c.come(t.Context(), "greedy", Normal)
		}
		c.come(t.Context(), "modest", Normal)
		c.leave()
		c.leave()
		if got := c.order[len(c.order)-1]; len(c.order) != 3 || got != "modest" {
			t.Errorf("after two places %d are inside, the last is %s, want the modest caller", len(c.order), got)
		}
		c.empty()
	})
}

// TestTurns: callers of a class take turns, and each one's requests go in their order.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crowd{gate: New(Limits{Concurrent: 1, Queue: 100})}
		for _, name := range []string{"first", "a", "a", "a", "b", "b", "c"} {
			c.come(t.Context(), name, Normal)
		}
		c.empty()
		if want := []string{"first", "a", "b", "c", "a", "b", "a"}; !slices.Equal(c.order, want) {
			t.Errorf("order %v, want %v", c.order, want)
		}
	})
}

// TestClasses: high goes first, and while all wait the others get the share that the documentation promises.
func TestClasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crowd{gate: New(Limits{Concurrent: 1, Queue: 1000})}
		c.come(t.Context(), "first", Normal)
		for _, class := range []Class{Low, Normal, High} {
			for range 100 {
				c.come(t.Context(), class.String(), class)
			}
		}
		for range 100 {
			c.leave()
		}
		given := c.order[1:]
		for class, bound := range map[Class]int{High: 1, Normal: 9, Low: 16} {
			last, longest, n := -1, 0, 0
			for i, name := range given {
				if name == class.String() {
					longest, last, n = max(longest, i-last), i, n+1
				}
			}
			if class == High {
				if n < 80 || given[0] != "high" {
					t.Errorf("high got %d of 100 places, the first one went to %s", n, given[0])
				}
				continue
			}
			if longest > bound || n < 100/bound {
				t.Errorf("%s got %d of 100 places, one in %d at least, want one in %d", class, n, longest, bound)
			}
		}
		c.empty()
	})
}

// TestPushedOut: a full queue refuses the newest of whoever has most waiting, and who has as much is refused
// at once.
func TestPushedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crowd{gate: New(Limits{Concurrent: 1, Queue: 10})}
		for range 11 {
			c.come(t.Context(), "greedy", Normal)
		}
		for n := range 5 {
			c.come(t.Context(), "modest", Normal)
			if len(c.refused) != n+1 || c.refused[n].Reason != PushedOut {
				t.Fatalf("after %d modest requests: refused %v, want as many pushed out", n+1, c.refused)
			}
		}
		for _, name := range []string{"greedy", "modest"} {
			c.come(t.Context(), name, Normal)
			if got := c.refused[len(c.refused)-1].Reason; got != QueueFull {
				t.Errorf("%s: refused because of %s, want %s", name, got, QueueFull)
			}
		}
		c.come(t.Context(), "third", Normal)
		if got := c.refused[len(c.refused)-1].Reason; got != PushedOut {
			t.Errorf("third: somebody was refused because of %s, want %s", got, PushedOut)
		}
		if s := c.gate.Stats(); s.Waiting != 10 || s.Refused[PushedOut] != 6 || s.Refused[QueueFull] != 2 {
			t.Errorf("stats %+v", s)
		}
		c.empty()
	})
}

// TestRoomOfClasses: a full queue makes room for a higher class, and keeps an eighth for each.
func TestRoomOfClasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crowd{gate: New(Limits{Concurrent: 1, Queue: 16})}
		waiting := func() (n [classes]int) {
			for i := range n {
				n[i] = c.gate.lines[i].waiting
			}
			return n
		}
		fill := func(class Class, want [classes]int) {
			t.Helper()
			for i := range 20 {
				c.come(t.Context(), strconv.Itoa(i), class)
			}
			if got := waiting(); got != want {
				t.Errorf("after 20 of %s: waiting %v, want %v", class, got, want)
			}
		}
		c.come(t.Context(), "first", Normal)
		fill(Low, [classes]int{0, 0, 16})
		fill(High, [classes]int{14, 0, 2})
		fill(Normal, [classes]int{12, 2, 2})
		c.empty()
	})
}

// TestNobodyWaits: a gate without queue refuses at once.
func TestNobodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crowd{gate: New(Limits{Concurrent: 2, MaxWait: time.Second})}
		for range 3 {
			c.come(t.Context(), "a", High)
		}
		if len(c.inside) != 2 || len(c.refused) != 1 || c.refused[0].Reason != QueueFull {
			t.Errorf("%d inside, refused %v", len(c.inside), c.refused)
		}
		c.empty()
	})
}

// TestMaxWait: who gets no place in time is refused then, and not before.
func TestMaxWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crowd{gate: New(Limits{Concurrent: 1, Queue: 5, MaxWait: 30 * time.Second})}
		c.come(t.Context(), "a", Normal)
		c.come(t.Context(), "b", Normal)
		time.Sleep(30*time.Second - 1)
		synctest.Wait()
		if len(c.refused) != 0 || c.gate.Stats().Waiting != 1 {
			t.Fatalf("refused %v before the time", c.refused)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if len(c.refused) != 1 || c.refused[0].Reason != WaitedOut || c.refused[0].Waited != 30*time.Second || c.gate.Stats().Waiting != 0 {
			t.Fatalf("refused %v", c.refused)
		}
		c.empty()
	})
}

// TestClientLeaves: one who leaves the queue takes up no room from that moment, and a place that was given to
// one who had left goes on.
func TestClientLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crowd{gate: New(Limits{Concurrent: 1, Queue: 2})}
		c.come(t.Context(), "a", Normal)
		away, leave := context.WithCancel(t.Context())
		c.come(away, "b", Normal)
		c.come(t.Context(), "c", Normal)
		leave()
		synctest.Wait()
		if s := c.gate.Stats(); s.Waiting != 1 || s.Abandoned != 1 {
			t.Errorf("stats %+v, want one who waits and one who left", s)
		}
		c.come(t.Context(), "d", Normal)
		if len(c.refused) != 0 {
			t.Errorf("the room of who left is not free: %v", c.refused)
		}
		c.empty()
		if want := []string{"a", "c", "d"}; !slices.Equal(c.order, want) {
			t.Errorf("order %v, want %v", c.order, want)
		}

		gone, leave := context.WithCancel(t.Context())
		c.come(t.Context(), "e", Normal)
		c.come(gone, "f", Normal)
		leave() // it is not waited for: both happen at once
		c.leave()
		if s := c.gate.Stats(); s.Inside != len(c.inside) {
			t.Errorf("%d places are taken, %d are inside", s.Inside, len(c.inside))
		}
		c.empty()
	})
}

// TestLimit: other limits count at once.
func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crowd{gate: New(Limits{Concurrent: 2, Queue: 10})}
		for range 8 {
			c.come(t.Context(), "a", Normal)
		}
		limit := func(l Limits, inside, waiting int) {
			t.Helper()
			c.gate.Limit(l)
			synctest.Wait()
			if s := c.gate.Stats(); s.Inside != inside || s.Waiting != waiting || len(c.inside) != inside {
				t.Errorf("with %+v: %+v, want %d inside and %d waiting", l, s, inside, waiting)
			}
		}
		limit(Limits{Concurrent: 4, Queue: 10}, 4, 4)
		limit(Limits{Concurrent: 1, Queue: 1}, 4, 4)
		for range 3 {
			c.leave()
		}
		if len(c.inside) != 1 {
			t.Errorf("%d are inside, want 1 after three left", len(c.inside))
		}
		limit(Limits{}, 5, 0)
		c.empty()
	})
}

// TestRetryAfter: who is refused is told when the queue will be through, within a factor of two, whatever the
// places and however long they are held.
func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		name       string
		concurrent int
		queue      int
		hold       func(*rand.Rand) time.Duration
	}{
		{"one place", 1, 20, func(*rand.Rand) time.Duration { return 3 * time.Second }},
		{"even", 8, 100, func(r *rand.Rand) time.Duration { return time.Duration(r.Int64N(int64(10 * time.Second))) }},
		{"exponential", 4, 100, func(r *rand.Rand) time.Duration { return time.Duration(r.ExpFloat64() * float64(20*time.Second)) }},
		{"answers and streams", 50, 500, func(r *rand.Rand) time.Duration {
			if r.IntN(4) == 0 {
				return time.Minute
			}
			return 2 * time.Second
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, 2))
				g := New(Limits{Concurrent: tt.concurrent, Queue: tt.queue})
				var running sync.WaitGroup
				var served atomic.Int64
				send := func() {
					hold := tt.hold(r)
					running.Go(func() {
						place, err := g.Enter(t.Context(), "a", Normal)
						if err != nil {
							t.Error(err)
							return
						}
						time.Sleep(hold)
						place.Leave()
						served.Add(1)
					})
					synctest.Wait()
				}
				fill := func() {
					for range tt.queue - g.Stats().Waiting {
						send()
					}
				}
				// Loaded long enough for the gate to know itself, then left alone: the refused one's wait is
				// the time until nobody waits and a place is free.
				for range tt.concurrent + tt.queue {
					send()
				}
				for served.Load() < int64(5*tt.queue) {
					fill()
					time.Sleep(10 * time.Millisecond)
					synctest.Wait()
				}
				fill()
				began := time.Now()
				_, err := g.Enter(t.Context(), "a", Normal)
				var full *Full
				if !errors.As(err, &full) {
					t.Fatalf("got %v, want a refusal", err)
				}
				for g.Stats().Waiting > 0 || g.Stats().Inside == tt.concurrent {
					time.Sleep(10 * time.Millisecond)
				}
				took := time.Since(began)
				t.Logf("said %v, took %v", full.RetryAfter, took)
				if full.RetryAfter > 2*took || took > 2*full.RetryAfter {
					t.Errorf("said %v, it took %v", full.RetryAfter, took)
				}
				running.Wait()
			})
		})
	}
}

// TestRetryAfterOfTheUnknown: before anybody has left, and when nobody leaves any more, what is known is how
// long they are inside.
func TestRetryAfterOfTheUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crowd{gate: New(Limits{Concurrent: 1})}
		c.come(t.Context(), "a", Normal)
		for _, tt := range []struct{ after, want time.Duration }{{0, assumed}, {time.Second, assumed}, {time.Minute, 61 * time.Second}} {
			time.Sleep(tt.after)
			if got := c.gate.Refuse().RetryAfter; got != tt.want {
				t.Errorf("said %v, want %v", got, tt.want)
			}
		}
		c.empty()
		c.gate.Limit(Limits{Concurrent: 1, Queue: 5, MaxWait: 7 * time.Second})
		for range 5 {
			c.come(t.Context(), "a", Normal)
		}
		if got, want := c.gate.Refuse().RetryAfter, 68*time.Second; got != want {
			t.Errorf("said %v, want %v: nobody waits for longer than 7 s", got, want)
		}
		c.empty()
	})
}

// TestHammer: whatever happens at once, places are never exceeded nor lost, and the totals add up.
func TestHammer(t *testing.T) {
	const workers, rounds = 32, 400
	g := New(Limits{Concurrent: 4, Queue: 12, MaxWait: 2 * time.Millisecond})
	var inside, most, entered, refused, abandoned atomic.Int64
	var all sync.WaitGroup
	for n := range workers {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(n), 1))
			for range rounds {
				ctx, cancel := context.WithCancel(t.Context())
				if r.IntN(4) == 0 {
					time.AfterFunc(time.Duration(r.IntN(1000))*time.Microsecond, cancel)
				}
				place, err := g.Enter(ctx, fmt.Sprint(r.IntN(5)), Class(r.IntN(3)-1))
				var full *Full
				switch {
				case err == nil:
					entered.Add(1)
					for now := inside.Add(1); ; {
						if m := most.Load(); now <= m || most.CompareAndSwap(m, now) {
							break
						}
					}
					for range r.IntN(2000) {
						_ = r.Uint64()
					}
					inside.Add(-1)
					place.Leave()
					place.Leave()
				case errors.As(err, &full):
					refused.Add(1)
				case errors.Is(err, context.Canceled):
					abandoned.Add(1)
				default:
					t.Error(err)
				}
				cancel()
			}
		})
	}
	all.Wait()
	s := g.Stats()
	var told uint64
	for _, n := range s.Refused {
		told += n
	}
	if s.Inside != 0 || s.Waiting != 0 {
		t.Errorf("%d inside and %d waiting after all have left", s.Inside, s.Waiting)
	}
	if most.Load() > 4 {
		t.Errorf("%d were inside at once, want 4 at most", most.Load())
	}
	if sum := entered.Load() + refused.Load() + abandoned.Load(); sum != workers*rounds || told != uint64(refused.Load()) || s.Abandoned != uint64(abandoned.Load()) {
		t.Errorf("%d entered, %d refused, %d left, in all %d: stats %+v", entered.Load(), refused.Load(), abandoned.Load(), sum, s)
	}
	if s.Entered < uint64(entered.Load()) || s.Entered > uint64(entered.Load()+abandoned.Load()) {
		t.Errorf("%d places were given, %d entered", s.Entered, entered.Load())
	}
	for i := range g.lines {
		if l := &g.lines[i]; len(l.callers) != 0 || l.turns.Len() != 0 || len(l.levels) != 0 || l.waiting != 0 {
			t.Errorf("line %d holds %+v", i, l)
		}
	}
}

// TestWithoutGate: a route without limit has no gate.
func TestWithoutGate(t *testing.T) {
	var g *Gate
	place, err := g.Enter(t.Context(), "a", Normal)
	if err != nil {
		t.Fatal(err)
	}
	place.Leave()
}

// TestAllocations: a place that is free costs none.
func TestAllocations(t *testing.T) {
	g := New(Limits{Concurrent: 10, Queue: 10, MaxWait: time.Second})
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() {
		place, _ := g.Enter(ctx, "a", Normal)
		place.Leave()
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkEnter(b *testing.B) {
	g := New(Limits{Concurrent: 1 << 20, Queue: 10, MaxWait: time.Second})
	ctx := b.Context()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			place, err := g.Enter(ctx, "a", Normal)
			if err != nil {
				b.Fatal(err)
			}
			place.Leave()
		}
	})
}

// BenchmarkRefuse is what overload costs: a queue of 1,000 callers that is full.
func BenchmarkRefuse(b *testing.B) {
	g := New(Limits{Concurrent: 1, Queue: 1000})
	place, _ := g.TryEnter()
	defer place.Leave()
	g.mu.Lock()
	for n := range 1000 {
		if _, full := g.join(strconv.Itoa(n), Normal, time.Now()); full != nil {
			b.Fatal(full)
		}
	}
	g.mu.Unlock()
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.Enter(ctx, "1", Normal); err == nil {
			b.Fatal("entered")
		}
	}
}
