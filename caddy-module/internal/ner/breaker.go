package ner

import (
	"sync"
	"time"
)

// A service that hangs would hold every instance of the plugin for the whole timeout. After some calls in a row that nobody
// answered it is left alone for a moment; then one call tries again. Answers that are refused do not count: one odd
// text must not end the service for all.
const (
	maxSilent = 5
	rest      = time.Second
)

// breaker is the zero value with a clock.
type breaker struct {
	now func() time.Time

	mu     sync.Mutex
	silent int       // calls in a row without answer
	until  time.Time // of the rest
	trying bool
}

// allow tells whether a call may be made. Then done has to be called.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.silent < maxSilent:
		return true
	case b.trying || b.now().Before(b.until):
		return false
	}
	b.trying = true
	return true
}

// outcome is how a call ended.
type outcome uint8

const (
	answered outcome = iota
	unanswered
	abandoned // by the caller: it says nothing of the service
)

func (b *breaker) done(o outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	switch o {
	case answered:
		b.silent = 0
	case unanswered:
		if b.silent++; b.silent >= maxSilent {
			b.until = b.now().Add(rest)
		}
	}
}
