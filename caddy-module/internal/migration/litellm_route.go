package migration

import (
	"slices"
	"strings"
)

// generalClasses are the failures that LiteLLM's fallbacks are for: all but those with fallbacks of their own.
var generalClasses = []string{"connect", "timeout", "rate_limit", "overload", "server_error", "credential", "model_not_found"}

// makeRoutes makes a route of each group: those of single names first, then patterns, the longer before the shorter.
func (l *lite) makeRoutes() {
	var exact, wild []*group
	for _, g := range l.groups {
		switch {
		case len(g.pools) == 0:
		case star(g.name):
			wild = append(wild, g)
		default:
			exact = append(exact, g)
		}
	}
	slices.SortStableFunc(wild, func(a, b *group) int { return len(b.name) - len(a.name) })
	taken := make(names)
	plans := l.fallbackPlans()
	for _, g := range append(exact, wild...) {
		if len(g.pools) > 1 && star(g.name) {
			l.routeAny(g, taken, plans)
			continue
		}
		l.out.routes = append(l.out.routes, l.route(g, taken, plans))
	}
}

// rule is true for the models that clients call the group's.
func (g *group) rule() string {
	begins := strings.TrimSuffix(g.name, "*")
	switch {
	case g.name == "*":
		return ""
	case star(g.name):
		return "model startsWith " + inRule(begins)
	case len(g.also) == 0:
		return "model == " + inRule(g.name)
	}
	var list []string
	for _, name := range append([]string{g.name}, g.also...) {
		list = append(list, inRule(name))
	}
	return "model in [" + strings.Join(list, ", ") + "]"
}

func (l *lite) route(g *group, taken names, plans fallbackPlans) *route {
	r := &route{name: taken.next(slug(strings.TrimSuffix(g.name, "*"), false)), rule: g.rule()}
	if g.name == "*" {
		r.name = taken.next("any")
	}
	weights := scaled(g.weights)
	for i, p := range g.pools {
		c := candidate{provider: p.name, weight: 1}
		if weights != nil {
			c.weight = weights[i]
		}
		r.to = append(r.to, c)
	}
	general := l.providersOf(plans.general, g)
	ordered := g.sort(r.to)
	switch {
	case ordered:
	case len(general) == 0 && len(r.to) > 1:
		r.strategy = l.order(g)
	case len(general) > 0 && len(r.to) > 1:
		r.comments = append(r.comments, "With fallbacks behind them deployments of several APIs are asked in the order of the file, not shuffled.")
		l.notes.differs(g.at, "its deployments speak several APIs and it has fallbacks: they are asked in the order of the file, not shuffled")
	}
	l.follow(r, g, general, plans)
	l.retry(r, g, len(general))
	l.shadow(r, g)
	return r
}

// sort puts the candidates of a group into the order that its deployments have; it is false if they have none.
func (g *group) sort(to []candidate) bool {
	first := make(map[string]int) // by provider
	ordered := false
	for i, same := range alike(g.deployments) {
		for _, d := range same {
			ordered = ordered || d.order > 0
			if name := g.pools[min(i, len(g.pools)-1)].name; first[name] == 0 || d.order < first[name] {
				first[name] = max(d.order, 1)
			}
		}
	}
	if !ordered || len(to) < 2 {
		return false
	}
	slices.SortStableFunc(to, func(a, b candidate) int { return first[a.provider] - first[b.provider] })
	return true
}

// shadow adds the model that gets copies of the requests.
func (l *lite) shadow(r *route, g *group) {
	for _, d := range g.deployments {
		if d.silent == "" {
			continue
		}
		to := l.known(d.silent)
		switch {
		case to == nil || star(to.name):
			l.notes.lost(d.at, "silent_model: no model of that name is carried")
		case slices.ContainsFunc(r.to, func(c candidate) bool { return c.provider == to.pools[0].name }):
			l.notes.lost(d.at, "silent_model: %s is asked when others fail, and cannot be given a copy besides", d.silent)
		default:
			r.shadow = to.pools[0].name
		}
	}
}

