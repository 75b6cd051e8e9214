package route

import (
	"strings"
	"time"

	"github.com/expr-lang/expr"
)

// Figures are what is known of a provider at present.
type Figures struct {
	Healthy bool          // it answers
	Ready   bool          // one of its keys and endpoints can take a request
	Latency time.Duration // the mean until answers begin, of the fastest that is ready; 0 when it is not known
	Busy    int           // requests under way
	Left    float64       // the share (0…1) of its limits that is left, as far as is known
	Failing float64       // the share (0…1) of its requests of late that failed
}

// Well are the figures of a provider of which nothing is known.
var Well = Figures{Healthy: true, Ready: true, Left: 1}

// figures are the members of provider("…").
var figures = []struct {
	name string
	kind Type
	of   func(Figures) any
	doc  string
}{
	{"healthy", Bool, func(f Figures) any { return f.Healthy }, "whether the provider answers at present"},
	{"ready", Bool, func(f Figures) any { return f.Ready }, "whether a request would find a key and an endpoint of it that need not wait"},
	{"latency", Float, func(f Figures) any { return f.Latency.Seconds() }, "seconds until its answers begin, the mean of late; 0 when it is not known"},
	{"busy", Int, func(f Figures) any { return f.Busy }, "requests under way there"},
	{"left", Float, func(f Figures) any { return f.Left }, "the share of its limits that is left, 0 to 1; 1 when it is not known"},
	{"failing", Float, func(f Figures) any { return f.Failing }, "the share of its requests of late that failed, 0 to 1"},
}

const ofProvider = "provider."

func figureNames() (all []string) {
	for _, f := range figures {
		all = append(all, f.name)
	}
	return all
}

// figureFunctions are what the members are turned into.
func figureFunctions() (all []function) {
	signatures := map[Type]any{
		Bool: new(func(any, string) bool), Int: new(func(any, string) int), Float: new(func(any, string) float64),
	}
	for _, f := range figures {
		name := ofProvider + f.name + "()"
		call := func(params ...any) (any, error) {
			return f.of(envOf(params[0]).values.Provider(params[1].(string))), nil
		}
		all = append(all, function{name, expr.Function(name, call, signatures[f.kind])})
	}
	return all
}

// isFigure tells whether a name is that of such a function.
func isFigure(callee string) bool {
	return strings.HasPrefix(callee, ofProvider) && strings.HasSuffix(callee, "()")
}
