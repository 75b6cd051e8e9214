package gateway

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"net/http"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// exchange is one client request and all that is known of it.
type exchange struct {
	gateway *Gateway
	request *http.Request
	dialect *dialect.Dialect // of the client
	named   dialect.Match    // what the path says
	sink    sink
	chain   *pipeline.Exchange
	record  usage.Record
	who     auth.Principal
	prices  *price.List    // of the provider that is asked
	reading *price.Reading // of its answer, nil unless the price stands in there

	tail   tail
	body   []byte  // the request body, once read
	lent   *memory // that body stands in; nil if it is small
	arena  *document.Arena
	root   document.Node   // the request document, 0 until it is read
	asked  dialect.Request // what the request document says
	model  string          // the real name of the model that is asked for, of which the request may have an alias
	blank  bool            // a raw call without body
	events int64           // of a streamed answer so far
	idled  time.Duration   // that the exchange has waited, but for places
	chosen *Route
	input  attempt.Request // the request as every attempt finds it
	trip   trip            // from attempt to attempt

	shadow    bool   // it is another exchange's
	answering string // the model that the answer names, if a span is to tell

	allotment *allotment // what is reserved in budgets; nil where there are none

	pair *pair   // with the exchange's shadow; nil if it has none
	kept *keeper // what is compared with it

	affine struct { // the last affinity that was asked for
		name string
		hash uint64
	}

	readsRequests, readsAnswers bool // plugins of the chain that look at documents
}

func (g *Gateway) open(w http.ResponseWriter, r *http.Request, d *dialect.Dialect, m dialect.Match) *exchange {
	now := g.Now()
	if d == nil {
		d = dialect.Default()
	}
	x := &exchange{gateway: g, request: r, dialect: d, named: m, arena: document.Borrow()}
	id := g.NewID()
	x.chain = pipeline.Open(id, now, d, r.Header)
	x.record = usage.Record{ID: id, Time: now, ClientIP: g.ClientIP(r), Dialect: d.Name, Model: m.Model, Stream: m.Stream, Outcome: usage.OK}
	x.asked = dialect.Request{Model: m.Model, Stream: m.Stream}
	x.sink.open(x, w)
	return x
}

// close writes the account and lets go of everything. It runs however the exchange ended.
func (x *exchange) close() {
	x.sink.close()
	x.account()
	if x.pair != nil {
		x.pair.exchange(sideOf(&x.record, x.kept))
	}
	x.release()
}

// release gives back what was borrowed.
func (x *exchange) release() {
	x.chain.Close()
	if x.arena != nil {
		document.Return(x.arena)
	}
	x.drop()
}

func (x *exchange) identify(who auth.Principal) {
	x.who = who
	x.record.KeyID, x.record.KeyName, x.record.Labels = who.ID, who.Name, who.Labels
	x.chain.SetVariable("key.id", who.ID)
}

// read takes in the request body and parses it; again has no effect.
func (x *exchange) read(ctx context.Context) error {
	if x.root != 0 {
		return nil
	}
	if err := x.buffer(); err != nil {
		return err
	}
	if x.named.Service == dialect.Raw {
		if err := x.readable(); err != nil {
			return err
		}
	}
	root, err := x.arena.Parse(x.body)
	if err != nil {
		// What is no document may be what a plugin's body hook can turn into one.
		replaced, hookErr := x.chain.RequestBody(ctx, 0, x.body)
		if hookErr != nil {
			return hookErr
		}
		if root, err = x.arena.Parse(replaced); err != nil {
			return &dialect.Error{Status: http.StatusBadRequest, Type: dialect.TypeOf(http.StatusBadRequest), Code: "invalid_json", Message: "request body: " + err.Error()}
		}
		x.body = replaced
	}
	if x.arena.Kind(root) != abi.KindObject {
		return fault(http.StatusBadRequest, "invalid_json", "request body: expected a JSON object")
	}
	x.root = root
	x.asked = x.dialect.ReadRequest(x.arena, root, x.named)
	x.record.Model, x.record.Stream, x.record.User = x.asked.Model, x.asked.Stream, x.asked.User
	x.chain.JSON = x.asked.JSON
	x.chain.SetVariable("model", x.asked.Model)
	x.chain.SetVariable("stream", x.asked.Stream)
	return nil
}

// take chooses the route.
func (x *exchange) take(r *Route) {
	x.chosen = r
	x.record.Route = r.Name
	x.chain.SetVariable("route", r.Name)
	x.chain.Strict = r.Strict
	x.readsRequests, x.readsAnswers = pipeline.Reads(r.Plugins)
	_, before := pipeline.Reads(x.gateway.Before)
	x.readsAnswers = x.readsAnswers || before
}

