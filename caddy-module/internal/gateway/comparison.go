package gateway

import (
	"sync"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/shape"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// Comparison tells what became of an exchange and of its shadow. It holds no text of the prompt or of an answer.
type Comparison struct {
	ID    string // of the exchange
	Route string
	// Dimensions of the exchange, as in its account.
	Dimensions []string
	Result     ShadowResult
	Because    string   // why it was skipped: unread, too_large, busy, not_ready, reloaded or client_left
	Differs    []string // what is not alike: outcome, status, finish, tools, json, text
	Main       Side
	Shadow     Side
}

// ShadowResult is what a comparison came to.
type ShadowResult string

// Results of comparisons.
const (
	ShadowSame      ShadowResult = "same"
	ShadowDifferent ShadowResult = "different"
	ShadowFailed    ShadowResult = "failed"  // the shadow gave no answer
	ShadowSkipped   ShadowResult = "skipped" // nobody was asked, or one of the two was given up
)

// Side is one of the two answers.
type Side struct {
	Provider   string
	Model      string // the provider's name of it
	Outcome    usage.Outcome
	ErrorCode  string
	Status     int
	FirstEvent time.Duration // until the first byte of the answer's body
	Total      time.Duration
	Tokens     dialect.Usage
	Cost       float64 // in US dollars, only if Priced
	Priced     bool
	Attempts   []usage.Attempt
	Shape      shape.Shape
	Shaped     bool // Shape is known: the answer is one, and not too long to be looked at

	contentType string
	kept        *keeper
}

// look finds out the shape.
func (s *Side) look(d *dialect.Dialect) {
	k := s.kept
	if s.kept = nil; s.Outcome != usage.OK || k.more {
		return
	}
	found, err := shape.Of(d, s.contentType, k.body)
	s.Shape, s.Shaped = found, err == nil
}

// pair waits for both sides.
type pair struct {
	gateway *Gateway
	dialect *dialect.Dialect

	mu         sync.Mutex
	said       Comparison
	main, over bool // the side is there; shadow too, or it was skipped
}

// skip tells that there is nothing to compare.
func (p *pair) skip(because string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	p.said.Because = because
	p.gateway.Compared(&p.said)
}

// shadow hands the shadow's side in.
func (p *pair) shadow(s Side) {
	s.look(p.dialect)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said.Shadow, p.over = s, true
	if p.main {
		p.compare()
	}
}

// exchange hands the exchange's own side in. The client has its answer, but not yet the end of it: looking at it is left to others.
func (p *pair) exchange(s Side) {
	go func() {
		s.look(p.dialect)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.said.Main, p.main = s, true
		if p.over && p.said.Because == "" {
			p.compare()
		}
	}()
}

// compare tells the result. The caller has locked.
func (p *pair) compare() {
	c := &p.said
	m, s := &c.Main, &c.Shadow
	if m.Outcome == usage.Aborted {
		c.Because = "client_left"
		p.gateway.Compared(c)
		return
	}
	if m.Outcome != s.Outcome {
		c.Differs = append(c.Differs, "outcome")
	}
	if m.Status != s.Status {
		c.Differs = append(c.Differs, "status")
	}
	if m.Shaped && s.Shaped {
		c.Differs = append(c.Differs, m.Shape.Differs(&s.Shape)...)
	}
	switch {
	case s.Outcome != usage.OK:
		c.Result = ShadowFailed
	case len(c.Differs) > 0:
		c.Result = ShadowDifferent
	default:
		c.Result = ShadowSame
	}
	p.gateway.Compared(c)
}
