package migration

import (
	"slices"
	"strings"
)

// makeProviders makes a provider of the deployments of a group that speak the same API: its endpoints and keys are the deployments,
// which fail, cool down and are limited on their own, as LiteLLM's are.
func (l *lite) makeProviders() {
	l.reserve()
	for _, g := range l.groups {
		if star(g.name) {
			l.makeWild(g)
		}
	}
	for _, g := range l.groups {
		if star(g.name) {
			continue
		}
		for _, same := range alike(g.deployments) {
			name := slug(g.name, true)
			if len(alike(g.deployments)) > 1 {
				name += "-" + same[0].prefix
			}
			p := l.makeProvider(l.names.next(name), same)
			for _, as := range append([]string{g.name}, g.also...) {
				p.model(as, same[0].model)
			}
			// As a fallback it is asked by another group's name. Without it the list of models would have all of the provider's.
			p.model("*", same[0].model)
			g.pools = append(g.pools, p)
			g.weights = append(g.weights, sum(same))
		}
	}
}

// star tells whether clients call a group by all names that begin alike.
func star(name string) bool { return strings.HasSuffix(name, "*") }

// reserve keeps what models' names begin with from being a provider's name, which it would select.
func (l *lite) reserve() {
	for _, g := range l.groups {
		if prefix, _, ok := strings.Cut(g.name, "/"); ok {
			l.names[prefix] = true
		}
	}
}

// alike sorts deployments by what one provider block can say.
func alike(all []*deployment) (out [][]*deployment) {
	for _, d := range all {
		i := slices.IndexFunc(out, func(o []*deployment) bool {
			return o[0].place.preset == d.place.preset && o[0].prefix == d.prefix && slices.Equal(o[0].headers, d.headers)
		})
		if i < 0 {
			out = append(out, nil)
			i = len(out) - 1
		}
		out[i] = append(out[i], d)
	}
	return out
}

// sum is the share of deployments among others.
func sum(all []*deployment) (n float64) {
	for _, d := range all {
		n += d.share()
	}
	return n
}

// share is how often LiteLLM's simple-shuffle picks a deployment: by weight, else by its limits.
func (d *deployment) share() float64 {
	switch {
	case d.weight > 0:
		return d.weight
	case d.rpm > 0:
		return float64(d.rpm)
	case d.tpm > 0:
		return float64(d.tpm)
	}
	return 1
}

// makeProvider makes the block of deployments that speak the same API.
func (l *lite) makeProvider(name string, same []*deployment) *provider {
	first := same[0]
	p := &provider{name: name, preset: first.place.preset, dialect: first.place.dialect, quirks: first.place.quirks, headers: first.headers, balance: l.balance()}
	p.comments = []string{first.origin()}
	if len(same) == 1 {
		p.base, p.keys = first.place.base, first.keys()
	} else {
		l.makeEndpoints(p, same)
	}
	l.limitProvider(p, same)
	l.price(p, same)
	l.out.providers = append(l.out.providers, p)
	return p
}

// origin is where the deployment stood.
func (d *deployment) origin() string {
	return "line " + itoa(d.at.line) + ": " + d.prefix + "/" + d.model
}

func (d *deployment) keys() []key {
	if d.key == "" {
		return nil
	}
	return []key{{word: d.key, rpm: d.rpm, tpm: d.tpm}}
}

// makeEndpoints gives a provider an endpoint for each deployment, or a key if they differ in nothing else.
func (l *lite) makeEndpoints(p *provider, same []*deployment) {
	first := same[0]
	var shares []float64
	keyed := true
	for _, d := range same {
		shares = append(shares, d.share())
		keyed = keyed && d.place.base == first.place.base && d.model == first.model && d.key != "" && d.order == 0
	}
	weights := scaled(shares)
	if l.strategy() != shuffle {
		weights = nil
	}
	seen := make(names)
	for _, d := range same {
		if seen[d.key] {
			keyed = false // the same twice would be one
		}
		seen[d.key] = true
	}
	taken := make(names)
	for i, d := range same {
		weight := 1
		if weights != nil {
			weight = weights[i]
		}
		if keyed {
			p.base = d.place.base
			p.keys = append(p.keys, key{word: d.key, weight: weight, rpm: d.rpm, tpm: d.tpm})
			continue
		}
		e := endpoint{name: taken.next(slug(d.model, false)), url: d.place.url(), keys: d.keys(), weight: weight, priority: min(d.order, maxWeight), comments: []string{d.origin()}}
		if d.model != first.model {
			e.model = d.model
		}
		p.endpoints = append(p.endpoints, e)
	}
	if !keyed {
		p.comments = nil
	}
}

