package integration

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestManagement: what the gateway tells of itself is told at Caddy's admin endpoint, to who calls it by its own address, and nowhere
// else; a provider's key and a caller's are told nowhere.
func TestManagement(t *testing.T) {
	const providerKey, callerKey = "sk-of-the-provider-1234567890", "sk-of-the-caller-1234567890"
	c := start(t, `{
	llm_gateway {
		provider demo {
			api_key `+providerKey+`
		}
		provider openai {
			key `+providerKey+`-tuned {
				weight 2
			}
		}
	}
}

:8080 {
	llm_gateway {
		auth keys ann:`+callerKey+`
		route {
			to demo openai
		}
	}
}
`)
	send := func(method, url, host, key, body string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		if key != "" {
			r.Header.Set("Authorization", "Bearer "+key)
		}
		resp, err := c.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	question := `{"key":"` + callerKey + `","body":` + chat("m", "hello", false) + `}`
	if status, body := send("POST", c.site+"/v1/chat/completions", "", callerKey, chat("m", "hello", false)); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	for _, route := range []struct{ method, path, body string }{
		{"GET", "/llm_gateway/plugins", ""}, {"GET", "/llm_gateway/providers", ""}, {"GET", "/llm_gateway/demo/last", ""}, {"POST", "/llm_gateway/explain", question},
	} {
		status, body := send(route.method, c.admin+route.path, "", "", route.body)
		if status != http.StatusOK || strings.Contains(body, providerKey) || strings.Contains(body, callerKey) {
			t.Errorf("admin endpoint: %s: %d %s", route.path, status, body)
		}
		if status, body := send(route.method, c.admin+route.path, "rebound.example", "", route.body); status != http.StatusForbidden {
			t.Errorf("admin endpoint by a foreign name: %s: %d %s", route.path, status, body)
		}
		for _, prefix := range []string{"", "/v1", "/v0/management"} {
			for _, key := range []string{callerKey, ""} {
				status, body := send(route.method, c.site+prefix+route.path, "", key, route.body)
				if status != http.StatusNotFound && status != http.StatusUnauthorized || strings.Contains(body, "127.0.0.1") || strings.Contains(body, `"endpoints"`) {
					t.Errorf("site: %s with the key %q: %d %s", prefix+route.path, key, status, body)
				}
			}
		}
	}
	if logged := c.logged(); strings.Contains(logged, providerKey) || strings.Contains(logged, callerKey) {
		t.Error("the log tells a key")
	}
}
