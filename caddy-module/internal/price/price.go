// Package price knows what models cost at a provider: it turns tokens into money. caddyllm makes a List of
// a provider's prices block; package gateway asks it what a request may cost, and what an exchange has
// cost. A model that is not on the list has no known price, which is never the same as being free.
package price

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// million is the number of tokens that prices are given for.
const million = 1e6

// Max bounds a price, so that a slip such as a price per billion tokens does not pass for one.
const Max = 1e6

// Price is what a million tokens of a model cost, in the currency of the provider's bill, which the
// gateway takes for US dollars.
type Price struct {
	Input   float64 // of the prompt
	Output  float64 // of the answer, reasoning included
	Cached  float64 // of the part of the prompt that was read from the provider's prompt cache
	Written float64 // of the part of the prompt that was written to it
	// Tariff says what answers cost by their members instead; nil for models that are billed by tokens. Input and Output then serve for
	// estimates, if the tariff has some.
	Tariff *Tariff
}

// Tokens are what an exchange has used.
type Tokens struct {
	Prompt     int64 // all input tokens, cached and written ones included
	Cached     int64 // part of Prompt that was read from the provider's prompt cache
	Written    int64 // part of Prompt that was written to it
	Completion int64 // all output tokens, reasoning included
}

// AssumedCompletion is how many tokens of an answer are expected from a request that sets no limit.
const AssumedCompletion = 1024

// Estimate is what a request may cost: its prompt, none of it cached, and an answer of as many tokens as
// completion says. 0 stands for a request that sets no limit: AssumedCompletion.
func (p Price) Estimate(prompt, completion int64) float64 {
	if completion <= 0 {
		completion = AssumedCompletion
	}
	return (float64(max(prompt, 0))*p.Input + float64(completion)*p.Output) / million
}

// Most is the most that a request may cost: as Estimate says, with a prompt that is written to the provider's cache where that costs more.
// Answers have the tokens that completion says, which may be none.
func (p Price) Most(prompt, completion int64) float64 {
	return (float64(max(prompt, 0))*max(p.Input, p.Written, p.Cached) + float64(max(completion, 0))*p.Output) / million
}

// Cost is what an exchange has cost. Counts that contradict each other, as some servers report them, are
// taken so that nothing is paid twice.
func (p Price) Cost(t Tokens) float64 {
	cached := min(max(t.Cached, 0), max(t.Prompt, 0))
	written := min(max(t.Written, 0), max(t.Prompt, 0)-cached)
	plain := max(t.Prompt, 0) - cached - written
	return (float64(plain)*p.Input + float64(cached)*p.Cached + float64(written)*p.Written + float64(max(t.Completion, 0))*p.Output) / million
}

// Free tells whether no use of the model costs anything.
func (p Price) Free() bool { return p == Price{} }

// List is the prices of a provider's models. It does not change and is safe for concurrent use. Nil knows
// no price.
type List struct {
	exact    map[string]Price
	prefixes []prefix // the longest first
}

type prefix struct {
	begin string
	price Price
}

// New makes a list of at least one price by the provider's names of models. A name that ends in * stands for all that
// begin with what is before it; an exact name goes before those, a longer one before a shorter one.
func New(prices map[string]Price) (*List, error) {
	l := &List{exact: make(map[string]Price, len(prices))}
	if len(prices) == 0 {
		return nil, errors.New("prices: there is none, expected at least one")
	}
	for _, model := range slices.Sorted(maps.Keys(prices)) {
		p := prices[model]
		begin, wild := strings.CutSuffix(model, "*")
		if model == "" || strings.Contains(begin, "*") {
			return nil, fmt.Errorf("prices: model %q is not usable, expected a model's name, a beginning of names and *, or * for all others", model)
		}
		if err := p.Tariff.check(); err != nil {
			return nil, fmt.Errorf("prices: %s: %w", model, err)
		}
		for _, v := range [...]float64{p.Input, p.Output, p.Cached, p.Written} {
			if !(v >= 0 && v <= Max) { // NaN is neither
				return nil, fmt.Errorf("prices: %s costs %v, expected an amount per million tokens from 0 to %v", model, spelled(v), Max)
			}
		}
		if wild {
			l.prefixes = append(l.prefixes, prefix{begin, p})
		} else {
			l.exact[model] = p
		}
	}
	slices.SortFunc(l.prefixes, func(a, b prefix) int { return cmp.Compare(len(b.begin), len(a.begin)) })
	return l, nil
}

// spelled is a number as people write it.
func spelled(v float64) string {
	if math.IsNaN(v) {
		return "no number"
	}
	return fmt.Sprint(v)
}

// Varies tells whether prices depend on the model.
func (l *List) Varies() bool {
	return l != nil && (len(l.exact) > 0 || len(l.prefixes) > 1 || l.prefixes[0].begin != "")
}

// Of is the price of a model, by the provider's name of it. It is false for one of unknown price, and for one with a tariff that cannot be estimated.
func (l *List) Of(model string) (Price, bool) {
	p, known := l.find(model)
	if p.Tariff != nil && !p.Tariff.Estimated {
		return Price{}, false
	}
	return p, known
}

// Tariff is that of a model, nil if it has none.
func (l *List) Tariff(model string) *Tariff {
	p, _ := l.find(model)
	return p.Tariff
}

func (l *List) find(model string) (Price, bool) {
	if l == nil {
		return Price{}, false
	}
	if p, ok := l.exact[model]; ok {
		return p, true
	}
	for i := range l.prefixes {
		if strings.HasPrefix(model, l.prefixes[i].begin) {
			return l.prefixes[i].price, true
		}
	}
	return Price{}, false
}
