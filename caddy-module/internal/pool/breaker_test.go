package pool

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// classOf is a class by its name.
func classOf(t *testing.T, name string) failure.Class {
	for c := failure.None; c <= failure.Canceled; c++ {
		if c.String() == name {
			return c
		}
	}
	t.Fatalf("no class %q", name)
	return 0
}

// TestBreaker plays lines of: the second, how many requests, how they go, and the breaker's phase after each or "refused".
func TestBreaker(t *testing.T) {
	for name, c := range map[string]struct {
		config BreakerConfig
		play   string
	}{
		"five failures in a row":         {BreakerConfig{}, "0 4 server_error closed, 0 1 server_error open, 0 1 none refused, 29 1 none refused, 30 1 none closed"},
		"a success between":              {BreakerConfig{}, "0 4 server_error closed, 0 1 none closed, 0 4 server_error closed"},
		"a bad request between":          {BreakerConfig{}, "0 4 server_error closed, 0 1 bad_request closed, 0 4 server_error closed"},
		"a client that leaves between":   {BreakerConfig{}, "0 4 server_error closed, 0 1 canceled closed, 0 1 server_error open"},
		"refusals":                       {BreakerConfig{}, "0 9 bad_request closed, 0 9 context_length closed, 0 9 content_policy closed, 0 9 model_not_found closed"},
		"every sickness":                 {BreakerConfig{}, "0 1 connect closed, 0 1 timeout closed, 0 2 overload closed, 0 1 server_error open"},
		"a rate limit is none":           {BreakerConfig{}, "0 4 server_error closed, 0 1 rate_limit closed, 10 4 server_error closed, 10 1 credential closed"},
		"trials fail":                    {BreakerConfig{}, "0 4 timeout closed, 0 1 timeout open, 30 1 timeout open, 89 1 none refused, 90 1 timeout open, 210 1 timeout open, 450 1 timeout open, 749 1 none refused, 750 1 timeout open, 1049 1 none refused, 1050 1 none closed"},
		"success ends the doubling":      {BreakerConfig{}, "0 4 connect closed, 0 1 connect open, 30 1 connect open, 90 1 none closed, 90 4 connect closed, 90 1 connect open, 119 1 none refused, 120 1 none closed"},
		"the client of a trial leaves":   {BreakerConfig{}, "0 4 connect closed, 0 1 connect open, 30 1 canceled half_open, 30 1 none closed"},
		"a trial is refused":             {BreakerConfig{}, "0 4 connect closed, 0 1 connect open, 30 1 context_length closed"},
		"settings":                       {BreakerConfig{Failures: 2, Open: time.Second, MaxOpen: 2 * time.Second}, "0 1 connect closed, 0 1 connect open, 1 1 connect open, 3 1 connect open, 5 1 none closed"},
		"long open":                      {BreakerConfig{Failures: 1, Open: time.Hour}, "0 1 connect open, 3600 1 connect open, 7199 1 none refused, 7200 1 none closed"},
		"off":                            {BreakerConfig{Off: true}, "0 100 connect closed"},
		"half of twenty":                 {BreakerConfig{Failures: 99}, "0 10 none closed, 27 9 connect closed, 27 1 connect open"},
		"half of nineteen":               {BreakerConfig{Failures: 99}, "0 9 none closed, 0 10 connect closed"},
		"less than half":                 {BreakerConfig{Failures: 99}, "0 11 none closed, 0 10 connect closed, 0 1 connect open"},
		"a success does not open":        {BreakerConfig{Failures: 99}, "0 19 connect closed, 0 9 none closed, 0 1 connect open"},
		"what is old":                    {BreakerConfig{Failures: 99}, "0 19 connect closed, 30 10 none closed, 30 9 connect closed, 30 1 connect open"},
		"a ratio in a window":            {BreakerConfig{Failures: 99, Ratio: 0.1, Requests: 10, Window: time.Second}, "0 8 none closed, 0 1 connect closed, 1 8 none closed, 1 1 connect closed, 1 1 connect open"},
		"older ratios end with an epoch": {BreakerConfig{Failures: 99, Requests: 2}, "0 1 connect closed, 0 1 connect open, 30 1 none closed, 30 1 connect closed, 30 1 connect open"},
	} {
		p := open(t, RoundRobin, alike(1, Member{}), c.config, nil)
		for _, line := range strings.Split(c.play, ", ") {
			var at, times int
			var how, want string
			if _, err := fmt.Sscan(line, &at, &times, &how, &want); err != nil {
				t.Fatal(err)
			}
			class := classOf(t, how)
			for range times {
				now := after(time.Duration(at) * time.Second)
				got := "refused"
				p.members[0].cooling.until.Store(0) // the breaker alone is looked at
				if serve(p, &Choice{Now: now}, class, 0) >= 0 {
					got = p.Status(now)[0].Breaker.String()
				}
				if got != want {
					t.Errorf("%s: %q: %s", name, line, got)
				}
			}
		}
	}
}

// broken opens the breaker of member 0 at t0.
func broken(p *Pool) {
	for range 5 {
		l := p.Probe(0, t0)
		l.End(Outcome{Class: failure.Connect, Now: t0})
	}
}

