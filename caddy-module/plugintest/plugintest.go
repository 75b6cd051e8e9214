// Package plugintest runs plugin tests that are written with package longmentest against built wasm, in
// the sandbox that the gateway runs plugins in. A plugin's test package imports it for its effect:
//
//	import _ "github.com/longmen-gateway/longmen/caddy-module/plugintest"
//
// Plain `go test` then still runs the plugin natively; with LONGMEN_WASM set to the path of a module,
// every longmentest.New runs the plugin of that name in the module:
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o plugin.wasm .
//	LONGMEN_WASM=$PWD/plugin.wasm go test .
//
// So a test shows not only that the plugin's code is right, but that the built file links, that its
// configuration passes its own JSON Schema, and that each hook stays within memory and CPU time.
//
// Headers, attributes, the key-value store, HTTP, sinks, random bytes and the clock are the test's fakes;
// documents, text edits, limits and metering are the gateway's. Compiled code is kept in the user's cache
// directory under longmen/tests, for a week.
package plugintest

import (
	"context"
	"os"
	"sync"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm/wasmtest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

func init() { longmentest.RegisterSandbox(load) }

// modules keeps what was loaded until the process ends: the tests of a package all name the same file.
var modules struct {
	sync.Mutex
	runtime *wasm.Runtime
	loaded  map[string]*wasm.Module // by path
}

// load reads and compiles the module at path.
func load(path string) (longmentest.Sandbox, error) {
	modules.Lock()
	defer modules.Unlock()
	if m := modules.loaded[path]; m != nil {
		return sandbox{m}, nil
	}
	code, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	if modules.runtime == nil {
		if modules.runtime, err = wasm.NewRuntime(ctx, wasmtest.CacheDir()); err != nil {
			return nil, err
		}
		modules.loaded = make(map[string]*wasm.Module)
	}
	m, err := modules.runtime.Load(ctx, code, 0)
	if err != nil {
		return nil, err
	}
	modules.loaded[path] = m
	return sandbox{m}, nil
}
