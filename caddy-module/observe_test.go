package caddyllm

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

func testRecord() *usage.Record {
	return &usage.Record{
		ID: "X1", Route: "observed", Provider: "openai", Model: "of-the-client", UpstreamModel: "observed-model", Dialect: "openai.chat", Stream: true,
		Status: 200, Outcome: usage.OK, Tokens: dialect.Usage{Prompt: 10, Completion: 20, Total: 30, Cached: 4}, Cost: 0.25, Priced: true,
		FirstEvent: time.Second, Total: 2 * time.Second, Attempts: []usage.Attempt{{Provider: "openai", Status: 200}},
		KeyID: "ab12", KeyName: "ann", User: "end-user", ClientIP: "10.0.0.1", Warnings: []string{"seed: not supported"},
		Attributes: []usage.Attribute{{Name: "pii.email", Value: int64(2)}},
	}
}

// TestPlaceholders holds the placeholders against their documentation, and reads them after the exchange.
func TestPlaceholders(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	repl := caddy.NewReplacer()
	r = caddyhttp.PrepareRequest(r, repl, httptest.NewRecorder(), nil)
	record := testRecord()
	observe(zap.NewNop(), plain)(r, record)
	record.Route = "changed later"
	const text = "{http.llm_gateway.id} {http.llm_gateway.route} {http.llm_gateway.provider} {http.llm_gateway.model} {http.llm_gateway.upstream_model} " +
		"{http.llm_gateway.dialect} {http.llm_gateway.stream} {http.llm_gateway.prompt_tokens} {http.llm_gateway.completion_tokens} " +
		"{http.llm_gateway.cost_usd} {http.llm_gateway.outcome} {http.llm_gateway.key_id} {http.llm_gateway.key_name} {http.llm_gateway.none} {http.request.method}"
	want := "X1 observed openai of-the-client observed-model openai.chat true 10 20 0.25 ok ab12 ann  POST"
	if diff := cmp.Diff(want, repl.ReplaceAll(text, "")); diff != "" {
		t.Error(diff)
	}
	if n := strings.Count(text, placeholderPrefix) - 1; n != len(placeholders) {
		t.Errorf("the test reads %d placeholders of %d", n, len(placeholders))
	}
	observe(zap.NewNop(), plain)(httptest.NewRequest(http.MethodPost, "/", nil), record) // outside of Caddy
}

func TestUsageLine(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	r := caddyhttp.PrepareRequest(httptest.NewRequest(http.MethodPost, "/", nil), caddy.NewReplacer(), httptest.NewRecorder(), nil)
	observe(zap.New(core), plain)(r, testRecord())
	lines := logs.TakeAll()
	if len(lines) != 1 {
		t.Fatalf("got %d lines, want 1", len(lines))
	}
	fields := lines[0].ContextMap()
	for name, want := range map[string]any{"id": "X1", "route": "observed", "outcome": "ok", "prompt_tokens": int64(10), "cost_usd": 0.25, "pii.email": int64(2), "warnings": int64(1), "key_id": "ab12"} {
		if fields[name] != want {
			t.Errorf("%s: got %v, want %v", name, fields[name], want)
		}
	}
	if _, there := fields["error_code"]; there {
		t.Error("an error is logged where there is none")
	}
}

// gathered reads the metrics of a configuration, by name and labels.
func gathered(t *testing.T, a *App) map[string]float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	for range 2 { // again must do no harm
		if err := registerMetrics(registry, a); err != nil {
			t.Fatal(err)
		}
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]float64)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			v := m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			out[f.GetName()+"{"+strings.Join(labels, ",")+"}"] = v
		}
	}
	return out
}

