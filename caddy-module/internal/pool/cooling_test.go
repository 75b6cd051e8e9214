package pool

import (
	"fmt"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// TestToldToWait gives a member nothing until it is over, and others all, with every balance.
func TestToldToWait(t *testing.T) {
	for _, b := range Balances() {
		p := open(t, b, alike(3, Member{}), BreakerConfig{}, nil)
		c := only(p, 1, t0)
		serve(p, c, failure.RateLimit, 7*time.Second)
		if w := p.Wait(c); w != 7*time.Second {
			t.Errorf("%s: wait %v, want 7s", b, w)
		}
		if w := p.Wait(&Choice{Now: t0}); w != 0 {
			t.Errorf("%s: wait %v though others are ready", b, w)
		}
		for now := t0; now < after(7*time.Second); now += int64(time.Millisecond) {
			if got := serve(p, &Choice{Now: now, Affinity: uint64(now)}, failure.None, 0); got == 1 || got < 0 {
				t.Fatalf("%s: member %d after %v", b, got, time.Duration(now-t0))
			}
		}
		if got := serve(p, only(p, 1, after(7*time.Second)), failure.None, 0); got != 1 {
			t.Errorf("%s: member 1 is not ready after 7 s", b)
		}
	}
}

// TestLoneMember cools, too.
func TestLoneMember(t *testing.T) {
	p := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, nil)
	serve(p, &Choice{Now: t0}, failure.RateLimit, time.Second)
	if got := order(p, 1, t0); got != "-1" {
		t.Errorf("member %s, want none", got)
	}
	if w := p.Wait(&Choice{Now: after(400 * time.Millisecond)}); w != 600*time.Millisecond {
		t.Errorf("wait %v, want 600ms", w)
	}
}

// TestDoubling goes by what each refusal makes of the wait.
func TestDoubling(t *testing.T) {
	type step struct {
		class failure.Class
		hint  time.Duration
		want  time.Duration // until it is ready again
	}
	limit := func(want time.Duration) step { return step{failure.RateLimit, 0, want} }
	refuse := func(want time.Duration) step { return step{failure.Credential, 0, want} }
	ok := step{failure.None, 0, 0}
	s, m := time.Second, time.Minute
	for name, steps := range map[string][]step{
		"rate limits":              {limit(10 * s), limit(20 * s), limit(40 * s), limit(80 * s), limit(160 * s), limit(5 * m), limit(5 * m), ok, limit(10 * s)},
		"credentials":              {refuse(5 * m), refuse(10 * m), refuse(20 * m), refuse(40 * m), refuse(60 * m), refuse(60 * m), ok, refuse(5 * m)},
		"hints are obeyed":         {limit(10 * s), {failure.RateLimit, s, s}, {failure.RateLimit, 1500 * time.Millisecond, 1500 * time.Millisecond}, limit(20 * s)},
		"hints are bounded":        {{failure.RateLimit, 1000 * time.Hour, MaxWait}},
		"a refused key that waits": {{failure.Credential, time.Second, 5 * m}, {failure.Credential, time.Hour, time.Hour}, refuse(20 * m)},
		"one after the other":      {limit(10 * s), limit(20 * s), refuse(5 * m), limit(10 * s)},
		"others say nothing":       {limit(10 * s), {failure.BadRequest, s, 0}, {failure.ServerError, 0, 0}, {failure.Canceled, s, 0}, limit(20 * s)},
		"errors that say when":     {{failure.ServerError, s, s}, {failure.Overload, 2 * s, 2 * s}},
		"for very long": func() (all []step) {
			for i := range 200 {
				all = append(all, limit(min(10*s<<min(i, 5), 5*m)))
			}
			return all
		}(),
	} {
		p, now := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, nil), t0
		for i, st := range steps {
			if serve(p, &Choice{Now: now}, st.class, st.hint) < 0 {
				t.Fatalf("%s: step %d: not ready", name, i)
			}
			if w := p.Wait(&Choice{Now: now}); w != st.want {
				t.Errorf("%s: step %d (%s): wait %v, want %v", name, i, st.class, w, st.want)
			}
			now += int64(st.want)
		}
	}
}

