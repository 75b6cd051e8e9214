package longmentest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// description is the manifest of one plugin, as far as tests need it.
type description struct {
	name       string
	index      int
	hooks      []string
	grants     []string // optional ones included
	optional   []string
	attributes map[string]string
	metrics    []string
	hold       int
	schema     []byte
}

// sole is the name of the plugin that is linked into the test, "" unless there is exactly one.
func sole(manifest []byte) string {
	var m struct{ Plugins []struct{ Name string } }
	if json.Unmarshal(manifest, &m) != nil || len(m.Plugins) != 1 {
		return ""
	}
	return m.Plugins[0].Name
}

// describe finds a plugin in a manifest; name may be "" when it has only one.
func describe(manifest []byte, name string) (description, error) {
	var m struct {
		Plugins []struct {
			Name       string
			Hooks      []string
			Grants     []string
			Optional   []string
			Attributes map[string]string
			Metrics    []string
			Limits     struct {
				Hold int `json:"max_hold_bytes"`
			}
			Config json.RawMessage
		}
	}
	if err := json.Unmarshal(manifest, &m); err != nil {
		return description{}, fmt.Errorf("parsing manifest: %w", err)
	}
	var names []string
	for i, p := range m.Plugins {
		if p.Name != name && (name != "" || len(m.Plugins) > 1) {
			names = append(names, p.Name)
			continue
		}
		d := description{
			name: p.Name, index: i, hooks: p.Hooks, grants: append(p.Grants, p.Optional...), optional: p.Optional, attributes: p.Attributes,
			metrics: p.Metrics, hold: p.Limits.Hold, schema: p.Config,
		}
		if d.hold == 0 {
			d.hold = 64 << 10
		}
		return d, nil
	}
	return description{}, fmt.Errorf("finding plugin %q: expected one of [%s], chosen with Named", name, strings.Join(names, " "))
}

// withDefaults fills in the schema's defaults where the configuration says nothing.
func (d *description) withDefaults(config string) ([]byte, error) {
	if config == "" {
		config = "{}"
	}
	var a document.Arena
	c, err := a.Parse([]byte(config))
	if err != nil {
		return nil, err
	}
	if len(d.schema) == 0 {
		return []byte(config), nil
	}
	s, err := a.Parse(d.schema)
	if err != nil {
		return nil, fmt.Errorf("parsing schema: %w", err)
	}
	if err := fill(&a, s, c); err != nil {
		return nil, err
	}
	return a.AppendJSON(nil, c), nil
}

var errConfig = errors.New("the configuration does not take the schema's defaults")

// fill goes through properties only: a schema that hides its defaults behind $ref or anyOf is for the
// gateway to judge.
func fill(a *document.Arena, schema, value document.Node) error {
	if a.Kind(value) != abi.KindObject {
		return nil
	}
	for p := a.First(a.Get(schema, "properties")); p != 0; p = a.Next(p) {
		name := string(a.Key(p))
		member := a.Get(value, name)
		if standard := a.Get(p, "default"); member == 0 && standard != 0 {
			member = a.Copy(standard)
			if a.Set(value, name, member) != nil {
				return errConfig
			}
		}
		if err := fill(a, p, member); err != nil {
			return err
		}
	}
	return nil
}
