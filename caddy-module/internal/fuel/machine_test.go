package fuel

import (
	"context"
	"errors"
	"hash/maphash"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

var options = Options{RefuelModule: abi.Module, RefuelName: abi.FnRefuel, GlobalName: abi.GlobalFuel}

// slice is what the test's refuel function gives at a time.
const slice = 10_000

var errOutOfFuel = errors.New("out of fuel")

// machine runs one module in a wazero of its own.
type machine struct {
	rt      wazero.Runtime
	module  api.Module
	limit   int64 // fuel in all; 0 for an original, which has none
	granted int64
	host    uint64 // hash of the calls of imported functions
}

var seed = maphash.MakeSeed()

// compiledCode is shared, because compiling the Go guest takes a second.
var compiledCode = wazero.NewCompilationCache()

// start instantiates wasm. Its imported functions, WASI aside, are there and yield zeros. With a limit, wasm
// is rewritten first. The error is that of instantiating, for example a trap in the start function.
func start(t testing.TB, wasm []byte, compiler bool, limit int64) (*machine, error) {
	t.Helper()
	if limit > 0 {
		var err error
		if wasm, err = Rewrite(wasm, options); err != nil {
			t.Fatal(err)
		}
	}
	return launch(t, wasm, compiler, limit)
}

// launch is start for a module that is rewritten already, or is to stay as it is.
func launch(t testing.TB, wasm []byte, compiler bool, limit int64) (*machine, error) {
	t.Helper()
	ctx := context.Background()
	config := wazero.NewRuntimeConfigInterpreter()
	if compiler {
		config = wazero.NewRuntimeConfigCompiler().WithCompilationCache(compiledCode)
	}
	m := &machine{rt: wazero.NewRuntimeWithConfig(ctx, config.WithMemoryLimitPages(DefaultMaxPages)), limit: limit}
	t.Cleanup(func() { m.rt.Close(ctx) })
	compiled, err := m.rt.CompileModule(ctx, wasm)
	if err != nil {
		t.Fatalf("wazero refuses the module: %v", err)
	}
	if err := m.link(ctx, compiled); err != nil {
		t.Fatal(err)
	}
	m.module, err = m.rt.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
	return m, err
}

// link instantiates a host module for each module that is imported from.
func (m *machine) link(ctx context.Context, compiled wazero.CompiledModule) error {
	builders := map[string]wazero.HostModuleBuilder{}
	for _, f := range compiled.ImportedFunctions() {
		module, name, _ := f.Import()
		if module == wasi_snapshot_preview1.ModuleName {
			continue
		}
		b := builders[module]
		if b == nil {
			b = m.rt.NewHostModuleBuilder(module)
			builders[module] = b
		}
		fn := m.stub(name, len(f.ParamTypes()), len(f.ResultTypes()))
		if module == options.RefuelModule && name == options.RefuelName {
			fn = m.refuel
		}
		b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(fn), f.ParamTypes(), f.ResultTypes()).Export(name)
	}
	wasi_snapshot_preview1.MustInstantiate(ctx, m.rt)
	for _, b := range builders {
		if _, err := b.Instantiate(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (m *machine) refuel(_ context.Context, mod api.Module, _ []uint64) {
	g := mod.ExportedGlobal(options.GlobalName).(api.MutableGlobal)
	left := int64(g.Get())
	if left >= 0 {
		panic("refuel called with fuel left")
	}
	if m.granted-left > m.limit {
		panic(errOutOfFuel)
	}
	m.granted += slice - left
	g.Set(slice)
}

func (m *machine) stub(name string, params, results int) api.GoModuleFunc {
	return func(_ context.Context, _ api.Module, stack []uint64) {
		var h maphash.Hash
		h.SetSeed(seed)
		maphash.WriteComparable(&h, m.host)
		h.WriteString(name)
		for _, v := range stack[:params] {
			maphash.WriteComparable(&h, v)
		}
		m.host = h.Sum64()
		clear(stack[:results])
	}
}

// spent is the fuel charged so far.
func (m *machine) spent() int64 {
	return m.granted - int64(m.module.ExportedGlobal(options.GlobalName).Get())
}

// call calls an export. An error is reduced to its first line, as stack traces name shifted functions.
func (m *machine) call(name string, args ...uint64) ([]uint64, error) {
	f := m.module.ExportedFunction(name)
	if f == nil {
		return nil, errors.New("no export " + name)
	}
	got, err := f.Call(context.Background(), args...)
	return got, reduce(err)
}

func reduce(err error) error {
	if err == nil || errors.Is(err, errOutOfFuel) {
		return err
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(strings.TrimSuffix(line, " (recovered by wazero)"))
}

// state hashes the memory, the exported globals and the host calls.
func (m *machine) state() uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	maphash.WriteComparable(&h, m.host)
	if len(m.module.ExportedMemoryDefinitions()) > 0 { // Memory yields a nil that is none when there is no memory
		mem := m.module.Memory()
		b, _ := mem.Read(0, mem.Size())
		h.Write(b)
	}
	for _, name := range []string{"g", "g0", "g1", "g2"} {
		if g := m.module.ExportedGlobal(name); g != nil {
			maphash.WriteComparable(&h, g.Get())
		}
	}
	return h.Sum64()
}

func outOfFuel(err error) bool { return errors.Is(err, errOutOfFuel) }
