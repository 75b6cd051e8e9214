// Package attempt makes one try at one candidate: the codec turns the request into the provider's
// dialect, credentials go in, the round trip runs, and the answer is opened far enough to know
// whether the next candidate should be tried instead. Package gateway calls it once per candidate.
package attempt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
	"github.com/longmen-gateway/longmen/caddy-module/internal/hint"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
	"github.com/longmen-gateway/longmen/sdk/abi"
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
	Gate *queue.Gate // of the provider
}

// Way is how clients of dialect d reach the candidate, nil if they cannot.
func (c *Candidate) Way(d *dialect.Dialect) *Way { return c.Ways[d.Name] }

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

// Renames tells whether the request's model may have another name upstream.
func (c *Candidate) Renames() bool { return c.Model != "" || c.Provider.Renames() }

// Request is the client's request as every attempt finds it. No attempt changes it.
type Request struct {
	Exchange *pipeline.Exchange
	Header   http.Header // the client's, to be forwarded through the provider's allow-list
	Stream   bool
	Variant  string // of the client's request, see dialect.Match
	Asked    string // the model as the document names it, "" when the body was not read
	Model    string // the same without alias and provider prefix

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
	First   framing.Event   // its first event, valid until Events.Next

	// Lane that it came on, leased until Close, which reports Outcome: served, unless the caller says otherwise.
	Lane    provider.Lane
	Outcome pool.Outcome
	now     func() time.Time
}

// Close ends the attempt. The answer's body is closed.
func (answer *Answer) Close() {
	if answer.HTTP != nil {
		answer.HTTP.Body.Close()
	}
	answer.Codecs.Close()
	answer.Outcome.Now = answer.now().UnixNano()
	answer.Lane.End(answer.Outcome)
}

// began says that the answer to what was asked then has begun well.
func (answer *Answer) began(asked time.Time) {
	now := answer.now()
	answer.Outcome.Class = failure.None
	answer.Lane.First(now.Sub(asked), now.UnixNano())
	if share, ok := hint.Left(answer.HTTP.Header); ok {
		answer.Lane.Left(share, now.UnixNano())
	}
}

// Failure is an attempt that gave no answer. Nothing of it has reached the client.
type Failure struct {
	Err    *dialect.Error
	Status int  // HTTP status of the upstream, 0 when there was none
	Retry  bool // another candidate may do better
	Cause  error

	// Speaks and Said are the dialect and the headers of an upstream's refusal, nil when there was none.
	Speaks *dialect.Dialect
	Said   http.Header
}

