package queue

import "container/list"

// line is who waits in one class. Its callers take turns; what one caller sent goes in the order it came.
// All operations take the same time, however many wait.
type line struct {
	callers map[string]*caller
	turns   list.List    // of *caller: the first is next
	levels  []*list.List // of *caller: in levels[n-1] are those of whom n wait; the last level is never empty
	waiting int
}

// caller is one of whom somebody waits.
type caller struct {
	name        string
	waiters     list.List // of *waiter
	turn, level *list.Element
}

// waiter waits for a place.
type waiter struct {
	line   *line
	caller *caller
	spot   *list.Element // among the caller's waiters

	// decided is closed when place or full is set.
	decided chan struct{}
	place   Place
	full    *Full
}

// count is how many wait for the caller of that name.
func (l *line) count(name string) int {
	if c := l.callers[name]; c != nil {
		return c.waiters.Len()
	}
	return 0
}

// most is how many wait for the caller that has most.
func (l *line) most() int { return len(l.levels) }

// push lets one more wait.
func (l *line) push(name string) *waiter {
	c := l.callers[name]
	if c == nil {
		if l.callers == nil {
			l.callers = make(map[string]*caller)
		}
		c = &caller{name: name}
		c.turn = l.turns.PushBack(c)
		l.callers[name] = c
	}
	w := &waiter{line: l, caller: c, decided: make(chan struct{})}
	w.spot = c.waiters.PushBack(w)
	l.waiting++
	l.lift(c, c.waiters.Len()-1)
	return w
}

// remove lets one wait no more.
func (l *line) remove(w *waiter) {
	c := w.caller
	c.waiters.Remove(w.spot)
	l.waiting--
	l.lift(c, c.waiters.Len()+1)
	if c.waiters.Len() == 0 {
		l.turns.Remove(c.turn)
		delete(l.callers, c.name)
	}
}

// next takes the one whose turn it is. The line is not empty.
func (l *line) next() *waiter {
	c := l.turns.Front().Value.(*caller)
	l.turns.MoveToBack(c.turn)
	w := c.waiters.Front().Value.(*waiter)
	l.remove(w)
	return w
}

// last takes the newest of the caller that has most waiting. The line is not empty.
func (l *line) last() *waiter {
	c := l.levels[l.most()-1].Back().Value.(*caller)
	w := c.waiters.Back().Value.(*waiter)
	l.remove(w)
	return w
}

// lift moves a caller to the level of its number, which was one less or one more.
func (l *line) lift(c *caller, from int) {
	if from > 0 {
		l.levels[from-1].Remove(c.level)
	}
	if to := c.waiters.Len(); to > 0 {
		if to > len(l.levels) {
			l.levels = append(l.levels, list.New())
		}
		c.level = l.levels[to-1].PushBack(c)
	}
	if top := len(l.levels); top > 0 && l.levels[top-1].Len() == 0 {
		l.levels[top-1] = nil
		l.levels = l.levels[:top-1]
	}
}
