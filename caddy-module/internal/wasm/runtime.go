// Package wasm is the sandbox: it loads WebAssembly guests, meters and bounds them, pools their instances,
// and carries hook calls in and host calls out. Package pipeline calls hooks through Pool; caddyllm
// loads modules and makes pools. Nothing else imports wazero.
package wasm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// maxPages is the largest memory that a guest may declare: 2 GiB. What an instance really gets is up to
// its pool's limits.
const maxPages = 1 << 15

// Runtime compiles guests. A process needs one. It is safe for concurrent use.
type Runtime struct {
	dir    string    // of the compilation cache
	cached *engine   // with the compilation cache on disk, if there is a directory
	notes  *notebook // what is known of modules that were loaded before

	plainOnce sync.Once
	plain     *engine // without the disk, for when the cache is broken
	plainErr  error

	mu      sync.Mutex
	modules map[string]*Module // by digest, while they are referred to
	loading map[string]chan struct{}
	closed  bool

	littered bool // see Littered
}

// engine is a wazero runtime with our host modules in it.
type engine struct {
	wazero.Runtime
	cache wazero.CompilationCache
}

func newEngine(ctx context.Context, cacheDir string) (*engine, error) {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2).
		WithMemoryLimitPages(maxPages).
		WithCustomSections(false).
		WithDebugInfoEnabled(false)
	e := &engine{}
	if cacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
		if err != nil {
			return nil, fmt.Errorf("opening compilation cache: %w", err)
		}
		e.cache = cache
		config = config.WithCompilationCache(cache)
	}
	e.Runtime = wazero.NewRuntimeWithConfig(ctx, config)
	if err := export(ctx, e.Runtime); err != nil {
		_ = e.close(ctx)
		return nil, err
	}
	return e, nil
}

func (e *engine) close(ctx context.Context) error {
	err := e.Runtime.Close(ctx)
	if e.cache != nil {
		if cerr := e.cache.Close(ctx); err == nil {
			err = cerr
		}
	}
	return err
}

// NewRuntime makes a runtime that keeps compiled code in cacheDir, which is made if need be; "" keeps
// nothing. Whoever can write there can run code in this process, or end it.
func NewRuntime(ctx context.Context, cacheDir string) (*Runtime, error) {
	e, err := newEngine(ctx, cacheDir)
	if err != nil {
		return nil, err
	}
	return &Runtime{
		dir: cacheDir, cached: e, notes: newNotebook(cacheDir),
		modules: make(map[string]*Module), loading: make(map[string]chan struct{}),
	}, nil
}

// Close closes all modules and instances at once, running or not: it is for the end of the process and
// of tests. Pools end with Pool.Close.
func (r *Runtime) Close(ctx context.Context) error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	r.mu.Unlock()
	r.plainOnce.Do(func() {})
	err := r.cached.close(ctx)
	if r.plain != nil {
		if perr := r.plain.close(ctx); err == nil {
			err = perr
		}
	}
	return err
}

// Littered tells whether modules were loaded since it was last asked: that leaves several times their size of garbage.
func (r *Runtime) Littered() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	littered := r.littered
	r.littered = false
	return littered
}

// Load readies a module: it is metered, validated, compiled and linked, and its manifest is read. The
// guest may declare at most startPages of memory to begin with, 0 for no such bound. Errors say what
// is wrong with the module and what was expected. Loading the same bytes again gives the same Module;
// each Load needs a Close.
func (r *Runtime) Load(ctx context.Context, wasm []byte, startPages uint32) (*Module, error) {
	sum := sha256.Sum256(wasm)
	digest := hex.EncodeToString(sum[:])
	for {
		r.mu.Lock()
		if r.closed {
			r.mu.Unlock()
			return nil, ErrClosed
		}
		if m := r.modules[digest]; m != nil {
			m.refs++
			r.mu.Unlock()
			if err := m.fits(startPages); err != nil {
				m.Close()
				return nil, err
			}
			return m, nil
		}
		wait := r.loading[digest]
		if wait == nil {
			wait = make(chan struct{})
			r.loading[digest] = wait
			r.mu.Unlock()
			m, err := r.load(ctx, wasm, digest, startPages)
			r.mu.Lock()
			delete(r.loading, digest)
			if err == nil {
				m.refs = 1
				r.modules[digest] = m
				r.littered = true
			}
			r.mu.Unlock()
			close(wait)
			return m, err
		}
		r.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, fmt.Errorf("loading module: %w", ctx.Err())
		}
	}
}

// compiling is held while code is made, so that keepCode knows whose it is.
var compiling sync.Mutex

// compile turns metered bytes into code. A broken or full cache directory costs time and memory, not the module.
func (r *Runtime) compile(ctx context.Context, metered []byte) (*engine, wazero.CompiledModule, error) {
	compiling.Lock()
	defer compiling.Unlock()
	before := codeSpans()
	ctx = experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0))
	compiled, err := r.cached.CompileModule(ctx, metered)
	if err == nil {
		keepCode(r.dir, before)
	}
	if err == nil || r.cached.cache == nil || ctx.Err() != nil {
		return r.cached, compiled, err
	}
	r.plainOnce.Do(func() { r.plain, r.plainErr = newEngine(context.WithoutCancel(ctx), "") })
	if r.plain == nil {
		return nil, nil, err
	}
	compiled, perr := r.plain.CompileModule(ctx, metered)
	if perr != nil {
		return nil, nil, perr
	}
	return r.plain, compiled, nil
}