// TestRefusalsAtOnce are one refusal: none of them waited.
func TestRefusalsAtOnce(t *testing.T) {
	for class, want := range map[failure.Class]time.Duration{failure.RateLimit: 10 * time.Second, failure.Credential: 5 * time.Minute} {
		states := new(States)
		told := events(states)
		p := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, states)
		var leases []*Lease
		for range 50 {
			leases = append(leases, take(t, p, t0))
		}
		for i, l := range leases[:49] {
			l.End(Outcome{Class: class, Now: t0 + int64(i)})
		}
		if w := p.Wait(&Choice{Now: t0}); w != want {
			t.Errorf("%s: wait %v, want %v", class, w, want)
		}
		// What was served meanwhile had been asked before.
		leases[49].End(Outcome{Now: t0})
		serve(p, &Choice{Now: after(want)}, class, 0)
		if w := p.Wait(&Choice{Now: after(want)}); w != 2*want {
			t.Errorf("%s again: wait %v, want %v", class, w, 2*want)
		}
		if len(*told) != 2 {
			t.Errorf("%s: %d events, want 2", class, len(*told))
		}
	}
}

// TestLaterHintsOnlyProlong takes the longest of what was asked for.
func TestLaterHintsOnlyProlong(t *testing.T) {
	states := new(States)
	told := events(states)
	p := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, states)
	a, b, c, d := take(t, p, t0), take(t, p, t0), take(t, p, t0), take(t, p, t0)
	for _, step := range []struct {
		l     *Lease
		class failure.Class
		hint  time.Duration
		want  time.Duration
		event EventKind
	}{
		{a, failure.RateLimit, 5 * time.Second, 5 * time.Second, MemberCooling},
		{b, failure.RateLimit, 3 * time.Second, 5 * time.Second, 0},
		{c, failure.RateLimit, 6 * time.Second, 6 * time.Second, 0},
		{d, failure.Credential, 0, 5 * time.Minute, CredentialRefused},
	} {
		*told = nil
		step.l.End(Outcome{Class: step.class, Wait: step.hint, Now: t0})
		if w := p.Wait(&Choice{Now: t0}); w != step.want {
			t.Errorf("%s %v: wait %v, want %v", step.class, step.hint, w, step.want)
		}
		want := "[]"
		if step.event != 0 {
			want = fmt.Sprint([]Event{{step.event, "m0", "m0", step.class, unix(after(step.want)), nil, ""}})
		}
		if got := fmt.Sprint(*told); got != want {
			t.Errorf("%s %v: events %s, want %s", step.class, step.hint, got, want)
		}
	}
}

// TestOverload leaves the server alone if it asked for that, not only the member.
func TestOverload(t *testing.T) {
	states := new(States)
	told := events(states)
	p := open(t, RoundRobin, []Member{{ID: "a1", Server: "a"}, {ID: "a2", Server: "a"}, {ID: "b"}}, BreakerConfig{}, states)
	serve(p, only(p, 0, t0), failure.Overload, 0)
	if got := order(p, 3, t0); got != "0 1 2" {
		t.Errorf("after an overload without a hint: %s, want 0 1 2", got)
	}
	first, second := take(t, p, t0), take(t, p, t0)
	for second.Member() == 2 {
		second = take(t, p, t0)
	}
	first.End(Outcome{Class: failure.Overload, Wait: 2 * time.Second, Now: t0})
	second.End(Outcome{Class: failure.Overload, Wait: 3 * time.Second, Now: t0})
	if got := order(p, 3, t0); got != "2 2 2" {
		t.Errorf("after an overload with a hint: %s, want 2 2 2", got)
	}
	if w := p.Wait(only(p, 1, after(time.Second))); w != 2*time.Second {
		t.Errorf("wait %v, want 2s", w)
	}
	if got := fmt.Sprint(*told); got != fmt.Sprint([]Event{{ServerCooling, "a1", "a", failure.Overload, unix(after(2 * time.Second)), nil, ""}}) {
		t.Errorf("events %s", got)
	}
	if got := serve(p, only(p, 1, after(3*time.Second)), failure.None, 0); got != 1 {
		t.Errorf("member %d after the rest, want 1", got)
	}
}