// Error is for logs. It leaves out an upstream's own words, which may repeat prompts.
func (f *Failure) Error() string {
	switch {
	case f.Cause != nil:
		return f.Cause.Error()
	case f.Status != 0:
		return fmt.Sprintf("upstream answered %d: %s %s", f.Status, f.Err.Type, f.Err.Code)
	}
	return f.Err.Message
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// Do tries candidate c. reads tells whether any plugin of the route, or the framing that the client wants,
// asks for the answer's documents; if nothing does and no codec stands between, the answer's body is left
// unread for the caller to copy through. The error is a *Failure, an error of package pipeline, or ctx's.
func Do(ctx context.Context, c *Candidate, in *Request, reads bool) (_ *Answer, err error) {
	p := c.Provider
	client := in.Exchange.Dialect
	way := c.Way(client)
	if way == nil {
		return nil, noWay(c, client)
	}
	if p.LacksKey() {
		return nil, &Failure{Err: unavailable("provider_not_configured", "provider "+p.Name+" has no API key"), Retry: true, Cause: provider.ErrNoKey}
	}
	choice := pool.Choice{Now: p.Now().UnixNano()}
	lane, ok := p.Take(&choice)
	if !ok {
		return nil, busy(p, p.Wait(&choice))
	}
	ask := provider.Ask{Dialect: way.Dialect, Model: lane.Endpoint.Model(c.UpstreamModel(in.Model)), Stream: in.Stream, Client: in.Header, Raw: in.Raw}
	if len(way.Steps) == 0 {
		ask.Variant = in.Variant
	}
	// Until the upstream has said something, an end says nothing of it.
	answer := &Answer{Way: way, Lane: lane, Outcome: pool.Outcome{Class: failure.Canceled}, now: p.Now}
	defer func() {
		if err != nil {
			answer.Close()
		}
	}()
	sent, err := encode(ctx, c, in, ask.Model, answer)
	if err != nil {
		return nil, err
	}
	if ask.Extra = in.Exchange.Upstream; sent != nil {
		ask.Body, ask.Length = sent.open(), sent.length
	} else {
		ask.Body, ask.Length = in.Body, in.Length
	}
	sending := ctx
	if sent != nil && sent.length > largeBody {
		sending = direct(ctx, sent)
	}
	req, err := p.NewRequest(sending, &answer.Lane, &ask)
	if errors.Is(err, provider.ErrNoModel) {
		return nil, &Failure{Err: &dialect.Error{Status: http.StatusBadRequest, Type: dialect.TypeOf(http.StatusBadRequest), Code: "model_required", Param: "model", Message: err.Error()}}
	}
	if err != nil {
		return nil, &Failure{Err: unavailable("provider_not_configured", err.Error()), Retry: true, Cause: err}
	}
	if sent != nil {
		req.GetBody = func() (io.ReadCloser, error) { return sent.open(), nil }
	}
	asked := p.Now()
	resp, err := p.Transport.RoundTrip(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var over *http.MaxBytesError
		if errors.As(err, &over) {
			return nil, over
		}
		answer.Outcome = provider.Unanswered(err, p.Now())
		// The transport's words name hosts and ports of the inside; they go to the log only.
		return nil, &Failure{Err: unavailable("upstream_unreachable", "provider "+p.Name+" could not be reached"), Retry: true, Cause: err}
	}
	answer.HTTP = resp
	if resp.StatusCode >= 400 {
		return nil, answer.refused(p)
	}
	kind, streams := framing.KindOf(resp.Header.Get("Content-Type"))
	if streams && (reads || len(answer.Codecs) > 0) {
		if err := answer.open(ctx, p, kind); err != nil {
			return nil, err
		}
	}
	answer.began(asked)
	return answer, nil
}

// encode puts the request's body into the provider's dialect and model name. Nil is a body that is sent
// unread.
func encode(ctx context.Context, c *Candidate, in *Request, model string, answer *Answer) (*body, error) {
	if in.Root == 0 {
		if in.Bytes != nil {
			return lentBody(in.Memory, in.Bytes), nil
		}
		return nil, nil
	}
	a, root := in.Arena, in.Root
	x, way := in.Exchange, answer.Way
	mends := way.Mend != nil && x.Dialect.Foreign(in.Bytes)
	if len(way.Steps) > 0 || mends {
		x.SetVariable(abi.AttrUpstreamModel, model)
		x.SetVariable(abi.AttrUpstreamDialect, way.Dialect.Name)
		x.SetVariable(abi.AttrUpstreamQuirks, c.Provider.Quirks)
		root = a.Copy(root)
	}
	switch {
	case len(way.Steps) > 0:
		for i := range way.Steps {
			codec, err := translate(ctx, x, &way.Steps[i], a, root)
			if codec != nil {
				answer.Codecs = append(answer.Codecs, codec)
			}
			if err != nil {
				if i > 0 {
					err = between(err, &way.Steps[i])
				}
				return nil, err
			}
		}
	case mends:
		codec, err := translate(ctx, x, way.Mend, a, root)
		if codec != nil {
			codec.Close() // it has no part in the answer
		}
		if err != nil {
			return nil, err
		}
		if err := x.Dialect.SetModel(a, root, model); err != nil {
			return nil, err
		}
	case model != in.Asked:
		root = a.Copy(root)
		if err := x.Dialect.SetModel(a, root, model); err != nil {
			return nil, err
		}
	case a.Intact(root, in.Bytes):
		return lentBody(in.Memory, in.Bytes), nil
	}
	if len(in.Bytes) > largeBody {
		return newBody(in.Memory, a.Spans(root, largePiece, make([]byte, 0, largePiece))...), nil
	}
	// What an attempt changes is small beside what it sends.
	return newBody(nil, a.AppendJSON(make([]byte, 0, len(in.Bytes)+len(in.Bytes)/4+512), root)), nil
}

// translate takes one step with a request.
func translate(ctx context.Context, x *pipeline.Exchange, s *Step, a *document.Arena, root document.Node) (*pipeline.Codec, error) {
	codec, err := x.Codec(s.Codec, s.Client, s.Provider)
	if err != nil {
		return nil, err
	}
	return codec, codec.Request(ctx, a, root)
}

// between tells a client what a later step refuses. The place is one in a document that the client has not
// written, so it is no param, and the message says which document is meant.
func between(err error, s *Step) error {
	var refused *pipeline.Rejection
	if !errors.As(err, &refused) || refused.Err.Param == "" {
		return err
	}
	e := *refused.Err
	e.Message, e.Param = e.Param+": "+e.Message+" (in the request as "+s.Client+")", ""
	return &pipeline.Rejection{Plugin: refused.Plugin, Err: &e}
}

// A body of more than largeBody bytes is sent in pieces: stretches of largePiece bytes from where they
// stand.
const (
	largeBody  = 256 << 10
	largePiece = 64 << 10
)

// open reads up to the first event, so that an upstream that breaks before it costs the client nothing.
func (answer *Answer) open(ctx context.Context, p *provider.Provider, kind framing.Kind) error {
	answer.Framing = kind
	answer.Events = framing.Open(kind, answer.HTTP.Body, MaxEvent)
	for {
		e, err := answer.Events.Next()
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			answer.Outcome.Class = failure.ServerError
			return &Failure{Err: unavailable("upstream_broken", "provider "+p.Name+" ended the stream before its first event"), Status: answer.HTTP.StatusCode, Retry: true, Cause: err}
		}
		if e.Comment || len(e.Data) == 0 {
			continue
		}
		answer.First = e
		return nil
	}
}

