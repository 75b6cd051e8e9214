// Package integration runs the gateway inside a whole Caddy, in this process, and talks to it over real
// sockets: documented configurations, hostile plugins, reloads under load, what leaks and what must not.
package integration

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/longmen-gateway/longmen/caddy-module"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm/wasmtest"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// root is the repository; tests change their working directory.
var root = func() string {
	path, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return path
}()

// patience is how long a condition may take to come true. It is no measure of speed.
const patience = 60 * time.Second

// TestMain gives Caddy a data directory of its own, so that plugins are compiled once for all tests, and
// hides the keys of whoever runs the tests.
func TestMain(m *testing.M) {
	dir, err := wasmtest.DataHome("longmen-integration-")
	if err != nil {
		panic(err)
	}
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME"} {
		if err := os.Setenv(name, dir); err != nil {
			panic(err)
		}
	}
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasSuffix(name, "_API_KEY") {
			if err := os.Unsetenv(name); err != nil {
				panic(err)
			}
		}
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// running is a Caddy with a configuration, the only one of this process.
type running struct {
	t       *testing.T
	client  *http.Client
	site    string // base URL of the only site
	admin   string // base URL of the admin endpoint
	logs    string // file with all that Caddy logs, from debug on
	listens [2]string
}

// freePort asks the system for an address that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs a Caddyfile with one site, or one at :8080 and others, on ports of its own until the test ends. The others keep theirs.
func start(t *testing.T, caddyfile string) *running {
	t.Helper()
	c := &running{
		// A reload closes idle connections, which a client may be about to use again.
		t: t, client: &http.Client{Transport: again{&http.Transport{DisableKeepAlives: true}}}, logs: filepath.Join(t.TempDir(), "caddy.log"),
	}
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Errorf("stopping: %v", err)
		}
		logged := c.logged()
		if strings.Contains(logged, "panic") {
			t.Error("something panicked")
		}
		if t.Failed() {
			t.Logf("caddy logged:\n%s", logged[max(0, len(logged)-4000):])
		}
	})
	adapted := adapt(t, caddyfile)
	for tries := 0; ; tries++ {
		c.listens = [2]string{freePort(t), freePort(t)}
		c.site, c.admin = "http://"+c.listens[0], "http://"+c.listens[1]
		err := caddy.Load(c.config(adapted), false)
		if err == nil {
			return c
		}
		// Somebody else may have been given the same port; Caddy does not wrap the cause.
		taken := errors.Is(err, syscall.EADDRINUSE) || strings.Contains(err.Error(), syscall.EADDRINUSE.Error())
		if !taken || tries == 10 {
			t.Fatalf("loading: %v\n%s", err, caddyfile)
		}
	}
}

// load replaces the configuration, if it is another one.
func (c *running) load(caddyfile string) { c.t.Helper(); c.replace(caddyfile, false) }

// force replaces the configuration as caddy reload --force does.
func (c *running) force(caddyfile string) { c.t.Helper(); c.replace(caddyfile, true) }

func (c *running) replace(caddyfile string, force bool) {
	c.t.Helper()
	c.loadAdapted(adapt(c.t, caddyfile), force, caddyfile)
}

// loadAdapted replaces the configuration by JSON; from is what it was made of.
func (c *running) loadAdapted(adapted []byte, force bool, from string) {
	c.t.Helper()
	if err := caddy.Load(c.config(adapted), force); err != nil {
		c.t.Fatalf("loading: %v\n%s", err, from)
	}
}

// again sends a request once more, three times at most, that a server which makes way for another one did not take, see post.
type again struct{ http.RoundTripper }

