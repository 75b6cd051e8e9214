package ner

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestBreaker(t *testing.T) {
	now := time.Unix(0, 0)
	b := breaker{now: func() time.Time { return now }}
	steps := []struct {
		name  string
		after time.Duration
		allow bool
		out   outcome // of the call, if it is made
	}{
		{"1", 0, true, unanswered}, {"2", 0, true, unanswered}, {"an answer", 0, true, answered},
		{"1 again", 0, true, unanswered}, {"2 again", 0, true, unanswered}, {"leaves", 0, true, abandoned}, {"3", 0, true, unanswered}, {"4", 0, true, unanswered},
		{"5", 0, true, unanswered}, {"rests", rest - 1, false, 0}, {"tries", 1, true, unanswered}, {"rests again", 0, false, 0},
		{"tries again", rest, true, answered}, {"well", 0, true, answered},
	}
	for _, s := range steps {
		now = now.Add(s.after)
		if got := b.allow(); got != s.allow {
			t.Fatalf("%s: allowed %v", s.name, got)
		}
		if s.allow {
			b.done(s.out)
		}
	}
	for range maxSilent {
		b.allow()
		b.done(unanswered)
	}
	now = now.Add(rest)
	if !b.allow() || b.allow() {
		t.Error("more than one call tries a service that was silent, or none")
	}
}

// A service that is silent is left alone; one that answers badly, or slower than an exchange can wait, is not.
func TestRest(t *testing.T) {
	silent := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { wait(r) })
	bad := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	for name, c := range map[string]struct {
		h    http.Handler
		edit func(*Options)
		want error
	}{
		"silent":        {silent, func(o *Options) { o.Timeout = time.Millisecond }, ErrResting},
		"bad":           {bad, func(*Options) {}, ErrAnswer},
		"short of time": {silent, func(o *Options) { o.Budget = time.Millisecond }, ErrBudget},
	} {
		r := open(t, c.h, c.edit)
		r.breaker.now = func() time.Time { return time.Unix(0, 0) }
		for range maxSilent {
			if _, err := find(t, r, "x"); err == nil || errors.Is(err, ErrResting) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		if _, err := find(t, r, "x"); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}
