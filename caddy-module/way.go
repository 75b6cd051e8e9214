package caddyllm

import (
	"fmt"
	"maps"
	"slices"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/plugins"
)

// translators finds all codecs: declared plugins, and for pairs that none of those translates the built-in
// ones, which are opened when a request first needs them.
func (e *engine) translators() (attempt.Codecs, error) {
	all := make(attempt.Codecs)
	owner := make(map[plugin.Codec]string)
	for _, name := range slices.Sorted(maps.Keys(e.guests)) {
		g := e.guests[name]
		for _, pair := range g.describe.Codecs {
			if first := owner[pair]; first != "" {
				return nil, fmt.Errorf("plugins %q and %q both translate %s to %s, expected one", first, name, pair.Client, pair.Provider)
			}
			owner[pair], all[pair] = name, g.member("")
		}
	}
	var loaded []*wasm.Module // kept until all are known, so that plugins of one module load it once
	defer func() {
		for _, m := range loaded {
			m.Close()
		}
	}()
	for _, name := range plugins.Names() {
		if e.guests[name] != nil {
			continue
		}
		l, module, err := e.builtinCodec(name)
		if module != nil {
			loaded = append(loaded, module)
		}
		if err != nil {
			return nil, err
		}
		if l == nil {
			continue
		}
		for _, pair := range l.describe.Codecs {
			if all[pair] == nil {
				all[pair] = l.member
			}
		}
	}
	return all, nil
}
