package pool

import (
	"sync"
	"sync/atomic"
	"time"
)

const (
	seconds = 60 // a minute's

	second = int64(time.Second)
)

// window counts what happened in the last minute, by the second. The second that runs counts beside the 60 before it, so that no minute,
// wherever it begins, has more than what is allowed.
type window struct {
	sum    atomic.Int64 // of all counts, as of head
	head   atomic.Int64 // the second that runs, Unix
	mu     sync.Mutex
	counts *[seconds + 1]int64 // apart, so that a look at many windows stays in the processor's cache
}

// used is what was counted. now is in Unix seconds.
func (w *window) used(now int64) int64 {
	if now > w.head.Load() {
		w.catchUp(now)
	}
	return w.sum.Load()
}

func (w *window) catchUp(now int64) {
	w.mu.Lock()
	w.advance(now * second)
	w.mu.Unlock()
}

// room tells whether n more are allowed. What was counted some time ago only gets less.
func (w *window) room(n, limit, now int64) bool {
	return w.sum.Load()+n <= limit || w.used(now/second)+n <= limit
}

// roomAt is when they will be: 0 when they are.
func (w *window) roomAt(n, limit, now int64) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.advance(now)
	sum, head := w.sum.Load(), w.head.Load()
	if sum+n <= limit {
		return 0
	}
	at := head - seconds
	for ; at <= head && sum+n > limit; at++ {
		sum -= w.counts[at%(seconds+1)]
	}
	return (at + seconds) * second
}

// add counts n, unless there is no room for them. limit 0 is none.
func (w *window) add(n, limit, now int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.advance(now)
	if limit > 0 && w.sum.Load()+n > limit {
		return false
	}
	w.put(n, w.head.Load())
	return true
}

// correct changes what was counted at a time: what is missing counts from now on, what was too much is taken back if it still counts.
func (w *window) correct(by, counted, now int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.advance(now)
	if head := w.head.Load(); by > 0 {
		w.put(by, head)
	} else if at := counted / second; at <= head && at >= head-seconds {
		w.put(by, at)
	}
}

func (w *window) put(n, at int64) {
	w.counts[at%(seconds+1)] += n
	w.sum.Add(n)
}

// advance forgets what is older than a minute. The caller holds the lock. Time that runs backwards stands still.
func (w *window) advance(now int64) {
	to, head := now/second, w.head.Load()
	if to <= head {
		return
	}
	for at := max(head+1, to-seconds); at <= to; at++ {
		w.put(-w.counts[at%(seconds+1)], at)
	}
	w.head.Store(to)
}
