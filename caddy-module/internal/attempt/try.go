package attempt

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
	"github.com/longmen-gateway/longmen/caddy-module/internal/hint"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
	"github.com/longmen-gateway/longmen/caddy-module/internal/tracing"
)

// DoneMark ends streams of OpenAI's chat completions. Servers that are compatible with several dialects send it
// behind streams of the others, too.
const DoneMark = "[DONE]"

// Flight is what was leased for an attempt: a lane of a candidate, and a place at its provider.
type Flight struct {
	*Candidate
	Lane  provider.Lane
	Place queue.Place
	Hedge bool // beside another one
	// Span tells of the attempt; nil if nobody wants to know.
	Span *tracing.Span
}

// end gives it back.
func (f *Flight) end(o pool.Outcome) {
	f.Lane.End(o)
	f.Place.Leave()
}

// Try is an attempt that is ready to be sent. It is closed once, by who has prepared it.
type Try struct {
	Flight
	client  context.Context // ends when the client leaves
	request *http.Request
	answer  Answer
	heard   heardBody
	blocked bool // an answer that a content policy has ended is a failure
	raw     bool // the answer may be of any type
	remade  bool // the client's stream is made of an answer in one piece
	reads   bool // somebody on the way looks at the answer
	watch   watch
	once    sync.Once
}

// Prepare turns the client's request into one of a flight, which ends if that cannot be. The error is a *Failure
// or one of package pipeline.
func Prepare(ctx context.Context, f Flight, in *Request) (_ *Try, err error) {
	c, p := f.Candidate, f.Provider
	defer func() {
		if err != nil {
			f.end(pool.Outcome{Class: failure.Canceled, Now: p.Now().UnixNano()}) // nobody was asked
		}
	}()
	client := in.Exchange.Dialect
	way := c.Way(client)
	if way == nil {
		return nil, noWay(c, client)
	}
	if in.Stream {
		if s := way.mute(); s != nil {
			return nil, noStream(c, s)
		}
	}
	if p.LacksKey() {
		return nil, &Failure{Class: failure.Credential, Err: unavailable("provider_not_configured", "provider "+p.Name+" has no API key"), Cause: provider.ErrNoKey, Unsent: true}
	}
	model := c.UpstreamModel(in.Model)
	remade := in.Stream && way.Dialect.InOnePiece()
	ask := provider.Ask{Dialect: way.Dialect, Model: f.Lane.Endpoint.Model(model), Stream: in.Stream && !remade, Client: in.Header, Raw: in.Raw}
	if len(way.Steps) == 0 {
		ask.Variant = in.Variant
	}
	t := &Try{Flight: f, client: ctx, raw: in.Raw.Path != "", remade: remade, blocked: in.Blocked, answer: Answer{Way: way}}
	t.answer.try = t
	t.watch.limits, t.watch.stream, t.watch.raw = p.Timeouts, ask.Stream, t.raw
	sending, cancel := context.WithCancelCause(ctx)
	t.watch.cancel = cancel
	var sent *body
	defer func() {
		if err != nil {
			cancel(nil)
			t.answer.Codecs.Close()
			if c, ok := ask.Body.(io.Closer); ok && sent != nil {
				c.Close()
			}
		}
	}()
	sent, err = encode(ctx, c, in, model, ask.Model, &t.answer)
	if err != nil {
		return nil, err
	}
	if ask.Extra = in.Exchange.Upstream; sent != nil {
		ask.Body, ask.Length = sent.open(), sent.length
	} else {
		ask.Body, ask.Length = in.Body, in.Length
	}
	t.reads = in.Reads || len(t.answer.Codecs) > 0 || t.answer.Counted || p.Prices.Tariff(model) != nil
	if sent != nil && sent.length > largeBody {
		sending = direct(sending, sent)
	}
	t.request, err = p.NewRequest(sending, &t.Lane, &ask)
	if errors.Is(err, provider.ErrNoModel) {
		return nil, &Failure{Class: failure.BadRequest, Err: &dialect.Error{
			Status: http.StatusBadRequest, Type: dialect.TypeOf(http.StatusBadRequest), Code: "model_required", Param: "model", Message: err.Error(),
		}}
	}
	if err != nil {
		return nil, &Failure{Class: failure.Credential, Err: unavailable("provider_not_configured", err.Error()), Cause: err, Unsent: true}
	}
	if p.TraceContext {
		f.Span.Carry(t.request.Header)
	}
	if sent != nil {
		t.request.GetBody = func() (io.ReadCloser, error) { return sent.open(), nil }
	}
	return t, nil
}

