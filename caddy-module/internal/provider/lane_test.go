package provider

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

// clock is a time that tests set.
type clock struct{ time time.Time }

func (c *clock) now() time.Time { return c.time }

// spread is a provider of two endpoints, one of them with a key and a model of its own.
func spread() Config {
	return Config{
		Name: "openai", Keys: []string{"key-one key-two,key-one", ""}, Tuned: []Key{{Secret: "key-three", Priority: 2, RPM: 5}},
		Endpoints: []EndpointConfig{
			{Name: "us", BaseURL: "https://us.example"},
			{Name: "eu", BaseURL: "https://eu.example/v1", Keys: []string{"key-of-eu"}, Model: "deployment", Priority: 2},
		},
	}
}

// asked are the endpoint, URL and key of the lanes that n requests take, which all end with an outcome.
func asked(t *testing.T, p *Provider, n int, o pool.Outcome) (out []string) {
	t.Helper()
	for range n {
		l := take(t, p)
		req, err := p.NewRequest(t.Context(), l, &Ask{Dialect: p.Dialects[0], Model: l.Endpoint.Model("m")})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(l.Endpoint.Name, l.Key, " ", req.URL.Host, " ", req.Header.Get("Authorization"), " ", l.Endpoint.Model("m")))
		o.Now = p.Now().UnixNano()
		l.End(o)
	}
	return out
}

