package budget

import (
	"crypto/hmac"
	"crypto/sha256"
	"time"
)

// account is what one subject has used of one budget. Its ledger's lock guards it.
type account struct {
	id       ID
	subject  Subject
	name     string
	counters []*counter
	open     int // reservations that are not settled
}

// ID names a subject where it must not be readable. It cannot be turned back without the ledger's key.
type ID [16]byte

// idOf is a subject's ID in a budget.
func idOf(key []byte, budget string, s Subject) (id ID) {
	mac := hmac.New(sha256.New, key)
	for _, part := range [...]string{budget, s.Kind, s.Value} {
		mac.Write([]byte(part))
		mac.Write([]byte{0}) // none of them has one
	}
	copy(id[:], mac.Sum(nil))
	return id
}

// counter is the one of a unit and a period. Limits that a later configuration drops keep theirs until what they counted is over.
func (a *account) counter(u Unit, p Period) *counter {
	for _, c := range a.counters {
		if c.unit == u && c.period == p {
			return c
		}
	}
	c := newCounter(u, p)
	a.counters = append(a.counters, c)
	return c
}

// idle tells whether the account says nothing that a fresh one would not.
func (a *account) idle(now time.Time) bool {
	if a.open > 0 {
		return false
	}
	for _, c := range a.counters {
		if !c.idle(now) {
			return false
		}
	}
	return true
}

// check finds the limit that has no room for a request: the one that takes the longest until it has. It notes what the limits leave.
func (a *account) check(b *Budget, need *Amounts, now time.Time, left *Allowance) (refused *Refusal) {
	for _, l := range b.Limits {
		c := a.counter(l.Unit, l.Period)
		c.advance(now)
		if !c.fits(l.Amount, need[l.Unit]) {
			r := &Refusal{Budget: b.Name, Limit: l, Wait: c.wait(l.Amount, now), Busy: c.used < l.Amount}
			refused = longer(refused, r)
		}
		left.note(l.Unit, c.room(l.Amount, now))
	}
	return refused
}

// reserve notes what a request may need. Requests are used at once: what they become of does not change their number.
func (a *account) reserve(b *Budget, need *Amounts, now time.Time, left *Allowance) {
	a.open++
	for _, l := range b.Limits {
		c := a.counter(l.Unit, l.Period)
		if l.Unit == Requests {
			c.charge(now, need[Requests])
		} else {
			c.reserved = within(c.reserved + need[l.Unit])
		}
		left.note(l.Unit, c.room(l.Amount, now))
	}
}

// settle turns what was reserved into what was used.
func (a *account) settle(b *Budget, s *Settlement) {
	a.open--
	for _, l := range b.Limits {
		c := a.counter(l.Unit, l.Period)
		c.advance(s.Now)
		if l.Unit == Requests {
			if back := s.Reserved[Requests] - s.Used[Requests]; back != 0 {
				c.charge(s.Began, -back)
			}
			continue
		}
		c.reserved = within(c.reserved - s.Reserved[l.Unit])
		c.charge(s.Now, s.Used[l.Unit])
	}
}
