package pool

import (
	"maps"
	"slices"
)

// Balance is how a pool chooses among the members that are ready and have the lowest priority.
type Balance string

// Balances. Where several members are equal they take turns.
const (
	RoundRobin   Balance = "round_robin"   // in turn, each as often as its weight says, spread evenly
	FillFirst    Balance = "fill_first"    // the first one as long as it is ready, then the second
	Weighted     Balance = "weighted"      // another name of round_robin
	Priority     Balance = "priority"      // another name of round_robin: every balance heeds priorities
	LeastBusy    Balance = "least_busy"    // the one with the fewest requests under way
	LeastLatency Balance = "least_latency" // of two by chance the one with less latency × requests under way
	LeastCost    Balance = "least_cost"    // the one with the lowest cost
	UsageAware   Balance = "usage_aware"   // the one with the most left of its limits
	Sticky       Balance = "sticky"        // the same one for the same affinity; losing a member moves only what was with it
)

var balances = map[Balance]func(p *Pool, ready []int, c *Choice) int{
	RoundRobin: roundRobin,
	FillFirst:  fillFirst,
	Weighted:   roundRobin,
	Priority:   roundRobin,

	LeastBusy:    leastBusy,
	LeastLatency: leastLatency,
	LeastCost:    leastCost,
	UsageAware:   usageAware,
	Sticky:       sticky,
}

// Balances are the names of all balances.
func Balances() []Balance { return slices.Sorted(maps.Keys(balances)) }

// roundRobin is smooth weighted round robin, as in nginx: everyone is owed its weight, who is owed most is chosen and pays for all.
func roundRobin(p *Pool, ready []int, _ *Choice) int {
	best, sum := ready[0], 0
	for _, i := range ready {
		m := &p.members[i]
		m.current += m.Weight
		sum += m.Weight
		if m.current > p.members[best].current {
			best = i
		}
	}
	p.members[best].current -= sum
	return best
}

func fillFirst(_ *Pool, ready []int, _ *Choice) int { return ready[0] }

func leastBusy(p *Pool, ready []int, c *Choice) int {
	return p.least(ready, (*member).busy, c.Now/second)
}
func leastCost(p *Pool, ready []int, c *Choice) int {
	return p.least(ready, (*member).cost, c.Now/second)
}
func usageAware(p *Pool, ready []int, c *Choice) int {
	return p.least(ready, (*member).spent, c.Now/second)
}

func (m *member) busy(int64) float64 { return float64(m.inFlight.Load()) }
func (m *member) cost(int64) float64 { return m.Cost }

// least is the one with the least of something at a time in Unix seconds, those that are equal in turn.
func (p *Pool) least(ready []int, of func(*member, int64) float64, now int64) int {
	start := p.turn % len(ready)
	best := ready[start]
	least := of(&p.members[best], now)
	for _, part := range [2][]int{ready[start+1:], ready[:start]} {
		for _, i := range part {
			if v := of(&p.members[i], now); v < least {
				best, least = i, v
			}
		}
	}
	return best
}

// leastLatency looks at two only, so that not everyone runs to the fastest at once. One whose latency is not known is compared by what it
// has to do.
func leastLatency(p *Pool, ready []int, c *Choice) int {
	i, j := p.two(len(ready))
	return leastOf(p, [...]int{ready[i], ready[j]}, c)
}

func leastOf(p *Pool, pair [2]int, c *Choice) int {
	a, b := &p.members[pair[0]], &p.members[pair[1]]
	la, lb := a.latency.Mean(c.Now), b.latency.Mean(c.Now)
	if la == 0 || lb == 0 {
		la, lb = 1, 1
	}
	if float64(lb)*float64(b.inFlight.Load()+1) < float64(la)*float64(a.inFlight.Load()+1) {
		return pair[1]
	}
	return pair[0]
}

// glances choose among the members of a priority by looking at few, mostly: -1 when those were not ready. They choose as the balances do.
var glances = map[Balance]func(p *Pool, group []int, c *Choice, refused bool) int{
	FillFirst:    bestOf(fillFirst),
	LeastLatency: twoReady,
	LeastBusy:    bestOf(leastBusy),
	LeastCost:    bestOf(leastCost),
	UsageAware:   bestOf(usageAware),
	Sticky:       bestOf(bound),
}

// bestOf chooses among all, whether ready or not: who is best of them, and ready, is best of those that are.
func bestOf(balance func(*Pool, []int, *Choice) int) func(*Pool, []int, *Choice, bool) int {
	return func(p *Pool, group []int, c *Choice, refused bool) int {
		if i := balance(p, group, c); i >= 0 && p.open(i, c, refused) {
			return i
		}
		return -1
	}
}

// draws is how many pairs are drawn in the hope that both are ready. Any pair of those that are ready is as likely as another.
const draws = 3

func twoReady(p *Pool, group []int, c *Choice, refused bool) int {
	for range draws {
		i, j := p.two(len(group))
		if pair := [...]int{group[i], group[j]}; pair[0] != pair[1] && p.open(pair[0], c, refused) && p.open(pair[1], c, refused) {
			return leastOf(p, pair, c)
		}
	}
	return -1
}

// open tells whether a member may be chosen.
func (p *Pool) open(i int, c *Choice, refused bool) bool {
	return !c.Tried.Has(i) && p.members[i].isReady(c, refused)
}

// two draws two numbers below n, different ones if there are two.
func (p *Pool) two(n int) (i, j int) {
	if n == 1 {
		return 0, 0
	}
	r := p.rand.Uint64()
	i, j = int(r>>32)%n, int(uint32(r))%(n-1)
	if j >= i {
		j++
	}
	return i, j
}
