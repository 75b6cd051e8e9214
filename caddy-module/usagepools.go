package caddyllm

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
	"github.com/longmen-gateway/longmen/caddy-module/internal/demo"
	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/record"
	"github.com/longmen-gateway/longmen/caddy-module/internal/redis"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

// What lives longer than a configuration, all of it here.
//
// A reload provisions the new app before it cleans up the old one, so what both use is never closed in
// between: a plugin whose module, config, limits and grants are the same keeps its instances and its
// breaker, and loses nothing. What only the old app used is let go of at its Cleanup, under live streams:
// an instance pool closes when the last exchange that leased it ends.
var (
	// pools holds *sharedPool by poolKey. A pool knows nothing of any one configuration: its logger and
	// its services follow the configuration that runs now.
	pools = caddy.NewUsagePool()

	// demos holds *demoServer by demoKey: one for each provider, so that what each has seen can be told apart.
	demos = caddy.NewUsagePool()

	// stores holds *store by plugin name: what a plugin has stored stays as long as any configuration
	// grants it a store.
	stores = caddy.NewUsagePool()

	// servers holds *sharedServer by the digest of a Store's options.
	servers = caddy.NewUsagePool()

	// books holds *sharedBook by the digest of a Store's options.
	books = caddy.NewUsagePool()

	// gates holds sharedGate by gateKey: exchanges of the old configuration count until they end.
	gates = caddy.NewUsagePool()

	// recordFiles holds *recordFile by recordKey.
	recordFiles = caddy.NewUsagePool()
)

// upstreams is what is known of keys and endpoints of providers: when they may be asked again, which are broken. It forgets what no
// configuration has named for an hour.
var upstreams = new(pool.States)

// ledger is what callers have used of budgets, by the budgets' names.
var ledger = newLedger()

func newLedger() *keptLedger {
	return &keptLedger{Ledger: new(budget.Ledger), failed: outage{log: logger("budget"), what: "saving budgets failed"}}
}

// memory is the store of all plugins, a namespace each.
var memory = kv.NewMemory(nil)

// store is a plugin's namespace.
type store struct {
	*kv.Namespace
	name string
}

// openStore opens a plugin's namespace; size bounds it from now on, 0 is the default.
func openStore(name string, size int64) *store {
	namespace := memory.Namespace(name, size)
	v, _ := stores.LoadOrStore(name, &store{namespace, name})
	return v.(*store)
}

// Close lets go of the namespace.
func (s *store) Close() error {
	_, err := stores.Delete(s.name)
	return err
}

// Destruct implements caddy.Destructor.
func (s *store) Destruct() error {
	memory.Remove(s.name)
	return nil
}

// sharedServer is a store outside of the process that several pools may use.
type sharedServer struct {
	*redis.Server
	key string
}

