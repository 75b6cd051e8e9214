package pool

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
	"github.com/longmen-gateway/longmen/caddy-module/internal/redis"
	"github.com/longmen-gateway/longmen/caddy-module/internal/redis/redistest"
)

// gateway is one of several that share a store, with members a1 and a2 of server a, and b. Its exchanges are made by the test.
type gateway struct {
	states *States
	pool   *Pool
	events *[]Event
	share  *sharing
	t      *testing.T
}

// clock is a time that tests move.
type clock struct{ ns atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.ns.Load()) }
func (c *clock) advance(d time.Duration) { c.ns.Add(int64(d)) }

func newClock() *clock {
	c := new(clock)
	c.ns.Store(t0)
	return c
}

func join(t *testing.T, c *clock, store kv.Store) *gateway {
	t.Helper()
	states := &States{Clock: c.now}
	g := &gateway{states: states, events: events(states), t: t, share: &sharing{states: states, store: store, wake: make(chan struct{}, 1)}}
	states.sharing.Store(g.share)
	g.pool = open(t, RoundRobin, []Member{{ID: "a1", Server: "a"}, {ID: "a2", Server: "a"}, {ID: "b"}}, BreakerConfig{}, states)
	return g
}

// end takes a member and ends it so.
func (g *gateway) end(member int, class failure.Class, wait time.Duration) {
	g.t.Helper()
	if serve(g.pool, only(g.pool, member, g.states.now().UnixNano()), class, wait) < 0 {
		g.t.Errorf("member %d is not ready", member)
	}
}

// told exchanges all and gives what is not ready, and why and for how long.
func (g *gateway) told() string {
	g.share.round(g.t.Context(), true)
	var all []string
	for _, s := range g.pool.Status(g.states.now().UnixNano()) {
		if !s.Ready || s.Breaker != Closed {
			all = append(all, fmt.Sprintf("%s %s %s %v", s.ID, s.Reason, s.Breaker, max(s.Until.Sub(g.states.now()), 0)))
		}
	}
	return strings.Join(all, ", ")
}

// stores are what is shared through: in memory, and real Redis servers, one of them encrypted.
func stores(t *testing.T, test func(t *testing.T, store kv.Store, c *clock)) {
	t.Run("memory", func(t *testing.T) {
		c := newClock()
		test(t, kv.NewMemory(c.now).Namespace("health", 0), c)
	})
	for name, secrets := range map[string][]string{"redis": nil, "encrypted": {strings.Repeat("s", redis.MinSecret)}} {
		t.Run(name, func(t *testing.T) {
			s, err := redis.Open(redis.Options{Addresses: []string{redistest.Start(t).Address}, Secrets: secrets})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			test(t, s.Namespace("health"), newClock())
		})
	}
}

// TestShared tells two gateways what the other one saw.
func TestShared(t *testing.T) {
	stores(t, func(t *testing.T, store kv.Store, c *clock) {
		one, two := join(t, c, store), join(t, c, store)
		want := func(when, state string) {
			t.Helper()
			one.told()
			if got := two.told(); got != state {
				t.Errorf("%s: two knows %q, want %q", when, got, state)
			}
			if got := one.told(); got != state {
				t.Errorf("%s: one knows %q, want %q", when, got, state)
			}
		}
		want("at first", "")
		one.end(0, failure.RateLimit, 7*time.Second)
		want("a1 waits", "a1 rate_limit closed 7s")
		two.end(1, failure.Credential, 0)
		want("a2 is refused", "a1 rate_limit closed 7s, a2 credential closed 5m0s")
		c.advance(7 * time.Second)
		want("a1 has waited", "a2 credential closed 4m53s")
		two.end(0, failure.Overload, 5*time.Second)
		want("a is overloaded", "a1 overload closed 5s, a2 credential closed 4m53s")
		c.advance(5 * time.Minute)
		one.end(1, failure.Credential, 0)
		want("the doubling goes on", "a2 credential closed 10m0s")
		for range 5 {
			one.end(2, failure.Connect, 0)
		}
		want("b is broken", "a2 credential closed 10m0s, b none open 30s")
		c.advance(30 * time.Second)
		want("b may be tried", "a2 credential closed 9m30s, b none half_open 0s")
		two.end(2, failure.Connect, 0)
		want("two tried in vain", "a2 credential closed 9m30s, b none open 1m0s")
		c.advance(time.Minute)
		one.end(2, failure.None, 0)
		want("one succeeded", "a2 credential closed 8m30s")
		if got := len(*one.events) + len(*two.events); got != 9 {
			t.Errorf("%d events, want 9: %v %v", got, *one.events, *two.events)
		}
		// A gateway that is there from now on.
		if three := join(t, c, store).told(); three != "a2 credential closed 8m30s" {
			t.Errorf("three knows %q", three)
		}
	})
}

