// Package plugin says what a plugin is: its manifest, the schema of its config, its limits and its
// grants. The sandbox reads manifests with it and caddyllm checks what the Caddyfile says against them.
package plugin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// Bounds of a manifest beyond its size, abi.MaxManifest.
const (
	maxName       = 64   // bytes of a name
	maxVersion    = 64   // bytes of a version
	maxPurpose    = 1024 // bytes of a purpose
	maxPlugins    = 64   // plugins of one module
	maxAttributes = 512  // attributes of one plugin
	maxMetrics    = 64   // counters of one plugin
	maxCodecs     = 64   // dialect pairs of one plugin
)

var (
	namePattern    = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)
	fieldPattern   = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	attrPattern    = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)
	dialectPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)
)

// hooks that a manifest may list.
var hooks = []string{
	abi.HookConfigure, abi.HookRequest, abi.HookResponse, abi.HookEvent, abi.HookText, abi.HookBody, abi.HookEnd,
}

// attributeTypes are the types that an attribute may be declared with.
var attributeTypes = []string{"int", "float", "bool", "string"}

// Manifest is what a module says of itself: the plugins that it contains.
type Manifest struct {
	// Plugins in the order of their indices, at least one.
	Plugins []Description
}

// Description is one plugin as its manifest describes it.
type Description struct {
	// Name, unique in the module: a-z first, then a-z, 0-9, _ and -.
	Name string
	// Version is free text for people, for example "1.2.0".
	Version string
	// Purpose is one sentence for people.
	Purpose string
	// ABI is the version of the plugin ABI that the guest was built for, abi.Version.
	ABI int
	// Hooks that the guest exports and wants called, for example abi.HookText.
	Hooks []string
	// Grants that the plugin cannot work without, for example abi.GrantKV.
	Grants []string
	// Optional are grants that the plugin uses where they are given, and works without.
	Optional []string
	// Attributes that the plugin sets for rules: name to "int", "float", "bool" or "string".
	Attributes map[string]string
	// Metrics are the names of the counters that the plugin may add to.
	Metrics []string
	// Limits that the plugin asks for; zero fields ask for nothing. The Caddyfile overrides them.
	Limits Limits
	// Config is the JSON Schema of the plugin's config; empty if it takes none.
	Config json.RawMessage
	// Codecs are the dialect pairs that the plugin translates between; empty if it is no codec. A pair of one
	// dialect with itself mends requests that carry what translated answers of other providers have left.
	Codecs []Codec
}

// Codec is one direction of translation: requests go from Client to Provider, answers back.
type Codec struct {
	// Client is the dialect that the client speaks, for example "openai.chat".
	Client string
	// Provider is the dialect that the provider speaks, for example "gemini.generate".
	Provider string
}

// wire is the JSON form of a manifest, ABI.md "manifest".
type wire struct {
	Plugins []wirePlugin `json:"plugins"`
}

type wirePlugin struct {
	Name       string            `json:"name"`
	Version    string            `json:"version"`
	Purpose    string            `json:"purpose"`
	ABI        int               `json:"abi"`
	Hooks      []string          `json:"hooks"`
	Grants     []string          `json:"grants"`
	Optional   []string          `json:"optional"`
	Attributes map[string]string `json:"attributes"`
	Metrics    []string          `json:"metrics"`
	Limits     wireLimits        `json:"limits"`
	Config     json.RawMessage   `json:"config"`
	Codecs     []wireCodec       `json:"codecs"`
}

type wireCodec struct {
	Client   string `json:"client"`
	Provider string `json:"provider"`
}