// refused reads an error answer.
func (answer *Answer) refused(p *provider.Provider) *Failure {
	d, resp := answer.Way.Dialect, answer.HTTP
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxError))
	e := d.ParseError(resp.StatusCode, resp.Header, body)
	answer.Outcome = answer.Lane.Refused(e, resp.Header, p.Now())
	if p.OwnsKeys() && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) {
		// The key is the gateway's: the client can do nothing about it and must not take it for its own,
		// and the provider's words may quote a part of it.
		e = unavailable("upstream_auth", "provider "+p.Name+" refused the gateway's credentials")
	}
	return &Failure{Err: conceal(p, e), Status: resp.StatusCode, Retry: Retryable(resp.StatusCode), Speaks: d, Said: resp.Header}
}

// Reported is the failure that an answer tells of which began well.
func Reported(p *provider.Provider, e *dialect.Error, status int) *Failure {
	return &Failure{Err: conceal(p, e), Status: status, Retry: true}
}

func conceal(p *provider.Provider, e *dialect.Error) *dialect.Error {
	e.Message, e.Code, e.Param = p.Conceal(e.Message), p.Conceal(e.Code), p.Conceal(e.Param)
	return e
}

// Retryable tells of an upstream status whether another candidate may do better: its own troubles and
// limits, not the client's mistakes.
func Retryable(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound,
		http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status >= 500
}

// NoAPI is the code of the failure of a candidate that has not what the client calls.
const NoAPI = "unsupported_api"

// noWay tells a client that the provider has not what it calls: the next candidate may.
func noWay(c *Candidate, client *dialect.Dialect) *Failure {
	return &Failure{Retry: true, Err: &dialect.Error{
		Status: http.StatusNotFound, Type: dialect.TypeOf(http.StatusNotFound), Code: NoAPI,
		Message: "provider " + c.Provider.Name + " has no API for " + client.Name + " requests, and no codec plugin translates them for it",
	}}
}

// busy tells a client how long the provider wants to be left alone, or is for being broken.
func busy(p *provider.Provider, wait time.Duration) *Failure {
	e := &dialect.Error{Status: http.StatusTooManyRequests, Type: dialect.TypeOf(http.StatusTooManyRequests), Code: "upstream_busy", Message: "all keys and endpoints of provider " + p.Name + " wait", RetryAfter: max(wait, time.Second)}
	if !p.Healthy() {
		e.Status, e.Type, e.Code, e.Message = http.StatusServiceUnavailable, dialect.TypeOf(http.StatusServiceUnavailable), "upstream_broken", "provider "+p.Name+" is out of order"
	}
	return &Failure{Err: e, Retry: true, Cause: provider.ErrBusy}
}

func unavailable(code, message string) *dialect.Error {
	return &dialect.Error{Status: http.StatusBadGateway, Type: dialect.TypeOf(http.StatusBadGateway), Code: code, Message: message}
}
