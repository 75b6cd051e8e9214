package detect

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// guest builds the scanner as a wasm module and starts it in the sandbox's compiler.
func guest(tb testing.TB) api.Module {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "guest.wasm")
	build := exec.Command("go", "build", "-buildmode=c-shared", "-o", path, "./testdata/guest")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("building guest: %v\n%s", err, out)
	}
	code, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	ctx := tb.Context()
	r := wazero.NewRuntime(ctx)
	tb.Cleanup(func() { r.Close(ctx) })
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	m, err := r.InstantiateWithConfig(ctx, code, wazero.NewModuleConfig().WithStartFunctions("_initialize"))
	if err != nil {
		tb.Fatalf("starting guest: %v", err)
	}
	return m
}

// put places text in the guest's memory.
func put(tb testing.TB, m api.Module, text string) {
	tb.Helper()
	p, err := m.ExportedFunction("buffer").Call(tb.Context(), uint64(len(text)))
	if err != nil {
		tb.Fatal(err)
	}
	if !m.Memory().WriteString(uint32(p[0]), text) {
		tb.Fatal("writing text: out of the guest's memory")
	}
}

// TestSandboxFindsTheSame: the guest reads words of eight bytes in a way of its own.
func TestSandboxFindsTheSame(t *testing.T) {
	m := guest(t)
	s := New(All())
	for _, c := range corpora {
		put(t, m, c.text)
		n, err := m.ExportedFunction("scan").Call(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want := len(s.Scan([]byte(c.text))); int(n[0]) != want {
			t.Errorf("%s: %d entities in the sandbox, %d here", c.name, n[0], want)
		}
	}
}

func BenchmarkSandbox(b *testing.B) {
	m := guest(b)
	scan := m.ExportedFunction("scan")
	for _, set := range [][]struct{ name, text string }{corpora, worstTexts()} {
		for _, c := range set {
			b.Run(c.name, func(b *testing.B) {
				put(b, m, c.text)
				b.SetBytes(int64(len(c.text)))
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				start := cpuTime()
				for b.Loop() {
					if _, err := scan.Call(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
				if t := cpuTime() - start; t > 0 {
					b.ReportMetric(float64(len(c.text))*float64(b.N)*1e3/float64(t), "cpu-MB/s")
				}
			})
		}
	}
}
