package caddyllm

import (
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

// Collectors are made once and registered with the registry of every configuration, so that counters
// only grow. Labels are names of the configuration, and "_other" for what is not.
const (
	metricsNamespace = "caddy"
	metricsSubsystem = appName
	other            = "_other"
)

func opts(name, help string) prometheus.Opts {
	return prometheus.Opts{Namespace: metricsNamespace, Subsystem: metricsSubsystem, Name: name, Help: help}
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts(opts(name, help)), labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	o := opts(name, help)
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: o.Namespace, Subsystem: o.Subsystem, Name: o.Name, Help: o.Help, Buckets: buckets,
	}, labels)
}

// seconds are buckets for answers of models: from cached ones to those that think for minutes.
var seconds = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640}

// overheadSeconds are buckets for what the gateway itself takes: from a request that is passed on to plugins that ask services.
var overheadSeconds = []float64{5e-5, 1e-4, 2e-4, 3e-4, 5e-4, 7.5e-4, 1e-3, 1.5e-3, 2.5e-3, 5e-3, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}

var (
	durations = histogram("request_duration_seconds", "Time from a request to the end of its answer.", seconds, "route", "provider")
	firsts    = histogram("first_event_seconds", "Time from a request to the first byte of its answer's body.", seconds, "route", "provider")
	overheads = histogram("overhead_seconds", "The gateway's own part of the time from a request to the first byte of its answer's body, plugins included: without waiting "+
		"for the request's body, places of routes and providers, the next attempt, and upstreams.", overheadSeconds, "route")
	attempts  = counter("attempts_total", "Tries at candidates, by the HTTP status of the provider, 0 is none, and the class of the failure; shadows included.", "provider", "status", "class")
	hedges    = counter("hedges_total", "Second attempts beside one that said nothing for long: won, or lost.", "route", "result")
	fallbacks = counter("fallbacks_total", "Exchanges that went to a fallback, by the class of the failure before.", "route", "class")
	shadows   = counter("shadow_total", "Answers that were compared with those of another candidate: same, different, failed, or skipped.", "route", "result")
	unpriced  = counter("unpriced_total", "Exchanges that reached a provider, and attempts that a faster one ended, whose cost is not known: no tokens counted, or no price configured.", "provider")
	warnings  = counter("warnings_total", "Parameters that were lost in translation.", "route")
	recorded  = counter("records_total", "Records of plugins by what became of them: written; delayed, which wait for the file; lost.", "file", "outcome")
	guests    = &guestCollector{stats: make(map[string]*wasm.Metrics)}
)

// registerMetrics puts the collectors into the registry of a configuration that is being provisioned.
func registerMetrics(registry *prometheus.Registry, a *App) error {
	if registry == nil {
		return nil
	}
	all := []prometheus.Collector{
		durations, firsts, overheads, attempts, hedges, fallbacks, shadows, unpriced, warnings, recorded, guests, gateCollector{}, healthCollector{a}, upstreamCollector{a},
		budgetCollector{a},
	}
	all = append(all, a.counters().collectors()...)
	for _, c := range append(all, a.llmCollectors()...) {
		var again prometheus.AlreadyRegisteredError
		if err := registry.Register(c); err != nil && !errors.As(err, &again) {
			return err
		}
	}
	return nil
}

// count adds an exchange up.
func count(s *series, r *usage.Record) {
	route, provider := orOther(r.Route), orOther(r.Provider)
	durations.WithLabelValues(route, provider).Observe(r.Total.Seconds())
	if r.FirstEvent > 0 {
		firsts.WithLabelValues(route, provider).Observe(r.FirstEvent.Seconds())
		overheads.WithLabelValues(route).Observe(r.Overhead.Seconds())
	}
	countAttempts(r.Attempts)
	countDetours(r)
	if !r.Priced && answered(r) {
		unpriced.WithLabelValues(r.Provider).Inc()
	}
	if len(r.Warnings) > 0 {
		warnings.WithLabelValues(route).Add(float64(len(r.Warnings)))
	}
	s.count(r)
}

func orOther(name string) string {
	if name == "" {
		return other
	}
	return name
}

