package caddyllm

import (
	"github.com/prometheus/client_golang/prometheus"
)

var (
	upstreamState    = desc("upstream_state", "What the breaker of an endpoint does: 0 closed, 1 open, 2 half-open.", "provider", "endpoint")
	upstreamInFlight = desc("upstream_in_flight", "Requests that are under way at an endpoint.", "provider", "endpoint")
	upstreamCooling  = desc("upstream_cooling_seconds", "Time until the first key of an endpoint is ready, 0 when one is.", "provider", "endpoint")
)

// upstreamCollector tells of the endpoints of one configuration.
type upstreamCollector struct{ app *App }

// Describe implements prometheus.Collector.
func (upstreamCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- upstreamState
	ch <- upstreamInFlight
	ch <- upstreamCooling
}

// Collect implements prometheus.Collector.
func (u upstreamCollector) Collect(ch chan<- prometheus.Metric) {
	for name, p := range u.app.providers {
		for _, e := range p.Status() {
			gauge := func(d *prometheus.Desc, v float64) {
				ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, name, e.Name)
			}
			gauge(upstreamState, float64(e.Breaker))
			gauge(upstreamInFlight, float64(e.InFlight))
			gauge(upstreamCooling, e.Cooling.Seconds())
		}
	}
}