// TestHalfOpenAdmitsOne asks from 64 goroutines at once, again and again, in two pools of one server.
func TestHalfOpenAdmitsOne(t *testing.T) {
	states := new(States)
	one := open(t, RoundRobin, []Member{{ID: "a1", Server: "a"}, {ID: "a2", Server: "a"}}, BreakerConfig{MaxOpen: 30 * time.Second}, states)
	two := open(t, LeastBusy, []Member{{ID: "a3", Server: "a"}}, BreakerConfig{MaxOpen: 30 * time.Second}, states)
	broken(one)
	for round := range 50 {
		now := after(time.Duration(round+1) * 30 * time.Second)
		var admitted atomic.Int32
		var lease Lease
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				if l, ok := []*Pool{one, two}[i%2].Take(&Choice{Now: now}); ok {
					admitted.Add(1)
					lease = l
				}
			})
		}
		wg.Wait()
		if admitted.Load() != 1 {
			t.Fatalf("%d of 64 are admitted", admitted.Load())
		}
		if w := one.Wait(&Choice{Now: now}); w != poll {
			t.Errorf("wait %v during a trial, want %v", w, poll)
		}
		lease.End(Outcome{Class: failure.Connect, Now: now})
	}
}

// TestTrialEndsWithItsFirstWord, not with the answer, which may take an hour.
func TestTrialEndsWithItsFirstWord(t *testing.T) {
	p := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, nil)
	broken(p)
	now := after(30 * time.Second)
	l := take(t, p, now)
	l.First(time.Second, now)
	for range 4 {
		if serve(p, &Choice{Now: now}, failure.Connect, 0) < 0 {
			t.Fatal("refused though the trial's answer has begun")
		}
	}
	l.End(Outcome{Class: failure.Connect, Now: now}) // it broke off: the fifth failure in a row
	if got := p.Status(now)[0].Breaker; got != Open {
		t.Errorf("breaker is %s, want open", got)
	}
}

// TestOlderRequestsCountNoMore ends requests that were asked before the breaker opened and closed.
func TestOlderRequestsCountNoMore(t *testing.T) {
	p := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, nil)
	var old []*Lease
	for range 20 {
		old = append(old, take(t, p, t0))
	}
	broken(p)
	old[0].End(Outcome{Now: t0})
	if got := p.Status(t0)[0].Breaker; got != Open {
		t.Errorf("an older success made it %s, want open", got)
	}
	now := after(30 * time.Second)
	trial := take(t, p, now)
	old[1].End(Outcome{Class: failure.Timeout, Now: now})
	if _, ok := p.Take(&Choice{Now: now}); ok {
		t.Error("an older failure let a second trial in")
	}
	trial.End(Outcome{Now: now})
	for _, l := range old[2:] {
		l.End(Outcome{Class: failure.Timeout, Now: now})
	}
	if got := p.Status(now)[0].Breaker; got != Closed {
		t.Errorf("older failures made it %s, want closed", got)
	}
}

// TestServersAreApart breaks one of two.
func TestServersAreApart(t *testing.T) {
	states := new(States)
	told := events(states)
	p := open(t, RoundRobin, []Member{{ID: "a1", Server: "a"}, {ID: "b1", Server: "b"}, {ID: "a2", Server: "a"}}, BreakerConfig{}, states)
	for i := range 5 {
		serve(p, only(p, i%2*2, t0), failure.Connect, 0)
	}
	if got := order(p, 3, t0); got != "1 1 1" {
		t.Errorf("with a broken server: %s, want 1 1 1", got)
	}
	if s := p.Summary(t0); !s.Ready || !s.Healthy {
		t.Errorf("one of two is broken: %+v", s)
	}
	now := after(30 * time.Second)
	serve(p, only(p, 2, now), failure.Connect, 0)
	now = after(90 * time.Second)
	serve(p, only(p, 2, now), failure.None, 0)
	want := fmt.Sprint([]Event{
		{BreakerOpened, "a1", "a", failure.Connect, unix(after(30 * time.Second)), nil, ""},
		{BreakerHalfOpen, "a2", "a", failure.None, time.Time{}, nil, ""},
		{BreakerOpened, "a2", "a", failure.Connect, unix(after(90 * time.Second)), nil, ""},
		{BreakerHalfOpen, "a2", "a", failure.None, time.Time{}, nil, ""},
		{BreakerClosed, "a2", "a", failure.None, time.Time{}, nil, ""},
	})
	if got := fmt.Sprint(*told); got != want {
		t.Errorf("events:\n%s\nwant\n%s", got, want)
	}
}

// TestProbes close a breaker early, and do not keep it open for longer.
func TestProbes(t *testing.T) {
	p := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, nil)
	broken(p)
	probe := func(after0 time.Duration, class failure.Class) Phase {
		l := p.Probe(0, after(after0))
		l.End(Outcome{Class: class, Now: after(after0)})
		return p.Status(after(after0))[0].Breaker
	}
	for at := range 3 {
		if got := probe(time.Duration(at*10)*time.Second, failure.Connect); got != Open {
			t.Errorf("a failed probe made it %s, want open", got)
		}
	}
	if w := p.Wait(&Choice{Now: after(20 * time.Second)}); w != 10*time.Second {
		t.Errorf("wait %v, want 10s", w)
	}
	trial := take(t, p, after(30*time.Second))
	if got := probe(30*time.Second, failure.None); got != HalfOpen {
		t.Errorf("a probe beside a trial made it %s, want half_open", got)
	}
	trial.End(Outcome{Class: failure.Connect, Now: after(30 * time.Second)})
	if got := probe(31*time.Second, failure.None); got != Closed {
		t.Errorf("a probe that succeeds made it %s, want closed", got)
	}
}

// TestBreakerIsSwitchedOff by a new configuration.
func TestBreakerIsSwitchedOff(t *testing.T) {
	states := new(States)
	p := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, states)
	broken(p)
	q := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{Off: true}, states)
	if got := order(q, 1, t0); got != "0" {
		t.Errorf("without a breaker: %s, want 0", got)
	}
}
