package pool

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// TestNoMinuteHasMore asks all the time and looks at every minute, wherever it begins.
func TestNoMinuteHasMore(t *testing.T) {
	p := open(t, RoundRobin, []Member{{ID: "a", RPM: 30, TPM: 1000}}, BreakerConfig{}, nil)
	r := rand.New(rand.NewPCG(1, 2))
	type taken struct{ at, tokens int64 }
	var all []taken
	for now := t0; now < after(20*time.Minute); now += r.Int64N(int64(700 * time.Millisecond)) {
		c := &Choice{Now: now, Tokens: r.Int64N(70)}
		l, ok := p.Take(c)
		if w := p.Wait(c); !ok && w <= 0 {
			t.Fatalf("nobody is ready, but wait is %v", w)
		} else if !ok {
			c.Now += int64(w) - 1
			if _, ok := p.Take(c); ok {
				t.Fatalf("ready before %v were over", w)
			}
			c.Now++
			if l, ok = p.Take(c); !ok {
				t.Fatalf("not ready after %v", w)
			}
		}
		l.End(Outcome{Now: c.Now})
		now = c.Now
		all = append(all, taken{now, c.Tokens})
		requests, tokens := 0, int64(0)
		for i := len(all) - 1; i >= 0 && all[i].at > now-int64(time.Minute); i-- {
			requests++
			tokens += all[i].tokens
		}
		if requests > 30 || tokens > 1000 {
			t.Fatalf("%d requests and %d tokens within a minute", requests, tokens)
		}
	}
	if len(all) < 19*25 {
		t.Errorf("%d requests in 20 minutes, though 30 are allowed in each", len(all))
	}
}

// TestNoDoubleBurst uses up a minute at its end.
func TestNoDoubleBurst(t *testing.T) {
	p := open(t, RoundRobin, []Member{{ID: "a", RPM: 10}}, BreakerConfig{}, nil)
	end := t0 - t0%int64(time.Minute) + int64(time.Minute) - int64(time.Millisecond)
	if got := order(p, 11, end); got != "0 0 0 0 0 0 0 0 0 0 -1" {
		t.Errorf("at the end of a minute: %s", got)
	}
	if got := order(p, 1, end+int64(59*time.Second)); got != "-1" {
		t.Errorf("59 s later: %s, want none", got)
	}
	if got := order(p, 11, end+int64(61*time.Second)); got != "0 0 0 0 0 0 0 0 0 0 -1" {
		t.Errorf("61 s later: %s", got)
	}
}

func TestTokens(t *testing.T) {
	p := open(t, RoundRobin, []Member{{ID: "a", TPM: 1000}}, BreakerConfig{}, nil)
	used := func(when string, now, want int64) {
		t.Helper()
		if got := p.Status(now)[0].Tokens; got != want {
			t.Errorf("%s: %d tokens, want %d", when, got, want)
		}
	}
	ask := func(tokens, now int64) *Lease {
		l, ok := p.Take(&Choice{Now: now, Tokens: tokens})
		if !ok {
			t.Helper()
			t.Fatalf("%d tokens are refused", tokens)
		}
		return &l
	}
	l := ask(5000, t0)
	used("a request of more than is allowed", t0, 1000)
	if w := p.Wait(&Choice{Now: t0, Tokens: 1}); w != 61*time.Second {
		t.Errorf("wait %v, want 61s", w)
	}
	l.End(Outcome{Tokens: 300, Now: after(10 * time.Second)})
	used("it took less", after(10*time.Second), 300)
	l = ask(700, after(10*time.Second))
	l.End(Outcome{Now: after(20 * time.Second)})
	used("it is not known what it took", after(20*time.Second), 1000)
	l = ask(300, after(61*time.Second))
	l.End(Outcome{Tokens: 900, Now: after(65 * time.Second)})
	used("it took more", after(65*time.Second), 1600)
	used("what was missing counts from the end", after(122*time.Second), 600)
	used("all is over", after(126*time.Second), 0)
	l = ask(400, after(130*time.Second))
	l.End(Outcome{Tokens: 100, Now: after(230 * time.Second)})
	used("what was too much is over by itself", after(230*time.Second), 0)
	l = ask(-5, after(230*time.Second))
	l.End(Outcome{Tokens: -5, Now: after(230 * time.Second)})
	used("numbers below zero are none", after(230*time.Second), 0)
}

// TestProbesCountForNoLimit, and come in spite of any.
func TestProbesCountForNoLimit(t *testing.T) {
	p := open(t, RoundRobin, []Member{{ID: "a", RPM: 1}}, BreakerConfig{}, nil)
	for range 3 {
		l := p.Probe(0, t0)
		l.End(Outcome{Now: t0})
	}
	if got := order(p, 2, t0); got != "0 -1" {
		t.Errorf("after probes: %s, want 0 -1", got)
	}
	l := p.Probe(0, t0)
	l.End(Outcome{Class: failure.RateLimit, Now: t0})
	if n := p.Summary(t0).InFlight; n != 0 {
		t.Errorf("%d in flight", n)
	}
}

// TestLosingTheRace takes members that were ready when they were chosen: what was counted for them is taken back.
func TestLosingTheRace(t *testing.T) {
	for name, m := range map[string]Member{"requests": {ID: "a", RPM: 1}, "tokens": {ID: "a", TPM: 10}, "trial": {ID: "a"}} {
		p := open(t, RoundRobin, []Member{m}, BreakerConfig{}, nil)
		now := t0
		if name == "trial" {
			broken(p)
			now = after(30 * time.Second)
		}
		c := &Choice{Now: now, Tokens: 10}
		if _, ok := p.lease(0, c); !ok {
			t.Fatalf("%s: the first one has lost", name)
		}
		if _, ok := p.lease(0, c); ok {
			t.Errorf("%s: the second one has won, too", name)
		}
		if s := p.Status(now)[0]; s.Requests != 1 || s.Tokens != 10 || s.InFlight != 1 {
			t.Errorf("%s: after both: %+v", name, s)
		}
	}
}
