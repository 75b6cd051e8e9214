package probe

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestStart: targets are asked about once an interval while they want it, and never after stop.
func TestStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var always, wanted atomic.Int64
		var want atomic.Bool
		stop := Start(10*time.Second, time.Second,
			Target{Ask: func(context.Context) { always.Add(1) }},
			Target{Wanted: want.Load, Ask: func(context.Context) { wanted.Add(1) }},
		)
		time.Sleep(1000 * time.Second)
		if n := always.Load(); n < 90 || n > 112 {
			t.Errorf("asked %d times in 100 intervals", n)
		}
		if n := wanted.Load(); n != 0 {
			t.Errorf("asked %d times without being wanted", n)
		}
		want.Store(true)
		time.Sleep(12 * time.Second)
		if n := wanted.Load(); n < 1 || n > 2 {
			t.Errorf("asked %d times in 12 s, want once or twice", n)
		}
		stop()
		before := always.Load()
		time.Sleep(time.Hour)
		if n := always.Load(); n != before {
			t.Errorf("asked %d times after the end", n-before)
		}
	})
}

// TestTimeout: what is asked ends after its time, and with stop.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lasted atomic.Int64
		stop := Start(10*time.Second, 3*time.Second, Target{Ask: func(ctx context.Context) {
			began := time.Now()
			<-ctx.Done()
			lasted.Store(int64(time.Since(began)))
		}})
		time.Sleep(15 * time.Second)
		if d := time.Duration(lasted.Load()); d != 3*time.Second {
			t.Errorf("asked for %v, want 3s", d)
		}
		for lasted.Load() != 0 { // until the next is under way
			lasted.Store(0)
			time.Sleep(9 * time.Second)
		}
		stop()
		if d := time.Duration(lasted.Load()); d > 3*time.Second {
			t.Errorf("stop left it running for %v", d)
		}
	})
}
