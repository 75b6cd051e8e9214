package caddyllm

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/plugins"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// guest is a configured plugin, loaded and ready to run.
type guest struct {
	name     string
	onError  string
	describe *plugin.Description
	digest   string // of the module
	key      poolKey
	pool     *wasm.Pool
	sinks    sinks // that it is granted
	rules    any   // what its policy is the digest of

	source     string      // its place in the Caddyfile
	outlets    []string    // grants by which it could keep texts or send them away
	protection *protection // nil if it finds no personal data
	recogniser string      // URL of the service that finds names for it
}

// defaultSink is the sink of a built-in plugin that asks for one and is granted none in particular.
const defaultSink = "log"

// maxModule bounds a WebAssembly file.
const maxModule = 256 << 20

// admit loads a plugin and judges it: the file, its link to the gateway, its config, limits and grants. The
// pool is shared with other configurations that admit the same; the caller has to let go of it.
func (e *engine) admit(name string, p *Plugin) (*guest, error) {
	if !pluginName(name) {
		return nil, errors.New("name is not usable, expected letters, digits, _ and -")
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	code, entry, builtin, err := p.read(name)
	if err != nil {
		return nil, err
	}
	module, err := e.runtime.Load(e.ctx, code, 0)
	if err != nil && !builtin {
		err = fmt.Errorf("%s: %w", p.File, err)
	}
	if err != nil {
		return nil, err
	}
	defer module.Close() // the pool keeps it
	describe, err := entryOf(module.Manifest(), entry, name)
	if err != nil {
		return nil, err
	}
	if len(describe.Codecs) > 0 && p.OnError == "skip" {
		return nil, errors.New("on_error skip is not for codecs, which would hand on a request that the provider cannot read: expected fail")
	}
	written, err := p.written()
	if err != nil {
		return nil, err
	}
	config, err := complete(describe, written)
	if err != nil {
		return nil, err
	}
	grants := p.grants(describe, builtin)
	if err := describe.CheckGrants(grants.plugin()); err != nil {
		return nil, err
	}
	store, err := e.app.granted(grants, finds(describe))
	if err != nil {
		return nil, fmt.Errorf("grant kv: %w", err)
	}
	files, err := grants.generations()
	if err != nil {
		return nil, err
	}
	g := &guest{name: name, onError: p.OnError, describe: describe, digest: module.Digest()}
	if builtin && describe.Name == redactPlugin {
		if err := namesSink(config, grants); err != nil {
			return nil, err
		}
	}
	if g.rules, err = rules(describe, config, grants); err != nil {
		return nil, err
	}
	g.key = poolKey{name: name, module: g.digest, entry: describe.Name, setup: digest(config, p.Limits, grants, files, store.key())}
	shared, _, err := pools.LoadOrNew(g.key, func() (caddy.Destructor, error) {
		granted, err := openServices(name, grants, store)
		if err != nil {
			return nil, err
		}
		pool, err := module.Pool(e.ctx, wasm.Spec{
			Plugin: describe.Name, Name: name, Config: config, Limits: p.Limits.plugin(), Key: e.secret(name),
			Services: granted.Services, Logger: logger("plugin." + name), Metrics: guestMetrics(name),
		})
		if err != nil {
			return nil, errors.Join(err, granted.Close())
		}
		return &sharedPool{pool, granted}, nil
	})
	if err != nil {
		return nil, err
	}
	g.pool = shared.(*sharedPool).Pool
	g.sinks, _ = shared.(*sharedPool).services.Record.(sinks)
	g.source, g.protection = p.Source, protectionOf(describe, config, written)
	if !builtin || describe.Name != redactPlugin { // which records counts and keeps nothing but what it puts back
		g.outlets = outlets(g.pool.Has, grants)
	}
	if grants.NER != nil {
		g.recogniser = caddy.NewReplacer().ReplaceAll(grants.NER.URL, "")
	}
	return g, nil
}

// entryOf is the plugin of a module that is meant: entry, else the one of that name, or the only one.
func entryOf(m *plugin.Manifest, entry, name string) (*plugin.Description, error) {
	if entry == "" && len(m.Plugins) > 1 {
		entry = name
	}
	_, describe, err := m.Find(entry)
	return describe, err
}

// finds tells whether a plugin says that it finds personal data.
func finds(d *plugin.Description) bool {
	_, counts := d.Attributes["pii.total"]
	return counts
}

// release lets go of the pool.
func (g *guest) release() error {
	_, err := pools.Delete(g.key)
	return err
}

// read gets the plugin's WebAssembly, and which plugin of it is meant ("" leaves that open).
func (p *Plugin) read(name string) (code []byte, entry string, builtin bool, err error) {
	if p.File != "" {
		info, err := os.Stat(p.File)
		if err == nil && (info.IsDir() || info.Size() > maxModule) {
			err = fmt.Errorf("%s is no file of at most %d MiB", p.File, maxModule>>20)
		}
		if err == nil {
			code, err = os.ReadFile(p.File)
		}
		if err != nil {
			return nil, "", false, fmt.Errorf("reading WebAssembly file: %w, expected a plugin built as a .wasm reactor", err)
		}
		return code, p.Entry, false, nil
	}
	entry = p.Builtin
	if entry == "" {
		entry = name
	}
	code, ok := plugins.Wasm(entry)
	if !ok && p.Builtin == "" {
		return nil, "", false, fmt.Errorf("there is no built-in plugin %q, expected one of %s, or file and a path", entry, list(plugins.Names()))
	}
	if !ok {
		return nil, "", false, fmt.Errorf("unknown built-in plugin %q, expected one of %s", entry, list(plugins.Names()))
	}
	return code, entry, true, nil
}

// grants are what the plugin is granted; a built-in one gets what it asks for even if nobody says so.
func (p *Plugin) grants(d *plugin.Description, builtin bool) *Grants {
	g := new(Grants)
	if p.Grants != nil {
		*g = *p.Grants
	}
	if !builtin {
		return g
	}
	if d.Asks(abi.GrantKV) {
		g.KV = true
	}
	if d.Asks(abi.GrantRecord) && len(g.Record) == 0 {
		g.Record = map[string]*Sink{defaultSink: {}}
	}
	return g
}

// digest tells setups apart.
func digest(parts ...any) string {
	h := sha256.New()
	for _, part := range parts {
		b, err := json.Marshal(part)
		if err != nil {
			panic(err) // plain structs and bytes
		}
		h.Write(b)
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// pluginName tells whether a plugin can be called so: the name stands in use lines, logs and metrics.
func pluginName(name string) bool {
	return word(strings.ReplaceAll(name, ".", "-")) && len(name) <= 64
}

// known are the plugins that can be used by name, sorted.
func (e *engine) known() []string {
	names := slices.Collect(maps.Keys(e.guests))
	for _, n := range plugins.Names() {
		if e.guests[n] == nil {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

// hooks in the order in which an exchange calls them.
var hooks = []string{abi.HookRequest, abi.HookBody, abi.HookText, abi.HookResponse, abi.HookEvent, abi.HookEnd}

// status is what the admin route tells of the guest.
func (g *guest) status() pluginStatus {
	stats := g.pool.Metrics().Stats()
	s := pluginStatus{
		Name: g.name, Plugin: g.describe.Name, Version: g.describe.Version, Digest: g.digest, Policy: g.policy(g.onError), Hooks: []string{},
		Instances: stats.Instances, Memory: stats.Memory, Calls: make(map[string]int64), Discarded: stats.Discarded, Waits: stats.Waits,
	}
	for _, h := range hooks {
		if g.pool.Has(h) {
			s.Hooks = append(s.Hooks, h)
		}
	}
	for _, h := range stats.Hooks {
		s.Fuel += h.Fuel
		for outcome, n := range h.Calls {
			if n > 0 {
				s.Calls[wasm.Outcome(outcome).String()] += n
			}
		}
	}
	return s
}
