package kv

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var ctx = context.Background()

// clock is a time that tests move.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()) }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

func open(t testing.TB, quota int64) (*Namespace, *clock) {
	t.Helper()
	c := &clock{}
	c.ms.Store(1_700_000_000_000)
	return NewMemory(c.now).Namespace("test", quota), c
}

// want checks a key's value; "-" stands for none.
func want(t *testing.T, n *Namespace, key, value string) {
	t.Helper()
	got, ok, err := n.Get(ctx, key)
	if !ok {
		got = []byte("-")
	}
	if err != nil || string(got) != value || ok && got == nil {
		t.Errorf("Get(%q) = %q, %v; want %q", key, got, err, value)
	}
}

func TestExpiry(t *testing.T) {
	n, c := open(t, 0)
	n.Set(ctx, "never", []byte("1"), 0)
	n.Set(ctx, "tiny", []byte("1"), 1)
	n.Set(ctx, "second", []byte("1"), time.Second)
	n.Set(ctx, "forever", []byte("1"), math.MaxInt64)
	n.Set(ctx, "replaced", []byte("1"), time.Second)
	n.Set(ctx, "replaced", []byte("2"), 0)
	c.advance(999 * time.Millisecond)
	want(t, n, "tiny", "-")
	want(t, n, "second", "1")
	c.advance(time.Millisecond)
	want(t, n, "second", "-")
	want(t, n, "never", "1")
	want(t, n, "forever", "1")
	want(t, n, "replaced", "2")
}

func TestAdd(t *testing.T) {
	n, c := open(t, 0)
	add := func(key string, delta, sum int64, fails error) {
		t.Helper()
		if got, err := n.Add(ctx, key, delta, time.Second); got != sum || !errors.Is(err, fails) {
			t.Errorf("Add(%q, %d) = %d, %v; want %d, %v", key, delta, got, err, sum, fails)
		}
	}
	add("n", 5, 5, nil)
	c.advance(600 * time.Millisecond)
	add("n", -7, -2, nil)
	want(t, n, "n", "-2")
	c.advance(600 * time.Millisecond) // adding did not prolong the window
	add("n", 0, 0, nil)
	n.Set(ctx, "text", []byte("41"), 0)
	add("text", 1, 42, nil)
	want(t, n, "text", "42")
	c.advance(time.Hour)
	add("text", 1, 43, nil)
}

func TestCompareAndSwap(t *testing.T) {
	n, c := open(t, 0)
	n.Add(ctx, "n", 7, 0)
	if ok, _ := n.CompareAndSwap(ctx, "n", []byte("7"), []byte("8"), time.Second); !ok {
		t.Error("a counter is not compared as text")
	}
	c.advance(time.Second)
	if ok, _ := n.CompareAndSwap(ctx, "n", nil, []byte("9"), 0); !ok {
		t.Error("an expired value is not none")
	}
}

func TestBounds(t *testing.T) {
	n, _ := open(t, 4096)
	n.Set(ctx, "kept", []byte("1"), 0)
	if err := n.Set(ctx, "k", make([]byte, 4096), 0); err != ErrTooLarge {
		t.Errorf("large value: %v, want ErrTooLarge", err)
	}
	if _, err := n.CompareAndSwap(ctx, "k", nil, make([]byte, 4096), 0); err != ErrTooLarge {
		t.Errorf("large value: %v, want ErrTooLarge", err)
	}
	want(t, n, "kept", "1")
	if err := n.Set(ctx, "k", make([]byte, 4096-1-entryCost), 0); err != nil {
		t.Errorf("value of the quota's size: %v", err)
	}
	if _, ok, _ := n.Get(ctx, "k"); !ok || n.Used() > 4096 {
		t.Errorf("value of the quota's size is stored: %v; %d bytes used", ok, n.Used())
	}
}

