package gateway

import (
	"fmt"
	"strings"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
)

// Explanation tells what a request would meet, and why. It holds no text of the prompt, no key and no value of a
// header: of what rules read only what they name.
type Explanation struct {
	Dialect  string `json:"dialect"` // of the client
	Model    string `json:"model,omitempty"`
	Stream   bool   `json:"stream"`
	ClientIP string `json:"client_ip"`
	KeyID    string `json:"key_id,omitempty"`
	KeyName  string `json:"key_name,omitempty"`

	// Before are the plugins that run before routing, Plugins those of the route, in order.
	Before  []string `json:"before,omitempty"`
	Plugins []string `json:"plugins,omitempty"`
	// Answered names the plugin that would answer instead of a provider.
	Answered string `json:"answered,omitempty"`
	// Lists: the request asks for the list of models, which no provider is asked for now.
	Lists bool `json:"lists_models,omitempty"`

	// Route is the one that takes the request, "" if none does.
	Route  string          `json:"route,omitempty"`
	Routes []*RouteVerdict `json:"routes,omitempty"` // all, in the order in which they are tried

	// Unread: the request's body would pass to the provider without being read.
	Unread     bool                `json:"unread,omitempty"`
	Tokens     *TokenEstimate      `json:"tokens,omitempty"`     // nil if the body cannot be read
	Candidates []*CandidateVerdict `json:"candidates,omitempty"` // in the order in which they would be tried
	// Order is the route's strategy for the order of candidates, "" for the written one.
	Order string `json:"order,omitempty"`
	// Fallbacks are what is tried instead after a failure, by its class.
	Fallbacks map[string][]string `json:"fallbacks,omitempty"`
	// Shadow is the candidate that a share of the requests is sent to besides.
	Shadow string `json:"shadow,omitempty"`

	// Budgets are all of the gateway.
	Budgets []*BudgetVerdict `json:"budgets,omitempty"`
	// Refused is what the client would be told instead of an answer.
	Refused *Refusal `json:"refused,omitempty"`
}

// RouteVerdict tells of one route whether it takes the request.
type RouteVerdict struct {
	Name    string        `json:"name"`
	Rule    string        `json:"rule,omitempty"`
	Outcome RouteOutcome  `json:"outcome"`
	Because string        `json:"because"`          // in one line
	Reason  *route.Reason `json:"reason,omitempty"` // part by part
}

// RouteOutcome is what became of a route.
type RouteOutcome string

// Outcomes of routes.
const (
	Matched    RouteOutcome = "matched"
	NotMatched RouteOutcome = "not matched"
	NotReached RouteOutcome = "not reached"
	RuleFailed RouteOutcome = "failed"
)

// TokenEstimate is what a request is estimated to take.
type TokenEstimate struct {
	Prompt     int64 `json:"prompt"`
	Completion int64 `json:"completion"`        // the client's limit
	Assumed    bool  `json:"assumed,omitempty"` // the client has set none
}

// CandidateVerdict tells of one candidate what asking it would mean.
type CandidateVerdict struct {
	Provider string `json:"provider"`
	// Model is the provider's name of the model, "" where the body that names it is not read.
	Model   string         `json:"model,omitempty"`
	State   CandidateState `json:"state"`
	ReadyIn float64        `json:"ready_in_seconds,omitempty"` // of one that cools or is down, 0 if that is not known
	// Dialect in which it is asked, and the codec plugins on the way there: none is the client's own dialect.
	Dialect string   `json:"dialect,omitempty"`
	Codecs  []string `json:"codecs,omitempty"`
	// Lost are the parameters that translation loses, each with the reason.
	Lost []string `json:"lost,omitempty"`
	// Refused is what translation would tell the client instead.
	Refused *Refusal `json:"refused,omitempty"`
	// Cost is the estimate in US dollars, nil if the price is not known.
	Cost *float64 `json:"cost_usd,omitempty"`
}

// CandidateState is whether a candidate would be asked now.
type CandidateState string

// States of candidates.
const (
	Ready   CandidateState = "ready"
	Cooling CandidateState = "cooling" // it was told to wait, or its keys were
	Down    CandidateState = "down"    // it does not answer
	NoKey   CandidateState = "no key"
	NoWay   CandidateState = "no way" // it has no such API, and no codec leads to one
)

// Refusal is an error that a client would get.
type Refusal struct {
	Status  int    `json:"status"`
	Code    string `json:"code,omitempty"`
	Param   string `json:"param,omitempty"`
	Plugin  string `json:"plugin,omitempty"`  // that decided so
	Message string `json:"message,omitempty"` // the gateway's own words; those of plugins are not repeated
}

// String says it in one line.
func (r *Refusal) String() string {
	s := fmt.Sprintf("%d %s", r.Status, r.Code)
	if r.Param != "" {
		s += " (" + r.Param + ")"
	}
	if r.Plugin != "" {
		s += " by plugin " + r.Plugin
	}
	if r.Message != "" {
		s += ": " + r.Message
	}
	return s
}

// Name is the candidate as routes write it, with the provider's name of the model.
func (c *CandidateVerdict) Name() string {
	if c.Model == "" {
		return c.Provider
	}
	return c.Provider + "/" + c.Model
}

// Way says how the candidate is reached.
func (c *CandidateVerdict) Way() string {
	switch {
	case c.Dialect == "":
		return "no way"
	case len(c.Codecs) == 0:
		return "native " + c.Dialect
	}
	return "to " + c.Dialect + " by " + strings.Join(c.Codecs, ", ")
}

// Standing is the state with how long it lasts.
func (c *CandidateVerdict) Standing() string {
	if c.ReadyIn > 0 {
		return fmt.Sprintf("%s for %v", c.State, time.Duration(c.ReadyIn*float64(time.Second)).Round(time.Millisecond))
	}
	return string(c.State)
}
