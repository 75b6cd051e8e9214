package plugin

import (
	"fmt"
	"runtime"
	"time"
)

// Bounds of the limits that may be asked for.
const (
	MinCPU       = time.Millisecond
	MaxCPU       = time.Minute
	MinMemory    = 64 << 10 // one page
	MaxMemory    = 2 << 30  // a span of the ABI is negative above it
	MaxInstances = 1024
	MaxHold      = 16 << 20 // bytes
)

// Limits bound what one plugin may take. A zero field means "not said"; Or fills it.
type Limits struct {
	// CPU is the time that one hook call may burn, on top of which the sandbox allows as much again
	// for every MiB of input. It is counted in fuel, not by the clock. Default 100ms.
	CPU time.Duration
	// Memory is the size in bytes that the memory of one instance may grow to. Default 32 MiB.
	Memory int64
	// Instances is how many calls may run at once. Default twice GOMAXPROCS, at least 4.
	Instances int
	// Hold is how many bytes of a stream's text the plugin may hold back per channel. Default 64 KiB.
	Hold int
}

// DefaultLimits are the limits of a plugin for which nobody says anything.
func DefaultLimits() Limits {
	return Limits{
		CPU:       100 * time.Millisecond,
		Memory:    32 << 20,
		Instances: max(4, 2*runtime.GOMAXPROCS(0)),
		Hold:      64 << 10,
	}
}

// Or returns l with its zero fields taken from d.
func (l Limits) Or(d Limits) Limits {
	if l.CPU == 0 {
		l.CPU = d.CPU
	}
	if l.Memory == 0 {
		l.Memory = d.Memory
	}
	if l.Instances == 0 {
		l.Instances = d.Instances
	}
	if l.Hold == 0 {
		l.Hold = d.Hold
	}
	return l
}

// Check judges the fields that are not zero.
func (l Limits) Check() error {
	switch {
	case l.CPU != 0 && (l.CPU < MinCPU || l.CPU > MaxCPU):
		return fmt.Errorf("limits: cpu is %v, expected %v to %v", l.CPU, MinCPU, MaxCPU)
	case l.Memory != 0 && (l.Memory < MinMemory || l.Memory > MaxMemory):
		return fmt.Errorf("limits: memory is %d bytes, expected %d to %d", l.Memory, MinMemory, MaxMemory)
	case l.Instances < 0 || l.Instances > MaxInstances:
		return fmt.Errorf("limits: instances is %d, expected 1 to %d", l.Instances, MaxInstances)
	case l.Hold < 0 || l.Hold > MaxHold:
		return fmt.Errorf("limits: max_hold_bytes is %d, expected 1 to %d", l.Hold, MaxHold)
	}
	return nil
}

// wireLimits is the JSON form of the limits in a manifest.
type wireLimits struct {
	CPU       int64 `json:"cpu_ms"`
	Memory    int64 `json:"memory_bytes"`
	Instances int   `json:"instances"`
	Hold      int   `json:"max_hold_bytes"`
}

func (w wireLimits) limits() (Limits, error) {
	if w.CPU < 0 || w.CPU > MaxCPU.Milliseconds() {
		return Limits{}, fmt.Errorf("limits: cpu_ms is %d, expected 1 to %d", w.CPU, MaxCPU.Milliseconds())
	}
	l := Limits{CPU: time.Duration(w.CPU) * time.Millisecond, Memory: w.Memory, Instances: w.Instances, Hold: w.Hold}
	return l, l.Check()
}