func TestEviction(t *testing.T) {
	const quota = 256 << 10
	n, c := open(t, quota)
	n.Set(ctx, "hot", []byte("1"), 0)
	for i := range 10_000 {
		if err := n.Set(ctx, strconv.Itoa(i), make([]byte, 100), 0); err != nil {
			t.Fatal(err)
		}
		want(t, n, "hot", "1")
		if n.Used() > quota {
			t.Fatalf("%d bytes used", n.Used())
		}
	}
	if n.Used() < quota/2 {
		t.Errorf("only %d bytes used", n.Used())
	}
	want(t, n, "0", "-")
	if got, _, _ := n.Get(ctx, "9999"); len(got) != 100 {
		t.Error("the newest value is gone")
	}
	// Values that expired give way though they are not the oldest.
	for i := range 5000 {
		n.Set(ctx, fmt.Sprint("short", i), nil, time.Second)
		c.advance(2 * time.Second)
	}
	live := 0
	for i := range 10_000 {
		if _, ok, _ := n.Get(ctx, strconv.Itoa(i)); ok {
			live++
		}
	}
	if full := quota / (100 + 4 + entryCost); live < full/2 {
		t.Errorf("%d of %d values are left after many that expired", live, full)
	}
	want(t, n, "hot", "1")
	recount(t, n)
}

func TestNamespacesAreApart(t *testing.T) {
	m := NewMemory(nil)
	a, b := m.Namespace("a", 64<<10), m.Namespace("b", 64<<10)
	a.Set(ctx, "k", []byte("of a"), 0)
	for i := range 10_000 {
		b.Set(ctx, strconv.Itoa(i), make([]byte, 1000), 0)
	}
	want(t, a, "k", "of a")
	want(t, b, "k", "-")
	if m.Namespace("a", 64<<10) != a {
		t.Error("the same name gives another namespace")
	}
	m.Namespace("b", 2000)
	if b.Used() > 2000 {
		t.Errorf("%d bytes used after the quota fell", b.Used())
	}
	m.Remove("a")
	want(t, m.Namespace("a", 0), "k", "-")
}

// recount compares the bookkeeping with what is stored.
func recount(t *testing.T, n *Namespace) {
	t.Helper()
	var sum int64
	for i := range n.shards {
		s := &n.shards[i]
		listed := 0
		for e := s.head; e != nil; e = e.next {
			if s.entries[e.key] != e || e.next != nil && e.next.prev != e || e.next == nil && s.tail != e {
				t.Fatal("list and map differ")
			}
			listed++
			sum += e.cost()
		}
		if listed != len(s.entries) {
			t.Fatalf("%d entries listed of %d", listed, len(s.entries))
		}
	}
	if sum != n.Used() {
		t.Errorf("Used = %d, want %d", n.Used(), sum)
	}
}

// TestHammer uses one namespace from many goroutines, under a quota that evicts all the time.
func TestHammer(t *testing.T) {
	m := NewMemory(nil)
	n, counters := m.Namespace("values", 32<<10), m.Namespace("counters", 0)
	const workers, rounds = 8, 2000
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range rounds {
				key := strconv.Itoa((i * (w + 1)) % 300)
				switch i % 4 {
				case 0:
					n.Set(ctx, key, []byte(strings.Repeat(key, 20)), time.Duration(i%3)*time.Millisecond)
				case 1:
					if v, ok, _ := n.Get(ctx, key); ok && string(v) != strings.Repeat(key, 20) && string(v) != "x" {
						if _, err := strconv.Atoi(string(v)); err != nil {
							t.Errorf("value of another key: %q", v)
						}
					}
				case 2:
					n.CompareAndSwap(ctx, key, nil, []byte("x"), 0)
				default:
					n.Add(ctx, key, 1, 0)
				}
				counters.Add(ctx, "sum", 1, 0)
				for {
					old, ok, _ := counters.Get(ctx, "cas")
					next := 1
					if ok {
						next, _ = strconv.Atoi(string(old))
						next++
					} else {
						old = nil
					}
					if ok, _ := counters.CompareAndSwap(ctx, "cas", old, []byte(strconv.Itoa(next)), 0); ok {
						break
					}
				}
			}
		})
	}
	wg.Wait()
	want(t, counters, "sum", strconv.Itoa(workers*rounds))
	want(t, counters, "cas", strconv.Itoa(workers*rounds))
	recount(t, n)
	recount(t, counters)
	if n.Used() > 32<<10 {
		t.Errorf("%d bytes used", n.Used())
	}
}

