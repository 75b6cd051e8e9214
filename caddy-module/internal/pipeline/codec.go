package pipeline

import (
	"context"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Codec is a codec plugin's part in one attempt: what it remembers dies with the attempt.
type Codec struct{ m *member }

// Codec begins an attempt through codec plugin p towards dialect provider.
func (x *Exchange) Codec(p *Plugin, provider *dialect.Dialect) *Codec {
	return &Codec{m: x.member(p, provider)}
}

// Close ends the attempt.
func (c *Codec) Close() { c.m.frame.Release() }

// Request turns the client's document at root into the provider's.
func (c *Codec) Request(ctx context.Context, a *document.Arena, root document.Node) error {
	return c.m.request(ctx, a, root)
}

// Response turns the provider's answer at root into the client's.
func (c *Codec) Response(ctx context.Context, a *document.Arena, root document.Node) error {
	c.m.answering = true
	return c.m.response(ctx, a, root)
}