// TestLanes: requests take the keys of the first endpoint, then those with a later priority, then the other endpoint.
func TestLanes(t *testing.T) {
	c := spread()
	at := &clock{time.Unix(1000, 0)}
	c.Now = at.now
	p := newProvider(t, c)
	const one, two, three, eu = "us1 us.example Bearer key-one m", "us2 us.example Bearer key-two m", "us3 us.example Bearer key-three m", "eu1 eu.example Bearer key-of-eu deployment"
	limited := pool.Outcome{Class: failure.RateLimit, Wait: 7 * time.Second}
	if diff := cmp.Diff([]string{one, two, one}, asked(t, p, 3, pool.Outcome{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{two, one, three, eu}, asked(t, p, 4, limited)); diff != "" {
		t.Error(diff)
	}
	choice := pool.Choice{Now: at.time.UnixNano()}
	if _, ok := p.Take(&choice); ok || p.Wait(&choice) != 7*time.Second {
		t.Errorf("took a lane, or wait %v, want none for 7s", p.Wait(&choice))
	}
	if !p.Healthy() || p.Keys() != 4 || !p.OwnsKeys() || !p.Renames() {
		t.Errorf("healthy %v, %d keys, renames %v", p.Healthy(), p.Keys(), p.Renames())
	}
	at.time = at.time.Add(7 * time.Second)
	if got := asked(t, p, 1, pool.Outcome{}); got[0] != one && got[0] != two {
		t.Errorf("after the wait took %v", got)
	}
}

// TestEndpointBreaks: failures of an endpoint break it for all of its keys, and nobody else.
func TestEndpointBreaks(t *testing.T) {
	c := spread()
	at := &clock{time.Unix(1000, 0)}
	c.Now = at.now
	p := newProvider(t, c)
	for _, line := range asked(t, p, 5, pool.Outcome{Class: failure.ServerError}) {
		if !strings.HasPrefix(line, "us") {
			t.Errorf("took %s", line)
		}
	}
	status := p.Status()
	if status[0].Breaker != pool.Open || status[1].Breaker != pool.Closed || status[0].Cooling != 30*time.Second || status[1].Cooling != 0 || !p.Healthy() {
		t.Errorf("status %+v", status)
	}
	asked(t, p, 5, pool.Outcome{Class: failure.Connect})
	if p.Healthy() {
		t.Error("healthy without an endpoint that is")
	}
	if _, ok := p.Take(&pool.Choice{Now: at.time.UnixNano()}); ok {
		t.Error("took a lane of a broken endpoint")
	}
}

// TestStatesOutlive: what is known of a key is known to the provider of the next configuration, wherever the key stands there, and not of
// another key in its place.
func TestStatesOutlive(t *testing.T) {
	states := new(pool.States)
	at := &clock{time.Unix(1000, 0)}
	made := func(keys ...string) *Provider {
		p := newProvider(t, Config{Name: "openai", Keys: keys, States: states, Now: at.now})
		t.Cleanup(p.Close)
		return p
	}
	asked(t, made("key-one", "key-two"), 1, pool.Outcome{Class: failure.RateLimit, Wait: time.Minute})
	for _, got := range asked(t, made("key-new", "key-one"), 3, pool.Outcome{}) {
		if !strings.Contains(got, "key-new") {
			t.Errorf("took %s, which waits", got)
		}
	}
	shared := newProvider(t, Config{Name: "openai", Keys: []string{"key-one"}, States: states, Shared: true, Now: at.now})
	t.Cleanup(shared.Close)
	for _, p := range []*Provider{made("key-one", "key-two"), shared} {
		for _, s := range p.pool.Status(0) {
			if strings.Contains(s.ID+s.Server, "key-") {
				t.Errorf("a state is known by %s of %s", s.ID, s.Server)
			}
		}
	}
	if id := shared.pool.Status(0)[0].ID; !strings.HasSuffix(id, "/1") || !strings.HasPrefix(id, "openai/default@") {
		t.Errorf("a shared state is known by %s", id)
	}
}

func TestLaneErrors(t *testing.T) {
	at := []EndpointConfig{{Name: "a", BaseURL: "https://a.example"}}
	with := func(e EndpointConfig) []EndpointConfig { return append(at[:1:1], e) }
	for _, tt := range []struct {
		name string
		c    Config
		want string
	}{
		{"base URL and endpoint", Config{BaseURL: "https://x.example", Endpoints: at}, "base_url and endpoint exclude each other, expected one of them"},
		{"no name", Config{Endpoints: with(EndpointConfig{})}, "an endpoint has no name, expected one"},
		{"twice", Config{Endpoints: with(at[0])}, `endpoint "a" is given twice, expected once`},
		{"no URL", Config{Endpoints: with(EndpointConfig{Name: "b"})}, `endpoint "b": no base_url, expected one`},
		{"no good URL", Config{Endpoints: with(EndpointConfig{Name: "b", BaseURL: "b.example"})}, `endpoint "b": base_url is not a URL, expected http:// or https:// and a host`},
		{"weight", Config{Endpoints: with(EndpointConfig{Name: "b", BaseURL: "https://b", Weight: 1001})}, `endpoint "b": weight 1001, expected 1 to 1000`},
		{"priority", Config{Endpoints: with(EndpointConfig{Name: "b", BaseURL: "https://b", Priority: -1})}, `endpoint "b": priority -1, expected 1 to 1000`},
		{"cost", Config{Endpoints: with(EndpointConfig{Name: "b", BaseURL: "https://b", Cost: -1})}, `endpoint "b": cost is negative, expected a number above 0`},
		{"endpoint's key", Config{Endpoints: with(EndpointConfig{Name: "b", BaseURL: "https://b", Keys: []string{"s3cret\n", "s3cr\x00et"}})}, `endpoint "b": api_key 2 cannot stand in a header, expected printable ASCII characters`},
		{"key's weight", Config{Tuned: []Key{{Secret: "s3cret", Weight: -1}}}, "key block 1: weight -1, expected 1 to 1000"},
		{"key's rpm", Config{Tuned: []Key{{Secret: "s3cret", RPM: -1}}}, "key block 1: rpm or tpm is negative, expected a number from 1"},
		{"key's characters", Config{Tuned: []Key{{Secret: "s3cr\x00et"}}}, "key block 1: the key cannot stand in a header, expected printable ASCII characters"},
		{"key twice", Config{Keys: []string{"s3cret"}, Tuned: []Key{{Secret: "s3cret"}}}, "key block 1: the key is given before, expected it once"},
		{"sticky without its balance", Config{Sticky: StickyUser}, `sticky "user" with another balance, expected balance sticky`},
		{"sticky to nothing", Config{Balance: pool.Sticky}, `balance sticky sticks to "", expected one of session, user, key, prompt_cache_key`},
		{"breaker", Config{Breaker: pool.BreakerConfig{Window: time.Millisecond}}, "breaker: window is 1ms, expected 1s to 1h"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.c.Name = "openai"
			_, err := New(tt.c)
			if fmt.Sprint(err) != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestKeylessEndpoint: an endpoint whose key is not set is passed over, where servers want one.
func TestKeylessEndpoint(t *testing.T) {
	c := Config{Name: "openai", Endpoints: []EndpointConfig{{Name: "a", BaseURL: "https://a"}, {Name: "b", BaseURL: "https://b", Keys: []string{"key-of-b"}}}}
	p := newProvider(t, c)
	for _, got := range asked(t, p, 3, pool.Outcome{}) {
		if !strings.HasPrefix(got, "b1 ") {
			t.Errorf("took %s", got)
		}
	}
	if s := p.Status(); len(s) != 2 || len(s[0].Lanes) != 0 || len(s[1].Lanes) != 1 || p.LacksKey() {
		t.Errorf("status %+v", s)
	}
	c.Name, c.Preset = "local", "vllm"
	if got := asked(t, newProvider(t, c), 2, pool.Outcome{}); !strings.HasPrefix(got[0], "a0 ") || !strings.HasPrefix(got[1], "b1 ") {
		t.Errorf("took %v", got)
	}
}

// TestWhere: what happens to keys and endpoints is told of them, and of nobody else.
func TestWhere(t *testing.T) {
	states := new(pool.States)
	var events []pool.Event
	states.Notify(func(e pool.Event) { events = append(events, e) })
	c := spread()
	c.States = states
	p := newProvider(t, c)
	other := newProvider(t, Config{Name: "other", Preset: "openai", Keys: []string{"key-one"}, States: states})
	asked(t, p, 2, pool.Outcome{Class: failure.Credential})
	asked(t, p, 1, pool.Outcome{Class: failure.Overload, Wait: time.Minute})
	var got []string
	for _, e := range events {
		at, key := p.Where(&e)
		if foreign, _ := other.Where(&e); at == nil || foreign != nil {
			t.Fatalf("%+v is of %v and %v", e, at, foreign)
		}
		got = append(got, fmt.Sprint(at.Name, key))
	}
	if diff := cmp.Diff([]string{"us1", "us2", "us0"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestHammer shows that lanes and states can be shared.
func TestHammer(t *testing.T) {
	c := spread()
	c.Balance = pool.LeastLatency
	p := newProvider(t, c)
	classes := []failure.Class{failure.None, failure.RateLimit, failure.Canceled, failure.ServerError, failure.Credential}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 500 {
				choice := pool.Choice{Now: int64(i) * int64(time.Second)}
				l, ok := p.Take(&choice)
				if !ok {
					p.Wait(&choice)
					continue
				}
				if _, err := p.NewRequest(t.Context(), &l, &Ask{Dialect: p.Dialects[0], Model: "m", Client: http.Header{}}); err != nil {
					t.Error(err)
				}
				l.First(time.Millisecond, choice.Now)
				l.Left(0.5, choice.Now)
				p.Status()
				l.End(pool.Outcome{Class: classes[i%len(classes)], Now: choice.Now})
			}
		})
	}
	all.Wait()
	if n := p.Busy(); n != 0 {
		t.Errorf("%d requests are under way", n)
	}
}

func BenchmarkTake(b *testing.B) {
	c := spread()
	p, err := New(c)
	if err != nil {
		b.Fatal(err)
	}
	choice := pool.Choice{Now: time.Now().UnixNano()}
	b.ReportAllocs()
	for b.Loop() {
		choice.Now += int64(time.Second)
		l, ok := p.Take(&choice)
		if !ok {
			b.Fatal("no lane is ready")
		}
		l.First(time.Millisecond, choice.Now)
		l.End(pool.Outcome{Now: choice.Now})
	}
}
