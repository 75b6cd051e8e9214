package migration

import (
	"cmp"
	"slices"
	"strings"
)

// offer is a name that clients call a model by, and the providers that have it.
type offer struct {
	name      string // or what names begin with, of a provider that lists its models itself
	begins    bool
	excluded  []string
	providers []*provider
	preview   []*provider // have another model for it, when there is no quota for the one
}

// makeProviders makes a provider of each account.
func (c *cli) makeProviders() {
	c.reserve()
	for _, a := range c.accounts {
		p := c.provider(a, c.nameOf(a))
		c.out.providers = append(c.out.providers, p)
		if len(a.models) == 0 {
			c.offerAll(a, p)
			continue
		}
		for _, m := range a.models {
			same := a.called(m.alias)
			switch {
			case same[0].at != m.at: // told with the first
			case len(same) > 1:
				c.pool(a, p, same)
			default:
				for _, alias := range c.aliases(a, m.alias) {
					p.model(alias, m.name)
					c.offer(alias, p)
				}
			}
		}
		if len(p.models) == 0 { // all of its models are in pools
			c.out.providers = slices.DeleteFunc(c.out.providers, func(o *provider) bool { return o == p })
			continue
		}
		p.model("*", p.models[0][1])
		if c.switches.preview {
			c.preview(a, p)
		}
	}
}

// called are the models of an alias.
func (a *account) called(alias string) (out []model) {
	for _, m := range a.models {
		if m.alias == alias && !slices.ContainsFunc(out, func(o model) bool { return o.name == m.name }) {
			out = append(out, m)
		}
	}
	return out
}

// reserve keeps what names of models begin with from being the name of a provider, which it would select.
func (c *cli) reserve() {
	for _, a := range c.accounts {
		for _, m := range a.models {
			if prefix, _, ok := strings.Cut(m.alias, "/"); ok {
				c.names[prefix] = true
			}
		}
		if c.forced && a.prefix != "" && len(a.models) > 0 {
			c.names[a.prefix] = true
		}
	}
}

// nameOf is the name of an account's provider. One that lists its models itself is called by its prefix: then prefix/model goes to it.
func (c *cli) nameOf(a *account) string {
	switch {
	case len(a.models) == 0 && a.prefix != "" && !strings.Contains(a.prefix, "/"):
		return c.names.next(a.prefix)
	case a.name != "":
		return c.names.next(slug(a.name, true))
	}
	return c.names.next(a.kind.name)
}

// provider makes an account's provider, without models.
func (c *cli) provider(a *account, name string) *provider {
	p := &provider{
		name: name, preset: a.place.preset, base: a.place.base, dialect: a.place.dialect, quirks: a.place.quirks, keys: a.ranked(), balance: []string{c.strategy},
		headers: a.headers, breaker: c.breaker, proxy: a.proxy, comments: []string{"line " + itoa(a.at.line) + ": " + a.kind.section},
	}
	if c.sticky {
		p.balance = []string{"sticky", "session"}
	}
	if len(a.models) != 1 {
		p.cooldown = "model"
	}
	return p
}

// ranked are the account's keys, those of the highest priority with the lowest number.
func (a *account) ranked() []key {
	ranks := slices.Clone(a.rank)
	slices.SortFunc(ranks, func(x, y float64) int { return cmp.Compare(y, x) })
	ranks = slices.Compact(ranks)
	out := slices.Clone(a.keys)
	for i := range out {
		out[i].priority = min(slices.Index(ranks, a.rank[i])+1, maxWeight)
	}
	return out
}

// aliases are the names that clients may call a model by.
func (c *cli) aliases(a *account, alias string) []string {
	switch {
	case a.prefix == "":
		return []string{alias}
	case c.forced && a.prefix != alias:
		return []string{a.prefix + "/" + alias}
	}
	return []string{alias, a.prefix + "/" + alias}
}

func (c *cli) offer(name string, p *provider) *offer {
	i := slices.IndexFunc(c.offers, func(o *offer) bool { return o.name == name && !o.begins })
	if i < 0 {
		c.offers = append(c.offers, &offer{name: name})
		i = len(c.offers) - 1
	}
	o := c.offers[i]
	if !slices.Contains(o.providers, p) {
		o.providers = append(o.providers, p)
	}
	return o
}

// offerAll offers the models that a provider lists itself.
func (c *cli) offerAll(a *account, p *provider) {
	names := []string{a.kind.begins}
	switch {
	case a.prefix != "" && p.name == a.prefix && c.forced:
		names = []string{a.prefix + "/" + a.kind.begins}
	case a.prefix != "" && p.name == a.prefix:
		names = append(names, a.prefix+"/"+a.kind.begins)
	case a.prefix != "":
		c.notes.lost(a.at, "prefix: its models are reached without it")
	}
	for _, name := range names {
		i := slices.IndexFunc(c.offers, func(o *offer) bool { return o.begins && o.name == name })
		if i < 0 {
			c.offers = append(c.offers, &offer{name: name, begins: true, excluded: a.excluded})
			i = len(c.offers) - 1
		}
		o := c.offers[i]
		o.providers = append(o.providers, p)
		if !slices.Equal(o.excluded, a.excluded) {
			c.notes.differs(a.at, "excluded-models: those of the first account with such models hold for all of them")
		}
	}
}

// pool makes a provider of models that stand in for each other under one name: an endpoint each, at the same place.
func (c *cli) pool(a *account, of *provider, same []model) {
	p := c.provider(a, c.names.next(of.name+"-"+slug(same[0].alias, true)))
	p.comments = []string{"line " + itoa(same[0].at.line) + ": " + same[0].alias + " is several models, which take turns and stand in for each other."}
	p.base, p.balance, p.cooldown = "", []string{"round_robin"}, ""
	taken := make(names)
	for _, m := range same {
		p.endpoints = append(p.endpoints, endpoint{name: taken.next(slug(m.name, false)), url: a.place.url(), model: m.name})
	}
	for _, alias := range c.aliases(a, same[0].alias) {
		p.model(alias, same[0].name)
		c.offer(alias, p)
	}
	p.model("*", same[0].name)
	c.out.providers = append(c.out.providers, p)
}

// preview makes a provider of an account's preview models, for requests that find no quota for the stable ones.
func (c *cli) preview(a *account, of *provider) {
	var made *provider
	for _, stable := range a.models {
		i := slices.IndexFunc(a.models, func(m model) bool {
			return strings.HasPrefix(m.name, stable.name+"-preview") || strings.HasPrefix(m.name, stable.name+"-exp")
		})
		if i < 0 || len(a.called(stable.alias)) > 1 {
			continue
		}
		if made == nil {
			made = c.provider(a, c.names.next(of.name+"-preview"))
			made.comments = []string{"The same keys, for the preview models: each has quotas of its own."}
			c.out.providers = append(c.out.providers, made)
		}
		for _, alias := range c.aliases(a, stable.alias) {
			made.model(alias, a.models[i].name)
			if o := c.offer(alias, of); !slices.Contains(o.preview, made) {
				o.preview = append(o.preview, made)
			}
		}
	}
	if made != nil {
		made.model("*", made.models[0][1])
		return
	}
	if a.kind.name == "gemini" {
		s := c.root.in("quota-exceeded")
		c.notes.lost(s.keys["switch-preview-model"], "the file names no preview model of the models on line %d: give one as another model of the account", a.at.line)
	}
}
