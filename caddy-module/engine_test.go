package caddyllm

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// configure provisions an app and a handler as a configuration with this JSON does. The app is cleaned up at
// the test's end if the test does not do so.
func configure(t *testing.T, appJSON, handlerJSON string) (*App, *Handler) {
	t.Helper()
	ctx, err := caddy.ProvisionContext(&caddy.Config{
		AppsRaw: caddy.ModuleMap{appName: json.RawMessage(appJSON)},
		Logging: &caddy.Logging{Logs: map[string]*caddy.CustomLog{"default": {BaseLog: caddy.BaseLog{WriterRaw: json.RawMessage(`{"output":"discard"}`)}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	module, err := ctx.App(appName)
	if err != nil {
		t.Fatal(err)
	}
	a := module.(*App)
	t.Cleanup(func() {
		if a.engine.leases.Load() > 0 {
			_ = a.Cleanup()
		}
	})
	if handlerJSON == "" {
		return a, nil
	}
	h := new(Handler)
	if err := json.Unmarshal([]byte(handlerJSON), h); err != nil {
		t.Fatal(err)
	}
	if err := h.Provision(ctx); err != nil {
		t.Fatal(err)
	}
	return a, h
}

const chat = `{"model":"demo","messages":[{"role":"user","content":"I am jane@example.com"}]}`

// post sends a chat request from this machine.
func post(h *Handler, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://localhost/v1/chat/completions", strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:1"
	w := httptest.NewRecorder()
	if err := h.ServeHTTP(w, caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, nil), nil); err != nil {
		w.WriteHeader(err.(caddyhttp.HandlerError).StatusCode)
	}
	return w
}

const (
	demoApp   = `{"providers":{"demo":{"dialects":["gemini.generate"]}},"plugins":{"pii":{"builtin":"redact","config":{"mode":"placeholder"}}}}`
	demoRoute = `{"routes":[{"name":"only","use":["pii","audit"],"to":["demo"]}]}`
)

func TestServe(t *testing.T) {
	a, h := configure(t, demoApp, demoRoute)
	w := post(h, chat)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "jane@example.com") || w.Header().Get("X-Longmen-Route") != "only" {
		t.Fatalf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
	if seen := string(a.engine.demos["demo"].Last()); strings.Contains(seen, "jane") || !strings.Contains(seen, "EMAIL") {
		t.Errorf("the model saw %s", seen)
	}
}

// TestClosedByDefault shows that a handler without auth refuses other machines and says what to do.
func TestClosedByDefault(t *testing.T) {
	_, h := configure(t, `{"providers":{"demo":{}}}`, `{"routes":[{"to":["demo"]}]}`)
	r := httptest.NewRequest(http.MethodPost, "http://localhost/v1/chat/completions", strings.NewReader(chat))
	w := httptest.NewRecorder()
	if err := h.ServeHTTP(w, caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, nil), nil); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "auth keys") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// TestReload shows what a new configuration shares with the old one, and when the rest is closed.
func TestReload(t *testing.T) {
	old, _ := configure(t, demoApp, demoRoute)
	same, _ := configure(t, demoApp, demoRoute)
	changed, _ := configure(t, strings.Replace(demoApp, "placeholder", "mask", 1), demoRoute)
	pool := old.engine.guests["pii"].pool
	if same.engine.guests["pii"].pool != pool {
		t.Error("an unchanged plugin got new instances")
	}
	if changed.engine.guests["pii"].pool == pool {
		t.Error("a plugin with another config shares instances")
	}
	if changed.engine.guests["audit"].pool != old.engine.guests["audit"].pool {
		t.Error("another plugin's change made new instances of audit")
	}
	if old.engine.demos["demo"] != same.engine.demos["demo"] {
		t.Error("an unchanged demo model moved")
	}
	cleanup := func(a *App) {
		t.Helper()
		if err := a.Cleanup(); err != nil {
			t.Fatal(err)
		}
	}
	open := func(want bool, when string) {
		t.Helper()
		got := pool.Retain()
		if got {
			pool.Release()
		}
		if got != want {
			t.Errorf("pool %s: got open %v, want %v", when, got, want)
		}
	}
	cleanup(old)
	open(true, "after the old configuration")
	if !same.engine.enter() {
		t.Fatal("a running configuration takes no request")
	}
	cleanup(same)
	open(true, "under an exchange that goes on")
	same.engine.leave()
	open(false, "after the last exchange")
	if same.engine.enter() {
		t.Error("a closed configuration takes a request")
	}
}

// TestLateRequest shows that a request which meets a closed configuration is told to come again.
func TestLateRequest(t *testing.T) {
	a, h := configure(t, `{"providers":{"demo":{}}}`, `{"routes":[{"to":["demo"]}]}`)
	if err := a.Cleanup(); err != nil {
		t.Fatal(err)
	}
	w := post(h, chat)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), `"code":"reloaded"`) {
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
}

// TestLeases runs exchanges while configurations come and go.
func TestLeases(t *testing.T) {
	var exchanges sync.WaitGroup
	for range 3 {
		a, h := configure(t, demoApp, demoRoute)
		for range 8 {
			exchanges.Go(func() {
				for range 5 {
					if w := post(h, chat); w.Code != http.StatusOK && w.Code != http.StatusServiceUnavailable {
						t.Errorf("got %d %s", w.Code, w.Body)
					}
				}
			})
		}
		if err := a.Cleanup(); err != nil {
			t.Fatal(err)
		}
	}
	exchanges.Wait()
	count := 0
	pools.Range(func(key, _ any) bool {
		if key.(poolKey).name == "pii" {
			count++
		}
		return true
	})
	if count != 0 {
		t.Errorf("%d pools are left", count)
	}
}

// ender is a guest with an end hook; version makes its bytes differ.
func ender(t *testing.T, version string) []byte {
	t.Helper()
	manifest := fmt.Sprintf(`{"plugins":[{"name":"x","version":"%s","purpose":"p","abi":1,"hooks":["end"]}]}`, version)
	code, err := wasmtext.Assemble(fmt.Sprintf(`(module
		(memory (export "memory") 2)
		(data (i32.const 16) %q)
		(func (export "_initialize"))
		(func (export "longmen_v1_manifest") (result i64) (i64.const %d))
		(func (export "longmen_v1_buffer") (param i32) (result i32) (i32.const 0x10000))
		(func (export "longmen_v1_configure") (param i32) (result i32) (i32.const 0))
		(func (export "longmen_v1_end") (param i32) (result i32) (i32.const 0)))`, manifest, 16<<32|len(manifest)))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// TestChangedFile shows that a configuration reads the file anew, whatever it was when it was last read.
func TestChangedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.wasm")
	config := fmt.Sprintf(`{"plugins":{"x":{"file":%q}}}`, path)
	load := func(version string) *guest {
		t.Helper()
		if err := os.WriteFile(path, ender(t, version), 0o600); err != nil {
			t.Fatal(err)
		}
		a, _ := configure(t, config, "")
		return a.engine.guests["x"]
	}
	first, again, second := load("1"), load("1"), load("2")
	if first.pool != again.pool {
		t.Error("the same bytes got new instances")
	}
	if second.pool == first.pool || second.digest == first.digest || second.describe.Version != "2" {
		t.Errorf("the changed file was not loaded: version %s", second.describe.Version)
	}
}

// TestRotatedRecords shows that after a rotation a reload writes to the new file.
func TestRotatedRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.jsonl")
	app := fmt.Sprintf(`{"providers":{"demo":{}},"plugins":{"audit":{"config":{"sink":"file","fields":["id","route"]},"grants":{"record":{"file":{"file":%q}}}}}}`, path)
	const handler = `{"routes":[{"name":"r","use":["audit"],"to":["demo"]}]}`
	lines := func(path string) int {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(b), `"route":"r"`)
	}
	old, h := configure(t, app, handler)
	post(h, chat)
	same, h2 := configure(t, app, handler)
	if old.engine.guests["audit"].pool != same.engine.guests["audit"].pool {
		t.Error("an unchanged file made new instances")
	}
	post(h2, chat)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	_, h3 := configure(t, app, handler)
	post(h3, chat)
	if a, b := lines(path+".1"), lines(path); a != 2 || b != 1 {
		t.Errorf("got %d records in the old file and %d in the new one, want 2 and 1", a, b)
	}
}

// TestDefaultGrants shows that built-in plugins work without grant lines, also beside some.
func TestDefaultGrants(t *testing.T) {
	a, _ := configure(t, `{"plugins":{"answers":{},"audit":{"grants":{}}}}`, "")
	for _, name := range []string{"answers", "audit"} {
		if a.engine.guests[name] == nil {
			t.Errorf("%s was not loaded", name)
		}
	}
}

func TestClientIP(t *testing.T) {
	for _, tt := range []struct{ name, remote, header, want string }{
		{"of the connection", "192.0.2.1:5", "", "192.0.2.1"},
		{"forwarded by nobody that is trusted", "192.0.2.1:5", "198.51.100.1", "192.0.2.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = tt.remote
			if tt.header != "" {
				r.Header.Set("X-Forwarded-For", tt.header)
			}
			r = caddyhttp.PrepareRequest(r, caddy.NewReplacer(), httptest.NewRecorder(), nil)
			if got := clientIP(r); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
