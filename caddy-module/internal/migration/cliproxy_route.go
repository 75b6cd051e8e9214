package migration

import (
	"regexp"
	"slices"
	"strings"
)

// makeRoutes makes a route for all names that lead to the same providers.
func (c *cli) makeRoutes() {
	taken := make(names)
	for i, o := range c.offers {
		if slices.ContainsFunc(c.offers[:i], o.like) {
			continue
		}
		var same []*offer
		for _, other := range c.offers[i:] {
			if other.like(o) {
				same = append(same, other)
			}
		}
		c.out.routes = append(c.out.routes, c.route(same, taken))
	}
	// What begins somehow comes behind what is named.
	slices.SortStableFunc(c.out.routes, func(a, b *route) int { return begins(a) - begins(b) })
}

func begins(r *route) int {
	if strings.Contains(r.rule, "startsWith") {
		return 1
	}
	return 0
}

// like tells whether two names lead to the same providers in the same way.
func (o *offer) like(other *offer) bool {
	return o.begins == other.begins && slices.Equal(o.providers, other.providers) && slices.Equal(o.preview, other.preview)
}

func (c *cli) route(same []*offer, taken names) *route {
	first := same[0]
	var parts []string
	lanes := 0
	for _, p := range first.providers {
		parts = append(parts, p.name)
		lanes += p.lanes()
	}
	r := &route{name: taken.next(slug(strings.Join(parts, "-"), false)), rule: ruleOf(same), keepAlive: c.keepAlive}
	for _, p := range first.providers {
		r.to = append(r.to, candidate{provider: p.name, weight: p.weight()})
	}
	if len(r.to) > 1 {
		r.strategy = map[string]string{"round_robin": "round_robin", "weighted": "weighted"}[c.strategy]
		if c.sticky {
			r.strategy, r.sticky = "sticky", "session"
		}
	}
	var preview []string
	for _, p := range first.preview {
		preview = append(preview, p.name)
		lanes += p.lanes()
	}
	switch {
	case len(preview) == 0:
	case r.strategy == "":
		for _, name := range preview {
			r.to = append(r.to, candidate{provider: name, weight: 1})
		}
	default:
		r.fallbacks = append(r.fallbacks, fallback{"rate_limit", preview}, fallback{"credential", preview})
	}
	if c.retries > 0 {
		most := lanes
		if c.most > 0 {
			most = min(most, c.most)
		}
		r.retry.rounds, r.retry.attempts = c.retries, min(c.retries*most, maxTries)
		if c.retries > 1 {
			r.retry.maxWait = c.maxWait
		}
	}
	if !c.switches.project {
		r.retry.on = [][]string{{"rate_limit", "give_up"}, {"credential", "give_up"}}
	}
	return r
}

// weight is how often a provider is taken among others: as often as its keys.
func (p *provider) weight() int {
	n := 0
	for _, k := range p.keys {
		n += max(k.weight, 1)
	}
	return max(n, 1)
}

// ruleOf is true for the names.
func ruleOf(same []*offer) string {
	var list []string
	for _, o := range same {
		switch {
		case !o.begins:
			list = append(list, inRule(o.name))
		case len(o.excluded) == 0:
			list = append(list, "model startsWith "+inRule(o.name))
		default:
			list = append(list, "model startsWith "+inRule(o.name)+" && !(lower(model) matches "+inRule(pattern(o.excluded))+")")
		}
	}
	switch {
	case same[0].begins:
		return strings.Join(list, " || ")
	case len(list) == 1:
		return "model == " + list[0]
	}
	return "model in [" + strings.Join(list, ", ") + "]"
}

// pattern is a regular expression for names with * in them, behind a prefix if there is one.
func pattern(excluded []string) string {
	var list []string
	for _, e := range excluded {
		list = append(list, strings.ReplaceAll(regexp.QuoteMeta(e), `\*`, ".*"))
	}
	return "^(.*/)?(" + strings.Join(list, "|") + ")$"
}
