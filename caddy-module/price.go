package caddyllm

import (
	"maps"
	"slices"
	"strconv"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// Price is what a million tokens of a model cost, in US dollars, from 0 to a million.
type Price struct {
	// Of the prompt. Default: 0.
	Input float64 `json:"input,omitempty"`

	// Of the answer, with what the model has thought. Default: 0.
	Output float64 `json:"output,omitempty"`

	// Of the part of the prompt that the provider had in its prompt cache. Default: as input.
	CachedInput *float64 `json:"cached_input,omitempty"`

	// Of the part of the prompt that the provider put into its prompt cache and bills apart, as Anthropic does.
	// Default: as input.
	WrittenInput *float64 `json:"written_input,omitempty"`

	// The numbers in the provider's own answers that cost something, instead of input, output, cached_input and written_input: at most 32.
	// What an answer has cost is their sum. Default: none, tokens are paid for.
	Parts []*PricePart `json:"parts,omitempty"`

	// What a request to a model with parts is expected to cost. Without it the cost is not known beforehand, so the strategy cheapest
	// refuses the model. Default: none.
	Estimate *PriceEstimate `json:"estimate,omitempty"`
}

// unmarshalPrices reads prices { <model>|<beginning>*|* <input> <output> [<cached input> [<written input>]] }, and models with a block of JSON
// pointers.
func (p *Provider) unmarshalPrices(d *caddyfile.Dispenser) error {
	if err := none(d); err != nil {
		return err
	}
	if p.Prices == nil {
		p.Prices = make(map[string]*Price)
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		model := d.Val()
		if p.Prices[model] != nil {
			return d.Errf("prices: %s is given twice, expected once", model)
		}
		args := d.RemainingArgs()
		parts, err := unmarshalParts(d, model)
		switch {
		case err != nil:
			return err
		case parts != nil && len(args) > 0:
			return d.Errf("prices: %s has amounts and a block of JSON pointers, expected one of them", model)
		case parts != nil:
			p.Prices[model] = parts
			continue
		}
		if len(args) < 2 || len(args) > 4 {
			return d.Errf("prices: %s has %d amounts, expected 2 to 4: per million tokens of input, output, cached input and written input", model, len(args))
		}
		amounts, err := amounts(d, model, args)
		if err != nil {
			return err
		}
		made := &Price{Input: amounts[0], Output: amounts[1]}
		if len(amounts) > 2 {
			made.CachedInput = &amounts[2]
		}
		if len(amounts) > 3 {
			made.WrittenInput = &amounts[3]
		}
		p.Prices[model] = made
	}
	if len(p.Prices) == 0 {
		return d.Err("prices is empty, expected lines of a model, its price per million tokens of input, and of output")
	}
	return nil
}

// amounts are prices of tokens.
func amounts(d *caddyfile.Dispenser, model string, args []string) ([]float64, error) {
	out := make([]float64, len(args))
	for i, text := range args {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || !(v >= 0 && v <= price.Max) {
			return nil, d.Errf("prices: %s costs %q, expected US dollars per million tokens such as 1.25", model, text)
		}
		out[i] = v
	}
	return out, nil
}

// priceList is the provider's prices, nil if it gives none.
func (p *Provider) priceList() (*price.List, error) {
	if len(p.Prices) == 0 {
		return nil, nil
	}
	prices := make(map[string]price.Price, len(p.Prices))
	for _, model := range slices.Sorted(maps.Keys(p.Prices)) {
		var one Price
		if given := p.Prices[model]; given != nil {
			one = *given
		}
		made := price.Price{Input: one.Input, Output: one.Output, Cached: one.Input, Written: one.Input}
		if one.CachedInput != nil {
			made.Cached = *one.CachedInput
		}
		if one.WrittenInput != nil {
			made.Written = *one.WrittenInput
		}
		if err := one.tariff(model, &made); err != nil {
			return nil, err
		}
		prices[model] = made
	}
	return price.New(prices)
}

// cost is what a placeholder says of an exchange's cost.
func cost(r *usage.Record) any {
	if !r.Priced {
		return ""
	}
	return r.Cost
}

// answered tells whether a provider has taken the request on, so that it may have to be paid.
func answered(r *usage.Record) bool {
	return slices.ContainsFunc(r.Attempts, func(a usage.Attempt) bool { return a.Status != 0 && a.Status < 400 })
}
