package budget

import (
	"context"
	"iter"
	"strings"
	"sync"
	"time"
)

// Settlement is what an exchange has used of what was reserved for it.
type Settlement struct {
	Claims         []Claim
	Reserved, Used Amounts
	Began, Now     time.Time // of the reservation, and of its end
}

// Book is where use is added up. It is safe for concurrent use.
type Book interface {
	// Reserve notes what a request may need in all claims, or in none and says why. It tells what the limits leave then.
	Reserve(ctx context.Context, claims []Claim, need Amounts, now time.Time, left *Allowance) *Refusal
	// Settle ends a reservation. It waits for nothing.
	Settle(s *Settlement)
	// Would tells what Reserve would refuse.
	Would(claims []Claim, need Amounts, now time.Time) *Refusal
	// Status tells of a budget, and of up to most of its subjects.
	Status(b *Budget, now time.Time, most int) Status
}

// Ledger is the Book in the memory of this process, of which Save and Load keep what lasts. The zero value is empty and ready. All claims of a
// request are checked and noted under one lock.
type Ledger struct {
	saving sync.Mutex // one Save at a time

	mu      sync.Mutex
	key     []byte // of IDs
	shelves map[string]*shelf
	changed bool // since it was last written
}

var _ Book = (*Ledger)(nil)

// shelf has the accounts of a budget's subjects.
type shelf struct {
	accounts map[Subject]*account
	stored   map[ID]*account // as a file had them, of subjects that were not seen since
	rest     *account        // of the subjects that found no place
	refused  int64
	swept    time.Time
}

const (
	// MaxSubjects bounds the subjects of a budget whose use is added up apart. Those that come when there are so many share
	// an account until one of them is over.
	MaxSubjects = 50_000
	maxValue    = 128 // bytes of a subject's value that are kept; of a longer one a hash is
	sweeping    = 10 * time.Second
)

// Reserve implements Book.
func (l *Ledger) Reserve(_ context.Context, claims []Claim, need Amounts, now time.Time, left *Allowance) *Refusal {
	l.mu.Lock()
	defer l.mu.Unlock()
	if refused := l.check(claims, &need, now, left); refused != nil {
		l.shelf(refused.Budget).refused++
		return refused
	}
	l.reserve(claims, &need, now, left)
	return nil
}

// refuse counts a refusal of another book.
func (l *Ledger) refuse(r *Refusal) *Refusal {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shelf(r.Budget).refused++
	return r
}

// mirror notes a reservation that another book has made, and what accounts have used there. Of periods that slide it counts its own use only.
func (l *Ledger) mirror(claims []Claim, have []Have, need Amounts, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range claims {
		a := l.account(&claims[i], now)
		claims[i].account = a
		a.reserve(claims[i].Budget, &need, now, new(Allowance))
		for _, f := range have[i].Used {
			if c := a.counter(f.Unit, f.Period); !f.Period.Slides() {
				f.Amount += have[i].owed[f.Unit]
				c.take(f, now)
			}
		}
	}
}

func (l *Ledger) check(claims []Claim, need *Amounts, now time.Time, left *Allowance) (refused *Refusal) {
	for i := range claims {
		c := &claims[i]
		c.account = l.account(c, now)
		refused = longer(refused, c.account.check(c.Budget, need, now, left))
	}
	return refused
}

func (l *Ledger) reserve(claims []Claim, need *Amounts, now time.Time, left *Allowance) {
	for i := range claims {
		l.changed = l.changed || claims[i].Budget.Lasts()
		claims[i].account.reserve(claims[i].Budget, need, now, left)
	}
}

// Settle implements Book.
func (l *Ledger) Settle(s *Settlement) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range s.Claims {
		c := &s.Claims[i]
		l.changed = l.changed || c.Budget.Lasts()
		c.account.settle(c.Budget, s)
	}
}

// Would implements Book.
func (l *Ledger) Would(claims []Claim, need Amounts, now time.Time) (refused *Refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var left Allowance
	for i := range claims {
		a := l.find(&claims[i])
		if a == nil {
			a = new(account)
		}
		refused = longer(refused, a.check(claims[i].Budget, &need, now, &left))
	}
	return refused
}

func (l *Ledger) shelf(budget string) *shelf {
	s := l.shelves[budget]
	if s == nil {
		if l.shelves == nil {
			l.shelves = make(map[string]*shelf)
		}
		s = &shelf{accounts: make(map[Subject]*account)}
		l.shelves[budget] = s
	}
	return s
}

// find is the account of a subject, nil if it has none.
func (l *Ledger) find(c *Claim) *account {
	s := l.shelf(c.Budget.Name)
	subject := c.Subject.short()
	if a := s.accounts[subject]; a != nil || len(s.stored) == 0 {
		return a
	}
	return s.stored[idOf(l.key, c.Budget.Name, subject)]
}

// account is that of a subject, which may begin with it.
func (l *Ledger) account(c *Claim, now time.Time) *account {
	s := l.shelf(c.Budget.Name)
	subject := c.Subject.short()
	if a := s.accounts[subject]; a != nil {
		return a
	}
	if len(s.accounts)+len(s.stored) >= MaxSubjects {
		s.sweep(now)
	}
	id := idOf(l.key, c.Budget.Name, subject)
	a := s.stored[id]
	switch {
	case a != nil:
		delete(s.stored, id)
	case len(s.accounts)+len(s.stored) >= MaxSubjects:
		if s.rest == nil {
			s.rest = &account{id: idOf(l.key, c.Budget.Name, Subject{}), name: "others"}
		}
		return s.rest
	default:
		a = &account{id: id}
	}
	// What comes from a request is a part of a buffer that need not stay for it.
	a.subject, a.name = Subject{strings.Clone(subject.Kind), strings.Clone(subject.Value)}, strings.Clone(c.Name)
	s.accounts[a.subject] = a
	return a
}

// all are the accounts of the shelf.
func (s *shelf) all() iter.Seq[*account] {
	return func(yield func(*account) bool) {
		for _, a := range s.accounts {
			if !yield(a) {
				return
			}
		}
		for _, a := range s.stored {
			if !yield(a) {
				return
			}
		}
		if s.rest != nil {
			yield(s.rest)
		}
	}
}

// sweep forgets the accounts that are over, but not all the time.
func (s *shelf) sweep(now time.Time) {
	if d := now.Sub(s.swept); d >= 0 && d < sweeping {
		return
	}
	s.swept = now
	for k, a := range s.accounts {
		if a.idle(now) {
			delete(s.accounts, k)
		}
	}
	for k, a := range s.stored {
		if a.idle(now) {
			delete(s.stored, k)
		}
	}
	if s.rest != nil && s.rest.idle(now) {
		s.rest = nil
	}
}

// Sweep forgets what is over.
func (l *Ledger) Sweep(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.shelves {
		s.sweep(now)
	}
}

// short is the subject with a value that may be kept.
func (s Subject) short() Subject {
	if len(s.Value) > maxValue {
		id := idOf(nil, "", s)
		s.Value = string(id[:])
	}
	return s
}