// TestSharedAtOnce changes things on both sides before either is told.
func TestSharedAtOnce(t *testing.T) {
	c := newClock()
	store := kv.NewMemory(c.now).Namespace("health", 0)
	one, two := join(t, c, store), join(t, c, store)
	one.end(0, failure.RateLimit, 7*time.Second)
	two.end(0, failure.RateLimit, 9*time.Second)
	one.end(1, failure.RateLimit, 5*time.Second)
	for range 5 {
		one.end(2, failure.Connect, 0)
	}
	c.advance(time.Second)
	for range 5 {
		two.end(2, failure.Connect, 0)
	}
	for range 2 {
		one.told()
		two.told()
	}
	const want = "a1 rate_limit closed 8s, a2 rate_limit closed 4s, b none open 30s"
	if a, b := one.told(), two.told(); a != want || b != want {
		t.Errorf("known are %q and %q, want %q", a, b, want)
	}
}

// TestSharedWaitsAreNotForced tells the other one what the upstream asked for, also when the member cools for longer than that.
func TestSharedWaitsAreNotForced(t *testing.T) {
	c := newClock()
	store := kv.NewMemory(c.now).Namespace("health", 0)
	one, two := join(t, c, store), join(t, c, store)
	late := take(t, one.pool, t0)
	two.end(late.Member(), failure.RateLimit, 0)
	two.told()
	one.told()
	late.End(Outcome{Class: failure.RateLimit, Wait: 7 * time.Second, Now: t0})
	forced := only(two.pool, late.Member(), t0)
	forced.Force = true
	if !one.states.servers["a"].it.due.Load() {
		t.Error("two is not to be told")
	}
	if w := two.pool.Wait(forced); w != 0 {
		t.Errorf("a key that was told nothing is forced after %v, want 0", w)
	}
	one.told()
	two.told()
	if w := two.pool.Wait(forced); w != 7*time.Second {
		t.Errorf("a key that was told to wait is forced after %v, want 7s", w)
	}
	forced.Force = false
	if w := two.pool.Wait(forced); w != 10*time.Second {
		t.Errorf("wait %v, want 10s", w)
	}
}

// TestSharedWithOtherSettings keeps what a gateway knows of members that another one has not.
func TestSharedWithOtherSettings(t *testing.T) {
	c := newClock()
	store := kv.NewMemory(c.now).Namespace("health", 0)
	one, two := join(t, c, store), join(t, c, store)
	one.end(0, failure.RateLimit, time.Minute)
	one.told()
	two.pool = open(t, RoundRobin, []Member{{ID: "a9", Server: "a"}, {ID: "b"}}, BreakerConfig{Off: true}, &States{Clock: c.now})
	two.states = two.pool.states
	two.share.states = two.states
	two.states.sharing.Store(two.share)
	two.end(0, failure.RateLimit, time.Hour)
	if got := two.told(); got != "a9 rate_limit closed 1h0m0s" {
		t.Errorf("two knows %q", got)
	}
	for range 5 {
		one.end(2, failure.Connect, 0)
	}
	one.told()
	if got := two.told(); got != "a9 rate_limit closed 1h0m0s" {
		t.Errorf("two, whose breakers are off, knows %q", got)
	}
	if got := join(t, c, store).told(); got != "a1 rate_limit closed 1m0s, b none open 30s" {
		t.Errorf("a third one knows %q", got)
	}
}

