package gateway

import (
	"cmp"
	"slices"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

// share is a part of the callers with the candidates that they get: the first one, and who stands in for it.
type share struct {
	candidates []*attempt.Candidate
	lot        float64
}

// split gives the candidates of the caller's share, and behind them those of the others: a caller gets an answer of another share before none.
func (x *exchange) split(r *Route, candidates []*attempt.Candidate) []*attempt.Candidate {
	affinity := x.affinity(r.Order.Sticky)
	var shares []share
	for i, next := 0, 0; i < len(r.Candidates); i = next {
		for next = i + 1; next < len(r.Candidates) && r.Order.weight(next) == 0; {
			next++
		}
		all := r.Candidates[i:next]
		shares = append(shares, share{all, pool.Lot(affinity, pool.Draw(all[0].Name()), r.Order.weight(i))})
	}
	slices.SortStableFunc(shares, func(a, b share) int { return cmp.Compare(a.lot, b.lot) })
	ordered := make([]*attempt.Candidate, 0, len(candidates))
	for _, s := range shares {
		for _, c := range s.candidates {
			if slices.Contains(candidates, c) && !slices.Contains(ordered, c) {
				ordered = append(ordered, c)
			}
		}
	}
	return ordered
}
