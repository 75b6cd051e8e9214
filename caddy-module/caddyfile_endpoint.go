package caddyllm

import (
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// unmarshalBalance reads balance <name>, and what sticky sticks to.
func (p *Provider) unmarshalBalance(d *caddyfile.Dispenser) error {
	if p.Balance != "" {
		return d.Err("balance is given twice, expected once")
	}
	args := d.RemainingArgs()
	if len(args) < 1 || len(args) > 2 || len(args) == 2 && args[0] != "sticky" {
		return d.Errf("balance has %d arguments, expected a name such as round_robin, and behind sticky what it sticks to", len(args))
	}
	if p.Balance = args[0]; len(args) == 2 {
		p.Sticky = args[1]
	}
	return nil
}

// unmarshalKey reads key <key> { … }.
func unmarshalKey(d *caddyfile.Dispenser, into *[]*ProviderKey) error {
	k := new(ProviderKey)
	if err := once(d, &k.APIKey, "a key such as {env.OPENAI_API_KEY}"); err != nil {
		return err
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		var err error
		switch d.Val() {
		case "weight":
			err = number(d, &k.Weight)
		case "priority":
			err = number(d, &k.Priority)
		case "rpm":
			err = number(d, &k.RPM)
		case "tpm":
			err = number(d, &k.TPM)
		default:
			err = unknown(d, "weight", "priority", "rpm", "tpm")
		}
		if err != nil {
			return err
		}
	}
	*into = append(*into, k)
	return nil
}

// unmarshalEndpoint reads endpoint <name> <url> { … }.
func (p *Provider) unmarshalEndpoint(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	if len(args) != 2 {
		return d.Errf("endpoint has %d arguments, expected a name and a URL", len(args))
	}
	e := &Endpoint{Name: args[0], BaseURL: args[1]}
	for _, other := range p.Endpoints {
		if other.Name == e.Name {
			return d.Errf("endpoint %q is given twice, expected once", e.Name)
		}
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if err := e.unmarshalOption(d); err != nil {
			return err
		}
	}
	p.Endpoints = append(p.Endpoints, e)
	return nil
}

func (e *Endpoint) unmarshalOption(d *caddyfile.Dispenser) error {
	switch d.Val() {
	case "api_key":
		keys, err := several(d, "one key or more")
		e.APIKeys = append(e.APIKeys, keys...)
		return err
	case "key":
		return unmarshalKey(d, &e.Keys)
	case "weight":
		return number(d, &e.Weight)
	case "priority":
		return number(d, &e.Priority)
	case "model":
		return once(d, &e.Model, "a model's name")
	case "cost":
		return fraction(d, &e.Cost)
	}
	return unknown(d, "api_key", "key", "weight", "priority", "model", "cost")
}

// unmarshalBreaker reads breaker off and breaker { … }.
func (p *Provider) unmarshalBreaker(d *caddyfile.Dispenser) error {
	if p.Breaker != nil {
		return d.Err("breaker is given twice, expected once")
	}
	b := new(Breaker)
	p.Breaker = b
	switch args := d.RemainingArgs(); {
	case len(args) == 1 && args[0] == "off":
		b.Off = true
		return noBlock(d, "breaker off")
	case len(args) > 0:
		return d.Errf("breaker has %d arguments, expected off or a block", len(args))
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		var err error
		switch d.Val() {
		case "failures":
			err = number(d, &b.Failures)
		case "ratio":
			err = b.unmarshalRatio(d)
		case "window":
			err = duration(d, &b.Window)
		case "open":
			err = b.unmarshalOpen(d)
		default:
			err = unknown(d, "failures", "ratio", "window", "open")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unmarshalRatio reads ratio <percentage> [<requests>].
func (b *Breaker) unmarshalRatio(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	if len(args) < 1 || len(args) > 2 {
		return d.Errf("ratio has %d arguments, expected a percentage and optionally a number of requests", len(args))
	}
	percent, err := strconv.ParseFloat(strings.TrimSuffix(args[0], "%"), 64)
	if err != nil || !strings.HasSuffix(args[0], "%") || !(percent > 0 && percent <= 100) {
		return d.Errf("ratio %q is not a percentage, expected one such as 50%%", args[0])
	}
	b.Ratio = percent / 100
	if len(args) == 2 {
		if b.Requests, err = strconv.Atoi(args[1]); err != nil || b.Requests < 1 {
			return d.Errf("ratio: %q is not a number of requests, expected one from 1", args[1])
		}
	}
	return nil
}

// unmarshalOpen reads open <first> [<longest>].
func (b *Breaker) unmarshalOpen(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	if len(args) < 1 || len(args) > 2 {
		return d.Errf("open has %d arguments, expected a duration and optionally the longest", len(args))
	}
	for i, into := range []*caddy.Duration{&b.Open, &b.MaxOpen}[:len(args)] {
		v, err := caddy.ParseDuration(args[i])
		if err != nil || v <= 0 {
			return d.Errf("open %q is not a duration, expected one such as 30s", args[i])
		}
		*into = caddy.Duration(v)
	}
	return nil
}

// unmarshalProbe reads probe { … }.
func (p *Provider) unmarshalProbe(d *caddyfile.Dispenser) error {
	if p.Probe != nil {
		return d.Err("probe is given twice, expected once")
	}
	if err := none(d); err != nil {
		return err
	}
	b := new(Probe)
	p.Probe = b
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		var err error
		switch d.Val() {
		case "path":
			err = once(d, &b.Path, "a path such as /health")
		case "model":
			err = once(d, &b.Model, "a model's name")
		case "interval":
			err = duration(d, &b.Interval)
		case "timeout":
			err = duration(d, &b.Timeout)
		case "always":
			b.Always = true
			err = none(d)
		default:
			err = unknown(d, "path", "model", "interval", "timeout", "always")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unmarshalTimeouts reads timeouts { … }.
func (p *Provider) unmarshalTimeouts(d *caddyfile.Dispenser) error {
	if p.Timeouts != nil {
		return d.Err("timeouts is given twice, expected once")
	}
	if err := none(d); err != nil {
		return err
	}
	t := new(Timeouts)
	p.Timeouts = t
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		var err error
		switch d.Val() {
		case "connect":
			err = duration(d, &t.Connect)
		case "first_token":
			err = duration(d, &t.FirstToken)
		case "between_tokens":
			err = duration(d, &t.BetweenTokens)
		case "stream":
			err = duration(d, &t.Stream)
		case "answer":
			err = duration(d, &t.Answer)
		default:
			err = unknown(d, "connect", "first_token", "between_tokens", "stream", "answer")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// number reads a number from 1.
func number[N int | int64](d *caddyfile.Dispenser, into *N) error {
	name := d.Val()
	if *into != 0 {
		return d.Errf("%s is given twice, expected once", name)
	}
	text, err := argument(d, "a number")
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return d.Errf("%s %q is not a number, expected one from 1", name, text)
	}
	*into = N(n)
	return nil
}

// fraction reads a number above 0.
func fraction(d *caddyfile.Dispenser, into *float64) error {
	name := d.Val()
	if *into != 0 {
		return d.Errf("%s is given twice, expected once", name)
	}
	text, err := argument(d, "a number such as 0.8")
	if err != nil {
		return err
	}
	if *into, err = strconv.ParseFloat(text, 64); err != nil || !(*into > 0 && *into <= 1e9) {
		return d.Errf("%s %q is not a number, expected one above 0 such as 0.8", name, text)
	}
	return nil
}
