package migration

import (
	"slices"
	"strings"
)

// anyModel are the providers behind model_name and model "*": each with LiteLLM's usual key, and what its models' names begin with.
var anyModel = []struct{ name, begins string }{{"anthropic", "claude"}, {"gemini", "gemini"}, {"openai", ""}}

// makeWild makes the providers of a group whose name ends in *.
func (l *lite) makeWild(g *group) {
	begins := strings.TrimSuffix(g.name, "*")
	if strings.Contains(begins, "*") {
		l.notes.lost(g.at, "a * is understood at the end of model_name alone")
		return
	}
	same := alike(g.deployments)[0]
	if len(same) < len(g.deployments) {
		l.notes.lost(g.deployments[len(g.deployments)-1].at, "the deployments of %s speak different APIs: only those of %s are carried", g.name, same[0].prefix)
	}
	first := same[0]
	prefix, rest, slash := strings.Cut(begins, "/")
	switch {
	case first.model == "*" && first.prefix == "*":
		l.makeAny(g)
		return
	case first.model != "*" && !star(first.model):
		l.notes.lost(g.at, "every model of the pattern would be %s there, expected a pattern behind litellm_params.model, too", first.model)
		return
	case slash && rest == "" && first.model == "*":
		// A model that is asked for as provider/model goes to that provider without what stands before the slash.
		l.names[prefix] = true
		g.pools, g.direct = append(g.pools, l.makeProvider(prefix, same)), true
		l.notes.differs(g.at, "the list of models has the names that the provider gives them, without %s/", prefix)
	case begins == "" && first.model == "*", first.model == g.name:
		g.pools = append(g.pools, l.makeProvider(l.names.next(slug(first.prefix, true)), same))
	default:
		l.notes.lost(g.at, "the pattern renames models, which Longmen does one by one (models)")
		return
	}
	g.pools[0].endpointModels()
	g.weights = []float64{1}
}

// endpointModels leaves the models' names as they are.
func (p *provider) endpointModels() {
	for i := range p.endpoints {
		p.endpoints[i].model = ""
	}
}

// makeAny makes the providers whose models LiteLLM knows by name.
func (l *lite) makeAny(g *group) {
	l.notes.differs(g.at, "of all providers those of OpenAI, Anthropic and Gemini are reached; add others as a provider each")
	for _, a := range anyModel {
		if i := slices.IndexFunc(l.out.providers, func(p *provider) bool { return p.name == a.name && p.preset == a.name }); i >= 0 {
			g.pools, g.weights = append(g.pools, l.out.providers[i]), append(g.weights, 1)
			continue
		}
		t, _ := aim(a.name+"/x", "")
		p := &provider{name: l.names.next(a.name), preset: a.name, keys: []key{{word: l.usual(t.env)}}, breaker: l.breaker(0)}
		l.out.providers = append(l.out.providers, p)
		g.pools, g.weights = append(g.pools, p), append(g.weights, 1)
	}
}
