package gateway

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// shade is an exchange without client.
type shade struct {
	*exchange
	kept *keeper
}

// follow asks the candidate once, and hands in what came of it.
func (x *shade) follow(ctx context.Context, s *Shadow, p *pair) {
	defer func() {
		if recover() != nil { // here it would end the whole process
			x.gateway.Log.Error("shadow panicked", zap.String("route", p.said.Route), zap.Stack("stack"))
		}
	}()
	defer x.release()
	because, err := x.once(ctx, s.Candidate)
	x.sink.close()
	if errors.Is(ctx.Err(), context.Canceled) {
		because = "reloaded"
	}
	if because != "" {
		p.skip(because)
		return
	}
	r := &x.record
	r.Status, r.Total = x.sink.status, x.since()
	if err != nil {
		e, outcome := explain(err)
		if r.Outcome, r.ErrorCode = outcome, e.Code; r.Status == 0 {
			r.Status = e.Status
		}
	}
	x.bill()
	p.shadow(sideOf(r, x.kept))
}

// once makes the attempt, or says because of what nobody was asked. It takes a place and a lane only where they are free.
func (x *shade) once(ctx context.Context, c *attempt.Candidate) (because string, _ error) {
	if err := x.read(ctx); err != nil {
		return "unread", nil // it is no document, as the provider will tell the client
	}
	if x.model == "" {
		x.model = x.record.Model // nobody has read it for the exchange
	}
	x.chosen = &Route{Name: x.record.Route, Retry: (&Retry{Attempts: 1}).Complete()}
	in := x.prepare()
	in.Reads = true
	place, ok := c.Gate.TryEnter()
	if !ok {
		return "not_ready", nil
	}
	choice := pool.Choice{Now: c.Provider.Now().UnixNano(), Tokens: x.size() / 4, Model: c.Limited(in.Model)}
	if c.Provider.Sticky != "" {
		choice.Affinity = x.affinity(string(c.Provider.Sticky))
	}
	lane, ok := c.Provider.Take(&choice)
	if !ok {
		place.Leave()
		return "not_ready", nil
	}
	t := x.depart(x.chosen, []*attempt.Candidate{c})
	return "", x.attempt(ctx, t, attempt.Flight{Candidate: c, Lane: lane, Place: place}, in)
}

// sideOf is what an exchange came to.
func sideOf(r *usage.Record, k *keeper) Side {
	return Side{
		Provider: r.Provider, Model: r.UpstreamModel, Outcome: r.Outcome, ErrorCode: r.ErrorCode, Status: r.Status, FirstEvent: r.FirstEvent, Total: r.Total,
		Tokens: r.Tokens, Cost: r.Cost, Priced: r.Priced, Attempts: r.Attempts, contentType: k.Header().Get("Content-Type"), kept: k,
	}
}
