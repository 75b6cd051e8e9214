package caddyllm

import (
	"slices"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// unmarshalTo reads to [<strategy>] <candidates...>. Lines add up; the first one names the strategy.
func (r *Route) unmarshalTo(d *caddyfile.Dispenser) error {
	args, err := several(d, "provider or provider/model, one or several")
	if err != nil {
		return err
	}
	if slices.Contains(gateway.Strategies(), args[0]) {
		switch {
		case r.Strategy != "":
			return d.Errf("to names a strategy twice, %s and %s, expected it once, on the first line", r.Strategy, args[0])
		case len(r.To) > 0:
			return d.Errf("to names the strategy %s behind candidates, expected it on the first line", args[0])
		case len(args) == 1:
			return d.Errf("to %s names no candidate, expected provider or provider/model, one or several, behind it", args[0])
		}
		r.Strategy, args = args[0], args[1:]
	}
	switch gateway.Strategy(r.Strategy) {
	case gateway.Split:
		return r.unmarshalShares(d, args)
	case gateway.Weighted, gateway.Sticky:
		return r.unmarshalWeights(d, args)
	}
	r.To = append(r.To, args...)
	return nil
}

// unmarshalShares reads percentages with one or several candidates behind each.
func (r *Route) unmarshalShares(d *caddyfile.Dispenser, args []string) error {
	share, last := 0.0, ""
	for i, arg := range args {
		if strings.HasSuffix(arg, "%") || i == 0 {
			if share > 0 {
				return d.Errf("to split: %s has no candidate behind it, expected one or several", last)
			}
			var err error
			if share, err = percentage(d, "to split", arg); err != nil {
				return err
			}
			last = arg
			continue
		}
		r.Weights, r.To, share = append(r.Weights, share), append(r.To, arg), 0
	}
	if share > 0 {
		return d.Errf("to split: %s has no candidate behind it, expected one or several", last)
	}
	return nil
}

// unmarshalWeights reads candidates with a weight behind each, or none, which is 1.
func (r *Route) unmarshalWeights(d *caddyfile.Dispenser, args []string) error {
	for _, arg := range args {
		to, weight := arg, 1.0
		if at := strings.LastIndexByte(arg, '='); at >= 0 {
			v, err := strconv.ParseFloat(arg[at+1:], 64)
			if err != nil || !(v > 0 && v <= maxWeight) {
				return d.Errf("to %s: %q has no weight behind the =, expected a number above 0 such as 3", r.Strategy, arg)
			}
			to, weight = arg[:at], v
		}
		r.Weights, r.To = append(r.Weights, weight), append(r.To, to)
	}
	return nil
}

// percentage reads one such as 12.5%, above 0.
func percentage(d *caddyfile.Dispenser, what, text string) (float64, error) {
	number, ok := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || !(v > 0 && v <= 100) {
		return 0, d.Errf("%s: %q is not a percentage, expected one above 0%% such as 10%%", what, text)
	}
	return v, nil
}

// unmarshalSticky reads sticky <affinity> and sticky header <name>.
func (r *Route) unmarshalSticky(d *caddyfile.Dispenser) error {
	if r.Sticky != "" {
		return d.Err("sticky is given twice, expected once")
	}
	switch args := d.RemainingArgs(); {
	case len(args) == 1 && args[0] != "header":
		r.Sticky = args[0]
	case len(args) == 2 && args[0] == "header":
		r.Sticky = strings.Join(args, " ")
	default:
		return d.Errf("sticky has %d arguments, expected one of %s, or header and a name", len(args), list(gateway.Affinities()))
	}
	return nil
}

// unmarshalFallback reads fallback <class> <candidates...>.
func (r *Route) unmarshalFallback(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	if len(args) < 2 {
		return d.Errf("fallback has %d arguments, expected a class of failures such as context_length, and candidates", len(args))
	}
	if r.Fallbacks[args[0]] != nil {
		return d.Errf("fallback %s is given twice, expected once", args[0])
	}
	if r.Fallbacks == nil {
		r.Fallbacks = make(map[string][]string)
	}
	r.Fallbacks[args[0]] = args[1:]
	return nil
}

// unmarshalHedge reads hedge [<duration>].
func (r *Route) unmarshalHedge(d *caddyfile.Dispenser) error {
	if r.Hedge != nil {
		return d.Err("hedge is given twice, expected once")
	}
	r.Hedge = new(Hedge)
	args := d.RemainingArgs()
	if len(args) > 1 {
		return d.Errf("hedge has %d arguments, expected a duration or none", len(args))
	}
	if len(args) == 1 {
		v, err := caddy.ParseDuration(args[0])
		if err != nil || v <= 0 {
			return d.Errf("hedge %q is not a duration, expected one such as 800ms", args[0])
		}
		r.Hedge.After = caddy.Duration(v)
	}
	return nil
}
