package wasmtext_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// run assembles src, lets wazero validate it and calls its export "run".
func run(t *testing.T, src string, args ...uint64) []uint64 {
	t.Helper()
	b, err := wasmtext.Assemble(src)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	t.Cleanup(func() { rt.Close(ctx) })
	m, err := rt.Instantiate(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.ExportedFunction("run").Call(ctx, args...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAssemble(t *testing.T) {
	tests := []struct {
		name string
		src  string
		args []uint64
		want uint64
	}{
		{name: "folded", src: `(module (func (export "run") (result i32) (i32.add (i32.const 40) (i32.const 2))))`, want: 42},
		{name: "flat", src: `(module (func (export "run") (result i32) i32.const 50 i32.const 8 i32.sub))`, want: 42},
		{
			name: "names, locals and a loop", args: []uint64{6}, want: 720,
			src: `(module
				;; factorial
				(func $f (export "run") (param $n i64) (result i64) (local $p i64)
					(local.set $p (i64.const 1))
					(block $done
						(loop $next
							(br_if $done (i64.eqz (local.get $n)))
							(local.set $p (i64.mul (local.get $p) (local.get $n)))
							(local.set $n (i64.sub (local.get $n) (i64.const 1)))
							(br $next)))
					(local.get $p)))`,
		},
		{
			name: "if folded and flat", args: []uint64{1}, want: 3,
			src: `(module (func (export "run") (param i32) (result i32)
				(if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 9)))
				local.get 0
				if $l (result i32)
					i32.const 2
				else $l
					i32.const 9
				end $l
				i32.add))`,
		},
		{
			name: "br_table", args: []uint64{1}, want: 20,
			src: `(module (func (export "run") (param i32) (result i32)
				(block $c (block $b (block $a (br_table $a $b $c (local.get 0)))
					(return (i32.const 10))) (return (i32.const 20))) (i32.const 30)))`,
		},
		{
			name: "data, memory and escapes", want: 0x0a_22_c3_a9,
			src: `(module (memory (export "memory") 1 2) (data (i32.const 4) "\c3\a9" "\"\n")
				(func (export "run") (result i32)
					(i32.or (i32.shl (i32.load8_u offset=7 (i32.const 0)) (i32.const 24))
					(i32.or (i32.shl (i32.load8_u (i32.const 6)) (i32.const 16))
					(i32.or (i32.shl (i32.load8_u (i32.const 4)) (i32.const 8))
						(i32.load8_u offset=5 align=1 (i32.const 0)))))))`,
		},
		{
			name: "table and call_indirect", want: 7,
			src: `(module (type $t (func (param i32) (result i32)))
				(table $tab 4 funcref) (elem (i32.const 1) $a $b)
				(func $a (type $t) (i32.add (local.get 0) (i32.const 1)))
				(func $b (param $x i32) (result i32) (i32.add (local.get $x) (i32.const 2)))
				(func (export "run") (result i32)
					(call_indirect (type $t) (call_indirect $tab (param i32) (result i32) (i32.const 4) (i32.const 1)) (i32.const 2))))`,
		},
		{
			name: "globals and start", want: 12,
			src: `(module (global $g (mut i32) (i32.const 5)) (global $k i32 (i32.const 7))
				(func $s (global.set $g (i32.add (global.get $g) (global.get $k)))) (start $s)
				(func (export "run") (result i32) (global.get $g)))`,
		},
		{
			name: "multi-value blocks", want: 5,
			src: `(module (func $two (result i32 i32) (i32.const 2) (i32.const 3))
				(func (export "run") (result i32) call $two (block (param i32 i32) (result i32) i32.add)))`,
		},
		{
			name: "floats", want: 0x7ff8000000000000,
			src: `(module (func (export "run") (result i64)
				(i64.reinterpret_f64 (f64.add (f64.const nan) (f64.mul (f64.const -inf) (f64.const 0x1.8p3))))))`,
		},
		{
			name: "references and passive segments", want: 11,
			src: `(module (memory 1) (data $d "\0b") (table $t 2 funcref) (elem $e func $f) (elem declare func $f)
				(func $f (result i32) (i32.load8_u (i32.const 9)))
				(func (export "run") (result i32)
					(memory.init $d (i32.const 9) (i32.const 0) (i32.const 1)) (data.drop $d)
					(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e)
					(table.set 0 (i32.const 1) (ref.func $f))
					(drop (ref.is_null (table.get $t (i32.const 0))))
					(call_indirect (result i32) (i32.const 1))))`,
		},
		{
			name: "vectors", want: 9,
			src: `(module (func (export "run") (result i32) (i32x4.extract_lane 2
				(i32x4.add (v128.const i64x2 0x0000000200000001 4) (i32x4.splat (i32.const 5))))))`,
		},
		{
			name: "numbers", want: 0xffffffff00001388,
			src: `(module (func (export "run") (result i64)
				(i64.or (i64.const -0x1_0000_0000) (i64.extend_i32_u (i32.add (i32.const 0xffff_ffff) (i32.const +5_001))))))`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := run(t, tt.src, tt.args...)[0]; got != tt.want {
				t.Errorf("got %#x, want %#x", got, tt.want)
			}
		})
	}
}

func TestAssembleErrors(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"empty", "", "1:1: (module …) expected"},
		{"no module", "(func)", "1:1: (module …) expected"},
		{"open list", "(module\n  (func", "2:3: ( without )"},
		{"open string", "(module (data \"a", "1:15: string without end"},
		{"open comment", "(; (; ;)", "1:9: comment without end"},
		{"two modules", "(module) (module)", "1:10: nothing expected after the module"},
		{"unknown field", "(module\n(tag))", "2:1: unknown field tag"},
		{"unknown instruction", "(module (func i32.frob))", "1:15: unknown instruction i32.frob"},
		{"unknown local", "(module (func (local.get $x)))", "1:26: unknown local $x"},
		{"unknown function", "(module (func (call $x)))", "1:21: unknown function $x"},
		{"unknown label", "(module (func (br $x)))", "1:19: unknown label $x"},
		{"unknown escape", `(module (data "\q0"))`, "1:16: unknown escape"},
		{"number too large", "(module (func (drop (i32.const 0x1_0000_0000))))", "1:32: number of 32 bits expected, got 0x1_0000_0000"},
		{"no number", "(module (func (drop (i32.const x))))", "1:32: number expected, got x"},
		{"end without block", "(module (func end))", "1:15: end without block"},
		{"block without end", "(module (func block))", "1:9: block without end in (func …)"},
		{"defined twice", "(module (func $a) (func $a))", "1:25: function $a is defined twice"},
		{"late import", `(module (func) (import "a" "b" (func)))`, "1:16: imports have to stand before what the module defines"},
		{"leftover operand", "(module (func (drop (i32.const 1) 2)))", "1:35: unexpected 2 in (drop …)"},
		{"if without then", "(module (func (if (i32.const 1))))", "1:15: (then …) expected in a folded if"},
		{"alignment", "(module (func (i32.load align=3 (i32.const 1))))", "1:25: alignment of a power of two up to 16 expected, got align=3"},
		{"different type", "(module (type $t (func)) (func (type $t) (param i32)))", "1:38: parameters or results differ from those of type $t"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := wasmtext.Assemble(tt.src)
			var e *wasmtext.Error
			if !errors.As(err, &e) || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// A source that nests too deeply is an error, not a crash.
func TestAssembleNesting(t *testing.T) {
	_, err := wasmtext.Assemble(strings.Repeat("(", 100_000))
	if err == nil || !strings.Contains(err.Error(), "too many nested lists") {
		t.Errorf("got %v", err)
	}
}
