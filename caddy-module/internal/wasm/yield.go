package wasm

import "runtime"

// yield lets other goroutines run. pauses counts those of the running call.
func yield(pauses int) { runtime.Gosched() }
