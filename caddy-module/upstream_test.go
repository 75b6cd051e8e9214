package caddyllm

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyevents"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/redis/redistest"
)

// serve runs the background work of an app until the test ends.
func serve(t *testing.T, a *App) {
	t.Helper()
	if err := a.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
	})
}

// ends gives a lane of a provider to a request that ends so.
func ends(t *testing.T, p *provider.Provider, o pool.Outcome) {
	t.Helper()
	o.Now = p.Now().UnixNano()
	l, ok := p.Take(&pool.Choice{Now: o.Now})
	if !ok {
		t.Fatal("no lane is ready")
	}
	l.End(o)
}

// comes waits until a condition holds.
func comes(t *testing.T, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 6000 {
		if condition() {
			return
		}
		<-tick.C
	}
	t.Fatalf("not in time: %s", what)
}

type handler func(caddy.Event)

func (h handler) Handle(_ context.Context, e caddy.Event) error {
	h(e)
	return nil
}

// TestUpstreamEvents: what happens to keys and endpoints is told to the log and to handlers of Caddy's events, without a key.
func TestUpstreamEvents(t *testing.T) {
	a, _ := configure(t, `{"providers":{"told":{"preset":"openai","api_keys":["sk-secret-one","sk-secret-two"],"endpoints":[{"name":"eu","base_url":"https://told-`+fmt.Sprint(rand.Int64())+`.example"}]}}}`, "") // states outlive the test
	app, err := a.ctx.App("events")
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan caddy.Event, 10)
	for _, name := range []string{"cooling", "open", "closed", "credential_refused"} {
		if err := app.(*caddyevents.App).On(appName+".upstream_"+name, handler(func(e caddy.Event) { events <- e })); err != nil {
			t.Fatal(err)
		}
	}
	core, logs := observer.New(zapcore.DebugLevel)
	a.watch.log = zap.New(core)
	serve(t, a)
	p := a.providers["told"]
	ends(t, p, pool.Outcome{Class: failure.RateLimit, Wait: time.Minute})
	for range 5 {
		ends(t, p, pool.Outcome{Class: failure.Connect})
	}
	for _, want := range []string{"llm_gateway.upstream_cooling told eu 1 rate_limit", "llm_gateway.upstream_open told eu <nil> connect"} {
		e := <-events
		if got := fmt.Sprint(e.Name(), " ", e.Data["provider"], " ", e.Data["endpoint"], " ", e.Data["key"], " ", e.Data["reason"]); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	lines := ""
	for _, l := range logs.All() {
		fields, _ := json.Marshal(l.ContextMap())
		lines += l.Level.String() + " " + l.Message + " " + string(fields) + "\n"
	}
	for _, want := range []string{`info upstream cools {"endpoint":"eu","key":1,"provider":"told","reason":"rate_limit"`, `warn upstream is broken {"endpoint":"eu","provider":"told","reason":"connect"`} {
		if !strings.Contains(lines, want) {
			t.Errorf("logged %swant %s", lines, want)
		}
	}
	status, err := json.Marshal(a.providerStatus())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(lines+string(status), "sk-secret") {
		t.Error("a key was told")
	}
	metrics := gathered(t, a)
	if metrics["caddy_llm_gateway_upstream_state{endpoint=eu,provider=told}"] != 1 || metrics["caddy_llm_gateway_provider_healthy{provider=told}"] != 0 {
		t.Errorf("metrics: %v", metrics)
	}
	if s := metrics["caddy_llm_gateway_upstream_cooling_seconds{endpoint=eu,provider=told}"]; s < 20 || s > 30 {
		t.Errorf("cooling for %v s, want the breaker's 30", s)
	}
}

// TestRefusedAndWell: handlers of events learn of a key that was refused, and of an endpoint that is well again.
func TestRefusedAndWell(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(s.Close)
	a, _ := configure(t, `{"providers":{"refused":{"preset":"openai","base_url":"`+s.URL+`","api_keys":["sk-secret-one","sk-secret-two"],"probe":{"path":"/","interval":"1s"}}}}`, "")
	app, err := a.ctx.App("events")
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan caddy.Event, 10)
	if err := app.(*caddyevents.App).On("", handler(func(e caddy.Event) {
		if strings.HasPrefix(e.Name(), appName) {
			events <- e
		}
	})); err != nil {
		t.Fatal(err)
	}
	serve(t, a)
	p := a.providers["refused"]
	ends(t, p, pool.Outcome{Class: failure.Credential})
	for range 5 {
		ends(t, p, pool.Outcome{Class: failure.Connect})
	}
	for _, want := range []string{"upstream_credential_refused 1 credential", "upstream_open <nil> connect", "upstream_closed <nil> none"} {
		e := <-events
		if got := fmt.Sprint(e.Name(), " ", e.Data["key"], " ", e.Data["reason"]); got != appName+"."+want || strings.Contains(fmt.Sprint(e.Data), "sk-secret") {
			t.Errorf("got  %s\nwant %s: %v", got, want, e.Data)
		}
	}
}

// TestEventsWait: handlers that are slow keep nobody waiting.
func TestEventsWait(t *testing.T) {
	a, _ := configure(t, `{"providers":{"slow":{"preset":"openai","api_keys":["sk-secret-one"]}}}`, "")
	held := make(chan struct{})
	began := make(chan struct{}, 2*waiting)
	a.watch.emit = func(string, map[string]any) {
		began <- struct{}{}
		<-held
	}
	core, logs := observer.New(zapcore.WarnLevel)
	a.watch.log = zap.New(core)
	serve(t, a)
	e := pool.Event{Kind: pool.BreakerClosed, Server: a.providers["slow"].Status()[0].Lanes[0].Server}
	a.watch.note(e)
	<-began
	for range waiting + 3 {
		a.watch.note(e)
	}
	close(held)
	if n := logs.FilterMessage("too many events wait for their handlers, one is left out").Len(); n != 3 {
		t.Errorf("%d events were left out, want 3", n)
	}
}

