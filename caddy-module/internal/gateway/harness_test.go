package gateway

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm/wasmtest"
	"github.com/longmen-gateway/longmen/plugins"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// sandbox is the one runtime and first-party module of all tests.
var sandbox = sync.OnceValues(func() (*wasm.Module, error) {
	r, err := wasm.NewRuntime(context.Background(), wasmtest.CacheDir())
	if err != nil {
		return nil, err
	}
	b, _ := plugins.Wasm("redact")
	return r.Load(context.Background(), b, 65536)
})

// pools are shared by all tests: one per plugin and configuration.
var pools sync.Map

// kept are the stores of those that have one.
var kept sync.Map

// recorded collects what audit writes.
type recorded struct {
	mu    sync.Mutex
	lines []string
}

func (r *recorded) Record(_ context.Context, _ string, value []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, string(value))
	return nil
}

func (r *recorded) Ready(context.Context, string) error { return nil }

func (r *recorded) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := r.lines
	r.lines = nil
	return lines
}

var records recorded

// named makes the first-party plugin of that name, with config as JSON.
func named(t testing.TB, name, config string) *pipeline.Plugin {
	t.Helper()
	if config == "" {
		config = "{}"
	}
	if p, ok := pools.Load(name + config); ok {
		return p.(*pipeline.Plugin)
	}
	m, err := sandbox()
	if err != nil {
		t.Fatalf("loading the first-party plugins: %v", err)
	}
	for _, d := range m.Manifest().Plugins {
		if d.Name != name {
			continue
		}
		checked, err := d.CheckConfig([]byte(config))
		if err != nil {
			t.Fatal(err)
		}
		spec := wasm.Spec{Plugin: name, Config: checked, Key: [32]byte{1}, Services: wasm.Services{Record: &records}}
		if slices.Contains(d.Grants, abi.GrantKV) {
			s := &shelf{values: map[string][]byte{}}
			kept.Store(name+config, s)
			spec.Services.KV = s
		}
		pool, err := m.Pool(context.Background(), spec)
		if err != nil {
			t.Fatal(err)
		}
		p := &pipeline.Plugin{Name: name, Hooks: pool, Has: pipeline.SetOf(pool.Has)}
		pools.Store(name+config, p)
		return p
	}
	t.Fatalf("no first-party plugin %q", name)
	return nil
}

// upstream plays a provider inside the process: it keeps what it was asked and answers what it is told.
type upstream struct {
	mu     sync.Mutex
	asked  []string
	seen   []*http.Request // without bodies
	answer func(n int, r *http.Request, asked string) *http.Response
}

func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body.Close()
	}
	u.mu.Lock()
	n := len(u.asked)
	u.asked, u.seen = append(u.asked, string(body)), append(u.seen, r)
	u.mu.Unlock()
	resp := u.answer(n, r, string(body))
	resp.Request = r
	return resp, nil
}

// answered is an upstream's response.
func answered(status int, contentType string, body io.Reader) *http.Response {
	return &http.Response{
		StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1,
		Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(body),
	}
}

func whole(body string) *http.Response {
	return answered(200, "application/json", strings.NewReader(body))
}

func streamed(pieces ...string) *http.Response {
	readers := make([]io.Reader, len(pieces))
	for i, p := range pieces {
		readers[i] = strings.NewReader(p)
	}
	return answered(200, "text/event-stream; charset=utf-8", io.MultiReader(readers...))
}

// upstreamOf makes a provider of that dialect whose requests end in u.
func upstreamOf(t testing.TB, name, dialectName string, u http.RoundTripper) *provider.Provider {
	t.Helper()
	p, err := provider.New(provider.Config{Name: name, BaseURL: "http://upstream.example/v1", Dialects: []string{dialectName}, Keys: []string{"upstream-key"}, Transport: u})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// codecs are the first-party codecs, with their defaults.
func codecs(t testing.TB) attempt.Codecs { return configured(t, nil) }

// configured are the first-party codecs with configurations by their names.
func configured(t testing.TB, configs map[string]string) attempt.Codecs {
	t.Helper()
	m, err := sandbox()
	if err != nil {
		t.Fatalf("loading the first-party plugins: %v", err)
	}
	all := make(attempt.Codecs)
	for _, d := range m.Manifest().Plugins {
		for _, pair := range d.Codecs {
			all[pair] = named(t, d.Name, configs[d.Name])
		}
	}
	return all
}

// candidate reaches a provider from every dialect that the first-party codecs know.
func candidate(t testing.TB, p *provider.Provider) *attempt.Candidate {
	return &attempt.Candidate{Provider: p, Ways: codecs(t).Ways(p)}
}

// gatewayOf has one route over plugins to one candidate.
func gatewayOf(t testing.TB, p *provider.Provider, chain ...*pipeline.Plugin) (*Gateway, *[]*usage.Record) {
	t.Helper()
	accounts := &[]*usage.Record{}
	g := New(Config{
		Auth:    auth.None(),
		Routes:  []*Route{{Name: "only", Plugins: chain, Candidates: []*attempt.Candidate{candidate(t, p)}}},
		Now:     func() time.Time { return time.Unix(1763600000, 0) },
		Observe: func(_ *http.Request, r *usage.Record) { *accounts = append(*accounts, r) },
	})
	return g, accounts
}

// post sends a body through g as a client would.
func post(g *Gateway, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	w.Body = new(bytes.Buffer)
	g.ServeHTTP(w, r)
	return w
}

// shelf is a key-value store that forgets nothing.
type shelf struct {
	wasm.KV
	mu     sync.Mutex
	values map[string][]byte
}

func (s *shelf) Get(_ context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.values[key]), nil
}

// all is everything on it.
func (s *shelf) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for key, value := range s.values {
		b.WriteString(key + "=" + string(value) + "\n")
	}
	return b.String()
}

func (s *shelf) Set(_ context.Context, key string, value []byte, _ time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] = bytes.Clone(value)
	return nil
}
