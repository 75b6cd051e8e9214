package wasm

import (
	"syscall"
	"time"
	"unsafe"
)

// threadTime is the processor time that the running thread has used. It says something only while the
// goroutine has not changed threads.
func threadTime() (time.Duration, bool) {
	const threadClock = 3 // CLOCK_THREAD_CPUTIME_ID
	var t syscall.Timespec
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&t)), 0)
	return time.Duration(t.Nano()), errno == 0
}