// Send sends the request and reads the answer as far as it has to be known that it is one. It may run beside
// other attempts of the same exchange. The error is a *Failure, an error of reading the client's request, or
// context.Canceled when the client has left or Cancel was called.
func (t *Try) Send() (*Answer, error) {
	p := t.Provider
	start := p.Now()
	t.watch.begin()
	resp, err := p.Transport.RoundTrip(t.request)
	if err != nil {
		return nil, t.unreached(err)
	}
	t.answer.HTTP = resp
	if left, ok := hint.Left(resp.Header); ok {
		t.Lane.Left(left, p.Now().UnixNano())
	}
	if resp.StatusCode >= 400 {
		return nil, t.refused(resp)
	}
	t.heard = heardBody{resp.Body, &t.watch}
	resp.Body = &t.heard
	kind, streams := framing.KindOf(resp.Header.Get("Content-Type"))
	if !streams && !t.raw && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		// Something that stands before the provider speaks in its place.
		return nil, Garbled(p, resp.StatusCode, errPage)
	}
	if !streams && t.remade {
		kind, streams = framing.Document, true
	}
	if streams {
		if err := t.open(kind); err != nil {
			return nil, err
		}
		t.watch.begun()
	}
	end := p.Now()
	t.Lane.First(end.Sub(start), end.UnixNano())
	t.Latency.Observe(end.Sub(start), end.UnixNano())
	return &t.answer, nil
}

// Close ends the attempt: its connection, its codecs and its lease. class says how it went, and tokens what it
// has taken, 0 if that is not known; wait is how long the upstream asked to be left alone.
func (t *Try) Close(class failure.Class, wait time.Duration, tokens int64) {
	t.once.Do(func() {
		if t.answer.HTTP != nil {
			t.answer.HTTP.Body.Close()
		}
		t.watch.stop()
		t.answer.Codecs.Close()
		t.end(pool.Outcome{Class: class, Wait: wait, Tokens: tokens, Now: t.Provider.Now().UnixNano()})
	})
}

var errPage = errors.New("the answer is a page of HTML")

// Cancel gives the attempt up: another was faster. Close follows when Send has returned, perhaps elsewhere, so what
// belongs to the exchange is given back here.
func (t *Try) Cancel() {
	t.watch.cancel(context.Canceled)
	t.answer.Codecs.Close()
	t.answer.Codecs = nil
}

// cause is what made an operation of the attempt fail with err.
func (t *Try) cause(err error) error {
	if t.client.Err() != nil {
		return t.client.Err()
	}
	var silence *Silence
	if cause := context.Cause(t.request.Context()); errors.As(cause, &silence) || cause == context.Canceled {
		return cause
	}
	return err
}

// failed is the failure of an answer that could not be read up to where it says something.
func (t *Try) failed(err error) error {
	if err = t.cause(err); errors.Is(err, context.Canceled) {
		return err
	}
	f := Garbled(t.Provider, t.answer.HTTP.StatusCode, err)
	if f.Class != failure.Timeout && t.answer.Framing != framing.Document {
		f.Err = unavailable("upstream_broken", "provider "+t.Provider.Name+" ended the stream before its first event")
	}
	return f
}

// unreached is the failure of a request without an answer.
func (t *Try) unreached(err error) error {
	if err = t.cause(err); errors.Is(err, context.Canceled) {
		return err
	}
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return over
	}
	p := t.Provider
	var silence *Silence
	if errors.As(err, &silence) {
		return &Failure{Class: failure.Timeout, Err: silence.error(p), Cause: err}
	}
	var slow net.Error
	unsent := provider.Unsent(err)
	if errors.As(err, &slow) && slow.Timeout() && !unsent {
		// The transport's own limit of waiting for headers.
		return &Failure{Class: failure.Timeout, Err: late("provider " + p.Name + " did not answer in time"), Cause: err}
	}
	// The transport's words name hosts and ports of the inside; they go to the log only.
	return &Failure{Class: failure.Connect, Err: unavailable("upstream_unreachable", "provider "+p.Name+" could not be reached"), Cause: err, Unsent: unsent}
}
