package caddyllm

import (
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// outage logs the failures of a service that a plugin uses, because the plugin only learns that it failed. Every
// exchange meets the same failure, so after one was logged the next are counted for a while.
type outage struct {
	log    *zap.Logger
	what   string       // "store failed"
	logged atomic.Int64 // when a failure was logged last, in Unix seconds
	failed atomic.Int64 // failures since then
}

// quiet is how long failures are only counted.
const quiet = 10 * time.Second

// note takes a failure. Its text must quote nothing that the plugin has sent.
func (o *outage) note(err error) {
	failed, now, last := o.failed.Add(1), time.Now().Unix(), o.logged.Load()
	if now-last < int64(quiet/time.Second) || !o.logged.CompareAndSwap(last, now) {
		return
	}
	o.failed.Add(-failed)
	o.log.Warn(o.what, zap.Error(err), zap.Int64("failures", failed))
}
