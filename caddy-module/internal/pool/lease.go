package pool

import (
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// Lease is a member that was taken for one attempt. It is a value that allocates nothing; whoever has it does not copy it, and ends it.
type Lease struct {
	pool   *Pool // nil when it has ended
	member int
	tokens int64 // counted so far
	taken  int64
	epoch  uint32 // of the member's cooling
	pass   pass

	model      string // whose limit it counts against
	modelEpoch uint32 // of its cooling
}

// Outcome is how an attempt went.
type Outcome struct {
	Class  failure.Class // None when it was served to its end
	Wait   time.Duration // what the upstream asked for, 0 if it did not say
	Tokens int64         // what it took, 0 if that is not known: then what the choice said stays counted
	Now    int64         // Unix nanoseconds
}

// Member is the member's number, as in what New was given.
func (l *Lease) Member() int { return l.member }

// First says that the answer has begun, some time after it was asked for. A half-open breaker closes.
func (l *Lease) First(latency time.Duration, now int64) {
	if l.pool == nil {
		return
	}
	m := &l.pool.members[l.member]
	m.latency.Observe(latency, now)
	if l.pass.trial {
		l.report(failure.None, now)
		l.pass = pass{epoch: m.server.epoch.Load()}
	}
}

// Left says what share (0…1) of its limits the provider says is left, for usage_aware. It counts less with every second, for a minute.
func (l *Lease) Left(share float64, now int64) {
	if l.pool != nil && share >= 0 && share <= 1 {
		l.pool.members[l.member].say(1-share, now)
	}
}

// End gives the member back. The first time counts, more do nothing.
//
// After RateLimit the member, or its model where the choice named one, is left alone for what the upstream asked for, else for 10 s, which doubles up to 5 min while it repeats;
// after Credential for 5 min, which doubles up to 1 h. An Overload or a ServerError with a Wait leaves the whole server alone for it. Classes that are Sick
// count for the breaker; any other but Canceled is a sign that the server answers.
func (l *Lease) End(o Outcome) {
	if l.pool == nil {
		return
	}
	m, states := &l.pool.members[l.member], l.pool.states
	m.inFlight.Add(-1)
	if o.Tokens > 0 {
		m.tokens.correct(o.Tokens-l.tokens, l.taken, o.Now)
	}
	l.report(o.Class, o.Now)
	e := Event{Member: m.ID, Server: m.Server, Class: o.Class}
	var p pause
	switch o.Class {
	case failure.None:
		m.cooling.served(l.epoch)
		if c := m.models.of(l.model); c != nil {
			c.served(l.modelEpoch)
		}
	case failure.RateLimit:
		e.Kind = MemberCooling
		p, e.Model = m.limited(l, o)
	case failure.Credential:
		e.Kind, p = CredentialRefused, m.cooling.begin(o.Class, o.Wait, l.epoch, o.Now)
	case failure.Overload, failure.ServerError: // without a wait it is the breaker's matter alone
		e.Kind, p = ServerCooling, m.server.leaveAlone(o.Wait, o.Now)
	}
	if e.Kind != ServerCooling {
		m.cools(p.until)
	}
	if p.news {
		states.changed(m.server)
	}
	if p.fresh {
		e.Until = unix(p.until)
		states.tell(e)
	}
	l.pool = nil
}

// report tells the breaker.
func (l *Lease) report(class failure.Class, now int64) {
	m := &l.pool.members[l.member]
	kind, changed := m.server.done(l.pass, class, now)
	if !changed {
		return
	}
	e := Event{Kind: kind, Member: m.ID, Server: m.Server, Class: class}
	if kind == BreakerOpened {
		e.Until = unix(m.server.until.Load())
	}
	l.pool.states.changed(m.server)
	l.pool.states.tell(e)
}
