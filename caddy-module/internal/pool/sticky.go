package pool

import "math"

// sticky is weighted rendezvous hashing: every member draws a lot for the affinity, always the same one, and the least wins. Who has lost
// its member goes to the second least; nobody else moves.
func sticky(p *Pool, ready []int, c *Choice) int {
	if i := bound(p, ready, c); i >= 0 {
		return i
	}
	return roundRobin(p, ready, c)
}

// bound is -1 where there is nothing to stick to.
func bound(p *Pool, ready []int, c *Choice) int {
	if c.Affinity == 0 {
		return -1
	}
	best, least := ready[0], math.Inf(1)
	for _, i := range ready {
		m := &p.members[i]
		// The time until the first of events that come at random, Weight per second, is -ln(u)/Weight. It is never less than (1-u)/Weight,
		// which mostly spares the logarithm.
		u := chance(c.Affinity, m.drawn)
		if (1-u)*m.perWeight >= least {
			continue
		}
		if lot := -math.Log(u) * m.perWeight; lot < least {
			best, least = i, lot
		}
	}
	return best
}
