package wasm

import (
	"runtime"
	"time"
)

// courtesy is how long a call runs before it lets newly arrived network traffic go first.
const courtesy = 500 * time.Microsecond

// yield lets other goroutines run. ran is for how long the call has been at it.
//
// A goroutine that calls Gosched goes to the end of the queue of those that can run. Go looks for network
// events when that queue is empty, which it never is while the call itself stands in it: on one core,
// everybody else's traffic would be seen only by the 10 ms tick of the runtime's monitor. So calls that take
// long wait for a network event themselves, one of their own making: by the time it is found, so are
// all others, and they stand before it.
func yield(ran time.Duration) {
	if ran < courtesy {
		runtime.Gosched()
		return
	}
	if !ring() {
		runtime.Gosched()
	}
}
