package fuel

import (
	"fmt"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// rewriteExactly is Rewrite, but charges each stretch of code between two events where it stands, so that what is
// spent is the weight of what is run. It shares the weights with Rewrite and none of the reasoning about paths.
func rewriteExactly(t *testing.T, wasm []byte) []byte {
	t.Helper()
	m := module{wasm: wasm, options: options}
	m.options.MaxPages = DefaultMaxPages
	if err := m.split(); err != nil {
		t.Fatal(err)
	}
	out := append(append([]byte{}, magic...), version...)
	for _, id := range sectionOrder {
		r := m.section[id].reader()
		var b []byte
		if id == sectionCode {
			b = m.writeCode(nil, &r, weighExactly)
		} else {
			b = m.writeSection(nil, id, &r)
		}
		if r.err != nil {
			t.Fatal(r.err)
		}
		if len(b) > 0 {
			out = appendU32(append(out, id), uint32(len(b)))
			out = append(out, b...)
		}
	}
	return out
}

func weighExactly(c *code, imports uint32) int64 {
	weight := func(i int) int64 {
		if i == len(c.events) {
			return 0
		}
		e := &c.events[i]
		w := e.weight(imports) + int64(e.run)
		if e.op == opCall || e.op == opCallIndirect {
			w -= freeWeight // this part of a call is for what the callee does before its first charge
		}
		return w
	}
	for i := range c.events {
		c.events[i].charge = weight(i + 1)
	}
	return weight(0)
}

// Nothing runs for more than was charged for it, and Go code is not charged for much more than it runs.
func TestChargesCoverWhatRuns(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			w, err := wasmtext.Assemble(p.src)
			if err != nil {
				t.Fatal(err)
			}
			exact, err := launch(t, rewriteExactly(t, w), true, 1<<40)
			if err != nil {
				t.Fatal(err)
			}
			metered, err := start(t, w, true, 1<<40)
			if err != nil {
				t.Fatal(err)
			}
			exports := metered.module.ExportedFunctionDefinitions()
			for _, arg := range arguments {
				for _, name := range sorted(exports) {
					var args []uint64
					if len(exports[name].ParamTypes()) > 0 {
						args = append(args, arg)
					}
					run, charged := exact.spent(), metered.spent()
					exact.call(name, args...)
					metered.call(name, args...)
					run, charged = exact.spent()-run, metered.spent()-charged
					if run > charged+freeWeight {
						t.Errorf("%s(%v): ran for %d, charged %d", name, args, run, charged)
					}
				}
			}
		})
	}
}

func TestChargesCoverGoGuest(t *testing.T) {
	w := guest(t)
	exact, err := launch(t, rewriteExactly(t, w), true, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	metered, err := start(t, w, true, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range goExports {
		t.Run(name, func(t *testing.T) {
			run, charged := exact.spent(), metered.spent()
			if _, err := exact.call(name); err != nil {
				t.Fatal(err)
			}
			if _, err := metered.call(name); err != nil {
				t.Fatal(err)
			}
			run, charged = exact.spent()-run, metered.spent()-charged
			t.Logf("ran for %d, charged %d, %.1f times as much", run, charged, float64(charged)/float64(run))
			if run > charged || charged > 6*run {
				t.Errorf("ran for %d, charged %d, 1 to 6 times as much expected", run, charged)
			}
		})
	}
}

// What never ends by itself runs out of fuel.
func TestStops(t *testing.T) {
	tests := []struct{ guest, export string }{
		{"endless_loop", "longmen_v1_text"},
		{"endless_in_configure", "longmen_v1_configure"},
		{"exponential_recursion", "longmen_v1_text"},
		{"memory_grow_loop", "longmen_v1_text"},
		{"bulk_fill_storm", "longmen_v1_text"},
		{"host_call_storm", "longmen_v1_text"},
		{"initialize_never_returns", ""},
		{"start_never_returns", ""},
	}
	for _, tt := range tests {
		for _, compiler := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/compiler=%v", tt.guest, compiler), func(t *testing.T) {
				m, err := start(t, hostile(t, tt.guest), compiler, 1_000_000)
				if tt.export != "" {
					if err != nil {
						t.Fatal(err)
					}
					_, err = m.call(tt.export, make([]uint64, len(m.module.ExportedFunction(tt.export).Definition().ParamTypes()))...)
				}
				if err == nil || !outOfFuel(err) {
					t.Errorf("got error %v, want out of fuel", err)
				}
			})
		}
	}
}
