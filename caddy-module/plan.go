package caddyllm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
)

// plan is a handler's routing, judged: names are resolved, rules compiled, codecs found.
type plan struct {
	before []*guest
	routes []*plannedRoute

	budgets []*gateway.Budget
}

type plannedRoute struct {
	name       string
	source     string
	text       string      // of the rule
	rule       *route.Rule // nil matches always
	guests     []*guest
	candidates []*plannedCandidate
	fallbacks  map[failure.Class][]*plannedCandidate
	retry      *gateway.Retry
	hedge      gateway.Hedge
	keepAlive  gateway.KeepAlive
	shadow     *plannedCandidate // nil is none
	onError    string
	strict     bool
}

type plannedCandidate struct {
	provider *provider.Provider
	model    string                  // "" is the client's
	ways     map[string]*attempt.Way // by the client's dialect
}

// hub is the dialect that most clients speak, and every route has to serve unless its rule leaves it out.
const hub = attempt.Hub

// plan judges the routes. The error lists all that is wrong, each with its route and its place.
func (h *Handler) plan(a *App) (*plan, error) {
	p := new(plan)
	var errs []error
	fail := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	var err error
	if p.before, err = a.engine.use(h.Use, nil); err != nil {
		fail(fmt.Errorf("use%s: %w", at(h.Source), err))
	}
	schema, err := h.schema(a, p.before)
	fail(err)
	if len(h.Routes) == 0 {
		fail(fmt.Errorf("%s%s has no route, expected at least one", appName, at(h.Source)))
	}
	fail(h.checkOrder())
	fail(h.openGates(a))
	for i, r := range h.Routes {
		if r == nil {
			fail(fmt.Errorf("route %d is null, expected an object", i+1))
			continue
		}
		planned, err := r.plan(a, h.nameOf(i), schema, p.before)
		if err != nil {
			fail(err)
			continue
		}
		planned.strict = planned.strict || h.StrictParams
		p.routes = append(p.routes, planned)
	}
	eachError(h.planBudgets(a, p, schema), fail)
	fail(p.expose(a, h, len(errs) == 0))
	return p, errors.Join(errs...)
}

// nameOf is the name of a route by its index.
func (h *Handler) nameOf(i int) string {
	if r := h.Routes[i]; r != nil && r.Name != "" {
		return r.Name
	}
	return "route_" + strconv.Itoa(i+1)
}

// checkOrder finds routes that share a name, and routes that no request can reach.
func (h *Handler) checkOrder() error {
	var errs []error
	names, rules := make(map[string]*Route), make(map[string]string)
	always := ""
	for i, r := range h.Routes {
		if r == nil {
			continue
		}
		name, rule := h.nameOf(i), strings.TrimSpace(r.Rule)
		where := fmt.Sprintf("route %q%s", name, at(r.Source))
		if first := names[name]; first != nil {
			errs = append(errs, fmt.Errorf("%s: the name is taken by an earlier route%s, expected another", where, at(first.Source)))
		} else {
			names[name] = r
		}
		if !word(name) {
			errs = append(errs, fmt.Errorf("%s: name is not usable, expected letters, digits, _ and -", where))
		}
		if always != "" {
			errs = append(errs, fmt.Errorf("%s: no request can reach it, because %s has no rule and takes all: expected the route without rule last", where, always))
			continue
		}
		if first, again := rules[rule]; again && rule != "" {
			errs = append(errs, fmt.Errorf("%s: no request can reach it, because %s has the same rule: expected another rule", where, first))
		}
		rules[rule] = where
		if rule == "" {
			always = where
		}
	}
	return errors.Join(errs...)
}

