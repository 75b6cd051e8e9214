package caddyllm

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
	"github.com/longmen-gateway/longmen/caddy-module/internal/inventory"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/plugins"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// engine is what an app has in common with the packages below internal/: it loads plugins and builds
// the gateways of handlers. It belongs to one configuration, and lives until that is cleaned up and
// the last of its exchanges has ended.
type engine struct {
	ctx     context.Context
	app     *App
	runtime *wasm.Runtime
	master  []byte // what the plugins' secrets are derived from
	guests  map[string]*guest
	late    map[string]*lateCodec  // built-in codecs that nobody declares, nil for other built-in plugins
	demos   map[string]*demoServer // by provider
	gates   gateSet
	budgets map[string]*enlisted   // by their names, as all handlers have them
	books   map[string]*sharedBook // of budgets, by their stores' names

	leases atomic.Int64 // exchanges that run, and the app until its Cleanup
}

func openEngine(ctx caddy.Context, a *App) (*engine, error) {
	r, err := openSandbox()
	if err != nil {
		return nil, fmt.Errorf("opening the sandbox: %w", err)
	}
	e := &engine{
		ctx: ctx, app: a, runtime: r, master: masterSecret(ctx, a.log),
		guests: make(map[string]*guest), late: make(map[string]*lateCodec), demos: make(map[string]*demoServer),
	}
	e.leases.Store(1)
	return e, nil
}

