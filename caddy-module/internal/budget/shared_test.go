package budget

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fake is a remote that grants everything, and fails as it is told.
type fake struct {
	mu       sync.Mutex
	fails    error // what calls come to
	deaf     bool  // calls come through and fail all the same
	made     []Hold
	batches  []Batch
	extended [][]Held
}

func (f *fake) set(fails error, deaf bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails, f.deaf = fails, deaf
}

func (f *fake) Reserve(_ context.Context, accounts []Account, h Hold, _ bool) (bool, []Have, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails == nil || f.deaf {
		f.made = append(f.made, h)
	}
	return true, make([]Have, len(accounts)), f.fails
}

func (f *fake) Apply(_ context.Context, b Batch) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails == nil || f.deaf {
		f.batches = append(f.batches, b)
	}
	return f.fails
}

func (f *fake) Extend(_ context.Context, holds []Held, _ time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.extended = append(f.extended, holds)
	return f.fails
}

// changes are all that came, of batches that came twice the first.
func (f *fake) changes() (all []Change, twice int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := int64(0)
	for _, b := range f.batches {
		if b.Number <= last {
			twice++
			continue
		}
		last = b.Number
		all = append(all, b.Changes...)
	}
	return all, twice
}

// shared runs a test of a book in a bubble of time, and holds against each other what the book tells: that the remote was lost, and is back.
func shared(t *testing.T, f *fake, test func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var told []error
		s := Share(f, func(err error) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, err)
		})
		d := deskOf(t, s, Limit{Tokens, Day, 1_000_000}, Limit{Requests, Day, 1_000_000})
		d.now = time.Now()
		test(d)
		f.set(nil, false)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if s.pending.any() || len(s.pending.owed) > 0 || len(s.pending.held) > 0 {
			t.Errorf("left after the end: %d changes, owed %v, held %v", len(s.pending.order), s.pending.owed, s.pending.held)
		}
		for i, err := range told {
			if (err == nil) != (i%2 == 1) {
				t.Errorf("told %v", told)
			}
		}
	})
}

var errAway = errors.New("the remote is away")

// TestSharedAway: what is used while the remote is away adds up by subject, and is told when it is back.
func TestSharedAway(t *testing.T) {
	f := new(fake)
	shared(t, f, func(d *desk) {
		under := d.must(500, 0)
		f.set(errAway, false)
		for i := range 1000 {
			d.claim[0].Subject.Value = fmt.Sprint(i % 10)
			d.use(7, 0)
		}
		d.claim[0].Subject.Value = "ann"
		under.settle(1, 80, 0)
		time.Sleep(time.Hour)
		synctest.Wait()
		if all, _ := f.changes(); len(all) != 0 {
			t.Errorf("%d changes have come through", len(all))
		}
		f.set(nil, false)
		time.Sleep(2 * retry)
		synctest.Wait()
		all, _ := f.changes()
		var used Amounts
		for _, c := range all {
			used[Requests], used[Tokens] = used[Requests]+c.Used[Requests], used[Tokens]+c.Used[Tokens]
		}
		// One undoes the reservation that failed first, one ends the hold.
		if len(all) != 12 || used != (Amounts{1000, 7080}) || len(f.made) != 1 {
			t.Errorf("%d changes of %v, %d holds", len(all), used, len(f.made))
		}
		d.use(1, 0)
		if len(f.made) != 2 {
			t.Error("the remote is back and not asked")
		}
	})
}

// TestSharedAgain: a batch whose answer goes lost is told again under its number.
func TestSharedAgain(t *testing.T) {
	f := new(fake)
	shared(t, f, func(d *desk) {
		first := d.must(10, 0)
		f.set(errAway, true)
		first.settle(1, 5, 0)
		d.use(3, 0)
		time.Sleep(10 * retry)
		f.set(nil, false)
		time.Sleep(2 * retry)
		synctest.Wait()
		all, twice := f.changes()
		var used int64
		undone := 0
		for _, c := range all {
			used += c.Used[Tokens]
			if c.Undo {
				undone++
			}
		}
		if used != 8 || twice < 5 || undone > 1 {
			t.Errorf("used %d, %d batches came again, %d undone", used, twice, undone)
		}
	})
}

// TestSharedExtends the holds of requests that are under way, and no others.
func TestSharedExtends(t *testing.T) {
	f := new(fake)
	shared(t, f, func(d *desk) {
		long := d.must(10, 0)
		d.use(10, 0)
		time.Sleep(renewal + time.Second)
		synctest.Wait()
		if len(f.extended) != 1 || len(f.extended[0]) != 1 || f.extended[0][0].Hold.ID != f.made[0].ID {
			t.Errorf("extended %v", f.extended)
		}
		long.settle(1, 10, 0)
		time.Sleep(renewal + time.Second)
		synctest.Wait()
		if len(f.extended) != 1 {
			t.Errorf("extended %v", f.extended)
		}
	})
}

// TestSharedGrows: what waits for a remote that is away has an end.
func TestSharedGrows(t *testing.T) {
	var p pending
	p.open()
	b := &Budget{"b", []Limit{{Tokens, Total, 1}}}
	for i := range maxPending + 1000 {
		c := Change{Account: Account{Budget: b, ID: ID{byte(i), byte(i >> 8), byte(i >> 16)}}, Used: Amounts{0, 1}}
		p.add(c)
		p.add(c)
	}
	if len(p.order) != maxPending || len(p.sums) != maxPending || len(p.owed) != maxPending {
		t.Errorf("%d changes, %d sums, %d owed", len(p.order), len(p.sums), len(p.owed))
	}
	for p.any() {
		p.done(p.batch("g").Number)
	}
	if len(p.order)+len(p.sums)+len(p.owed) != 0 {
		t.Errorf("in the end %d changes, %d sums, %d owed", len(p.order), len(p.sums), len(p.owed))
	}
}
