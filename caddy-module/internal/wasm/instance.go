package wasm

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// seat is what the instances of a pool have in common. It does not change once the pool is made.
type seat struct {
	name     string // of the plugin, as configured
	index    int    // in the manifest
	describe *plugin.Description
	config   []byte
	limits   plugin.Limits
	key      [abi.MACLen]byte
	granted  Services
	// rehearsal are the services of calls that are rehearsals.
	rehearsal Services
	logger    *zap.Logger
	throttle  throttle
	metrics   *Metrics
	counters  map[string]*atomic.Uint64
	now       func() time.Time
	random    io.Reader // nil for crypto/rand
	pool      *Pool     // nil while a manifest is read
}

func (s *seat) clock() time.Time {
	if s.now == nil {
		return time.Now()
	}
	return s.now()
}

// chance fills b with random bytes.
func (s *seat) chance(b []byte) {
	if s.random == nil {
		_, _ = rand.Read(b) // never fails, crypto/rand
		return
	}
	if _, err := io.ReadFull(s.random, b); err != nil {
		trap("there are no random bytes: %v", err)
	}
}

// instance is one guest. It serves one call at a time.
type instance struct {
	*seat
	mod    api.Module
	mem    api.Memory
	fuel   api.MutableGlobal
	memory linear
	hooks  [hookCount]api.Function
	grow   api.Function // the buffer export

	call  call
	stack [2]uint64

	buffer, room uint32 // what the guest last gave the host to fill
	recycle      uint64 // bytes of memory above which the instance is not used again

	mac      hash.Hash      // under key, once it is needed
	settings document.Arena // the config, once asked for
	setting  document.Node
	scratch  document.Arena // new values of hooks that have no document
	text     []byte         // see print
	printed  int            // bytes of text's buffer that were written in this call
	skipped  set            // hooks that configure does not want called
	watched  [2]watched     // by phase: text that configure wants to see
	waiting  bool           // see Pool.long
	idle     time.Time      // since when
	slept    int64          // nanoseconds that the guest thinks it slept
	line     []byte         // of standard output, not yet ended
	died     string         // what Go's runtime said last
}

// instantiate starts a guest, up to and including _initialize.
func (m *Module) instantiate(ctx context.Context, s *seat) (*instance, error) {
	in := &instance{seat: s, waiting: true} // busy until its first call returns
	in.scratch.Zeroise = true               // it holds what calls read from their states
	in.memory = linear{limit: uint64(s.limits.Memory), total: &s.metrics.memory, image: m.image}
	c := &in.call
	c.in = in
	c.arenas[arenaScratch], c.arenas[arenaConfig] = &in.scratch, &in.settings
	c.begin(ctx, hookStart, nil)
	defer c.end()
	c.reserve, c.slice, c.hosted = budget(startCPU, 0), 0, 0
	c.began, c.turned = uptime(), uptime()
	c.boot = experimental.WithMemoryAllocator(context.Background(), &in.memory)
	mod, err := m.engine.InstantiateModule(c, m.compiled, instanceConfig)
	c.boot = nil
	if err != nil {
		in.memory.Free()
		return nil, in.broke(hookStart, err)
	}
	s.metrics.instances.Add(1)
	s.metrics.created.Add(1)
	in.bind(mod)
	in.mod = mod
	if f := mod.ExportedFunction(exportInitialize); f != nil {
		if _, err := in.enter(hookStart, f, c.left(), 0); err != nil {
			in.close()
			return nil, err
		}
	}
	return in, nil
}

// instanceConfig gives a guest no name, so that any number can live side by side, and starts nothing by
// itself. wazero's own idea of WASI is not used.
var instanceConfig = wazero.NewModuleConfig().WithName("").WithStartFunctions()

// bind finds what host functions need. A start function may call them before instantiate has the module.
func (in *instance) bind(mod api.Module) {
	if in.mem != nil {
		return
	}
	in.mem = mod.Memory()
	in.fuel = mod.ExportedGlobal(abi.GlobalFuel).(api.MutableGlobal)
}