// ParseManifest reads the JSON that a guest's manifest export gave. It is strict: an unknown field or
// name is an error that says where it stands and what was expected.
func ParseManifest(b []byte) (*Manifest, error) {
	if len(b) > abi.MaxManifest {
		return nil, fmt.Errorf("parsing manifest: %d bytes, expected at most %d", len(b), abi.MaxManifest)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	var w wire
	if err := dec.Decode(&w); err != nil {
		return nil, fmt.Errorf("parsing manifest: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("parsing manifest: bytes after the JSON object at offset %d, expected none", dec.InputOffset())
	}
	if n := len(w.Plugins); n == 0 || n > maxPlugins {
		return nil, fmt.Errorf("parsing manifest: %d plugins, expected 1 to %d", n, maxPlugins)
	}
	m := &Manifest{Plugins: make([]Description, len(w.Plugins))}
	for i := range w.Plugins {
		d, err := w.Plugins[i].description()
		if err != nil {
			return nil, fmt.Errorf("parsing manifest: plugin %d: %w", i, err)
		}
		if _, twice := find(m.Plugins[:i], d.Name); twice {
			return nil, fmt.Errorf("parsing manifest: plugin %d: name %q is taken by an earlier plugin, expected unique names", i, d.Name)
		}
		m.Plugins[i] = *d
	}
	return m, nil
}

// Find returns the plugin called name and its index. An empty name finds the plugin of a module that
// has only one. The error lists the names that there are.
func (m *Manifest) Find(name string) (int, *Description, error) {
	if name == "" && len(m.Plugins) == 1 {
		return 0, &m.Plugins[0], nil
	}
	if i, ok := find(m.Plugins, name); ok {
		return i, &m.Plugins[i], nil
	}
	names := make([]string, len(m.Plugins))
	for i := range m.Plugins {
		names[i] = m.Plugins[i].Name
	}
	if name == "" {
		return 0, nil, fmt.Errorf("finding plugin: the module has several, expected one of %s", strings.Join(names, ", "))
	}
	return 0, nil, fmt.Errorf("finding plugin: no %q in the module, expected %s", name, oneOf(names))
}

// Has reports whether the plugin wants hook called.
func (d *Description) Has(hook string) bool { return slices.Contains(d.Hooks, hook) }

// Asks reports whether the plugin cannot work without grant.
func (d *Description) Asks(grant string) bool { return slices.Contains(d.Grants, grant) }

// Uses reports whether the plugin knows what to do with grant, whether or not it can work without it.
func (d *Description) Uses(grant string) bool {
	return d.Asks(grant) || slices.Contains(d.Optional, grant)
}

func find(list []Description, name string) (int, bool) {
	for i := range list {
		if list[i].Name == name {
			return i, true
		}
	}
	return 0, false
}

// description checks w and turns it into what the host works with.
func (w *wirePlugin) description() (*Description, error) {
	if err := checkName("name", w.Name, namePattern); err != nil {
		return nil, err
	}
	if w.ABI != abi.Version {
		return nil, fmt.Errorf("%s: abi is %d, expected %d", w.Name, w.ABI, abi.Version)
	}
	if len(w.Version) > maxVersion || len(w.Purpose) > maxPurpose {
		return nil, fmt.Errorf("%s: version or purpose is too long, expected at most %d and %d bytes", w.Name, maxVersion, maxPurpose)
	}
	limits, err := w.Limits.limits()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.Name, err)
	}
	d := &Description{
		Name: w.Name, Version: w.Version, Purpose: w.Purpose, ABI: w.ABI, Hooks: w.Hooks, Grants: w.Grants, Optional: w.Optional,
		Attributes: w.Attributes, Metrics: w.Metrics, Limits: limits, Config: w.Config,
	}
	if bytes.Equal(bytes.TrimSpace(d.Config), []byte("null")) {
		d.Config = nil
	}
	for _, c := range w.Codecs {
		d.Codecs = append(d.Codecs, Codec(c))
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", w.Name, err)
	}
	return d, nil
}

// check judges the lists of d; its name, version and limits are already judged.
func (d *Description) check() error {
	if err := known("hooks", d.Hooks, hooks); err != nil {
		return err
	}
	if err := known("grants", d.Grants, grants); err != nil {
		return err
	}
	if err := known("optional", d.Optional, grants); err != nil {
		return err
	}
	for _, grant := range d.Optional {
		if d.Asks(grant) {
			return fmt.Errorf("optional: %s is also in grants, expected it in one of them", grant)
		}
	}
	if len(d.Attributes) > maxAttributes || len(d.Metrics) > maxMetrics || len(d.Codecs) > maxCodecs {
		return fmt.Errorf("too many attributes, metrics or codecs, expected at most %d, %d and %d", maxAttributes, maxMetrics, maxCodecs)
	}
	names := make([]string, 0, len(d.Attributes))
	for name := range d.Attributes {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if err := checkName("attributes", name, attrPattern); err != nil {
			return err
		}
		if typ := d.Attributes[name]; !slices.Contains(attributeTypes, typ) {
			return fmt.Errorf("attributes: %s has type %q, expected %s", name, clip(typ), oneOf(attributeTypes))
		}
	}
	for i, name := range d.Metrics {
		if err := checkName("metrics", name, fieldPattern); err != nil {
			return err
		}
		if slices.Contains(d.Metrics[:i], name) {
			return fmt.Errorf("metrics: %s is listed twice", name)
		}
	}
	for i, c := range d.Codecs {
		switch {
		case !dialectPattern.MatchString(c.Client) || !dialectPattern.MatchString(c.Provider):
			return fmt.Errorf("codecs: pair %d is %q to %q, expected dialect names like openai.chat", i, clip(c.Client), clip(c.Provider))
		case slices.Contains(d.Codecs[:i], c):
			return fmt.Errorf("codecs: %s to %s is listed twice", c.Client, c.Provider)
		}
	}
	if len(d.Codecs) > 0 && (!d.Has(abi.HookRequest) || !d.Has(abi.HookResponse)) {
		return fmt.Errorf("hooks: a codec needs %s and %s", abi.HookRequest, abi.HookResponse)
	}
	if len(d.Config) > 0 {
		if _, err := compile(d.Config); err != nil {
			return fmt.Errorf("config: %w", err)
		}
	}
	return nil
}

// checkName judges a name that stands in the field of a manifest.
func checkName(field, name string, pattern *regexp.Regexp) error {
	if len(name) > maxName || !pattern.MatchString(name) {
		return fmt.Errorf("%s: %q is no name, expected at most %d bytes like %s", field, clip(name), maxName, strings.Trim(pattern.String(), "^$"))
	}
	return nil
}

// known judges a list of names that the ABI defines.
func known(field string, list, all []string) error {
	for i, name := range list {
		if !slices.Contains(all, name) {
			return fmt.Errorf("%s: unknown %q, expected %s", field, clip(name), oneOf(all))
		}
		if slices.Contains(list[:i], name) {
			return fmt.Errorf("%s: %s is listed twice", field, name)
		}
	}
	return nil
}

// oneOf lists names for the end of an error.
func oneOf(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "one of " + strings.Join(names, ", ")
}

// clip keeps foreign names from flooding an error.
func clip(s string) string {
	if len(s) > maxName {
		return s[:maxName] + "..."
	}
	return s
}
