package latency

import (
	"math"
	"sync/atomic"
	"time"
)

const (
	perOctave = 8
	octaves   = 22 // from 1 ms to 70 minutes
	enough    = 20
	recent    = 512 // with so many answers the counts are halved
)

// histogram counts latencies in buckets, each 9 % wider than the one below. Counts are halved now and then, so that old answers fade.
// While that happens answers of other goroutines may be counted a little wrong: it is an estimate.
type histogram struct {
	count   atomic.Int64
	halving atomic.Bool
	buckets [octaves * perOctave]atomic.Int32
}

func (h *histogram) add(d time.Duration) {
	i := int(math.Ceil(math.Log2(float64(d)/float64(time.Millisecond)) * perOctave))
	h.buckets[max(0, min(i, len(h.buckets)-1))].Add(1)
	if h.count.Add(1) >= recent && h.halving.CompareAndSwap(false, true) {
		var left int64
		for i := range h.buckets {
			b := &h.buckets[i]
			b.Add(-((b.Load() + 1) / 2))
			left += int64(b.Load())
		}
		h.count.Store(left)
		h.halving.Store(false)
	}
}

func (h *histogram) quantile(q float64) (time.Duration, bool) {
	var counts [octaves * perOctave]int64
	var sum int64
	for i := range counts {
		counts[i] = int64(h.buckets[i].Load())
		sum += counts[i]
	}
	if sum < enough {
		return 0, false
	}
	rank := int64(math.Ceil(q * float64(sum)))
	i := 0
	for ; i < len(counts)-1 && rank > counts[i]; i++ {
		rank -= counts[i]
	}
	return time.Duration(math.Exp2(float64(i)/perOctave) * float64(time.Millisecond)), true
}
