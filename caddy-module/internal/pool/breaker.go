package pool

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
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

// pass is what a lease needs to be taken at a server.
type pass struct {
	epoch uint32
	trial bool
}

// server is what members of one server have in common: a breaker, and a rest that an overloaded server asked for.
type server struct {
	rest   atomic.Int64 // until when it asked to be left alone, Unix nanoseconds
	broken atomic.Bool
	until  atomic.Int64 // when broken: from when on a trial may be
	trial  atomic.Bool  // one is under way
	epoch  atomic.Uint32

	mu     sync.Mutex // for writing
	config BreakerConfig
	inRow  int
	opened int // how often in a row
	ratio  ratio
}

// configure takes over a configuration, the latest for all who share the server.
func (s *server) configure(b BreakerConfig) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config = b
	if b.Off && s.broken.Load() {
		s.close()
	}
}

// leaveAlone keeps away from the server as it asked for.
func (s *server) leaveAlone(wait time.Duration, now int64) (until int64, changed bool) {
	if wait <= 0 {
		return 0, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if until = now + int64(min(wait, MaxWait)); until <= s.rest.Load() {
		return 0, false
	}
	s.rest.Store(until)
	return until, true
}

// poll is how soon to ask again whether a trial has ended.
const poll = time.Second

// readyAt is when the server may be asked, as far as is known.
func (s *server) readyAt(now int64) int64 {
	at := s.rest.Load()
	if s.broken.Load() {
		at = max(at, s.until.Load())
		if s.trial.Load() {
			at = max(at, now+int64(poll))
		}
	}
	return at
}

// enter lets a request to the server.
func (s *server) enter(now int64) (pass, bool) {
	if !s.broken.Load() {
		return pass{epoch: s.epoch.Load()}, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.broken.Load() {
		return pass{epoch: s.epoch.Load()}, true
	}
	if s.until.Load() > now || s.trial.Load() {
		return pass{}, false
	}
	s.trial.Store(true)
	return pass{s.epoch.Load(), true}, true
}

// done counts how a request went, and tells what the breaker did.
func (s *server) done(p pass, class failure.Class, now int64) (EventKind, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.epoch != s.epoch.Load() {
		return 0, false // it was asked before the breaker opened or closed
	}
	if p.trial {
		s.trial.Store(false)
	}
	switch {
	case class == failure.Canceled || s.config.Off || s.broken.Load() && !p.trial:
		return 0, false
	case p.trial && !class.Sick():
		s.close()
		return BreakerClosed, true
	case p.trial:
		s.open(now)
		return BreakerOpened, true
	}
	s.ratio.add(class.Sick(), s.config.Window, now)
	s.inRow++
	if !class.Sick() {
		s.inRow = 0
	}
	if class.Sick() && (s.inRow >= s.config.Failures || s.ratio.reached(s.config.Ratio, s.config.Requests)) {
		s.open(now)
		return BreakerOpened, true
	}
	return 0, false
}

func (s *server) open(now int64) {
	s.until.Store(now + int64(double(s.config.Open, s.config.MaxOpen, s.opened)))
	s.broken.Store(true)
	s.opened++
	s.change()
}

func (s *server) close() {
	s.broken.Store(false)
	s.opened = 0
	s.change()
}

// change begins an epoch: what was asked in an older one counts no more.
func (s *server) change() {
	s.epoch.Add(1)
	s.trial.Store(false)
	s.inRow = 0
	s.ratio = ratio{}
}
