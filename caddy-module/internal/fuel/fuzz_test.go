package fuel

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// fuzzFuel bounds what a fuzzed program may do.
const fuzzFuel = 100_000

// FuzzRewrite holds Rewrite to its word on arbitrary bytes: it does not panic; wazero takes the
// rewritten module exactly if it takes the original; and both do the same.
func FuzzRewrite(f *testing.F) {
	for _, p := range programs {
		w, err := wasmtext.Assemble(p.src)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(w)
	}
	for _, name := range hostileNames(f) {
		f.Add(hostile(f, name))
	}
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithMemoryLimitPages(DefaultMaxPages))
	f.Cleanup(func() { rt.Close(ctx) })
	f.Fuzz(func(t *testing.T, wasm []byte) {
		out, err := Rewrite(wasm, options)
		if err != nil {
			return
		}
		accepts := func(b []byte) error {
			c, err := rt.CompileModule(ctx, b)
			if err == nil {
				err = c.Close(ctx)
			}
			return err
		}
		before, after := accepts(wasm), accepts(out)
		switch {
		case before == nil && after != nil:
			t.Fatalf("wazero takes the original and refuses the rewritten module: %v", after)
		case before != nil && strings.Contains(before.Error(), "custom"):
			// Rewrite drops custom sections, well-formed or not, as the specification would have wazero do.
		case before != nil && after == nil:
			t.Fatalf("wazero refuses the original and takes the rewritten module: %v", before)
		case before == nil:
			compare(t, wasm)
		}
	})
}

// FuzzControlFlow does the same with valid programs that are made of the fuzzer's bytes.
func FuzzControlFlow(f *testing.F) {
	f.Add([]byte("\x02\x05\x00\x00\x01\x0d"))
	f.Add([]byte("\x03\x02\x01\x04\x01\x0d\x07\x01\x0d\x06\x01\x02\x0d\x05"))
	f.Add(bytes.Repeat([]byte{2, 1, 3, 5, 0, 7, 1, 13}, 20))
	f.Fuzz(func(t *testing.T, choices []byte) {
		if len(choices) > 4096 {
			return
		}
		g := generator{choices: choices}
		w := g.module()
		compare(t, w)
	})
}

// compare runs all exports without parameters of a valid module, rewritten and as it is.
func compare(t *testing.T, wasm []byte) {
	t.Helper()
	if bytes.Contains(wasm, []byte{opMisc, opMiscTableGrow}) {
		return // tables are capped
	}
	metered, err := start(t, wasm, false, fuzzFuel)
	if err != nil && outOfFuel(err) {
		return
	}
	plain, plainErr := launch(t, wasm, false, 0)
	if overflows(err) || overflows(plainErr) {
		return
	}
	if (err == nil) != (plainErr == nil) {
		t.Fatalf("got error %v, want %v", err, plainErr)
	}
	if err != nil {
		return
	}
	exact, err := launch(t, rewriteExactly(t, wasm), false, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	exports := plain.module.ExportedFunctionDefinitions()
	for _, name := range sorted(exports) {
		if len(exports[name].ParamTypes()) > 0 {
			continue
		}
		before := metered.spent()
		got, gotErr := metered.call(name)
		if outOfFuel(gotErr) {
			return
		}
		want, wantErr := plain.call(name)
		if overflows(gotErr) || overflows(wantErr) {
			return
		}
		if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) || !slices.Equal(got, want) || metered.state() != plain.state() {
			t.Fatalf("%s: got %v %v, want %v %v, or memory, globals or host calls differ", name, got, gotErr, want, wantErr)
		}
		ran := exact.spent()
		exact.call(name)
		if ran, charged := exact.spent()-ran, metered.spent()-before; gotErr == nil && ran > charged+freeWeight {
			t.Fatalf("%s: ran for %d, charged %d", name, ran, charged)
		}
	}
}

// overflows tells of the one difference that there may be: calling the refuel function takes a frame.
func overflows(err error) bool { return err != nil && strings.Contains(err.Error(), "stack overflow") }

// generator makes a valid module of a string of choices.
type generator struct {
	choices []byte
	out     []byte
	depth   uint32
}

const (
	generatedFunctions = 4
	generatedLocals    = 4 // the first is the parameter
)

func (g *generator) next(n byte) byte {
	if len(g.choices) == 0 {
		return 0
	}
	c := g.choices[0] % n
	g.choices = g.choices[1:]
	return c
}

