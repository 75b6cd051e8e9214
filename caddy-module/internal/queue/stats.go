package queue

import "time"

// Waits are the upper bounds, in seconds, of the buckets in which Stats counts waits.
var Waits = [...]float64{.01, .05, .1, .5, 1, 2.5, 5, 10, 20, 40, 80, 160}

// Stats are what a gate has counted since it was made, and what it is at present.
type Stats struct {
	Limits  Limits
	Inside  int // places that are taken
	Waiting int // those who wait

	Entered   uint64          // places that were given
	Abandoned uint64          // those who left the queue by themselves
	Refused   [Reasons]uint64 // those who were refused, by the reason

	// Those who waited and got a place: how many, for how long together, and how many for no longer than
	// Waits says.
	Waited     uint64
	WaitedTime time.Duration
	WaitedUpTo [len(Waits)]uint64
}

// Stats are the gate's counts.
func (g *Gate) Stats() Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.stats
	s.Limits, s.Inside, s.Waiting = g.limits, g.inside, g.waiting
	return s
}

func (s *Stats) wait(d time.Duration) {
	s.Waited++
	s.WaitedTime += d
	for i := len(Waits) - 1; i >= 0 && d.Seconds() <= Waits[i]; i-- {
		s.WaitedUpTo[i]++
	}
}

// held is how long places are held.
type held struct {
	mean time.Duration // of the latest ones
	seen int           // how many the mean is of, at most memory
	last time.Time     // when the latest place was taken
}

const (
	memory  = 32              // how many holds the mean follows
	assumed = 5 * time.Second // a hold, before the first one has ended
)

func (h *held) observe(d time.Duration) {
	h.seen = min(h.seen+1, memory)
	h.mean += (d - h.mean) / time.Duration(h.seen)
}

// typical is how long a place is held. All who are inside are so for as long as the latest of them: if nobody
// leaves for longer than the mean, the mean says too little.
func (h *held) typical(now time.Time) time.Duration {
	mean := h.mean
	if h.seen == 0 {
		mean = assumed
	}
	if h.last.IsZero() {
		return mean
	}
	return max(mean, now.Sub(h.last))
}

// retryAfter is when one who comes again can expect a place: when all who wait have had theirs, or have given
// up, and one more is free.
func (g *Gate) retryAfter(now time.Time) time.Duration {
	places := max(g.limits.Concurrent, 1)
	ahead := g.waiting
	if g.inside > places { // the limit was lowered
		ahead += g.inside - places
		places = g.inside
	}
	each := g.held.typical(now) / time.Duration(places)
	drained := each * time.Duration(ahead)
	if g.limits.MaxWait > 0 {
		drained = min(drained, g.limits.MaxWait)
	}
	return max(drained+each, time.Millisecond)
}
