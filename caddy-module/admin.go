package caddyllm

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/caddyserver/caddy/v2"
)

// admin serves what the gateway is doing below the admin endpoint:
//
//	GET /llm_gateway/plugins    the plugins that are loaded, with their instances and what they have cost
//	GET /llm_gateway/providers  the providers with their endpoints and how these are; keys by their numbers
//	GET /llm_gateway/budgets    the budgets, with the subjects that have used most of them
//	GET /llm_gateway/demo/last  the body of the last request that a demo model saw; ?provider=<name> if there
//	                            are several
//	POST /llm_gateway/explain   what a request would meet, and why: {"path", "headers", "key", "client_ip", "body"},
//	                            or an HTTP request as text; ?handler=<place> if there are several
type admin struct{}

var (
	_ caddy.Module      = admin{}
	_ caddy.AdminRouter = admin{}
)

// CaddyModule implements caddy.Module.
func (admin) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "admin.api." + appName, New: func() caddy.Module { return new(admin) }}
}

// Routes implements caddy.AdminRouter.
func (admin) Routes() []caddy.AdminRoute {
	return []caddy.AdminRoute{
		{Pattern: "/" + appName + "/plugins", Handler: caddy.AdminHandlerFunc(get(func(a *App) any { return a.pluginStatus() }))},
		{Pattern: "/" + appName + "/providers", Handler: caddy.AdminHandlerFunc(get(func(a *App) any { return a.providerStatus() }))},
		{Pattern: "/" + appName + "/budgets", Handler: caddy.AdminHandlerFunc(get(func(a *App) any { return a.budgetStatus() }))},
		{Pattern: "/" + appName + "/explain", Handler: caddy.AdminHandlerFunc(explainRequest)},
		{Pattern: "/" + appName + "/demo/last", Handler: caddy.AdminHandlerFunc(lastDemo)},
	}
}

// app is the app that runs, an empty one if none does.
func app() *App {
	running, _ := caddy.ActiveContext().AppIfConfigured(appName)
	if a, ok := running.(*App); ok {
		return a
	}
	return new(App)
}

// lastDemo shows what a model in place of the demo model would have seen.
func lastDemo(w http.ResponseWriter, r *http.Request) error {
	if err := reading(r); err != nil {
		return err
	}
	servers := make(map[string]*demoServer)
	if e := app().engine; e != nil {
		servers = e.demos
	}
	names := slices.Sorted(maps.Keys(servers))
	name := r.URL.Query().Get("provider")
	if name == "" && len(names) == 1 {
		name = names[0]
	}
	s := servers[name]
	switch {
	case s == nil && name == "" && len(names) > 0:
		return caddy.APIError{HTTPStatus: http.StatusBadRequest, Err: fmt.Errorf("there are several demo providers, expected ?provider= with one of %s", list(names))}
	case s == nil:
		return caddy.APIError{HTTPStatus: http.StatusNotFound, Err: fmt.Errorf("there is no demo provider %q, expected one of %s", name, list(names))}
	}
	body := s.Last()
	if body == nil {
		return caddy.APIError{HTTPStatus: http.StatusNotFound, Err: fmt.Errorf("demo provider %q has not been asked yet", name)}
	}
	w.Header().Set("Content-Type", "application/json")
	_, err := w.Write(body)
	return err
}

func reading(r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return caddy.APIError{HTTPStatus: http.StatusMethodNotAllowed, Err: fmt.Errorf("method not allowed, expected GET")}
	}
	return nil
}

// get answers with what the running app says; without one the list is empty.
func get(status func(*App) any) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := reading(r); err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		return json.NewEncoder(w).Encode(status(app()))
	}
}

// pluginStatus is one plugin in GET /llm_gateway/plugins.
type pluginStatus struct {
	Name      string           `json:"name"`
	Plugin    string           `json:"plugin"`
	Version   string           `json:"version,omitempty"`
	Digest    string           `json:"digest"` // SHA-256 of the module
	Policy    string           `json:"policy"` // digest of the configuration, without secrets
	Hooks     []string         `json:"hooks"`  // that are called
	Instances int64            `json:"instances"`
	Memory    int64            `json:"memory_bytes"`
	Fuel      int64            `json:"fuel"`
	Calls     map[string]int64 `json:"calls"` // by outcome
	Discarded int64            `json:"discarded"`
	Waits     int64            `json:"waits"`
}

func (a *App) pluginStatus() []pluginStatus {
	out := []pluginStatus{}
	if a.engine == nil {
		return out
	}
	for _, g := range a.engine.opened() {
		out = append(out, g.status())
	}
	return out
}
