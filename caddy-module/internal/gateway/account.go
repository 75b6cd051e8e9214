package gateway

import (
	"cmp"
	"context"
	"errors"

	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/tracing"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// begin notes which candidate is tried.
func (x *exchange) begin(c *attempt.Candidate) {
	x.record.Provider, x.record.UpstreamDialect = c.Provider.Name, ""
	if w := c.Way(x.dialect); w != nil {
		x.record.UpstreamDialect = w.Dialect.Name
	}
	x.record.UpstreamModel = c.UpstreamModel(x.input.Model)
	x.prices, x.reading = c.Provider.Prices, nil
}

// attempted notes how it went.
func (x *exchange) attempted(f *attempt.Flight, answer *attempt.Answer, err error) {
	t := usage.Attempt{Provider: f.Provider.Name, Endpoint: f.Lane.Endpoint.Name, Model: f.UpstreamModel(x.input.Model), Hedge: f.Hedge}
	if err == nil {
		t.Status = answer.HTTP.StatusCode
		f.Span.Answered()
	} else {
		t.Status, t.Class, t.Error = outcome(err)
		f.Span.End(tracing.Outcome{Status: t.Status, Error: reason(t.Class, t.Error)})
	}
	x.record.Upstream = x.since()
	x.record.Attempts = append(x.record.Attempts, t)
}

// outcome is what an attempt's account says of err.
func outcome(err error) (status int, class failure.Class, code string) {
	var failed *attempt.Failure
	switch {
	case errors.As(err, &failed):
		return failed.Status, failed.Class, cmp.Or(failed.Err.Code, failed.Err.Type)
	case errors.Is(err, errSlower):
		return 0, failure.Canceled, usage.Slower
	case errors.Is(err, context.Canceled):
		return 0, failure.Canceled, "canceled"
	}
	return 0, failure.None, "not_sent"
}

// brokeOff notes that the attempt which had answered failed after all.
func (x *exchange) brokeOff(class failure.Class, err error) {
	for i := range x.record.Attempts {
		if t := &x.record.Attempts[i]; t.Class == failure.None {
			e, _ := explain(err)
			if t.Class, t.Error = class, cmp.Or(e.Code, e.Type); class == failure.Canceled {
				t.Error = "canceled"
			}
		}
	}
}

// firstByte notes when the client's answer began.
func (x *exchange) firstByte() {
	if x.record.FirstEvent == 0 {
		x.record.FirstEvent = x.since()
		x.record.Overhead = x.overhead(x.record.FirstEvent)
	}
}

// account closes the record and hands it to the plugins' end hooks and to the observer.
func (x *exchange) account() {
	r := &x.record
	r.Status, r.Total = x.sink.status, x.since()
	x.bill()
	x.settle()
	r.Attributes, r.Warnings, r.Tags = x.chain.Attributes, x.chain.Warnings, x.chain.Tags()
	if x.chain.HasEnd() {
		// The client may be gone; the record is written all the same. What a hook computes is bounded by
		// its fuel, what it waits for by the services.
		ctx := context.WithoutCancel(x.request.Context())
		a := document.Borrow()
		defer document.Return(a)
		root, err := r.Document(a)
		if err == nil {
			err = x.chain.End(ctx, a, root)
		}
		if err != nil {
			x.gateway.Log.Error("end hook failed", zap.String("id", r.ID), zap.String("route", r.Route), zap.Error(err))
		}
	}
	x.gateway.Observe(x.request, r)
}
