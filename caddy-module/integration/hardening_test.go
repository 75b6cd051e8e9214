package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What must not come out anywhere but where it has to go.
const (
	canaryPrompt   = "canary-prompt-71934"
	canaryMail     = "canary-mail-71934@example.com"
	canaryAnswer   = "canary-answer-71934"
	canaryClient   = "canary-client-key-719347193471934"
	canaryProvider = "canary-provider-key-719347193471934"
)

// TestNoCanary sends prompts, addresses and keys through every kind of exchange, good and bad, and looks for
// them in all that the gateway tells: logs from debug on with access log, metrics, admin routes, errors.
func TestNoCanary(t *testing.T) {
	t.Chdir(t.TempDir())
	guest(t, wat(t, "unreachable"), "unreachable.wasm")
	t.Setenv("CANARY_CLIENT", canaryClient)
	t.Setenv("CANARY_PROVIDER", canaryProvider)
	// The provider repeats in its errors whatever it was sent, as some do.
	u := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		body := string(b)
		if r.Header.Get("Authorization") != "Bearer "+canaryProvider {
			t.Errorf("the provider got the key %q", r.Header.Get("Authorization"))
		}
		if strings.Contains(fmt.Sprint(r.Header, r.URL), canaryClient) {
			t.Error("the provider got the client's key")
		}
		var status int
		if _, rest, ok := strings.Cut(body, `"model":"status-`); ok {
			if _, err := fmt.Sscan(rest[:3], &status); err != nil {
				t.Error(err)
			}
			words, err := json.Marshal(object{"error": object{"message": "wrong key " + r.Header.Get("Authorization") + " for " + body, "type": "t"}})
			if err != nil {
				t.Error(err)
			}
			w.Header().Set("Content-Type", "application/json")
			if status == http.StatusOK && strings.Contains(body, `"stream":true`) {
				w.Header().Set("Content-Type", "text/event-stream")
				words = append(append([]byte("data: "), words...), "\n\n"...)
			}
			w.WriteHeader(status)
			_, _ = w.Write(words)
			return
		}
		if strings.Contains(body, `"model":"broken"`) {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q}}]}\n\ndata: %s {{{\n\n", canaryAnswer, canaryAnswer)
			return
		}
		if strings.Contains(body, `"stream":true`) {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", canaryAnswer)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"choices":[{"index":0,"message":{"role":"assistant","content":%q},"finish_reason":"stop"}]}`, canaryAnswer)
	}))
	defer u.Close()
	c := start(t, fmt.Sprintf(`{
	llm_gateway {
		provider up openai {
			base_url %s/v1
			api_key {env.CANARY_PROVIDER}
		}
		plugin pii redact
		plugin unreachable file ./unreachable.wasm
	}
}

:8080 {
	log
	llm_gateway {
		auth keys ann:{env.CANARY_CLIENT}
		route bad `+"`model == \"plugin\"`"+` {
			use pii unreachable
			to up
		}
		route none `+"`model == \"nobody\"`"+` {
			use pii audit
			to up/%s
		}
		route {
			use pii audit answers
			to up
		}
	}
}
`, u.URL, "status-500"))

	send := func(path, key, body string) answer {
		t.Helper()
		r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, c.site+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
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
		return answer{status: resp.StatusCode, header: resp.Header, body: string(b)}
	}
	prompt := canaryPrompt + " " + canaryMail
	const chats = "/v1/chat/completions"
	var told strings.Builder // errors that are the gateway's own words
	for _, stream := range []bool{false, true} {
		for _, model := range []string{"good", "good", "nobody"} {
			send(chats, canaryClient, chat(model, prompt, stream))
		}
		if a := send(chats, canaryClient, chat("good", prompt, stream)); a.status != 200 || !strings.Contains(a.body, canaryAnswer) {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		for status, want := range map[int]int{200: 0, 400: 400, 401: 0, 403: 0, 404: 404, 429: 429, 500: 0, 503: 0} {
			a := send(chats, canaryClient, chat(fmt.Sprintf("status-%d", status), prompt, stream))
			if a.status < 400 || want != 0 && a.status != want {
				t.Errorf("a provider's %d became %d: %s", status, a.status, a.body)
			}
			if strings.Contains(a.body, canaryProvider) || strings.Contains(fmt.Sprint(a.header), canaryProvider) {
				t.Errorf("the client got the provider's key: %s", a.body)
			}
		}
		send(chats, canaryClient, chat("broken", prompt, true))
		for _, a := range []answer{
			send(chats, canaryClient, chat("plugin", prompt, stream)),
			send(chats, canaryClient+"x", chat("good", prompt, stream)),
			send(chats, "", chat("good", prompt, stream)),
			send(chats, canaryClient, `{"model":"good","messages":[`+prompt),
			send("/v1/nothing", canaryClient, chat("good", prompt, stream)),
		} {
			if a.status < 400 {
				t.Errorf("got %d %s, want an error", a.status, a.body)
			}
			fmt.Fprintln(&told, a.status, a.header, a.body)
		}
	}
	for where, text := range map[string]string{
		"errors": told.String(), "log": c.logged(), "metrics": c.get("/metrics"), "config": c.get("/config/"),
		"plugins": c.get("/llm_gateway/plugins"), "providers": c.get("/llm_gateway/providers"),
	} {
		for line := range strings.Lines(text) {
			for _, canary := range []string{canaryPrompt, "canary-mail", canaryAnswer, canaryClient, canaryProvider} {
				if strings.Contains(line, canary) {
					t.Errorf("%s tell %s: %s", where, canary, line)
				}
			}
		}
	}
}
