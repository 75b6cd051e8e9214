package integration

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fault"
)

// golden is another gateway's file, of the goldens of migration, changed by pairs of old and new text.
func golden(t *testing.T, name string, changes ...string) string {
	t.Helper()
	file := string(txtar.Parse([]byte(read(t, "caddy-module/testdata/import/"+name+".txtar"))).Files[0].Data)
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(file, changes[i]) {
			t.Fatalf("the file does not say %q", changes[i])
		}
		file = strings.ReplaceAll(file, changes[i], changes[i+1])
	}
	return file
}

// imports runs another gateway's file, as caddy run --adapter does.
func (c *running) imports(format, file string) {
	c.t.Helper()
	adapted, _, err := caddyconfig.GetAdapter(format).Adapt([]byte(file), map[string]any{"filename": "config.yaml"})
	if err != nil {
		c.t.Fatalf("adapting: %v\n%s", err, file)
	}
	c.loadAdapted(adapted, false, file)
}

// shows is a header that all requests of a client have.
type shows struct {
	name, value string
	by          http.RoundTripper
}

func (s shows) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(s.name, s.value)
	return s.by.RoundTrip(r)
}

// showing is c with a client that shows a key.
func (c *running) showing(name, value string) *running {
	inner := *c
	inner.client = &http.Client{Transport: shows{name, value, c.client.Transport}}
	return &inner
}

// call sends a request to a path and reads the answer.
func (c *running) call(method, path, body string) (status int, answer string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.site+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// reached is what an upstream was asked: a model, with a key, in an API.
type reached struct{ api, key, model string }

func reachedAt(u *fault.Upstream) (out []reached) {
	for _, r := range u.Requests() {
		out = append(out, reached{r.API, r.Key, r.Model})
	}
	return out
}

// lists are the models that clients are told of, sorted.
func (c *running) lists() []string {
	c.t.Helper()
	status, body := c.call(http.MethodGet, "/v1/models", "")
	if status != http.StatusOK {
		c.t.Fatalf("list of models: %d %s", status, body)
	}
	var out []string
	for _, part := range strings.Split(body, `"id":"`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// TestImports holds configuration files of other gateways, as their guides have them, against what those gateways promise.
func TestImports(t *testing.T) {
	c := start(t, read(t, "examples/quickstart/Caddyfile"))
	for _, tt := range []struct {
		name string
		test func(*testing.T, *running)
	}{
		{"cliproxyapi/callers", cliCallers},
		{"cliproxyapi/aliases", cliAliases},
		{"cliproxyapi/order of keys", cliOrder},
		{"cliproxyapi/next key", cliNextKey},
		{"cliproxyapi/preview model", cliPreview},
		{"cliproxyapi/dead before the first byte", cliDeadStreams},
		{"cliproxyapi/name for several models", cliPool},
		{"cliproxyapi/waiting", cliWaits},
		{"cliproxyapi/embeddings", cliEmbeddings},
		{"cliproxyapi/bare image URL", cliImages},
		{"cliproxyapi/models that no file lists", cliUnlisted},
		{"cliproxyapi/through a proxy", cliThroughProxy},
		{"litellm/paths and callers", liteCallers},
		{"litellm/weights", liteWeights},
		{"litellm/cooldown", liteCooldown},
		{"litellm/recovery", liteRecovery},
		{"litellm/fallbacks", liteFallbacks},
		{"litellm/context fallback", liteContext},
		{"litellm/wildcards", liteWildcards},
		{"litellm/cache", liteCache},
		{"litellm/budget", liteBudget},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, c.in(t)) })
	}
}
