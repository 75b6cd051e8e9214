package wasm

import (
	"sync"
	"sync/atomic"
	"time"
)

// When a plugin that keeps breaking is left alone.
const (
	breakAfter = 5 // breaks in a row
	restMin    = 100 * time.Millisecond
	restMax    = 30 * time.Second
)

// breaker stops calls into a plugin that broke breakAfter times in a row. It rests for restMin, then
// lets one call through: success closes the breaker, another break doubles the rest up to restMax.
type breaker struct {
	now func() time.Time

	clean atomic.Bool // nothing to remember: the usual case takes no lock

	mu      sync.Mutex
	breaks  int // in a row
	rest    time.Duration
	until   time.Time
	probing bool // the one call is on its way
	last    error
}

// allow reports whether a call may be made, and how it is not otherwise. A call that is allowed ends
// with exactly one of done and abandon.
func (b *breaker) allow(plugin string) error {
	if b.clean.Load() {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.breaks < breakAfter {
		return nil
	}
	if b.probing || b.now().Before(b.until) {
		return &Open{Plugin: plugin, Retry: b.until, Last: b.last}
	}
	b.probing = true
	return nil
}

// done ends a call: broke is nil if the guest stayed whole.
func (b *breaker) done(broke error) {
	if broke == nil && b.clean.Load() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	if broke == nil {
		b.breaks, b.rest, b.last = 0, 0, nil
		b.clean.Store(true)
		return
	}
	b.clean.Store(false)
	b.last = broke
	if b.breaks++; b.breaks >= breakAfter {
		b.rest = min(max(restMin, 2*b.rest), restMax)
		b.until = b.now().Add(b.rest)
	}
}

// abandon ends a call that says nothing about the guest: it was cancelled, or never reached it.
func (b *breaker) abandon() {
	if b.clean.Load() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
}
