// Package kvtest holds what every kv.Store has to do, for the tests of each.
package kvtest

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
)

// Want checks a key's value; "-" stands for none.
func Want(t *testing.T, s kv.Store, key, value string) {
	t.Helper()
	got, ok, err := s.Get(t.Context(), key)
	if !ok {
		got = []byte("-")
	}
	if err != nil || string(got) != value || ok && got == nil {
		t.Errorf("Get(%q) = %q, %v; want %q", key, got, err, value)
	}
}

// Contract checks an empty store.
func Contract(t *testing.T, s kv.Store) {
	t.Run("get and set", func(t *testing.T) { getAndSet(t, s) })
	t.Run("add", func(t *testing.T) { add(t, s) })
	t.Run("compare and swap", func(t *testing.T) { compareAndSwap(t, s) })
	t.Run("long key", func(t *testing.T) { longKey(t, s) })
}

func getAndSet(t *testing.T, s kv.Store) {
	Want(t, s, "a", "-")
	value := []byte("one")
	s.Set(t.Context(), "a", value, 0)
	value[0] = 'x'
	Want(t, s, "a", "one")
	s.Set(t.Context(), "a", nil, 0)
	Want(t, s, "a", "")
	s.Set(t.Context(), "a", []byte("two"), 0)
	s.Set(t.Context(), "a", nil, time.Hour)
	Want(t, s, "a", "")
	s.Set(t.Context(), "", []byte("empty key"), 0)
	Want(t, s, "", "empty key")
	s.Set(t.Context(), "\x00\xff:{}", []byte("any bytes\x00\xff"), time.Minute)
	Want(t, s, "\x00\xff:{}", "any bytes\x00\xff")
}

func add(t *testing.T, s kv.Store) {
	add := func(key string, delta, sum int64, fails error) {
		t.Helper()
		if got, err := s.Add(t.Context(), key, delta, time.Hour); got != sum || !errors.Is(err, fails) {
			t.Errorf("Add(%q, %d) = %d, %v; want %d, %v", key, delta, got, err, sum, fails)
		}
	}
	add("n", 5, 5, nil)
	add("n", -7, -2, nil)
	Want(t, s, "n", "-2")
	s.Set(t.Context(), "text", []byte("41"), 0)
	add("text", 1, 42, nil)
	Want(t, s, "text", "42")
	s.Set(t.Context(), "word", []byte("x"), 0)
	add("word", 1, 0, kv.ErrNotInteger)
	Want(t, s, "word", "x")
	add("max", math.MaxInt64, math.MaxInt64, nil)
	add("max", 1, 0, kv.ErrOverflow)
	add("max", math.MinInt64, -1, nil)
	add("min", math.MinInt64, math.MinInt64, nil)
	add("min", -1, 0, kv.ErrOverflow)
}

func compareAndSwap(t *testing.T, s kv.Store) {
	none := []byte(nil)
	for i, step := range []struct {
		old, new []byte
		swapped  bool
		value    string
	}{
		{[]byte("a"), []byte("b"), false, "-"},
		{[]byte{}, []byte("b"), false, "-"},
		{none, none, true, "-"},
		{none, []byte("a"), true, "a"},
		{none, []byte("b"), false, "a"},
		{[]byte("x"), []byte("b"), false, "a"},
		{[]byte("a"), []byte{}, true, ""},
		{none, []byte("b"), false, ""},
		{[]byte{}, []byte("b"), true, "b"},
		{[]byte("x"), none, false, "b"},
		{[]byte("b"), none, true, "-"},
	} {
		swapped, err := s.CompareAndSwap(t.Context(), "k", step.old, step.new, 0)
		if swapped != step.swapped || err != nil {
			t.Errorf("step %d: %v, %v; want %v", i, swapped, err, step.swapped)
		}
		Want(t, s, "k", step.value)
	}
}

func longKey(t *testing.T, s kv.Store) {
	long := strings.Repeat("k", kv.MaxKey+1)
	_, _, errGet := s.Get(t.Context(), long)
	_, errAdd := s.Add(t.Context(), long, 1, 0)
	_, errSwap := s.CompareAndSwap(t.Context(), long, nil, nil, 0)
	for _, err := range []error{errGet, errAdd, errSwap, s.Set(t.Context(), long, nil, 0)} {
		if err != kv.ErrKey {
			t.Errorf("long key: %v, want ErrKey", err)
		}
	}
}
