package caddyllm

import (
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// maxConfigDepth bounds nested blocks in a plugin's config.
const maxConfigDepth = 32

// unmarshalConfig reads the config of a plugin. Adapting reads no files, so the plugin's schema is not known
// yet: a block becomes JSON by its shape, with texts for all values, and Provision turns these into
// what the schema wants (package setting).
func (p *Plugin) unmarshalConfig(d *caddyfile.Dispenser) error {
	if len(p.Config) > 0 || p.ConfigFile != "" {
		return d.Err("config is given twice, expected one block or one file")
	}
	if args := d.RemainingArgs(); len(args) > 0 {
		if len(args) > 1 || !strings.HasSuffix(args[0], ".json") {
			return d.Err("config is not readable, expected a block or the name of a .json file")
		}
		p.ConfigFile = args[0]
		return noBlock(d, "config with a file")
	}
	config, present, err := block(d, 0)
	if err != nil {
		return err
	}
	if !present {
		return d.Err("config is empty, expected a block or the name of a .json file")
	}
	p.Config = caddyconfig.JSON(config, nil)
	return nil
}

// block reads the block at the end of the current line, if there is one.
func block(d *caddyfile.Dispenser, depth int) (out map[string]any, present bool, err error) {
	if depth > maxConfigDepth {
		return nil, false, d.Errf("config is nested too deep, expected at most %d levels", maxConfigDepth)
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if !present {
			out, present = make(map[string]any), true
		}
		name := d.Val()
		var values []any
		for d.NextArg() {
			values = append(values, d.Val())
		}
		below, nested, err := block(d, depth+1)
		if err != nil {
			return nil, false, err
		}
		if !nested {
			below = nil
		}
		if err := put(d, out, name, values, below); err != nil {
			return nil, false, err
		}
	}
	if !present && d.Val() == "}" && !d.Token().Quoted() { // { } was read over
		return make(map[string]any), true, nil
	}
	return out, present, nil
}

// put adds an option to a block's object.
func put(d *caddyfile.Dispenser, out map[string]any, name string, values []any, block map[string]any) error {
	old, again := out[name]
	switch {
	case block != nil && len(values) > 1:
		return d.Errf("option %s has %d values and a block, expected one key and a block", name, len(values))
	case block != nil && len(values) == 1:
		// option key { ... } : an object by key
		group, ok := old.(map[string]any)
		if again && !ok {
			return d.Errf("option %s is a value and a block, expected one of them", name)
		}
		if !again {
			group = make(map[string]any)
			out[name] = group
		}
		key := values[0].(string)
		if _, twice := group[key]; twice {
			return d.Errf("option %s %s is given twice, expected once", name, key)
		}
		group[key] = block
	case block != nil && again:
		// option { ... } repeated: a list of objects
		list, ok := old.([]any)
		if !ok {
			list = []any{old}
		}
		out[name] = append(list, block)
	case block != nil:
		out[name] = block
	case again:
		list, ok := old.([]any)
		if _, isBlock := old.(map[string]any); isBlock || len(values) == 0 {
			return d.Errf("option %s is given twice, expected once", name)
		}
		if !ok {
			list = []any{old}
		}
		out[name] = append(list, values...)
	case len(values) == 0:
		out[name] = true
	case len(values) == 1:
		out[name] = values[0]
	default:
		out[name] = values
	}
	return nil
}
