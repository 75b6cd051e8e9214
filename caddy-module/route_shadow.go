package caddyllm

import (
	"context"
	"fmt"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// Shadow is a candidate that requests are sent to besides. Its answers are compared with those that clients get (outcome, status, latency, tokens,
// cost, how the answer ended, calls of tools, length, whether it is JSON) and thrown away. The result of each is a line of
// the logger llm_gateway.shadow, without texts, and counted. A shadow gets the request as the route's plugins have left it, is not
// tried again, and ends after 5 minutes; requests of more than 4 MiB, those that nobody has to read and that are larger than 1 MiB, and those
// beside 16 shadows of the route have none.
type Shadow struct {
	// The candidate: provider, or provider/model.
	To string `json:"to,omitempty"`

	// How many of the requests have a shadow, above 0 to 100. Default: 100.
	Percent float64 `json:"percent,omitempty"`
}

// unmarshalShadow reads shadow <candidate> [<percentage>].
func (r *Route) unmarshalShadow(d *caddyfile.Dispenser) error {
	if r.Shadow != nil {
		return d.Err("shadow is given twice, expected once")
	}
	args := d.RemainingArgs()
	if len(args) < 1 || len(args) > 2 {
		return d.Errf("shadow has %d arguments, expected a candidate and optionally a percentage", len(args))
	}
	r.Shadow = &Shadow{To: args[0]}
	if len(args) == 2 {
		percent, err := percentage(d, "shadow", args[1])
		r.Shadow.Percent = percent
		return err
	}
	return nil
}

// plan resolves the shadow's candidate. Nil has none.
func (s *Shadow) plan(a *App, p *plannedRoute) error {
	if s == nil {
		return nil
	}
	if !(s.Percent >= 0 && s.Percent <= 100) {
		return fmt.Errorf("shadow: percent is %v, expected above 0 to 100", s.Percent)
	}
	c, err := a.candidate(s.To, p.rule)
	if err != nil {
		return fmt.Errorf("shadow: %w", err)
	}
	p.shadow = c
	return nil
}

// shadow is what gateways want of it.
func (s *Shadow) shadow(c *attempt.Candidate) *gateway.Shadow {
	share := s.Percent / 100
	if share == 0 {
		share = 1
	}
	return &gateway.Shadow{Candidate: c, Share: share}
}

// outlive leases the engine for a shadow, which ends when the configuration does.
func (e *engine) outlive() (until context.Context, done func()) {
	if !e.enter() {
		return nil, nil
	}
	return e.ctx, e.leave
}

// compared is told of every shadow: it counts and writes one line to the logger llm_gateway.shadow.
func compared(log *zap.Logger, counters *series) func(*gateway.Comparison) {
	return func(c *gateway.Comparison) {
		shadows.WithLabelValues(c.Route, string(c.Result)).Inc()
		countAttempts(c.Shadow.Attempts)
		if s := &c.Shadow; s.Priced {
			counters.spend(c.Route, s.Provider, s.Model, s.Cost, counters.values(c.Dimensions))
		}
		level := zapcore.InfoLevel
		if c.Result == gateway.ShadowSkipped {
			level = zapcore.DebugLevel
		}
		if line := log.Check(level, "shadow"); line != nil {
			fields := []zap.Field{zap.String("id", c.ID), zap.String("route", c.Route), zap.String("result", string(c.Result))}
			if c.Because != "" {
				fields = append(fields, zap.String("because", c.Because))
			} else {
				fields = append(fields, zap.Strings("differs", c.Differs), zap.Object("exchange", side{&c.Main}), zap.Object("shadow", side{&c.Shadow}))
			}
			line.Write(fields...)
		}
	}
}

// side is one of the two answers as the log has it.
type side struct{ *gateway.Side }

// MarshalLogObject implements zapcore.ObjectMarshaler.
func (s side) MarshalLogObject(e zapcore.ObjectEncoder) error {
	e.AddString("provider", s.Provider)
	e.AddString("upstream_model", s.Model)
	e.AddString("outcome", string(s.Outcome))
	if s.ErrorCode != "" {
		e.AddString("error_code", s.ErrorCode)
	}
	e.AddInt("status", s.Status)
	e.AddDuration("first_event", s.FirstEvent)
	e.AddDuration("duration", s.Total)
	e.AddInt64("prompt_tokens", s.Tokens.Prompt)
	e.AddInt64("completion_tokens", s.Tokens.Completion)
	if s.Priced {
		e.AddFloat64("cost_usd", s.Cost)
	}
	if s.Shaped {
		e.AddString("finish", s.Shape.Finish)
		e.AddInt("tool_calls", s.Shape.Calls)
		e.AddInt("chars", s.Shape.Chars)
		e.AddBool("json", s.Shape.JSON)
	}
	return nil
}
