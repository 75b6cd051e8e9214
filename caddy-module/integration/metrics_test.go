package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const observed = `{
	llm_gateway {
		provider demo {
			dialect gemini.generate
		}
		plugin pii redact
	}
}

:8080 {
	log
	log_append llm_id {http.llm_gateway.id}
	log_append llm_route {http.llm_gateway.route}
	log_append llm_provider {http.llm_gateway.provider}
	log_append llm_model {http.llm_gateway.model}
	log_append llm_upstream_model {http.llm_gateway.upstream_model}
	log_append llm_dialect {http.llm_gateway.dialect}
	log_append llm_stream {http.llm_gateway.stream}
	log_append llm_prompt_tokens {http.llm_gateway.prompt_tokens}
	log_append llm_completion_tokens {http.llm_gateway.completion_tokens}
	log_append llm_outcome {http.llm_gateway.outcome}
	log_append llm_key_id {http.llm_gateway.key_id}
	log_append llm_key_name {http.llm_gateway.key_name}
	llm_gateway {
		route known {
			use pii
			to demo/known-model
		}
	}
}
`

// TestMetrics shows the series of one exchange, and that clients cannot make more of them.
func TestMetrics(t *testing.T) {
	c := start(t, observed)
	first := c.metrics()
	expect(t, c.ask(chat("any", "hello there", false)), quote("hello there"), false)
	after := c.metrics()
	for name, want := range map[string]float64{
		`caddy_llm_gateway_requests_total{dialect="openai.chat",outcome="ok",provider="demo",route="known"}`:           1,
		`caddy_llm_gateway_request_duration_seconds_count{provider="demo",route="known"}`:                              1,
		`caddy_llm_gateway_first_event_seconds_count{provider="demo",route="known"}`:                                   1,
		`caddy_llm_gateway_overhead_seconds_count{route="known"}`:                                                      1,
		`caddy_llm_gateway_attempts_total{class="none",provider="demo",status="200"}`:                                  1,
		`caddy_llm_gateway_plugin_calls_total{hook="text",outcome="ok",plugin="pii"}`:                                  1, // the answer has nothing that redact watches for
		`caddy_llm_gateway_plugin_calls_total{hook="request",outcome="ok",plugin="openai-gemini"}`:                     1,
		`caddy_llm_gateway_tokens_total{gen_ai_token_type="input",model="known-model",provider="demo",route="known"}`:  3,
		`caddy_llm_gateway_tokens_total{gen_ai_token_type="output",model="known-model",provider="demo",route="known"}`: 4,
		`caddy_llm_gateway_provider_healthy{provider="demo"}`:                                                          1,
	} {
		got := after[name]
		if !strings.Contains(name, "healthy") {
			got -= first[name]
		}
		if got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	// One of each kind of failure, then many more of them with names of the client's.
	strange := func(i int) {
		c.ask(chat(fmt.Sprintf("model-%d", i), "hello", i%2 == 0))
		c.ask(fmt.Sprintf(`{"model":"model-%d`, i))
		r, err := http.NewRequest(http.MethodPost, c.site+fmt.Sprintf("/v1/path-%d", i), strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", fmt.Sprintf("agent-%d", i))
		resp, err := c.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	strange(0)
	strange(1)
	series := names(c.metrics())
	for i := 2; i < 20; i++ {
		strange(i)
	}
	if diff := cmp.Diff(series, names(c.metrics())); diff != "" {
		t.Errorf("clients made series:\n%s", diff)
	}
}

// TestPlaceholders shows the account of an exchange in Caddy's access log.
func TestPlaceholders(t *testing.T) {
	c := start(t, observed)
	expect(t, c.ask(chat("any", "hello there", true)), quote("hello there"), true)
	var line object
	eventually(t, "a line in the access log", func() bool {
		for l := range strings.Lines(c.logged()) {
			if strings.Contains(l, `"http.log.access`) {
				return json.Unmarshal([]byte(l), &line) == nil
			}
		}
		return false
	})
	got := object{}
	for name, v := range line {
		if strings.HasPrefix(name, "llm_") {
			got[name] = v
		}
	}
	if id, _ := got["llm_id"].(string); len(id) < 10 {
		t.Errorf("the id is %q", id)
	}
	delete(got, "llm_id")
	want := object{
		"llm_route": "known", "llm_provider": "demo", "llm_model": "any", "llm_upstream_model": "known-model", "llm_dialect": "openai.chat",
		"llm_stream": true, "llm_prompt_tokens": 3.0, "llm_completion_tokens": 4.0, "llm_outcome": "ok", "llm_key_id": "", "llm_key_name": "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !slices.Contains(names(line), "request") {
		t.Errorf("the line is no access log's: %v", line)
	}
}
