package pool

import (
	"hash/fnv"
	"math"
)

// sticky is weighted rendezvous hashing: every member draws a lot for the affinity, always the same one, and the least wins. Who has lost
// its member goes to the second least; nobody else moves.
func sticky(p *Pool, ready []int, c *Choice) int {
	if c.Affinity == 0 {
		return roundRobin(p, ready, c)
	}
	best, least := ready[0], math.Inf(1)
	for _, i := range ready {
		m := &p.members[i]
		// The time until the first of events that come at random, Weight per second, is -ln(u)/Weight. It is never less than (1-u)/Weight,
		// which mostly spares the logarithm.
		u := chance(c.Affinity, m.hash)
		if (1-u)*m.perWeight >= least {
			continue
		}
		if lot := -math.Log(u) * m.perWeight; lot < least {
			best, least = i, lot
		}
	}
	return best
}

// mix makes every bit depend on every other, as the end of MurmurHash3 does.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// hash is the same in every gateway, so that all stick to the same members.
func hash(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return mix(h.Sum64())
}
