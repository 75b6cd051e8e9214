package gateway

import (
	"context"
	"errors"
	"net/http"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
)

// Assume is what an explanation takes for given.
type Assume struct {
	// Key is the name, or the ID, of one of the gateway's keys, which the caller is taken to have shown. "" is what
	// the request shows.
	Key string
	// Service: every provider is in service and has its key, as a test of routes wants it. Candidates whose order
	// depends on more than the request stand in the order in which they are written.
	Service bool
}

// Explain tells what a request would meet: it goes the way of ServeHTTP as far as it goes without a provider. Nothing
// is sent, answered, counted, logged or stored; plugins are rehearsed.
func (g *Gateway) Explain(r *http.Request, given Assume) *Explanation {
	d, match, known := dialect.Detect(r)
	x := g.open(&nowhere{header: make(http.Header)}, r, d, match)
	defer func() {
		x.sink.close()
		x.release()
	}()
	x.chain.Rehearsal = true
	e := &explainer{exchange: x, given: given, said: &Explanation{Before: pluginNames(g.Before)}}
	var err error = unknownPath(r)
	if known {
		err = e.follow(r.Context())
	}
	if err != nil {
		e.said.Refused = refusalOf(err)
	}
	e.said.Dialect, e.said.Model, e.said.Stream = x.dialect.Name, x.record.Model, x.record.Stream
	e.said.ClientIP, e.said.KeyID, e.said.KeyName = x.record.ClientIP, x.record.KeyID, x.record.KeyName
	return e.said
}

// nowhere is a client that is told nothing.
type nowhere struct{ header http.Header }

// Header implements http.ResponseWriter.
func (n *nowhere) Header() http.Header { return n.header }

// Write implements http.ResponseWriter.
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader implements http.ResponseWriter.
func (n *nowhere) WriteHeader(int) {}

// Flush implements http.Flusher.
func (n *nowhere) Flush() {}

// explainer is an exchange that takes place in thought.
type explainer struct {
	*exchange
	given Assume
	said  *Explanation
}

// follow is serve without its candidates. The error is what the client would be told.
func (e *explainer) follow(ctx context.Context) error {
	x := e.exchange
	who, err := x.gateway.Auth.As(x.request, x.dialect.ClientKey(x.request), e.given.Key)
	if err != nil {
		return err
	}
	x.identify(who)
	if x.named.Service == dialect.Models {
		e.said.Lists = true
		return nil
	}
	if x.gateway.before {
		if err := x.read(ctx); err != nil {
			return err
		}
	}
	x.chain.Use(x.gateway.Before)
	if answered, err := e.hooks(ctx, 0); answered || err != nil {
		return err
	}
	chosen, err := e.route(ctx)
	if err != nil {
		return err
	}
	e.said.Route, e.said.Plugins = chosen.Name, pluginNames(chosen.Plugins)
	first := x.chain.Len()
	x.take(chosen)
	if err := x.fits(); err != nil {
		return err
	}
	x.chain.Use(chosen.Plugins)
	if x.mustRead(chosen) {
		if err := x.read(ctx); err != nil {
			return err
		}
		if answered, err := e.hooks(ctx, first); answered || err != nil {
			return err
		}
	}
	candidates, err := x.resolve(ctx, chosen)
	if err != nil {
		return err
	}
	if chosen.Order.steady() || !e.given.Service {
		candidates = x.rank(chosen, candidates)
	}
	if s := chosen.Shadow; s != nil {
		e.said.Shadow = s.Candidate.Name()
	}
	e.said.Order, e.said.Fallbacks = string(chosen.Order.Strategy), fallbackNames(chosen)
	e.measure(ctx)
	in := x.prepare()
	for _, c := range candidates {
		verdict, err := e.judge(ctx, c, in)
		if err != nil {
			return err
		}
		e.said.Candidates = append(e.said.Candidates, verdict)
	}
	return e.budgets(chosen, candidates)
}

// hooks shows the request to the plugins from a place in the chain on, as serve does.
func (e *explainer) hooks(ctx context.Context, from int) (answered bool, _ error) {
	x := e.exchange
	if err := x.line(ctx, from); err != nil {
		return false, err
	}
	answer, err := x.chain.Request(ctx, from, x.arena, x.root)
	if err != nil || answer == nil {
		return false, err
	}
	e.said.Answered = append(append([]string(nil), e.said.Before...), e.said.Plugins...)[answer.Stage]
	return true, nil
}

// facts are those of the exchange. Providers that are taken to be in service are well.
func (e *explainer) facts() *route.Request {
	known := e.exchange.facts()
	if e.given.Service {
		known.Figures = nil
	}
	return known
}