// TestMetrics shows that counters go on over configurations and that a client's words make no label.
func TestMetrics(t *testing.T) {
	a, _ := configure(t, `{"providers":{"demo":{"models":{"x":"observed-model"}}}}`, "")
	before := gathered(t, a)
	count(plain, testRecord())
	other := testRecord()
	other.UpstreamModel, other.Route = "whatever a client names", ""
	other.Priced = false
	count(plain, other)
	refused := testRecord()
	refused.Priced, refused.Route, refused.Attempts = false, "refused", []usage.Attempt{{Provider: "openai", Status: 500}}
	count(plain, refused)
	b, _ := configure(t, `{"providers":{"demo":{}}}`, "")
	for _, app := range []*App{a, b} {
		got := gathered(t, app)
		for name, want := range map[string]float64{
			"caddy_llm_gateway_requests_total{dialect=openai.chat,outcome=ok,provider=openai,route=observed}":                    1,
			"caddy_llm_gateway_requests_total{dialect=openai.chat,outcome=ok,provider=openai,route=_other}":                      1,
			"caddy_llm_gateway_tokens_total{gen_ai_token_type=input,model=observed-model,provider=openai,route=observed}":        10,
			"caddy_llm_gateway_tokens_total{gen_ai_token_type=cached_input,model=observed-model,provider=openai,route=observed}": 4,
			"caddy_llm_gateway_tokens_total{gen_ai_token_type=output,model=_other,provider=openai,route=_other}":                 20,
			"caddy_llm_gateway_request_duration_seconds{provider=openai,route=observed}":                                         1,
			"caddy_llm_gateway_overhead_seconds{route=observed}":                                                                 1,
			"caddy_llm_gateway_cost_usd_total{model=observed-model,provider=openai,route=observed}":                              0.25,
			"caddy_llm_gateway_unpriced_total{provider=openai}":                                                                  1,
			"caddy_llm_gateway_warnings_total{route=observed}":                                                                   1,
			"caddy_llm_gateway_provider_healthy{provider=demo}":                                                                  1,
			"caddy_llm_gateway_upstream_state{endpoint=default,provider=demo}":                                                   0,
		} {
			if strings.Contains(name, "healthy") {
				before[name] = 0
			}
			if n := got[name] - before[name]; n != want {
				t.Errorf("%s: got %v, want %v", name, n, want)
			}
		}
		for name := range got {
			if strings.Contains(name, "whatever") {
				t.Errorf("a client made the label %s", name)
			}
		}
	}
}

func TestAdmin(t *testing.T) {
	a, h := configure(t, demoApp, demoRoute)
	post(h, chat)
	plugins := a.pluginStatus()
	var names []string
	for _, p := range plugins {
		names = append(names, p.Name+"/"+p.Plugin)
		if len(p.Digest) != 64 || p.Instances < 1 || p.Memory == 0 || p.Calls["ok"] == 0 || p.Fuel == 0 || len(p.Hooks) == 0 {
			t.Errorf("got %+v", p)
		}
	}
	if diff := cmp.Diff([]string{"audit/audit", "openai-gemini/openai-gemini", "pii/redact"}, names); diff != "" {
		t.Error(diff)
	}
	providers := a.providerStatus()
	if len(providers) != 1 || !strings.HasPrefix(providers[0].BaseURL, "http://127.0.0.1:") {
		t.Fatalf("got %+v", providers)
	}
	providers[0].BaseURL, providers[0].Endpoints[0].BaseURL, providers[0].Endpoints[0].Latency = "", "", 0
	if diff := cmp.Diff([]providerStatus{{Name: "demo", Preset: "demo", Dialects: []string{"gemini.generate", "gemini.count", "gemini.embed"}, Ready: true, Healthy: true, Balance: "round_robin", Endpoints: []endpointStatus{
		{Name: "default", Breaker: "closed", Keys: []keyStatus{{Ready: true, Requests: 1, Tokens: 10, Left: 1}}},
	}}}, providers); diff != "" {
		t.Error(diff)
	}
	// No configuration runs in this process.
	for _, route := range (admin{}).Routes() {
		w := httptest.NewRecorder()
		asks, refuses := http.MethodGet, http.MethodPost
		if strings.HasSuffix(route.Pattern, "/explain") {
			asks, refuses = refuses, asks
		}
		err := route.Handler.ServeHTTP(w, httptest.NewRequest(asks, route.Pattern, strings.NewReader("{}")))
		switch {
		case asks == http.MethodPost:
			if e, ok := err.(caddy.APIError); !ok || e.HTTPStatus != http.StatusBadRequest || !strings.Contains(e.Err.Error(), "no llm_gateway handler runs") {
				t.Errorf("%s: got %v", route.Pattern, err)
			}
		case strings.HasSuffix(route.Pattern, "/last"):
			if e, ok := err.(caddy.APIError); !ok || e.HTTPStatus != http.StatusNotFound {
				t.Errorf("%s: got %v", route.Pattern, err)
			}
		case err != nil || strings.TrimSpace(w.Body.String()) != "[]" || !json.Valid(w.Body.Bytes()):
			t.Errorf("%s: got %v, %s", route.Pattern, err, w.Body)
		}
		err = route.Handler.ServeHTTP(w, httptest.NewRequest(refuses, route.Pattern, nil))
		if e, ok := err.(caddy.APIError); !ok || e.HTTPStatus != http.StatusMethodNotAllowed {
			t.Errorf("%s: %s: got %v", route.Pattern, refuses, err)
		}
	}
}

