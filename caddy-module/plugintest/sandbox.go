package plugintest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// cpu is what a hook call may take: more than gateways give, because test machines are busy.
const cpu = time.Second

// sandbox is a loaded module.
type sandbox struct{ module *wasm.Module }

var _ longmentest.Sandbox = sandbox{}

// Manifest implements longmentest.Sandbox.
func (s sandbox) Manifest() ([]byte, error) {
	type limits struct {
		Hold int `json:"max_hold_bytes"`
	}
	type entry struct {
		Name       string            `json:"name"`
		Hooks      []string          `json:"hooks"`
		Grants     []string          `json:"grants"`
		Optional   []string          `json:"optional"`
		Attributes map[string]string `json:"attributes"`
		Metrics    []string          `json:"metrics"`
		Limits     limits            `json:"limits"`
		Config     json.RawMessage   `json:"config,omitempty"`
	}
	var all struct {
		Plugins []entry `json:"plugins"`
	}
	for _, d := range s.module.Manifest().Plugins {
		all.Plugins = append(all.Plugins, entry{d.Name, d.Hooks, d.Grants, d.Optional, d.Attributes, d.Metrics, limits{d.Limits.Hold}, d.Config})
	}
	return json.Marshal(all)
}

// Start implements longmentest.Sandbox. It checks config against the plugin's schema first, which no
// native test does.
func (s sandbox) Start(name string, index int, config []byte, e *longmentest.Effects) (longmentest.Instance, error) {
	d := &s.module.Manifest().Plugins[index]
	checked, err := d.CheckConfig(config)
	if err != nil {
		return nil, err
	}
	fakes := &services{Effects: e}
	meter := new(wasm.Metrics)
	spec := wasm.Spec{
		Plugin: name, Config: checked, Key: e.Secret(), Limits: plugin.Limits{CPU: cpu},
		Metrics: meter, Logger: logger(fakes), Random: fakes,
	}
	if d.Uses(abi.GrantKV) && e.HasKV() {
		spec.Services.KV = fakes
	}
	if d.Uses(abi.GrantHTTP) {
		spec.Services.HTTP = fakes
	}
	if d.Uses(abi.GrantRecord) {
		spec.Services.Record = fakes
	}
	if d.Uses(abi.GrantNER) && e.HasNER() {
		spec.Services.NER = fakes
	}
	p, err := s.module.Pool(context.Background(), spec)
	if err != nil {
		return nil, failure(err)
	}
	fakes.started = true
	return &instance{Pool: p, services: fakes, metrics: meter, hooks: d.Hooks}, nil
}

// failure gives the guest's own words, as a native test has them.
func failure(err error) error {
	if f := (*wasm.Failure)(nil); errors.As(err, &f) {
		return errors.New(f.Message)
	}
	return err
}

// instance is a configured plugin. Its Close is the pool's.
type instance struct {
	*wasm.Pool
	mu       sync.Mutex // held by the running hook, whose effects services gives
	services *services
	metrics  *wasm.Metrics
	hooks    []string // of the manifest
}

var (
	_ longmentest.Instance = (*instance)(nil)
	_ longmentest.Meter    = (*instance)(nil)
)

// Metric implements longmentest.Meter.
func (n *instance) Metric(name string) float64 { return n.metrics.Stats().Counters[name] }

// Skips implements longmentest.Instance.
func (n *instance) Skips(hook string) bool { return slices.Contains(n.hooks, hook) && !n.Has(hook) }

// Begin implements longmentest.Instance.
func (n *instance) Begin(e *longmentest.Effects) longmentest.Calls {
	return &exchange{n: n, h: &effects{e}}
}

// levels of the log, as guests number them.
var levels = map[zapcore.Level]int32{
	zap.DebugLevel: abi.LevelDebug, zap.InfoLevel: abi.LevelInfo, zap.WarnLevel: abi.LevelWarn, zap.ErrorLevel: abi.LevelError,
}

// logger hands the guest's lines to the test.
func logger(s *services) *zap.Logger {
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zapcore.EncoderConfig{}), zapcore.AddSync(io.Discard), zap.DebugLevel)
	return zap.New(core, zap.Hooks(func(e zapcore.Entry) error {
		if status := s.Log(levels[e.Level], e.Message); status != abi.OK {
			return fmt.Errorf("logging: status %d", status)
		}
		return nil
	}))
}