func (a again) RoundTrip(r *http.Request) (*http.Response, error) {
	for try := 0; ; try++ {
		resp, err := a.RoundTripper.RoundTrip(r)
		hungUp := errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF)
		if !hungUp || try == 3 || r.GetBody == nil && r.Body != nil {
			return resp, err
		}
		if r.GetBody != nil {
			if r.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// object is a JSON object on the way into or out of a configuration.
type object = map[string]any

// config gives an adapted configuration the ports and the log of c.
func (c *running) config(adapted []byte) []byte {
	c.t.Helper()
	var config object
	if err := json.Unmarshal(adapted, &config); err != nil {
		c.t.Fatal(err)
	}
	servers := config["apps"].(object)["http"].(object)["servers"].(object)
	found := 0
	for _, s := range servers {
		s.(object)["automatic_https"] = object{"disable": true}
		if len(servers) == 1 || slices.Equal(s.(object)["listen"].([]any), []any{":8080"}) {
			s.(object)["listen"] = []string{c.listens[0]}
			found++
		}
	}
	if found != 1 {
		c.t.Fatalf("got %d servers, want one, or one at :8080 among them", len(servers))
	}
	config["admin"] = object{"listen": c.listens[1], "config": object{"persist": false}}
	config["logging"] = object{"logs": object{"default": object{
		"level": "DEBUG", "writer": object{"output": "file", "filename": c.logs, "roll": false},
	}}}
	out, err := json.Marshal(config)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// adapt turns a Caddyfile into JSON as caddy adapt does.
func adapt(t *testing.T, caddyfile string) []byte {
	t.Helper()
	adapted, warnings, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(caddyfile), map[string]any{"filename": "Caddyfile"})
	if err != nil {
		t.Fatalf("adapting: %v\n%s", err, caddyfile)
	}
	for _, w := range warnings {
		if !strings.Contains(w.Message, "not formatted") {
			t.Errorf("adapting: %s", w)
		}
	}
	return adapted
}

// validate is what caddy validate says.
func validate(t *testing.T, adapted []byte) error {
	t.Helper()
	var c caddy.Config
	if err := json.Unmarshal(adapted, &c); err != nil {
		t.Fatal(err)
	}
	c.Logging = &caddy.Logging{Logs: map[string]*caddy.CustomLog{"default": {BaseLog: caddy.BaseLog{WriterRaw: json.RawMessage(`{"output":"discard"}`)}}}}
	return caddy.Validate(&c)
}

// logged is all that Caddy has logged.
func (c *running) logged() string {
	b, err := os.ReadFile(c.logs)
	if err != nil {
		return ""
	}
	return string(b)
}

// answer is what a client got.
type answer struct {
	status int
	header http.Header
	body   string
	text   string // the model's words, of all events
	events int    // with data
	done   bool   // the end marker came last
}

// ask sends a chat request as curl -d does, and reads the answer to its end.
func (c *running) ask(body string) answer {
	c.t.Helper()
	a, err := c.try(c.t.Context(), body)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func (c *running) try(ctx context.Context, body string, headers ...string) (answer, error) {
	resp, err := c.post(ctx, body, headers...)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		b, err := io.ReadAll(resp.Body)
		a.body = string(b)
		a.text = words(b)
		return a, err
	}
	b, err := io.ReadAll(resp.Body)
	a.body = string(b)
	a.read()
	return a, err
}

// post sends a chat request, again if nobody read it. After a reload Caddy closes the old listener beside
// the new one on the same port (SO_REUSEPORT): the system resets the connections that were not accepted
// there yet, a server that shuts down hangs up on requests that were accepted too late, and the gateway
// says when to come again. Headers are names, each before its value.
func (c *running) post(ctx context.Context, body string, headers ...string) (*http.Response, error) {
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.site+"/v1/chat/completions", strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		resp, err := c.client.Do(r)
		switch {
		case err == nil && resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") == "1":
			resp.Body.Close()
		case !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF):
			return resp, err
		}
	}
}

// read takes the events of the body apart.
func (a *answer) read() {
	lines := bufio.NewScanner(strings.NewReader(a.body))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		a.events++
		if a.done = data == "[DONE]"; !a.done {
			a.text += words([]byte(data))
		}
	}
}

// words are what the model says in an answer or in one event of it.
func words(data []byte) string {
	var v struct {
		Choices []struct {
			Message, Delta struct{ Content string }
		}
	}
	if json.Unmarshal(data, &v) != nil || len(v.Choices) == 0 {
		return ""
	}
	return v.Choices[0].Message.Content + v.Choices[0].Delta.Content
}

// chat is the body of a chat request.
func chat(model, prompt string, stream bool) string {
	b, err := json.Marshal(object{"model": model, "stream": stream, "messages": []object{{"role": "user", "content": prompt}}})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// get reads from the admin endpoint.
func (c *running) get(path string) string {
	c.t.Helper()
	resp, err := c.client.Get(c.admin + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		c.t.Fatalf("GET %s: %d %s", path, resp.StatusCode, b)
	}
	return string(b)
}

// plugin is what the admin endpoint tells of a plugin.
type plugin struct {
	Name      string           `json:"name"`
	Version   string           `json:"version"`
	Digest    string           `json:"digest"`
	Instances int64            `json:"instances"`
	Memory    int64            `json:"memory_bytes"`
	Fuel      int64            `json:"fuel"`
	Calls     map[string]int64 `json:"calls"`
	Discarded int64            `json:"discarded"`
}

// plugins are those of the running configuration, by name.
func (c *running) plugins() map[string]plugin {
	c.t.Helper()
	var list []plugin
	if err := json.Unmarshal([]byte(c.get("/llm_gateway/plugins")), &list); err != nil {
		c.t.Fatal(err)
	}
	out := make(map[string]plugin, len(list))
	for _, p := range list {
		out[p.Name] = p
	}
	return out
}

// metrics are the gateway's series by name and labels.
func (c *running) metrics() map[string]float64 {
	c.t.Helper()
	out := make(map[string]float64)
	for line := range strings.Lines(c.get("/metrics")) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "} ")
		if !ok || !strings.HasPrefix(name, "caddy_llm_gateway_") {
			continue
		}
		var v float64
		if _, err := fmt.Sscan(value, &v); err != nil {
			c.t.Fatalf("%s: %v", line, err)
		}
		out[name+"}"] = v
	}
	return out
}

// eventually waits until the condition holds; what tells the state that it hangs in.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatalf("after %v still not: %s", patience, what)
		case <-tick.C:
		}
	}
}

// guest assembles a guest into a file.
func guest(t *testing.T, source, path string) {
	t.Helper()
	code, err := wasmtext.Assemble(source)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if err := os.WriteFile(path, code, 0o600); err != nil {
		t.Fatal(err)
	}
}

// wat is the source of a guest of the sandbox's own tests.
func wat(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "caddy-module/internal/wasm/testdata/hostile", name+".wat"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// resident is this process's resident memory in bytes, 0 where the system does not tell.
func resident() int64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(b, []byte("VmRSS:"))
	var kb int64
	if _, err := fmt.Sscan(string(rest), &kb); err != nil {
		return 0
	}
	return kb << 10
}

// names are the sorted keys.
func names[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
