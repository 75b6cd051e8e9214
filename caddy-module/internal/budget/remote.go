package budget

import (
	"context"
	"time"
)

// Remote is where gateways that share their budgets add up what is used. Package redis has one. Its errors are those of the
// network, and quote nothing.
type Remote interface {
	// Reserve notes what a request may need in all accounts, or in none, and tells what they have then. Dry, it only tells.
	Reserve(ctx context.Context, accounts []Account, h Hold, dry bool) (granted bool, have []Have, err error)
	// Apply charges and gives back, once: a batch whose number is not above that of the gateway's last one was applied already.
	Apply(ctx context.Context, b Batch) error
	// Extend has holds last until a later time.
	Extend(ctx context.Context, holds []Held, until time.Time) error
}

// Account is a subject's account of a budget.
type Account struct {
	Budget *Budget
	ID     ID
}

// Hold is what a request has reserved. A gateway that is gone cannot settle it, so it ends by itself unless it is extended.
type Hold struct {
	ID         string // another one for each reservation
	Need       Amounts
	Now, Until time.Time
}

// Held is a hold in an account.
type Held struct {
	Account
	Hold *Hold
}

// Have is what an account has.
type Have struct {
	Used     []Figure
	Reserved Amounts // of requests none: they are used at once

	owed Amounts // that the gateway has used besides
}

// Figure is what is used of a unit in a stretch of a period.
type Figure struct {
	Unit   Unit
	Period Period
	Number int64 // of the slot, or of the calendar's period
	Amount int64
}

// Batch is what a gateway has to say of accounts.
type Batch struct {
	Gateway string
	Number  int64 // above 0
	Changes []Change
	Now     time.Time
}

// Change is what becomes of an account.
type Change struct {
	Account
	Hold *Hold // that ends; nil is none
	// Used is charged in the stretches of Now. Of requests a negative number is given back in those of Began.
	Used       Amounts
	Began, Now time.Time
	// Undo: the hold may never have been noted. If it was, its request is given back.
	Undo bool
}

// NumberOf is that of a limit's stretch at a time.
func (l Limit) NumberOf(t time.Time) int64 { return l.Period.number(t) }

// Slots is how many stretches before the current one count, too.
func (l Limit) Slots() int64 {
	if l.Period.Slides() {
		return slots
	}
	return 0
}

// Keep is how long what is used has to be remembered; -1 is for ever.
func (b *Budget) Keep(now time.Time) (most time.Duration) {
	for _, l := range b.Limits {
		d := 2 * time.Hour
		switch {
		case l.Period == Total:
			return -1
		case !l.Period.Slides():
			d += l.Period.begin(l.Period.number(now) + 1).Sub(now)
		}
		most = max(most, d)
	}
	return most
}

// account is what a remote account has, as one of a ledger.
func (h *Have) account(now time.Time) *account {
	a := new(account)
	for _, f := range h.Used {
		c := a.counter(f.Unit, f.Period)
		c.reserved = h.Reserved[f.Unit]
		c.take(f, now)
	}
	return a
}

// take notes a figure. Of one from a clock that is ahead the slot is the current one.
func (c *counter) take(f Figure, now time.Time) {
	c.advance(now)
	if c.parts == nil {
		if f.Number >= c.at {
			c.used = within(f.Amount)
		}
		return
	}
	if n := min(f.Number, c.at); c.at-n <= slots {
		p := c.part(n)
		*p = within(*p + f.Amount)
		c.used = within(c.used + f.Amount)
	}
}
