package caddyllm

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// Bounds of what dimensions add to metrics. Clients may choose their values.
const (
	maxDimensions   = 5
	maxValues       = 200  // of a dimension; all others are "_other"
	maxCombinations = 1000 // of values; all others are "_other" in each dimension
	maxValue        = 64   // bytes of a value
)

// series are the counters that have the dimensions of a configuration as labels. Configurations with the same ones share them, and as long as the
// process lives, so that counters only grow; no registry has two of them.
type series struct {
	requests, tokens, costs *prometheus.CounterVec

	mu           sync.Mutex
	seen         []map[string]bool // values of each dimension
	combinations map[string]bool
}

// allSeries are the series by their dimensions.
var allSeries = struct {
	mu sync.Mutex
	by map[string]*series
}{by: make(map[string]*series)}

// plain are those of configurations without dimensions.
var plain = seriesOf(nil)

// seriesOf are the series with these dimensions. Their order counts.
func seriesOf(names []string) *series {
	allSeries.mu.Lock()
	defer allSeries.mu.Unlock()
	key := strings.Join(names, " ")
	if s := allSeries.by[key]; s != nil {
		return s
	}
	with := func(own ...string) []string { return append(own, names...) }
	s := &series{
		requests: counter("requests_total", "Exchanges that have ended.", with("route", "provider", "dialect", "outcome")...),
		tokens: counter("tokens_total", "Tokens as providers counted them: input, output, and of these cached input and reasoning output.",
			with("route", "provider", "model", "gen_ai_token_type")...),
		costs:        counter("cost_usd_total", "What exchanges have cost in US dollars, by the prices of the configuration.", with("route", "provider", "model")...),
		seen:         make([]map[string]bool, len(names)),
		combinations: make(map[string]bool),
	}
	for i := range s.seen {
		s.seen[i] = make(map[string]bool)
	}
	allSeries.by[key] = s
	return s
}

func (s *series) collectors() []prometheus.Collector {
	return []prometheus.Collector{s.requests, s.tokens, s.costs}
}

// count adds an exchange up.
func (s *series) count(r *usage.Record) {
	route, provider, model, values := orOther(r.Route), orOther(r.Provider), models.label(r.UpstreamModel), s.values(r.Dimensions)
	add := func(c *prometheus.CounterVec, n float64, labels ...string) {
		c.WithLabelValues(append(labels, values...)...).Add(n)
	}
	add(s.requests, 1, route, provider, r.Dialect, string(r.Outcome))
	for _, t := range [...]struct {
		kind string
		n    int64
	}{
		{"input", r.Tokens.Prompt}, {"output", r.Tokens.Completion}, {"cached_input", r.Tokens.Cached}, {"reasoning_output", r.Tokens.Reasoning},
	} {
		if t.n > 0 {
			add(s.tokens, float64(t.n), route, provider, model, t.kind)
		}
	}
	if r.Priced {
		s.spend(route, provider, r.UpstreamModel, r.Cost, values)
	}
}

// spend adds up what something has cost.
func (s *series) spend(route, provider, model string, cost float64, values []string) {
	s.costs.WithLabelValues(append([]string{route, provider, models.label(model)}, values...)...).Add(cost)
}

// values are the labels for the dimensions of an exchange, "" where it has none.
func (s *series) values(given []string) []string {
	if len(s.seen) == 0 {
		return nil
	}
	out := make([]string, len(s.seen))
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range min(len(out), len(given)) {
		if out[i] = clipped(given[i]); !s.seen[i][out[i]] && !admit(s.seen[i], out[i], maxValues) {
			out[i] = other
		}
	}
	if key := strings.Join(out, "\x00"); !s.combinations[key] && !admit(s.combinations, key, maxCombinations) {
		return slices.Repeat([]string{other}, len(out))
	}
	return out
}

// admit takes a value in if there is room for it.
func admit(into map[string]bool, value string, most int) bool {
	if len(into) >= most {
		return false
	}
	into[value] = true
	return true
}

// clipped is a value as a label may have it: not too long, and in UTF-8.
func clipped(v string) string {
	v = strings.ToValidUTF8(v, "\uFFFD")
	if len(v) <= maxValue {
		return v
	}
	cut := maxValue
	for !utf8.RuneStart(v[cut]) {
		cut--
	}
	return v[:cut]
}