// mustRead tells whether the request has to be known to go this way, or may pass unparsed.
func (x *exchange) mustRead(r *Route) bool {
	if x.readsRequests || x.root != 0 || x.request.Header.Get("Content-Encoding") != "" {
		return true
	}
	if x.named.Service == dialect.Raw && !x.isJSON() {
		return false
	}
	if x.readsAnswers || x.gateway.budgets && x.named.Service != dialect.Raw {
		return true
	}
	if len(x.gateway.Aliases) > 0 && x.named.Model == "" && x.named.Service == dialect.Generate {
		return true
	}
	if x.named.Service != dialect.Raw && r.Order.reads(x) {
		return true
	}
	for c := range r.all() {
		if !c.Native(x.dialect) || c.Renames() {
			return true
		}
		if c.Provider.Sticky != "" && x.named.Service != dialect.Raw && x.standsInBody(string(c.Provider.Sticky)) {
			return true
		}
		if c.Provider.Prices != nil && x.dialect.AsksUsage() {
			return true // a stream has to be asked for what it costs
		}
		if c.Provider.Prices.Varies() && c.Model == "" && x.named.Model == "" {
			return true // what it costs depends on the model that the body names
		}
	}
	return false
}

// glimpse finds out which model is asked for and whether a stream is, where nobody reads the request. False: that cannot be known.
func (x *exchange) glimpse() bool {
	known := x.named.StreamKnown
	switch {
	case x.root != 0 || known && x.record.Model != "":
		return true
	case x.body == nil || x.named.Service != dialect.Generate:
		return known
	}
	model, stream := x.dialect.Glimpse(x.body)
	if !known {
		x.record.Stream, x.asked.Stream = stream, stream
	}
	if x.record.Model == "" {
		x.record.Model, x.asked.Model, x.model = model, model, model
	}
	return true
}

// prepare makes the request as all attempts find it.
func (x *exchange) prepare() *attempt.Request {
	x.input = attempt.Request{
		Exchange: x.chain, Header: x.request.Header, Stream: x.record.Stream, Variant: x.named.Variant, Asked: x.record.Model, Model: x.model,
		Reads: x.readsAnswers || x.reframes(), Blocked: len(x.chosen.Fallbacks[failure.ContentPolicy]) > 0,
		Charged: x.allotment.measures(), Arena: x.arena, Root: x.root, Bytes: x.body,
	}
	if x.named.Service == dialect.Raw {
		x.input.Raw.Method, x.input.Raw.Path, x.input.Raw.Query = x.request.Method, x.named.Path, x.request.URL.RawQuery
		if x.blank {
			x.input.Root, x.input.Bytes = 0, []byte{}
		}
	}
	if x.body == nil {
		x.input.Body, x.input.Length = x.unread()
	}
	if x.lent != nil {
		x.input.Memory = x.lent
	}
	return &x.input
}

// smallBody is how large a body may be, in bytes, that is read though nobody needs to: so the request can be sent
// again.
const smallBody = 1 << 20

// small tells whether the body is known to be small.
func (x *exchange) small() bool {
	n := x.request.ContentLength
	return n > 0 && n <= smallBody && x.request.Header.Get("Content-Encoding") == ""
}

// elsewhere tells whether a request that failed at one place can be sent to another one.
func elsewhere(r *Route, candidates []*attempt.Candidate) bool {
	return len(candidates) > 1 || len(r.Fallbacks) > 0 || r.Hedge.On || len(candidates) > 0 && candidates[0].Provider.Lanes() > 1
}

// replayable tells whether the request can be sent again.
func (x *exchange) replayable() bool {
	return x.body != nil || x.root != 0 || x.blank || x.request.ContentLength == 0
}

// letGo gives the request's memory back once a stream has begun and no other attempt will want it: a
// stream may stay open for an hour.
func (x *exchange) letGo() {
	if x.arena == nil {
		return
	}
	document.Return(x.arena)
	x.arena, x.root, x.input = nil, 0, attempt.Request{}
	x.drop()
}

// since is the time since the exchange began.
func (x *exchange) since() time.Duration { return x.gateway.Now().Sub(x.record.Time) }

// randomID makes an exchange id: 16 characters, 80 random bits.
func randomID() string {
	var b [10]byte
	rand.Read(b[:])
	return base32.HexEncoding.EncodeToString(b[:])
}
