package latency

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

const t0 = int64(1_700_000_000_000_000_000)

// near tells whether a duration is within a hundredth of another.
func near(got, want time.Duration) bool { return (got - want).Abs() <= want/100+tick }

func TestMean(t *testing.T) {
	var tr Tracker
	now := t0
	if got := tr.Mean(now); got != 0 {
		t.Errorf("nothing observed: %v, want 0", got)
	}
	for _, step := range []struct {
		name    string
		after   time.Duration
		observe time.Duration
		want    time.Duration
	}{
		{"the first counts as it is", 0, 100 * time.Millisecond, 100 * time.Millisecond},
		{"it rises at once", time.Second, time.Second, time.Second},
		{"it falls to e⁻¹ of the difference in 10 s", 10 * time.Second, 100 * time.Millisecond, 431 * time.Millisecond},
		{"it hardly falls at once", time.Millisecond, 100 * time.Millisecond, 431 * time.Millisecond},
		{"it falls to e⁻¹ in 2 min without answers", 2 * time.Minute, 0, 158 * time.Millisecond},
		{"it is known for ever", 24 * time.Hour, 0, tick},
		{"it is bounded", 0, 24 * time.Hour, (1<<32 - 1) * tick},
	} {
		now += int64(step.after)
		if step.observe > 0 {
			tr.Observe(step.observe, now)
		}
		if got := tr.Mean(now); !near(got, step.want) {
			t.Errorf("%s: %v, want %v", step.name, got, step.want)
		}
	}
	if got := tr.Mean(now - int64(time.Second)); !near(got, (1<<32-1)*tick) {
		t.Errorf("a second before the last answer: %v", got)
	}
}

// TestMeanOverTheWrap observes when the milliseconds that are kept begin again.
func TestMeanOverTheWrap(t *testing.T) {
	wrap := (t0/int64(time.Millisecond)>>32 + 1) << 32 * int64(time.Millisecond)
	var tr Tracker
	tr.Observe(time.Second, wrap-int64(time.Second))
	tr.Observe(time.Millisecond, wrap+9*int64(time.Second))
	if got := tr.Mean(wrap + 9*int64(time.Second)); !near(got, 368*time.Millisecond) {
		t.Errorf("10 s later: %v, want 368ms", got)
	}
}

func TestQuantile(t *testing.T) {
	var tr Tracker
	for i := range enough - 1 {
		tr.Observe(time.Duration(i)*time.Millisecond, t0)
	}
	if d, ok := tr.Quantile(0.5); ok {
		t.Errorf("%d answers give a quantile: %v", enough-1, d)
	}
	r := rand.New(rand.NewPCG(1, 2))
	tr = Tracker{}
	var all []time.Duration
	for range 500 {
		d := time.Duration(r.ExpFloat64() * float64(time.Second))
		all = append(all, d)
		tr.Observe(d, t0)
	}
	slices.Sort(all)
	for _, q := range []float64{0.1, 0.5, 0.9, 0.95, 0.99, 1} {
		got, ok := tr.Quantile(q)
		want := all[int(q*500)-1]
		if !ok || got < want || float64(got) > 1.1*float64(want) {
			t.Errorf("quantile %v: %v, %v; want %v and at most a tenth more", q, got, ok, want)
		}
	}
}

// TestQuantileForgets answers fast after it was slow.
func TestQuantileForgets(t *testing.T) {
	var tr Tracker
	for range 1000 {
		tr.Observe(30*time.Second, t0)
	}
	for i := 0; ; i++ {
		tr.Observe(time.Second, t0)
		d, _ := tr.Quantile(0.95)
		if d < 2*time.Second {
			break
		}
		if i == 3*recent {
			t.Fatalf("after %d fast answers p95 is %v", i, d)
		}
	}
}

func TestExtremes(t *testing.T) {
	var tr Tracker
	for range enough {
		tr.Observe(-time.Second, t0)
		tr.Observe(0, t0)
		tr.Observe(1<<62, t0)
	}
	if d, ok := tr.Quantile(0); !ok || d != time.Millisecond {
		t.Errorf("least: %v, %v; want 1ms", d, ok)
	}
	if d, ok := tr.Quantile(1); !ok || d < 30*time.Minute {
		t.Errorf("most: %v, %v", d, ok)
	}
}

// TestHammer observes from many goroutines: no answer is lost while nothing is halved, and what is halved stays a count.
func TestHammer(t *testing.T) {
	var tr Tracker
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 5000 {
				tr.Observe(time.Duration(1+w)*time.Second, t0+int64(i)*int64(time.Millisecond))
				if m := tr.Mean(t0); m < time.Second-tick || m > 8*time.Second {
					t.Errorf("mean %v of answers between 1 s and 8 s", m)
				}
				if q, ok := tr.Quantile(0.5); ok && (q < time.Second || q > 9*time.Second) {
					t.Errorf("median %v of answers between 1 s and 8 s", q)
				}
			}
		})
	}
	wg.Wait()
	if n := tr.quantiles.count.Load(); n < enough || n >= recent {
		t.Errorf("%d answers are counted", n)
	}
}

func BenchmarkTracker(b *testing.B) {
	var tr Tracker
	b.Run("observe", func(b *testing.B) {
		b.ReportAllocs()
		for i := int64(0); b.Loop(); i++ {
			tr.Observe(time.Duration(i%1000)*time.Millisecond, t0+i*1000)
		}
	})
	b.Run("mean", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			tr.Mean(t0)
		}
	})
	b.Run("quantile", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			tr.Quantile(0.95)
		}
	})
}
