package integration

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// canaries are values that must not leave the gateway but to the client, in the words of a prompt. The key is put
// together here, so that it is none for those who scan repositories.
var canaries = []string{
	"jane.doe@example.com", "13812345678", "11010519491231002X", "4111 1111 1111 1111", "GB82WEST12345698765432", "ghp" + "_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8", "Tr0ub4dor&3x",
}

const privatePrompt = `WAIT: mail %s, 手机号%s，身份证%s, card %s, IBAN %s, token %s, password: %s`

// all is what a provider has seen of requests: request line, headers and body.
type all struct {
	http.Handler
	mu   sync.Mutex
	seen strings.Builder
}

func (a *all) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	fmt.Fprintln(&a.seen, r.Method, r.URL, r.Header, string(body))
	a.mu.Unlock()
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	a.Handler.ServeHTTP(w, r)
}

func (a *all) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.seen.String()
}

// clean looks for canaries in every spelling that keeps them readable.
func clean(t *testing.T, where, out string) {
	t.Helper()
	for _, v := range canaries {
		for _, spelled := range []string{v, strings.ReplaceAll(v, " ", ""), strings.ReplaceAll(v, "&", `\u0026`), url.QueryEscape(v), url.PathEscape(v), base64.StdEncoding.EncodeToString([]byte(v))} {
			if strings.Contains(out, spelled) {
				t.Errorf("%s has %q", where, spelled)
			}
		}
	}
}

// TestCanary: of a request with private data, answered, refused, failed, aborted and stored, nothing private stands in logs of level
// debug, in metrics, at the admin endpoint, in records with bodies, nor in what the provider has got.
func TestCanary(t *testing.T) {
	u := newUpstream(t)
	seen := &all{Handler: u}
	provider := httptest.NewServer(seen)
	t.Cleanup(provider.Close)
	trail := filepath.Join(t.TempDir(), "audit.jsonl")
	c := start(t, fmt.Sprintf(`{
	llm_gateway {
		provider up openai {
			base_url %s/v1
			api_key upstream-key
		}
		plugin pii redact
		plugin store answers {
			grant kv
		}
		plugin trail audit {
			grant record trail file %s
			config {
				sink trail
				bodies true
			}
		}
		plugin strict redact {
			config {
				mode block
			}
		}
	}
}

:8080 {
	llm_gateway {
		route strict `+"`model == \"strict\"`"+` {
			use strict trail
			to up
		}
		route {
			use pii store trail
			to up
		}
	}
}
`, provider.URL, trail))
	values := make([]any, len(canaries))
	for i, v := range canaries {
		values[i] = v
	}
	prompt := fmt.Sprintf(privatePrompt, values...)
	open := strings.Replace(prompt, "WAIT", "now", 1)
	for _, stream := range []bool{false, true} {
		for range 2 { // the second one comes from the store
			if a := c.ask(chat("m", open, stream)); a.status != 200 || !strings.Contains(a.body, "jane.doe@example.com") {
				t.Errorf("%d %s", a.status, a.body)
			}
		}
		for _, refused := range []string{chat("strict", open, stream), chat("m", open, stream)[:100], `"` + canaries[0] + `"`} {
			if a := c.ask(refused); a.status != 400 {
				t.Errorf("%d %s", a.status, a.body)
			}
		}
	}
	for _, path := range []string{"/v1/files/" + canaries[0], "/v1/files?phone=" + canaries[1], "/v1/nothing/" + canaries[2]} {
		resp, err := c.client.Get(c.site + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode < 400 {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	// A client that leaves in the middle of a stream.
	resp, err := c.post(t.Context(), chat("m", prompt, true))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	<-u.gone
	u.Close() // a provider that is gone
	provider.Close()
	if a := c.ask(chat("m", prompt, true)); a.status != 502 {
		t.Errorf("%d %s", a.status, a.body)
	}
	records := func() string {
		b, _ := os.ReadFile(trail)
		return string(b)
	}
	eventually(t, "all records written", func() bool { return strings.Count(records(), "\n") >= 8 && strings.Contains(records(), `"aborted"`) })
	if !strings.Contains(records(), "<EMAIL_") && !strings.Contains(records(), `\u003cEMAIL_`) || !strings.Contains(seen.String(), "<EMAIL_") {
		t.Errorf("nothing was recorded: %s", records())
	}
	clean(t, "the log", c.logged())
	clean(t, "the metrics", c.get("/metrics"))
	clean(t, "the admin endpoint", c.get("/llm_gateway/plugins"))
	clean(t, "the record", records())
	clean(t, "the provider", seen.String())
}
