package caddyllm

import (
	"fmt"
	"strconv"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
)

// PricePart is a number in a provider's answers that costs something.
type PricePart struct {
	// Where the number stands in the answer as the provider writes it, as a JSON pointer (RFC 6901): "/usage/prompt_tokens". Of a streamed answer
	// it is looked for in every event, also in what the dialect wraps an answer in ("response", "message"), and the last one counts. Required.
	Pointer string `json:"pointer,omitempty"`

	// What a million of what it counts cost in US dollars, from -1000000 to 1000000. Below 0 it takes off what another part has charged too
	// much. Default: 0.
	CostPerMillion float64 `json:"cost_per_million,omitempty"`

	// Whether the cost of an answer without the number is not known. Otherwise the number is then 0. Default: false.
	Required bool `json:"required,omitempty"`
}

// PriceEstimate is what a million tokens are expected to cost, in US dollars, from 0 to a million.
type PriceEstimate struct {
	// Of the prompt. Default: 0.
	Input float64 `json:"input,omitempty"`

	// Of the answer. Default: 0.
	Output float64 `json:"output,omitempty"`
}

// unmarshalParts reads { <JSON pointer> <amount> [required]; estimate <input> <output> }, nil if there is no block.
func unmarshalParts(d *caddyfile.Dispenser, model string) (*Price, error) {
	var made *Price
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if made == nil {
			made = new(Price)
		}
		name, args := d.Val(), d.RemainingArgs()
		switch {
		case name == "estimate":
			if made.Estimate != nil {
				return nil, d.Errf("prices: %s has two estimates, expected one", model)
			}
			if len(args) != 2 {
				return nil, d.Errf("prices: the estimate of %s has %d amounts, expected 2: per million tokens of input and output", model, len(args))
			}
			v, err := amounts(d, model, args)
			if err != nil {
				return nil, err
			}
			made.Estimate = &PriceEstimate{Input: v[0], Output: v[1]}
		case len(args) == 1 || len(args) == 2 && args[1] == "required":
			v, err := strconv.ParseFloat(args[0], 64)
			if err != nil {
				return nil, d.Errf("prices: %s of %s costs %q, expected US dollars per million such as 1.25", name, model, args[0])
			}
			made.Parts = append(made.Parts, &PricePart{Pointer: name, CostPerMillion: v, Required: len(args) == 2})
		default:
			return nil, d.Errf("prices: %s of %s has the arguments %q, expected an amount per million, and optionally required", name, model, args)
		}
	}
	return made, nil
}

// tariff gives a price its parts.
func (p *Price) tariff(model string, into *price.Price) error {
	if len(p.Parts) == 0 {
		if p.Estimate != nil {
			return fmt.Errorf("prices: %s has an estimate and no JSON pointers, expected both or input and output", model)
		}
		return nil
	}
	if *into != (price.Price{}) {
		return fmt.Errorf("prices: %s has prices of tokens and JSON pointers, expected one of them", model)
	}
	t := &price.Tariff{Estimated: p.Estimate != nil}
	for i, part := range p.Parts {
		if part == nil {
			return fmt.Errorf("prices: %s: part %d is null, expected a JSON pointer and an amount", model, i+1)
		}
		t.Parts = append(t.Parts, price.Part{Pointer: part.Pointer, Price: part.CostPerMillion, Required: part.Required})
	}
	if into.Tariff = t; t.Estimated {
		into.Input, into.Output, into.Cached, into.Written = p.Estimate.Input, p.Estimate.Output, p.Estimate.Input, p.Estimate.Input
	}
	return nil
}
