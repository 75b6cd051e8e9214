package fuel

import (
	"fmt"
	"slices"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// programs behave the same with and without metering. Each export is called with each argument that
// its type asks for.
var programs = []struct{ name, src string }{
	{"nested loops", `(module
		(func (export "run") (param $n i32) (result i64) (local $i i32) (local $j i32) (local $s i64)
			(local.set $n (i32.and (local.get $n) (i32.const 255)))
			(loop $outer
				(local.set $j (i32.const 0))
				(loop $inner
					(local.set $s (i64.add (i64.mul (local.get $s) (i64.const 31)) (i64.extend_i32_u (i32.mul (local.get $i) (local.get $j)))))
					(br_if $outer (i32.and (i32.eq (local.get $j) (i32.const 3)) (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
					(br_if $inner (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const 7))))
				(br_if $outer (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
			(local.get $s)))`},
	{"br_table", `(module
		(func (export "run") (param $n i32) (result i32) (local $i i32)
			(loop $again (result i32)
				(block $default (block $two (block $one (block $zero
					(br_table $zero $one $two $again $default (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
					(return (i32.const 100)))
					(return (i32.const 101)))
					(return (i32.const 102)))
				(br_if $again (local.tee $n (i32.shr_u (local.get $n) (i32.const 1))))
				(i32.const 7)))
		(func (export "back") (param $n i32) (result i32)
			(loop $l
				(local.set $n (i32.add (local.get $n) (i32.const 1)))
				(block $out (br_table $l $l $l $l $l $out (local.get $n))))
			(local.get $n)))`},
	{"multi-value blocks and loops", `(module
		(type $pair (func (param i64 i64) (result i64 i64)))
		(func $swap (type $pair) local.get 1 local.get 0)
		(func (export "run") (param $n i32) (result i64) (local $i i32)
			i64.const 0 i64.const 1
			(loop $fib (type $pair)
				(block (param i64 i64) (result i64 i64) call $swap call $swap)
				call $step
				(local.set $i (i32.add (local.get $i) (i32.const 1)))
				(br_if $fib (i32.lt_u (local.get $i) (i32.and (local.get $n) (i32.const 63)))))
			i64.xor)
		(func $step (type $pair) local.get 1 (i64.add (local.get 0) (local.get 1)))
		(func (export "two") (result i32 i64 f64) i32.const 1 i64.const 2 f64.const 3.5))`},
	{"if without and with else", `(module
		(func (export "run") (param i32) (result i32) (local i32)
			(if (i32.and (local.get 0) (i32.const 1)) (then (local.set 1 (i32.const 10))))
			(if (i32.and (local.get 0) (i32.const 2)) (then (local.set 1 (i32.add (local.get 1) (i32.const 20)))) (else (if (local.get 1) (then (return (i32.const 5))))))
			(if (result i32) (i32.and (local.get 0) (i32.const 4)) (then (local.get 1)) (else (i32.sub (i32.const 0) (local.get 1))))))`},
	{"indirect calls and references", `(module
		(type $t (func (param i32) (result i32)))
		(import "env" "host" (func $host (param i32) (result i32)))
		(import "env" "note" (func $note (param i32 i64)))
		(table $a 6 10 funcref) (table $b 3 externref)
		(elem (table $a) (i32.const 0) func $inc $dbl $host)
		(elem $passive funcref (ref.func $dbl) (item (ref.null func)) (ref.func $inc))
		(elem declare func $neg)
		(global $r funcref (ref.func $inc))
		(func $inc (type $t) (i32.add (local.get 0) (i32.const 1)))
		(func $dbl (type $t) (i32.shl (local.get 0) (i32.const 1)))
		(func $neg (type $t) (i32.sub (i32.const 0) (local.get 0)))
		(func (export "run") (param $n i32) (result i32)
			(table.init $a $passive (i32.const 3) (i32.const 0) (i32.const 3))
			(table.set $a (i32.const 2) (ref.func $neg))
			(call $note (local.get $n) (i64.const -1))
			(call_indirect $a (type $t) (call $host (call_indirect $a (type $t) (i32.const 21) (i32.const 1)))
				(i32.rem_u (local.get $n) (i32.const 8))))
		(func (export "grow") (param $n i32) (result i32)
			(i32.add (i32.mul (table.grow $a (ref.func $dbl) (local.get $n)) (i32.const 100))
				(i32.add (table.size $a) (i32.mul (table.size $b) (i32.const 1000)))))
		(func (export "copy") (param $n i32) (result i32)
			(table.fill $a (i32.const 0) (global.get $r) (local.get $n))
			(table.copy $a $a (i32.const 2) (i32.const 0) (local.get $n))
			(elem.drop $passive)
			(ref.is_null (table.get $a (local.get $n)))))`},
	{"start function and globals", `(module
		(global $g (export "g") (mut i64) (i64.const 5))
		(global $k i64 (i64.const 1000))
		(global (export "g1") (mut f64) (f64.const 0.5))
		(memory (export "memory") 1)
		(func $start (global.set $g (i64.mul (global.get $g) (global.get $k))) (i32.store (i32.const 8) (i32.const 77)))
		(start $start)
		(func (export "run") (param $n i32) (result i64)
			(global.set $g (i64.add (global.get $g) (i64.extend_i32_s (local.get $n))))
			(i64.add (global.get $g) (i64.load32_u (i32.const 8)))))`},
	{"memory", `(module
		(memory (export "memory") 1 4)
		(data $p "passive bytes") (data (i32.const 100) "active bytes")
		(func (export "grow") (param i32) (result i32) (i32.add (i32.mul (memory.grow (local.get 0)) (i32.const 10)) (memory.size)))
		(func (export "fill") (param i32) (memory.fill (local.get 0) (i32.const 0x5a) (i32.shl (local.get 0) (i32.const 3))))
		(func (export "copy") (param i32) (memory.copy (i32.const 50) (i32.const 100) (local.get 0)))
		(func (export "init") (param i32) (memory.init $p (i32.const 200) (i32.const 1) (local.get 0)))
		(func (export "drop") (data.drop $p)))`},
	{"recursion", `(module
		(func $fib (export "run") (param $n i32) (result i32)
			(if (result i32) (i32.lt_u (local.tee $n (i32.and (local.get $n) (i32.const 15))) (i32.const 2))
				(then (local.get $n))
				(else (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1))) (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
		(func (export "ackermann") (param i32) (result i32) (call $a (i32.const 2) (i32.and (local.get 0) (i32.const 7))))
		(func $a (param $m i32) (param $n i32) (result i32)
			(if (i32.eqz (local.get $m)) (then (return (i32.add (local.get $n) (i32.const 1)))))
			(if (i32.eqz (local.get $n)) (then (return (call $a (i32.sub (local.get $m) (i32.const 1)) (i32.const 1)))))
			(call $a (i32.sub (local.get $m) (i32.const 1)) (call $a (local.get $m) (i32.sub (local.get $n) (i32.const 1))))))`},
	{"traps", `(module
		(memory 1)
		(func (export "unreachable") (unreachable))
		(func (export "divide") (param i32) (result i32) (i32.div_s (i32.const 1) (i32.sub (local.get 0) (local.get 0))))
		(func (export "load") (param i32) (result i32) (i32.load offset=0xffff0000 (local.get 0)))
		(func (export "deadCode") (result i32)
			(return (i32.const 3)) (block (result i32) (loop (br 0)) (if (result i32) (i32.const 1) (then (unreachable)) (else (i32.const 2)))) drop
			(memory.fill) (drop (memory.grow)) (unreachable)))`},
	{"floats and conversions", `(module
		(func (export "run") (param $n i32) (result i64) (local $x f64) (local $y f32)
			(local.set $x (f64.sqrt (f64.convert_i32_u (local.get $n))))
			(local.set $y (f32.demote_f64 (f64.nearest (f64.mul (local.get $x) (f64.const 1e3)))))
			(i64.add (i64.trunc_sat_f64_s (f64.div (local.get $x) (f64.promote_f32 (local.get $y))))
				(i64.extend16_s (i64.reinterpret_f64 (f64.min (local.get $x) (f64.const nan)))))))`},
	{"vectors", `(module
		(memory (export "memory") 1)
		(data (i32.const 0) "0123456789abcdefghijklmnopqrstuv")
		(func (export "run") (param $n i32) (result i32) (local $v v128) (local $i i32)
			(loop $l
				(local.set $v (i32x4.add (local.get $v) (i32x4.mul (v128.load (i32.const 4)) (i32x4.splat (local.get $i)))))
				(local.set $v (v128.load32_lane offset=3 3 (i32.const 1) (local.get $v)))
				(br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.and (local.get $n) (i32.const 63)))))
			(v128.store (i32.const 64) (i8x16.shuffle 0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 31 (local.get $v) (v128.const i64x2 1 -1)))
			(i32.add (i32x4.extract_lane 2 (local.get $v)) (i8x16.bitmask (i8x16.eq (local.get $v) (i8x16.splat (i32.const 48)))))))`},
	{"nothing but an export", `(module (func (export "run")))`},
}

var arguments = []uint64{0, 1, 2, 3, 5, 6, 17, 63, 1000, 0xffffffff}

// same runs one export in an original and a rewritten module and compares what can be seen.
func same(t *testing.T, plain, metered *machine, export string, args ...uint64) {
	t.Helper()
	want, wantErr := plain.call(export, args...)
	got, gotErr := metered.call(export, args...)
	if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
		t.Errorf("%s(%v): got error %v, want %v", export, args, gotErr, wantErr)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s(%v): got %#x, want %#x", export, args, got, want)
	}
	if metered.state() != plain.state() {
		t.Errorf("%s(%v): memory, globals or host calls differ", export, args)
	}
}

