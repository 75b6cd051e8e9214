package wasm

import (
	"math"
	"sync"
	"sync/atomic"
)

// Outcome is how a hook call ended.
type Outcome uint8

// Outcomes of hook calls.
const (
	OutcomeOK        Outcome = iota
	OutcomeFailed            // the guest returned abi.Failed
	OutcomeTrapped           // the guest crashed
	OutcomeExhausted         // the guest spent its CPU limit
	OutcomeInvalid           // the guest's answer broke the contract
	OutcomeCanceled          // the exchange ended while the guest ran or waited for an instance
	OutcomeOpen              // not called: the breaker is open
	OutcomeStart             // no instance could be made
	outcomes
)

// String is the outcome as a metric label.
func (o Outcome) String() string {
	return [outcomes]string{"ok", "failed", "trapped", "exhausted", "invalid", "canceled", "open", "start"}[o]
}

// Metrics counts what one configured plugin does. It outlives pools, so that counters only grow. All
// methods are safe for concurrent use; the zero value is ready.
type Metrics struct {
	hooks [hookCount]hookMetrics

	waits, waitNanos   atomic.Int64
	instances, memory  atomic.Int64
	created, discarded atomic.Int64

	mu     sync.Mutex
	guests map[string]*atomic.Uint64 // counters that the guest declares, float64 bits
}

type hookMetrics struct {
	calls [outcomes]atomic.Int64
	nanos atomic.Int64
	fuel  atomic.Int64
}

// HookStats is what happened in one hook.
type HookStats struct {
	Hook  string
	Calls [outcomes]int64 // by Outcome
	Nanos int64           // time inside the calls, host functions included
	Fuel  int64           // spent; FuelPerMillisecond units are about a millisecond of one core
}

// Stats is a snapshot of Metrics.
type Stats struct {
	Hooks     []HookStats // hooks that were called
	Waits     int64       // calls that had to wait for an instance
	WaitNanos int64
	Instances int64 // alive now
	Memory    int64 // bytes of linear memory that live instances have grown to
	Created   int64 // instances made
	Discarded int64 // instances thrown away because they broke or grew too large
	Counters  map[string]float64
}

// Stats takes a snapshot.
func (m *Metrics) Stats() Stats {
	s := Stats{
		Waits: m.waits.Load(), WaitNanos: m.waitNanos.Load(), Instances: m.instances.Load(), Memory: m.memory.Load(),
		Created: m.created.Load(), Discarded: m.discarded.Load(), Counters: map[string]float64{},
	}
	for h := range m.hooks {
		hs := HookStats{Hook: hook(h).String(), Nanos: m.hooks[h].nanos.Load(), Fuel: m.hooks[h].fuel.Load()}
		var sum int64
		for o := range hs.Calls {
			hs.Calls[o] = m.hooks[h].calls[o].Load()
			sum += hs.Calls[o]
		}
		if sum > 0 {
			s.Hooks = append(s.Hooks, hs)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, v := range m.guests {
		s.Counters[name] = math.Float64frombits(v.Load())
	}
	return s
}

// counter is the guest's counter called name, made if need be.
func (m *Metrics) counter(name string) *atomic.Uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.guests[name]
	if v == nil {
		v = new(atomic.Uint64)
		if m.guests == nil {
			m.guests = make(map[string]*atomic.Uint64)
		}
		m.guests[name] = v
	}
	return v
}

// addFloat adds to the float64 whose bits v holds.
func addFloat(v *atomic.Uint64, delta float64) {
	for {
		old := v.Load()
		if v.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+delta)) {
			return
		}
	}
}
