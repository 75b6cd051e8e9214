package caddyllm

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"
	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// Provider is an upstream that models are asked at.
type Provider struct {
	// The preset that fills what is not said here: its base URL, dialect and the environment variable
	// of its usual key. Default: the preset of the provider's name, if there is one.
	Preset string `json:"preset,omitempty"`

	// Where the provider is, http or https; the dialect's paths are appended. A URL without a path takes
	// the path of the preset ("http://127.0.0.1:11434" becomes "http://127.0.0.1:11434/v1" for ollama).
	// Placeholders are replaced at provisioning. Default: the preset's.
	BaseURL string `json:"base_url,omitempty"`

	// The dialects that the provider speaks, such as "openai.chat", "anthropic.messages", "gemini.generate" or
	// "ollama.chat". Each brings in what its servers speak beside it: openai.chat also completions, embeddings,
	// images, audio and files. Requests in them pass as they are, others through codec plugins. Those of the app's dialects
	// can be named, too. Default: the preset's.
	Dialects []string `json:"dialects,omitempty"`

	// Words in which the provider differs from what its dialect promises, for codec plugins: "max_tokens" wants
	// max_tokens instead of max_completion_tokens, and so on; plugins/codec/HUB.md lists them all. Null takes the
	// preset's, an empty list none. Default: the preset's.
	Quirks []string `json:"quirks,omitempty"`

	// The keys that requests carry, one of them each. Placeholders such as {env.OPENAI_API_KEY} are replaced at
	// provisioning, and a value may hold several keys separated by commas or white space; empty ones are left
	// out. Plugins never see keys. Default: the environment variable of the preset's usual key, unless there are keys.
	APIKeys []string `json:"api_keys,omitempty"`

	// Keys with settings of their own. Default: none.
	Keys []*ProviderKey `json:"keys,omitempty"`

	// Headers that every request carries besides, by their names, such as OpenAI-Organization. Placeholders are replaced at provisioning.
	// None may carry the key, for which api_keys are. Default: none.
	Headers map[string]string `json:"headers,omitempty"`

	// The places where the provider is, instead of base_url. Default: base_url, as endpoint "default".
	Endpoints []*Endpoint `json:"endpoints,omitempty"`

	// Which key and endpoint a request takes among those that are ready. One that the provider told to wait, or whose key it
	// refused, is not ready for so long; neither is an endpoint that is broken. "round_robin" and "weighted" take them in turn,
	// each as often as its weight says; "priority" is the same, since priorities count for every balance; "fill_first" takes the
	// first; "least_busy" the one with the fewest requests under way; "least_latency" of two the one that answers sooner;
	// "least_cost" the one with the lowest cost; "usage_aware" the one with the most left of its limits; "sticky" the same one for
	// what has the same sticky. Default: round_robin.
	Balance string `json:"balance,omitempty"`

	// What requests have in common that take the same key and endpoint, with the balance sticky: "session", "user", "key" (the
	// caller's) or "prompt_cache_key". Default: none.
	Sticky string `json:"sticky,omitempty"`

	// What a rate limit (429) leaves alone: "key" is the key at that endpoint, "model" the key for that model only, for providers that
	// limit each model by itself. A request of more than 1 MiB that nobody reads counts as one for none: then the key is left alone. Default: key.
	Cooldown string `json:"cooldown,omitempty"`

	// When an endpoint counts as broken. Default: as the fields say.
	Breaker *Breaker `json:"breaker,omitempty"`

	// How endpoints are asked whether they are well. Default: not at all, clients' requests tell.
	Probe *Probe `json:"probe,omitempty"`

	// Models that the provider's servers download when the gateway starts, as far as they lack them, each within an hour; the log tells how
	// far they are. Nothing waits for them. Only for ollama. Default: none.
	Pull []string `json:"pull,omitempty"`

	// The provider's names of models by the clients' names. "*" maps every name that is not listed.
	// Default: names pass unchanged.
	Models map[string]string `json:"models,omitempty"`

	// How many requests may be in progress here at once, over all endpoints and keys, and how many wait for them to
	// end: only those that have no other candidate. Default: any number.
	Limit *Limit `json:"limit,omitempty"`

	// What a million tokens of a model cost, by the provider's names of models; a name that ends in "*" stands for
	// all that begin so, the longest counts. With prices the cost of exchanges is accounted, and routes can choose
	// the cheapest. A model that is not here has no known price, which never counts as free. Default: none.
	Prices map[string]*Price `json:"prices,omitempty"`

	// How long to wait for the beginning of an answer: short for first_token and answer of timeouts, where those are not
	// given. Default: none.
	Timeout caddy.Duration `json:"timeout,omitempty"`

	// How long the provider may take. Default: as the fields say.
	Timeouts *Timeouts `json:"timeouts,omitempty"`

	// Whether requests carry their place in a trace (traceparent and tracestate): the span of the attempt where Caddy's tracing records
	// one, else what the client sent. Default: false, the provider learns nothing of what is before it.
	TraceContext bool `json:"trace_context,omitempty"`

	// The transport that carries requests, as in reverse_proxy. Default: http.
	TransportRaw json.RawMessage `json:"transport,omitempty" caddy:"namespace=http.reverse_proxy.transport inline_key=protocol"`

	// How long the demo model waits between two words of a streamed answer. Only for the preset demo.
	// Default: 0, no wait.
	Delay caddy.Duration `json:"delay,omitempty"`

	// Where the provider stands in the Caddyfile, for errors.
	Source string `json:"source,omitempty"`

	own *reverseproxy.HTTPTransport // made here, so cleaned up here
}

