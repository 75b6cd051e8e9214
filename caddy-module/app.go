package caddyllm

import (
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/plugins"
)

// appName is the name of the app, of the global option, of the directive and of the handler.
const appName = "llm_gateway"

// App is what all routes of the gateway share: the providers that requests go to and the plugins that
// transform them. A reload replaces it; requests that are under way finish with the app that they began
// with, and plugins whose file, config and limits did not change keep their instances.
type App struct {
	// The upstreams, by the name that routes call them by. A provider whose name is a preset's name
	// ("openai", "gemini", "ollama", …) takes that preset. Names have no slash. Default: none.
	Providers map[string]*Provider `json:"providers,omitempty"`

	// The plugins, by the name that routes use them by. Built-in plugins can also be used by their own
	// name without standing here, with their default config and grants. Default: none.
	Plugins map[string]*Plugin `json:"plugins,omitempty"`

	// Dialects that only providers speak, by the name that providers call them by (vendor.kind, such as "custom.generate"): JSON files of at
	// most 64 KiB that describe them, relative to the working directory. They are read at every provisioning: after one has changed, reload
	// with --force. Who asks in another dialect reaches such a provider through a codec plugin for the pair. Default: none.
	Dialects map[string]string `json:"dialects,omitempty"`

	// The stores that gateways share, by the name that grants of kv call them by. Default: none, each plugin's values
	// are in the memory of the process.
	Stores map[string]*Store `json:"stores,omitempty"`

	// The store, by its name, through which gateways tell each other which keys and endpoints wait or are broken. Such gateways have
	// the same providers with keys in the same order. While it is away each goes by what it sees itself. Default: none.
	ShareHealth string `json:"share_health,omitempty"`

	// Names that clients may use for models, by what they stand for: a model as the provider knows it, with or
	// without the provider's name and a slash before it ("fast": "gemini/gemini-2.5-flash"). With a provider
	// only that one is asked, and a route that does not lead to it answers 404. With aliases every request body
	// is read. Default: none.
	Aliases map[string]string `json:"aliases,omitempty"`

	// Whether the series that dashboards of home-made gateways are built on are exported beside the gateway's own:
	// llm_requests_total, llm_response_time_seconds, llm_tokens_used_total, llm_cost_total and llm_active_providers, by
	// provider and model. Default: false.
	LLMMetrics bool `json:"llm_metrics,omitempty"`

	// What metrics tell besides. Default: nothing.
	Metrics *Metrics `json:"metrics,omitempty"`

	described  []*dialect.Dialect
	providers  map[string]*provider.Provider
	dimensions []gateway.Dimension
	series     *series // nil without dimensions
	engine     *engine
	handlers   []*Handler // as they were provisioned
	watch      *watch
	unwatch    func() error // ends what Start began
	unkeep     func()       // ends the saving of budgets
	ctx        caddy.Context
	log        *zap.Logger
}

// Interface guards.
var (
	_ caddy.Module       = (*App)(nil)
	_ caddy.App          = (*App)(nil)
	_ caddy.Provisioner  = (*App)(nil)
	_ caddy.CleanerUpper = (*App)(nil)
)

// CaddyModule implements caddy.Module.
func (App) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: appName, New: func() caddy.Module { return new(App) }}
}

// Provision makes the providers and loads the plugins. It reads files and compiles, and needs no network,
// so that caddy validate tells everything.
func (a *App) Provision(ctx caddy.Context) error {
	a.ctx, a.log = ctx, ctx.Logger()
	var err error
	if a.engine, err = openEngine(ctx, a); err != nil {
		return err
	}
	var errs []error
	if a.described, err = a.describeDialects(); err != nil {
		errs = append(errs, err)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Stores)) {
		if err := a.Stores[name].provision(name); err != nil {
			errs = append(errs, fmt.Errorf("store %q%s: %w", name, at(a.Stores[name].source()), err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err // what needs a store or a dialect would only say it again
	}
	a.providers = make(map[string]*provider.Provider, len(a.Providers))
	for _, name := range slices.Sorted(maps.Keys(a.Providers)) {
		p := a.Providers[name]
		if p == nil {
			p = new(Provider)
			a.Providers[name] = p
		}
		made, err := p.provision(ctx, a, name)
		if err != nil {
			errs = append(errs, fmt.Errorf("provider %q%s: %w", name, at(p.Source), err))
			continue
		}
		a.providers[name] = made
	}
	for _, name := range slices.Sorted(maps.Keys(a.Plugins)) {
		p := a.Plugins[name]
		if p == nil {
			p = new(Plugin)
			a.Plugins[name] = p
		}
		if err := a.engine.declare(name, p); err != nil {
			errs = append(errs, fmt.Errorf("plugin %q%s: %w", name, at(p.Source), err))
		}
	}
	_, err = a.healthStore()
	errs = append(errs, a.checkAliases(), a.checkSinks(), a.openGates(), a.openDimensions(), err)
	if err := errors.Join(errs...); err != nil {
		return err
	}
	a.checkRecognisers()
	if a.watch, err = newWatch(ctx, a); err != nil {
		return err
	}
	return registerMetrics(ctx.GetMetricsRegistry(), a)
}

// checkAliases finds aliases that stand for nothing, or for another alias.
func (a *App) checkAliases() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(a.Aliases)) {
		real := a.Aliases[name]
		switch _, again := a.Aliases[real]; {
		case name == "" || real == "" || strings.HasPrefix(real, "/") || strings.HasSuffix(real, "/"):
			errs = append(errs, fmt.Errorf("alias %q: %q is no model, expected a model, or a provider, a slash and a model", name, real))
		case again:
			errs = append(errs, fmt.Errorf("alias %q: %q is an alias itself, expected a model", name, real))
		}
	}
	return errors.Join(errs...)
}

// Start implements caddy.App. Requests come through handlers; plugins log to this configuration from now on.
func (a *App) Start() error {
	running.Store(a.log)
	a.engine.gates.start()
	var err error
	if a.unwatch, err = a.startHealth(); err != nil {
		return err
	}
	if len(a.budgets()) > 0 {
		a.unkeep = ledger.keep()
	}
	if a.engine.runtime.Littered() {
		go func() { // an idle gateway would keep the garbage for long
			plugins.Forget()
			debug.FreeOSMemory()
		}()
	}
	return nil
}

// Stop implements caddy.App. Requests may still be running: what they use ends with them.
func (a *App) Stop() error {
	if a.unkeep != nil {
		a.unkeep()
		a.unkeep = nil
	}
	if a.unwatch == nil {
		return nil
	}
	end := a.unwatch
	a.unwatch = nil
	return end()
}

// Cleanup gives back what Provision took. Streams that are under way keep their plugins' instances
// until they end.
func (a *App) Cleanup() error {
	var errs []error
	for _, p := range a.Providers {
		if p != nil {
			errs = append(errs, p.cleanup())
		}
	}
	for _, p := range a.providers {
		p.Close()
	}
	if a.engine != nil {
		a.engine.gates.stop(runningGates())
		a.engine.leave()
	}
	return errors.Join(errs...)
}

// at is where in the Caddyfile something stands, for the text of errors.
func at(source string) string {
	if source == "" {
		return ""
	}
	return " (" + source + ")"
}
