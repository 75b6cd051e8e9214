// Package queue bounds how many exchanges run at once. A Gate has a number of places; who finds none waits in
// a queue that is fair to callers and knows three classes of priority, for a bounded time. Package caddyllm
// makes a gate for each route and provider that has a limit, package gateway enters them.
package queue

import (
	"fmt"
	"time"
)

// Limits are what a Gate allows.
type Limits struct {
	Concurrent int           // the places; 0 lets everybody in
	Queue      int           // the most that wait; with 0 nobody does
	MaxWait    time.Duration // the longest that one waits, 0 as long as its context allows
}

// Class is a priority. The zero value is Normal.
//
// A place goes to the highest class that waits. So that no class starves, Normal gets at least one place in
// nine while it waits, Low one in sixteen; and an eighth of the queue is kept for each class, rounded down.
type Class int8

// Classes of priority.
const (
	High   Class = -1
	Normal Class = 0
	Low    Class = 1
)

const classes = 3

func (c Class) index() int { return int(c - High) }

// patience is how many places go to other classes before one goes to a class that waits, by its index. High
// has none: it goes first anyway.
var patience = [classes]int{0, 7, 15}

// names of classes, by their indices.
var names = [classes]string{"high", "normal", "low"}

// ParseClass reads high, normal or low.
func ParseClass(name string) (Class, bool) {
	for i, n := range names {
		if n == name {
			return Class(i) + High, true
		}
	}
	return Normal, false
}

// String is the name that ParseClass reads.
func (c Class) String() string { return names[c.index()] }

// Reason is why a gate refused.
type Reason uint8

// Reasons for which a gate refuses.
const (
	Busy      Reason = iota // no place was free and the caller did not wait at once
	QueueFull               // no place was free and the queue was full
	PushedOut               // the queue was full, and its room went to another caller or class
	WaitedOut               // no place became free in time
	Reasons                 // how many there are
)

// String is the reason's name in metrics.
func (r Reason) String() string {
	return [Reasons]string{"busy", "queue_full", "pushed_out", "max_wait"}[r]
}

// Full is the error of who was refused.
type Full struct {
	Reason Reason
	// RetryAfter is when those who wait are likely to be through, judged by how long places are held. More
	// than 0.
	RetryAfter time.Duration
	// Waited is how long the caller had waited.
	Waited time.Duration
}

// Error says what was full and when to come again.
func (f *Full) Error() string {
	return fmt.Sprintf("no place was free (%s), expected one in %s", f.Reason, f.RetryAfter.Round(time.Millisecond))
}

// Place is leave to run. The zero value is one of no gate. It must not be copied once it is in use.
type Place struct {
	gate  *Gate
	since time.Time
}

// Leave gives the place to the next who waits; again has no effect.
func (p *Place) Leave() {
	if g := p.gate; g != nil {
		p.gate = nil
		g.leave(p.since)
	}
}
