package fuel

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// spend calls an export of a source and yields what that cost.
func spend(t *testing.T, src, export string, args ...uint64) int64 {
	t.Helper()
	w, err := wasmtext.Assemble(src)
	if err != nil {
		t.Fatal(err)
	}
	m, err := start(t, w, true, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	before := m.spent()
	if _, err := m.call(export, args...); err != nil {
		t.Fatal(err)
	}
	return m.spent() - before
}

// What takes long costs much, whatever it looks like.
func TestLongWorkIsCharged(t *testing.T) {
	const adds = 20_000
	straight := strings.Repeat("(local.set 0 (i32.add (local.get 0) (i32.const 1)))\n", adds)
	branchy := strings.Repeat("(if (local.get 0) (then (local.set 0 (i32.add (local.get 0) (i32.const 1)))))\n", adds)
	tests := []struct {
		name, src string
		arg       uint64
		atLeast   int64
	}{
		{
			"giant body called in a loop", `(module (func $giant (param i32) (result i32) ` + straight + ` (local.get 0))
				(func (export "run") (param $n i32) (loop $l (drop (call $giant (i32.const 0))) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`,
			100, 100 * 4 * adds,
		},
		{
			"giant body called through a table", `(module (table 1 funcref) (elem (i32.const 0) $giant) (func $giant (param i32) (result i32) ` + straight + ` (local.get 0))
				(func (export "run") (param $n i32) (loop $l (drop (call_indirect (param i32) (result i32) (i32.const 0) (i32.const 0))) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`,
			100, 100 * 4 * adds,
		},
		{
			"giant body in a loop", `(module (func (export "run") (param $n i32) (loop $l ` + straight + `
				(br_if $l (i32.lt_u (local.get $n) (i32.const 100000))))))`,
			0, 5 * 4 * adds,
		},
		{"giant body of branches", `(module (func (export "run") (param i32) ` + branchy + `))`, 1, 6 * adds},
		{"fill", `(module (memory 16) (func (export "run") (param i32) (memory.fill (i32.const 0) (i32.const 1) (local.get 0))))`, 1 << 20, 1 << 20},
		{"copy", `(module (memory 16) (func (export "run") (param i32) (memory.copy (i32.const 0) (i32.const 1) (local.get 0))))`, 1 << 19, 1 << 19},
		{"init", `(module (memory 1) (data $d "` + strings.Repeat("x", 5000) + `") (func (export "run") (param i32) (memory.init $d (i32.const 0) (i32.const 0) (local.get 0))))`, 5000, 5000},
		{"memory.grow", `(module (memory 1) (func (export "run") (param i32) (drop (memory.grow (local.get 0)))))`, 100, 100 << 18},
		{"table.grow", `(module (table 1 funcref) (func (export "run") (param i32) (drop (table.grow (ref.null func) (local.get 0)))))`, 1000, 1000 << 4},
		{"table.fill", `(module (table 1000 funcref) (func (export "run") (param i32) (table.fill (i32.const 0) (ref.null func) (local.get 0))))`, 1000, 1000 << 3},
		{"table.copy", `(module (table 1000 funcref) (func (export "run") (param i32) (table.copy (i32.const 0) (i32.const 0) (local.get 0))))`, 1000, 1000 << 3},
		{"table.init", `(module (table 9 funcref) (elem $e func $f $f $f) (func $f) (func (export "run") (param i32) (table.init $e (i32.const 0) (i32.const 0) (local.get 0))))`, 3, 3 << 3},
		{"host calls", `(module (import "env" "f" (func $f)) (func (export "run") (param i32) (loop $l (call $f) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))`, 10, 10 * hostWeight},
		{"empty loop", `(module (func (export "run") (param i32) (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))`, 1000, 1000 * loopWeight},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := spend(t, tt.src, "run", tt.arg)
			if got < tt.atLeast || got > 2*tt.atLeast+4*hostWeight {
				t.Errorf("spent %d, %d to about twice that expected", got, tt.atLeast)
			}
		})
	}
}

// Growing in vain costs a call of the host and no more: the guest asked for what it cannot have.
func TestGrowingInVainIsCheap(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"memory", `(module (memory 1) (func (export "run") (param i32) (drop (memory.grow (local.get 0)))))`},
		{"table", `(module (table 1 funcref) (func (export "run") (param i32) (drop (table.grow (ref.null func) (local.get 0)))))`},
	} {
		if got := spend(t, tt.src, "run", 0xffff_ffff); got > 2*hostWeight {
			t.Errorf("%s: spent %d, at most %d expected", tt.name, got, 2*hostWeight)
		}
	}
}