func BenchmarkMemory(b *testing.B) {
	n, _ := open(b, 0)
	value := make([]byte, 200)
	n.Set(ctx, "key", value, time.Minute)
	b.Run("get", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n.Get(ctx, "key")
		}
	})
	b.Run("set", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n.Set(ctx, "key", value, time.Minute)
		}
	})
	b.Run("add", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n.Add(ctx, "count", 1, time.Minute)
		}
	})
	b.Run("evict", func(b *testing.B) {
		keys := make([]string, 1<<18)
		for i := range keys {
			keys[i] = strconv.Itoa(i)
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			n.Set(ctx, keys[i%len(keys)], value, 0)
		}
	})
}

// views are the texts of a namespace as they lie in memory.
func views(n *Namespace) (all [][]byte) {
	for i := range n.shards {
		for _, e := range n.shards[i].entries {
			if len(e.text) > 0 {
				all = append(all, e.text)
			}
		}
	}
	return all
}

// TestValuesAreOverwritten looks at the memory of values that have left.
func TestValuesAreOverwritten(t *testing.T) {
	for name, leave := range map[string]func(n *Namespace, c *clock){
		"replaced": func(n *Namespace, _ *clock) { n.Set(ctx, "k", []byte("x"), 0) },
		"swapped":  func(n *Namespace, _ *clock) { n.CompareAndSwap(ctx, "k", []byte("12345"), []byte("x"), 0) },
		"removed":  func(n *Namespace, _ *clock) { n.CompareAndSwap(ctx, "k", []byte("12345"), nil, 0) },
		"counted":  func(n *Namespace, _ *clock) { n.Add(ctx, "k", 1, 0) },
		"expired":  func(n *Namespace, c *clock) { c.advance(time.Minute); n.Get(ctx, "k") },
		"swept":    func(n *Namespace, c *clock) { c.advance(time.Minute); n.sweep() },
		"evicted":  func(n *Namespace, _ *clock) { n.quota.Store(0); n.evict(0) },
	} {
		n, c := open(t, 0)
		n.Set(ctx, "k", []byte("12345"), time.Minute)
		seen := views(n)
		if len(seen) != 1 || string(seen[0]) != "12345" {
			t.Fatalf("%s: stored as %q", name, seen)
		}
		if got, _, _ := n.Get(ctx, "k"); &got[0] == &seen[0][0] {
			t.Errorf("%s: Get gives the store's own bytes", name)
		}
		leave(n, c)
		if string(seen[0]) != "\x00\x00\x00\x00\x00" {
			t.Errorf("%s: %q is left in memory", name, seen[0])
		}
		recount(t, n)
	}
	m := NewMemory(nil)
	n := m.Namespace("test", 0)
	n.Set(ctx, "k", []byte("12345"), 0)
	seen := views(n)
	m.Remove("test")
	if string(seen[0]) != "\x00\x00\x00\x00\x00" || n.Used() != 0 {
		t.Errorf("%q is left of a namespace", seen[0])
	}
}

// TestSweep removes what has expired, nothing else, and goes on as long as something may expire.
func TestSweep(t *testing.T) {
	n, c := open(t, 0)
	n.sweeps = true
	for i := range 100 {
		n.Set(ctx, strconv.Itoa(i), []byte("x"), time.Duration(i%3)*time.Hour)
	}
	if !n.armed.Load() {
		t.Error("no sweep will come")
	}
	for i, left := range []int{67, 34, 34} {
		c.advance(time.Hour)
		n.sweep()
		if got := len(views(n)); got != left {
			t.Errorf("after hour %d: %d values, want %d", i+1, got, left)
		}
		if n.armed.Load() != (i == 0) {
			t.Errorf("after hour %d: a sweep will come: %v", i+1, n.armed.Load())
		}
	}
	recount(t, n)
}
