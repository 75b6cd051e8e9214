package gateway

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

// trip is one request's way from attempt to attempt, until one answers or nobody is left.
type trip struct {
	x     *exchange
	route *Route
	order []*attempt.Candidate // to be tried; a fallback replaces it
	at    int                  // in order

	choice   pool.Choice
	tried    []pool.Tried // lanes of each candidate in order, in this round
	few      [2]pool.Tried
	lane     int   // that was taken last
	full     int   // the first candidate whose provider had no place, -1 if all had
	refusal  error // of the provider that was asked for a place last, nil if it had one
	attempts int
	round    int
	same     int           // attempts that were made again at the same place
	pauses   int           // that were made
	pause    time.Duration // before the next attempt
	waited   time.Duration // for candidates that were told to wait
	passing  bool          // a failure of this round may be gone in the next
	skipped  bool          // a candidate was not ready in this round
	fell     failure.Class // the class whose fallback is being tried
	last     error         // of the last attempt
	why      failure.Class // for what the first of the candidates that are not ready has to be left alone
	soonest  time.Duration // until the first of the candidates that are not ready will be; -1 is never
}

// depart begins a trip.
func (x *exchange) depart(r *Route, candidates []*attempt.Candidate) *trip {
	t := &x.trip
	*t = trip{x: x, route: r, choice: pool.Choice{Tokens: x.size() / 4}}
	t.follow(candidates)
	return t
}

// follow goes through candidates from the first one on.
func (t *trip) follow(candidates []*attempt.Candidate) {
	t.order = candidates
	if t.tried = t.few[:0]; len(candidates) > len(t.few) {
		t.tried = make([]pool.Tried, 0, len(candidates))
	}
	t.tried = t.tried[:len(candidates)]
	clear(t.tried)
	t.back()
}

// back goes to the first candidate.
func (t *trip) back() {
	t.at, t.same, t.passing, t.skipped, t.soonest, t.full = 0, 0, false, false, -1, -1
}

// next leases the lane of the next attempt. It waits as long as the route allows. The error is why there is none.
func (t *trip) next(ctx context.Context) (attempt.Flight, error) {
	for {
		if err := t.rest(ctx); err != nil {
			return attempt.Flight{}, err
		}
		if t.attempts >= t.retry().Attempts || t.late(0) {
			return attempt.Flight{}, t.ended()
		}
		for ; t.at < len(t.order); t.move() {
			if f, ok := t.take(ctx, t.order[t.at], false); ok {
				return f, nil
			}
		}
		if full := t.full; full >= 0 {
			t.full, t.at = -1, full
			if f, ok := t.take(ctx, t.order[full], true); ok {
				return f, nil
			}
			if t.refusal != nil {
				return attempt.Flight{}, t.refusal
			}
		}
		if !t.again() {
			return attempt.Flight{}, t.ended()
		}
	}
}

func (t *trip) retry() *Retry { return t.route.Retry }

// take leases a lane of a candidate that was not tried, and a place at its provider. It waits for one if it may: a
// candidate that has none free makes way for the others.
func (t *trip) take(ctx context.Context, c *attempt.Candidate, wait bool) (attempt.Flight, bool) {
	t.aim(c)
	place, err := t.x.enterProvider(ctx, c, wait)
	if err != nil {
		t.refusal = err
		if t.full < 0 && !wait && c.Provider.Wait(&t.choice) >= 0 {
			t.full = t.at
		}
		return attempt.Flight{}, false
	}
	if c.Provider.Sticky != "" {
		t.choice.Affinity = t.x.affinity(string(c.Provider.Sticky))
	}
	lane, ok := c.Provider.Take(&t.choice)
	if ok {
		t.attempts++
		t.lane = lane.Member()
		t.refusal = nil
		return attempt.Flight{Candidate: c, Lane: lane, Place: place}, true
	}
	place.Leave()
	t.refusal = nil
	if wait := c.Provider.Wait(&t.choice); wait >= 0 {
		t.skipped = true
		if t.soonest < 0 || wait < t.soonest {
			t.soonest, t.why = wait, c.Provider.Why(&t.choice)
		}
	}
	return attempt.Flight{}, false
}