func (p *Provider) provision(ctx caddy.Context, a *App, name string) (*provider.Provider, error) {
	if name == "" || strings.ContainsAny(name, "/{} \t\n") {
		return nil, fmt.Errorf("name is not usable in routes, expected one without slash, braces and spaces")
	}
	c := provider.Config{
		Name: name, Preset: p.Preset, Dialects: p.Dialects, Described: a.described, Quirks: p.Quirks, Balance: pool.Balance(p.Balance), Sticky: provider.Sticky(p.Sticky),
		Cooldown: provider.Cooldown(p.Cooldown), Breaker: p.Breaker.config(), Models: p.Models, States: upstreams, Shared: a.ShareHealth != "",
		TraceContext: p.TraceContext,
	}
	var err error
	if c.Timeouts, err = p.timeouts(); err != nil {
		return nil, err
	}
	if c.Transport, err = p.transport(ctx, c.Timeouts.Complete()); err != nil {
		return nil, err
	}
	if c.BaseURL, err = caddy.NewReplacer().ReplaceOrErr(p.BaseURL, true, true); err != nil {
		return nil, fmt.Errorf("base_url: %w", err)
	}
	if c.Keys, c.Tuned, err = keys(p.APIKeys, p.Keys); err != nil {
		return nil, err
	}
	if c.Headers, err = p.replacedHeaders(); err != nil {
		return nil, err
	}
	if c.Endpoints, err = p.endpoints(); err != nil {
		return nil, err
	}
	preset := p.Preset
	if preset == "" {
		preset = name
	}
	known, ok := provider.Lookup(preset)
	if ok && len(p.APIKeys)+len(p.Keys) == 0 {
		c.Keys = known.EnvKeys(os.Getenv)
	}
	switch isDemo := ok && known.Name == provider.Demo && c.BaseURL == "" && len(c.Endpoints) == 0; {
	case isDemo:
		if c.BaseURL, err = a.engine.demo(name, time.Duration(p.Delay)); err != nil {
			return nil, fmt.Errorf("starting the demo model: %w", err)
		}
		if len(c.Dialects) > 0 && strings.HasPrefix(c.Dialects[0], "gemini.") {
			c.BaseURL += "/v1beta" // what stands before Gemini's paths, and tells its list of models from OpenAI's
		}
	case p.Delay != 0:
		return nil, fmt.Errorf("delay is for the preset demo, expected none")
	}
	if c.Prices, err = p.priceList(); err != nil {
		return nil, err
	}
	made, err := provider.New(c)
	if err != nil {
		return nil, err
	}
	if p.Probe != nil {
		if err := p.Probe.check(made); err != nil {
			made.Close()
			return nil, err
		}
	}
	if err := p.checkPull(made); err != nil {
		made.Close()
		return nil, err
	}
	models.add(slices.Collect(maps.Values(p.Models))...)
	models.add(slices.Collect(maps.Keys(p.Prices))...)
	if made.LacksKey() {
		a.log.Warn("provider has no API key and will be passed over", zap.String("provider", name), zap.Strings("environment", known.KeyEnv))
	}
	return made, nil
}

// afterwards is how much longer a transport waits than an attempt, which says what its limit was.
const afterwards = 5 * time.Second

// transport makes what carries the requests. Its own limit of time is the longest that any request has.
func (p *Provider) transport(ctx caddy.Context, t provider.Timeouts) (http.RoundTripper, error) {
	if len(p.TransportRaw) > 0 {
		if p.Timeouts != nil && p.Timeouts.Connect != 0 {
			return nil, fmt.Errorf("timeouts connect and transport exclude each other, expected dial_timeout in the transport")
		}
		module, err := ctx.LoadModule(p, "TransportRaw")
		if err != nil {
			return nil, fmt.Errorf("transport: %w", err)
		}
		t, ok := module.(http.RoundTripper)
		if !ok {
			return nil, fmt.Errorf("transport: %T carries no requests, expected a transport of reverse_proxy", module)
		}
		if h, ok := module.(*reverseproxy.HTTPTransport); ok {
			direct(h)
		}
		return t, nil
	}
	p.own = &reverseproxy.HTTPTransport{DialTimeout: caddy.Duration(t.Connect), ResponseHeaderTimeout: caddy.Duration(max(t.FirstToken, t.Answer) + afterwards)}
	if err := p.own.Provision(ctx); err != nil {
		return nil, fmt.Errorf("transport: %w", err)
	}
	p.own.Transport.TLSHandshakeTimeout = t.Connect
	direct(p.own)
	return p.own, nil
}

// direct makes a transport send large bodies from where they stand.
func direct(t *reverseproxy.HTTPTransport) {
	if t.Transport != nil && t.Transport.DialContext != nil {
		t.Transport.DialContext = attempt.Direct(t.Transport.DialContext)
	}
}

func (p *Provider) cleanup() error {
	if p.own == nil {
		return nil
	}
	return p.own.Cleanup()
}
