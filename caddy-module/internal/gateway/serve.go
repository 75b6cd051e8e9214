package gateway

import (
	"context"
	"net/http"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
)

// ServeHTTP answers every request itself: what goes wrong is told to the client in its own dialect.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d, match, known := dialect.Detect(r)
	x := g.open(w, r, d, match)
	defer x.close()
	if !known {
		x.fail(unknownPath(r))
		return
	}
	if err := x.serve(r.Context()); err != nil {
		x.fail(err)
	}
	if x.sink.cut {
		panic(http.ErrAbortHandler) // as net/http wants it said; the account is written all the same
	}
}

// Late answers a request that comes after the configuration has ended: Caddy hands over what its old server
// had accepted. Sent again, as clients do at this status, it meets the new configuration.
func (g *Gateway) Late(w http.ResponseWriter, r *http.Request) {
	d, match, _ := dialect.Detect(r)
	x := g.open(w, r, d, match)
	defer x.close()
	x.fail(&dialect.Error{
		Status: http.StatusServiceUnavailable, Type: dialect.TypeOf(http.StatusServiceUnavailable), Code: "reloaded",
		Message: "the gateway has a new configuration, send the request again", RetryAfter: time.Second,
	})
}

// serve is the flow of one exchange, from top to bottom.
func (x *exchange) serve(ctx context.Context) error {
	who, err := x.gateway.Auth.Authenticate(x.request, x.dialect.ClientKey(x.request))
	if err != nil {
		return err
	}
	x.identify(who)

	if x.named.Service == dialect.Models {
		return x.listModels(ctx)
	}

	// Before routing: only what a plugin asks for is read, and in match what a rule does.
	x.chain.Use(x.gateway.Before)
	if x.gateway.before {
		if err := x.read(ctx); err != nil {
			return err
		}
	}
	if err := x.line(ctx, 0); err != nil {
		return err
	}
	answer, err := x.chain.Request(ctx, 0, x.arena, x.root)
	if err != nil || answer != nil {
		return x.play(ctx, answer, err)
	}

	chosen, err := x.match(ctx)
	if err != nil {
		return err
	}
	first := x.chain.Len()
	x.take(chosen)
	if err := x.fits(); err != nil {
		return err
	}
	place, err := x.enter(ctx, chosen)
	if err != nil {
		return err
	}
	defer place.Leave()
	x.chain.Use(chosen.Plugins)
	if err := x.classify(ctx); err != nil {
		return err
	}
	if x.mustRead(chosen) {
		if err := x.read(ctx); err != nil {
			return err
		}
		if err := x.line(ctx, first); err != nil {
			return err
		}
		answer, err = x.chain.Request(ctx, first, x.arena, x.root)
		if err != nil || answer != nil {
			return x.play(ctx, answer, err)
		}
	}

	candidates, err := x.resolve(ctx, chosen)
	if err != nil {
		return err
	}
	candidates = x.rank(chosen, candidates)
	if err := x.reserve(ctx, chosen, candidates); err != nil {
		return err
	}
	if x.small() || elsewhere(chosen, candidates) {
		if err := x.buffer(); err != nil {
			return err
		}
	}

	// Candidates, from the untouched request document each; one that fails before anything has reached
	// the client makes way for the next.
	x.await()
	x.cast(chosen.Shadow)
	in := x.prepare()
	trip := x.depart(chosen, candidates)
	for {
		var flight attempt.Flight
		if flight, err = trip.next(ctx); err != nil {
			break
		}
		if err = x.attempt(ctx, trip, flight, in); err == nil || x.sink.said || ctx.Err() != nil || !trip.failed(err) {
			break
		}
	}
	if x.estimable(err) {
		return x.estimate(ctx)
	}
	return err
}

// attempt tries one candidate and hands its answer to the client. What a failed one lost in translation
// or counted is not the next one's.
func (x *exchange) attempt(ctx context.Context, t *trip, f attempt.Flight, in *attempt.Request) (err error) {
	warned, tokens := len(x.chain.Warnings), x.record.Tokens
	defer func() {
		if err != nil && !x.sink.said {
			x.chain.Warnings, x.record.Tokens = x.chain.Warnings[:warned], tokens
		} else if x.allotment != nil {
			x.allotment.answered = true
		}
	}()
	answer, err := x.ask(ctx, t, f, in)
	if err != nil {
		return err
	}
	defer func() { x.landed(answer, err) }()
	if err := x.unasked(answer); err != nil {
		return err
	}
	x.reading = x.prices.Tariff(x.record.UpstreamModel).Read()
	switch {
	case answer.Events != nil:
		err = x.stream(ctx, answer)
	case len(answer.Codecs) == 0 && !in.Reads && !x.charged(answer):
		err = x.passThrough(answer)
	default:
		err = x.whole(ctx, answer)
	}
	return answer.Misspoken(err)
}

// play gives the client an answer that a plugin made.
func (x *exchange) play(ctx context.Context, answer *pipeline.Answer, err error) error {
	if err != nil {
		return err
	}
	if answer.Events {
		return x.replay(ctx, answer)
	}
	if err := x.chain.Response(ctx, answer.Stage, answer.Arena, answer.Root); err != nil {
		return err
	}
	return x.sink.document(answer.Status, answer.Arena, answer.Root)
}