func (g *generator) module() []byte {
	code := []byte{sectionCode, generatedFunctions + 1}
	for range generatedFunctions {
		share := g.choices
		if len(share) > 60 {
			share = share[:len(share)/2]
		}
		rest := g.choices[len(share):]
		g.choices, g.out, g.depth = share, []byte{1, generatedLocals - 1, typeI32}, 0
		g.statements()
		g.out = append(g.out, opLocalGet, 1, opEnd)
		g.choices = rest
		code = append(appendU32(code, uint32(len(g.out))), g.out...)
	}
	run := []byte{0, opI32Const, 9, opCall, 0, opEnd}
	code = append(appendU32(code, uint32(len(run))), run...)
	return file(
		[]byte{sectionType, 2, 0x60, 1, typeI32, 1, typeI32, 0x60, 0, 1, typeI32},
		[]byte{sectionFunction, generatedFunctions + 1, 0, 0, 0, 0, 1},
		[]byte{sectionTable, 1, typeFuncref, 0, 4},
		[]byte{sectionMemory, 1, 0, 1},
		[]byte{sectionGlobal, 1, typeI32, 1, opI32Const, 3, opEnd},
		[]byte{sectionExport, 3, 1, 'r', kindFunction, generatedFunctions, 1, 'g', kindGlobal, 0, 6, 'm', 'e', 'm', 'o', 'r', 'y', kindMemory, 0},
		[]byte{sectionElement, 1, 0, opI32Const, 0, opEnd, 4, 0, 1, 2, 3},
		code,
	)
}

func (g *generator) get() { g.out = append(g.out, opLocalGet, g.next(generatedLocals)) }

func (g *generator) set() { g.out = append(g.out, opLocalTee-1, g.next(generatedLocals)) }

func (g *generator) label() { g.out = append(g.out, g.next(byte(min(g.depth, 120)))) }

func (g *generator) block(open ...byte) {
	g.out = append(append(g.out, open...), typeEmpty)
	g.depth++
	g.statements()
	g.depth--
}

// statements adds statements up to a choice of 14.
func (g *generator) statements() {
	for len(g.choices) > 0 {
		choice := g.next(15)
		if g.depth == 0 && choice >= 6 && choice <= 8 { // no block to branch out of
			g.get()
			g.out = append(g.out, opReturn)
			continue
		}
		switch choice {
		case 0: // add a number
			g.get()
			g.out = append(g.out, opI32Const, g.next(64), 0x6a)
			g.set()
		case 1: // combine two locals: sub, mul, and, xor
			g.get()
			g.get()
			g.out = append(g.out, []byte{0x6b, 0x6c, 0x71, 0x73}[g.next(4)])
			g.set()
		case 2:
			g.block(opBlock)
			g.out = append(g.out, opEnd)
		case 3:
			g.block(opLoop)
			g.out = append(g.out, opEnd)
		case 4:
			g.get()
			g.block(opIf)
			g.out = append(g.out, opEnd)
		case 5:
			g.get()
			g.block(opIf)
			g.out = append(g.out, opElse)
			g.depth++
			g.statements()
			g.depth--
			g.out = append(g.out, opEnd)
		case 6:
			g.out = append(g.out, opBr)
			g.label()
			g.unstick()
		case 7:
			g.get()
			g.out = append(g.out, opI32Const, 3, 0x71, opBrIf)
			g.label()
			g.unstick()
		case 8:
			g.get()
			n := g.next(5)
			g.out = append(g.out, opBrTable, n)
			for range n + 1 {
				g.label()
			}
		case 9:
			g.get()
			g.out = append(g.out, opCall, g.next(generatedFunctions))
			g.set()
		case 10: // through the table
			g.get()
			g.get()
			g.out = append(g.out, opI32Const, 3, 0x71, opCallIndirect, 0, 0)
			g.set()
		case 11: // keep a local in memory
			g.get()
			g.out = append(g.out, opI32Const, 0xff, 0, 0x71)
			g.get()
			g.out = append(g.out, 0x36, 2, 0)
		case 12:
			g.out = append(g.out, opGlobalGet, 0)
			g.get()
			g.out = append(g.out, 0x6a, opGlobalSet, 0)
		case 13: // fill some memory
			g.out = append(g.out, opI32Const, 8)
			g.get()
			g.get()
			g.out = append(g.out, opI32Const, 0xff, 0, 0x71, opMisc, opMiscMemoryFill, 0)
		case 14:
			return
		}
	}
}

// unstick lets a branch that was just added see another value the next time.
func (g *generator) unstick() {
	g.out = append(g.out, opGlobalGet, 0, opI32Const, 1, 0x6a, opGlobalSet, 0)
}
