package pool

import (
	"sync"
	"sync/atomic"
	"time"
)

const (
	keep      = time.Hour  // how long the states of what is in no pool are kept
	maxUnused = MaxMembers // of them
)

// States is what is known of members by their IDs and of servers by their names. Whoever keeps it over a reload keeps what is known.
// The zero value knows nothing and is ready; it is safe for concurrent use.
type States struct {
	// Clock is the time by which states are forgotten. Default time.Now. Set before use.
	Clock func() time.Time

	notify  atomic.Pointer[func(Event)]
	sharing atomic.Pointer[sharing]

	mu      sync.Mutex
	members map[string]*known[state]
	servers map[string]*known[server]
}

// known is a state with the pools that use it.
type known[T any] struct {
	it    *T
	pools int
	since time.Time // when the last pool left
}

func (s *States) now() time.Time {
	if s.Clock != nil {
		return s.Clock()
	}
	return time.Now()
}

// use gives a pool's members their states.
func (s *States) use(p *Pool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.members == nil {
		s.members, s.servers = map[string]*known[state]{}, map[string]*known[server]{}
	}
	s.forget()
	for i := range p.members {
		m := &p.members[i]
		m.state, m.server = find(s.members, m.ID, newState), find(s.servers, m.Server, newServer)
		m.home = m.Server
		m.server.configure(p.breaker)
		s.changed(m.server)
	}
}

// leave takes back what use did.
func (s *States) leave(p *Pool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for i := range p.members {
		m := &p.members[i] // not a copy: others may choose from it still
		s.members[m.ID].release(now)
		s.servers[m.Server].release(now)
	}
	s.forget()
}

func find[T any](all map[string]*known[T], name string, make func() *T) *T {
	k := all[name]
	if k == nil {
		k = &known[T]{it: make()}
		all[name] = k
	}
	k.pools++
	return k.it
}

func (k *known[T]) release(now time.Time) {
	if k.pools--; k.pools == 0 {
		k.since = now
	}
}

// forget drops what no pool has used for long, and more if that is too much.
func (s *States) forget() {
	forget(s.members, s.now())
	forget(s.servers, s.now())
}

func forget[T any](all map[string]*known[T], now time.Time) {
	unused := 0
	for name, k := range all {
		if k.pools > 0 {
			continue
		}
		if unused++; now.Sub(k.since) >= keep || unused > maxUnused {
			delete(all, name)
		}
	}
}
