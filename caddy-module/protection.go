package caddyllm

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// protection is what a plugin that finds personal data does with it, as far as its configuration tells.
type protection struct {
	takesOut bool // anything at all
	// only are types, families and detectors of one's own that are counted and left where they stand, although the
	// plugin takes others out.
	only []string
	// unread: it lets content pass that cannot be searched, and nobody has said so on purpose.
	unread bool
}

// onlyCounts is the mode in which what was found stays.
const onlyCounts = "detect"

// protectionOf reads the configuration of a plugin that finds personal data; nil for any other. written is the
// configuration without defaults.
func protectionOf(d *plugin.Description, config, written []byte) *protection {
	if !finds(d) {
		return nil
	}
	var c struct {
		Mode      string            `json:"mode"`
		Modes     map[string]string `json:"modes"`
		Unscanned string            `json:"unscanned"`
		Custom    map[string]struct {
			Mode string `json:"mode"`
		} `json:"custom"`
	}
	if json.Unmarshal(config, &c) != nil {
		return new(protection) // what it does is not known
	}
	p := &protection{takesOut: c.Mode != onlyCounts}
	for _, name := range slices.Sorted(maps.Keys(c.Modes)) {
		p.add(name, c.Modes[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.Custom)) {
		if mode := c.Custom[name].Mode; mode != "" {
			p.add(name, mode)
		}
	}
	var said map[string]json.RawMessage
	if len(written) > 0 && json.Unmarshal(written, &said) != nil {
		said = nil
	}
	_, meant := said["unscanned"]
	p.unread = c.Unscanned == "allow" && !meant
	if c.Mode == onlyCounts && p.takesOut {
		p.only = append(p.only, "all other types")
	}
	return p
}

func (p *protection) add(name, mode string) {
	if mode == onlyCounts {
		p.only = append(p.only, name)
	} else {
		p.takesOut = true
	}
}

// outlets are the grants by which a plugin that sees texts could keep them or send them away.
func outlets(has func(hook string) bool, g *Grants) (names []string) {
	if !slices.ContainsFunc([]string{abi.HookRequest, abi.HookResponse, abi.HookEvent, abi.HookText, abi.HookBody}, has) {
		return nil
	}
	given := g.plugin()
	for _, grant := range []string{abi.GrantKV, abi.GrantHTTP, abi.GrantRecord, abi.GrantNER} {
		if given.Has(grant) {
			names = append(names, grant)
		}
	}
	return names
}
