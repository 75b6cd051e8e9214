package wasm

import (
	"fmt"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fuel"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

const (
	// FuelPerMillisecond is the fuel that a guest burns in a millisecond of one core: a unit is about
	// one simple instruction. Measured on byte scans of a Go guest, see BenchmarkFuelPerMillisecond; a
	// limit of 50ms therefore means the work of about 50ms on such a core, whatever else the machine does.
	FuelPerMillisecond = 1_000_000

	// slice is the fuel that a guest gets at once. Guest code cannot be preempted by Go's scheduler or
	// garbage collector, so it has to come back by itself: after about 0.2 ms.
	slice = FuelPerMillisecond / 5

	// hostCall is the price of calling a host function, about what it takes.
	hostCall = 80
	// bytesPerFuel is how many bytes are copied for a unit of fuel.
	bytesPerFuel = 4

	// startCPU bounds what is not under the limits of a Caddyfile: start function, _initialize,
	// manifest and configure.
	startCPU = 2 * time.Second
)

// rewriting is how guests are metered.
var rewriting = fuel.Options{
	MaxPages:     maxPages,
	RefuelModule: abi.Module,
	RefuelName:   abi.FnRefuel,
	GlobalName:   abi.GlobalFuel,
}

// budget is the fuel of a call that works on input bytes: the limit, and as much again for each MiB.
func budget(cpu time.Duration, input int) int64 {
	perCall := int64(cpu) / int64(time.Microsecond) * (FuelPerMillisecond / 1000)
	return perCall + perCall/1024*int64(input/1024)
}

// fund gives the call its fuel and the guest its first slice.
func (c *call) fund(total int64) {
	first := min(total, slice)
	c.reserve, c.turn, c.pauses = total-first, slice, 0
	c.in.fuel.Set(uint64(first))
}

// left is the fuel that the call has not spent.
func (c *call) left() int64 { return c.reserve + int64(c.in.fuel.Get()) }

// spend charges work that the host does for the guest.
func (c *call) spend(n int64) {
	c.reserve -= n
	c.turn -= n
	if c.turn < 0 {
		c.pause()
	}
	if c.reserve < 0 {
		c.settle()
	}
}

// refuel is called by the guest when its slice is spent: the fuel stands below zero by what the guest is about
// to do.
func (c *call) refuel() {
	c.settle()
	c.pause()
	next := min(c.reserve, slice)
	c.reserve -= next
	c.in.fuel.Set(uint64(next))
}

// settle takes back what the guest holds and ends the call if all is spent.
func (c *call) settle() {
	c.reserve += int64(c.in.fuel.Get())
	c.in.fuel.Set(0)
	if c.reserve < 0 {
		panic(&abort{outcome: OutcomeExhausted, reason: c.exhausted()})
	}
}

func (c *call) exhausted() string {
	cpu := startCPU
	if c.within(inExchange) {
		cpu = c.in.limits.CPU
	}
	return fmt.Sprintf("used up its CPU time, limit %v per call", cpu)
}

// pause lets other work have the processor and ends the call if its caller has gone.
func (c *call) pause() {
	c.turn = slice
	c.pauses++
	if err := c.ctx.Err(); err != nil {
		panic(&abort{outcome: OutcomeCanceled, err: err, reason: "its exchange ended"})
	}
	c.in.long()
	yield(c.pauses)
}
