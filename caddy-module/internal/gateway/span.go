package gateway

import (
	"cmp"
	"context"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/tracing"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// span begins the span of an attempt, nil if nobody looks at those of the request.
func (x *exchange) span(ctx context.Context, f *attempt.Flight) *tracing.Span {
	if !tracing.Recorded(ctx) {
		return nil
	}
	server, port := f.Lane.Endpoint.Server()
	return tracing.Begin(ctx, &tracing.Attempt{
		Exchange: x.record.ID, Route: x.record.Route, Provider: f.Provider.Name, Endpoint: f.Lane.Endpoint.Name, Preset: f.Provider.Preset(),
		Dialect: x.record.UpstreamDialect, Model: f.Lane.Endpoint.Model(x.record.UpstreamModel), Server: server, Port: port,
		Stream: x.input.Stream, Hedge: f.Hedge, Shadow: x.shadow,
	})
}

// reason is what a span says of an attempt that did not end well: its class, or code where that is none of an upstream's.
func reason(class failure.Class, code string) string {
	if class == failure.None || class == failure.Canceled {
		return code
	}
	return cmp.Or(class.String(), code)
}

// answersAs notes the model that an answer or an event of it names.
func (x *exchange) answersAs(answer *attempt.Answer, a *document.Arena, root document.Node) {
	if answer.Try().Span != nil && x.answering == "" {
		x.answering = answer.Way.Dialect.Answering(a, root)
	}
}

// answersAsIn is the same of an answer's bytes that nobody parses.
func (x *exchange) answersAsIn(answer *attempt.Answer, text []byte) {
	if answer.Try().Span != nil && x.answering == "" {
		x.answering = answer.Way.Dialect.AnsweringIn(text)
	}
}
