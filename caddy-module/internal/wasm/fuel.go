package wasm

import (
	"fmt"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fuel"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// FuelPerMillisecond is the fuel that a guest burns in a millisecond of one core, see package fuel for the
// unit and BenchmarkFuelPerMillisecond for the measure: 17 to 40 million, from hand-written loops to Go
// programs. A limit of 50ms therefore means the work of about 50ms, whatever else the machine does.
const FuelPerMillisecond = 25_000_000

// nanosecond is the fuel of a nanosecond.
const nanosecond = FuelPerMillisecond / 1_000_000

// Guest code cannot be preempted by Go's scheduler or garbage collector, so it has to come back by itself
// now and then. It gets its fuel in slices; each is made as long as the last one suggests.
const (
	turn       = 150 * time.Microsecond // that a slice should take
	firstSlice = FuelPerMillisecond / 20
	minSlice   = FuelPerMillisecond / 200
	maxSlice   = FuelPerMillisecond / 2

	// slowest is how much slower than FuelPerMillisecond says a guest may be before it is charged by its
	// processor time: one that misses the caches with every load burns next to no fuel. The first slice,
	// for which no time was taken, is charged by fuel alone.
	slowest = 4

	// patient is how long a call runs before others stop waiting for its instance.
	patient = 200 * time.Microsecond
)

// Prices of what host functions do, beyond the call itself, which the rewriter charges.
const (
	copyFuel   = 2                // a byte copied or looked at
	decodeFuel = nanosecond       // a byte of a string with escapes
	parseFuel  = 3 * nanosecond   // a byte of JSON read
	digestFuel = 2 * nanosecond   // a byte hashed
	randomFuel = 3 * nanosecond   // a random byte
	memberFuel = 5 * nanosecond   // a member or element passed by
	callFuel   = 100 * nanosecond // a call of an interface of the gateway
)

// startCPU bounds what is not under the limits of a Caddyfile: start function, _initialize, manifest and
// configure.
const startCPU = time.Second

// rewriting is how guests are metered.
var rewriting = fuel.Options{
	MaxPages:     maxPages,
	RefuelModule: abi.Module,
	RefuelName:   abi.FnRefuel,
	GlobalName:   abi.GlobalFuel,
}

// budget is the fuel of a call that works on input bytes: the limit, and as much again for each MiB.
func budget(cpu time.Duration, input int) int64 {
	once := int64(cpu/time.Microsecond) * (FuelPerMillisecond / 1000)
	return once + once/1024*int64(input/1024)
}

// fund gives the call its fuel and the guest its first slice. now is the time since the process's start.
func (c *call) fund(total int64, now time.Duration) {
	c.slice = min(total, firstSlice)
	c.reserve = total - c.slice
	c.hosted, c.pauses = 0, 0
	c.began, c.turned = now, now
	c.in.fuel.Set(uint64(c.slice))
}

// left is the fuel that the call has not spent.
func (c *call) left() int64 { return c.reserve + int64(c.in.fuel.Get()) }

// spend charges work that the host does for the guest.
func (c *call) spend(n int64) {
	c.reserve -= n
	if c.hosted += n; c.hosted > firstSlice || c.reserve < 0 {
		c.turnOver()
	}
}

// turnOver ends the guest's turn, in a host function: it settles accounts, lets others run, and hands out
// the next slice. It ends the call when its fuel is spent or its caller has gone.
func (c *call) turnOver() {
	now := uptime()
	took := now - c.turned
	if on, ok := threadTime(); ok && c.pauses > 0 {
		// Time in which other processes had the processor is not the guest's. If the goroutine has changed
		// threads since, on is off, but the clock on the wall still bounds it.
		took = min(took, max(0, on-c.onThread))
	}
	given := c.slice
	rest := int64(c.in.fuel.Get()) // below zero if the guest asked for more
	used := given - rest + c.hosted
	c.reserve += rest
	c.in.fuel.Set(0)
	c.slice, c.hosted = 0, 0
	if owed := int64(took) * nanosecond / slowest; owed > used && c.pauses > 0 {
		c.reserve -= owed - used
	}
	if c.reserve < 0 {
		panic(&abort{outcome: OutcomeExhausted, reason: c.exhausted()})
	}
	if err := c.ctx.Err(); err != nil {
		panic(&abort{outcome: OutcomeCanceled, err: err, reason: "its exchange ended"})
	}
	if now-c.began > patient {
		c.in.long()
	}
	c.pauses++
	yield(now - c.began)

	next := int64(firstSlice)
	if took > 0 && given > 0 {
		next = min(max(used*int64(turn)/int64(took), minSlice), maxSlice)
	}
	c.slice = min(c.reserve, next)
	c.reserve -= c.slice
	c.in.fuel.Set(uint64(c.slice))
	c.restart()
}

// restart begins the time of a slice. The first slice's processor time is not asked for: see turnOver.
func (c *call) restart() {
	c.turned = uptime()
	if c.pauses > 0 {
		c.onThread, _ = threadTime()
	}
}

func (c *call) exhausted() string {
	cpu := startCPU
	if c.within(inExchange) {
		cpu = c.in.limits.CPU
	}
	return fmt.Sprintf("used up its CPU time, limit %v per call", cpu)
}

// block is called before a host function waits for something outside: others do not wait for this
// instance, and the guest does not pay for the time. It returns what has to be called after.
func (c *call) block() { c.in.long() }

// resume is called after block.
func (c *call) resume() { c.restart() }

// uptime is the time since the process started, read at half the price of time.Now.
func uptime() time.Duration { return time.Since(started) }

// started is the origin of uptime and of the guests' monotonic clock.
var started = time.Now()
