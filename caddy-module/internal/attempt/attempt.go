// Package attempt makes one try at one candidate: the codec turns the request into the provider's
// dialect, credentials go in, the round trip runs, and the answer is opened far enough to know
// whether the next candidate should be tried instead. Package gateway calls it once per candidate.
package attempt

import (
	"io"
	"net/http"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
	"github.com/longmen-gateway/longmen/caddy-module/internal/latency"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Bounds of what an attempt reads from an upstream.
const (
	MaxEvent  = 16 << 20 // bytes of one event: images arrive in one piece
	MaxAnswer = 64 << 20 // bytes of a whole answer that plugins see
	maxError  = 1 << 20  // bytes of an error body
)

// Candidate is one entry of a route's "to".
type Candidate struct {
	Provider *provider.Provider
	Model    string // "" takes the client's model through the provider's model map
	// Ways lead to the provider, by the name of the client's dialect.
	Ways map[string]*Way
	// Latency of its answers, until they say something.
	Latency latency.Tracker
	Gate    *queue.Gate // of the provider
}

// Way is how clients of dialect d reach the candidate, nil if they cannot.
func (c *Candidate) Way(d *dialect.Dialect) *Way { return c.Ways[d.Name] }

// Name is the candidate as routes write it.
func (c *Candidate) Name() string {
	if c.Model == "" {
		return c.Provider.Name
	}
	return c.Provider.Name + "/" + c.Model
}

// Native tells whether clients of dialect d reach the candidate without translation.
func (c *Candidate) Native(d *dialect.Dialect) bool {
	w := c.Way(d)
	return w != nil && len(w.Steps) == 0
}

// UpstreamModel is the name by which the candidate's provider knows the model that the client asked for.
func (c *Candidate) UpstreamModel(asked string) string {
	if c.Model != "" {
		return c.Model
	}
	return c.Provider.Model(asked)
}

// Limited is the model whose rate limit at the provider a request counts against; "" where a key's models have one limit together, and when the
// model is not known.
func (c *Candidate) Limited(asked string) string {
	if c.Provider.Cooldown != provider.CooldownModel {
		return ""
	}
	return c.UpstreamModel(asked)
}

// Renames tells whether the request's model may have another name upstream.
func (c *Candidate) Renames() bool { return c.Model != "" || c.Provider.Renames() }

// Request is the client's request as every attempt finds it. No attempt changes it.
type Request struct {
	Exchange *pipeline.Exchange
	Header   http.Header // the client's, to be forwarded through the provider's allow-list
	Stream   bool
	// Reads tells whether any plugin of the route, or the framing that the client wants, asks for the answer's
	// documents; if nothing does and no codec stands between, the answer's body is left to be copied through.
	Reads bool
	// Blocked: an answer that a content policy has ended before it said anything is a failure. There is a fallback.
	Blocked bool
	// Charged: somebody pays for the tokens that are counted, so a stream has to tell them.
	Charged bool
	Variant string // of the client's request, see dialect.Match
	Asked   string // the model as the document names it, "" when the body was not read
	Model   string // the same without alias and provider prefix

	// Exactly one of the three forms of the body is used: a document if Root is not 0, else Bytes, else
	// Body unread.
	Arena *document.Arena
	Root  document.Node
	Bytes []byte
	Body  io.Reader
	// Length of Body in bytes, -1 if unknown.
	Length int64
	// Memory that Bytes are lent from; nil if they are nobody else's.
	Memory Memory

	// Raw is the request line of a call that passes through as it is.
	Raw struct{ Method, Path, Query string }
}

// Answer is an upstream's answer that has begun well.
type Answer struct {
	HTTP    *http.Response
	Way     *Way            // how it was asked for
	Codecs  pipeline.Codecs // none when the answer is in the client's dialect already
	Events  *framing.Reader // of a streamed answer that has to be read as events
	Framing framing.Kind    // of Events
	Counted bool            // a stream tells its tokens though the client has not asked for them: an event with nothing else is not the client's
	Opening []framing.Event // events that said nothing yet
	First   framing.Event   // the first that did, valid until Events.Next

	try *Try
}

// Cause is why reading the answer failed with err: the attempt's own reason, if it was given up.
func (answer *Answer) Cause(err error) error { return answer.try.cause(err) }

// Refusal is the *Failure that the whole answer at root tells of though it came with a good status; nil if it is one.
func (answer *Answer) Refusal(a *document.Arena, root document.Node) error {
	return answer.try.refusal(a, root, dialect.PhaseAnswer)
}

// Provider is who answers.
func (answer *Answer) Provider() *provider.Provider { return answer.try.Provider }

// Try is the attempt that the answer answers.
func (answer *Answer) Try() *Try { return answer.try }
