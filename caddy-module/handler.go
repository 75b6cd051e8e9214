package caddyllm

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// Handler serves LLM clients: it knows their dialect by the path, lets in who may call, chooses a route
// and answers. It always answers itself; handlers after it are never called.
//
// When a request has ended, these placeholders tell of it, for access logs and for handlers before this
// one:
//
// Placeholder | Description
// ------------|-------------
// `{http.llm_gateway.id}` | The exchange's id, also in the x-longmen-exchange header
// `{http.llm_gateway.route}` | The route's name
// `{http.llm_gateway.provider}` | The provider that answered, or was tried last
// `{http.llm_gateway.model}` | The model that the client asked for
// `{http.llm_gateway.upstream_model}` | The provider's name of the model
// `{http.llm_gateway.dialect}` | The client's dialect
// `{http.llm_gateway.stream}` | Whether the client asked for a stream
// `{http.llm_gateway.prompt_tokens}` | Tokens of the prompt, as the provider counted them
// `{http.llm_gateway.completion_tokens}` | Tokens of the answer, likewise
// `{http.llm_gateway.cost_usd}` | What it has cost in US dollars, by the provider's prices; empty when that is not known
// `{http.llm_gateway.outcome}` | ok, rejected, client_error, upstream_error, plugin_error or aborted
// `{http.llm_gateway.key_id}` | The short digest of the caller's key
// `{http.llm_gateway.key_name}` | The name of the caller's key
type Handler struct {
	// Who may call. Default: clients on this machine only.
	Auth *Auth `json:"auth,omitempty"`

	// The largest request body in bytes, from 1 KiB. Default: 64 MiB, room for a long conversation with
	// images in base64, and still a bound on what one client can make the gateway hold.
	MaxBody int64 `json:"max_body,omitempty"`

	// Whether a request is refused when a parameter of it would be lost in translation, instead of being
	// answered with a warning. Routes can only add to this. Default: false.
	StrictParams bool `json:"strict_params,omitempty"`

	// Plugins that run before routing, in this order, on every request. Rules see the attributes that
	// they declare. Default: none.
	Use []string `json:"use,omitempty"`

	// The routes. The first one whose rule holds takes the request. At least one.
	Routes []*Route `json:"routes,omitempty"`

	// What callers may use of requests, tokens and money. All budgets that a request counts for have to leave room for it. Default: none.
	Budgets []*Budget `json:"budgets,omitempty"`

	// What the routes are expected to do with requests. The configuration is refused if they do otherwise; nothing is
	// sent to find out. Default: none.
	Expect []*Expect `json:"expect,omitempty"`

	// Where the handler stands in the Caddyfile, for errors.
	Source string `json:"source,omitempty"`

	gateway *gateway.Gateway
	engine  *engine
}

