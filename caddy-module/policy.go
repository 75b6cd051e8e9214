package caddyllm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
)

// rules are what a plugin is configured to do, without what is secret: the config, complete and without members that its
// schema calls writeOnly, and what it may ask of a recogniser of names.
func rules(d *plugin.Description, config []byte, g *Grants) (any, error) {
	var value, schema any
	decoder := json.NewDecoder(bytes.NewReader(config))
	decoder.UseNumber() // 1 and 1.0 stay what they are
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("reading the plugin's config: %w", err)
	}
	if len(d.Config) > 0 {
		if err := json.Unmarshal(d.Config, &schema); err != nil {
			return nil, fmt.Errorf("reading the plugin's JSON Schema: %w", err)
		}
	}
	out := map[string]any{"plugin": d.Name, "config": public(value, schema)}
	if n := g.NER; n != nil {
		out["ner"] = map[string]any{"api": n.API, "language": n.Language, "entities": n.Entities, "min_score": n.MinScore}
	}
	return out, nil
}

// public is a value without the members that are secret.
func public(value, schema any) any {
	members, ok := value.(map[string]any)
	s, described := schema.(map[string]any)
	if !ok || !described {
		return value
	}
	properties, _ := s["properties"].(map[string]any)
	out := make(map[string]any, len(members))
	for name, v := range members {
		property, _ := properties[name].(map[string]any)
		if property["writeOnly"] != true {
			out[name] = public(v, property)
		}
	}
	return out
}

// policy is the digest of what the plugin is configured to do on a route with that on_error.
func (g *guest) policy(onError string) string {
	if onError == "" {
		onError = onErrors[0]
	}
	return digest(g.rules, onError)
}

// namesSink finds a sink that is granted to redact for receipts which its config does not ask for.
func namesSink(config []byte, g *Grants) error {
	var c struct {
		Receipts string `json:"receipts"`
	}
	if err := json.Unmarshal(config, &c); err != nil {
		return fmt.Errorf("reading the plugin's config: %w", err)
	}
	for _, sink := range slices.Sorted(maps.Keys(g.Record)) {
		if sink != c.Receipts {
			return fmt.Errorf("sink %q is granted and nothing is written to it, expected \"receipts %s\" in the plugin's config", sink, sink)
		}
	}
	return nil
}
