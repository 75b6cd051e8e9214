package longmentest

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"sort"
	"strconv"
)

// world is what outlives an exchange: the key-value store, the sinks, the counters. Its zero value
// lacks init.
type world struct {
	kv       map[string]entry
	records  map[string][]string
	metrics  map[string]float64
	logs     []string
	random   *rand.ChaCha8
	channels uint32
}

type entry struct {
	text  []byte
	until int64 // milliseconds; 0 means never
}

func (w *world) init() {
	w.kv = make(map[string]entry)
	w.records = make(map[string][]string)
	w.metrics = make(map[string]float64)
	w.random = rand.NewChaCha8([32]byte{'l', 'o', 'n', 'g', 'm', 'e', 'n'})
}

func (w *world) get(key string, now int64) ([]byte, bool) {
	e, ok := w.kv[key]
	if !ok || e.until != 0 && e.until <= now {
		return nil, false
	}
	return e.text, true
}

func (w *world) set(key string, text []byte, ttl, now int64) {
	if text == nil {
		delete(w.kv, key)
		return
	}
	e := entry{text: bytes.Clone(text)}
	if ttl > 0 {
		e.until = now + ttl
	}
	w.kv[key] = e
}

// add returns math.MinInt64 when something else than an integer is stored.
func (w *world) add(key string, delta, ttl, now int64) int64 {
	e, ok := w.kv[key]
	if !ok || e.until != 0 && e.until <= now {
		w.set(key, []byte(strconv.FormatInt(delta, 10)), ttl, now)
		return delta
	}
	n, err := strconv.ParseInt(string(e.text), 10, 64)
	if err != nil {
		return math.MinInt64
	}
	e.text = []byte(strconv.FormatInt(n+delta, 10))
	w.kv[key] = e
	return n + delta
}

func (w *world) cas(key string, old, text []byte, ttl, now int64) bool {
	stored, ok := w.get(key, now)
	if ok != (old != nil) || !bytes.Equal(stored, old) {
		return false
	}
	w.set(key, text, ttl, now)
	return true
}

func (w *world) keys(now int64) []string {
	var keys []string
	for k := range w.kv {
		if _, ok := w.get(k, now); ok {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}

// fill writes the same random bytes in every run.
func (w *world) fill(buf []byte) {
	for len(buf) > 0 {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], w.random.Uint64())
		buf = buf[copy(buf, b[:]):]
	}
}
