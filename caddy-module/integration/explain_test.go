package integration

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const explained = `{
	llm_gateway {
		provider demo {
			prices {
				* 1 10
			}
		}
		plugin keep audit {
			grant record log file ./audit.jsonl
		}
	}
}

:8080 {
	llm_gateway {
		route long {rule} {
			to demo
		}
		route {
			use redact answers keep
			to demo
		}
	}
}
`

// explain asks the admin endpoint.
func (c *running) explain(question string) (status int, body string) {
	c.t.Helper()
	resp, err := c.client.Post(c.admin+"/llm_gateway/explain", "application/json", strings.NewReader(question))
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

// TestExplain: the gateway tells what a request would meet, and does nothing of it.
func TestExplain(t *testing.T) {
	t.Chdir(t.TempDir())
	c := start(t, strings.Replace(explained, "{rule}", "`prompt.chars > 5000`", 1))
	before := c.metrics()
	status, body := c.explain(`{"body":` + chat("m", "canary of a prompt", false) + `}`)
	var e struct {
		Route      string
		Plugins    []string
		Routes     []struct{ Name, Outcome, Because string }
		Candidates []struct {
			Provider, Model, State string
			Cost                   float64 `json:"cost_usd"`
		}
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil || status != http.StatusOK {
		t.Fatalf("%d %v: %s", status, err, body)
	}
	if e.Route != "route_2" || !cmp.Equal(e.Plugins, []string{"redact", "answers", "keep"}) || len(e.Candidates) != 1 ||
		e.Candidates[0].State != "ready" || e.Candidates[0].Cost == 0 || e.Routes[0].Because != "prompt.chars > 5000 is false (prompt.chars is 18)" {
		t.Errorf("got %s", body)
	}
	if strings.Contains(body, "canary") {
		t.Errorf("the prompt is told: %s", body)
	}
	resp, err := c.client.Get(c.admin + "/llm_gateway/demo/last")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Error("the model was asked")
	}
	for name, v := range c.metrics() {
		if v != before[name] && !strings.Contains(name, "_plugin_") {
			t.Errorf("%s went from %v to %v", name, before[name], v)
		}
	}
	if log := c.logged(); strings.Contains(log, "canary") || strings.Contains(log, `"exchange"`) {
		t.Errorf("the explanation is in the log: %s", log)
	}
	if b, err := os.ReadFile(filepath.Join(".", "audit.jsonl")); err == nil && len(b) > 0 {
		t.Errorf("a record was written: %s", b)
	}
	expect(t, c.ask(chat("m", "canary of a prompt", false)), quote("canary of a prompt"), false)
	if b, err := os.ReadFile("audit.jsonl"); err != nil || !strings.Contains(string(b), `"cost_usd":`) {
		t.Errorf("the record of a request is %s, %v", b, err)
	}
	for _, bad := range []struct{ question, want string }{
		{"neither", "neither a JSON object nor an HTTP request"},
		{`{"handler":"Caddyfile:1"}`, "there is no llm_gateway handler at"},
	} {
		if status, body := c.explain(bad.question); status != http.StatusBadRequest || !strings.Contains(body, bad.want) {
			t.Errorf("%s: got %d %s", bad.question, status, body)
		}
	}
}