// enter leases the engine for an exchange, whose end has to call leave. It is false after the engine was
// closed: Caddy calls Cleanup while requests that came earlier are still on their way to the handler.
func (e *engine) enter() bool {
	for {
		n := e.leases.Load()
		if n == 0 {
			return false
		}
		if e.leases.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// leave ends a lease. The last one gives everything back.
func (e *engine) leave() {
	if e.leases.Add(-1) > 0 {
		return
	}
	for _, g := range e.opened() {
		if err := g.release(); err != nil {
			e.app.log.Error("closing plugin failed", zap.String("plugin", g.name), zap.Error(err))
		}
	}
	if len(e.budgets) > 0 {
		ledger.save() // what the last exchanges have used
	}
	for name, b := range e.books {
		if err := b.release(); err != nil {
			e.app.log.Error("closing the budgets of a store failed", zap.String("store", name), zap.Error(err))
		}
	}
	if err := e.gates.release(); err != nil {
		e.app.log.Error("letting go of limits failed", zap.Error(err))
	}
	for _, s := range e.demos {
		if _, err := demos.Delete(s.key); err != nil {
			e.app.log.Error("closing demo model failed", zap.Error(err))
		}
	}
}

// opened are the plugins that run, sorted by name.
func (e *engine) opened() []*guest {
	all := slices.Collect(maps.Values(e.guests))
	for _, l := range e.late {
		if g := l.opened(); g != nil {
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b *guest) int { return strings.Compare(a.name, b.name) })
	return all
}

// demo is the base URL of a provider's demo model, which is started here. It has no path: the preset's
// is added.
func (e *engine) demo(name string, delay time.Duration) (string, error) {
	s, err := openDemo(demoKey{name, delay})
	if err != nil {
		return "", err
	}
	e.demos[name] = s
	return "http://" + s.address, nil
}

// declare loads a plugin of the configuration.
func (e *engine) declare(name string, p *Plugin) error {
	g, err := e.admit(name, p)
	if err != nil {
		return err
	}
	e.guests[name] = g
	return nil
}

// find is the plugin of that name; a built-in one need not be declared.
func (e *engine) find(name string) (*guest, error) {
	if g := e.guests[name]; g != nil {
		return g, nil
	}
	if !slices.Contains(plugins.Names(), name) {
		return nil, fmt.Errorf("unknown plugin %q, expected one of %s", name, list(e.known()))
	}
	if err := e.declare(name, &Plugin{Builtin: name}); err != nil {
		return nil, fmt.Errorf("plugin %q: %w", name, err)
	}
	return e.guests[name], nil
}

// use resolves a use line after what has run before it.
func (e *engine) use(names []string, before []*guest) ([]*guest, error) {
	var out []*guest
	var errs []error
	for _, name := range names {
		g, err := e.find(name)
		switch {
		case err != nil:
			errs = append(errs, err)
			continue
		case slices.Contains(before, g):
			errs = append(errs, fmt.Errorf("plugin %q already runs before routing, expected it once", name))
		case slices.Contains(out, g):
			errs = append(errs, fmt.Errorf("plugin %q is given twice, expected it once", name))
		case len(g.describe.Codecs) > 0:
			errs = append(errs, fmt.Errorf("plugin %q is a codec, which the dialects of client and provider choose: expected no use of it", name))
		}
		out = append(out, g)
	}
	return out, errors.Join(errs...)
}

// secret keys the mac function of a plugin: stable for its name.
func (e *engine) secret(name string) (key [abi.MACLen]byte) {
	mac := hmac.New(sha256.New, e.master)
	mac.Write([]byte(name))
	copy(key[:], mac.Sum(nil))
	return key
}

// build makes the gateway of a handler.
func (e *engine) build(h *Handler, p *plan, who *auth.Authenticator) *gateway.Gateway {
	var sources []inventory.Source
	c := gateway.Config{
		Aliases:  e.app.Aliases,
		Auth:     who,
		Before:   members(p.before, ""),
		MaxBody:  h.MaxBody,
		Figures:  e.figures,
		ClientIP: clientIP,
		Observe:  e.app.observed(observe(e.app.ctx.Logger().Named("usage"), e.app.counters())),
		Compared: compared(e.app.ctx.Logger().Named("shadow"), e.app.counters()),
		Outlive:  e.outlive,
		Log:      e.app.log,
	}
	for i, r := range p.routes {
		made := &gateway.Route{Name: r.name, Rule: r.rule, Plugins: members(r.guests, r.onError), Strict: r.strict}
		h.Routes[i].bound(made, &e.gates)
		r.lead(made, h.Routes[i], &e.gates)
		for _, to := range r.candidates {
			sources = append(sources, inventory.Source{Provider: to.provider, Model: to.model})
		}
		c.Routes = append(c.Routes, made)
	}
	c.Budgets, c.Dimensions = p.budgets, e.app.dimensions
	c.Models = inventory.New(sources, e.app.Aliases, time.Now, detail)
	return gateway.New(c)
}

func members(guests []*guest, onError string) []*pipeline.Plugin {
	var out []*pipeline.Plugin
	for _, g := range guests {
		out = append(out, g.member(onError))
	}
	return out
}

// member is the guest as a chain uses it.
func (g *guest) member(onError string) *pipeline.Plugin {
	m := &pipeline.Plugin{Name: g.name, Hooks: g.hooks(), Has: pipeline.SetOf(g.pool.Has), MaxHold: g.pool.Limits().Hold}
	if onError == "" {
		onError = g.onError
	}
	if onError == "skip" {
		m.OnError = pipeline.Skip
	}
	m.Module, m.Policy = g.digest, g.policy(onError)
	return m
}

// figures answers rules.
func (e *engine) figures(name string) route.Figures {
	p := e.app.providers[name]
	if p == nil {
		return route.Figures{}
	}
	now := p.Now().UnixNano()
	s := p.Summary(now)
	return route.Figures{
		Healthy: s.Healthy, Ready: s.Ready && !p.LacksKey(), Latency: s.Latency, Busy: int(s.InFlight), Left: s.Left, Failing: p.Failing(now),
	}
}

// clientIP is the client's address as Caddy's trusted_proxies make it out.
func clientIP(r *http.Request) string {
	if ip, ok := caddyhttp.GetVar(r.Context(), caddyhttp.ClientIPVarKey).(string); ok && ip != "" {
		return ip
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}
