package caddyllm

import (
	"strconv"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// unmarshalRetry reads retry { … }.
func (r *Route) unmarshalRetry(d *caddyfile.Dispenser) error {
	if r.Retry != nil {
		return d.Err("retry is given twice, expected once")
	}
	if err := none(d); err != nil {
		return err
	}
	r.Retry = new(Retry)
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if err := r.Retry.unmarshalOption(d); err != nil {
			return err
		}
	}
	return nil
}

func (r *Retry) unmarshalOption(d *caddyfile.Dispenser) error {
	switch d.Val() {
	case "attempts":
		return number(d, &r.Attempts)
	case "rounds":
		return number(d, &r.Rounds)
	case "budget":
		return duration(d, &r.Budget)
	case "backoff":
		return r.unmarshalBackoff(d)
	case "max_wait":
		return duration(d, &r.MaxWait)
	case "on":
		return r.unmarshalOn(d)
	}
	return unknown(d, "attempts", "rounds", "budget", "backoff", "max_wait", "on")
}

// unmarshalBackoff reads backoff <first> [<longest>].
func (r *Retry) unmarshalBackoff(d *caddyfile.Dispenser) error {
	if r.Backoff != 0 {
		return d.Err("backoff is given twice, expected once")
	}
	args := d.RemainingArgs()
	if len(args) < 1 || len(args) > 2 {
		return d.Errf("backoff has %d arguments, expected a duration and optionally the longest", len(args))
	}
	for i, into := range []*caddy.Duration{&r.Backoff, &r.MaxBackoff}[:len(args)] {
		v, err := caddy.ParseDuration(args[i])
		if err != nil || v <= 0 {
			return d.Errf("backoff %q is not a duration, expected one such as 200ms", args[i])
		}
		*into = caddy.Duration(v)
	}
	return nil
}

// unmarshalOn reads on <class> <action>, and how often for the action same.
func (r *Retry) unmarshalOn(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	if len(args) < 2 || len(args) > 3 || len(args) == 3 && args[1] != "same" {
		return d.Errf("on has %d arguments, expected a class of failures and an action, and behind same how often", len(args))
	}
	if r.On[args[0]] != nil {
		return d.Errf("on %s is given twice, expected once", args[0])
	}
	rule := &RetryRule{Action: args[1]}
	if len(args) == 3 {
		n, err := strconv.Atoi(args[2])
		if err != nil || n < 1 {
			return d.Errf("on %s same: %q is not a number of times, expected one from 1", args[0], args[2])
		}
		rule.Times = n
	}
	if r.On == nil {
		r.On = make(map[string]*RetryRule)
	}
	r.On[args[0]] = rule
	return nil
}