// configure readies a started guest for its pool's plugin.
func (in *instance) configure(ctx context.Context) error {
	for h := hookConfigure; h < hookCount; h++ {
		if h == hookConfigure || in.describe.Has(h.String()) {
			in.hooks[h] = in.mod.ExportedFunction(hookExports[h])
		}
	}
	in.grow = in.mod.ExportedFunction(abi.ExportBuffer)
	var err error
	if f := in.hooks[hookConfigure]; f != nil { // a module with one plugin may do without
		var st uint64
		in.call.begin(ctx, hookConfigure, nil)
		st, err = in.enter(hookConfigure, f, budget(startCPU, len(in.config)), uint64(in.index))
		if err == nil {
			err = in.judge(hookConfigure, int32(st))
		}
		in.call.end()
	}
	in.settings.Reset()
	in.setting = 0
	in.recycle = (in.memory.limit + in.memory.size) / 2
	return err
}

// configRoot is the plugin's config, parsed when it is first asked for.
func (in *instance) configRoot(c *call) document.Node {
	if in.setting == 0 {
		c.spend(int64(len(in.config)) * parseFuel)
		in.setting, _ = in.settings.Parse(in.config) // checked by CheckConfig; a bad one reads as none
	}
	return in.setting
}

// enter calls a function of the guest with fresh fuel. The result is 0 for a function without one.
func (in *instance) enter(h hook, f api.Function, fuel int64, arg uint64) (uint64, error) {
	in.call.fund(fuel, uptime())
	in.stack[0] = arg
	if err := f.CallWithStack(&in.call, in.stack[:1]); err != nil {
		return 0, in.broke(h, err)
	}
	return in.stack[0], nil
}

// judge turns the status that a hook returned into an error.
func (in *instance) judge(h hook, st int32) error {
	switch {
	case st == abi.OK, st == abi.EventDrop && h == hookEvent:
		return nil
	case st == abi.Failed:
		return in.refused(h)
	}
	if h == hookEvent {
		return in.broken(h, "returned %d, expected %d, %d or %d", st, abi.EventKeep, abi.EventDrop, abi.Failed)
	}
	return in.broken(h, "returned %d, expected %d or %d", st, abi.OK, abi.Failed)
}

// refused is the error of a hook that returned abi.Failed.
func (in *instance) refused(h hook) error {
	reason := in.call.reason
	if reason == "" {
		if reason = "it gave no reason"; in.call.rejected {
			reason = "it rejected the exchange"
		}
	}
	return &Failure{Plugin: in.name, Hook: h.String(), Message: reason}
}

// invalid is a Trap whose cause is the guest's answer.
type invalid struct{ *Trap }

func (i invalid) Unwrap() error { return i.Trap }

// broken is the error of a guest that answered against the contract.
func (in *instance) broken(h hook, format string, args ...any) error {
	return invalid{&Trap{Plugin: in.name, Hook: h.String(), Reason: fmt.Sprintf(format, args...)}}
}

// exhausted is a Trap whose cause is the CPU limit.
type exhausted struct{ *Trap }

func (e exhausted) Unwrap() error { return e.Trap }

// broke turns what wazero says of a call that did not return into an error.
func (in *instance) broke(h hook, err error) error {
	text, stack, _ := strings.Cut(err.Error(), "\n")
	var a *abort
	if errors.As(err, &a) {
		if a.outcome == OutcomeCanceled {
			return fmt.Errorf("calling plugin %s: %s: %s: %w", in.name, h, a.reason, a.err)
		}
		text = a.reason
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, "wasm error: "), " (recovered by wazero)")
	if in.died != "" {
		text, in.died = in.died+" ("+text+")", ""
	}
	t := &Trap{Plugin: in.name, Hook: h.String(), Reason: text, Stack: strings.TrimPrefix(stack, "wasm stack trace:\n")}
	if a != nil && a.outcome == OutcomeExhausted {
		return exhausted{t}
	}
	return t
}

// long tells the pool that the running call takes its time, so that others should not wait for it.
func (in *instance) long() {
	if in.pool != nil && !in.waiting {
		in.pool.long(in)
	}
}

// close ends the instance and gives its memory back.
func (in *instance) close() {
	_ = in.mod.Close(context.Background())
	in.metrics.instances.Add(-1)
}
