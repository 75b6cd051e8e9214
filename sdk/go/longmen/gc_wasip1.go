package longmen

import (
	"runtime"
	_ "unsafe" // for go:linkname
)

// setGCPercent is runtime/debug.SetGCPercent without package debug, which would bring in os and fmt and
// make every plugin a fifth larger. The runtime offers the symbol under this name to package debug.
//
//go:linkname setGCPercent runtime/debug.setGCPercent
func setGCPercent(percent int32) int32

// The runtime first collects when the heap reaches 4 MiB times this percentage: at 100 a plugin that
// allocates grows to 7 MiB of linear memory, which is never given back, at 25 it stays at 4 MiB.
func init() { setGCPercent(25) }

// settle ends the collection that starting up has begun. Its workers run while nothing else does, and hooks leave them no such time: the
// collection would go on for thousands of hooks, in which each write of a pointer costs more.
func settle() { runtime.GC() }
