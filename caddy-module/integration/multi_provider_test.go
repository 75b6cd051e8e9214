package integration

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// multiProvider starts examples/multi-provider, changed by pairs of old and new text.
func multiProvider(t *testing.T, changes ...string) *running {
	t.Helper()
	enter(t, map[string][]byte{
		"long.json": []byte(read(t, "examples/multi-provider/long.json")), "generate.json": []byte(read(t, "examples/multi-provider/generate.json")),
		"generate.wasm": builtWasm(t, "examples/multi-provider", "generate.wasm"),
	})
	config := read(t, "examples/multi-provider/Caddyfile")
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(config, changes[i]) {
			t.Fatalf("the Caddyfile does not say %q", changes[i])
		}
		config = strings.Replace(config, changes[i], changes[i+1], 1)
	}
	own := freePort(t) // of what answers for custom
	return start(t, strings.NewReplacer("\n:8081 {", "\nhttp://"+own+" {", "http://localhost:8081", "http://"+own).Replace(config))
}

// asked is a request for the example: a prompt, and the client's limit.
func asked(model, prompt string, limit int) string {
	return fmt.Sprintf(`{"model":%q,"max_tokens":%d,"messages":[{"role":"user","content":%q}]}`, model, limit, prompt)
}

// send posts a body with the header that names a provider, if one is given.
func (c *running) send(body, provider string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, c.site+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if provider != "" {
		r.Header.Set("X-Provider", provider)
	}
	resp, err := c.client.Do(r)
	if err == nil {
		resp.Body.Close()
	}
	return resp, err
}