// models are the model names that configurations have named; clients can name any number.
var models = &nameSet{names: make(map[string]bool)}

type nameSet struct {
	mu    sync.RWMutex
	names map[string]bool
}

func (s *nameSet) add(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range names {
		if n != "" {
			s.names[n] = true
		}
	}
}

func (s *nameSet) label(name string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.names[name] {
		return name
	}
	return other
}

// guestCollector tells what plugins do, from the counts that the sandbox keeps by plugin name.
type guestCollector struct {
	mu    sync.Mutex
	stats map[string]*wasm.Metrics
}

// guestMetrics are the counts of the plugin of that name, over all configurations.
func guestMetrics(name string) *wasm.Metrics {
	guests.mu.Lock()
	defer guests.mu.Unlock()
	m := guests.stats[name]
	if m == nil {
		m = new(wasm.Metrics)
		guests.stats[name] = m
	}
	return m
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(metricsNamespace, metricsSubsystem, name), help, labels, nil)
}

var (
	guestCalls     = desc("plugin_calls_total", "Calls of plugin hooks by outcome.", "plugin", "hook", "outcome")
	guestSeconds   = desc("plugin_duration_seconds_total", "Time inside plugin hooks, host functions included.", "plugin", "hook")
	guestFuel      = desc("plugin_fuel_total", "Fuel that plugin hooks have burnt.", "plugin", "hook")
	guestWaits     = desc("plugin_waits_total", "Calls that waited for an instance.", "plugin")
	guestWaited    = desc("plugin_wait_seconds_total", "Time that calls waited for an instance.", "plugin")
	guestInstances = desc("plugin_instances", "Instances that live now.", "plugin")
	guestMemory    = desc("plugin_memory_bytes", "Memory of the instances that live now.", "plugin")
	guestCreated   = desc("plugin_instances_created_total", "Instances that were made.", "plugin")
	guestDiscarded = desc("plugin_instances_discarded_total", "Instances that broke or grew too large.", "plugin")
	guestCounters  = desc("plugin_counter_total", "Counters that plugins keep themselves.", "plugin", "name")
	healthy        = desc("provider_healthy", "Whether a provider answers at present: 1 or 0.", "provider")
)

// Describe implements prometheus.Collector.
func (g *guestCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		guestCalls, guestSeconds, guestFuel, guestWaits, guestWaited, guestInstances, guestMemory, guestCreated, guestDiscarded, guestCounters,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (g *guestCollector) Collect(ch chan<- prometheus.Metric) {
	g.mu.Lock()
	stats := maps.Clone(g.stats)
	g.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(stats)) {
		s := stats[name].Stats()
		total := func(d *prometheus.Desc, v float64, labels ...string) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, append([]string{name}, labels...)...)
		}
		gauge := func(d *prometheus.Desc, v float64) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, name)
		}
		for _, h := range s.Hooks {
			for outcome, n := range h.Calls {
				if n > 0 {
					total(guestCalls, float64(n), h.Hook, wasm.Outcome(outcome).String())
				}
			}
			total(guestSeconds, float64(h.Nanos)/1e9, h.Hook)
			total(guestFuel, float64(h.Fuel), h.Hook)
		}
		total(guestWaits, float64(s.Waits))
		total(guestWaited, float64(s.WaitNanos)/1e9)
		gauge(guestInstances, float64(s.Instances))
		gauge(guestMemory, float64(s.Memory))
		total(guestCreated, float64(s.Created))
		total(guestDiscarded, float64(s.Discarded))
		for _, c := range slices.Sorted(maps.Keys(s.Counters)) {
			total(guestCounters, s.Counters[c], c)
		}
	}
}

// healthCollector tells of the providers of one configuration.
type healthCollector struct{ app *App }

// Describe implements prometheus.Collector.
func (healthCollector) Describe(ch chan<- *prometheus.Desc) { ch <- healthy }

// Collect implements prometheus.Collector.
func (h healthCollector) Collect(ch chan<- prometheus.Metric) {
	for name, p := range h.app.providers {
		v := 0.0
		if p.Healthy() {
			v = 1
		}
		ch <- prometheus.MustNewConstMetric(healthy, prometheus.GaugeValue, v, name)
	}
}
