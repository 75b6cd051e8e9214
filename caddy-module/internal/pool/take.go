package pool

import (
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// Take chooses a member that is ready and not tried. False when there is none. Whoever got a lease has to end it.
//
// A member is ready when it does not cool, what its RPM and TPM allow is not used up, and its server's breaker lets it. A request of more
// tokens than TPM counts as TPM: the upstream may judge it.
func (p *Pool) Take(c *Choice) (Lease, bool) {
	for {
		i := p.choose(c)
		if i < 0 {
			return Lease{}, false
		}
		// Another pool with the same states may have been faster: then this member is not ready any more, and others are chosen from.
		if l, ok := p.lease(i, c); ok {
			return l, true
		}
	}
}

func (p *Pool) choose(c *Choice) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	refused := c.Force && p.allRefused(c.Now)
	for _, group := range p.groups {
		if p.glance != nil {
			if i := p.glance(p, group, c, refused); i >= 0 {
				p.turn++
				return i
			}
		}
		p.ready = p.ready[:0]
		for _, i := range group {
			if !c.Tried.Has(i) && p.members[i].isReady(c, refused) {
				p.ready = append(p.ready, i)
			}
		}
		if len(p.ready) > 0 {
			i := p.balance(p, p.ready, c)
			p.turn++
			return i
		}
	}
	return -1
}

// lease reserves what the choice takes.
func (p *Pool) lease(i int, c *Choice) (Lease, bool) {
	m := &p.members[i]
	l := Lease{pool: p, member: i, tokens: m.needs(c), taken: c.Now, epoch: m.cooling.epoch.Load(), model: c.Model, modelEpoch: m.models.epoch(c.Model)}
	if !m.reserve(l.tokens, c.Now) {
		return Lease{}, false
	}
	pass, ok := m.server.enter(c.Now, c.Force)
	if !ok {
		m.unreserve(l.tokens, c.Now)
		return Lease{}, false
	}
	l.pass = pass
	m.inFlight.Add(1)
	if pass.trial {
		p.states.tell(Event{Kind: BreakerHalfOpen, Member: m.ID, Server: m.Server})
	}
	return l, true
}

// Probe takes a member to find out whether its server is well, ready or not. It counts for no limit. When the breaker is open and no trial
// is under way, this is the trial: a success closes the breaker, a failure keeps it open as long as it was to be.
func (p *Pool) Probe(member int, now int64) Lease {
	m := &p.members[member]
	m.inFlight.Add(1)
	pass, _ := m.server.enter(now, true)
	return Lease{pool: p, member: member, taken: now, epoch: m.cooling.epoch.Load(), pass: pass}
}

// Wait is how long until the first member that is not tried will be ready, as far as is known: 0 when one is, -1 when all are tried. While
// a half-open breaker waits for its trial that is a second.
func (p *Pool) Wait(c *Choice) time.Duration {
	_, wait := p.first(c)
	return wait
}

// Why is the class of failure for which the first member that is not tried has to be left alone: RateLimit, Credential or Overload. None when one
// is ready, or all are tried.
func (p *Pool) Why(c *Choice) failure.Class {
	i, wait := p.first(c)
	switch {
	case wait <= 0:
		return failure.None
	case max(p.members[i].cooling.until.Load(), p.members[i].models.readyAt(c.Model, false)) < p.members[i].server.readyAt(c.Now, c.Force):
		return failure.Overload
	case p.members[i].cooling.refused.Load():
		return failure.Credential
	}
	return failure.RateLimit
}

// first is the member that is ready first of those that are not tried, and how long until then; -1 when there is none.
func (p *Pool) first(c *Choice) (member int, wait time.Duration) {
	member, refused, first := -1, c.Force && p.allRefused(c.Now), int64(0)
	for i := range p.members {
		if !c.Tried.Has(i) {
			if at := p.members[i].readyAt(c, refused); member < 0 || at < first {
				member, first = i, at
			}
		}
	}
	if member < 0 {
		return -1, -1
	}
	return member, time.Duration(max(first-c.Now, 0))
}

// allRefused tells whether every member's credential is refused at present.
func (p *Pool) allRefused(now int64) bool {
	for i := range p.members {
		if c := &p.members[i].cooling; !c.refused.Load() || c.until.Load() <= now {
			return false
		}
	}
	return true
}
