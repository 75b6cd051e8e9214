package caddyllm

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/catalogue"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// description is what the command llm-models prints from.
type description struct {
	known   map[string]*provider.Provider
	plugins map[string]*Plugin
	clients []*dialect.Dialect // whose ways are shown
	engine  *engine
	codecs  attempt.Codecs // made when first needed: it loads the plugins
}

func newDescription(a *App, client string) (*description, error) {
	d := &description{known: make(map[string]*provider.Provider), plugins: a.Plugins, clients: dialect.All()}
	if client != "" {
		c, ok := dialect.Get(client)
		if !ok {
			return nil, fmt.Errorf("unknown dialect %q, expected one such as openai.chat or anthropic.messages", client)
		}
		d.clients = []*dialect.Dialect{c}
	}
	described, err := a.describeDialects()
	if err != nil {
		return nil, err
	}
	configs := make(map[string]provider.Config)
	for name, p := range a.Providers {
		if p == nil {
			p = new(Provider)
		}
		base := p.BaseURL
		if len(p.Endpoints) > 0 && p.Endpoints[0] != nil {
			base = p.Endpoints[0].BaseURL
		}
		configs[name] = provider.Config{Name: name, Preset: p.Preset, BaseURL: caddy.NewReplacer().ReplaceAll(base, ""), Dialects: p.Dialects, Quirks: p.Quirks, Models: p.Models}
	}
	if len(configs) == 0 {
		for _, name := range provider.Presets() {
			configs[name] = provider.Config{Name: name}
		}
	}
	for name, c := range configs {
		c.Described = described
		preset := c.Preset
		if preset == "" {
			preset = name
		}
		if known, ok := provider.Lookup(preset); ok && c.BaseURL == "" {
			c.BaseURL = known.Example()
		}
		p, err := provider.New(c)
		if err != nil {
			return nil, fmt.Errorf("provider %q: %w", name, err)
		}
		d.known[name] = p
	}
	return d, nil
}

// providers prints a line for each provider.
func (d *description) providers(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PROVIDER\tDIALECT\tBASE URL\tKEY FROM\tQUIRKS")
	for _, name := range slices.Sorted(maps.Keys(d.known)) {
		p := d.known[name]
		var keys []string
		if preset, ok := provider.Lookup(p.Preset()); ok {
			keys = preset.KeyEnv
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", name, p.Dialects[0].Name, p.BaseURL(), strings.Join(keys, " or "), p.Quirks)
	}
	t.Flush()
}

// models prints a line for each family of models.
func (d *description) models(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MODEL\tOWNER\tKIND\tCONTEXT\tOUTPUT\tINPUT\tTOOLS\tJSON\tTHINKING\tUNTIL")
	for _, m := range catalogue.Models() {
		fmt.Fprintf(t, "%s*\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", m.Prefix, m.Owner, m.Kind, figure(m.Context), figure(m.MaxOutput), modalities(m.Input), m.Tools, m.Structured, m.Thinking, m.Shutdown)
	}
	t.Flush()
}

// figure is a number, "" when it is not known.
func figure(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func modalities(list []catalogue.Modality) string {
	var words []string
	for _, m := range list {
		words = append(words, string(m))
	}
	return strings.Join(words, " ")
}

// one prints a provider, or a model.
func (d *description) one(w io.Writer, name string) error {
	if p := d.known[name]; p != nil {
		return d.provider(w, p)
	}
	m, ok := catalogue.Find(name)
	if !ok {
		return fmt.Errorf("%q is no provider and nothing is known of a model of that name, expected one of %s, or a model such as gpt-5", name, list(slices.Sorted(maps.Keys(d.known))))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{
		{"model", name}, {"family", m.Prefix + "*"}, {"owner", m.Owner}, {"kind", string(m.Kind)}, {"context", figure(m.Context)}, {"output", figure(m.MaxOutput)},
		{"dimensions", figure(m.Dimensions)}, {"input", modalities(m.Input)}, {"tools", m.Tools.String()}, {"parallel tools", m.ParallelTools.String()},
		{"JSON Schema", m.Structured.String()}, {"sampling", m.Sampling.String()}, {"prefill", m.Prefill.String()}, {"thinking", string(m.Thinking)},
		{"effort", strings.Join(m.Levels, " ")}, {"until", m.Shutdown}, {"source", m.Source},
	} {
		if line[1] != "" {
			fmt.Fprintf(t, "%s\t%s\n", line[0], line[1])
		}
	}
	return t.Flush()
}

// provider prints the ways to a provider and what they lose.
func (d *description) provider(w io.Writer, p *provider.Provider) error {
	codecs, err := d.translators()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "provider %s at %s\n\n", p.Name, p.BaseURL())
	ways := codecs.Ways(p)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CLIENT\tWAY")
	for _, c := range d.clients {
		if len(c.Descriptor().Endpoints) > 0 {
			fmt.Fprintf(t, "%s\t%s\n", c.Name, wayText(ways[c.Name]))
		}
	}
	t.Flush()
	fmt.Fprintln(w)
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CLIENT\tLOST\tHOW\tWHY")
	for _, c := range d.clients {
		way := ways[c.Name]
		if way == nil {
			continue
		}
		for _, l := range catalogue.Losses(c.Name, way.Dialect.Name) {
			member := l.Member
			if l.Answer {
				member = "answer: " + member
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", c.Name, member, l.Class, l.Reason)
		}
	}
	return t.Flush()
}

// wayText is a way as users read it.
func wayText(way *attempt.Way) string {
	switch {
	case way == nil:
		return "none: answered with 404"
	case len(way.Steps) == 0:
		return "as it is"
	}
	var names []string
	for _, s := range way.Steps {
		names = append(names, s.Codec.Name)
	}
	return strings.Join(names, ", ") + " to " + way.Dialect.Name
}

// translators loads the codecs: the built-in ones, and before them those of files.
func (d *description) translators() (attempt.Codecs, error) {
	if d.codecs != nil {
		return d.codecs, nil
	}
	r, err := openSandbox()
	if err != nil {
		return nil, fmt.Errorf("opening the sandbox: %w", err)
	}
	d.engine = &engine{ctx: context.Background(), runtime: r, guests: make(map[string]*guest), late: make(map[string]*lateCodec)}
	if d.codecs, err = d.engine.translators(); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(d.plugins)) {
		if p := d.plugins[name]; p != nil && p.File != "" {
			if err := d.fromFile(name, p); err != nil {
				return nil, fmt.Errorf("plugin %q: %w", name, err)
			}
		}
	}
	return d.codecs, nil
}

// fromFile adds what a plugin from a file says that it translates.
func (d *description) fromFile(name string, p *Plugin) error {
	code, entry, _, err := p.read(name)
	if err != nil {
		return err
	}
	module, err := d.engine.runtime.Load(d.engine.ctx, code, 0)
	if err != nil {
		return fmt.Errorf("%s: %w", p.File, err)
	}
	defer module.Close()
	describe, err := entryOf(module.Manifest(), entry, name)
	if err != nil {
		return err
	}
	for _, pair := range describe.Codecs {
		d.codecs[pair] = &pipeline.Plugin{Name: name}
	}
	return nil
}

// detail fills in what a list of models does not say and the catalogue knows.
func detail(m *dialect.Model) {
	known, ok := catalogue.Find(m.ID)
	if !ok {
		return
	}
	if m.Context == 0 {
		m.Context = known.Context
	}
	if m.Output == 0 {
		m.Output = known.MaxOutput
	}
}
