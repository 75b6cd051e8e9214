package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
)

// limited is a Caddyfile with a limit, none if it is empty.
func limited(u *upstream, limit string) string {
	if limit != "" {
		limit = "limit {\n" + limit + "\n}"
	}
	return fmt.Sprintf(`{
	llm_gateway {
		provider up openai {
			base_url %s/v1
			api_key k
		}
	}
}

:8080 {
	llm_gateway {
		route only {
			to up
			%s
		}
	}
}
`, u.URL, limit)
}

// gauge is a metric of the route.
func (c *running) gauge(name string) float64 {
	c.t.Helper()
	return c.metrics()[`caddy_llm_gateway_`+name+`{kind="route",name="only"}`]
}

// TestLimitOverReloads: those who are under way and wait count under the limits of each new configuration, also
// after one that could not start.
func TestLimitOverReloads(t *testing.T) {
	u := newUpstream(t)
	c := start(t, limited(u, "concurrent 1\nqueue 5\nmax_wait 1h"))
	before := c.metrics() // of tests before
	counted := func(name string) float64 { t.Helper(); return c.metrics()[name] - before[name] }
	const labels = `{kind="route",name="only"}`
	refused := func() {
		t.Helper()
		a := c.ask(chat("m", "now", false))
		if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" || !strings.Contains(a.body, `"code":"overloaded"`) {
			t.Errorf("got %d %v %s, want a refusal", a.status, a.header, a.body)
		}
	}
	waiting := make(chan answer, 2)
	ask := func(ctx context.Context) {
		go func() {
			a, _ := c.try(ctx, chat("m", "now", false))
			waiting <- a
		}()
	}

	streams := c.open(1)
	ask(t.Context())
	eventually(t, "somebody waits", func() bool { return c.gauge("queue_length") == 1 })
	c.load(limited(u, "concurrent 2\nqueue 5\nmax_wait 1h"))
	if a := <-waiting; a.status != http.StatusOK {
		t.Errorf("with a second place the one who waited got %d %s", a.status, a.body)
	}

	c.load(limited(u, "concurrent 1\nqueue 0"))
	refused()
	for name, want := range map[string]float64{"limit": 1, "limit_in_progress": 1, "queue_length": 0} {
		if got := c.gauge(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"queue_wait_seconds_count" + labels, `queue_refused_total{kind="route",name="only",reason="queue_full"}`} {
		if got := counted("caddy_llm_gateway_" + name); got != 1 {
			t.Errorf("%s is %v, want 1", name, got)
		}
	}

	// A configuration that cannot listen where it wants to.
	var config object
	if err := json.Unmarshal(c.config(adapt(t, limited(u, "concurrent 5"))), &config); err != nil {
		t.Fatal(err)
	}
	for _, s := range config["apps"].(object)["http"].(object)["servers"].(object) {
		s.(object)["listen"] = []string{"203.0.113.1:1"}
	}
	broken, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := caddy.Load(broken, false); err == nil {
		t.Fatal("a configuration without an address to listen on started")
	}
	refused()

	c.load(limited(u, "concurrent 1\nqueue 5\nmax_wait 1h"))
	ctx, leave := context.WithCancel(t.Context())
	ask(ctx)
	eventually(t, "somebody waits", func() bool { return c.gauge("queue_length") == 1 })
	leave()
	<-waiting
	eventually(t, "nobody waits", func() bool {
		return c.gauge("queue_length") == 0 && counted("caddy_llm_gateway_queue_abandoned_total"+labels) == 1
	})
	ask(t.Context())
	eventually(t, "somebody waits", func() bool { return c.gauge("queue_length") == 1 })
	c.load(limited(u, ""))
	if a := <-waiting; a.status != http.StatusOK {
		t.Errorf("without limit the one who waited got %d %s", a.status, a.body)
	}
	u.release()
	if b, err := io.ReadAll(streams[0].resp.Body); err != nil || !strings.HasSuffix(string(b), "data: [DONE]\n\n") {
		t.Errorf("the first one got %v and %s", err, b)
	}
	streams[0].resp.Body.Close()
}