// TestRecord holds what other versions have to understand, and that records do not live for ever.
func TestRecord(t *testing.T) {
	c := newClock()
	memory := kv.NewMemory(c.now)
	store := memory.Namespace("health", 0)
	one := join(t, c, store)
	one.end(0, failure.RateLimit, time.Minute)
	for range 4 {
		c.advance(time.Second)
		one.end(1, failure.Timeout, 0)
	}
	one.end(1, failure.Overload, time.Second)
	one.told()
	text, _, _ := store.Get(t.Context(), "server:a")
	const want = `{"rest":1700000005000000000,"breaker":{"broken":true,"until":1700000034000000000,"opened":1,"changed":1700000004000000000},` +
		`"members":{"a1":{"until":1700000060000000000,"asked":1700000060000000000,"class":"rate_limit"}}}`
	if string(text) != want {
		t.Errorf("record\n%s\nwant\n%s", text, want)
	}
	one.states.servers["a"].it.change(false, 0, 0, t0)
	c.advance(56*time.Second + linger)
	one.told()
	if text, ok, _ := store.Get(t.Context(), "server:a"); ok {
		t.Errorf("there is still %s", text)
	}
}

// TestForeignRecords puts into the store what no gateway would.
func TestForeignRecords(t *testing.T) {
	far := after(48 * time.Hour)
	var many strings.Builder
	for i := range MaxMembers + 1 {
		fmt.Fprintf(&many, `,"m%d":{"until":%d,"class":"rate_limit"}`, i, after(time.Second))
	}
	for name, text := range map[string]string{
		"empty":           ``,
		"no JSON":         `{"rest":`,
		"another type":    `{"rest":"soon"}`,
		"a number":        `7`,
		"null":            `null`,
		"a list":          `{"members":[]}`,
		"rest for ever":   fmt.Sprintf(`{"rest":%d}`, far),
		"open for ever":   fmt.Sprintf(`{"breaker":{"broken":true,"until":%d,"changed":%d}}`, far, t0),
		"in the future":   fmt.Sprintf(`{"breaker":{"broken":true,"until":%d,"changed":%d}}`, after(time.Hour), after(time.Hour)),
		"opened below 0":  fmt.Sprintf(`{"breaker":{"broken":true,"until":%d,"changed":%d,"opened":-9}}`, after(time.Hour), t0),
		"wait for ever":   fmt.Sprintf(`{"members":{"a1":{"until":%d,"class":"rate_limit"}}}`, far),
		"no class":        fmt.Sprintf(`{"members":{"a1":{"until":%d,"class":"whim"}}}`, after(time.Hour)),
		"asked beyond":    fmt.Sprintf(`{"members":{"a1":{"until":%d,"asked":%d,"class":"rate_limit"}}}`, after(time.Hour), far),
		"times below 0":   fmt.Sprintf(`{"members":{"a1":{"until":%d,"class":"rate_limit","times":-1}}}`, after(time.Hour)),
		"too many":        fmt.Sprintf(`{"members":{"a1":{"until":%d,"class":"rate_limit","times":-1}%s}}`, after(time.Hour), many.String()),
		"too long":        fmt.Sprintf(`{"rest":%d,"x":"%s"}`, after(time.Hour), strings.Repeat("x", maxRecord)),
		"another's class": fmt.Sprintf(`{"members":{"a1":{"until":%d,"class":"none"}}}`, after(time.Hour)),
	} {
		c := newClock()
		store := kv.NewMemory(c.now).Namespace("health", 0)
		if err := store.Set(t.Context(), "server:a", []byte(text), 0); err != nil {
			t.Fatal(err)
		}
		g := join(t, c, store)
		if got := g.told(); got != "" {
			t.Errorf("%s: %q is believed", name, got)
		}
		g.end(1, failure.RateLimit, time.Minute)
		if got := g.told(); got != "a2 rate_limit closed 1m0s" {
			t.Errorf("%s: one knows %q afterwards", name, got)
		}
		if got := join(t, c, store).told(); got != "a2 rate_limit closed 1m0s" {
			t.Errorf("%s: two knows %q afterwards", name, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"rest":1700000001000000000,"breaker":{"broken":true,"until":1700000034000000000,"opened":1,"changed":1700000004000000000}}`))
	f.Add([]byte(`{"members":{"a1":{"until":1700000060000000000,"class":"rate_limit","times":2}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := decode(text, t0)
		latest := after(MaxWait + skew)
		if r.Rest > latest || r.Breaker.Until > latest || len(r.Members) > MaxMembers || r.life(t0) > MaxWait+skew+linger {
			t.Errorf("%+v", r)
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if back, _ := json.Marshal(decode(again, t0)); string(back) != string(again) {
			t.Errorf("%s is read as %s", again, back)
		}
	})
}

// TestStoreDown goes on from what the gateway sees itself, says so once, and is told of what happened when the store is back.
func TestStoreDown(t *testing.T) {
	server := redistest.Start(t)
	c := newClock()
	dial := func() kv.Store {
		s, err := redis.Open(redis.Options{Addresses: []string{server.Address}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s.Namespace("health")
	}
	one, two := join(t, c, dial()), join(t, c, dial())
	one.end(0, failure.RateLimit, time.Minute)
	one.told()
	two.told()
	server.Stop()
	lost := c.now()
	for range 3 {
		c.advance(time.Second)
		if got := one.told(); !strings.HasPrefix(got, "a1 rate_limit") {
			t.Errorf("one knows %q", got)
		}
	}
	two.end(1, failure.RateLimit, time.Hour)
	two.told()
	if !two.states.servers["a"].it.due.Load() {
		t.Error("what two saw is not to be told when the store is back")
	}
	if since, err := one.states.Shared(); !since.Equal(lost.Add(time.Second)) || err == nil {
		t.Errorf("lost since %v: %v", since, err)
	}
	server.Again()
	const want = "a1 rate_limit closed 57s, a2 rate_limit closed 1h0m0s"
	if got := two.told(); got != want {
		t.Errorf("two knows %q", got)
	}
	if got := one.told(); got != want {
		t.Errorf("one knows %q", got)
	}
	if since, err := one.states.Shared(); !since.IsZero() || err != nil {
		t.Errorf("lost since %v: %v, want neither", since, err)
	}
	var kinds []EventKind
	for _, e := range *one.events {
		kinds = append(kinds, e.Kind)
	}
	if fmt.Sprint(kinds) != fmt.Sprint([]EventKind{MemberCooling, StoreLost, StoreBack}) || (*one.events)[1].Err == nil {
		t.Errorf("events %+v", *one.events)
	}
}

// slow is a store that takes an hour for everything, as far as it is let.
type slow struct{ kv.Store }

func (slow) Get(ctx context.Context, _ string) ([]byte, bool, error) {
	select {
	case <-time.After(time.Hour):
		return nil, false, nil
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

// TestSlowStore is in nobody's way: neither of a request nor of stopping.
func TestSlowStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		states := new(States)
		told := make(chan Event, 10)
		states.Notify(func(e Event) { told <- e })
		p := open(t, RoundRobin, alike(2, Member{}), BreakerConfig{}, states)
		stop := states.Share(slow{})
		synctest.Wait()
		began := time.Now()
		serve(p, &Choice{Now: began.UnixNano()}, failure.RateLimit, time.Minute)
		if got := serve(p, &Choice{Now: began.UnixNano()}, failure.None, 0); got != 1 || !time.Now().Equal(began) {
			t.Errorf("member %d after %v", got, time.Since(began))
		}
		<-told
		if e := <-told; e.Kind != StoreLost || time.Since(began) != patient {
			t.Errorf("%+v after %v", e, time.Since(began))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		before := time.Now()
		stop()
		if d := time.Since(before); d != 0 {
			t.Errorf("stopping took %v", d)
		}
		if since, _ := states.Shared(); !since.IsZero() {
			t.Error("what is not shared is lost")
		}
	})
}

// counted is a store that counts.
type counted struct {
	kv.Store
	reads, writes atomic.Int64
}

func (c *counted) Get(ctx context.Context, key string) ([]byte, bool, error) {
	c.reads.Add(1)
	return c.Store.Get(ctx, key)
}

func (c *counted) CompareAndSwap(ctx context.Context, key string, old, new []byte, ttl time.Duration) (bool, error) {
	c.writes.Add(1)
	return c.Store.CompareAndSwap(ctx, key, old, new, ttl)
}

// TestShare lets time run: what was asked of late is read once a second, what changed is written at once, and what is idle is left alone.
func TestShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := kv.NewMemory(time.Now).Namespace("health", 0)
		store := &counted{Store: memory}
		one, two := new(States), new(States)
		p := open(t, RoundRobin, alike(2, Member{}), BreakerConfig{}, one)
		q := open(t, RoundRobin, alike(2, Member{}), BreakerConfig{}, two)
		defer one.Share(store)()
		defer two.Share(memory)()
		counts := func(when string, reads, writes int64) {
			t.Helper()
			synctest.Wait()
			if r, w := store.reads.Swap(0), store.writes.Swap(0); r != reads || w != writes {
				t.Errorf("%s: %d reads and %d writes, want %d and %d", when, r, w, reads, writes)
			}
		}
		counts("at once", 2, 0)
		time.Sleep(time.Hour + every/2)
		counts("idle", 2*unasked, 0)
		for range 100 {
			serve(p, only(p, 0, time.Now().UnixNano()), failure.None, 0)
			time.Sleep(every / 10)
		}
		counts("requests for ten seconds", 10, 0)
		time.Sleep(time.Hour)
		counts("idle again", unasked, 0)
		serve(q, only(q, 0, time.Now().UnixNano()), failure.None, 0)
		serve(p, only(p, 0, time.Now().UnixNano()), failure.RateLimit, time.Minute)
		counts("a change", 1, 1)
		time.Sleep(every)
		synctest.Wait()
		if got := serve(q, only(q, 0, time.Now().UnixNano()), failure.None, 0); got != -1 {
			t.Error("the other one does not know after a second")
		}
	})
}

// TestAnotherStore replaces the first one while it runs.
func TestAnotherStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := kv.NewMemory(time.Now).Namespace("health", 0), kv.NewMemory(time.Now).Namespace("health", 0)
		states := new(States)
		p := open(t, RoundRobin, alike(1, Member{}), BreakerConfig{}, states)
		stopFirst := states.Share(first)
		serve(p, &Choice{Now: time.Now().UnixNano()}, failure.RateLimit, time.Hour)
		synctest.Wait()
		stopSecond := states.Share(second)
		synctest.Wait()
		a, ok, _ := second.Get(t.Context(), "server:m0")
		if !ok || !strings.Contains(string(a), "rate_limit") {
			t.Errorf("the second store was not told: %s", a)
		}
		for range 5 {
			l := p.Probe(0, time.Now().UnixNano())
			l.End(Outcome{Class: failure.Connect, Now: time.Now().UnixNano()})
		}
		time.Sleep(2 * every)
		synctest.Wait()
		stopFirst()
		if b, _, _ := second.Get(t.Context(), "server:m0"); string(b) == string(a) {
			t.Error("the second store is told nothing after the first was left")
		}
		if b, _, _ := first.Get(t.Context(), "server:m0"); strings.Contains(string(b), "true") {
			t.Error("the first store is told though it was left")
		}
		stopSecond()
		stopSecond()
	})
}

