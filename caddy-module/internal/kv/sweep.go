package kv

import "time"

// sweepEvery is how long a value may stay in memory after its time.
const sweepEvery = time.Minute

// arm arranges for a sweep, if none is: an idle namespace without values that expire has no timer.
func (n *Namespace) arm() {
	if n.sweeps && n.armed.CompareAndSwap(false, true) {
		time.AfterFunc(sweepEvery, n.sweep)
	}
}

// sweep removes what has expired and was not met since.
func (n *Namespace) sweep() {
	n.armed.Store(false)
	now := n.now().UnixMilli()
	left := false
	n.remove(func(e *entry) bool {
		left = left || e.expires > now
		return e.expired(now)
	})
	if left {
		n.arm()
	}
}

// remove drops the entries that which chooses.
func (n *Namespace) remove(which func(*entry) bool) {
	for i := range n.shards {
		s := &n.shards[i]
		s.mu.Lock()
		for _, e := range s.entries {
			if which(e) {
				n.drop(s, e)
			}
		}
		s.mu.Unlock()
	}
}
