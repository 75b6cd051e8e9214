package pool

import (
	"fmt"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
)

// of is a choice for a model.
func of(model string, now int64) *Choice { return &Choice{Now: now, Model: model} }

// TestModelCools: a limit of a model keeps nothing else from its member.
func TestModelCools(t *testing.T) {
	states := new(States)
	told := events(states)
	p := open(t, FillFirst, alike(2, Member{Server: "s"}), BreakerConfig{}, states)
	serve(p, of("large", t0), failure.RateLimit, 7*time.Second)
	for _, tc := range []struct {
		model string
		at    time.Duration
		want  int
	}{
		{"large", 0, 1}, {"small", 0, 0}, {"", 0, 0}, {"large", 7*time.Second - 1, 1}, {"large", 7 * time.Second, 0},
	} {
		if got := serve(p, of(tc.model, after(tc.at)), failure.None, 0); got != tc.want {
			t.Errorf("%q after %v: member %d, want %d", tc.model, tc.at, got, tc.want)
		}
	}
	if got, want := fmt.Sprint(*told), fmt.Sprint([]Event{{MemberCooling, "m0", "s", failure.RateLimit, unix(after(7 * time.Second)), nil, "large"}}); got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	if s := p.Status(t0)[0]; !s.Ready || len(s.Models) != 1 || s.Models[0] != (ModelStatus{"large", unix(after(7 * time.Second))}) {
		t.Errorf("status %+v", s)
	}
	if s := p.Status(after(7 * time.Second))[0]; len(s.Models) != 0 {
		t.Errorf("status when it is over %+v", s)
	}
	// A key that is refused is refused for every model.
	serve(p, of("small", t0), failure.Credential, 0)
	if got := serve(p, of("tiny", t0), failure.None, 0); got != 1 {
		t.Errorf("member %d, want 1", got)
	}
}

// TestModelDoubles: each model by itself, until it is served.
func TestModelDoubles(t *testing.T) {
	p, now := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, nil), t0
	for i, want := range []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second} {
		serve(p, of("large", now), failure.RateLimit, 0)
		if w := p.Wait(of("large", now)); w != want {
			t.Errorf("after %d refusals: wait %v, want %v", i+1, w, want)
		}
		if w, why := p.Wait(of("small", now)), p.Why(of("large", now)); w != 0 || why != failure.RateLimit {
			t.Errorf("the other model waits %v; why is %s", w, why)
		}
		now += int64(want)
		serve(p, of("small", now), failure.None, 0)
	}
	serve(p, of("large", now), failure.None, 0)
	serve(p, of("large", now), failure.RateLimit, 0)
	if w := p.Wait(of("large", now)); w != 10*time.Second {
		t.Errorf("after it was served: wait %v, want 10s", w)
	}
}

// TestManyModels: what a client may name has a bound, beyond which the member cools as a whole.
func TestManyModels(t *testing.T) {
	p := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, nil)
	name := func(i int) string { return fmt.Sprint("model-", i) }
	for i := range maxModels {
		serve(p, of(name(i), t0), failure.RateLimit, time.Minute)
	}
	if w := p.Wait(of("other", t0)); w != 0 {
		t.Fatalf("wait %v for a model that was not limited", w)
	}
	serve(p, of(name(maxModels), t0), failure.RateLimit, time.Second)
	if w := p.Wait(of("other", t0)); w != time.Second {
		t.Errorf("wait %v, want 1s", w)
	}
	later := after(time.Minute) // then those that are over make room
	serve(p, of(name(maxModels), later), failure.RateLimit, time.Minute)
	if w := p.Wait(of("other", later)); w != 0 {
		t.Errorf("wait %v when there is room again", w)
	}
	if n := len(*p.members[0].models.all.Load()); n != 1 {
		t.Errorf("%d models are kept, want 1", n)
	}
	if p.members[0].models.add(string(make([]byte, MaxName+1)), t0) != nil {
		t.Error("a name of any length is kept")
	}
}

// TestModelsShared: one gateway learns from another which model of a member has to wait.
func TestModelsShared(t *testing.T) {
	stores(t, func(t *testing.T, store kv.Store, c *clock) {
		one, two := join(t, c, store), join(t, c, store)
		now := c.now().UnixNano()
		choice := only(one.pool, 0, now)
		choice.Model = "large"
		serve(one.pool, choice, failure.RateLimit, 7*time.Second)
		one.told()
		if got := two.told(); got != "" {
			t.Errorf("two knows %q of members, want nothing", got)
		}
		for model, want := range map[string]time.Duration{"large": 7 * time.Second, "small": 0} {
			choice := only(two.pool, 0, now)
			choice.Model = model
			if w := two.pool.Wait(choice); w != want {
				t.Errorf("%s: two waits %v, want %v", model, w, want)
			}
		}
	})
}

// TestFailing counts what failed within the window.
func TestFailing(t *testing.T) {
	p := open(t, RoundRobin, append(alike(2, Member{Server: "s"}), Member{ID: "other"}), BreakerConfig{Failures: 100, Requests: 100}, nil)
	if f := p.Failing(t0); f != 0 {
		t.Errorf("%v of nothing failed", f)
	}
	for i := range 4 {
		class := failure.None
		if i == 3 {
			class = failure.ServerError
		}
		serve(p, only(p, i%2, t0), class, 0)
	}
	if f := p.Failing(t0); f != 0.25 {
		t.Errorf("%v failed, want 0.25", f)
	}
	if f := p.Failing(after(time.Minute)); f != 0 {
		t.Errorf("%v failed of nothing within the window", f)
	}
}