// contended is a store that others write all the time.
type contended struct{ kv.Store }

func (contended) CompareAndSwap(context.Context, string, []byte, []byte, time.Duration) (bool, error) {
	return false, nil
}

// TestContended tries again later, and takes the store for what it is: there.
func TestContended(t *testing.T) {
	c := newClock()
	g := join(t, c, contended{kv.NewMemory(c.now).Namespace("health", 0)})
	g.end(0, failure.RateLimit, time.Minute)
	g.told()
	if lost, err := g.states.Shared(); !lost.IsZero() || !g.states.servers["a"].it.due.Load() {
		t.Errorf("lost since %v (%v), due: %v", lost, err, g.states.servers["a"].it.due.Load())
	}
}

// TestShareHammer has ten gateways that write the same record at once: none is lost.
func TestShareHammer(t *testing.T) {
	stores(t, func(t *testing.T, store kv.Store, c *clock) {
		var members []Member
		for i := range 10 {
			members = append(members, Member{ID: fmt.Sprint("m", i), Server: "a"})
		}
		var all []*gateway
		for range 10 {
			states := &States{Clock: c.now}
			g := &gateway{states: states, t: t, share: &sharing{states: states, store: store, wake: make(chan struct{}, 1)}}
			states.sharing.Store(g.share)
			g.pool = open(t, RoundRobin, members, BreakerConfig{}, states)
			all = append(all, g)
		}
		var wg sync.WaitGroup
		for i, g := range all {
			wg.Go(func() {
				g.end(i, failure.RateLimit, time.Minute)
				for g.states.servers["a"].it.due.Load() {
					g.share.round(t.Context(), false)
				}
				if lost, err := g.states.Shared(); !lost.IsZero() {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i, g := range all {
			if g.told(); g.pool.Summary(t0).Ready {
				t.Errorf("gateway %d does not know of all: %s", i, g.told())
			}
		}
	})
}
