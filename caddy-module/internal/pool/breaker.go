package pool

import (
	"fmt"
	"time"
)

// BreakerConfig says when a server counts as broken. The zero value has the defaults.
type BreakerConfig struct {
	Off      bool          // it never does
	Failures int           // so many in a row open the breaker. Default 5
	Ratio    float64       // or this share of what was asked within Window, above 0 and up to 1. Default 0.5
	Requests int           // if that was at least so much. Default 20
	Window   time.Duration // Default 30 s, at least a second
	Open     time.Duration // how long nothing is asked; doubles when a trial fails. Default 30 s
	MaxOpen  time.Duration // up to this. Default 5 min, or Open if that is longer
}

func (b BreakerConfig) complete() (BreakerConfig, error) {
	set := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	if b.Failures == 0 {
		b.Failures = 5
	}
	if b.Ratio == 0 {
		b.Ratio = 0.5
	}
	if b.Requests == 0 {
		b.Requests = 20
	}
	set(&b.Window, 30*time.Second)
	set(&b.Open, 30*time.Second)
	set(&b.MaxOpen, max(5*time.Minute, b.Open))
	switch {
	case b.Failures < 0 || b.Requests < 0:
		return b, fmt.Errorf("breaker: failures are %d of %d requests, expected numbers from 1", b.Failures, b.Requests)
	case !(b.Ratio > 0 && b.Ratio <= 1):
		return b, fmt.Errorf("breaker: ratio is %v, expected a share above 0%% and up to 100%%", b.Ratio)
	case b.Window < time.Second || b.Window > time.Hour:
		return b, fmt.Errorf("breaker: window is %v, expected 1s to 1h", b.Window)
	case b.Open < 0 || b.MaxOpen < b.Open || b.MaxOpen > MaxWait:
		return b, fmt.Errorf("breaker: open is %v to %v, expected the second not below the first, and up to %v", b.Open, b.MaxOpen, MaxWait)
	}
	return b, nil
}

// Phase is what a breaker does.
type Phase uint32

// Phases of breakers.
const (
	Closed   Phase = iota // everything passes
	Open                  // nothing does
	HalfOpen              // one request at a time does, to try
)

func (p Phase) String() string { return [...]string{"closed", "open", "half_open"}[min(p, HalfOpen)] }
