//go:build !linux

package detect

func cpuTime() int64 { return 0 }
