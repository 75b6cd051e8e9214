package gateway

import (
	"cmp"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// Retry says what follows from the failures of a route's attempts, until the answer has begun.
type Retry struct {
	// Policy says it by class of failure.
	Policy failure.Policy
	// Attempts is the most that are made for one request; 0 means 10.
	Attempts int
	// Rounds is how often the route's candidates are gone through, as long as a failure was of a kind that may
	// pass; 0 means 1.
	Rounds int
	// Budget is how long after the request the last attempt may begin; 0 means without bound.
	Budget time.Duration
	// Backoff is the longest pause before the second attempt at the same place, and before the second round; it
	// doubles each time up to MaxBackoff. A part of it, by chance, is waited. 0 means 250 ms and 5 s.
	Backoff, MaxBackoff time.Duration
	// MaxWait is how long a request may wait in all for a candidate that is told to wait when all are; 0 means that the
	// client is told at once.
	MaxWait time.Duration
}

// Complete is r with defaults in place of zeros. Nil is the default.
func (r *Retry) Complete() *Retry {
	out := Retry{Policy: failure.Default()}
	if r != nil {
		out = *r
	}
	out.Attempts = cmp.Or(out.Attempts, 10)
	out.Rounds = cmp.Or(out.Rounds, 1)
	out.Backoff = cmp.Or(out.Backoff, 250*time.Millisecond)
	out.MaxBackoff = cmp.Or(out.MaxBackoff, max(5*time.Second, out.Backoff))
	return &out
}
