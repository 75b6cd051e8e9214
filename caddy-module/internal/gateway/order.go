package gateway

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
)

// Strategy says which candidate of a route is tried first, second and so on.
type Strategy string

// Strategies.
const (
	Ordered    Strategy = ""            // as they are written
	Cheapest   Strategy = "cheapest"    // by what the request may cost; a candidate of unknown price last
	Fastest    Strategy = "fastest"     // by the time to the first token of late; one that was not asked yet first
	RoundRobin Strategy = "round_robin" // each in turn first
	Weighted   Strategy = "weighted"    // each as often first as its weight says
	LeastBusy  Strategy = "least_busy"  // by the requests under way
	UsageAware Strategy = "usage_aware" // by what providers say is left of their limits
	Sticky     Strategy = "sticky"      // the same first for the same affinity
	Split      Strategy = "split"       // as sticky, by weights: a share of the callers each
)

// Strategies are the names that a route can have before its candidates.
func Strategies() []string {
	return []string{string(Cheapest), string(Fastest), string(LeastBusy), string(RoundRobin), string(Split), string(Sticky), string(UsageAware), string(Weighted)}
}

// Order is how a route's candidates are gone through.
type Order struct {
	Strategy Strategy
	// Sticky names what Sticky and Split stick to: see Affinities. "" is "key".
	Sticky string
	// Weights of the candidates, for Weighted, Sticky and Split; nil weighs all alike. For Split 0 is one that belongs to the share of the
	// candidate before it, whom it stands in for.
	Weights []float64

	turn atomic.Uint64
}

// Check says what is wrong with an order of n candidates.
func (o *Order) Check(n int) error {
	if o.Strategy != Ordered && !slices.Contains(Strategies(), string(o.Strategy)) {
		return fmt.Errorf("unknown strategy %q, expected one of %v", string(o.Strategy), Strategies())
	}
	if o.Weights != nil && len(o.Weights) != n {
		return fmt.Errorf("%d weights for %d candidates, expected one each", len(o.Weights), n)
	}
	for i, w := range o.Weights {
		if w == 0 && i > 0 && o.Strategy == Split {
			continue
		}
		if !(w > 0) || math.IsInf(w, 0) {
			return fmt.Errorf("weight %v, expected a number above 0", w)
		}
	}
	return checkAffinity(o.Sticky)
}

// reads tells whether the order of a request's candidates depends on its body.
func (o *Order) reads(x *exchange) bool {
	switch o.Strategy {
	case Cheapest:
		return true
	case Sticky, Split:
		return x.standsInBody(o.Sticky)
	}
	return false
}

// rank gives the candidates in the order in which they are tried.
func (x *exchange) rank(r *Route, candidates []*attempt.Candidate) []*attempt.Candidate {
	o := &r.Order
	if o.Strategy == Ordered || len(candidates) < 2 {
		return candidates
	}
	if o.Strategy == Split {
		return x.split(r, candidates)
	}
	turn := x.turn(o)
	ranks := make([]ranked, 0, len(candidates))
	for _, c := range candidates {
		ranks = append(ranks, ranked{c, x.rankOf(o, c, turn, r)})
	}
	if o.Strategy == RoundRobin {
		first := int((turn - 1) % uint64(len(ranks)))
		for i := range ranks {
			ranks[i].rank = float64((i - first + len(ranks)) % len(ranks))
		}
	}
	slices.SortStableFunc(ranks, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	ordered := make([]*attempt.Candidate, len(ranks))
	for i, c := range ranks {
		ordered[i] = c.Candidate
	}
	return ordered
}

// ranked is a candidate with its place: the least is tried first.
type ranked struct {
	*attempt.Candidate
	rank float64
}

func (x *exchange) rankOf(o *Order, c *attempt.Candidate, turn uint64, r *Route) float64 {
	now := x.gateway.Now().UnixNano()
	switch o.Strategy {
	case Cheapest:
		p, known := c.Provider.Prices.Of(c.UpstreamModel(x.model))
		if !known {
			return math.Inf(1)
		}
		return p.Estimate(int64(x.promptTokens()), int64(x.asked.MaxTokens))
	case Fastest:
		return float64(c.Latency.Mean(now))
	case LeastBusy:
		return float64(c.Provider.Busy())
	case UsageAware:
		return -c.Provider.Left()
	case Weighted, Sticky:
		affinity := turn // for weighted each request is its own
		if o.Strategy != Weighted {
			affinity = x.affinity(o.Sticky)
		}
		return pool.Lot(affinity, pool.Draw(c.Name()), o.weight(slices.Index(r.Candidates, c)))
	}
	return 0
}

// turn counts the requests that an order was asked for; an explanation is none.
func (x *exchange) turn(o *Order) uint64 {
	if x.chain.Rehearsal {
		return o.turn.Load() + 1
	}
	return o.turn.Add(1)
}

// steady tells whether the order of a request depends on the request alone, and not on others or the state of providers.
func (o *Order) steady() bool {
	switch o.Strategy {
	case Ordered, Cheapest, Sticky, Split:
		return true
	}
	return false
}

func (o *Order) weight(i int) float64 {
	if i < 0 || i >= len(o.Weights) {
		return 1
	}
	return o.Weights[i]
}

// promptTokens is an estimate of the prompt's size.
func (x *exchange) promptTokens() int {
	if x.root == 0 {
		return int(x.size() / 4)
	}
	return route.Tokens(x.dialect, x.arena, x.root)
}

// size is about how large the request is, in bytes.
func (x *exchange) size() int64 {
	if x.body != nil {
		return int64(len(x.body))
	}
	return max(x.request.ContentLength, 0)
}
