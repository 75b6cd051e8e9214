package fuel

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// file puts sections, given as number and content, behind the header of a module.
func file(sections ...[]byte) []byte {
	b := append(append([]byte{}, magic...), version...)
	for _, s := range sections {
		b = appendU32(append(b, s[0]), uint32(len(s)-1))
		b = append(b, s[1:]...)
	}
	return b
}

// function is a module with one function () -> () of that body, which begins with its locals.
func function(body ...byte) []byte {
	code := appendU32([]byte{sectionCode, 1}, uint32(len(body)))
	return file([]byte{sectionType, 1, 0x60, 0, 0}, []byte{sectionFunction, 1, 0}, []byte{sectionMemory, 1, 0, 1}, append(code, body...))
}

func TestRefuses(t *testing.T) {
	tests := []struct {
		name string
		wasm []byte
		want string
	}{
		{"nothing", nil, `no WebAssembly module: it does not begin with \0asm`},
		{"text", []byte("<html>"), `no WebAssembly module: it does not begin with \0asm`},
		{"component", []byte("\x00asm\x0d\x00\x01\x00"), "version of the binary format is not 1"},
		{"truncated header", []byte("\x00asm\x01"), "version of the binary format is not 1"},
		{"truncated section", append(file(), sectionType, 100), "offset 0xa: unexpected end"},
		{"unknown section", file([]byte{14}), "unknown section 14 at 0x8"},
		{"tags", file([]byte{sectionTag, 0}), "tag section at 0x8: exceptions are not supported"},
		{"repeated section", file([]byte{sectionType, 0}, []byte{sectionType, 0}), "type section at 0xb is repeated or out of order"},
		{"sections out of order", file([]byte{sectionCode, 0}, []byte{sectionType, 0}), "type section at 0xb is repeated or out of order"},
		{"bytes behind a section", file([]byte{sectionType, 0, 0}), "type section: offset 0xb: 1 bytes too many"},
		{"rec group", file([]byte{sectionType, 1, 0x4e, 1, 0x60, 0, 0}), "type 0 begins with 0x4e, 0x60 (function) expected"},
		{"reference type with index", file([]byte{sectionType, 1, 0x60, 1, 0x64, 0}), "0x64 is not a value type"},
		{"billion types", file(append([]byte{sectionType}, 0xff, 0xff, 0xff, 0xff, 0x0f)), "4294967295 types, at most 20000 expected"},
		{"more types than bytes", file([]byte{sectionType, 100, 0x60}), "unexpected end"},
		{"billion locals", function(1, 0xff, 0xff, 0xff, 0xff, 0x0f, typeI32, opEnd), "at least 4294967295 locals, at most 50000 expected"},
		{"locals in groups", function(append(bytes.Repeat([]byte{0xff, 0x7f, typeI32}, 1), opEnd)...), "function 0: offset"},
		{"no end", function(0, 1), "function 0, offset 0x1d: the body's last end does not stand at its end"},
		{"two ends", function(0, opEnd, opEnd), "the body's last end does not stand at its end"},
		{"atomics", function(0, 1, 0xfe, 0, opEnd), "function 0, offset 0x1d: opcode 0xfe (threads) is not supported, WebAssembly 2.0 expected"},
		{"tail call", function(0, 0x12, 0, opEnd), "opcode 0x12 (tail calls) is not supported"},
		{"try_table", function(0, 0x1f, 0x40, 0, opEnd, opEnd), "opcode 0x1f (exceptions) is not supported"},
		{"call_ref", function(0, 0x14, 0, opEnd), "opcode 0x14 (typed function references) is not supported"},
		{"garbage collection", function(0, 0xfb, 0, opEnd), "opcode 0xfb (garbage collection) is not supported"},
		{"unknown opcode", function(0, 0x27, opEnd), "unknown opcode 0x27"},
		{"unknown bulk opcode", function(0, 0xfc, 18, opEnd), "unknown opcode 0xfc 0x12"},
		{"unknown vector opcode", function(0, 0xfd, 0x9a, 1, opEnd), "unknown vector opcode 0xfd 0x9a"},
		{"relaxed vector opcode", function(0, 0xfd, 0x80, 2, opEnd), "unknown vector opcode 0xfd 0x80"},
		{"vector opcode in a longer form", function(0, 0xfd, 0x8b, 0, opEnd), "unknown vector opcode 0xfd 0x8b"},
		{"call of the refuel function", function(0, opCall, 1, opEnd), "function 1 of 1"},
		{"fuel global", function(0, opGlobalGet, 0, 0x1a, opEnd), "global 0 of 0"},
		{"scratch local", function(0, opLocalGet, 0, opMemoryGrow, 0, 0x1a, opEnd), "local 0 of 0"},
		{"type of the refuel function", function(0, opBlock, 1, opEnd, opEnd), "type 1 of 1"},
		{"branch out of the function", function(0, opBr, 1, opEnd), "branch out of 1 blocks, 1 are open"},
		{"else without if", function(0, opBlock, typeEmpty, opElse, opEnd, opEnd), "else without if"},
		{"memory 1", function(0, 0x3f, 1, 0x1a, opEnd), "memory other than 0, one memory expected"},
		{"store to memory 1", function(0, opI32Const, 0, 0x28, 0x40, 1, 0, 0x1a, opEnd), "malformed alignment or offset"},
		{"number without end", function(0, opI32Const, 0x80), "malformed number"},
		{"too long a number", function(0, opI32Const, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x1a, opEnd), "malformed number"},
		{"two memories", file([]byte{sectionMemory, 2, 0, 1, 0, 1}), "2 memories, at most one expected"},
		{"shared memory", file([]byte{sectionMemory, 1, 3, 1, 1}), "shared memory is not supported"},
		{"64-bit memory", file([]byte{sectionMemory, 1, 4, 1}), "64-bit memory is not supported"},
		{"too much memory", file([]byte{sectionMemory, 1, 0, 0x81, 4}), "memory begins with 32832 KiB, at most 32 MiB are allowed"},
		{"table with an expression", file([]byte{sectionTable, 1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, opEnd}), "table 0 has type 0x40"},
		{"nine tables", file(append([]byte{sectionTable, 9}, bytes.Repeat([]byte{0x70, 0, 1}, 9)...)), "9 tables, at most 8 expected"},
		{"exported fuel global", file([]byte{sectionExport, 1, 1, 'x', kindGlobal, 0}), `export "x": global 0 of 0`},
		{"exported tag", file([]byte{sectionExport, 1, 1, 'x', 4, 0}), `export "x" is a thing of unknown kind 4`},
		{"start with the refuel function", file([]byte{sectionStart, 0}), "start section: offset 0xb: function 0 of 0"},
		{"element that is the refuel function", file([]byte{sectionTable, 1, 0x70, 0, 1}, []byte{sectionElement, 1, 0, opI32Const, 0, opEnd, 1, 0}), "function 0 of 0"},
		{"segment of a gigabyte", file([]byte{sectionMemory, 1, 0, 1}, []byte{sectionData, 1, 1, 0x80, 0x80, 0x80, 0x80, 4}), "unexpected end"},
		{"bodies without functions", file([]byte{sectionCode, 1, 2, 0, opEnd}), "1 function bodies for 0 functions"},
		{"functions without bodies", file([]byte{sectionType, 1, 0x60, 0, 0}, []byte{sectionFunction, 1, 0}), "0 function bodies for 1 functions"},
		{"name that is not UTF-8", file([]byte{sectionExport, 1, 1, 0xff, kindFunction, 0}), "name is not UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := Rewrite(tt.wasm, options)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %d bytes and error %v, want error with %q", len(out), err, tt.want)
			}
		})
	}
}

