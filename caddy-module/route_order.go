package caddyllm

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// shares tells whether weights are percentages.
func (r *Route) shares() bool { return gateway.Strategy(r.Strategy) == gateway.Split }

// checkTwice finds a candidate that was given before. Shares of a split may have the same ones behind their first.
func (r *Route) checkTwice(i int) error {
	before := r.To[:i]
	if !r.shares() || len(r.Weights) != len(r.To) {
		if slices.Contains(before, r.To[i]) {
			return fmt.Errorf("to: %s is given twice, expected once", r.To[i])
		}
		return nil
	}
	for j, own := i-1, r.Weights[i] == 0; j >= 0; j-- {
		first := r.Weights[j] > 0
		if r.To[j] == r.To[i] && (own || first && r.Weights[i] > 0) {
			return fmt.Errorf("to split: %s is given twice in a share or begins two, expected once", r.To[i])
		}
		own = own && !first
	}
	return nil
}

// checkOrder says what is wrong with how the candidates are gone through.
func (r *Route) checkOrder(a *App, p *plannedRoute) error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	order := gateway.Order{Strategy: gateway.Strategy(r.Strategy), Weights: r.Weights, Sticky: r.Sticky}
	if a.providers[r.Strategy] != nil {
		fail("to: %s is a strategy and the name of a provider, expected another name of the provider", r.Strategy)
	}
	if err := order.Check(len(r.To)); err != nil {
		fail("to: %w", err)
	}
	sticks := order.Strategy == gateway.Sticky || order.Strategy == gateway.Split
	weighs := sticks || order.Strategy == gateway.Weighted
	if r.Sticky != "" && !sticks {
		fail("sticky is for the strategies sticky and split, expected to sticky or to split")
	}
	if len(r.Weights) > 0 && !weighs {
		fail("to: weights are for the strategies weighted, sticky and split, expected none")
	}
	if sum := total(r.Weights); r.shares() && math.Abs(sum-100) > 0.01 {
		fail("to split: the percentages add up to %v%%, expected 100%%", sum)
	}
	if order.Strategy == gateway.Cheapest {
		errs = append(errs, p.checkPrices(a))
	}
	return errors.Join(errs...)
}

func total(weights []float64) (sum float64) {
	for _, w := range weights {
		sum += w
	}
	return sum
}

// checkPrices finds candidates that cheapest knows no price of.
func (p *plannedRoute) checkPrices(a *App) error {
	var errs []error
	for _, c := range p.candidates {
		if err := c.checkPrice(a); err != nil {
			errs = append(errs, fmt.Errorf("to cheapest: %w", err))
		}
	}
	return errors.Join(errs...)
}

// checkPrice finds a model of the candidate whose price is not known.
func (c *plannedCandidate) checkPrice(a *App) error {
	for _, model := range c.upstreamModels(a) {
		if _, known := c.provider.Prices.Of(model); known {
			continue
		}
		if c.provider.Prices.Tariff(model) != nil {
			return fmt.Errorf("the price of %s stands in its answers and is not known before, expected a line estimate <input> <output> with it in the prices of provider %q",
				strings.TrimSuffix(c.provider.Name+"/"+model, "/"), c.provider.Name)
		}
		if model == "" {
			return fmt.Errorf(`the price of %s is not known for every model, expected a line "* <input> <output>" in the prices of provider %q, or a candidate with a model`,
				c.provider.Name, c.provider.Name)
		}
		return fmt.Errorf("the price of %s/%s is not known, expected a line for it in the prices of provider %q", c.provider.Name, model, c.provider.Name)
	}
	return nil
}

// upstreamModels are the provider's names of the models that the candidate may be asked for, "" is any.
func (c *plannedCandidate) upstreamModels(a *App) []string {
	if c.model != "" {
		return []string{c.model}
	}
	mapped := a.Providers[c.provider.Name].Models
	names := slices.Sorted(maps.Values(mapped))
	if _, all := mapped["*"]; !all {
		names = append([]string{""}, names...)
	}
	return slices.Compact(names)
}
