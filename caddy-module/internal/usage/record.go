// Package usage holds the accounting record of an exchange: who asked what of whom, what it cost in
// tokens and time, and how it ended. Package gateway fills one in for every exchange, also for
// aborted ones; plugins see it as a document in their end hook, the log gets it as a line.
package usage

import (
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// Outcome tells how an exchange ended.
type Outcome string

// Outcomes of an exchange.
const (
	OK            Outcome = "ok"             // the client got the whole answer
	Rejected      Outcome = "rejected"       // a plugin or the gateway refused the request by policy
	ClientError   Outcome = "client_error"   // the request was wrong
	UpstreamError Outcome = "upstream_error" // every candidate failed, or one failed in mid-stream
	PluginError   Outcome = "plugin_error"   // a plugin failed and its on_error is fail
	Aborted       Outcome = "aborted"        // the client went away
)

// Slower is the error of an attempt that was given up because another one was faster.
const Slower = "slower"

// Attempt is one try at one candidate.
type Attempt struct {
	Provider string
	Endpoint string
	Model    string
	Status   int           // HTTP status of the upstream, 0 when there was none
	Class    failure.Class // why it failed; None when it answered
	Error    string        // error code in neutral terms, empty when it answered
	Hedge    bool          // it was made beside another one that said nothing for long
}

// Attribute is a variable that a plugin set for rules and records.
type Attribute struct {
	Name  string
	Value any // int64, float64, bool or string
}

// Tag is a note that a plugin left on the exchange.
type Tag struct{ Plugin, Name, Value string }

// Record is the account of one exchange. It holds no text of the prompt or the answer, no key and no
// header value.
type Record struct {
	ID              string
	Time            time.Time // when the request came in
	Route           string
	Provider        string // of the candidate that answered, else of the last one tried
	Model           string // as the client named it
	UpstreamModel   string
	Dialect         string // the client's
	UpstreamDialect string
	Stream          bool
	Status          int // HTTP status sent to the client; 499 when it left before one was sent
	Outcome         Outcome
	ErrorType       string
	ErrorCode       string
	Budget          string        // that had no room for the request, empty when all had
	Tokens          dialect.Usage // as the upstream reported them; 0 where it reported none
	Cost            float64       // in US dollars, by the provider's prices; only if Priced
	Priced          bool          // the cost is known: the upstream counted tokens, and their price is configured
	Queued          time.Duration // of waiting for the places of route and providers
	FirstEvent      time.Duration // until the first byte of the answer's body; 0 when there was none
	Overhead        time.Duration // the gateway's own part of FirstEvent: without waiting for the request's body, places, pauses and upstreams
	Upstream        time.Duration // until the upstream's response headers, over all attempts
	Total           time.Duration
	Attempts        []Attempt
	Fallback        failure.Class // after which a fallback was tried, None if none was
	KeyID           string        // short digest of the caller's key, never the key
	KeyName         string
	Labels          map[string]string // labels of the caller's key
	Dimensions      []string          // by which metrics tell exchanges apart, in the order of the configuration; nil if no route was found
	User            string            // the end user as the request names it
	ClientIP        string
	Attributes      []Attribute
	Tags            []Tag
	Warnings        []string
}
