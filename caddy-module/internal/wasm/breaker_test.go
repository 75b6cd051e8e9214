package wasm

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Unix(1_700_000_000, 0)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func newBreaker(now func() time.Time) *breaker {
	b := &breaker{now: now}
	b.clean.Store(true)
	return b
}

var errBroke = errors.New("broke")

func TestBreaker(t *testing.T) {
	c := newClock()
	b := newBreaker(c.now)
	try := func(broke error) bool {
		if b.allow("p") != nil {
			return false
		}
		b.done(broke)
		return true
	}
	for i := range breakAfter {
		if !try(errBroke) {
			t.Fatalf("open after %d breaks, want %d", i, breakAfter)
		}
	}
	rest := restMin
	for range 12 {
		c.add(rest - 1)
		var open *Open
		if err := b.allow("p"); !errors.As(err, &open) || !errors.Is(err, errBroke) || !open.Retry.Equal(c.now().Add(1)) {
			t.Fatalf("closed before the end of its rest of %v: %v", rest, err)
		}
		c.add(1)
		if err := b.allow("p"); err != nil {
			t.Fatalf("no probe after a rest of %v: %v", rest, err)
		}
		if b.allow("p") == nil {
			t.Fatal("two probes at once")
		}
		b.done(errBroke)
		rest = min(2*rest, restMax)
	}
	if rest != restMax {
		t.Fatalf("rest is %v, want %v", rest, restMax)
	}
	c.add(restMax)
	if b.allow("p") != nil {
		t.Fatal("no probe")
	}
	b.abandon()
	if !try(nil) {
		t.Fatal("no probe after one that was abandoned")
	}
	for i := range breakAfter {
		if !try(errBroke) {
			t.Fatalf("open after %d breaks in a row, want %d", i, breakAfter)
		}
	}
	c.add(restMin)
	if !try(nil) {
		t.Fatal("a success did not shorten the rest")
	}
}

func TestBreakerCountsBreaksInARow(t *testing.T) {
	b := newBreaker(newClock().now)
	for range 10 * breakAfter {
		for range breakAfter - 1 {
			b.done(errBroke)
		}
		b.done(nil)
		if err := b.allow("p"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBreakerHammer(t *testing.T) {
	c := newClock()
	b := newBreaker(c.now)
	var probes atomic.Int32
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 2000 {
				if b.allow("p") != nil {
					c.add(time.Millisecond)
					continue
				}
				probes.Add(1)
				switch (n + i) % 4 {
				case 0:
					b.done(nil)
				case 1:
					b.abandon()
				default:
					b.done(errBroke)
				}
			}
		})
	}
	wg.Wait()
	c.add(restMax)
	b.abandon()
	if err := b.allow("p"); err != nil {
		t.Errorf("stuck: %v", err)
	}
	if probes.Load() == 0 {
		t.Error("nothing got through")
	}
}
