package detect

import "syscall"

// cpuTime is the processor time of this thread in nanoseconds: what a benchmark on a busy machine can be compared by.
func cpuTime() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(1, &u) != nil { // RUSAGE_THREAD
		return 0
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