// schema is what rules can name: the attributes of plugins that run before routing, and the providers.
func (h *Handler) schema(a *App, before []*guest) (route.Schema, error) {
	s := route.Schema{Providers: slices.Sorted(maps.Keys(a.providers)), Late: make(map[string]string)}
	var errs []error
	for _, g := range before {
		if err := s.Declare(g.describe.Attributes); err != nil {
			errs = append(errs, fmt.Errorf("plugin %q%s: %w", g.name, at(h.Source), err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.engine.guests)) {
		for attribute := range a.engine.guests[name].describe.Attributes {
			if _, early := s.Attributes[attribute]; !early && s.Late[attribute] == "" {
				s.Late[attribute] = name
			}
		}
	}
	return s, errors.Join(errs...)
}

// plan judges one route.
func (r *Route) plan(a *App, name string, schema route.Schema, before []*guest) (*plannedRoute, error) {
	p := &plannedRoute{name: name, source: r.Source, text: r.Rule, onError: r.OnError, strict: r.StrictParams}
	var errs []error
	fail := func(err error) { errs = append(errs, fmt.Errorf("route %q%s: %w", name, at(r.Source), err)) }
	if strings.TrimSpace(r.Rule) != "" {
		rule, err := route.Compile(r.Rule, schema)
		if err != nil {
			fail(fmt.Errorf("rule: %w", err))
		}
		p.rule = rule
	}
	if err := checkOnError(r.OnError); err != nil {
		fail(err)
	}
	var err error
	if p.guests, err = a.engine.use(r.Use, before); err != nil {
		fail(fmt.Errorf("use: %w", err))
	}
	if len(r.To) == 0 {
		fail(errors.New("no candidate, expected to <provider>[/<model>]"))
	}
	for i, to := range r.To {
		if err := r.checkTwice(i); err != nil {
			fail(err)
			continue
		}
		c, err := a.candidate(to, p.rule)
		if err != nil {
			fail(fmt.Errorf("to: %w", err))
			continue
		}
		p.candidates = append(p.candidates, c)
	}
	check := func(err error) { eachError(err, fail) }
	check(r.checkOrder(a, p))
	check(r.planFallbacks(a, p))
	p.retry, err = r.Retry.retry()
	check(err)
	p.hedge, err = r.Hedge.hedge()
	check(err)
	p.keepAlive, err = r.KeepAlive.keepAlive()
	check(err)
	check(r.Shadow.plan(a, p))
	return p, errors.Join(errs...)
}

// eachError calls f with an error, or with all that were joined to it.
func eachError(err error, f func(error)) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			eachError(e, f)
		}
		return
	}
	if err != nil {
		f(err)
	}
}

// candidate resolves provider or provider/model, and the codecs on the way there.
func (a *App) candidate(to string, rule *route.Rule) (*plannedCandidate, error) {
	name, model, named := strings.Cut(to, "/")
	p := a.providers[name]
	if p == nil {
		hint := ""
		if _, preset := provider.Lookup(name); preset {
			hint = fmt.Sprintf(", or provider %s in the %s global option", name, appName)
		}
		if slices.Contains(gateway.Strategies(), name) {
			hint = ", or the strategy " + name + " before all candidates"
		}
		return nil, fmt.Errorf("unknown provider %q, expected one of %s%s", name, list(slices.Sorted(maps.Keys(a.providers))), hint)
	}
	if named && model == "" {
		return nil, fmt.Errorf("%q names no model after the slash, expected provider or provider/model", to)
	}
	codecs, err := a.engine.translators()
	if err != nil {
		return nil, err
	}
	c := &plannedCandidate{provider: p, model: model, ways: codecs.Ways(p)}
	for _, d := range dialect.All() {
		if c.ways[d.Name] == nil && expects(rule, d.Name) {
			return nil, fmt.Errorf("provider %q speaks %s and no codec plugin translates %s to it, expected a plugin with that codec, "+
				"or a rule that leaves dialect %q out", name, p.Dialects[0].Name, d.Name, d.Name)
		}
	}
	return c, nil
}

// expects tells whether a route is meant for clients of a dialect: for those of the hub if its rule takes
// them at all, else for those that it takes, because then it tells dialects apart on purpose.
func expects(rule *route.Rule, dialect string) bool {
	if rule.Takes(hub) {
		return dialect == hub
	}
	return rule.Takes(dialect) && slices.Contains(conversations, dialect)
}

// conversations are the dialects that a route without chat completions has to serve if its rule takes them.
// Others, such as embeddings and files, are answered with 404 where a provider has them not.
var conversations = []string{hub, "openai.responses", "anthropic.messages", "gemini.generate", "ollama.chat"}
