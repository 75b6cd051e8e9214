package pool

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// How long a member is left alone.
const (
	// MaxWait bounds what an upstream may ask for.
	MaxWait = 24 * time.Hour

	rateLimited    = 10 * time.Second // when the upstream does not say; doubles
	maxRateLimited = 5 * time.Minute
	refused        = 5 * time.Minute // a credential; doubles
	maxRefused     = time.Hour
)

// cooling is whether a member is to be left alone.
type cooling struct {
	until atomic.Int64  // Unix nanoseconds
	epoch atomic.Uint32 // how often it began

	mu    sync.Mutex // for writing
	class failure.Class
	times int // how often in a row it was doubled
}

// begin leaves the member alone. epoch is the one of the lease that failed: what was asked before the cooling began says nothing of
// whether it was long enough.
func (c *cooling) begin(class failure.Class, wait time.Duration, epoch uint32, now int64) (until int64, changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	late := epoch != c.epoch.Load()
	d := min(wait, MaxWait)
	switch {
	case class == failure.Credential:
		d = max(d, double(refused, maxRefused, c.times))
	case d <= 0:
		d = double(rateLimited, maxRateLimited, c.times)
	}
	if late && wait <= 0 && c.class == class {
		return 0, false
	}
	if class == failure.Credential || wait <= 0 {
		c.times++
	}
	until = now + int64(d)
	if until <= c.until.Load() {
		return 0, false
	}
	c.class = class
	c.until.Store(until)
	c.epoch.Add(1)
	return until, true
}

// double is d doubled some times, up to most.
func double(d, most time.Duration, times int) time.Duration {
	return min(d<<min(times, 16), most)
}

// served ends the doubling.
func (c *cooling) served(epoch uint32) {
	if epoch == 0 || epoch != c.epoch.Load() {
		return // it never cooled, or began to since
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch == c.epoch.Load() {
		c.times = 0
	}
}
