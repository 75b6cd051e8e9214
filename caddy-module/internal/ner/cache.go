package ner

import (
	"container/list"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	maxAnswers = 1 << 16 // texts whose answers are kept
	maxKept    = 1 << 18 // spans of all of them
)

// cache keeps answers by a hash of the text: a conversation says everything again with each turn. It has neither texts nor
// what is in the spans. The hash is salted, so that whoever reads the memory cannot try out texts
// that were hashed elsewhere.
type cache struct {
	ttl  time.Duration
	now  func() time.Time
	salt [16]byte

	mu    sync.Mutex
	known map[digest]*list.Element
	order list.List // of *answer, used last first
	spans int
}

type digest [sha256.Size]byte

type answer struct {
	key     digest
	spans   []Span
	expires time.Time
}

func newCache(ttl time.Duration, now func() time.Time) *cache {
	c := &cache{ttl: ttl, now: now, known: make(map[digest]*list.Element)}
	rand.Read(c.salt[:])
	return c
}

func (c *cache) key(lang, text string) (d digest) {
	h := sha256.New()
	h.Write(c.salt[:])
	h.Write([]byte(lang))
	h.Write([]byte{0})
	h.Write([]byte(text))
	h.Sum(d[:0])
	return d
}

// get finds an answer. The list is not to be changed. A nil cache has none.
func (c *cache) get(lang, text string) ([]Span, bool) {
	if c == nil {
		return nil, false
	}
	key := c.key(lang, text)
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.known[key]
	if e == nil {
		return nil, false
	}
	a := e.Value.(*answer)
	if !c.now().Before(a.expires) {
		c.drop(e)
		return nil, false
	}
	c.order.MoveToFront(e)
	return a.spans, true
}

// put keeps an answer.
func (c *cache) put(lang, text string, spans []Span) {
	if c == nil || len(spans) > maxKept/8 {
		return
	}
	key := c.key(lang, text)
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.known[key]; e != nil {
		c.drop(e)
	}
	c.known[key] = c.order.PushFront(&answer{key, spans, c.now().Add(c.ttl)})
	c.spans += len(spans)
	for len(c.known) > maxAnswers || c.spans > maxKept {
		c.drop(c.order.Back())
	}
}

// drop forgets an answer. The cache is locked.
func (c *cache) drop(e *list.Element) {
	a := c.order.Remove(e).(*answer)
	delete(c.known, a.key)
	c.spans -= len(a.spans)
}