// Functions that are about as cheap as calling them carry no charge of their own, and Go functions,
// which begin with a loop, carry one.
func TestSmallFunctionsAreNotCharged(t *testing.T) {
	tests := []struct {
		name, function string
		want           int
	}{
		{"leaf", `(func $f (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))`, 0},
		{"leaf with a branch", `(func $f (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))`, 0},
		{"large leaf", `(func $f (param i32) ` + strings.Repeat("(drop (local.get 0))", 20) + `)`, 1},
		{"caller", `(func $f (param i32) (call $f (local.get 0)))`, 1},
		{"caller through a table", `(func $f (param i32) (call_indirect (i32.const 0)))`, 1},
		{"loop at the entry", `(func $f (param i32) (loop $l (call $f (local.get 0)) (br_if $l (local.get 0))))`, 1},
		{"call before a loop", `(func $f (param i32) (call $f (local.get 0)) (loop $l (br_if $l (local.get 0))))`, 2},
		{"call beside a loop", `(func $f (param i32) (if (local.get 0) (then (call $f (local.get 0))) (else (loop $l (br_if $l (local.get 0))))))`, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := wasmtext.Assemble(`(module (table 1 funcref) ` + tt.function + `)`)
			if err != nil {
				t.Fatal(err)
			}
			out, err := Rewrite(w, options)
			if err != nil {
				t.Fatal(err)
			}
			m := module{refuel: 0, fuel: 0}
			charge := m.subtract(nil)
			if got := bytes.Count(out, charge); got != tt.want {
				t.Errorf("got %d charges, want %d", got, tt.want)
			}
		})
	}
}

// Names of functions move with them, so that stack traces are right. Other custom sections are gone.
func TestNames(t *testing.T) {
	w, err := wasmtext.Assemble(`(module (import "env" "f" (func)) (func (export "run") (unreachable)))`)
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.Clone(w)
	custom := func(b []byte, name string, content ...byte) []byte {
		body := append(appendName(nil, name), content...)
		return append(appendU32(append(b, sectionCustom), uint32(len(body))), body...)
	}
	names := []byte{0, 2, 1, 'm', namesOfFunctions, 9, 2, 0, 1, 'f', 1, 3, 'r', 'u', 'n', 2, 1, 0}
	w = custom(w, ".debug_info", 1, 2, 3)
	w = custom(w, "name", names...)
	w = custom(w, "producers", 0)
	m, err := start(t, w, true, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.module.ExportedFunction("run").Call(context.Background())
	if err == nil || !strings.Contains(err.Error(), ".run()") {
		t.Errorf("got %v, want a trap in .run()", err)
	}
	out, err := Rewrite(w, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{".debug_info", "producers"} {
		if bytes.Contains(out, []byte(gone)) {
			t.Errorf("section %s is still there", gone)
		}
	}
	// Malformed names are dropped, not trusted and no error.
	without, err := Rewrite(plain, options)
	if err != nil {
		t.Fatal(err)
	}
	for n := range names {
		if got, err := Rewrite(custom(bytes.Clone(plain), "name", names[:n]...), options); err != nil || len(got) > len(out) {
			t.Errorf("names cut at %d: %d bytes, %v", n, len(got), err)
		}
	}
	if got, err := Rewrite(custom(bytes.Clone(plain), "name", namesOfFunctions, 0xff, 0xff, 0xff, 0xff, 0xf), options); err != nil || !bytes.Equal(got, without) {
		t.Errorf("malformed names: got %d bytes, %v, want none", len(got), err)
	}
}

// A function that wazero's compiler would take minutes for is refused.
func TestFlowIsBounded(t *testing.T) {
	src := `(module (func (local ` + strings.Repeat("i32 ", 2000) + `) ` + strings.Repeat("(loop $l (br_if $l (local.get 0)))", 1000) + `))`
	w, err := wasmtext.Assemble(src)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Rewrite(w, options)
	want := fmt.Sprintf("1001 blocks and 2000 locals, a product of at most %d expected", MaxFlow)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRewriteIsRepeatable(t *testing.T) {
	w := guest(t)
	first, err := Rewrite(w, options)
	if err != nil {
		t.Fatal(err)
	}
	keep := bytes.Clone(first)
	second, err := Rewrite(bytes.Clone(w), options)
	if err != nil || !bytes.Equal(keep, second) || !bytes.Equal(first, keep) {
		t.Errorf("two rewritings differ, %v", err)
	}
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer rt.Close(ctx)
	c, err := rt.CompileModule(ctx, first)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(c.ExportedFunctions()); got < len(goExports) {
		t.Errorf("%d exports", got)
	}
}
