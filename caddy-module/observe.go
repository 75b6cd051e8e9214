package caddyllm

import (
	"net/http"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// observe is told of every exchange when it has ended: it counts, sets the placeholders and writes one
// line to the logger llm_gateway.usage, without texts, keys and header values.
func observe(log *zap.Logger, counters *series) func(*http.Request, *usage.Record) {
	return func(r *http.Request, record *usage.Record) {
		count(counters, record)
		setPlaceholders(r, record)
		if line := log.Check(zapcore.InfoLevel, "exchange"); line != nil {
			line.Write(fields(record)...)
		}
	}
}

func fields(r *usage.Record) []zap.Field {
	f := make([]zap.Field, 0, 24)
	f = append(f,
		zap.String("id", r.ID), zap.String("outcome", string(r.Outcome)), zap.Int("status", r.Status), zap.String("route", r.Route),
		zap.String("provider", r.Provider), zap.String("model", r.Model), zap.String("upstream_model", r.UpstreamModel),
		zap.String("dialect", r.Dialect), zap.String("upstream_dialect", r.UpstreamDialect), zap.Bool("stream", r.Stream),
		zap.Duration("duration", r.Total), zap.Duration("first_event", r.FirstEvent), zap.Duration("upstream", r.Upstream), zap.Duration("overhead", r.Overhead),
		zap.Int64("prompt_tokens", r.Tokens.Prompt), zap.Int64("completion_tokens", r.Tokens.Completion), zap.Int("attempts", len(r.Attempts)),
		zap.String("client_ip", r.ClientIP),
	)
	for _, optional := range []struct{ name, value string }{
		{"error_type", r.ErrorType}, {"error_code", r.ErrorCode}, {"key_id", r.KeyID}, {"key_name", r.KeyName}, {"budget", r.Budget},
	} {
		if optional.value != "" {
			f = append(f, zap.String(optional.name, optional.value))
		}
	}
	if r.Priced {
		f = append(f, zap.Float64("cost_usd", r.Cost))
	}
	if r.Queued > 0 {
		f = append(f, zap.Duration("queued", r.Queued))
	}
	if len(r.Warnings) > 0 {
		f = append(f, zap.Int("warnings", len(r.Warnings)))
	}
	for _, a := range r.Attributes {
		f = append(f, zap.Any(a.Name, a.Value))
	}
	return f
}
