package caddyllm

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
)

// gateCollector tells of the gates of routes and providers.
type gateCollector struct{}

var (
	gateLimit     = desc("limit", "Exchanges that may be in progress at once in a route or at a provider; 0 is any number.", "kind", "name")
	gateInside    = desc("limit_in_progress", "Exchanges that are in progress in a route or at a provider with a limit.", "kind", "name")
	gateQueue     = desc("queue_length", "Exchanges that wait for a place of a route or provider.", "kind", "name")
	gateWaits     = desc("queue_wait_seconds", "Time that exchanges waited for a place of a route or provider before they got it; those that did not wait are left out.", "kind", "name")
	gateRefused   = desc("queue_refused_total", "Exchanges that got no place: with pushed_out they made room for another caller, with busy they looked at the other candidates before they waited for a provider.", "kind", "name", "reason")
	gateAbandoned = desc("queue_abandoned_total", "Clients that left while they waited for a place.", "kind", "name")
)

// Describe implements prometheus.Collector.
func (gateCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{gateLimit, gateInside, gateQueue, gateWaits, gateRefused, gateAbandoned} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (gateCollector) Collect(ch chan<- prometheus.Metric) {
	gates.Range(func(key, value any) bool {
		k, s := key.(gateKey), value.(sharedGate).Stats()
		gauge := func(d *prometheus.Desc, n int) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), k.kind, k.name)
		}
		gauge(gateLimit, s.Limits.Concurrent)
		gauge(gateInside, s.Inside)
		gauge(gateQueue, s.Waiting)
		buckets := make(map[float64]uint64, len(queue.Waits))
		for i, bound := range queue.Waits {
			buckets[bound] = s.WaitedUpTo[i]
		}
		ch <- prometheus.MustNewConstHistogram(gateWaits, s.Waited, s.WaitedTime.Seconds(), buckets, k.kind, k.name)
		for reason, n := range s.Refused {
			ch <- prometheus.MustNewConstMetric(gateRefused, prometheus.CounterValue, float64(n), k.kind, k.name, queue.Reason(reason).String())
		}
		ch <- prometheus.MustNewConstMetric(gateAbandoned, prometheus.CounterValue, float64(s.Abandoned), k.kind, k.name)
		return true
	})
}