// limitProvider says how long deployments may take, when they count as broken, and how much they take at once.
func (l *lite) limitProvider(p *provider, same []*deployment) {
	first := same[0]
	for _, d := range same {
		if d.timeout != first.timeout || d.stream != first.stream || d.cooldown != first.cooldown {
			l.notes.differs(d.at, "timeouts and cooldown_time are those of the first deployment of %s: a provider has them in common", first.group)
		}
		if (d.rpm > 0 || d.tpm > 0) && d.key == "" {
			l.notes.lost(d.at, "rpm and tpm: they belong to a key, and the deployment has none")
		}
		p.concurrent += d.parallel
	}
	if p.concurrent > 0 && len(same) > 1 {
		l.notes.differs(first.at, "max_parallel_requests: the deployments of %s have their places in common", first.group)
	}
	answer, stream := first.timeout, first.stream
	if n, _, ok := l.settingNumber("timeout", "request_timeout"); ok && answer == 0 {
		answer = n
	}
	if n, _, ok := l.settingNumber("stream_timeout"); ok && stream == 0 {
		stream = n
	}
	if stream == 0 {
		stream = answer
	}
	if answer > 0 {
		p.answer = seconds(answer)
	}
	if stream > 0 {
		p.firstToken = seconds(stream)
	}
	p.breaker = l.breaker(first.cooldown)
}

// breaker is what allowed_fails and cooldown_time come to; nil leaves Longmen's own.
func (l *lite) breaker(cooldown float64) *breaker {
	if v, ok := l.router.take("disable_cooldowns"); ok {
		if off, _ := v.truth(); off {
			return &breaker{off: true}
		}
	}
	fails, at, counted := l.settingNumber("allowed_fails")
	n, _, timed := l.settingNumber("cooldown_time")
	if cooldown > 0 {
		n, timed = cooldown, true
	}
	if !counted && !timed {
		return nil
	}
	if !counted {
		fails = 3 // LiteLLM's default
	} else {
		l.notes.differs(at, "Longmen counts failures in a row, at one endpoint, not those within a minute")
	}
	if !timed {
		n = 30
	}
	return &breaker{failures: int(min(max(fails, 1), 1000)), open: seconds(max(n, 1))}
}

// price says what the model costs.
func (l *lite) price(p *provider, same []*deployment) {
	first := same[0]
	for _, d := range same {
		if !slices.Equal(d.prices, first.prices) {
			l.notes.differs(d.at, "the price is that of the first deployment of %s: a provider has one for each model", first.group)
		}
	}
	if len(first.prices) > 0 {
		p.prices = append(p.prices, price{first.model, first.prices})
	}
	for i := range p.endpoints {
		if d := same[i]; l.strategy() == cheapest && len(d.prices) > 0 {
			p.endpoints[i].cost = d.prices[0] + d.prices[1]
		}
	}
}

// LiteLLM's ways to choose among the deployments of a group.
const (
	shuffle  = "simple-shuffle"
	cheapest = "cost-based-routing"
)

// strategies are Longmen's names for them: among the endpoints of a provider, and among providers.
var strategies = map[string][2]string{
	shuffle:                  {"weighted", "weighted"},
	"least-busy":             {"least_busy", "least_busy"},
	"latency-based-routing":  {"least_latency", "fastest"},
	"usage-based-routing":    {"usage_aware", "usage_aware"},
	"usage-based-routing-v2": {"usage_aware", "usage_aware"},
	cheapest:                 {"least_cost", "cheapest"},
}

// strategy is the way that the file names, or LiteLLM's default.
func (l *lite) strategy() string {
	v, ok := l.router.take("routing_strategy")
	if !ok {
		return shuffle
	}
	name, _ := v.text()
	if _, known := strategies[name]; !known {
		l.notes.lost(v, "there is no such way to choose here: requests take turns by weight")
		return shuffle
	}
	if strings.HasPrefix(name, "usage") {
		l.notes.differs(v, "usage_aware goes by what providers say is left of their limits, not by tokens that were counted here")
	}
	return name
}

func (l *lite) balance() []string { return []string{strategies[l.strategy()][0]} }
