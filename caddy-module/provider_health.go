package caddyllm

import (
	"cmp"
	"errors"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// Breaker says when an endpoint counts as broken: it then gets no request for a while, then one, whose outcome decides.
type Breaker struct {
	// Whether there is no breaker. Default: false.
	Off bool `json:"off,omitempty"`

	// How many failures in a row break it. Refusals of a request or a key are none. Default: 5.
	Failures int `json:"failures,omitempty"`

	// Which part of the requests within the window has to fail to break it, above 0 to 1. Default: 0.5.
	Ratio float64 `json:"ratio,omitempty"`

	// How many requests there have to be within the window for the ratio to count. Default: 20.
	Requests int `json:"requests,omitempty"`

	// The time in which the ratio is taken. Default: 30s.
	Window caddy.Duration `json:"window,omitempty"`

	// How long it gets nothing at first; doubles with each trial that fails. Default: 30s.
	Open caddy.Duration `json:"open,omitempty"`

	// How long it gets nothing at most. Default: 5m.
	MaxOpen caddy.Duration `json:"max_open,omitempty"`
}

// Probe asks endpoints whether they are well, without a client's request. It costs what it asks, so by default only broken ones are
// asked.
type Probe struct {
	// What is read with GET on the endpoint's host, such as "/health": a status below 300 is well. Either this or model.
	Path string `json:"path,omitempty"`

	// The model that is asked for one word, in the provider's main dialect, by the provider's name: any answer is well but one that
	// tells of the server's own trouble.
	Model string `json:"model,omitempty"`

	// How long between two probes of an endpoint, from 1s. Default: 10s.
	Interval caddy.Duration `json:"interval,omitempty"`

	// How long an endpoint may take. Default: 5s.
	Timeout caddy.Duration `json:"timeout,omitempty"`

	// Whether endpoints are asked that are not broken, too, so that they are found to be before a client does. Default: false.
	Always bool `json:"always,omitempty"`
}

// Timeouts bound how long a provider may take.
type Timeouts struct {
	// For the making of a connection, and once more for its TLS handshake. Not to be combined with transport, which has its own.
	// Default: 5s.
	Connect caddy.Duration `json:"connect,omitempty"`

	// From a request to the first event of a streamed answer. Default: 15m, since a model may think long before.
	FirstToken caddy.Duration `json:"first_token,omitempty"`

	// For the silence between two events of a stream. Default: 15m.
	BetweenTokens caddy.Duration `json:"between_tokens,omitempty"`

	// For a streamed answer as a whole. Default: 2h.
	Stream caddy.Duration `json:"stream,omitempty"`

	// For an answer that is not streamed, to its end. Default: 20m.
	Answer caddy.Duration `json:"answer,omitempty"`
}

// config is the breaker as pools know it. b may be nil.
func (b *Breaker) config() pool.BreakerConfig {
	if b == nil {
		return pool.BreakerConfig{}
	}
	return pool.BreakerConfig{
		Off: b.Off, Failures: b.Failures, Ratio: b.Ratio, Requests: b.Requests, Window: time.Duration(b.Window), Open: time.Duration(b.Open), MaxOpen: time.Duration(b.MaxOpen),
	}
}

// timeouts are those that the provider says.
func (p *Provider) timeouts() (provider.Timeouts, error) {
	var t Timeouts
	if p.Timeouts != nil {
		t = *p.Timeouts
	}
	if min(p.Timeout, t.Connect, t.FirstToken, t.BetweenTokens, t.Stream, t.Answer) < 0 {
		return provider.Timeouts{}, errors.New("timeout is negative, expected a duration such as 5m")
	}
	return provider.Timeouts{
		Connect: time.Duration(t.Connect), FirstToken: time.Duration(cmp.Or(t.FirstToken, p.Timeout)), BetweenTokens: time.Duration(t.BetweenTokens),
		Stream: time.Duration(t.Stream), Answer: time.Duration(cmp.Or(t.Answer, p.Timeout)),
	}, nil
}
