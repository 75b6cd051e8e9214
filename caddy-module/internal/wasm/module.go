package wasm

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fuel"
	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// Module is a guest ready to run. It is safe for concurrent use and ends with the last of its Close calls and
// pools.
type Module struct {
	runtime  *Runtime
	engine   *engine
	compiled wazero.CompiledModule
	image    *image
	digest   string
	manifest *plugin.Manifest

	refs int // guarded by runtime.mu
}

// Manifest is what the module says of itself. It must not be changed.
func (m *Module) Manifest() *plugin.Manifest { return m.manifest }

// Digest is the SHA-256 of the module's bytes, in hex.
func (m *Module) Digest() string { return m.digest }

// Close lets go of one Load.
func (m *Module) Close() {
	r := m.runtime
	r.mu.Lock()
	m.refs--
	last := m.refs == 0
	if last {
		delete(r.modules, m.digest)
	}
	r.mu.Unlock()
	if last {
		_ = m.compiled.Close(context.Background())
		m.image.close()
	}
}

// retain keeps the module for a pool.
func (m *Module) retain() {
	m.runtime.mu.Lock()
	m.refs++
	m.runtime.mu.Unlock()
}

// load does what Load says, for a module that is not loaded.
func (r *Runtime) load(ctx context.Context, wasm []byte, digest string, startPages uint32) (*Module, error) {
	// Metering goes first: it bounds what a hostile file can make a decoder allocate.
	metered, data, err := fuel.RewriteApart(wasm, rewriting)
	if err != nil {
		return nil, fmt.Errorf("loading module: %w", err)
	}
	manifest := r.notes.get(digest)
	if manifest == nil {
		if err := r.validate(wasm); err != nil {
			return nil, fmt.Errorf("loading module: %w", err)
		}
	}
	engine, compiled, err := r.compile(ctx, metered)
	if err != nil {
		return nil, fmt.Errorf("loading module: %w", oneLine(err))
	}
	forgetBodies(compiled)
	m := &Module{runtime: r, engine: engine, compiled: compiled, image: newImage(data), digest: digest}
	if err := m.describe(ctx, manifest, startPages); err != nil {
		_ = compiled.Close(context.WithoutCancel(ctx))
		m.image.close()
		return nil, fmt.Errorf("loading module: %w", err)
	}
	return m, nil
}

// describe checks what the module imports and exports and reads its manifest, unless it is known.
func (m *Module) describe(ctx context.Context, known []byte, startPages uint32) error {
	if err := m.link(); err != nil {
		return err
	}
	if err := m.fits(startPages); err != nil {
		return err
	}
	text := known
	if text == nil {
		var err error
		if text, err = m.readManifest(ctx); err != nil {
			return err
		}
	}
	manifest, err := plugin.ParseManifest(text)
	if err != nil {
		return err
	}
	if err := m.linkHooks(manifest); err != nil {
		return err
	}
	if known == nil {
		m.runtime.notes.put(m.digest, text)
	}
	m.manifest = manifest
	return nil
}

// validate lets wazero judge the module as it came. With its context done, the compiler stops between
// validating and generating code: this takes 15 ms for a Go guest where compiling takes seconds.
func (r *Runtime) validate(wasm []byte) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	compiled, err := r.cached.CompileModule(experimental.WithCompilationWorkers(ctx, 2), wasm)
	if compiled != nil {
		_ = compiled.Close(context.Background())
	}
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return oneLine(err)
}

// readManifest starts the guest once and asks it.
func (m *Module) readManifest(ctx context.Context) ([]byte, error) {
	in, err := m.instantiate(ctx, &seat{name: "module", limits: m.readable(), metrics: new(Metrics)})
	if err != nil {
		return nil, err
	}
	defer in.close()
	in.call.begin(ctx, hookManifest, nil)
	defer in.call.end()
	span, err := in.enter(hookManifest, in.mod.ExportedFunction(abi.ExportManifest), budget(startCPU, 0), 0)
	if err != nil {
		return nil, err
	}
	ptr, n := abi.Unspan(span)
	if n > abi.MaxManifest {
		return nil, in.broken(hookManifest, "manifest of %d bytes, expected at most %d", n, abi.MaxManifest)
	}
	b, ok := in.mem.Read(ptr, n)
	if !ok {
		return nil, in.broken(hookManifest, "manifest of %d bytes at %d, outside of memory", n, ptr)
	}
	return append([]byte{}, b...), nil
}

// oneLine keeps the first line of what wazero says.
func oneLine(err error) error {
	line, _, more := strings.Cut(err.Error(), "\n")
	if !more {
		return err
	}
	return errors.New(line)
}

// readable are the limits under which a module tells its manifest: the default ones, and more memory if
// it begins with more.
func (m *Module) readable() plugin.Limits {
	l := plugin.DefaultLimits()
	l.Memory = max(l.Memory, 2*int64(m.startPages())*pageSize)
	return l
}
