package kv

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// DefaultQuota is the bytes that a namespace may take, when it asks for none.
	DefaultQuota = 16 << 20
	// entryCost is what an entry takes besides its key and value: the struct, its place in the map.
	entryCost = 160

	shards = 16 // per namespace, a power of two
)

// Memory is the store inside the process. Each namespace has its own quota of bytes and evicts what it
// has not used for longest, only from itself: no plugin can push out another one's values. Values that leave it, because they
// expire, are replaced or evicted, are overwritten with zeros.
type Memory struct {
	now    func() time.Time
	seed   maphash.Seed
	sweeps bool // expired values are looked for, with the system's clock

	mu     sync.Mutex
	spaces map[string]*Namespace
}

// NewMemory makes an empty store. now is the clock, nil for time.Now.
func NewMemory(now func() time.Time) *Memory {
	sweeps := now == nil
	if sweeps {
		now = time.Now
	}
	return &Memory{now: now, seed: maphash.MakeSeed(), sweeps: sweeps, spaces: map[string]*Namespace{}}
}

// Namespace gives a plugin's part of the store, the same for the same name. quota bounds its bytes from
// now on, keys and bookkeeping included; 0 or less means DefaultQuota.
func (m *Memory) Namespace(name string, quota int64) *Namespace {
	if quota <= 0 {
		quota = DefaultQuota
	}
	m.mu.Lock()
	n := m.spaces[name]
	if n == nil {
		n = &Namespace{now: m.now, seed: m.seed, sweeps: m.sweeps}
		for i := range n.shards {
			n.shards[i].entries = map[string]*entry{}
		}
		m.spaces[name] = n
	}
	m.mu.Unlock()
	n.quota.Store(quota)
	n.evict(0)
	return n
}

// Remove forgets a namespace and what is in it. Who still holds it uses it alone.
func (m *Memory) Remove(name string) {
	m.mu.Lock()
	n := m.spaces[name]
	delete(m.spaces, name)
	m.mu.Unlock()
	if n != nil {
		n.remove(func(*entry) bool { return true })
	}
}

// Namespace is one plugin's part of a Memory.
type Namespace struct {
	now    func() time.Time
	seed   maphash.Seed
	sweeps bool
	armed  atomic.Bool // a sweep will come
	quota  atomic.Int64
	used   atomic.Int64
	shards [shards]shard
}

var _ Store = (*Namespace)(nil)

// Used is the bytes that the namespace takes, expired values that nobody met since included.
func (n *Namespace) Used() int64 { return n.used.Load() }

// shard is a map with a list from the entry used last to the one not used for longest.
type shard struct {
	mu      sync.Mutex
	entries map[string]*entry
	head    *entry
	tail    *entry
}

// entry holds text, or a number when number is set: counters then cost no allocation.
type entry struct {
	key        string
	text       []byte
	count      int64
	number     bool
	expires    int64 // Unix milliseconds, 0 for never
	prev, next *entry
}

func (e *entry) cost() int64 { return int64(len(e.key)+len(e.text)) + entryCost }

func (e *entry) expired(now int64) bool { return e.expires != 0 && e.expires <= now }

func (n *Namespace) shardOf(key string) (*shard, int) {
	i := int(maphash.String(n.seed, key) & (shards - 1))
	return &n.shards[i], i
}

// get finds a live entry and marks it as used. The shard is locked.
func (n *Namespace) get(s *shard, key string, now int64) *entry {
	e := s.entries[key]
	if e == nil {
		return nil
	}
	if e.expired(now) {
		n.drop(s, e)
		return nil
	}
	if s.head != e {
		s.unlink(e)
		s.push(e)
	}
	return e
}

// put adds an entry for a key that has none. The shard is locked.
func (n *Namespace) put(s *shard, e *entry, now int64) {
	// Values that expired unread must not make live ones give way: each write looks at a few.
	looked := 0
	for _, old := range s.entries {
		if old.expired(now) {
			n.drop(s, old)
		}
		if looked++; looked == 3 {
			break
		}
	}
	s.entries[e.key] = e
	s.push(e)
	n.used.Add(e.cost())
	if e.expires != 0 {
		n.arm()
	}
}

// drop removes an entry. The shard is locked.
func (n *Namespace) drop(s *shard, e *entry) {
	delete(s.entries, e.key)
	s.unlink(e)
	n.used.Add(-e.cost())
	clear(e.text)
}

// evict brings the namespace down to its quota, shard by shard from the given one on. It leaves the
// entry used last of each shard for a second round, which comes to the given shard, where something
// was just written, last. No shard is locked.
func (n *Namespace) evict(from int) {
	for i := 0; n.used.Load() > n.quota.Load() && i < 2*shards; i++ {
		s := &n.shards[(from+i+i/shards)%shards]
		s.mu.Lock()
		for n.used.Load() > n.quota.Load() && s.tail != nil && (s.tail != s.head || i >= shards) {
			n.drop(s, s.tail)
		}
		s.mu.Unlock()
	}
}

func (s *shard) push(e *entry) {
	e.prev, e.next = nil, s.head
	if s.head != nil {
		s.head.prev = e
	} else {
		s.tail = e
	}
	s.head = e
}

func (s *shard) unlink(e *entry) {
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		s.head = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		s.tail = e.prev
	}
	e.prev, e.next = nil, nil
}
