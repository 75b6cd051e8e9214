package wasm

import (
	"runtime"
	"time"
)

// yield lets other goroutines run. ran is for how long the call has been at it.
func yield(ran time.Duration) { runtime.Gosched() }
