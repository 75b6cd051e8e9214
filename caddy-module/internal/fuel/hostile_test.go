package fuel

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

const hostileDir = "../wasm/testdata/hostile"

// hostile assembles the hostile guest with that name.
func hostile(t testing.TB, name string) []byte {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(hostileDir, name+".wat"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := wasmtext.Assemble(string(src))
	if err != nil {
		t.Fatalf("%s.wat:%v", name, err)
	}
	return b
}

func hostileNames(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(hostileDir, "*.wat"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no hostile guests in %s: %v", hostileDir, err)
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(filepath.Base(f), ".wat")
	}
	return names
}

// All hostile guests are valid modules; which of them Rewrite refuses, and why, is fixed here.
func TestHostileGuests(t *testing.T) {
	refused := map[string]string{
		"giant_table":     "table 0 begins with 100000000 elements (781250 KiB), at most 131072 (1024 KiB) expected",
		"imported_memory": `import "env"."memory" is a memory, only functions can be imported`,
		"reserved_import": `import "longmen_v1"."refuel" is reserved for the host`,
		"reserved_export": `export "longmen_v1_fuel" is reserved for the host`,
	}
	brokenManifest := map[string]bool{"manifest_not_json": true, "manifest_out_of_bounds": true}
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer rt.Close(ctx)
	seen := 0
	for _, name := range hostileNames(t) {
		t.Run(name, func(t *testing.T) {
			w := hostile(t, name)
			if _, err := rt.CompileModule(ctx, w); err != nil {
				t.Fatalf("wazero refuses the original: %v", err)
			}
			out, err := Rewrite(w, options)
			if why, ok := refused[name]; ok {
				seen++
				if err == nil || !strings.Contains(err.Error(), why) {
					t.Fatalf("got error %v, want one with %q", err, why)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := rt.CompileModule(ctx, out); err != nil {
				t.Fatalf("wazero refuses the rewritten module: %v", err)
			}
			if brokenManifest[name] || strings.HasPrefix(name, "start_") || strings.HasPrefix(name, "initialize_") {
				return
			}
			m, err := start(t, w, false, 1_000_000)
			if err != nil {
				t.Fatal(err)
			}
			span, err := m.call(abi.ExportManifest)
			if err != nil {
				t.Fatal(err)
			}
			b := make([]byte, 0)
			if mem := m.module.Memory(); mem != nil {
				b, _ = mem.Read(abi.Unspan(span[0]))
			} else if name == "missing_memory" {
				return
			}
			if !json.Valid(b) {
				t.Errorf("manifest is not JSON: %q", b)
			}
		})
	}
	if seen != len(refused) {
		t.Errorf("%d of %d guests that are refused were seen", seen, len(refused))
	}
}
