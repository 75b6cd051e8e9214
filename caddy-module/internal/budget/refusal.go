package budget

import (
	"fmt"
	"time"
)

// Refusal is a request that a budget has no room for.
type Refusal struct {
	Budget string
	Limit  Limit
	// Wait is how long it takes until there is room; -1 is never.
	Wait time.Duration
	// Busy: it is what requests under way may need that leaves no room.
	Busy bool
}

// Error is for the client, too.
func (r *Refusal) Error() string {
	if r.Busy {
		return fmt.Sprintf("budget %s of %s: requests in progress may need what is left of it", r.Budget, r.Limit)
	}
	if r.Wait < 0 {
		return fmt.Sprintf("budget %s of %s is used up", r.Budget, r.Limit)
	}
	wait := r.Wait.Round(time.Millisecond)
	if wait > time.Minute {
		wait = r.Wait.Round(time.Second)
	}
	return fmt.Sprintf("budget %s of %s is used up for another %s", r.Budget, r.Limit, wait)
}

// longer is the refusal that lasts longer; either may be nil.
func longer(a, b *Refusal) *Refusal {
	if a == nil || b != nil && a.Wait >= 0 && (b.Wait < 0 || b.Wait > a.Wait) {
		return b
	}
	return a
}
