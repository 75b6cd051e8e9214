package caddyllm

import (
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"

	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

func (a *App) unmarshalProvider(d *caddyfile.Dispenser) error {
	p := &Provider{Source: source(d)}
	args := d.RemainingArgs()
	if len(args) < 1 || len(args) > 2 {
		return d.Errf("provider has %d arguments, expected a name and optionally a preset", len(args))
	}
	name := args[0]
	if len(args) == 2 {
		p.Preset = args[1]
	}
	if first := a.Providers[name]; first != nil {
		return duplicate(d, "provider", name, first.Source)
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if err := p.unmarshalOption(d); err != nil {
			return err
		}
	}
	if a.Providers == nil {
		a.Providers = make(map[string]*Provider)
	}
	a.Providers[name] = p
	return nil
}

func (p *Provider) unmarshalOption(d *caddyfile.Dispenser) error {
	switch d.Val() {
	case "preset":
		return once(d, &p.Preset, "a preset's name")
	case "base_url":
		return once(d, &p.BaseURL, "a URL")
	case "dialect":
		return appendNames(d, &p.Dialects, "a dialect's name such as openai.chat, or several")
	case "quirks":
		p.Quirks = append([]string{}, p.Quirks...)
		p.Quirks = append(p.Quirks, d.RemainingArgs()...)
		return nil
	case "balance":
		return p.unmarshalBalance(d)
	case "api_key":
		keys, err := several(d, "one key or more")
		p.APIKeys = append(p.APIKeys, keys...)
		return err
	case "key":
		return unmarshalKey(d, &p.Keys)
	case "header":
		return pair(d, &p.Headers, "%s", "a name and a value")
	case "endpoint":
		return p.unmarshalEndpoint(d)
	case "cooldown":
		return once(d, &p.Cooldown, "key or model")
	case "breaker":
		return p.unmarshalBreaker(d)
	case "probe":
		return p.unmarshalProbe(d)
	case "pull":
		return appendNames(d, &p.Pull, "a model's name such as llama3:8b, or several")
	case "timeouts":
		return p.unmarshalTimeouts(d)
	case "models":
		return p.unmarshalModels(d)
	case "limit":
		return unmarshalLimit(d, &p.Limit)
	case "prices":
		return p.unmarshalPrices(d)
	case "timeout":
		return duration(d, &p.Timeout)
	case "trace_context":
		p.TraceContext = true
		return none(d)
	case "transport":
		return p.unmarshalTransport(d)
	case "delay":
		return duration(d, &p.Delay)
	}
	return unknown(d, "preset", "base_url", "dialect", "quirks", "api_key", "key", "header", "endpoint", "balance", "cooldown", "breaker", "probe", "pull", "models", "limit", "prices", "timeout", "timeouts", "trace_context", "transport", "delay")
}

func (p *Provider) unmarshalModels(d *caddyfile.Dispenser) error {
	if err := none(d); err != nil {
		return err
	}
	if p.Models == nil {
		p.Models = make(map[string]string)
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		from := d.Val()
		to, err := argument(d, "the provider's name of the model")
		if err != nil {
			return err
		}
		if _, twice := p.Models[from]; twice {
			return d.Errf("model %q is mapped twice, expected once", from)
		}
		p.Models[from] = to
	}
	return nil
}

func (p *Provider) unmarshalTransport(d *caddyfile.Dispenser) error {
	if len(p.TransportRaw) > 0 {
		return d.Err("transport is given twice, expected once")
	}
	if !d.NextArg() {
		return d.Err("transport has no name, expected one such as http")
	}
	name := d.Val()
	module, err := caddyfile.UnmarshalModule(d, "http.reverse_proxy.transport."+name)
	if err != nil {
		return err
	}
	if _, ok := module.(http.RoundTripper); !ok {
		return d.Errf("transport %s carries no requests, expected a transport of reverse_proxy", name)
	}
	if t, ok := module.(*reverseproxy.HTTPTransport); ok && t.ResponseHeaderTimeout == 0 {
		t.ResponseHeaderTimeout = caddy.Duration(provider.Timeouts{}.Complete().Answer)
	}
	p.TransportRaw = caddyconfig.JSONModuleObject(module, "protocol", name, nil)
	return nil
}
