package queue

import (
	"context"
	"sync"
	"time"
)

// Gate has a number of places and a queue for them. It is safe for concurrent use. A nil Gate lets everybody in.
type Gate struct {
	mu      sync.Mutex
	limits  Limits
	inside  int
	waiting int           // over all lines
	lines   [classes]line // by the class's index
	passed  [classes]int  // places that went to other classes since this one waits or had one
	held    held
	stats   Stats
}

// New makes a gate.
func New(l Limits) *Gate { return &Gate{limits: l} }

// Limit changes the limits. Those who are inside stay; more places go to who waits at once.
func (g *Gate) Limit(l Limits) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limits = l
	g.grant(time.Now())
}

// TryEnter takes a place if one is free and nobody waits for it.
func (g *Gate) TryEnter() (Place, bool) {
	if g == nil {
		return Place{}, true
	}
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waiting > 0 || !g.free() {
		return Place{}, false
	}
	return g.take(now), true
}

// Refuse counts one who found no place and does not wait for one at once, and says when there may be one.
func (g *Gate) Refuse() *Full {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.refuse(Busy, time.Now())
}

// Enter takes a place, and waits for one if it must. Callers of one class get places in turn, whoever sent
// more: caller tells them apart. The error is a *Full, or that of ctx.
//
// In a full queue who has least waiting is preferred, too: the newest of the caller with most waiting makes
// room, else one of a lower class.
func (g *Gate) Enter(ctx context.Context, caller string, class Class) (Place, error) {
	if place, ok := g.TryEnter(); ok {
		return place, nil
	}
	began := time.Now()
	g.mu.Lock()
	w, full := g.join(caller, class, began)
	wait := g.limits.MaxWait
	g.mu.Unlock()
	if full != nil {
		return Place{}, full
	}
	var late <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-w.decided:
	case <-ctx.Done():
	case <-late:
	}
	return g.settle(ctx, w, began)
}

// join lets one wait, or says why it cannot.
func (g *Gate) join(caller string, class Class, now time.Time) (*waiter, *Full) {
	if g.waiting >= g.limits.Queue && !g.free() && !g.makeRoom(caller, class, now) {
		return nil, g.refuse(QueueFull, now)
	}
	w := g.lines[class.index()].push(caller)
	g.waiting++
	g.grant(now) // a place may have become free since it was looked for
	return w, nil
}

// makeRoom refuses one who waits for the sake of one who comes, if that is fair.
func (g *Gate) makeRoom(caller string, class Class, now time.Time) bool {
	if g.limits.Queue == 0 {
		return false
	}
	kept := g.limits.Queue / 8
	own := &g.lines[class.index()]
	for c := Low; c >= High; c-- {
		l := &g.lines[c.index()]
		switch {
		case c == class:
			if l.most() < l.count(caller)+2 {
				continue
			}
		case l.waiting == 0 || l.waiting <= kept:
			continue
		case c < class && own.waiting >= kept:
			continue
		}
		w := l.last()
		g.waiting--
		w.full = g.refuse(PushedOut, now)
		close(w.decided)
		return true
	}
	return false
}

// settle ends a wait.
func (g *Gate) settle(ctx context.Context, w *waiter, began time.Time) (Place, error) {
	now := time.Now()
	waited := now.Sub(began)
	g.mu.Lock()
	defer g.mu.Unlock()
	decided := w.place.gate != nil || w.full != nil
	if !decided {
		w.line.remove(w)
		g.waiting--
	}
	switch {
	case w.full != nil:
		w.full.Waited = waited
		return Place{}, w.full
	case ctx.Err() != nil:
		g.stats.Abandoned++
		if decided {
			g.inside--
			g.grant(now)
		}
		return Place{}, ctx.Err()
	case decided:
		g.stats.wait(w.place.since.Sub(began))
		return w.place, nil
	}
	full := g.refuse(WaitedOut, now)
	full.Waited = waited
	return Place{}, full
}

// leave ends the use of a place that was taken at a time.
func (g *Gate) leave(since time.Time) {
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.held.observe(now.Sub(since))
	g.grant(now)
}

// free tells whether there is a place.
func (g *Gate) free() bool { return g.limits.Concurrent == 0 || g.inside < g.limits.Concurrent }

// take gives a place away.
func (g *Gate) take(now time.Time) Place {
	g.inside++
	g.held.last = now
	g.stats.Entered++
	return Place{g, now}
}

// grant gives free places to those who wait.
func (g *Gate) grant(now time.Time) {
	for g.waiting > 0 && g.free() {
		w := g.next()
		w.place = g.take(now)
		close(w.decided)
	}
}

// next takes the one whose turn it is from the lines, which are not all empty.
func (g *Gate) next() *waiter {
	chosen := -1
	for i := range g.lines {
		if g.lines[i].waiting > 0 && (chosen < 0 || g.passed[i] >= patience[i]) {
			chosen = i
		}
	}
	for i := range g.lines {
		if i == chosen || g.lines[i].waiting == 0 {
			g.passed[i] = 0
		} else {
			g.passed[i]++
		}
	}
	g.waiting--
	return g.lines[chosen].next()
}

// refuse counts a refusal and says when it is worth coming again.
func (g *Gate) refuse(why Reason, now time.Time) *Full {
	g.stats.Refused[why]++
	return &Full{Reason: why, RetryAfter: g.retryAfter(now)}
}