// Route is a way from clients to models.
type Route struct {
	// The name in logs, metrics and the x-longmen-route header. Default: route_ and its number from 1.
	Name string `json:"name,omitempty"`

	// The rule that a request has to fulfil: an expression over the request that yields true or false,
	// such as `prompt.chars > 5000 || key.team == "legal"`. Default: always.
	Rule string `json:"rule,omitempty"`

	// Plugins that requests pass in this order, and answers in the reverse. Default: none.
	Use []string `json:"use,omitempty"`

	// Where requests go: provider, or provider/model, the next one when one fails before anything of its
	// answer has reached the client. A provider alone gets the client's model name, through its model
	// map. At least one.
	To []string `json:"to,omitempty"`

	// Which candidate is tried first, second and so on. "" takes them as they are written; "cheapest" by what the request may cost, for
	// which all need a price; "fastest" by the time to the first token of late, one that was not asked yet first; "round_robin"
	// has each in turn first, "weighted" each as often as its weight says; "least_busy" by the requests under way; "usage_aware" by
	// what providers say is left of their limits; "sticky" has the same one first for what has the same sticky, and "split" too,
	// each for a share of them. Default: "".
	Strategy string `json:"strategy,omitempty"`

	// The weights of to, one each, above 0: for weighted and sticky; for split percentages, 100 in all, where 0 is a candidate that stands in
	// for the one before it within its share. Default: all alike.
	Weights []float64 `json:"weights,omitempty"`

	// What requests have in common that the strategies sticky and split send to the same candidate: "key", the caller's, "user", as the body names
	// it, "session", as headers or the body name it, "prompt_cache_key", or "header " and a name. A request without it counts by its
	// caller's key, without one by its address. Default: "key".
	Sticky string `json:"sticky,omitempty"`

	// The candidates that are tried instead of those that are left, by the class of the failure: "connect", "timeout", "rate_limit", "overload",
	// "server_error", "credential", "model_not_found", "context_length" or "content_policy". When they fail no other fallback
	// follows. Default: none.
	Fallbacks map[string][]string `json:"fallbacks,omitempty"`

	// What follows from failures otherwise. Default: as the fields say.
	Retry *Retry `json:"retry,omitempty"`

	// When a second attempt is made beside one that says nothing; the slower of both is cancelled, and may have to be paid all the
	// same. Default: never.
	Hedge *Hedge `json:"hedge,omitempty"`

	// Another candidate that requests are sent to besides, to compare the answers. Default: none.
	Shadow *Shadow `json:"shadow,omitempty"`

	// What clients hear while a model thinks. Default: pings on streams every 15s.
	KeepAlive *KeepAlive `json:"keep_alive,omitempty"`

	// What a failure of the route's plugins means, instead of what the plugins say themselves. Default: as
	// the plugins say.
	OnError string `json:"on_error,omitempty"`

	// Whether a request is refused when a parameter of it would be lost. Default: as the handler says.
	StrictParams bool `json:"strict_params,omitempty"`

	// How many requests may be in progress at once, and how many wait for them to end. Default: any number.
	Limit *Limit `json:"limit,omitempty"`

	// Who goes first when requests wait for the places of this route, or of a provider: "high", "normal" or "low". A place goes
	// to the highest that waits, but one in nine at least to normal ones and one in sixteen to low ones. The label
	// priority of a caller's key goes before it. Default: normal.
	Priority string `json:"priority,omitempty"`

	// The largest request body in bytes, from 1 KiB to the handler's max_body, whose bound counts while a rule
	// reads the request. Default: the handler's.
	MaxBody int64 `json:"max_body,omitempty"`

	// Where the route stands in the Caddyfile, for errors.
	Source string `json:"source,omitempty"`
}

// Interface guards.
var (
	_ caddy.Module                = (*Handler)(nil)
	_ caddy.Provisioner           = (*Handler)(nil)
	_ caddyhttp.MiddlewareHandler = (*Handler)(nil)
)

// CaddyModule implements caddy.Module.
func (Handler) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers." + appName, New: func() caddy.Module { return new(Handler) }}
}

// minMaxBody is the least that max_body may be.
const minMaxBody = 1 << 10

// Provision judges the routes and builds the engine behind them. All that is wrong is told at once.
func (h *Handler) Provision(ctx caddy.Context) error {
	module, err := ctx.App(appName)
	if err != nil {
		return err
	}
	app := module.(*App)
	var errs []error
	authenticator, err := h.Auth.provision()
	if err != nil {
		errs = append(errs, err)
	}
	if h.MaxBody != 0 && h.MaxBody < minMaxBody {
		errs = append(errs, fmt.Errorf("%s%s: max_body is %d bytes, expected at least 1KiB", appName, at(h.Source), h.MaxBody))
	}
	plan, err := h.plan(app)
	if err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	h.engine = app.engine
	h.gateway = app.engine.build(h, plan, authenticator)
	app.handlers = append(app.handlers, h)
	return h.checkExpectations(ctx)
}

// ServeHTTP implements caddyhttp.MiddlewareHandler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request, _ caddyhttp.Handler) error {
	if !h.engine.enter() {
		h.gateway.Late(w, r)
		return nil
	}
	defer h.engine.leave()
	h.gateway.ServeHTTP(w, r)
	return nil
}