// order is the strategy among the providers of a group.
func (l *lite) order(g *group) string {
	name := strategies[l.strategy()][1]
	if name == "cheapest" && slices.ContainsFunc(g.pools, func(p *provider) bool { return len(p.prices) == 0 }) {
		l.notes.differs(g.at, "%s needs the prices of all deployments of %s: they take turns", cheapest, g.name)
		return "round_robin"
	}
	return name
}

// follow adds the fallbacks of a group.
func (l *lite) follow(r *route, g *group, general []string, plans fallbackPlans) {
	for _, name := range general {
		if !g.direct {
			r.to = append(r.to, candidate{provider: name, weight: 1})
		}
	}
	if g.direct && len(general) > 0 {
		// A model that is asked for as provider/model goes to no other candidate; a fallback may be.
		for _, class := range generalClasses {
			r.fallbacks = append(r.fallbacks, fallback{class, general})
		}
	}
	for _, special := range []struct {
		class string
		plan  map[string][]value
	}{{"context_length", plans.context}, {"content_policy", plans.content}} {
		var to []string
		for _, name := range l.providersOf(special.plan, g) {
			if slices.ContainsFunc(r.to, func(c candidate) bool { return c.provider == name }) {
				continue // it is the next one anyhow
			}
			to = append(to, name)
		}
		if len(to) > 0 {
			r.fallbacks = append(r.fallbacks, fallback{special.class, to})
		}
	}
}

// retry says how often failures are followed by another attempt.
func (l *lite) retry(r *route, g *group, fallbacks int) {
	lanes := 0
	for _, p := range g.pools {
		lanes += p.lanes()
	}
	if n, at, ok := l.settingNumber("num_retries"); ok {
		times := int(min(max(n, 0), maxTries-1))
		r.retry.rounds, r.retry.attempts = times+1, min((times+1)*(1+fallbacks), maxTries)
		switch {
		case fallbacks == 0 || times == 0:
		case lanes == 1: // the same one again, before the fallbacks
			r.retry.rounds = 1
			for _, class := range []string{"connect", "timeout", "overload", "server_error"} {
				r.retry.follow(class, "same", itoa(times))
			}
		default:
			l.notes.differs(at, "of several deployments each is asked once before the fallbacks, and then all again")
		}
	}
	v, ok := l.router.take("retry_policy")
	if !ok {
		return
	}
	s := newSection(v, l.notes)
	for _, policy := range []struct {
		key     string
		classes []string
	}{
		{"AuthenticationErrorRetries", []string{"credential"}}, {"TimeoutErrorRetries", []string{"timeout"}}, {"RateLimitErrorRetries", []string{"rate_limit"}},
		{"ContentPolicyViolationErrorRetries", []string{"content_policy"}}, {"InternalServerErrorRetries", []string{"server_error", "overload"}},
	} {
		n, at, ok := s.number(policy.key)
		if !ok {
			continue
		}
		if n >= 1 {
			r.retry.allow(int(min(n, maxTries-1)) + 1)
		}
		for _, class := range policy.classes {
			switch {
			case n < 1 && fallbacks > 0:
				r.retry.follow(class, "next_candidate")
			case n < 1:
				r.retry.follow(class, "give_up")
			case lanes == 1:
				r.retry.follow(class, "same", itoa(int(min(n, maxTries))))
			default:
				l.notes.differs(at, "where a model has several deployments the next one is asked instead")
			}
		}
	}
	s.rest(map[string]reason{"BadRequestErrorRetries": {Advice, "a request that is wrong is wrong everywhere, and not tried again"}})
}

// routeAny makes the routes of "*": by what models' names begin with.
func (l *lite) routeAny(g *group, taken names, plans fallbackPlans) {
	general := l.providersOf(plans.general, g)
	for _, p := range g.pools {
		r := &route{name: taken.next(slug(p.name, false)), to: []candidate{{provider: p.name, weight: 1}}}
		for _, a := range anyModel {
			if a.name == p.preset && a.begins != "" {
				r.rule = "model startsWith " + inRule(a.begins) + " || model startsWith " + inRule(p.name+"/")
			}
		}
		l.follow(r, g, general, plans)
		l.retry(r, g, len(general))
		l.out.routes = append(l.out.routes, r)
	}
}
