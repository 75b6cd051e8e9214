package budget

import (
	"sync"
	"time"
)

const (
	maxBatch   = 100     // changes, or holds, that are said at once
	maxPending = 100_000 // changes that wait; of more only the holds end, by themselves
)

// pending is what a gateway has to tell a remote. Changes of an account that end no hold add up.
type pending struct {
	wake chan struct{}

	mu     sync.Mutex
	order  []*Change
	sums   map[sum]*Change
	sent   Batch // that is not known to be applied; tried again as it is
	number int64
	held   map[Held]struct{}
	owed   map[sum]Amounts // what accounts have used that is not known to be applied; of no day
}

// sum is what changes have in common that add up: a day is of one period of the calendar.
type sum struct {
	budget *Budget
	id     ID
	day    int64
}

func (p *pending) open() {
	p.wake = make(chan struct{}, 1)
	p.sums, p.held = make(map[sum]*Change), make(map[Held]struct{})
	p.owed = make(map[sum]Amounts)
}

// add takes a change.
func (p *pending) add(c Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	full := len(p.order) >= maxPending
	if c.Hold == nil {
		key := sum{c.Budget, c.ID, Day.number(c.Now)}
		if at := p.sums[key]; at != nil {
			for u := range at.Used {
				at.Used[u] += c.Used[u]
			}
			at.Now = later(at.Now, c.Now)
			p.owe(&c, 1)
			return
		}
		if !full {
			p.sums[key] = &c
		}
	}
	if full {
		return
	}
	p.owe(&c, 1)
	p.order = append(p.order, &c)
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// any tells whether there is something to tell.
func (p *pending) any() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.order) > 0 || p.sent.Number > 0
}

// batch is what is to be told next: what was told in vain, else the oldest changes, which may be none.
func (p *pending) batch(gateway string) Batch {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent.Number > 0 {
		return p.sent
	}
	n := min(len(p.order), maxBatch)
	p.number++
	b := Batch{Gateway: gateway, Number: p.number, Now: time.Now()}
	for _, c := range p.order[:n] {
		b.Changes = append(b.Changes, *c)
		if c.Hold == nil {
			delete(p.sums, sum{c.Budget, c.ID, Day.number(c.Now)})
		}
	}
	if p.order = p.order[n:]; len(p.order) == 0 {
		p.order = nil
	}
	p.sent = b
	return b
}

// done: the batch of that number was applied.
func (p *pending) done(number int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent.Number != number {
		return
	}
	for i := range p.sent.Changes {
		p.owe(&p.sent.Changes[i], -1)
	}
	p.sent = Batch{}
}

// owe notes what a change says of its account, or with -1 that it was said.
func (p *pending) owe(c *Change, sign int64) {
	key := sum{c.Budget, c.ID, 0}
	owed := p.owed[key]
	for u := range owed {
		owed[u] += sign * c.Used[u]
	}
	if p.owed[key] = owed; owed == (Amounts{}) {
		delete(p.owed, key)
	}
}

// owes is what an account has used that the remote may not know of.
func (p *pending) owes(a Account) Amounts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.owed[sum{a.Budget, a.ID, 0}]
}

// hold notes a hold that has to last, let one that need not any more.
func (p *pending) hold(h Held) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held[h] = struct{}{}
}

func (p *pending) let(h Held) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.held, h)
}

func (p *pending) holding() []Held {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Held, 0, len(p.held))
	for h := range p.held {
		all = append(all, h)
	}
	return all
}
