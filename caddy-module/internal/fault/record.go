package fault

import (
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"
)

// Request is what the upstream saw of a request, and what became of it.
type Request struct {
	Number int    // in the order of arrival
	ID     string // what NewID made, found in the body; "" if there is none
	API    string // name of the dialect
	Key    string // the credential
	Model  string
	Stream bool
	Fault  Fault
	Begun  bool // an event, or a part, of a good answer was sent; a hard cut may lose it on the way
	Served bool // a good answer was sent to its end
	Left   bool // the client went away before
	Done   bool // nothing more will happen
}

// NewID is an id to write into a prompt. The answer names it, too: see Text.
func NewID(n int) string { return "id:" + strconv.Itoa(n) }

var idForm = regexp.MustCompile(`id:[0-9]+`)

// Totals are numbers of what the upstream saw.
type Totals struct {
	Connections int // accepted
	Open        int // not closed
	Requests    int
	Running     int // requests that are not done
	Begun       int // answers that began well
	Served      int // good answers to the end
	Left        int // requests whose client went away before the end
}

// Totals counts.
func (u *Upstream) Totals() Totals {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.totals()
}

func (u *Upstream) totals() Totals {
	t := Totals{Connections: u.accepted, Open: len(u.conns), Requests: len(u.requests)}
	for _, r := range u.requests {
		t.Running += one(!r.Done)
		t.Begun += one(r.Begun)
		t.Served += one(r.Served)
		t.Left += one(r.Left)
	}
	return t
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// Requests are copies of the records in the order of arrival.
func (u *Upstream) Requests() []Request {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := make([]Request, 0, len(u.requests))
	for _, r := range u.requests {
		out = append(out, *r)
	}
	return out
}

// IDs are the ids of the requests, sorted; those of requests whose answer began well if begun is true.
func (u *Upstream) IDs(begun bool) (out []string) {
	for _, r := range u.Requests() {
		if r.Begun || !begun {
			out = append(out, r.ID)
		}
	}
	slices.Sort(out)
	return out
}

// patience is how long Await waits: for what should happen at once, on a machine with other work.
const patience = 20 * time.Second

// Await returns when the totals are as wanted, and fails the test if they do not become so.
func (u *Upstream) Await(t testing.TB, what string, wanted func(Totals) bool) {
	t.Helper()
	late := time.AfterFunc(patience, func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.late = true
		u.changed.Broadcast()
	})
	defer late.Stop()
	u.mu.Lock()
	defer u.mu.Unlock()
	u.late = false
	for !wanted(u.totals()) {
		if u.late {
			t.Fatalf("upstream: still waiting for %s: %+v", what, u.totals())
		}
		u.changed.Wait()
	}
}

// change lets f change records.
func (u *Upstream) change(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f()
	u.changed.Broadcast()
}
