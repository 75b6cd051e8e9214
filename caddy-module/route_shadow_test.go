package caddyllm

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
	"github.com/longmen-gateway/longmen/caddy-module/internal/shape"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// TestDetours: attempts are counted by what became of them, hedges by who was faster, fallbacks by why.
func TestDetours(t *testing.T) {
	r := testRecord()
	r.Route, r.Fallback = "detours", failure.ContextLength
	r.Attempts = []usage.Attempt{
		{Provider: "slow", Class: failure.Canceled, Error: "slower"}, {Provider: "quick", Status: 200, Hedge: true},
		{Provider: "slow", Class: failure.Canceled, Error: "slower", Hedge: true}, {Provider: "quick", Error: "not_sent", Hedge: true},
		{Provider: "quick", Status: 429, Class: failure.RateLimit, Error: "rate_limit_exceeded"},
	}
	before := gathered(t, new(App))
	count(plain, r)
	got := gathered(t, new(App))
	for name, want := range map[string]float64{
		"caddy_llm_gateway_attempts_total{class=canceled,provider=slow,status=0}":      2,
		"caddy_llm_gateway_attempts_total{class=none,provider=quick,status=200}":       1,
		"caddy_llm_gateway_attempts_total{class=rate_limit,provider=quick,status=429}": 1,
		"caddy_llm_gateway_hedges_total{result=won,route=detours}":                     1,
		"caddy_llm_gateway_hedges_total{result=lost,route=detours}":                    2,
		"caddy_llm_gateway_unpriced_total{provider=slow}":                              2,
		"caddy_llm_gateway_fallbacks_total{class=context_length,route=detours}":        1,
	} {
		if v := got[name] - before[name]; v != want {
			t.Errorf("%s: got %v, want %v", name, v, want)
		}
	}
}

// TestComparison: a shadow's answer is counted and paid, and told in one line without words of a model.
func TestComparison(t *testing.T) {
	models.add("shadow-model")
	c := &gateway.Comparison{
		ID: "X1", Route: "shadowed", Result: gateway.ShadowDifferent, Differs: []string{"tools"},
		Main: gateway.Side{Provider: "one", Outcome: usage.OK, Status: 200, Total: time.Second, Shaped: true, Shape: shape.Shape{Finish: "stop", Chars: 5}},
		Shadow: gateway.Side{
			Provider: "two", Model: "shadow-model", Outcome: usage.OK, Status: 200, FirstEvent: time.Second, Total: 2 * time.Second, Tokens: dialect.Usage{Prompt: 3, Completion: 4},
			Cost: 0.5, Priced: true, Attempts: []usage.Attempt{{Provider: "two", Status: 200}},
			Shaped: true, Shape: shape.Shape{Finish: "tool_calls", Tools: []string{"a model's word"}, Calls: 1},
		},
	}
	core, logs := observer.New(zap.InfoLevel)
	before := gathered(t, new(App))
	tell := compared(zap.New(core), plain)
	tell(c)
	tell(&gateway.Comparison{Route: "shadowed", Result: gateway.ShadowSkipped, Because: "busy"})
	got := gathered(t, new(App))
	for name, want := range map[string]float64{
		"caddy_llm_gateway_shadow_total{result=different,route=shadowed}":                   1,
		"caddy_llm_gateway_shadow_total{result=skipped,route=shadowed}":                     1,
		"caddy_llm_gateway_attempts_total{class=none,provider=two,status=200}":              1,
		"caddy_llm_gateway_cost_usd_total{model=shadow-model,provider=two,route=shadowed}":  0.5,
		"caddy_llm_gateway_requests_total{dialect=,outcome=ok,provider=two,route=shadowed}": 0,
		"caddy_llm_gateway_request_duration_seconds{provider=two,route=shadowed}":           0,
	} {
		if v := got[name] - before[name]; v != want {
			t.Errorf("%s: got %v, want %v", name, v, want)
		}
	}
	lines := logs.TakeAll()
	if len(lines) != 1 {
		t.Fatalf("got %d lines, want 1: what is skipped is for debugging", len(lines))
	}
	fields := lines[0].ContextMap()
	shadow, _ := fields["shadow"].(map[string]any)
	want := map[string]any{
		"provider": "two", "upstream_model": "shadow-model", "outcome": "ok", "status": 200, "first_event": time.Second, "duration": 2 * time.Second,
		"prompt_tokens": int64(3), "completion_tokens": int64(4), "cost_usd": 0.5, "finish": "tool_calls", "tool_calls": 1, "chars": 0, "json": false,
	}
	if diff := cmp.Diff(want, shadow); diff != "" {
		t.Error(diff)
	}
	if differs, _ := fields["differs"].([]any); !slices.Equal(differs, []any{"tools"}) || fields["result"] != "different" {
		t.Errorf("told %v", fields)
	}
}
