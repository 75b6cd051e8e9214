package pool

import (
	"fmt"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// TestReload gives another pool the same states: other members, other settings, another balance.
func TestReload(t *testing.T) {
	states := new(States)
	old := open(t, RoundRobin, []Member{{ID: "cools"}, {ID: "busy"}, {ID: "broken"}, {ID: "gone"}, {ID: "spent", RPM: 2}}, BreakerConfig{}, states)
	serve(old, only(old, 0, t0), failure.RateLimit, 0)
	stream, _ := old.Take(only(old, 1, t0))
	stream.First(time.Second, t0)
	for range 5 {
		serve(old, only(old, 2, t0), failure.Connect, 0)
	}
	serve(old, only(old, 4, t0), failure.None, 0)

	p := open(t, FillFirst, []Member{{ID: "spent", RPM: 1}, {ID: "fresh"}, {ID: "broken"}, {ID: "cools"}, {ID: "busy"}}, BreakerConfig{}, states)
	old.Close()
	got := ""
	for _, s := range p.Status(t0) {
		got += fmt.Sprintf("%s %v %v %s %d %s %d %v\n", s.ID, s.Ready, max(s.Until.Sub(unix(t0)), 0), s.Reason, s.InFlight, s.Breaker, s.Requests, s.Latency)
	}
	want := `spent false 1m1s none 0 closed 1 0s
fresh true 0s none 0 closed 0 0s
broken false 30s none 0 open 5 0s
cools false 10s rate_limit 0 closed 1 0s
busy true 0s none 1 closed 1 1s
`
	if got != want {
		t.Errorf("after the reload:\n%swant\n%s", got, want)
	}
	stream.End(Outcome{Class: failure.RateLimit, Wait: time.Minute, Now: t0})
	if s := p.Status(t0)[4]; s.InFlight != 0 || s.Ready {
		t.Errorf("a stream of the older pool ended and is not known: %+v", s)
	}
	serve(p, only(p, 3, after(10*time.Second)), failure.RateLimit, 0)
	if w := p.Wait(only(p, 3, after(10*time.Second))); w != 20*time.Second {
		t.Errorf("the next refusal: wait %v, want 20s", w)
	}
}

// TestForgetting drops what no pool has used for an hour, and nothing else.
func TestForgetting(t *testing.T) {
	now := time.Unix(0, t0)
	states := &States{Clock: func() time.Time { return now }}
	pool := func(ids ...string) *Pool {
		var members []Member
		for _, id := range ids {
			members = append(members, Member{ID: id})
		}
		p, err := New(RoundRobin, members, BreakerConfig{}, states)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	known := func(when, want string) {
		t.Helper()
		got := ""
		for _, id := range []string{"a", "b", "c"} {
			if (states.members[id] == nil) != (states.servers[id] == nil) {
				t.Errorf("%s: of member and server %s one is known", when, id)
			}
			if states.members[id] != nil {
				got += id
			}
		}
		if got != want {
			t.Errorf("%s: %q are known, want %q", when, got, want)
		}
	}
	long, short := pool("a", "b"), pool("b", "c")
	now = now.Add(100 * time.Hour)
	short.Close()
	known("while pools are open", "abc")
	now = now.Add(59 * time.Minute)
	pool("x").Close()
	known("after 59 minutes", "abc")
	now = now.Add(time.Minute)
	pool("x").Close()
	known("after an hour", "ab")
	long.Close()
	now = now.Add(30 * time.Minute)
	again := pool("a")
	now = now.Add(30 * time.Minute)
	pool("x").Close()
	known("after an hour in which one was used again", "a")
	again.Close()
}

// TestStatesAreBounded opens and closes pools whose members change all the time.
func TestStatesAreBounded(t *testing.T) {
	states := new(States)
	for round := range 8 {
		p := open(t, RoundRobin, []Member{{ID: "kept"}}, BreakerConfig{}, states)
		var members []Member
		for i := range MaxMembers {
			members = append(members, Member{ID: fmt.Sprintf("%d of %d", i, round)})
		}
		open(t, RoundRobin, members, BreakerConfig{}, states).Close()
		if len(states.members) > maxUnused+1 || len(states.servers) > maxUnused+1 || states.members["kept"].it != p.members[0].state {
			t.Fatalf("%d members and %d servers are known", len(states.members), len(states.servers))
		}
	}
}

// TestLastSettingsCount gives one server two pools.
func TestLastSettingsCount(t *testing.T) {
	states := new(States)
	old := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, states)
	open(t, RoundRobin, alike(1, Member{}), BreakerConfig{Failures: 1}, states)
	serve(old, &Choice{Now: t0}, failure.Connect, 0)
	if got := old.Status(t0)[0].Breaker; got != Open {
		t.Errorf("breaker is %s after 1 failure of 1, want open", got)
	}
}
