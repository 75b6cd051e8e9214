package caddyllm

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// The series that dashboards of home-made gateways are built on: llm_requests_total and the like, without a prefix.
// They say less than the gateway's own, so they are there only where llm_metrics asks for them. Labels are bounded as
// those are.
var (
	llmRequests  = llmCounter("llm_requests_total", "Requests that have ended, by status: success or error.", "provider", "model", "status")
	llmDurations = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "llm_response_time_seconds", Help: "Time from a request to the end of its answer, of requests that were answered.", Buckets: seconds,
	}, []string{"provider", "model"})
	llmTokens = llmCounter("llm_tokens_used_total", "Tokens of prompts and answers, as providers counted them.", "provider", "model")
	llmCosts  = llmCounter("llm_cost_total", "What requests have cost in US dollars, by the prices of the configuration.", "provider", "model")
	llmActive = prometheus.NewDesc("llm_active_providers", "Providers that answer at present.", nil, nil)
)

func llmCounter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

// llmCollectors are the collectors that llm_metrics adds.
func (a *App) llmCollectors() []prometheus.Collector {
	if !a.LLMMetrics {
		return nil
	}
	return []prometheus.Collector{llmRequests, llmDurations, llmTokens, llmCosts, activeCollector{a}}
}

// observed adds llm_metrics to what is told of exchanges.
func (a *App) observed(next func(*http.Request, *usage.Record)) func(*http.Request, *usage.Record) {
	if !a.LLMMetrics {
		return next
	}
	return func(r *http.Request, record *usage.Record) {
		countLLM(record)
		next(r, record)
	}
}

// countLLM adds an exchange up. One that failed has no model and counts no time.
func countLLM(r *usage.Record) {
	provider, model := orOther(r.Provider), models.label(r.UpstreamModel)
	if r.Outcome != usage.OK {
		llmRequests.WithLabelValues(provider, "unknown", "error").Inc()
		return
	}
	llmRequests.WithLabelValues(provider, model, "success").Inc()
	llmDurations.WithLabelValues(provider, model).Observe(r.Total.Seconds())
	llmTokens.WithLabelValues(provider, model).Add(float64(r.Tokens.Prompt + r.Tokens.Completion))
	if r.Priced {
		llmCosts.WithLabelValues(provider, model).Add(r.Cost)
	}
}

// activeCollector counts the providers of one configuration that answer.
type activeCollector struct{ app *App }

// Describe implements prometheus.Collector.
func (activeCollector) Describe(ch chan<- *prometheus.Desc) { ch <- llmActive }

// Collect implements prometheus.Collector.
func (c activeCollector) Collect(ch chan<- prometheus.Metric) {
	n := 0
	for _, p := range c.app.providers {
		if !p.LacksKey() && p.Healthy() {
			n++
		}
	}
	ch <- prometheus.MustNewConstMetric(llmActive, prometheus.GaugeValue, float64(n))
}