// TestMultiProvider: each rule of the example over real HTTP, and the metrics beside the gateway's own.
func TestMultiProvider(t *testing.T) {
	c := multiProvider(t)
	before := c.metrics()
	for _, tt := range []struct{ name, body, header, route, provider string }{
		{"header", asked("m", "Hello", 100), "custom", "custom", "custom"},
		{"header before complex", asked("m", "给我一个创意", 4000), "ollama", "ollama", "ollama"},
		{"model's name", asked("openai/gpt-5", "Hello", 100), "", "openai", "openai"},
		{"simple", asked("m", "Hello", 100), "", "simple", "ollama"},
		{"long answer", asked("m", strings.Repeat("写一篇关于人工智能的深度分析文章", 100), 4000), "", "complex", "openai"},
		{"no limit", chat("m", "Hello", false), "", "complex", "openai"},
		{"long question", strings.TrimSpace(read(t, "examples/multi-provider/long.json")), "", "complex", "openai"},
		{"创意", asked("m", "给我一个创意", 2500), "", "complex", "openai"},
		{"创作", asked("m", "帮我创作一首诗", 2500), "", "complex", "openai"},
		{"any other", asked("m", "Hello", 2500), "", "cheapest", "ollama"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, err := c.send(tt.body, tt.header)
			if err != nil {
				t.Fatal(err)
			}
			if r, p := resp.Header.Get("X-Longmen-Route"), resp.Header.Get("X-Longmen-Provider"); resp.StatusCode != http.StatusOK || r != tt.route || p != tt.provider {
				t.Errorf("got %d, route %q to %q, want route %q to %q", resp.StatusCode, r, p, tt.route, tt.provider)
			}
		})
	}
	var group sync.WaitGroup
	for range 5 {
		group.Go(func() {
			if resp, err := c.send(asked("m", "Hello", 100), ""); err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("one of five at once: %v, %v", resp, err)
			}
		})
	}
	group.Wait()
	after := c.metrics()
	for name, want := range map[string]float64{
		`caddy_llm_gateway_requests_total{dialect="openai.chat",outcome="` + string(usage.OK) + `",provider="ollama",route="simple"}`: 6,
		`caddy_llm_gateway_cost_usd_total{model="llama3:8b",provider="ollama",route="simple"}`:                                        0,
	} {
		if got := after[name] - before[name]; got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	text := c.get("/metrics")
	for _, want := range []string{
		`llm_requests_total{model="llama3:8b",provider="ollama",status="success"} 8`,
		`llm_response_time_seconds_count{model="llama3:8b",provider="ollama"} 8`,
		`llm_tokens_used_total{model="_other",provider="openai"} `,
		`llm_tokens_used_total{model="_other",provider="custom"} 17`,
		`llm_cost_total{model="llama3:8b",provider="ollama"} 0`,
		`llm_cost_total{model="_other",provider="openai"} 0.`,
		"llm_active_providers 3",
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

// TestMultiProviderCommands runs the requests of the README.
func TestMultiProviderCommands(t *testing.T) {
	c := multiProvider(t)
	commands := regexp.MustCompile(`(?m)^    curl -i http://localhost:8080/v1/chat/completions(?: -H 'X-Provider: (\w+)')? -d '(.*)'$`).
		FindAllStringSubmatch(read(t, "examples/multi-provider/README.md"), -1)
	want := []string{"ollama", "custom", "openai"}
	if len(commands) != len(want) {
		t.Fatalf("the README has %d commands, want %d", len(commands), len(want))
	}
	for i, m := range commands {
		resp, err := c.send(m[2], m[1])
		if err != nil {
			t.Fatal(err)
		}
		if p := resp.Header.Get("X-Longmen-Provider"); resp.StatusCode != http.StatusOK || p != want[i] {
			t.Errorf("%s: %d by %q, want %q", m[0], resp.StatusCode, p, want[i])
		}
	}
}

// TestMultiProviderFallback: what fails is tried at the others, in the order of its list.
func TestMultiProviderFallback(t *testing.T) {
	const answer = `{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}`
	var down sync.Map // by the provider's name
	var changes []string
	for _, name := range []string{"openai", "ollama", "custom"} {
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			switch _, is := down.Load(name); {
			case r.URL.Path == "/health":
			case is:
				w.WriteHeader(http.StatusInternalServerError)
			case r.URL.Path == "/generate":
				_, _ = io.WriteString(w, `{"text":"hello"}`)
			default:
				_, _ = io.WriteString(w, answer)
			}
		}))
		t.Cleanup(upstream.Close)
		if name == "custom" {
			changes = append(changes, "http://localhost:8081", upstream.URL)
			continue
		}
		changes = append(changes, "provider "+name+" demo {", "provider "+name+" vllm {\n\t\t\tbase_url "+upstream.URL)
	}
	c := multiProvider(t, append(changes, "\t\t\tdialect ollama.chat\n", "")...)
	for _, tt := range []struct {
		down  string
		wants string // who answers, by the provider that is named
	}{
		{"", "openai:openai ollama:ollama custom:custom"},
		{"openai", "openai:ollama ollama:ollama custom:custom"},
		{"ollama", "openai:openai ollama:openai custom:custom"},
		{"custom", "openai:openai ollama:ollama custom:ollama"},
		{"ollama custom", "openai:openai ollama:openai custom:openai"},
		{"openai ollama", "openai:custom ollama:custom custom:custom"},
		{"openai ollama custom", "openai: ollama: custom:"},
	} {
		t.Run(tt.down, func(t *testing.T) {
			down.Clear()
			for name := range strings.FieldsSeq(tt.down) {
				down.Store(name, true)
			}
			for pair := range strings.FieldsSeq(tt.wants) {
				named, want, _ := strings.Cut(pair, ":")
				resp, err := c.send(asked("m", "Hello", 100), named)
				if err != nil {
					t.Fatal(err)
				}
				switch p := resp.Header.Get("X-Longmen-Provider"); {
				case want == "" && resp.StatusCode < http.StatusInternalServerError:
					t.Errorf("%s: got %d from %q, want an error", named, resp.StatusCode, p)
				case want != "" && (resp.StatusCode != http.StatusOK || p != want):
					t.Errorf("%s: got %d from %q, want %q", named, resp.StatusCode, p, want)
				}
			}
		})
	}
}
