package pipeline

import (
	"context"
	"slices"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Codec is a codec plugin's step in one attempt: what it remembers dies with the attempt.
type Codec struct{ m *member }

// Codec begins a step of an attempt: p is asked to translate one pair of dialects, and its request hook is
// the next hook to be called.
func (x *Exchange) Codec(p *Plugin, client, provider string) *Codec {
	x.SetVariable(abi.AttrCodecClient, client)
	x.SetVariable(abi.AttrCodecProvider, provider)
	return &Codec{m: x.member(p)}
}

// Codecs are the steps of an attempt, the client's first.
type Codecs []*Codec

// Close ends the attempt.
func (all Codecs) Close() {
	for _, c := range all {
		c.Close()
	}
}

// Has tells whether the plugin of that name is one of them.
func (all Codecs) Has(plugin string) bool {
	return slices.ContainsFunc(all, func(c *Codec) bool { return c.m.Name == plugin })
}

// Response turns the provider's answer at root into the client's.
func (all Codecs) Response(ctx context.Context, a *document.Arena, root document.Node) error {
	for i := len(all) - 1; i >= 0; i-- {
		if err := all[i].Response(ctx, a, root); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the step.
func (c *Codec) Close() { c.m.frame.Release() }

// Request turns the document at root, in the step's client dialect, into its provider dialect.
func (c *Codec) Request(ctx context.Context, a *document.Arena, root document.Node) error {
	return c.m.request(ctx, a, root)
}

// Response turns an answer back.
func (c *Codec) Response(ctx context.Context, a *document.Arena, root document.Node) error {
	c.m.answering = true
	return c.m.response(ctx, a, root)
}