// open connects to the store, or shares the connections of who did.
func (s *Store) open() (*sharedServer, error) {
	v, _, err := servers.LoadOrNew(s.digest, func() (caddy.Destructor, error) {
		server, err := redis.Open(s.options)
		if err != nil {
			return nil, err
		}
		return &sharedServer{server, s.digest}, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*sharedServer), nil
}

// Close lets go of the connections.
func (s *sharedServer) Close() error {
	_, err := servers.Delete(s.key)
	return err
}

// Destruct implements caddy.Destructor.
func (s *sharedServer) Destruct() error { return s.Server.Close() }

// sandbox is the process's runtime of guests. It is never closed: compiled modules are freed with the last pool
// that uses them, and an empty runtime holds next to nothing.
var sandbox = struct {
	sync.Mutex
	*wasm.Runtime
}{}

// openSandbox returns the runtime. Its compilation cache lies in Caddy's data directory, so that a start
// compiles only what is new.
func openSandbox() (*wasm.Runtime, error) {
	sandbox.Lock()
	defer sandbox.Unlock()
	if sandbox.Runtime == nil {
		r, err := wasm.NewRuntime(context.Background(), filepath.Join(caddy.AppDataDir(), appName, "wasm"))
		if err != nil {
			return nil, err
		}
		sandbox.Runtime = r
	}
	return sandbox.Runtime, nil
}

// poolKey tells which configured plugins can share instances: those that nothing tells apart.
type poolKey struct {
	name   string // as configured: it is in logs and metrics, and the secret and the store depend on it
	module string // digest of the WebAssembly file
	entry  string // plugin of the file
	setup  string // digest of config, limits and grants
}

// sharedPool is a pool that several configurations may use, with the services of its plugin.
type sharedPool struct {
	*wasm.Pool
	services *services
}

// Destruct implements caddy.Destructor.
func (p *sharedPool) Destruct() error {
	p.Pool.Close()
	return p.services.Close()
}

// demoServer is a demo model on loopback.
type demoServer struct {
	*demo.Server
	key     demoKey
	address string
	http    *http.Server
}

// demoKey tells demo models apart.
type demoKey struct {
	provider string
	delay    time.Duration
}

// openDemo starts a demo model, or shares the one that runs.
func openDemo(key demoKey) (*demoServer, error) {
	v, _, err := demos.LoadOrNew(key, func() (caddy.Destructor, error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		model := &demo.Server{Delay: key.delay}
		s := &demoServer{model, key, l.Addr().String(), &http.Server{Handler: model, ReadHeaderTimeout: time.Minute}}
		go func() { _ = s.http.Serve(l) }()
		return s, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*demoServer), nil
}

// demoGrace is how long streams of the demo model may go on when no configuration uses it any more.
const demoGrace = time.Minute

// Destruct implements caddy.Destructor. Answers that have begun are finished.
func (s *demoServer) Destruct() error {
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), demoGrace)
		defer cancel()
		if s.http.Shutdown(ctx) != nil {
			_ = s.http.Close()
		}
	}()
	return nil
}

// recordFile is a file of records that several pools may append to.
type recordFile struct {
	*record.Backlog
	key recordKey
}

// recordKey tells a file from one that stood under the same name before. A chain finds that by itself.
type recordKey struct {
	path       string
	generation int
	seal       string // "" without a chain
}

// opened is the file that is known under a path.
type opened struct {
	os.FileInfo
	generation int
}

// known are the record files that were ever seen: as many as configurations have named.
var known = struct {
	sync.Mutex
	files map[string]opened
}{files: make(map[string]opened)}

// generation counts how often the file of that path was replaced by another, such as by rotation. It makes
// the file if there is none.
func generation(path string) (int, error) {
	f, err := record.OpenFile(path)
	if err != nil {
		return 0, err
	}
	if err := f.Close(); err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	known.Lock()
	defer known.Unlock()
	last, seen := known.files[path]
	if seen && os.SameFile(last.FileInfo, info) {
		return last.generation, nil
	}
	known.files[path] = opened{info, last.generation + 1}
	return last.generation + 1, nil
}

// openRecords opens the file of a sink, or shares it.
func openRecords(s *Sink) (record.Sink, error) {
	key := recordKey{path: s.File}
	open := func() (record.Sink, error) { return record.OpenFile(s.File) }
	if s.Chain != nil {
		seal, err := s.Chain.seal()
		if err != nil {
			return nil, err
		}
		key.seal = seal.ID()
		open = func() (record.Sink, error) { return openChained(s.File, seal) }
	} else {
		n, err := generation(s.File)
		if err != nil {
			return nil, err
		}
		key.generation = n
	}
	v, _, err := recordFiles.LoadOrNew(key, func() (caddy.Destructor, error) {
		f, err := open()
		if err != nil {
			return nil, err
		}
		return &recordFile{record.NewBacklog(f, (&reporter{path: s.File}).told), key}, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*recordFile), nil
}

// Close lets go of the file.
func (f *recordFile) Close() error {
	_, err := recordFiles.Delete(f.key)
	return err
}

// Destruct implements caddy.Destructor.
func (f *recordFile) Destruct() error { return f.Backlog.Close() }
