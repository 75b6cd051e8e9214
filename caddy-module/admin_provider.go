package caddyllm

import (
	"maps"
	"slices"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

func dialectNames(p *provider.Provider) []string {
	var names []string
	for _, d := range p.Dialects {
		names = append(names, d.Name)
	}
	return names
}

// providerStatus is one provider in GET /llm_gateway/providers.
type providerStatus struct {
	Name     string   `json:"name"`
	Preset   string   `json:"preset,omitempty"`
	BaseURL  string   `json:"base_url"`
	Dialects []string `json:"dialects"` // the main one first
	Quirks   string   `json:"quirks,omitempty"`
	Keys     int      `json:"keys"`
	Ready    bool     `json:"ready"` // has a key, if it needs one
	Healthy  bool     `json:"healthy"`

	Balance   string           `json:"balance"`
	Endpoints []endpointStatus `json:"endpoints"`
	// ShareLost is since when the store of share_health cannot be reached.
	ShareLost *time.Time `json:"share_lost,omitempty"`
}

// endpointStatus is one endpoint of a provider.
type endpointStatus struct {
	Name     string      `json:"name"`
	BaseURL  string      `json:"base_url"`
	Breaker  string      `json:"breaker"` // closed, open or half_open
	InFlight int64       `json:"in_flight"`
	Cooling  float64     `json:"cooling_seconds"` // until a key is ready
	Latency  float64     `json:"latency_seconds"` // until an answer begins, 0 when that is not known
	Keys     []keyStatus `json:"keys"`            // one without number where no key is needed
}

// keyStatus is one key of an endpoint.
type keyStatus struct {
	Number   int     `json:"number,omitempty"`
	Ready    bool    `json:"ready"`
	Cooling  float64 `json:"cooling_seconds"`
	Reason   string  `json:"reason,omitempty"` // why it cools, as a class of failures
	InFlight int64   `json:"in_flight"`
	Requests int64   `json:"requests"` // in the last minute
	Tokens   int64   `json:"tokens"`   // in the last minute
	Left     float64 `json:"left"`     // share of its limits, as far as is known
	// CoolingModels are the seconds until it may be asked for models again that cool by themselves.
	CoolingModels map[string]float64 `json:"cooling_models,omitempty"`
}

func (a *App) providerStatus() []providerStatus {
	out := []providerStatus{}
	for _, name := range slices.Sorted(maps.Keys(a.providers)) {
		p := a.providers[name]
		status := providerStatus{
			Name: name, Preset: p.Preset(), BaseURL: p.BaseURL(), Dialects: dialectNames(p), Quirks: p.Quirks, Keys: p.Keys(), Ready: !p.LacksKey(), Healthy: p.Healthy(),
			Balance: string(p.Balance), Endpoints: endpointsStatus(p),
		}
		if lost, _ := upstreams.Shared(); !lost.IsZero() {
			status.ShareLost = &lost
		}
		out = append(out, status)
	}
	return out
}

func endpointsStatus(p *provider.Provider) []endpointStatus {
	now := p.Now()
	var out []endpointStatus
	for _, e := range p.Status() {
		s := endpointStatus{
			Name: e.Name, BaseURL: e.BaseURL(), Breaker: e.Breaker.String(), InFlight: e.InFlight, Cooling: e.Cooling.Seconds(), Latency: e.Latency.Seconds(),
			Keys: []keyStatus{},
		}
		for _, l := range e.Lanes {
			k := keyStatus{Number: l.Key, Ready: l.Ready, InFlight: l.InFlight, Requests: l.Requests, Tokens: l.Tokens, Left: l.Left}
			if !l.Ready {
				k.Cooling = max(l.Until.Sub(now), 0).Seconds()
			}
			if l.Reason != failure.None {
				k.Reason = l.Reason.String()
			}
			for _, m := range l.Models {
				if k.CoolingModels == nil {
					k.CoolingModels = make(map[string]float64)
				}
				k.CoolingModels[m.Model] = max(m.Until.Sub(now), 0).Seconds()
			}
			s.Keys = append(s.Keys, k)
		}
		out = append(out, s)
	}
	return out
}
