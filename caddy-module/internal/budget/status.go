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
	Most     []Usage // the subjects that have used the largest part of a limit
}

// Usage is what a subject has used.
type Usage struct {
	ID     string // in hexadecimal
	Name   string // what people call it, "" for none
	Limits []LimitUsage

	share float64 // of the limit of which the largest part is used
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
	var all []Usage
	look := func(a *account) {
		s.Subjects++
		u := a.usage(b, now)
		for _, of := range u.Limits {
			s.Reserved[of.Unit] += of.Reserved
		}
		if u.share > 0 {
			all = append(all, u)
		}
	}
	for _, a := range shelf.accounts {
		look(a)
	}
	for _, a := range shelf.stored {
		look(a)
	}
	if shelf.rest != nil {
		look(shelf.rest)
	}
	slices.SortFunc(all, func(a, b Usage) int { return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.ID, b.ID)) })
	s.Most = all[:min(len(all), most)]
	return s
}

// usage is what an account has of a budget's limits.
func (a *account) usage(b *Budget, now time.Time) Usage {
	u := Usage{ID: hex.EncodeToString(a.id[:]), Name: a.name}
	for _, l := range b.Limits {
		c := a.counter(l.Unit, l.Period)
		c.advance(now)
		u.Limits = append(u.Limits, LimitUsage{l, c.used, c.reserved, c.reset(now)})
		u.share = max(u.share, float64(c.used+c.reserved)/float64(l.Amount))
	}
	return u
}
