package pool

import (
	"sync/atomic"

	"github.com/longmen-gateway/longmen/caddy-module/internal/latency"
)

// state is what is known of a member. It outlives pools.
type state struct {
	latest   atomic.Int64 // until when something of it cools at most, Unix nanoseconds
	home     string       // its server; States.mu guards it
	cooling  cooling
	models   models
	inFlight atomic.Int64
	latency  *latency.Tracker
	said     atomic.Uint64 // what the provider said of its limits, packed
	requests window
	tokens   window
}

func newState() *state {
	return &state{
		latency:  new(latency.Tracker),
		requests: window{counts: new([seconds + 1]int64)},
		tokens:   window{counts: new([seconds + 1]int64)},
	}
}

// isReady tells whether the member may be chosen.
func (m *member) isReady(c *Choice, allRefused bool) bool {
	return (m.latest.Load() <= c.Now || m.cooledAt(c, allRefused) <= c.Now) && m.server.readyAt(c.Now, c.Force) <= c.Now &&
		(m.RPM == 0 || m.requests.room(1, m.RPM, c.Now)) && (m.TPM == 0 || m.tokens.room(m.needs(c), m.TPM, c.Now))
}

// readyAt is when it may, as far as is known.
func (m *member) readyAt(c *Choice, allRefused bool) int64 {
	at := max(m.cooledAt(c, allRefused), m.server.readyAt(c.Now, c.Force))
	if m.RPM > 0 {
		at = max(at, m.requests.roomAt(1, m.RPM, c.Now))
	}
	if m.TPM > 0 {
		at = max(at, m.tokens.roomAt(m.needs(c), m.TPM, c.Now))
	}
	return at
}

// cooledAt is when it need not be left alone any more.
func (m *member) cooledAt(c *Choice, allRefused bool) int64 {
	return max(m.cooling.readyAt(c.Force, allRefused), m.models.readyAt(c.Model, c.Force))
}

// cools notes that something of it cools.
func (s *state) cools(until int64) {
	for old := s.latest.Load(); old < until && !s.latest.CompareAndSwap(old, until); old = s.latest.Load() {
	}
}

// needs is how many tokens a request counts as.
func (m *member) needs(c *Choice) int64 {
	if m.TPM > 0 {
		return min(max(c.Tokens, 0), m.TPM)
	}
	return max(c.Tokens, 0)
}

// reserve counts a request, unless there is no room for it any more.
func (m *member) reserve(tokens, now int64) bool {
	if !m.requests.add(1, m.RPM, now) {
		return false
	}
	if !m.tokens.add(tokens, m.TPM, now) {
		m.requests.correct(-1, now, now)
		return false
	}
	return true
}

func (m *member) unreserve(tokens, now int64) {
	m.requests.correct(-1, now, now)
	m.tokens.correct(-tokens, now, now)
}
