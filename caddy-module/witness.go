package caddyllm

import (
	"context"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/record"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// witness writes into the chains of a plugin that an exchange has no record of it, when the plugin's end hook failed:
// whoever reads a chain sees every exchange that came to the plugin.
type witness struct {
	pipeline.Hooks
	plugin string
	chains []record.Sink
}

// hooks are the calls into the plugin.
func (g *guest) hooks() pipeline.Hooks {
	w := witness{Hooks: g.pool, plugin: g.name}
	for _, s := range g.sinks {
		if f, ok := s.(*recordFile); ok && f.key.seal != "" {
			w.chains = append(w.chains, s)
		}
	}
	if len(w.chains) == 0 {
		return g.pool
	}
	return w
}

// witnessed are the members of an exchange's record that stand in for the plugin's.
var witnessed = []string{"id", "time", "route", "provider", "outcome"}

// End implements pipeline.Hooks.
func (w witness) End(ctx context.Context, f *wasm.Frame, root document.Node) error {
	err := w.Hooks.End(ctx, f, root)
	if err == nil {
		return nil
	}
	line := []byte{'{'}
	for _, name := range witnessed {
		if n := f.Doc.Get(root, name); n != 0 {
			line = append(document.AppendQuoted(line, name), ':')
			line = append(f.Doc.AppendJSON(line, n), ',')
		}
	}
	line = append(line, `"missing":`...)
	line = append(document.AppendQuoted(line, "plugin "+w.plugin+" failed in its end hook"), '}')
	for _, c := range w.chains {
		_ = c.Write(line) // counted and logged as every record
	}
	return err
}
