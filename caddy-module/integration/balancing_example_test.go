package integration

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fault"
)

// balancing is a Caddyfile of examples/load-balancing, changed by pairs of old and new text.
func balancing(t *testing.T, name string, changes ...string) string {
	t.Helper()
	config := read(t, "examples/load-balancing/"+name+".caddyfile")
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(config, changes[i]) {
			t.Fatalf("the Caddyfile does not say %q", changes[i])
		}
		config = strings.ReplaceAll(config, changes[i], changes[i+1])
	}
	return config
}

// plans starts an upstream for each.
func plans(t *testing.T, all ...fault.Plan) []*fault.Upstream {
	t.Helper()
	out := make([]*fault.Upstream, len(all))
	for i, plan := range all {
		out[i] = fault.New(t, plan)
	}
	return out
}

// requests are how many each has seen.
func requests(all []*fault.Upstream) []int {
	out := make([]int, len(all))
	for i, u := range all {
		out[i] = u.Totals().Requests
	}
	return out
}

// in is c for the helpers of a test within the one that started it.
func (c *running) in(t *testing.T) *running {
	inner := *c
	inner.t = t
	return &inner
}

// TestLoadBalancing holds the Caddyfiles of examples/load-balancing, with upstreams that fail in the places of those that answer there,
// against what load balancers in front of models have to do. One Caddy is enough for all: what is known of an upstream
// is known by its address.
func TestLoadBalancing(t *testing.T) {
	c := start(t, read(t, "examples/quickstart/Caddyfile"))
	for _, tt := range []struct {
		name string
		test func(*testing.T, *running)
	}{
		{"commands of the README", documentedCommands},
		{"endpoints take turns", takesTurns},
		{"three failures", threeFailures},
		{"five failures in a row", fiveInARow},
		{"recovery", recovers},
		{"client errors", clientErrors},
		{"last error", lastError},
		{"weights and deployments", weighs},
		{"across regions", acrossRegions},
		{"all down", allDown},
		{"all down for a moment", waits},
		{"order of keys", keyOrder},
		{"next key", nextKey},
		{"preview model", preview},
		{"dead before the first byte", deadStreams},
		{"name for several models", namedPool},
		{"context fallback", contextFallback},
		{"split", splits},
		{"fallback within a share", nested},
		{"a fallback of its own for a share", standIns},
		{"silence before the first token", silent},
		{"rule over live figures", ruled},
		{"hedge", hedges},
		{"shadow", shadows},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, c.in(t)) })
	}
}

// numbered asks for a model with a prompt that has the number n.
func (c *running) numbered(model string, n int, stream bool) answer {
	c.t.Helper()
	return c.ask(chat(model, fault.NewID(n), stream))
}

// answered asks as numbered does, and expects a good answer.
func (c *running) answered(model string, n int, stream bool) answer {
	c.t.Helper()
	a := c.numbered(model, n, stream)
	if a.status != http.StatusOK || a.text != fault.Text(fault.NewID(n)) || stream && !a.done {
		c.t.Fatalf("request %d: %d %s", n, a.status, a.body)
	}
	return a
}

// documentedCommands runs the commands of the example's README.
func documentedCommands(t *testing.T, c *running) {
	sections := strings.Split(read(t, "examples/load-balancing/README.md"), "\n## ")[1:]
	commands := regexp.MustCompile(`(?m)^    curl (?:-i )?http://localhost:8080/v1/chat/completions -d '(.*)'$`)
	file := regexp.MustCompile(`(?m)^    bin/caddy run --config examples/load-balancing/(\w+)\.caddyfile$`)
	answers := map[string][]string{ // what the model is called, or who answered
		"endpoints": {`"model":"alike"`, `"model":"gpt-france"`},
		"keys":      {`"model":"gpt-preview"`, ``},
		"traffic":   {"stable", "trial"},
	}
	for _, section := range sections {
		name := file.FindStringSubmatch(section)
		if name == nil {
			continue
		}
		t.Run(name[1], func(t *testing.T) {
			want, asks := answers[name[1]], commands.FindAllStringSubmatch(section, -1)
			delete(answers, name[1])
			if len(asks) != len(want) {
				t.Fatalf("the README has %d commands, want %d", len(asks), len(want))
			}
			c.load(balancing(t, name[1], ":8080", ":"+c.listens[0][strings.LastIndexByte(c.listens[0], ':')+1:]))
			for range 4 { // all three of the endpoints that take turns
				for i, ask := range asks {
					a := c.ask(ask[1])
					if a.status != http.StatusOK || a.text != "You said: Hello" || !strings.Contains(a.body+a.header.Get("X-Longmen-Provider"), want[i]) {
						t.Errorf("%s: %d by %q\n%s\nwant %s", ask[1], a.status, a.header.Get("X-Longmen-Provider"), a.body, want[i])
					}
				}
			}
		})
	}
	if len(answers) > 0 {
		t.Errorf("the README does not run %v", names(answers))
	}
	if got := c.get("/llm_gateway/providers"); !strings.Contains(got, `"stable"`) {
		t.Errorf("providers are %s", got)
	}
}
