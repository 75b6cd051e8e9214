package caddyllm

import (
	"fmt"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// ProviderKey is a provider's key with settings of its own.
type ProviderKey struct {
	// The key, as in api_keys; several in one value have the same settings.
	APIKey string `json:"api_key,omitempty"`

	// The key's share among the others with the balances round_robin, weighted and sticky, 1 to 1000. Default: 1.
	Weight int `json:"weight,omitempty"`

	// Keys of a higher number are taken only while none of a lower one is ready, 1 to 1000. Default: 1.
	Priority int `json:"priority,omitempty"`

	// How many requests the key may take in a minute, at each endpoint. Default: 0, any number.
	RPM int64 `json:"rpm,omitempty"`

	// How many tokens the key may take in a minute, at each endpoint. Default: 0, any number.
	TPM int64 `json:"tpm,omitempty"`
}

// Endpoint is one of the places where a provider is, such as a region or a deployment.
type Endpoint struct {
	// The endpoint's name in logs, metrics, events and at the admin endpoint: letters, digits, _ and -.
	Name string `json:"name,omitempty"`

	// Where it is, as the provider's base_url.
	BaseURL string `json:"base_url,omitempty"`

	// The endpoint's own keys, as the provider's. Default: the provider's keys, each of them counted at each endpoint on its own.
	APIKeys []string       `json:"api_keys,omitempty"`
	Keys    []*ProviderKey `json:"keys,omitempty"`

	// What the weights of its keys are multiplied by, 1 to 1000. Default: 1.
	Weight int `json:"weight,omitempty"`

	// Endpoints of a higher number are asked only while none of a lower one is ready, 1 to 1000. Default: 1.
	Priority int `json:"priority,omitempty"`

	// What every model is called there, such as a deployment's name. Default: as at the provider.
	Model string `json:"model,omitempty"`

	// What a request costs there beside the other endpoints, for the balance least_cost. Default: 1.
	Cost float64 `json:"cost,omitempty"`
}

// keys replaces the placeholders of keys. The key itself must not be in an error, so neither is the replacer's.
func keys(plain []string, tuned []*ProviderKey) ([]string, []provider.Key, error) {
	repl := caddy.NewReplacer()
	var secrets []string
	for i, text := range plain {
		secret, err := repl.ReplaceOrErr(text, false, true)
		if err != nil {
			return nil, nil, fmt.Errorf("api_key %d: unknown placeholder, expected {env.NAME} or {file.PATH}", i+1)
		}
		secrets = append(secrets, secret)
	}
	var own []provider.Key
	for i, k := range tuned {
		if k == nil || k.APIKey == "" {
			return nil, nil, fmt.Errorf("key block %d has no key, expected one such as {env.NAME}", i+1)
		}
		secret, err := repl.ReplaceOrErr(k.APIKey, false, true)
		if err != nil {
			return nil, nil, fmt.Errorf("key block %d: unknown placeholder, expected {env.NAME} or {file.PATH}", i+1)
		}
		own = append(own, provider.Key{Secret: secret, Weight: k.Weight, Priority: k.Priority, RPM: k.RPM, TPM: k.TPM})
	}
	return secrets, own, nil
}

// endpoints are the provider's, with placeholders replaced.
func (p *Provider) endpoints() ([]provider.EndpointConfig, error) {
	var all []provider.EndpointConfig
	for i, e := range p.Endpoints {
		if e == nil {
			return nil, fmt.Errorf("endpoint %d is null, expected a name and a base_url", i+1)
		}
		c, err := e.config()
		if err != nil {
			return nil, fmt.Errorf("endpoint %q: %w", e.Name, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// config replaces the placeholders of an endpoint.
func (e *Endpoint) config() (provider.EndpointConfig, error) {
	c := provider.EndpointConfig{Name: e.Name, Weight: e.Weight, Priority: e.Priority, Model: e.Model, Cost: e.Cost}
	if !word(e.Name) {
		return c, fmt.Errorf("name is not usable, expected letters, digits, _ and -")
	}
	var err error
	if c.BaseURL, err = caddy.NewReplacer().ReplaceOrErr(e.BaseURL, true, true); err != nil {
		return c, fmt.Errorf("base_url: %w", err)
	}
	c.Keys, c.Tuned, err = keys(e.APIKeys, e.Keys)
	return c, err
}

// replacedHeaders are the provider's headers with their placeholders replaced.
func (p *Provider) replacedHeaders() (map[string]string, error) {
	repl := caddy.NewReplacer()
	out := make(map[string]string, len(p.Headers))
	for name, value := range p.Headers {
		var err error
		if out[name], err = repl.ReplaceOrErr(value, true, true); err != nil {
			return nil, fmt.Errorf("header %s: %w", name, err)
		}
	}
	return out, nil
}
