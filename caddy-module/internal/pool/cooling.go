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
	until   atomic.Int64  // Unix nanoseconds
	asked   atomic.Int64  // likewise, as far as the upstream asked for it
	refused atomic.Bool   // the class is Credential
	epoch   atomic.Uint32 // how often it began, or was prolonged
	times   atomic.Int32  // how often in a row it doubled

	mu    sync.Mutex // for writing
	class failure.Class
}

// pause is what came of leaving a member or a server alone.
type pause struct {
	until int64
	news  bool // something changed that other gateways have to know
	fresh bool // it was not left alone, or for another reason
}

// readyAt is when the member may be asked. A forced request heeds only what the upstream itself asked for, and that a
// credential is refused unless all are.
func (c *cooling) readyAt(force, allRefused bool) int64 {
	if force && (allRefused || !c.refused.Load()) {
		return c.asked.Load()
	}
	return c.until.Load()
}

// begin leaves the member alone. epoch is of when the lease that failed was taken: what was asked before a cooling began does not tell
// that it was too short.
func (c *cooling) begin(class failure.Class, wait time.Duration, epoch uint32, now int64) pause {
	c.mu.Lock()
	defer c.mu.Unlock()
	times, same := c.times.Load(), class == c.class
	if !same {
		times = 0
	}
	d := min(wait, MaxWait)
	if late := same && epoch != c.epoch.Load(); !late {
		switch {
		case class == failure.Credential:
			d = max(d, double(refused, maxRefused, times))
			times++
		case d <= 0:
			d = double(rateLimited, maxRateLimited, times)
			times++
		}
	}
	asked := now + int64(min(wait, MaxWait))
	news := wait > 0 && asked > c.asked.Load()
	if news {
		c.asked.Store(asked)
	}
	was, until := c.until.Load(), now+int64(d)
	if until <= was {
		return pause{news: news}
	}
	c.set(until, class, times)
	return pause{until, true, was <= now || !same}
}

func (c *cooling) set(until int64, class failure.Class, times int32) {
	c.class = class
	c.refused.Store(class == failure.Credential)
	c.until.Store(until)
	c.times.Store(times)
	c.epoch.Add(1)
}

// double is d doubled some times, up to most.
func double(d, most time.Duration, times int32) time.Duration {
	return min(d<<max(0, min(times, 16)), most)
}

// served ends the doubling, if the member has not cooled since it was taken.
func (c *cooling) served(epoch uint32) {
	if c.times.Load() == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch == c.epoch.Load() {
		c.times.Store(0)
	}
}
