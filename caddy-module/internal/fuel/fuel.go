// Package fuel rewrites WebAssembly modules so that they count down a budget as they run and cannot
// grow beyond a memory cap. The wasm package calls it once for every guest it loads, before the guest
// reaches wazero.
//
// # What a rewritten module does
//
// It has one more import (a function () -> (), the refuel function) and one more global (an exported
// mutable i64, the fuel). Running code subtracts its weight from the fuel in advance, and calls the
// refuel function whenever that leaves the fuel below zero. The host then accounts for what was spent and
// either sets the global anew or panics, which traps the guest. The global starts at 0, so that code
// that runs before the host has set it, such as a start function, asks the host at once.
//
// # What is charged
//
// One unit is about one simple instruction; 17 to 28 of them run in a nanosecond of a 2020s server, in
// hand-written loops as in Go's JSON and regexp packages. Charges stand at loop heads, at function entries and,
// in long stretches of code, at the starts of branches. Each is the weight of the heaviest path from there
// to the next charge or to the function's end, so that no path through a function, however it is nested, runs
// for more than was charged for it; see meter.go. Compiled Go is charged 1.4 to 4 times of what it runs.
// Operations on ranges of memory and tables charge by their length.
//
// # What it costs
//
// Measured by BenchmarkCost with wazero 1.12 on amd64, ratio of metered to plain: 64 KiB byte scan in Go 1.1 to 1.3,
// JSON of 4 KB 1.14, regexp over 4 KB 0.95 to 1.05, maps and closures 1.08; hand-written: tight loop 1.11, byte scan
// 1.56, recursive calls 1.15, a call that does nothing 1.0. Machine code grows by 8 %. Rewriting runs at 350 MB/s:
// 11 ms for a Go guest of 3.8 MB, with 50 allocations.
//
// # What is checked
//
// Rewrite reads every section and every instruction, refuses what it does not know, and bounds what a hostile
// file can make a decoder allocate or a compiler do (see limits.go), so it goes before wazero: a file of 40 bytes
// that declares four billion locals makes wazero's decoder allocate them. It also checks each index that
// the appended type, function, global or local could turn from wrong to right. A module that wazero would
// refuse is therefore still refused after rewriting, and needs no validation of its own.
package fuel

import (
	"errors"
	"fmt"
)

// DefaultMaxPages is the memory cap that applies when Options.MaxPages is 0: 32 MiB.
const DefaultMaxPages = 512

// Options tells Rewrite what to add to a module.
type Options struct {
	// MaxPages caps the linear memory, in pages of 64 KiB. The default is DefaultMaxPages. A module that
	// declares a lower maximum keeps it.
	MaxPages uint32
	// RefuelModule and RefuelName name the imported function that is called when fuel is below zero.
	// A module that imports this function itself is refused. RefuelName is required.
	RefuelModule, RefuelName string
	// GlobalName is the name under which the fuel global is exported. A module that exports this name
	// itself is refused. It is required.
	GlobalName string
}

// Rewrite returns wasm with metering and caps added. It reads the whole module first: an error says
// what was found, where (function index and byte offset in wasm), and what was expected. The result shares no
// memory with wasm. It is safe for concurrent use and never panics, whatever the bytes are.
func Rewrite(wasm []byte, o Options) ([]byte, error) {
	out, _, err := rewrite(wasm, o, false)
	return out, err
}

// RewriteApart is Rewrite, but leaves out what the memory begins with, if it can, and returns it: whoever makes an instance then has to
// give it such a memory. Its bytes are those of wasm, in the order of their places. A module of Go has some 50,000 segments of data; wazero would keep
// all of them, and copy them into each instance.
func RewriteApart(wasm []byte, o Options) ([]byte, []Data, error) { return rewrite(wasm, o, true) }

func rewrite(wasm []byte, o Options, apart bool) ([]byte, []Data, error) {
	if o.RefuelName == "" || o.GlobalName == "" {
		return nil, nil, errors.New("rewriting module: names of the refuel function and of the fuel global are needed")
	}
	switch {
	case o.MaxPages == 0:
		o.MaxPages = DefaultMaxPages
	case o.MaxPages > 1<<16:
		o.MaxPages = 1 << 16
	}
	m := module{wasm: wasm, options: o, apart: apart}
	if err := m.split(); err != nil {
		return nil, nil, fmt.Errorf("rewriting module: %w", err)
	}
	out, err := m.write()
	if err != nil {
		return nil, nil, fmt.Errorf("rewriting module: %w", err)
	}
	return out, m.data, nil
}
