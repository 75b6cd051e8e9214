package pool

import (
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// Status is what is known of a member.
type Status struct {
	ID       string
	Server   string
	Ready    bool
	Until    time.Time     // when it will be ready, as far as is known; zero when it is
	Reason   failure.Class // why it cools, None when it does not
	InFlight int64
	Breaker  Phase         // of its server
	Requests int64         // in the last minute
	Tokens   int64         // in the last minute
	Latency  time.Duration // mean until an answer begins, 0 when that is not known
	Left     float64       // the share (0…1) of its limits that is left, as far as is known
	Models   []ModelStatus // that cool while the member as a whole does not have to
}

// Status gives what is known of every member, in the order that New was given. now is in Unix nanoseconds.
func (p *Pool) Status(now int64) []Status {
	all := make([]Status, len(p.members))
	for i := range p.members {
		m := &p.members[i]
		s := Status{
			ID: m.ID, Server: m.Server, InFlight: m.inFlight.Load(), Breaker: m.server.phase(now), Reason: m.reason(now),
			Requests: m.requests.used(now / second), Tokens: m.tokens.used(now / second), Latency: m.latency.Mean(now), Left: max(1-m.spent(now/second), 0),
			Models: m.models.status(now),
		}
		at := m.readyAt(&Choice{Now: now}, false)
		if s.Ready = at <= now; !s.Ready {
			s.Until = unix(at)
		}
		all[i] = s
	}
	return all
}

// reason is why the member cools.
func (m *member) reason(now int64) failure.Class {
	if m.cooling.until.Load() > now {
		m.cooling.mu.Lock()
		defer m.cooling.mu.Unlock()
		return m.cooling.class
	}
	if m.server.rest.Load() > now {
		return failure.Overload
	}
	return failure.None
}

// Summary is what is known of a pool, to choose among pools.
type Summary struct {
	Ready    bool          // some member is
	Healthy  bool          // the breaker of some member's server is not open
	InFlight int64         // of all members
	Latency  time.Duration // the least mean of members that are ready, 0 when none is known
	Left     float64       // the most that a member that is ready has left of its limits
}

// Failing is the share (0…1) of what was asked within the breakers' windows that failed, of all servers; 0 when nothing was.
func (p *Pool) Failing(now int64) float64 {
	var all, failed int
	servers := make(map[*server]bool, len(p.members))
	for i := range p.members {
		if s := p.members[i].server; !servers[s] {
			servers[s] = true
			a, f := s.failing(now)
			all, failed = all+a, failed+f
		}
	}
	if all == 0 {
		return 0
	}
	return float64(failed) / float64(all)
}

// Summary costs no allocation. now is in Unix nanoseconds.
func (p *Pool) Summary(now int64) (s Summary) {
	c := Choice{Now: now}
	for i := range p.members {
		m := &p.members[i]
		s.InFlight += m.inFlight.Load()
		s.Healthy = s.Healthy || m.server.phase(now) != Open
		if !m.isReady(&c, false) {
			continue
		}
		s.Ready = true
		s.Left = max(s.Left, 1-m.spent(now/second))
		if d := m.latency.Mean(now); d > 0 && (s.Latency == 0 || d < s.Latency) {
			s.Latency = d
		}
	}
	return s
}
