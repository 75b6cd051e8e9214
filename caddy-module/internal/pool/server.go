package pool

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// server is what the members of one server have in common: a breaker, and a rest that an overloaded server asked for.
type server struct {
	rest   atomic.Int64 // until when it asked to be left alone, Unix nanoseconds
	broken atomic.Bool  // the breaker is not closed
	until  atomic.Int64 // when broken: from when on a trial may be
	trial  atomic.Bool  // one is under way
	epoch  atomic.Uint32

	due   atomic.Bool // the store has to be told, or read for the first time
	asked atomic.Bool // since the last tick of the sharing
	idle  int         // ticks since one; States.mu guards it

	mu      sync.Mutex // for writing
	config  BreakerConfig
	inRow   int
	opened  int32 // how often in a row
	ratio   ratio
	changed int64 // when the breaker opened or closed, Unix nanoseconds
}

// pass is a lease's entry to its server.
type pass struct {
	epoch uint32
	trial bool
}

// poll is how soon to ask again whether a trial has ended.
const poll = time.Second

func newServer() *server { return new(server) }

// configure takes over a configuration, the latest for all who share the server.
func (s *server) configure(b BreakerConfig) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config = b
	if b.Off && s.broken.Load() {
		s.change(false, 0, 0, s.changed)
	}
}

// readyAt is when the server may be asked, as far as is known.
func (s *server) readyAt(now int64, force bool) int64 {
	at := s.rest.Load()
	if s.broken.Load() && !force {
		at = max(at, s.until.Load())
		if s.trial.Load() {
			at = max(at, now+int64(poll))
		}
	}
	return at
}

// enter lets a request to the server. A probe and a forced request need not wait until it is time for a trial.
func (s *server) enter(now int64, probe bool) (pass, bool) {
	if !s.asked.Load() {
		s.asked.Store(true)
	}
	if !s.broken.Load() {
		return pass{epoch: s.epoch.Load()}, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.broken.Load() {
		return pass{epoch: s.epoch.Load()}, true
	}
	if s.trial.Load() || s.until.Load() > now && !probe {
		return pass{epoch: s.epoch.Load()}, probe
	}
	s.trial.Store(true)
	return pass{s.epoch.Load(), true}, true
}

// done counts how a request went, and tells what the breaker did, if anything.
func (s *server) done(p pass, class failure.Class, now int64) (_ EventKind, changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.epoch != s.epoch.Load() {
		return 0, false // it was asked before the breaker opened or closed
	}
	if p.trial {
		s.trial.Store(false)
	}
	sick := class.Sick()
	switch {
	case class == failure.Canceled || s.config.Off || s.broken.Load() && !p.trial:
		return 0, false
	case p.trial && !sick:
		s.change(false, 0, 0, now)
		return BreakerClosed, true
	case p.trial && s.until.Load() > now: // a probe that came early
		return 0, false
	case p.trial || s.trips(sick, now):
		s.change(true, now+int64(double(s.config.Open, s.config.MaxOpen, s.opened)), s.opened+1, now)
		return BreakerOpened, true
	}
	return 0, false
}

// trips tells whether a request that went so is one failure too many.
func (s *server) trips(sick bool, now int64) bool {
	s.ratio.add(sick, s.config.Window, now)
	if !sick {
		s.inRow = 0
		return false
	}
	s.inRow++
	return s.inRow >= s.config.Failures || s.ratio.reached(s.config.Ratio, s.config.Requests)
}

// change opens or closes the breaker. What was asked before counts no more.
func (s *server) change(broken bool, until int64, opened int32, now int64) {
	s.until.Store(until)
	s.broken.Store(broken)
	s.trial.Store(false)
	s.epoch.Add(1)
	s.opened, s.inRow, s.ratio, s.changed = opened, 0, ratio{}, now
}

// readOn tells at a tick whether the store is to be read.
func (s *server) readOn() bool {
	if s.asked.Swap(false) {
		s.idle = 0
	}
	s.idle++
	return s.idle <= unasked
}

// leaveAlone keeps away from the server as it asked for.
func (s *server) leaveAlone(wait time.Duration, now int64) pause {
	s.mu.Lock()
	defer s.mu.Unlock()
	was, until := s.rest.Load(), now+int64(min(wait, MaxWait))
	if until <= max(was, now) {
		return pause{}
	}
	s.rest.Store(until)
	return pause{until, true, was <= now}
}

// failing is how much was asked within the window, and how much of it failed.
func (s *server) failing(now int64) (all, failed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ratio.within(now)
}

// phase is what the breaker does.
func (s *server) phase(now int64) Phase {
	switch {
	case !s.broken.Load():
		return Closed
	case s.until.Load() > now:
		return Open
	}
	return HalfOpen
}