// aim makes the choice one among the lanes of the candidate that the trip is at.
func (t *trip) aim(c *attempt.Candidate) {
	t.choice.Now, t.choice.Tried, t.choice.Model = c.Provider.Now().UnixNano(), &t.tried[t.at], c.Limited(t.x.input.Model)
}

// beside leases the lane of an attempt beside the one that is under way: another one of the same candidate, else one of the
// next candidate, from which the trip then goes on.
func (t *trip) beside(ctx context.Context) (attempt.Flight, bool) {
	if t.attempts >= t.retry().Attempts || t.late(0) {
		return attempt.Flight{}, false
	}
	at := t.at
	t.tried[at].Add(t.lane)
	for ; t.at < len(t.order); t.at++ {
		if f, ok := t.take(ctx, t.order[t.at], false); ok {
			return f, true
		}
	}
	t.at, t.full = at, -1
	return attempt.Flight{}, false
}

// move goes to the next candidate.
func (t *trip) move() {
	t.at++
	t.same = 0
}

// again goes through the candidates once more if that may help: those that are told to wait may be ready soon, those
// that only the gateway takes for broken may be well, and failures may have passed.
func (t *trip) again() bool {
	r, passing := t.retry(), t.passing
	switch {
	case t.skipped && t.waited+t.soonest <= r.MaxWait:
		t.pause = max(t.soonest, time.Millisecond) // at 0 it was ready a moment ago
		t.waited += t.pause
	case t.skipped && !t.choice.Force:
		t.choice.Force = true
	case t.passing && t.round+1 < r.Rounds:
		t.round++
		t.backOff()
		if wait := t.earliest(true); wait < 0 || wait > t.pause {
			if wait < 0 || t.waited+wait > r.MaxWait {
				return false // nobody may be asked so soon
			}
			t.pause = wait
			t.waited += wait
		}
		clear(t.tried)
		passing = false
	default:
		return false
	}
	t.back()
	t.passing = passing
	return !t.late(t.pause)
}

// failed notes how an attempt failed, and tells whether there may be another one.
func (t *trip) failed(err error) bool {
	t.last = err
	if !t.x.replayable() || t.x.mayHaveWorked(err) {
		return false
	}
	class, _ := blame(err)
	t.passing = t.passing || class.Sick() && class != failure.Timeout || class == failure.RateLimit
	rule := t.retry().Policy.Of(class)
	switch {
	case rule.Action == failure.Same && t.same < rule.Times:
		t.same++
		t.backOff()
		return true
	case rule.Action == failure.Same || rule.Action == failure.NextKey:
		if t.tried[t.at].Add(t.lane); t.goesOn() {
			return true
		}
	}
	if fallback := t.route.Fallbacks[class]; len(fallback) > 0 && t.fell == failure.None {
		t.fell, t.round = class, t.retry().Rounds
		t.x.record.Fallback = class
		t.x.input.Blocked = false
		t.follow(fallback)
		return true
	}
	if rule.Action == failure.NextCandidate {
		t.move()
	}
	return rule.Action != failure.GiveUp
}

// goesOn tells whether the candidate has a lane that was not tried and is ready.
func (t *trip) goesOn() bool {
	c := t.order[t.at]
	t.aim(c)
	return c.Provider.Wait(&t.choice) == 0
}

// backOff has the next attempt wait: a part of a time that doubles, so that requests that failed together do
// not come again together.
func (t *trip) backOff() {
	r := t.retry()
	most := r.Backoff << min(t.pauses, 20)
	if most > r.MaxBackoff || most <= 0 {
		most = r.MaxBackoff
	}
	t.pauses++
	t.pause = most/2 + rand.N(most/2+1)
}

// rest waits before the next attempt.
func (t *trip) rest(ctx context.Context) error {
	d := t.pause
	if t.pause = 0; d == 0 {
		return ctx.Err()
	}
	defer t.x.idle(t.x.since())
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// late tells whether the budget is spent, or will be after a pause.
func (t *trip) late(pause time.Duration) bool {
	budget := t.retry().Budget
	return budget > 0 && t.x.since()+pause > budget
}
