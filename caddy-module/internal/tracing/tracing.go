// Package tracing tells OpenTelemetry of attempts: a span for each, below the one that Caddy's tracing directive has made of the request, where
// there is one that is recorded. Package gateway begins and ends them, package attempt hands them on to providers that are to know of them. It alone
// imports OpenTelemetry, and has no exporter of its own.
package tracing

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// scope is the name under which collectors know who made the spans.
const scope = "github.com/longmen-gateway/longmen"

// Attempt is what is known of an attempt when it begins. Nothing of it is a text, a key or a header.
type Attempt struct {
	Exchange, Route    string
	Provider, Endpoint string // as the configuration names them
	Preset             string // of the provider, "" if it has none
	Dialect            string // that the provider is asked in, "" if there is no way to it
	Model              string // that is asked for there
	Server, Port       string // of the endpoint
	Stream             bool
	Hedge              bool // it is made beside another one
	Shadow             bool // nobody waits for its answer
}

// Outcome is how an attempt ended.
type Outcome struct {
	Status int           // HTTP status, 0 when there was none
	Error  string        // what went wrong, in a word of a few; "" when nothing did
	Model  string        // that the answer names, "" if that is not known
	Tokens dialect.Usage // as far as they were counted
}

// Span is an attempt's. Nil is none: all its methods may be called. It is not safe for concurrent use.
type Span struct {
	span   trace.Span
	began  time.Time
	stream bool
}

// Recorded tells whether anybody looks at spans of the request.
func Recorded(ctx context.Context) bool { return trace.SpanFromContext(ctx).IsRecording() }

// Begin begins the span of an attempt, a child of the one in ctx, with the tracer of that one's provider.
// Names are those of https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ (semantic conventions 1.41), and others begin with "longmen.".
func Begin(ctx context.Context, a *Attempt) *Span {
	operation, name := operationOf(a.Dialect), ""
	if name = operation; a.Model != "" {
		name += " " + a.Model
	}
	attributes := make([]attribute.KeyValue, 0, 16)
	text := func(key, value string) {
		if value != "" {
			attributes = append(attributes, attribute.String(key, value))
		}
	}
	flag := func(key string, value bool) {
		if value {
			attributes = append(attributes, attribute.Bool(key, true))
		}
	}
	text("gen_ai.operation.name", operation)
	text("gen_ai.provider.name", providerOf(a.Preset, a.Dialect))
	text("gen_ai.request.model", a.Model)
	flag("gen_ai.request.stream", a.Stream)
	text("server.address", a.Server)
	if n := portOf(a.Port); n > 0 {
		attributes = append(attributes, attribute.Int("server.port", n))
	}
	text("longmen.exchange", a.Exchange)
	text("longmen.route", a.Route)
	text("longmen.provider", a.Provider)
	text("longmen.endpoint", a.Endpoint)
	flag("longmen.hedge", a.Hedge)
	flag("longmen.shadow", a.Shadow)
	began := time.Now()
	_, span := trace.SpanFromContext(ctx).TracerProvider().Tracer(scope).Start(ctx, name,
		trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(began), trace.WithAttributes(attributes...))
	return &Span{span: span, began: began, stream: a.Stream}
}

// Answered notes that the answer has begun.
func (s *Span) Answered() {
	if s != nil && s.stream {
		s.span.SetAttributes(attribute.Float64("gen_ai.response.time_to_first_chunk", time.Since(s.began).Seconds()))
	}
}

// End ends the span. It is called once.
func (s *Span) End(o Outcome) {
	if s == nil {
		return
	}
	number := func(key string, n int64) {
		if n > 0 {
			s.span.SetAttributes(attribute.Int64(key, n))
		}
	}
	number("http.response.status_code", int64(o.Status))
	if o.Error != "" {
		s.span.SetAttributes(attribute.String("error.type", o.Error))
		s.span.SetStatus(codes.Error, "")
	}
	if o.Model != "" {
		s.span.SetAttributes(attribute.String("gen_ai.response.model", o.Model))
	}
	number("gen_ai.usage.input_tokens", o.Tokens.Prompt)
	number("gen_ai.usage.output_tokens", o.Tokens.Completion)
	number("gen_ai.usage.cache_read.input_tokens", o.Tokens.Cached)
	number("gen_ai.usage.cache_creation.input_tokens", o.Tokens.Written)
	number("gen_ai.usage.reasoning.output_tokens", o.Tokens.Reasoning)
	s.span.End()
}

// Headers are those in which requests carry their place in a trace: https://www.w3.org/TR/trace-context/.
var Headers = []string{"Traceparent", "Tracestate"}

// Carry puts the span into the headers of the request that it is of, in place of what stood there.
func (s *Span) Carry(h http.Header) {
	if s == nil {
		return
	}
	for _, name := range Headers {
		h.Del(name)
	}
	propagation.TraceContext{}.Inject(trace.ContextWithSpan(context.Background(), s.span), propagation.HeaderCarrier(h))
}
