package price

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/document"
)

// Tariff says what answers cost by what stands in them.
type Tariff struct {
	Parts []Part
	// Estimated: what a request may cost is estimated by the Input and Output of the price.
	Estimated bool
}

// Part is a number in a provider's answers that costs something.
type Part struct {
	// Pointer is where it stands in the answer: a JSON pointer (RFC 6901).
	Pointer string
	// Price of a million of what it counts. Below 0 it is a discount on what another part counts, too.
	Price float64
	// Required: without it the cost of an answer is not known. Otherwise it then costs nothing.
	Required bool
}

// MaxParts bounds a tariff.
const MaxParts = 32

// check says what is wrong with a tariff.
func (t *Tariff) check() error {
	if t == nil {
		return nil
	}
	if len(t.Parts) == 0 || len(t.Parts) > MaxParts {
		return fmt.Errorf("%d JSON pointers, expected 1 to %d", len(t.Parts), MaxParts)
	}
	charges := false
	seen := make(map[string]bool)
	for _, p := range t.Parts {
		switch {
		case !strings.HasPrefix(p.Pointer, "/") || strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(p.Pointer), "~"):
			return fmt.Errorf("%q is no JSON pointer, expected one such as /usage/prompt_tokens", p.Pointer)
		case seen[p.Pointer]:
			return fmt.Errorf("%s is given twice, expected once", p.Pointer)
		case !(p.Price >= -Max && p.Price <= Max):
			return fmt.Errorf("%s costs %v, expected an amount per million from -%v to %v", p.Pointer, spelled(p.Price), Max, Max)
		}
		seen[p.Pointer] = true
		charges = charges || p.Price > 0
	}
	if !charges {
		return errors.New("nothing costs more than 0, expected an amount above 0 for one JSON pointer at least")
	}
	return nil
}

// Reading is what a tariff has seen of one answer. Nil sees nothing.
type Reading struct {
	tariff *Tariff
	values []float64
	found  []bool
}

// Read begins the reading of an answer, nil for a tariff that is none.
func (t *Tariff) Read() *Reading {
	if t == nil {
		return nil
	}
	return &Reading{tariff: t, values: make([]float64, len(t.Parts)), found: make([]bool, len(t.Parts))}
}

// Look takes the numbers of an answer, or of an event of a streamed one. Of those that come more than once the last counts.
func (r *Reading) Look(a *document.Arena, root document.Node) {
	if r == nil {
		return
	}
	for i := range r.tariff.Parts {
		if v, ok := a.Float(a.Pointer(root, r.tariff.Parts[i].Pointer)); ok && v >= 0 && !math.IsInf(v, 0) {
			r.values[i], r.found[i] = v, true
		}
	}
}

// Cost is what the answer has cost. It is not known when a required number was missing, or all were, or when the discounts are more than the price.
func (r *Reading) Cost() (cost float64, known bool) {
	if r == nil {
		return 0, false
	}
	for i, p := range r.tariff.Parts {
		if p.Required && !r.found[i] {
			return 0, false
		}
		known = known || r.found[i]
		cost += r.values[i] * p.Price
	}
	if cost /= million; !known || cost < -1e-9 || math.IsInf(cost, 0) {
		return 0, false
	}
	return max(cost, 0), true
}