// TestFollower shows that a logger that outlives configurations writes to the one that runs.
func TestFollower(t *testing.T) {
	defer running.Store(running.Load())
	log := logger("plugin.pii").With(zap.String("kept", "yes"))
	for _, level := range []struct {
		min  zap.AtomicLevel
		want int
	}{{zap.NewAtomicLevelAt(zap.InfoLevel), 1}, {zap.NewAtomicLevelAt(zap.ErrorLevel), 0}} {
		core, logs := observer.New(level.min)
		running.Store(zap.New(core).Named(appName))
		log.Info("hello", zap.Int("n", 1))
		if logs.Len() != level.want {
			t.Fatalf("level %s: got %d lines, want %d", level.min, logs.Len(), level.want)
		}
		if level.want == 0 {
			continue
		}
		line := logs.All()[0]
		if line.LoggerName != "llm_gateway.plugin.pii" || line.ContextMap()["kept"] != "yes" || line.ContextMap()["n"] != int64(1) {
			t.Errorf("got %s %v", line.LoggerName, line.ContextMap())
		}
	}
}

// TestLLMMetrics: they are there only where they are asked for, and no client's word makes a label.
func TestLLMMetrics(t *testing.T) {
	quiet, _ := configure(t, `{"providers":{"demo":{}}}`, "")
	loud, _ := configure(t, `{"llm_metrics":true,"providers":{"openai":{},"demo":{"models":{"x":"observed-model"}}}}`, "")
	before := gathered(t, loud)
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	failed := testRecord()
	failed.Outcome, failed.UpstreamModel = usage.UpstreamError, "whatever a client names"
	other := testRecord()
	other.UpstreamModel, other.Priced = "whatever a client names", false
	for _, record := range []*usage.Record{testRecord(), failed, other} {
		called := false
		loud.observed(func(*http.Request, *usage.Record) { called = true })(r, record)
		quiet.observed(func(*http.Request, *usage.Record) {})(r, record)
		if !called {
			t.Error("the gateway's own account was left out")
		}
	}
	got := gathered(t, loud)
	for name, want := range map[string]float64{
		"llm_requests_total{model=observed-model,provider=openai,status=success}": 1,
		"llm_requests_total{model=unknown,provider=openai,status=error}":          1,
		"llm_requests_total{model=_other,provider=openai,status=success}":         1,
		"llm_response_time_seconds{model=observed-model,provider=openai}":         1,
		"llm_tokens_used_total{model=observed-model,provider=openai}":             30,
		"llm_cost_total{model=observed-model,provider=openai}":                    0.25,
	} {
		if n := got[name] - before[name]; n != want {
			t.Errorf("%s: got %v, want %v", name, n, want)
		}
	}
	if n := got["llm_active_providers{}"]; n != 1 {
		t.Errorf("active providers: got %v, want the one that needs no key", n)
	}
	if _, there := got["llm_cost_total{model=_other,provider=openai}"]; there {
		t.Error("an unknown cost is counted")
	}
	for name := range got {
		if strings.Contains(name, "whatever") {
			t.Errorf("a client made the label %s", name)
		}
	}
	for name := range gathered(t, quiet) {
		if strings.HasPrefix(name, "llm_") {
			t.Errorf("nobody has asked for %s", name)
		}
	}
}
