package wasm

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
)

// keepIdle is how long an instance beyond the first may idle.
const keepIdle = 30 * time.Second

// Pool runs one configured plugin on a number of instances. A call leases an instance for as long as it
// runs: any instance serves any call. It is safe for concurrent use.
//
// A pool begins with one instance. It grows, up to its limit, when calls would have to wait for calls
// that take long, and shrinks when instances idle.
type Pool struct {
	seat
	module  *Module
	limits  plugin.Limits
	has     set        // hooks that are called
	watched [2]watched // by phase
	breaker breaker

	mu      sync.Mutex
	idle    []*instance // the one used last is at the end
	queue   []*waiter
	total   int // instances that live, or are being made
	busy    int // those of total that run a call that takes long, or are being made
	refs    int // the owner's until Close, and one for each Retain
	closed  bool
	trimmer *time.Timer // runs while more than one instance idles
}

// waiter is a call that waits for an instance.
type waiter struct{ ready chan grant }

// grant is what a waiter gets: an instance, the right to make one, or an error.
type grant struct {
	in  *instance
	err error
}

// Pool makes a pool for one plugin of the module and configures its first instance, so that what is
// wrong with plugin or config shows here. The pool keeps the module alive.
func (m *Module) Pool(ctx context.Context, spec Spec) (*Pool, error) {
	i, d, err := m.manifest.Find(spec.Plugin)
	if err != nil {
		return nil, err
	}
	p := &Pool{
		seat: seat{
			name: spec.Name, index: i, describe: d, config: spec.Config, key: spec.Key, granted: spec.Services, rehearsal: rehearsed(spec.Services),
			logger: spec.Logger, metrics: spec.Metrics, counters: make(map[string]*atomic.Uint64), now: spec.Now, random: spec.Random,
		},
		module: m, refs: 1,
	}
	if p.name == "" {
		p.name = d.Name
	}
	if len(p.config) == 0 {
		p.config = []byte("{}")
	}
	if p.metrics == nil {
		p.metrics = new(Metrics)
	}
	if p.now == nil {
		p.now = time.Now
	}
	p.seat.limits = spec.Limits.Or(d.Limits).Or(plugin.DefaultLimits())
	p.limits = p.seat.limits
	if err := p.limits.Check(); err != nil {
		return nil, fmt.Errorf("plugin %s: %w", p.name, err)
	}
	if start := int64(m.startPages()) * pageSize; start > p.limits.Memory {
		return nil, fmt.Errorf("plugin %s: limits: memory is %d bytes, but the module begins with %d", p.name, p.limits.Memory, start)
	}
	for _, name := range d.Metrics {
		p.counters[name] = p.metrics.counter(name)
	}
	for h := hookRequest; h < hookCount; h++ {
		if d.Has(h.String()) {
			p.has |= setOf(h)
		}
	}
	p.breaker.now = p.now
	p.breaker.clean.Store(true)
	p.seat.pool = p
	m.retain()
	p.total, p.busy = 1, 1
	in, err := p.make(ctx)
	if err != nil {
		m.Close()
		return nil, err
	}
	p.has &^= in.skipped
	p.watched = in.watched
	p.busy, in.waiting = 0, false
	p.idle = append(p.idle, in)
	return p, nil
}

// Has reports whether calls of hook reach the plugin: its manifest names the hook, and its configuration
// did not skip it.
func (p *Pool) Has(hook string) bool {
	for h := hookRequest; h < hookCount; h++ {
		if h.String() == hook {
			return p.has.has(h)
		}
	}
	return false
}

// Name is the plugin's name as configured.
func (p *Pool) Name() string { return p.name }

// Limits are the limits that apply.
func (p *Pool) Limits() plugin.Limits { return p.limits }

// Metrics counts what the pool does.
func (p *Pool) Metrics() *Metrics { return p.metrics }

// Retain keeps the pool open beyond Close until Release, for an exchange that will call it again. It
// reports whether the pool was still open.
func (p *Pool) Retain() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refs == 0 {
		return false
	}
	p.refs++
	return true
}

// Release ends a Retain.
func (p *Pool) Release() {
	p.mu.Lock()
	p.unref()
}

// Close lets go of the pool. Exchanges that retained it go on; when the last releases it, and calls that
// still run return, the instances are closed. Close does not wait for that.
func (p *Pool) Close() {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	p.unref()
}

// unref drops a reference. It is called with the lock and gives it back.
func (p *Pool) unref() {
	p.refs--
	if p.refs > 0 {
		p.mu.Unlock()
		return
	}
	idle := p.idle
	p.idle = nil
	p.total -= len(idle)
	for _, w := range p.queue {
		w.ready <- grant{err: ErrClosed}
	}
	p.queue = nil
	if p.trimmer != nil {
		p.trimmer.Stop()
	}
	last := p.total == 0
	p.mu.Unlock()
	for _, in := range idle {
		in.close()
	}
	if last {
		p.module.Close()
	}
}