// route is match, with the reasons.
func (e *explainer) route(ctx context.Context) (*Route, error) {
	x := e.exchange
	known := e.facts()
	var env route.Env
	env.Reset(known)
	var chosen *Route
	err := noRoute()
	var failed error
	for _, r := range x.gateway.Routes {
		verdict := &RouteVerdict{Name: r.Name, Rule: r.Rule.String()}
		e.said.Routes = append(e.said.Routes, verdict)
		if chosen != nil || failed != nil {
			verdict.Outcome, verdict.Because = NotReached, "an earlier route takes the request"
			if failed != nil {
				verdict.Because = "the request has failed"
			}
			continue
		}
		if x.root == 0 && r.reads(x.named) {
			if failed = x.read(ctx); failed != nil {
				verdict.Outcome, verdict.Because = RuleFailed, "the request that it reads cannot be read"
				continue
			}
			known.Root, known.Asked = x.root, x.asked
			env.Reset(known)
		}
		ok, ruleErr := r.Rule.Match(&env)
		verdict.Reason = r.Rule.Explain(&env)
		switch {
		case ruleErr != nil:
			verdict.Outcome, failed = RuleFailed, &routeError{route: r.Name, cause: ruleErr}
		case ok:
			verdict.Outcome, chosen = Matched, r
		default:
			verdict.Outcome = NotMatched
		}
		if verdict.Because = "it has no rule"; verdict.Reason != nil {
			verdict.Because = verdict.Reason.String()
		}
	}
	switch {
	case failed != nil:
		return nil, failed
	case chosen == nil:
		return nil, err
	}
	return chosen, nil
}

// measure estimates the request's tokens. A body that nothing else asked for is read for it, which the request
// itself would not have to bear: what is wrong with it then is the provider's to say.
func (e *explainer) measure(ctx context.Context) {
	x := e.exchange
	if e.said.Unread = x.root == 0; e.said.Unread && x.named.Service == dialect.Generate {
		_ = x.read(ctx)
	}
	if x.root == 0 {
		return
	}
	limit := int64(x.asked.MaxTokens)
	e.said.Tokens = &TokenEstimate{Prompt: int64(route.Tokens(x.dialect, x.arena, x.root)), Completion: limit}
	if limit == 0 {
		e.said.Tokens.Completion, e.said.Tokens.Assumed = price.AssumedCompletion, true
	}
}

// judge tells what asking a candidate would mean. The error is one of the gateway itself.
func (e *explainer) judge(ctx context.Context, c *attempt.Candidate, in *attempt.Request) (*CandidateVerdict, error) {
	x := e.exchange
	v := &CandidateVerdict{Provider: c.Provider.Name, Model: c.UpstreamModel(in.Model)}
	e.stand(c, v)
	if t := e.said.Tokens; t != nil {
		if p, known := c.Provider.Prices.Of(v.Model); known {
			cost := p.Estimate(t.Prompt, t.Completion)
			v.Cost = &cost
		}
	}
	way := c.Way(x.dialect)
	if way == nil {
		return v, nil
	}
	v.Dialect = way.Dialect.Name
	for _, s := range way.Steps {
		v.Codecs = append(v.Codecs, s.Codec.Name)
	}
	warned := len(x.chain.Warnings)
	err := attempt.Rehearse(ctx, c, in)
	v.Lost = append(v.Lost, x.chain.Warnings[warned:]...)
	x.chain.Warnings = x.chain.Warnings[:warned]
	if err != nil {
		v.Refused = refusalOf(err)
	}
	return v, ctx.Err()
}

// stand tells whether a candidate would be asked now.
func (e *explainer) stand(c *attempt.Candidate, v *CandidateVerdict) {
	v.State = Ready
	switch {
	case c.Way(e.dialect) == nil:
		v.State = NoWay
	case e.given.Service:
	case c.Provider.LacksKey():
		v.State = NoKey
	default:
		e.cools(c, v)
	}
}

// cools tells whether a candidate has a lane for the request now, and if not, when.
func (e *explainer) cools(c *attempt.Candidate, v *CandidateVerdict) {
	choice := pool.Choice{Now: c.Provider.Now().UnixNano(), Model: c.Limited(e.input.Model)}
	if t := e.said.Tokens; t != nil {
		choice.Tokens = t.Prompt
	}
	wait := c.Provider.Wait(&choice)
	switch {
	case !c.Provider.Healthy():
		v.State = Down
	case wait != 0:
		v.State = Cooling
	}
	if wait > 0 {
		v.ReadyIn = wait.Seconds()
	}
}

// refusalOf is an error as the client would be told of it, without what a plugin says.
func refusalOf(err error) *Refusal {
	told, _ := explain(err)
	r := &Refusal{Status: told.Status, Code: told.Code, Param: told.Param, Message: told.Message}
	var rejection *pipeline.Rejection
	var failure *pipeline.Failure
	switch {
	case errors.As(err, &rejection):
		r.Plugin, r.Message = rejection.Plugin, ""
	case errors.As(err, &failure):
		r.Plugin, r.Message = failure.Plugin, ""
	}
	return r
}

// fallbackNames are a route's candidates for classes of failures.
func fallbackNames(r *Route) map[string][]string {
	if len(r.Fallbacks) == 0 {
		return nil
	}
	names := make(map[string][]string, len(r.Fallbacks))
	for class, candidates := range r.Fallbacks {
		for _, c := range candidates {
			names[class.String()] = append(names[class.String()], c.Name())
		}
	}
	return names
}

func pluginNames(plugins []*pipeline.Plugin) []string {
	var names []string
	for _, p := range plugins {
		names = append(names, p.Name)
	}
	return names
}
