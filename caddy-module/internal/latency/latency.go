// Package latency keeps what is known of how fast an upstream answers. The pool observes the time until an answer begins, balances and
// hedging ask for it.
package latency

import (
	"math"
	"sync/atomic"
	"time"
)

const (
	// decay is how fast a mean falls to faster answers.
	decay = 10 * time.Second
	// forgetting is how fast it falls while there is no answer at all: who was slow once is asked again some day.
	forgetting = 2 * time.Minute

	tick = time.Microsecond // what a mean is counted in
)

// Tracker knows the recent latencies of one upstream. The zero value knows nothing and is ready; it is safe for concurrent use, takes
// no lock and allocates nothing.
type Tracker struct {
	mean      atomic.Uint64 // packed
	quantiles histogram
}

// Observe takes an answer that began d after it was asked for. now is in Unix nanoseconds.
func (t *Tracker) Observe(d time.Duration, now int64) {
	d = max(d, tick)
	t.quantiles.add(d)
	for {
		old := t.mean.Load()
		mean := d
		if m, since := unpack(old, now); m > d {
			mean = d + fade(m-d, since, decay)
		}
		if t.mean.CompareAndSwap(old, pack(mean, now)) {
			return
		}
	}
}

// Mean is the peak-sensitive, exponentially weighted moving average: it rises to a slower answer at once and falls with faster ones, to
// a third of the difference in 10 seconds. Without answers it falls to a third in 2 minutes. 0 when nothing is known.
func (t *Tracker) Mean(now int64) time.Duration {
	m, since := unpack(t.mean.Load(), now)
	if m == 0 {
		return 0
	}
	return max(fade(m, since, forgetting), tick)
}

// Quantile is the latency that the share q (0…1) of recent answers did not exceed, at most a tenth too high. Recent are some hundred
// answers, older ones weigh less. False while there were fewer than 20.
func (t *Tracker) Quantile(q float64) (time.Duration, bool) { return t.quantiles.quantile(q) }

// fade is what is left of d after a time.
func fade(d, after, constant time.Duration) time.Duration {
	return time.Duration(float64(d) * math.Exp(-float64(after)/float64(constant)))
}

// pack makes one word of a mean and of when it was, so that both change together: microseconds up to 71 minutes above, milliseconds
// below, which begin again every 49 days.
func pack(mean time.Duration, now int64) uint64 {
	return uint64(max(min(mean/tick, math.MaxUint32), 1))<<32 | uint64(uint32(now/int64(time.Millisecond)))
}

// unpack gives the mean, 0 for none, and how long ago it was. Goroutines differ slightly in what is now, so the past may lie ahead.
func unpack(word uint64, now int64) (mean, since time.Duration) {
	ms := int32(uint32(now/int64(time.Millisecond)) - uint32(word))
	return time.Duration(word>>32) * tick, max(time.Duration(ms), 0) * time.Millisecond
}
