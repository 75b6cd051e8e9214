package caddyllm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
)

// Metrics are what is exported besides.
type Metrics struct {
	// Labels that requests_total, tokens_total and cost_usd_total have besides their own: at most 5. A configuration with other dimensions
	// begins other series; with the same ones in the same order they go on. Default: none.
	Dimensions []*MetricDimension `json:"dimensions,omitempty"`
}

// MetricDimension is a label of metrics. Of its values the first 200 that the process sees are kept, cut at 64 bytes, and the first 1000
// combinations of those of all dimensions; all others are "_other".
type MetricDimension struct {
	// The label: letters, digits and _, none that the metrics have already. Required.
	Name string `json:"name,omitempty"`

	// What its value is: an expression that yields a string, over the names that rules have but for attributes of plugins, such as
	// `key.team` or `header("x-app")`. It is evaluated when the route is known; requests without one have "". Required.
	Value string `json:"value,omitempty"`

	// Where the dimension stands in the Caddyfile, for errors.
	Source string `json:"source,omitempty"`
}

// unmarshalMetrics reads metrics { dimension <name> <expression> }.
func (a *App) unmarshalMetrics(d *caddyfile.Dispenser) error {
	if err := none(d); err != nil {
		return err
	}
	if a.Metrics == nil {
		a.Metrics = new(Metrics)
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if d.Val() != "dimension" {
			return unknown(d, "dimension")
		}
		made := &MetricDimension{Source: source(d)}
		args := d.RemainingArgs()
		if len(args) != 2 {
			return d.Errf("dimension has %d arguments, expected a name and an expression such as key.team", len(args))
		}
		made.Name, made.Value = args[0], args[1]
		a.Metrics.Dimensions = append(a.Metrics.Dimensions, made)
	}
	return nil
}

// labels are those that the metrics with dimensions have already.
var labels = []string{"dialect", "gen_ai_token_type", "model", "outcome", "provider", "route"}

// openDimensions compiles the dimensions and finds their series.
func (a *App) openDimensions() error {
	if a.Metrics == nil {
		return nil
	}
	var errs []error
	var names []string
	if n := len(a.Metrics.Dimensions); n > maxDimensions {
		errs = append(errs, fmt.Errorf("metrics: %d dimensions, expected at most %d", n, maxDimensions))
	}
	schema := route.Schema{Providers: slices.Sorted(maps.Keys(a.providers))}
	for i, d := range a.Metrics.Dimensions {
		if d == nil {
			errs = append(errs, fmt.Errorf("metrics: dimension %d is null, expected an object", i+1))
			continue
		}
		fail := func(err error) { errs = append(errs, fmt.Errorf("dimension %q%s: %w", d.Name, at(d.Source), err)) }
		switch {
		case !isLabel(d.Name):
			fail(errors.New("name is not usable, expected letters, digits and _, a letter first"))
		case slices.Contains(labels, d.Name):
			fail(fmt.Errorf("the metrics have this label already, expected another name than %s", strings.Join(labels, ", ")))
		case slices.Contains(names, d.Name):
			fail(errors.New("the name is taken by an earlier dimension, expected another"))
		}
		names = append(names, d.Name)
		if strings.TrimSpace(d.Value) == "" {
			fail(errors.New("there is no value, expected an expression such as key.team"))
			continue
		}
		value, err := route.CompileText(d.Value, schema)
		if err != nil {
			fail(err)
			continue
		}
		a.dimensions = append(a.dimensions, gateway.Dimension{Name: d.Name, Value: value})
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	a.series = seriesOf(names)
	return nil
}

// counters are the series that exchanges count in.
func (a *App) counters() *series {
	if a.series == nil {
		return plain
	}
	return a.series
}

// isLabel tells whether Prometheus takes a name for a label that is nobody else's.
func isLabel(name string) bool {
	for i, c := range name {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return name != "" && len(name) <= maxValue
}
