package fuel

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/tetratelabs/wazero/api"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// small has hand-written loops: a tight one of 100,000 turns, a scan of 64 KiB and 21,891 calls.
const small = `(module (memory (export "memory") 2)
	(func (export "tight") (result i64) (local $i i32) (local $x i64)
		(loop $l
			(local.set $x (i64.add (local.get $x) (i64.extend_i32_u (local.get $i))))
			(br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100000))))
		(local.get $x))
	(func (export "bytes") (result i64) (local $i i32) (local $x i64)
		(loop $l
			(if (i32.lt_u (i32.sub (i32.load8_u (local.get $i)) (i32.const 48)) (i32.const 10))
				(then (local.set $x (i64.add (local.get $x) (i64.const 1)))))
			(br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 65536))))
		(local.get $x))
	(func $fib (param i32) (result i32)
		(if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0))
			(else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
	(func (export "calls") (result i64) (i64.extend_i32_u (call $fib (i32.const 20))))
	(func (export "nothing")))`

// BenchmarkCost runs the same work plain and metered in turn, and reports the lower quartile of each and
// their ratio, which other work on the machine disturbs little.
func BenchmarkCost(b *testing.B) {
	hand, err := wasmtext.Assemble(small)
	if err != nil {
		b.Fatal(err)
	}
	for _, g := range []struct {
		wasm    []byte
		exports []string
	}{
		{hand, []string{"nothing", "tight", "bytes", "calls"}},
		{guest(b), []string{"scan", "parse", "match", "maps"}},
	} {
		for _, export := range g.exports {
			b.Run(export, func(b *testing.B) {
				stack := make([]uint64, 1)
				var run [2]api.Function
				for i, limit := range []int64{0, 1 << 60} {
					m, err := start(b, g.wasm, true, limit)
					if err != nil {
						b.Fatal(err)
					}
					if limit > 0 {
						m.module.ExportedGlobal(options.GlobalName).(api.MutableGlobal).Set(uint64(limit))
					}
					run[i] = m.module.ExportedFunction(export)
				}
				var took [2][]time.Duration
				for b.Loop() {
					for i, f := range run {
						begin := time.Now()
						if err := f.CallWithStack(context.Background(), stack); err != nil {
							b.Fatal(err)
						}
						took[i] = append(took[i], time.Since(begin))
					}
				}
				var quartile [2]float64
				for i := range took {
					slices.Sort(took[i])
					quartile[i] = float64(took[i][len(took[i])/4])
				}
				b.ReportMetric(quartile[0], "plain-ns")
				b.ReportMetric(quartile[1], "fuel-ns")
				b.ReportMetric(quartile[1]/quartile[0], "ratio")
			})
		}
	}
}

func BenchmarkRewrite(b *testing.B) {
	w := guest(b)
	b.SetBytes(int64(len(w)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Rewrite(w, options); err != nil {
			b.Fatal(err)
		}
	}
}
