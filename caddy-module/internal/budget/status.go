package budget

import (
	"cmp"
	"encoding/hex"
	"slices"
	"time"
)

// Status is what is known of a budget.
type Status struct {
	Subjects int     // that are remembered
	Refused  int64   // requests, since the process began
	Reserved Amounts // of all subjects
	Ratio    float64 // the largest part of a limit that a subject has used or reserved
	Most     []Usage // the subjects of the largest parts
}

// Usage is what a subject has used.
type Usage struct {
	ID     string // in hexadecimal
	Name   string // what people call it, "" for none
	Limits []LimitUsage
}

// LimitUsage is what of a limit is used.
type LimitUsage struct {
	Limit
	Used, Reserved int64
	Resets         time.Duration // until nothing of it is used any more; -1 is never
}

// Status tells of a budget, and of up to most of its subjects.
func (l *Ledger) Status(b *Budget, now time.Time, most int) (s Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	shelf := l.shelf(b.Name)
	s.Refused = shelf.refused
	var first []*account // those with the largest shares, in order
	var shares []float64
	for a := range shelf.all() {
		s.Subjects++
		share := a.share(b, now, &s.Reserved)
		s.Ratio = max(s.Ratio, share)
		if share == 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(shares, share, func(have, share float64) int { return cmp.Compare(share, have) })
		if at < most {
			first, shares = slices.Insert(first, at, a), slices.Insert(shares, at, share)
			first, shares = first[:min(len(first), most)], shares[:min(len(shares), most)]
		}
	}
	for _, a := range first {
		s.Most = append(s.Most, a.usage(b, now))
	}
	return s
}

// share is the largest part of a limit that an account has used or reserved. What it has reserved is added up.
func (a *account) share(b *Budget, now time.Time, reserved *Amounts) (most float64) {
	var units Amounts
	for _, l := range b.Limits {
		c := a.counter(l.Unit, l.Period)
		c.advance(now)
		most = max(most, float64(c.used+c.reserved)/float64(l.Amount))
		units[l.Unit] = c.reserved
	}
	for u, n := range units {
		reserved[u] += n
	}
	return most
}

// usage is what an account has of a budget's limits.
func (a *account) usage(b *Budget, now time.Time) Usage {
	u := Usage{ID: hex.EncodeToString(a.id[:]), Name: a.name}
	for _, l := range b.Limits {
		c := a.counter(l.Unit, l.Period)
		c.advance(now)
		u.Limits = append(u.Limits, LimitUsage{l, c.used, c.reserved, c.reset(now)})
	}
	return u
}
