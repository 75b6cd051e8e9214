package pool

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
)

const (
	every   = time.Second     // how often what others wrote is read, of servers that were asked of late
	unasked = 60              // how often it is read after a server was asked
	patient = 2 * time.Second // how long the store may take for an operation
)

// sharing brings what is known to a store and back, in a goroutine of its own: no request waits for a store.
type sharing struct {
	states *States
	store  kv.Store
	wake   chan struct{} // something changed
	outage atomic.Pointer[outage]
}

type outage struct {
	since time.Time
	err   error
}

// Share makes cooldowns and breakers common to all gateways that share the store, in place of another store if there was one. Each
// gateway makes trials of its own. What is in the store has absolute times: gateways' clocks should not differ by more than a second. While
// the store is away or slow, each gateway goes by what it sees itself. stop ends the sharing and waits until nothing uses the store.
func (s *States) Share(store kv.Store) (stop func()) {
	h := &sharing{states: s, store: store, wake: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	s.sharing.Store(h)
	s.mu.Lock()
	for _, k := range s.servers {
		k.it.due.Store(true)
	}
	s.mu.Unlock()
	go func() {
		defer close(ended)
		h.run(ctx)
	}()
	return func() {
		s.sharing.CompareAndSwap(h, nil)
		cancel()
		<-ended
	}
}

// Shared tells since when the store cannot be reached and why; a zero time when it can, or when nothing is shared.
func (s *States) Shared() (lost time.Time, err error) {
	if h := s.sharing.Load(); h != nil {
		if o := h.outage.Load(); o != nil {
			return o.since, o.err
		}
	}
	return time.Time{}, nil
}

// changed says that the store has to be told of a server.
func (s *States) changed(srv *server) {
	h := s.sharing.Load()
	if h == nil {
		return
	}
	srv.due.Store(true)
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

func (h *sharing) run(ctx context.Context) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	h.round(ctx, false)
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
			if h.outage.Load() == nil {
				h.round(ctx, false)
			}
		case <-ticker.C:
			h.round(ctx, true)
		}
	}
}

// round exchanges what is known of the servers that it is due for, at a tick also of those that were asked of late. An error ends it: the
// other servers would wait for the same one.
func (h *sharing) round(ctx context.Context, tick bool) {
	if h.states.sharing.Load() != h {
		return // another store is in use
	}
	for _, b := range h.states.branches(tick) {
		err := h.exchange(ctx, b)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			b.due.Store(true)
			h.lost(err)
			return
		}
		h.back()
	}
}

func (h *sharing) lost(err error) {
	if h.outage.Load() == nil {
		h.outage.Store(&outage{h.states.now(), err})
		h.states.tell(Event{Kind: StoreLost, Err: err})
	}
}

func (h *sharing) back() {
	if h.outage.Swap(nil) != nil {
		h.states.tell(Event{Kind: StoreBack})
	}
}

// branch is a server with its members, by their IDs.
type branch struct {
	*server
	name    string
	members map[string]*state
}

// branches gives the servers that an exchange is due for.
func (s *States) branches(tick bool) (all []branch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := map[string]branch{}
	for name, k := range s.servers {
		if k.it.due.Load() || tick && k.it.readOn() {
			wanted[name] = branch{k.it, name, map[string]*state{}}
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	for id, k := range s.members {
		if b, ok := wanted[k.it.home]; ok {
			b.members[id] = k.it
		}
	}
	for _, b := range wanted {
		all = append(all, b)
	}
	return all
}
