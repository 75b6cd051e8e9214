package caddyllm

import (
	"slices"
	"strconv"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/longmen-gateway/longmen/caddy-module/internal/ner"
)

// unmarshalNER reads grant ner <url> { … }.
func (g *Grants) unmarshalNER(d *caddyfile.Dispenser, args []string) error {
	if len(args) != 1 {
		return d.Errf("grant ner has %d more arguments, expected the URL of a service", len(args))
	}
	if g.NER != nil {
		return d.Err("grant ner is given twice, expected once")
	}
	g.NER = &NERGrant{URL: args[0]}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if err := g.NER.unmarshalOption(d); err != nil {
			return err
		}
	}
	return nil
}

func (g *NERGrant) unmarshalOption(d *caddyfile.Dispenser) error {
	switch d.Val() {
	case "api":
		if err := once(d, &g.API, "presidio or spans"); err != nil {
			return err
		}
		if !slices.Contains(ner.APIs, g.API) {
			return d.Errf("unknown api %q, expected presidio or spans", g.API)
		}
		return nil
	case "timeout":
		return duration(d, &g.Timeout)
	case "budget":
		return duration(d, &g.Budget)
	case "language":
		return once(d, &g.Language, "a code such as en")
	case "entities":
		return appendNames(d, &g.Entities, "types such as PERSON and LOCATION, or all")
	case "min_score":
		return g.unmarshalMinScore(d)
	case "cache":
		return g.unmarshalCache(d)
	case "header":
		return pair(d, &g.Header, "%s", "a name and a value")
	}
	return unknown(d, "api", "timeout", "budget", "language", "entities", "min_score", "cache", "header")
}

func (g *NERGrant) unmarshalMinScore(d *caddyfile.Dispenser) error {
	if g.MinScore != nil {
		return d.Err("min_score is given twice, expected once")
	}
	text, err := argument(d, "a number from 0 to 1")
	if err != nil {
		return err
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= 0 && v <= 1) {
		return d.Errf("min_score %q is none, expected a number from 0 to 1", text)
	}
	g.MinScore = &v
	return nil
}

func (g *NERGrant) unmarshalCache(d *caddyfile.Dispenser) error {
	if d.CountRemainingArgs() == 1 {
		if d.NextArg(); d.Val() == "off" {
			if g.Cache != 0 {
				return d.Err("cache is given twice, expected once")
			}
			g.Cache = caddy.Duration(-1)
			return nil
		}
		d.Prev()
	}
	return duration(d, &g.Cache)
}