func TestBehavesAsBefore(t *testing.T) {
	for _, p := range programs {
		for _, compiler := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/compiler=%v", p.name, compiler), func(t *testing.T) {
				w, err := wasmtext.Assemble(p.src)
				if err != nil {
					t.Fatal(err)
				}
				plain, err := start(t, w, compiler, 0)
				if err != nil {
					t.Fatal(err)
				}
				metered, err := start(t, w, compiler, 1<<40)
				if err != nil {
					t.Fatal(err)
				}
				exports := plain.module.ExportedFunctionDefinitions()
				for _, arg := range arguments {
					for _, name := range sorted(exports) {
						if len(exports[name].ParamTypes()) == 0 {
							same(t, plain, metered, name)
						} else {
							same(t, plain, metered, name, arg)
						}
					}
				}
			})
		}
	}
}

func sorted[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var goExports = []string{"scan", "parse", "match", "grow", "maps", "recovers", "scan"}

func TestGoGuestBehavesAsBefore(t *testing.T) {
	w := guest(t)
	plain, err := start(t, w, true, 0)
	if err != nil {
		t.Fatal(err)
	}
	metered, err := start(t, w, true, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	for _, export := range goExports {
		want, err := plain.call(export)
		if err != nil {
			t.Fatal(err)
		}
		before := metered.spent()
		got, err := metered.call(export)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v %v, want %v", export, got, err, want)
		}
		if spent := metered.spent() - before; spent < 1000 {
			t.Errorf("%s: spent %d, more expected", export, spent)
		}
	}
	same(t, plain, metered, "panics")
}

// The same work costs the same fuel, in the compiler and in the interpreter.
func TestFuelIsDeterministic(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			w, err := wasmtext.Assemble(p.src)
			if err != nil {
				t.Fatal(err)
			}
			var spent []int64
			for i := range 4 {
				m, err := start(t, w, i%2 == 0, 1<<40)
				if err != nil {
					t.Fatal(err)
				}
				exports := m.module.ExportedFunctionDefinitions()
				for _, name := range sorted(exports) {
					if len(exports[name].ParamTypes()) == 0 {
						m.call(name)
					} else {
						m.call(name, 5)
					}
				}
				spent = append(spent, m.spent())
			}
			if slices.Min(spent) != slices.Max(spent) {
				t.Errorf("spent %d", spent)
			}
		})
	}
}
