// Package gateway leads one client request from its dialect to an answer: it is the flow that
// ARCHITECTURE.md draws. Package caddyllm builds a Gateway from its configuration and calls ServeHTTP.
package gateway

import (
	"context"
	"iter"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/inventory"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// Route is one way through the gateway.
type Route struct {
	Name       string
	Rule       *route.Rule // nil matches always
	Plugins    []*pipeline.Plugin
	Candidates []*attempt.Candidate
	Order      Order // in which candidates are tried
	// Fallbacks are tried instead of the candidates that are left after a failure of the class.
	Fallbacks map[failure.Class][]*attempt.Candidate
	Retry     *Retry // nil is the default
	Hedge     Hedge
	KeepAlive KeepAlive
	Shadow    *Shadow // nil is none
	Strict    bool    // a parameter that would be lost in translation is refused
	Gate      *queue.Gate
	Priority  queue.Class // of callers whose key has no priority of its own
	MaxBody   int64       // bounds the request body in bytes; 0 leaves that to the gateway

	forecast budget.Forecast // of what its requests use
}

// all are the candidates that requests of the route may go to.
func (r *Route) all() iter.Seq[*attempt.Candidate] {
	return func(yield func(*attempt.Candidate) bool) {
		for _, c := range r.Candidates {
			if !yield(c) {
				return
			}
		}
		for _, fallback := range r.Fallbacks {
			for _, c := range fallback {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// reads tells whether the rule asks for more than the path has told.
func (r *Route) reads(named dialect.Match) bool { return r.Rule.Needs().Read(named) }

// DefaultMaxBody has room for a prompt with large images, in bytes.
const DefaultMaxBody = 64 << 20

// Config is what a Gateway is made of. It is read only after New.
type Config struct {
	Auth   *auth.Authenticator
	Before []*pipeline.Plugin // run before routing
	Routes []*Route           // the first whose rule matches wins
	// Budgets all have to leave room for a request that they apply to.
	Budgets []*Budget
	// MaxBody bounds the request body in bytes; 0 means DefaultMaxBody.
	MaxBody int64
	// KeepAlive is the longest silence on a streamed answer before a comment line is sent; 0 means 15 s,
	// less than the idle timeouts that proxies on the way commonly have.
	KeepAlive time.Duration
	// Aliases are names that clients may use for models: the real name, with or without provider and slash.
	Aliases map[string]string
	// Models are listed to clients that ask which there are; nil lists none.
	Models *inventory.Inventory
	// Figures tells rules what is known of a provider; nil means that all are well.
	Figures func(provider string) route.Figures
	// ClientIP tells a request's client; nil means the address of the connection.
	ClientIP func(*http.Request) string
	// Dimensions are what accounts tell of each exchange besides.
	Dimensions []Dimension
	// Observe is called once for every exchange, last, with its account.
	Observe func(*http.Request, *usage.Record)
	// Compared is called once for every exchange that has, or was to have, a shadow.
	Compared func(*Comparison)
	// Outlive keeps what the gateway stands on until done, for what goes on when its exchange has ended. until ends
	// when it should end soon; nil is too late. Nil means that nothing ends.
	Outlive func() (until context.Context, done func())
	Log     *zap.Logger
	Now     func() time.Time // nil means time.Now
	NewID   func() string    // nil means random
}

// Gateway serves requests. It is safe for concurrent use.
type Gateway struct {
	Config
	before  bool // plugins before routing read the request
	budgets bool // a budget does
}

// New makes a Gateway.
func New(c Config) *Gateway {
	if c.MaxBody == 0 {
		c.MaxBody = DefaultMaxBody
	}
	if c.KeepAlive == 0 {
		c.KeepAlive = 15 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		c.NewID = randomID
	}
	if c.ClientIP == nil {
		c.ClientIP = func(r *http.Request) string { return host(r.RemoteAddr) }
	}
	if c.Observe == nil {
		c.Observe = func(*http.Request, *usage.Record) {}
	}
	if c.Compared == nil {
		c.Compared = func(*Comparison) {}
	}
	if c.Outlive == nil {
		c.Outlive = func() (context.Context, func()) { return context.Background(), func() {} }
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	for _, r := range c.Routes {
		r.Retry = r.Retry.Complete()
	}
	g := &Gateway{Config: c}
	g.before, _ = pipeline.Reads(c.Before)
	for _, b := range c.Budgets {
		g.budgets = g.budgets || b.reads()
	}
	return g
}