// TestProbe: a broken endpoint is asked until it answers, a well one is left alone.
func TestProbe(t *testing.T) {
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/health" || r.Header.Get("Authorization") != "Bearer sk-secret" {
			t.Errorf("asked %s with %v", r.URL, r.Header)
		}
		if asked.Add(1) < 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(s.Close)
	a, _ := configure(t, `{"providers":{"probed":{"preset":"vllm","base_url":"`+s.URL+`","api_keys":["sk-secret"],"probe":{"path":"/health","interval":"1s"}}}}`, "")
	serve(t, a)
	p := a.providers["probed"]
	for range 5 {
		ends(t, p, pool.Outcome{Class: failure.Connect})
	}
	if p.Healthy() || asked.Load() != 0 {
		t.Errorf("healthy %v, asked %d times", p.Healthy(), asked.Load())
	}
	comes(t, "a probe that finds it well", p.Healthy)
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}

// TestShareHealth: gateways learn from each other what waits, and say when they cannot.
func TestShareHealth(t *testing.T) {
	server := redistest.Start(t)
	app := `{"stores":{"shared":{"driver":"redis","url":"redis://` + server.Address + `"}},"share_health":"shared",
		"providers":{"common":{"preset":"openai","base_url":"https://common.example","api_keys":["sk-secret-one"]}}}`
	a, _ := configure(t, app, "")
	core, logs := observer.New(zapcore.InfoLevel)
	a.watch.log = zap.New(core)
	serve(t, a)

	// Another gateway, with states of its own.
	opened, err := a.Stores["shared"].open()
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	states := new(pool.States)
	other, err := provider.New(provider.Config{Name: "common", Preset: "openai", BaseURL: "https://common.example", Keys: []string{"sk-secret-one"}, States: states, Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	defer states.Share(opened.Namespace(healthSpace))()
	ends(t, other, pool.Outcome{Class: failure.RateLimit, Wait: time.Hour})
	own := a.providers["common"]
	// Only what is asked for is read.
	comes(t, "the cooldown that the other has seen", func() bool {
		c := pool.Choice{Now: own.Now().UnixNano()}
		if l, ok := own.Take(&c); ok {
			l.End(pool.Outcome{Class: failure.Canceled, Now: c.Now})
			return false
		}
		return own.Wait(&c) > 59*time.Minute
	})
	if dump := string(server.Dump()); strings.Contains(dump, "sk-secret") || !strings.Contains(dump, "common/default@") {
		t.Error("the store has a key, or nothing")
	}
	server.Stop()
	ends(t, another(t), pool.Outcome{Class: failure.RateLimit, Wait: time.Minute})
	comes(t, "word that the store is away", func() bool { return logs.FilterMessageSnippet("share_health failed").Len() == 1 })
	if s := a.providerStatus(); s[0].ShareLost == nil {
		t.Errorf("status %+v", s)
	}
}

// another is a provider with a lane that is ready and states that the app shares.
func another(t *testing.T) *provider.Provider {
	t.Helper()
	p, err := provider.New(provider.Config{Name: "another", Preset: "vllm", States: upstreams, Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// TestProviderRejections are those that no Caddyfile can bring about.
func TestProviderRejections(t *testing.T) {
	for _, tt := range []struct{ options, want string }{
		{`"endpoints":[null]`, "endpoint 1 is null, expected a name and a base_url"},
		{`"keys":[null]`, "key block 1 has no key, expected one such as {env.NAME}"},
		{`"keys":[{"weight":1}]`, "key block 1 has no key, expected one such as {env.NAME}"},
		{`"keys":[{"api_key":"sk-secret","tpm":-1}]`, "key block 1: rpm or tpm is negative, expected a number from 1"},
		{`"timeouts":{"stream":-1}`, "timeout is negative, expected a duration such as 5m"},
		{`"probe":{"path":"/","timeout":-1}`, "probe: timeout is negative, expected a duration such as 5s"},
		{`"sticky":"user"`, `sticky "user" with another balance, expected balance sticky`},
	} {
		_, err := caddy.ProvisionContext(&caddy.Config{AppsRaw: caddy.ModuleMap{appName: json.RawMessage(`{"providers":{"openai":{` + tt.options + `}}}`)}})
		if err == nil || !strings.HasSuffix(err.Error(), `provider "openai": `+tt.want) {
			t.Errorf("%s: got %v, want %s", tt.options, err, tt.want)
		}
	}
}

// TestTimeouts: what a provider block says, and its short form.
func TestTimeouts(t *testing.T) {
	a, _ := configure(t, `{"providers":{"openai":{"timeout":"1m","timeouts":{"connect":"2s","answer":"3m"}},"gemini":{}}}`, "")
	got := []provider.Timeouts{a.providers["openai"].Timeouts, a.providers["gemini"].Timeouts}
	want := []provider.Timeouts{
		{Connect: 2 * time.Second, FirstToken: time.Minute, BetweenTokens: 15 * time.Minute, Stream: 2 * time.Hour, Answer: 3 * time.Minute},
		{Connect: 5 * time.Second, FirstToken: 15 * time.Minute, BetweenTokens: 15 * time.Minute, Stream: 2 * time.Hour, Answer: 20 * time.Minute},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
