package kv

import (
	"bytes"
	"context"
	"math"
	"strconv"
	"time"
)

// Get implements Store.
func (n *Namespace) Get(_ context.Context, key string) ([]byte, bool, error) {
	if len(key) > MaxKey {
		return nil, false, ErrKey
	}
	s, _ := n.shardOf(key)
	now := n.now().UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	e := n.get(s, key, now)
	if e == nil {
		return nil, false, nil
	}
	return append([]byte{}, e.value(nil)...), true, nil
}

// Set implements Store.
func (n *Namespace) Set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	s, i, err := n.room(key, value)
	if err != nil {
		return err
	}
	// An empty value is not nil: nil stands for no value.
	text := append(make([]byte, 0, len(value)), value...)
	now := n.now().UnixMilli()
	s.mu.Lock()
	n.set(s, key, text, now, ttl)
	s.mu.Unlock()
	n.evict(i)
	return nil
}

// Add implements Store.
func (n *Namespace) Add(_ context.Context, key string, delta int64, ttl time.Duration) (int64, error) {
	s, i, err := n.room(key, nil)
	if err != nil {
		return 0, err
	}
	now := n.now().UnixMilli()
	s.mu.Lock()
	e := n.get(s, key, now)
	if e == nil {
		n.put(s, &entry{key: key, number: true, count: delta, expires: expiry(now, ttl)}, now)
		s.mu.Unlock()
		n.evict(i)
		return delta, nil
	}
	defer s.mu.Unlock()
	count := e.count
	if !e.number {
		// Other spellings than strconv's would not come back as they were put.
		if count, err = strconv.ParseInt(string(e.text), 10, 64); err != nil {
			return 0, ErrNotInteger
		}
	}
	sum := count + delta
	if (sum < count) != (delta < 0) {
		return 0, ErrOverflow
	}
	n.used.Add(-int64(len(e.text)))
	clear(e.text)
	e.text, e.number, e.count = nil, true, sum
	return sum, nil
}

// CompareAndSwap implements Store.
func (n *Namespace) CompareAndSwap(_ context.Context, key string, old, new []byte, ttl time.Duration) (bool, error) {
	s, i, err := n.room(key, new)
	if err != nil {
		return false, err
	}
	var text []byte
	if new != nil {
		text = append(make([]byte, 0, len(new)), new...)
	}
	now := n.now().UnixMilli()
	if !n.swap(s, key, old, text, now, ttl) {
		return false, nil
	}
	n.evict(i)
	return true, nil
}

func (n *Namespace) swap(s *shard, key string, old, new []byte, now int64, ttl time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := n.get(s, key, now)
	if e == nil && old != nil || e != nil && old == nil {
		return false
	}
	if e != nil {
		var digits [20]byte
		if !bytes.Equal(e.value(digits[:0]), old) {
			return false
		}
	}
	switch {
	case new != nil:
		n.set(s, key, new, now, ttl)
	case e != nil:
		n.drop(s, e)
	}
	return true
}

// room finds the shard of a key, when its value can be stored at all.
func (n *Namespace) room(key string, value []byte) (*shard, int, error) {
	if len(key) > MaxKey {
		return nil, 0, ErrKey
	}
	if int64(len(key)+len(value))+entryCost > n.quota.Load() {
		return nil, 0, ErrTooLarge
	}
	s, i := n.shardOf(key)
	return s, i, nil
}

// set puts text, which becomes the store's own, under key. The shard is locked.
func (n *Namespace) set(s *shard, key string, text []byte, now int64, ttl time.Duration) {
	e := n.get(s, key, now)
	if e == nil {
		n.put(s, &entry{key: key, text: text, expires: expiry(now, ttl)}, now)
		return
	}
	n.used.Add(int64(len(text) - len(e.text)))
	clear(e.text)
	e.text, e.number, e.expires = text, false, expiry(now, ttl)
	if e.expires != 0 {
		n.arm()
	}
}

// value is an entry's bytes, while its shard is locked. A number's are appended to dst.
func (e *entry) value(dst []byte) []byte {
	if e.number {
		return strconv.AppendInt(dst, e.count, 10)
	}
	return e.text
}

// expiry is the Unix millisecond from which a value is gone, 0 for never.
func expiry(now int64, ttl time.Duration) int64 {
	if ttl <= 0 {
		return 0
	}
	ms := max(1, ttl.Milliseconds())
	if now > math.MaxInt64-ms {
		return 0
	}
	return now + ms
}
