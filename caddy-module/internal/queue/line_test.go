package queue

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// TestLine compares a line with a slower one that is easily seen to be right.
func TestLine(t *testing.T) {
	type entry struct {
		name string
		w    *waiter
	}
	var l line
	var all []entry    // in the order they came
	var turns []string // callers, the next first
	drop := func(w *waiter) (name string) {
		i := slices.IndexFunc(all, func(e entry) bool { return e.w == w })
		name = all[i].name
		all = slices.Delete(all, i, i+1)
		if !slices.ContainsFunc(all, func(e entry) bool { return e.name == name }) {
			turns = slices.DeleteFunc(turns, func(n string) bool { return n == name })
		}
		return name
	}
	count := func(name string) (n int) {
		for _, e := range all {
			if e.name == name {
				n++
			}
		}
		return n
	}
	r := rand.New(rand.NewPCG(3, 4))
	for step := range 20000 {
		switch k := r.IntN(10); {
		case k < 5 || len(all) == 0:
			name := strconv.Itoa(int(r.ExpFloat64() * 3))
			if count(name) == 0 {
				turns = append(turns, name)
			}
			all = append(all, entry{name, l.push(name)})
		case k < 7:
			want := all[slices.IndexFunc(all, func(e entry) bool { return e.name == turns[0] })].w
			turns = append(turns[1:], turns[0])
			if got := l.next(); got != want {
				t.Fatalf("step %d: next is of %s, want of %s", step, got.caller.name, want.caller.name)
			}
			drop(want)
		case k < 9:
			w := all[r.IntN(len(all))].w
			l.remove(w)
			drop(w)
		default:
			w := l.last()
			n := count(w.caller.name)
			newest := slices.ContainsFunc(all, func(e entry) bool { return e.w == w })
			for _, e := range all {
				if count(e.name) > n {
					t.Fatalf("step %d: last is of %s with %d, but %s has %d", step, w.caller.name, n, e.name, count(e.name))
				}
				if e.name == w.caller.name {
					newest = e.w == w
				}
			}
			if !newest {
				t.Fatalf("step %d: last is not the newest", step)
			}
			drop(w)
		}
		most := 0
		for _, name := range turns {
			most = max(most, count(name))
			if l.count(name) != count(name) {
				t.Fatalf("step %d: %d wait of %s, want %d", step, l.count(name), name, count(name))
			}
		}
		if l.waiting != len(all) || l.most() != most || len(l.callers) != len(turns) {
			t.Fatalf("step %d: %d wait, most %d of %d callers; want %d, %d of %d", step, l.waiting, l.most(), len(l.callers), len(all), most, len(turns))
		}
	}
}
