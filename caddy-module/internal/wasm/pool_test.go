package wasm

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
)

// state tells the books of a pool.
func (p *Pool) state() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("total %d idle %d busy %d queue %d", p.total, len(p.idle), p.busy, len(p.queue))
}

func wantState(t testing.TB, p *Pool, want string) {
	t.Helper()
	if got := p.state(); got != want {
		t.Errorf("pool is at %s, want %s", got, want)
	}
}

func wantGone(t testing.TB, p *Pool) {
	t.Helper()
	s := p.Metrics().Stats()
	if s.Instances != 0 || s.Memory != 0 {
		t.Errorf("%d instances with %d bytes live on", s.Instances, s.Memory)
	}
	wantState(t, p, "total 0 idle 0 busy 0 queue 0")
}

// get leases an instance; the test gives it back.
func lease(t testing.TB, p *Pool) *instance {
	t.Helper()
	in, err := p.get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// queued starts a call that has to wait, and returns once it does.
func queued(t testing.TB, p *Pool, ctx context.Context) <-chan grant {
	t.Helper()
	p.mu.Lock()
	before := len(p.queue)
	p.mu.Unlock()
	got := make(chan grant, 1)
	go func() {
		in, err := p.get(ctx)
		got <- grant{in, err}
	}()
	for {
		p.mu.Lock()
		n := len(p.queue)
		p.mu.Unlock()
		if n > before {
			return got
		}
		runtime.Gosched()
	}
}

func TestPoolIsLIFO(t *testing.T) {
	p := newPool(t, "noop")
	a := lease(t, p)
	a.long()
	b := lease(t, p)
	wantState(t, p, "total 2 idle 0 busy 2 queue 0")
	p.put(b)
	p.put(a)
	wantState(t, p, "total 2 idle 2 busy 0 queue 0")
	if in := lease(t, p); in != a {
		t.Error("got the instance that idles longer")
	} else {
		p.put(in)
	}
}

func TestPoolDoesNotGrowForShortWaits(t *testing.T) {
	p := newPool(t, "noop")
	a := lease(t, p)
	first := queued(t, p, t.Context())
	second := queued(t, p, t.Context())
	wantState(t, p, "total 1 idle 0 busy 0 queue 2")
	p.put(a)
	if g := <-first; g.in != a {
		t.Error("the first waiter did not get the instance")
	}
	p.put(a)
	if g := <-second; g.in != a {
		t.Error("the second waiter did not get the instance")
	}
	p.put(a)
	wantState(t, p, "total 1 idle 1 busy 0 queue 0")
	if s := p.Metrics().Stats(); s.Waits != 2 {
		t.Errorf("%d waits, want 2", s.Waits)
	}
}

func TestPoolGrowsWhenCallsTakeLong(t *testing.T) {
	p := newPool(t, "noop", withLimits(plugin.Limits{Instances: 2}))
	a := lease(t, p)
	first := queued(t, p, t.Context())
	second := queued(t, p, t.Context())
	a.long()
	b := <-first
	if b.err != nil || b.in == a {
		t.Fatalf("the waiter got %+v, want an instance of its own", b)
	}
	wantState(t, p, "total 2 idle 0 busy 2 queue 1") // not beyond the limit
	p.put(b.in)
	if g := <-second; g.in != b.in {
		t.Error("the second waiter got another instance")
	}
	p.put(b.in)
	p.put(a)
	wantState(t, p, "total 2 idle 2 busy 0 queue 0")
}

func TestPoolGrowsWhenTheQueueIsLong(t *testing.T) {
	p := newPool(t, "noop")
	a := lease(t, p)
	var waiting []<-chan grant
	for range patience {
		waiting = append(waiting, queued(t, p, t.Context()))
	}
	b := lease(t, p) // one more than is patient
	if b == a {
		t.Fatal("one instance leased twice")
	}
	p.put(b)
	p.put(a)
	for _, w := range waiting {
		p.put((<-w).in)
	}
	wantState(t, p, "total 2 idle 2 busy 0 queue 0")
}

func TestPoolWaitEndsWithContext(t *testing.T) {
	p := newPool(t, "noop", withLimits(plugin.Limits{Instances: 1}))
	a := lease(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	w := queued(t, p, ctx)
	cancel()
	if g := <-w; !errors.Is(g.err, context.Canceled) {
		t.Errorf("got %+v", g)
	}
	p.put(a)
	wantState(t, p, "total 1 idle 1 busy 0 queue 0")
}

func TestPoolDiscardLetsWaitersGrow(t *testing.T) {
	p := newPool(t, "noop", withLimits(plugin.Limits{Instances: 1}))
	a := lease(t, p)
	w := queued(t, p, t.Context())
	p.discard(a)
	g := <-w
	if g.err != nil || g.in == a {
		t.Fatalf("got %+v", g)
	}
	p.put(g.in)
	wantState(t, p, "total 1 idle 1 busy 0 queue 0")
}

func TestPoolClosesAtTheLastLease(t *testing.T) {
	r := newRuntime(t)
	m, err := r.Load(t.Context(), guestBytes(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Pool(t.Context(), Spec{Plugin: "noop"})
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
	if !p.Retain() {
		t.Fatal("an open pool cannot be retained")
	}
	p.Close()
	p.Close() // once more does nothing
	f, root, _ := newFrame(t, `{}`)
	if err := p.Request(t.Context(), f, root); err != nil {
		t.Errorf("call of an exchange that retained the pool: %v", err)
	}
	in := lease(t, p)
	p.Release()
	if p.Retain() {
		t.Error("a closed pool was retained")
	}
	if err := p.Request(t.Context(), f, root); !errors.Is(err, ErrClosed) {
		t.Errorf("call of a closed pool: %v", err)
	}
	if len(r.modules) != 1 {
		t.Error("the module went before its last instance")
	}
	p.put(in)
	wantGone(t, p)
	if len(r.modules) != 0 {
		t.Error("the module outlived its last pool")
	}
}

func TestPoolCloseWakesWaiters(t *testing.T) {
	p := newPool(t, "noop", withLimits(plugin.Limits{Instances: 1}))
	a := lease(t, p)
	w := queued(t, p, t.Context())
	p.Close()
	if g := <-w; !errors.Is(g.err, ErrClosed) {
		t.Errorf("got %+v", g)
	}
	p.put(a)
	wantGone(t, p)
}

func TestPoolShrinks(t *testing.T) {
	guestBytes(t)
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, "noop")
		var leased []*instance
		for range 4 {
			in := lease(t, p)
			in.long()
			leased = append(leased, in)
		}
		for _, in := range leased {
			p.put(in)
		}
		wantState(t, p, "total 4 idle 4 busy 0 queue 0")
		time.Sleep(keepIdle / 2)
		in := lease(t, p)
		p.put(in)
		time.Sleep(keepIdle/2 + time.Second)
		synctest.Wait()
		// The one used last stays, and it is the only one.
		wantState(t, p, "total 1 idle 1 busy 0 queue 0")
		if got := lease(t, p); got != in {
			t.Error("the pool kept another instance than the one used last")
		} else {
			p.put(got)
		}
		p.Close()
		wantGone(t, p)
	})
}

func TestBreakerStopsCalls(t *testing.T) {
	c := newClock()
	p := newPool(t, "panic", func(s *Spec) { s.Now = c.now })
	f, root, _ := newFrame(t, `{"n":0}`)
	for range breakAfter {
		if err := p.Request(t.Context(), f, root); !errors.As(err, new(*Trap)) {
			t.Fatalf("got %v", err)
		}
	}
	created := p.Metrics().Stats().Created
	var open *Open
	if err := p.Request(t.Context(), f, root); !errors.As(err, &open) || !errors.As(err, new(*Trap)) {
		t.Errorf("got %v, want Open with the Trap", err)
	}
	if n := p.Metrics().Stats().Created; n != created {
		t.Error("an open breaker let an instance be made")
	}
	c.add(restMin)
	if err := p.Request(t.Context(), f, root); errors.As(err, &open) {
		t.Errorf("no probe: %v", err)
	}
	wantState(t, p, "total 0 idle 0 busy 0 queue 0")
}

// Everything at once: calls that fail, trap, wait, burn and are cancelled, while the pool is closed.
func TestPoolHammer(t *testing.T) {
	before := runtime.NumGoroutine()
	m := loadGuest(t, newRuntime(t))
	for _, name := range []string{"noop", "panic", "burn", "fail"} {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			p, err := m.Pool(t.Context(), Spec{Plugin: name, Limits: plugin.Limits{Instances: 3, CPU: plugin.MinCPU}, Now: c.now})
			if err != nil {
				t.Fatal(err)
			}
			var calls atomic.Int64
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					random := rand.New(rand.NewPCG(1, uint64(i)))
					f, root, _ := newFrame(t, `{"n":100000}`)
					var reply text.Reply
					for range 60 {
						ctx, cancel := context.WithCancel(t.Context())
						if random.IntN(4) == 0 {
							cancel()
						}
						c.add(restMin)
						err := p.Request(ctx, f, root)
						if err == nil {
							err = p.Text(ctx, f, 0, delta(20), &reply)
						}
						cancel()
						calls.Add(1)
						if errors.Is(err, ErrClosed) {
							return
						}
						if calls.Load() > 300 && random.IntN(50) == 0 {
							p.Close()
						}
					}
				})
			}
			wg.Wait()
			p.Close()
			wantGone(t, p)
		})
	}
	noMoreGoroutines(t, before)
}