func TestRefusesOptionsWithoutNames(t *testing.T) {
	if _, err := Rewrite(file(), Options{}); err == nil {
		t.Error("got no error")
	}
}

// No truncated or damaged module makes Rewrite panic, and what it makes of a damaged one is no worse
// than what wazero takes.
func TestDamagedModules(t *testing.T) {
	for _, p := range programs {
		w, err := wasmtext.Assemble(p.src)
		if err != nil {
			t.Fatal(err)
		}
		for n := range w {
			Rewrite(w[:n], options)
			for _, flip := range []byte{0x01, 0x80, 0xff, 0x10} {
				b := bytes.Clone(w)
				b[n] ^= flip
				Rewrite(b, options)
			}
		}
	}
}

// caps reads what the rewritten module declares.
func TestCaps(t *testing.T) {
	tests := []struct {
		name, src string
		pages     uint32 // option
		wantPages uint32 // maximum of the memory
	}{
		{"no maximum", `(module (memory (export "memory") 1))`, 100, 100},
		{"lower maximum", `(module (memory (export "memory") 1 7))`, 100, 7},
		{"higher maximum", `(module (memory (export "memory") 1 70))`, 16, 16},
		{"exactly", `(module (memory (export "memory") 16 16))`, 16, 16},
		{"default", `(module (memory (export "memory") 1))`, 0, DefaultMaxPages},
		{"more than there can be", `(module (memory (export "memory") 1))`, 1 << 20, 1 << 16},
	}
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer rt.Close(ctx)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := wasmtext.Assemble(tt.src)
			if err != nil {
				t.Fatal(err)
			}
			o := options
			o.MaxPages = tt.pages
			if w, err = Rewrite(w, o); err != nil {
				t.Fatal(err)
			}
			c, err := rt.CompileModule(ctx, w)
			if err != nil {
				t.Fatal(err)
			}
			if got, declared := c.ExportedMemories()["memory"].Max(); got != tt.wantPages || !declared {
				t.Errorf("got a maximum of %d pages, want %d", got, tt.wantPages)
			}
		})
	}
}

func TestTablesAreCapped(t *testing.T) {
	src := `(module (table $t 1 funcref) (table $u 1 5 funcref)
		(func (export "t") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
		(func (export "u") (param i32) (result i32) (table.grow $u (ref.null func) (local.get 0))))`
	w, err := wasmtext.Assemble(src)
	if err != nil {
		t.Fatal(err)
	}
	m, err := start(t, w, true, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		export string
		by     uint64
		want   int32
	}{{"t", MaxTableElements, -1}, {"t", MaxTableElements - 1, 1}, {"u", 5, -1}, {"u", 4, 1}} {
		if got, err := m.call(tt.export, tt.by); err != nil || int32(got[0]) != tt.want {
			t.Errorf("growing %s by %d: got %v %v, want %d", tt.export, tt.by, got, err, tt.want)
		}
	}
}
