// Package longmentest runs a plugin's hooks under plain go test: the plugin is linked into the test,
// the gateway is played by this package over the same document tree. Plugin authors call it.
//
//	func TestStamp(t *testing.T) {
//		p := longmentest.New(t, `{}`)
//		r := p.Request(`{"model":"m"}`)
//		if want := `{"model":"m","user":"platform-team"}`; r.JSON != want {
//			t.Errorf("got %s, want %s", r.JSON, want)
//		}
//	}
//
// The same test runs against the built plugin, in the gateway's own sandbox, when LONGMEN_WASM names
// the .wasm file and a test file of the package links the sandbox in:
//
//	import _ "github.com/longmen-gateway/longmen/caddy-module/plugintest"
//
//	LONGMEN_WASM=$PWD/stamp.wasm go test .
//
// A test that runs both ways sees what crosses the plugin's border and nothing else. What looks at the
// plugin from inside (its package variables, the number of its host calls) holds natively only: see Native.
//
// What a plugin sees and may do is as in sdk/abi/ABI.md. Two things only a gateway does: it checks the
// configuration against the whole JSON Schema (here the defaults are filled in and nothing is checked)
// and it bounds CPU time and memory.
package longmentest

import (
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/internal/host"
)

// Plugin is one plugin under one configuration, with its first exchange.
type Plugin struct {
	*Exchange

	// Now is the clock in milliseconds since 1970; it stands still unless the test moves it. The
	// lifetime of kv entries goes by it.
	Now int64
	// HTTP answers the plugin's http calls. Nil refuses them as a gateway without the grant does.
	HTTP http.Handler
	// NER answers the plugin's ner calls, text by text. The option Recogniser gives the grant and sets it; a test may set
	// another one later.
	NER Recognise
	// Sinks answers for the plugin's sinks. The option Sinks sets it; a test may set another one later.
	Sinks func(name string) error

	// BeforeKV is called before each operation on the key-value store, with the function's name in the ABI and the key. An error
	// makes the operation fail as when the store is away. Nil lets all pass.
	BeforeKV func(fn, key string) error

	t        testing.TB
	instance Instance
	ner, kv  bool // are granted
	manifest description
	world    world
}

// Option chooses what New runs.
type Option func(*options)

type options struct {
	name  string
	kv    bool
	ner   Recognise
	sinks func(name string) error
}

// Named chooses the plugin of that name. It is needed when several are linked into the test, or none
// and the built module has several.
func Named(name string) Option { return func(o *options) { o.name = name } }

// Recogniser grants the plugin a recogniser of names. Without it the plugin runs without the grant.
func Recogniser(r Recognise) Option { return func(o *options) { o.ner = r } }

// Store grants the plugin the key-value store, where its manifest names that grant as optional. Without it such a plugin runs
// without the grant.
func Store() Option { return func(o *options) { o.kv = true } }

// New configures the plugin with a JSON object, "" for none, and fails the test when the plugin
// refuses it. Every grant that the manifest asks for is given.
func New(t testing.TB, config string, opts ...Option) *Plugin {
	t.Helper()
	p, err := open(t, config, opts)
	if err != nil {
		t.Fatalf("configuring plugin: %v", err)
	}
	return p
}

// ConfigError is the plugin's refusal of a configuration, nil when it takes it.
func ConfigError(t testing.TB, config string, opts ...Option) error {
	t.Helper()
	_, err := open(t, config, opts)
	return err
}

func open(t testing.TB, config string, opts []Option) (*Plugin, error) {
	t.Helper()
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	var box Sandbox = native{}
	if path := os.Getenv(module); path != "" {
		if loader == nil {
			t.Fatalf("LONGMEN_WASM is set, but no sandbox is linked in: import a package that calls longmentest.RegisterSandbox")
		}
		var err error
		if box, err = loader(path); err != nil {
			t.Fatalf("loading %s: %v", path, err)
		}
	}
	manifest, err := box.Manifest()
	if err != nil {
		t.Fatalf("reading manifest: %v", err)
	}
	if o.name == "" {
		// A built module may hold more plugins than the one that is tested here.
		o.name = sole(host.Guest.Manifest())
	}
	d, err := describe(manifest, o.name)
	if err != nil {
		t.Fatalf("reading manifest: %v", err)
	}
	full, err := d.withDefaults(config)
	if err != nil {
		t.Fatalf("reading configuration: %v", err)
	}
	p := &Plugin{t: t, manifest: d, Now: 1_750_000_000_000, NER: o.ner, ner: o.ner != nil, kv: o.kv, Sinks: o.sinks}
	p.world.init()
	x := p.NewExchange()
	p.Exchange = x
	instance, err := box.Start(d.name, d.index, full, &Effects{x: x, hook: hookConfigure})
	if err != nil {
		return nil, err
	}
	p.instance = instance
	x.calls = instance.Begin(&x.effects)
	t.Cleanup(instance.Close)
	return p, nil
}

// NewExchange begins another exchange of the same plugin: its State is empty, the key-value store and
// the sinks are the same.
func (p *Plugin) NewExchange() *Exchange {
	x := &Exchange{
		Header:     make(map[string]string),
		Attributes: make(map[string]any),
		SetHeaders: make(map[string]string),
		Tags:       make(map[string]string),
		p:          p,
	}
	x.effects.x = x
	if p.instance != nil {
		x.calls = p.instance.Begin(&x.effects)
	}
	return x
}

// Records are the JSON texts that the plugin appended to a sink.
func (p *Plugin) Records(sink string) []string { return p.world.records[sink] }

// Metric is what a counter has come to.
func (p *Plugin) Metric(name string) float64 {
	if m, ok := p.instance.(Meter); ok {
		return m.Metric(name)
	}
	return p.world.metrics[name]
}

// Logs are the lines that the plugin logged.
func (p *Plugin) Logs() []string { return p.world.logs }

// KV is the JSON text stored under a key, "" when there is none.
func (p *Plugin) KV(key string) string {
	text, _ := p.world.get(key, p.Now)
	return string(text)
}

// SetKV stores a JSON text under a key until it is replaced; "" removes the key.
func (p *Plugin) SetKV(key, json string) {
	if json == "" {
		p.world.set(key, nil, 0, p.Now)
		return
	}
	p.world.set(key, []byte(json), 0, p.Now)
}

// Keys are the keys of the key-value store, sorted.
func (p *Plugin) Keys() []string { return p.world.keys(p.Now) }

// has tells whether the gateway would call a hook.
func (p *Plugin) has(hook string) bool {
	return slices.Contains(p.manifest.hooks, hook) && !p.instance.Skips(hook)
}

// Native tells whether plugins run natively, not as wasm: only then can a test look into their package
// variables and count host calls.
func Native() bool { return os.Getenv(module) == "" }

// module names the variable that names the built module.
const module = "LONGMEN_WASM"

// Manifest is the manifest of the plugins linked into the test, JSON.
func Manifest() []byte { return host.Guest.Manifest() }