// make starts and configures an instance. total and busy count it already.
func (p *Pool) make(ctx context.Context) (*instance, error) {
	in, err := p.module.instantiate(ctx, &p.seat)
	if err != nil {
		return nil, err
	}
	if err := in.configure(ctx); err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

// get leases an instance.
func (p *Pool) get(ctx context.Context) (*instance, error) {
	p.mu.Lock()
	if p.refs == 0 {
		p.mu.Unlock()
		return nil, ErrClosed
	}
	if n := len(p.idle); n > 0 {
		in := p.idle[n-1]
		p.idle[n-1] = nil
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return in, nil
	}
	if p.mayGrow(1) {
		p.total++
		p.busy++
		p.mu.Unlock()
		return p.create(ctx)
	}
	w := &waiter{ready: make(chan grant, 1)}
	p.queue = append(p.queue, w)
	p.mu.Unlock()
	return p.wait(ctx, w)
}

// patience is how many calls may wait for each instance that will soon be free before the pool grows.
const patience = 4

// mayGrow reports whether another instance should be made for n calls that have none.
func (p *Pool) mayGrow(n int) bool {
	return p.total < p.limits.Instances && len(p.queue)+n > patience*(p.total-p.busy)
}

// create makes an instance for a call that was counted in total and busy.
func (p *Pool) create(ctx context.Context) (*instance, error) {
	in, err := p.make(ctx)
	if err == nil {
		return in, nil
	}
	p.mu.Lock()
	p.gone(true)
	return nil, err
}

// gone takes an instance off the books. It is called with the lock and gives it back.
func (p *Pool) gone(busy bool) {
	p.total--
	if busy {
		p.busy--
	}
	p.wake()
	last := p.refs == 0 && p.total == 0
	p.mu.Unlock()
	if last {
		p.module.Close()
	}
}

// wake lets waiting calls make instances, as far as the pool may grow.
func (p *Pool) wake() {
	for len(p.queue) > 0 && p.mayGrow(0) {
		p.total++
		p.busy++
		p.serve(grant{})
	}
}

// serve gives the first waiter something.
func (p *Pool) serve(g grant) {
	w := p.queue[0]
	p.queue[0] = nil
	p.queue = p.queue[1:]
	w.ready <- g
}

// wait is the slow half of get.
func (p *Pool) wait(ctx context.Context, w *waiter) (*instance, error) {
	start := time.Now()
	p.metrics.waits.Add(1)
	defer func() { p.metrics.waitNanos.Add(int64(time.Since(start))) }()
	select {
	case g := <-w.ready:
		if g.in == nil && g.err == nil {
			return p.create(ctx)
		}
		return g.in, g.err
	case <-ctx.Done():
	}
	p.mu.Lock()
	for i := range p.queue {
		if p.queue[i] == w {
			p.queue = append(p.queue[:i], p.queue[i+1:]...)
			p.mu.Unlock()
			return nil, fmt.Errorf("waiting for an instance of plugin %s: %w", p.name, ctx.Err())
		}
	}
	p.mu.Unlock()
	// It was served at the same moment: pass on what it got.
	switch g := <-w.ready; {
	case g.in != nil:
		p.put(g.in)
	case g.err == nil:
		p.mu.Lock()
		p.gone(true)
	}
	return nil, fmt.Errorf("waiting for an instance of plugin %s: %w", p.name, ctx.Err())
}

// long marks the call of a leased instance as one that takes its time.
func (p *Pool) long(in *instance) {
	in.waiting = true
	p.mu.Lock()
	p.busy++
	p.wake()
	p.mu.Unlock()
}

// put gives an instance back.
func (p *Pool) put(in *instance) {
	p.mu.Lock()
	if in.waiting {
		in.waiting = false
		p.busy--
	}
	switch {
	case len(p.queue) > 0:
		p.serve(grant{in: in})
		p.mu.Unlock()
	case p.refs == 0:
		p.gone(false)
		in.close()
	default:
		p.idle = append(p.idle, in)
		if len(p.idle) > 1 {
			in.idle = p.now()
			p.trim()
		}
		p.mu.Unlock()
	}
}

// discard throws a leased instance away.
func (p *Pool) discard(in *instance) {
	p.metrics.discarded.Add(1)
	in.close()
	p.mu.Lock()
	p.gone(in.waiting)
}

// trim arranges for idle instances to be closed. It is called with the lock.
func (p *Pool) trim() {
	if p.trimmer == nil {
		p.trimmer = time.AfterFunc(keepIdle, p.shrink)
	}
}

// shrink closes the instances that idled for long, but the one used last.
func (p *Pool) shrink() {
	p.mu.Lock()
	p.trimmer = nil
	if p.refs == 0 {
		p.mu.Unlock()
		return
	}
	var old []*instance
	deadline := p.now().Add(-keepIdle)
	for len(p.idle) > 1 && !p.idle[0].idle.After(deadline) {
		old = append(old, p.idle[0])
		p.idle = append(p.idle[:0], p.idle[1:]...)
	}
	p.total -= len(old)
	if len(p.idle) > 1 {
		p.trim()
	}
	p.mu.Unlock()
	for _, in := range old {
		in.close()
	}
}
