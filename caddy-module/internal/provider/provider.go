// Package provider knows the upstreams: where they are, which dialect they speak, which keys open
// them, and whether they answer. caddyllm makes a Provider of each provider block and package attempt
// sends requests through it.
package provider

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
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
	// Quirks are words in which the provider differs from what its dialect promises, see
	// plugins/codec/HUB.md. Nil takes the preset's, an empty list none.
	Quirks []string
	// Keys of the provider; empty ones are left out. None means that requests carry no credential.
	Keys []string
	// Balance says which key a request takes: RoundRobin (default) or FillFirst.
	Balance Balance
	// Models maps the client's model names to the provider's: an exact name first, then "*" for any other.
	Models map[string]string
	// Prices of models by the provider's names; nil knows none.
	Prices *price.List
	// Transport carries the requests. Nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Now is the clock of cooldowns and health; nil means time.Now.
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
	// Transport carries requests of NewRequest and watches their answers for Healthy and for the keys.
	Transport http.RoundTripper

	preset    *Preset
	base      *url.URL
	spoken    []spoken // one for each dialect
	keyHeader string   // header of the key where it is not the dialect's
	keys      *pool
	models    map[string]string
	health    health
	now       func() time.Time
}

// spoken is where one dialect of a provider is spoken.
type spoken struct {
	whole  *url.URL // for all whole answers, nil when the model stands in the path
	stream *url.URL // for all streamed ones
}

// New makes a provider. The error says what is wrong in the provider block and what was expected.
func New(c Config) (*Provider, error) {
	p := &Provider{Name: c.Name, Prices: c.Prices, models: maps.Clone(c.Models), now: c.Now}
	if p.now == nil {
		p.now = time.Now
	}
	var err error
	if p.preset, err = choosePreset(c); err != nil {
		return nil, err
	}
	if p.Dialects, err = chooseDialects(c, p.preset); err != nil {
		return nil, err
	}
	if p.base, err = chooseBase(c, p.preset); err != nil {
		return nil, err
	}
	if p.keys, err = newPool(c.Keys, c.Balance, p.now); err != nil {
		return nil, err
	}
	for from, to := range p.models {
		if from == "" || to == "" {
			return nil, fmt.Errorf("model map: %q to %q, expected two model names", from, to)
		}
	}
	p.keyHeader = p.preset.KeyHeader
	for _, d := range p.Dialects {
		var at spoken
		if up := d.Descriptor().Upstream; !strings.Contains(up.Whole+up.Stream, "{model}") {
			at.whole, at.stream = d.URL(p.base, "", false), d.URL(p.base, "", true)
		}
		p.spoken = append(p.spoken, at)
	}
	if p.Quirks, err = chooseQuirks(c, p.preset); err != nil {
		return nil, err
	}
	next := c.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	p.Transport = &watch{p, next}
	return p, nil
}

// choosePreset finds the preset, or an empty one.
func choosePreset(c Config) (*Preset, error) {
	if c.Preset == "" {
		if preset, ok := Lookup(c.Name); ok {
			return preset, nil
		}
		if c.BaseURL == "" {
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
		return nil, fmt.Errorf("no dialect, expected one of %s", knownDialects())
	}
	var out []*dialect.Dialect
	for _, name := range names {
		d, ok := dialect.Get(name)
		if !ok || len(d.Descriptor().Endpoints) == 0 {
			return nil, fmt.Errorf("unknown dialect %q, expected one of %s", name, knownDialects())
		}
		if !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out, nil
}

func knownDialects() string {
	var names []string
	for _, d := range dialect.All() {
		if d.Descriptor().Upstream.Whole != "" {
			names = append(names, d.Name)
		}
	}
	return strings.Join(names, ", ")
}

func chooseBase(c Config, preset *Preset) (*url.URL, error) {
	text := c.BaseURL
	if text == "" {
		text = preset.BaseURL
	}
	if text == "" {
		return nil, fmt.Errorf("no base_url, expected one such as %s", preset.Example())
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Host == "", u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("base_url is not a URL, expected http:// or https:// and a host")
	case u.User != nil:
		return nil, errors.New("base_url holds a user or password, expected the credential in api_key")
	case u.Fragment != "":
		return nil, errors.New("base_url has a fragment, expected none")
	}
	for name := range u.Query() {
		if dialect.IsCredentialQuery(name) {
			return nil, fmt.Errorf("base_url holds the credential %s, expected it in api_key", name)
		}
	}
	if strings.TrimSuffix(u.Path, "/") == "" && c.BaseURL != "" {
		u.Path = preset.path()
	}
	return u, nil
}

// Speaks tells whether requests of that dialect reach the provider as they are.
func (p *Provider) Speaks(d *dialect.Dialect) bool { return slices.Contains(p.Dialects, d) }

// BaseURL is where the provider is.
func (p *Provider) BaseURL() string { return p.base.String() }

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

// Renames tells whether Model may return another name than it is given.
func (p *Provider) Renames() bool { return len(p.models) > 0 }

// OwnsKeys tells whether requests carry a key of the gateway's.
func (p *Provider) OwnsKeys() bool { return p.keys.size() > 0 }

// Keys is the number of keys.
func (p *Provider) Keys() int { return p.keys.size() }

// LacksKey tells that the provider's servers take no request without a key and that it has none.
func (p *Provider) LacksKey() bool { return p.preset.NeedsKey && p.keys.size() == 0 }

// Healthy tells whether the provider answers at present: it does until failuresToSick requests in a row
// could not be sent or were answered with a 5xx status, and again after sickness, or as soon as one
// is answered.
func (p *Provider) Healthy() bool { return p.health.well(p.now()) }
