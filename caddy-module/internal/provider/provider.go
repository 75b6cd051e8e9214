// Package provider knows the upstreams: where they are, which dialect they speak, and which keys open them. An endpoint with one of
// its keys is a lane; requests take the lane that package pool chooses. caddyllm makes a Provider of each provider block and
// package attempt sends requests through it.
package provider

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
)

// Config is what a provider block says. Only Name is always needed.
type Config struct {
	// Name by which routes call the provider. A preset's name takes that preset.
	Name string
	// Preset names the row of the preset table that fills what is not said here.
	Preset string
	// BaseURL is what the dialect's paths are appended to, such as https://api.openai.com/v1. One without
	// a path takes the path of the preset.
	BaseURL string
	// Dialects that the provider speaks, such as openai.chat; each brings in those that its servers speak
	// beside it, such as openai.embeddings.
	Dialects []string
	// Described are the dialects that Dialects may name beside the built-in ones.
	Described []*dialect.Dialect
	// Quirks are words in which the provider differs from what its dialect promises, see
	// plugins/codec/HUB.md. Nil takes the preset's, an empty list none.
	Quirks []string
	// Keys of the provider; empty ones are left out. None means that requests carry no credential.
	Keys []string
	// Tuned are keys with settings of their own, behind Keys.
	Tuned []Key
	// Headers that every request carries besides, by their names; none may carry the key or belong to the connection or the body.
	Headers map[string]string
	// Endpoints where the provider is; none means one at BaseURL.
	Endpoints []EndpointConfig
	// Balance says which lane a request takes. Default: round_robin.
	Balance pool.Balance
	// Sticky says what requests have in common that take the same lane, with the balance sticky.
	Sticky Sticky
	// Cooldown says what a rate limit leaves alone. Default: CooldownKey.
	Cooldown Cooldown
	// Breaker of each endpoint.
	Breaker pool.BreakerConfig
	// States of the lanes; nil means that nobody else knows them.
	States *pool.States
	// Shared says that gateways have States in common: keys are then known by their numbers.
	Shared bool
	// Timeouts bound how long the provider may take.
	Timeouts Timeouts
	// Models maps the client's model names to the provider's: an exact name first, then "*" for any other.
	Models map[string]string
	// Prices of models by the provider's names; nil knows none.
	Prices *price.List
	// TraceContext says that requests carry their place in a trace.
	TraceContext bool
	// Transport carries the requests. Nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Provider is an upstream, ready for requests. It is safe for concurrent use.
type Provider struct {
	// Name by which routes call it.
	Name string
	// Dialects that it speaks, the main one first.
	Dialects []*dialect.Dialect
	// Quirks are the words in which it differs from them, separated by spaces, for codecs.
	Quirks string
	// Prices of its models, by its names of them; nil knows none.
	Prices *price.List
	// Transport carries requests of NewRequest.
	Transport http.RoundTripper
	// Endpoints where it is, one at least.
	Endpoints []*Endpoint
	// Balance is how lanes are chosen.
	Balance pool.Balance
	// Sticky is what requests of one lane have in common; "" unless the balance is sticky.
	Sticky Sticky
	// Cooldown is what a rate limit leaves alone.
	Cooldown Cooldown
	// TraceContext tells whether it gets to know where its requests stand in a trace.
	TraceContext bool
	// Timeouts bound how long it may take; none is zero.
	Timeouts Timeouts

	preset    *Preset
	headers   http.Header // of every request, besides; nil for none
	keyHeader string      // header of the key where it is not the dialect's
	lanes     []Lane      // none of them leased; members of pool
	pool      *pool.Pool
	models    map[string]string
	now       func() time.Time
}

// New makes a provider. The error says what is wrong in the provider block and what was expected.
func New(c Config) (*Provider, error) {
	p := &Provider{Name: c.Name, Balance: c.Balance, Sticky: c.Sticky, Cooldown: cmp.Or(c.Cooldown, CooldownKey), Timeouts: c.Timeouts.Complete(),
		Prices: c.Prices, TraceContext: c.TraceContext, Transport: c.Transport, models: maps.Clone(c.Models), now: c.Now}
	if p.now == nil {
		p.now = time.Now
	}
	if p.Transport == nil {
		p.Transport = http.DefaultTransport
	}
	var err error
	if p.preset, err = choosePreset(c); err != nil {
		return nil, err
	}
	p.keyHeader = p.preset.KeyHeader
	if p.Dialects, err = chooseDialects(c, p.preset); err != nil {
		return nil, err
	}
	if err = p.setHeaders(c.Headers); err != nil {
		return nil, err
	}
	if p.Quirks, err = chooseQuirks(c, p.preset); err != nil {
		return nil, err
	}
	for from, to := range p.models {
		if from == "" || to == "" {
			return nil, fmt.Errorf("model map: %q to %q, expected two model names", from, to)
		}
	}
	if err := p.Sticky.check(c.Balance); err != nil {
		return nil, err
	}
	if err := p.Cooldown.check(); err != nil {
		return nil, err
	}
	if err := p.open(&c); err != nil {
		return nil, err
	}
	return p, nil
}

// choosePreset finds the preset, or an empty one.
func choosePreset(c Config) (*Preset, error) {
	if c.Preset == "" {
		if preset, ok := Lookup(c.Name); ok {
			return preset, nil
		}
		if c.BaseURL == "" && len(c.Endpoints) == 0 {
			return nil, fmt.Errorf("%q is not a known provider: expected a base_url and a dialect, or preset with one of %s", c.Name, strings.Join(Presets(), ", "))
		}
		return &Preset{}, nil
	}
	preset, ok := Lookup(c.Preset)
	if !ok {
		return nil, fmt.Errorf("unknown preset %q, expected one of %s", c.Preset, strings.Join(Presets(), ", "))
	}
	return preset, nil
}

func chooseDialects(c Config, preset *Preset) ([]*dialect.Dialect, error) {
	names := c.Dialects
	if len(names) == 0 {
		names = preset.Dialects
	} else {
		names = withCompanions(names)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no dialect, expected one of %s", knownDialects(c.Described))
	}
	var out []*dialect.Dialect
	for _, name := range names {
		d := findDialect(name, c.Described)
		if d == nil {
			return nil, fmt.Errorf("unknown dialect %q, expected one of %s", name, knownDialects(c.Described))
		}
		if !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out, nil
}

// findDialect is the dialect of that name, nil if there is none that providers speak.
func findDialect(name string, described []*dialect.Dialect) *dialect.Dialect {
	if d, ok := dialect.Get(name); ok && len(d.Descriptor().Endpoints) > 0 {
		return d
	}
	if i := slices.IndexFunc(described, func(d *dialect.Dialect) bool { return d.Name == name }); i >= 0 {
		return described[i]
	}
	return nil
}

func knownDialects(described []*dialect.Dialect) string {
	var names []string
	for _, d := range append(slices.Clone(dialect.All()), described...) {
		if d.Descriptor().Upstream.Whole != "" {
			names = append(names, d.Name)
		}
	}
	return strings.Join(names, ", ")
}

// Speaks tells whether requests of that dialect reach the provider as they are.
func (p *Provider) Speaks(d *dialect.Dialect) bool { return slices.Contains(p.Dialects, d) }

// BaseURL is where the provider is, or its first endpoint.
func (p *Provider) BaseURL() string { return p.Endpoints[0].BaseURL() }

// Preset is the name of the preset that the provider was made from, "" for none.
func (p *Provider) Preset() string { return p.preset.Name }

// Model is the provider's name for the model that the client asked for.
func (p *Provider) Model(asked string) string {
	if m, ok := p.models[asked]; ok {
		return m
	}
	if m, ok := p.models["*"]; ok {
		return m
	}
	return asked
}

// Renames tells whether a model may have another name at the provider, or at one of its endpoints.
func (p *Provider) Renames() bool {
	return len(p.models) > 0 || slices.ContainsFunc(p.Endpoints, func(e *Endpoint) bool { return e.model != "" })
}

// OwnsKeys tells whether requests carry a key of the gateway's.
func (p *Provider) OwnsKeys() bool { return p.Keys() > 0 }

// Lanes is the number of lanes: endpoints with their keys.
func (p *Provider) Lanes() int { return len(p.lanes) }

// Keys is the number of keys, of all endpoints.
func (p *Provider) Keys() int {
	n := 0
	for i := range p.lanes {
		if p.lanes[i].secret != "" {
			n++
		}
	}
	return n
}

// LacksKey tells that the provider's servers take no request without a key and that it has none.
func (p *Provider) LacksKey() bool { return p.preset.NeedsKey && !p.OwnsKeys() }

// Now is the time by the provider's clock.
func (p *Provider) Now() time.Time { return p.now() }
