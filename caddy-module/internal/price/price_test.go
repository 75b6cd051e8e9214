package price

import (
	"math"
	"strings"
	"testing"
)

func newList(t testing.TB, prices map[string]Price) *List {
	t.Helper()
	l, err := New(prices)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestOf(t *testing.T) {
	list := newList(t, map[string]Price{
		"gpt-5": {Input: 1}, "gpt-5-*": {Input: 2}, "gpt-*": {Input: 3}, "gpt-5-nano": {Input: 4}, "free": {},
	})
	all := newList(t, map[string]Price{"*": {Input: 9}, "a": {Input: 1}})
	tests := []struct {
		name  string
		list  *List
		model string
		want  float64
		known bool
	}{
		{"exact", list, "gpt-5", 1, true},
		{"exact before a pattern", list, "gpt-5-nano", 4, true},
		{"longest pattern", list, "gpt-5-nano-2025-08-07", 2, true},
		{"shorter pattern", list, "gpt-4o", 3, true},
		{"free is known", list, "free", 0, true},
		{"unknown", list, "o3", 0, false},
		{"case tells names apart", list, "GPT-5", 0, false},
		{"no name", list, "", 0, false},
		{"all others", all, "o3", 9, true},
		{"not all others", all, "a", 1, true},
		{"no list", nil, "gpt-5", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if p, known := tt.list.Of(tt.model); p.Input != tt.want || known != tt.known {
				t.Errorf("got %v, %v, want %v, %v", p.Input, known, tt.want, tt.known)
			}
		})
	}
}

func TestVaries(t *testing.T) {
	tests := []struct {
		name   string
		models []string
		want   bool
	}{
		{"one for all", []string{"*"}, false},
		{"a model", []string{"a"}, true},
		{"a model and all others", []string{"a", "*"}, true},
		{"some", []string{"a*"}, true},
		{"some and all others", []string{"a*", "*"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			prices := make(map[string]Price)
			for _, m := range tt.models {
				prices[m] = Price{}
			}
			if got := newList(t, prices).Varies(); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if (*List)(nil).Varies() {
		t.Error("no list varies")
	}
}

func TestNewErrors(t *testing.T) {
	tests := []struct {
		name   string
		prices map[string]Price
		want   string
	}{
		{"nothing", nil, "there is none"},
		{"no name", map[string]Price{"": {}}, `model "" is not usable`},
		{"star inside", map[string]Price{"a*b": {}}, `model "a*b" is not usable`},
		{"negative", map[string]Price{"m": {Output: -1}}, "m costs -1, expected an amount per million tokens from 0 to 1e+06"},
		{"no number", map[string]Price{"m": {Cached: math.NaN()}}, "m costs no number"},
		{"endless", map[string]Price{"m": {Written: math.Inf(1)}}, "m costs +Inf"},
		{"too much", map[string]Price{"m": {Input: Max + 1}}, "expected an amount"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := New(tt.prices); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestEstimate(t *testing.T) {
	p := Price{Input: 2, Output: 10, Cached: 0.2, Written: 2.5}
	tests := []struct {
		name               string
		prompt, completion int64
		want               float64
	}{
		{"both", 1_000_000, 100_000, 3},
		{"no limit", 0, 0, 0.01024},
		{"below nothing", -5, -5, 0.01024},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := p.Estimate(tt.prompt, tt.completion); math.Abs(got-tt.want) > 1e-12 {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestMost takes the dearest of what a prompt may be billed as.
func TestMost(t *testing.T) {
	for _, tt := range []struct {
		price              Price
		prompt, completion int64
		want               float64
	}{
		{Price{Input: 2, Output: 10, Cached: 0.2, Written: 2.5}, 1_000_000, 100_000, 3.5},
		{Price{Input: 2, Output: 10, Cached: 2, Written: 2}, 1_000_000, 0, 2},
		{Price{Input: 2, Output: 10}, -5, -5, 0},
	} {
		if got := tt.price.Most(tt.prompt, tt.completion); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%+v: got %v, want %v", tt.price, got, tt.want)
		}
	}
}

// TestCost has the two ways in which providers bill their prompt caches: OpenAI reading only, Anthropic
// reading and writing.
func TestCost(t *testing.T) {
	gpt := Price{Input: 1.25, Output: 10, Cached: 0.125, Written: 1.25}
	sonnet := Price{Input: 3, Output: 15, Cached: 0.30, Written: 3.75}
	tests := []struct {
		name   string
		price  Price
		tokens Tokens
		want   float64
	}{
		{"plain", gpt, Tokens{Prompt: 2000, Completion: 500}, 0.0075},
		{"cached", gpt, Tokens{Prompt: 10_000, Cached: 8_000, Completion: 100}, 0.0045},
		{"written", sonnet, Tokens{Prompt: 21_000, Written: 20_000, Completion: 200}, 0.081},
		{"read again", sonnet, Tokens{Prompt: 21_000, Cached: 20_000, Completion: 200}, 0.012},
		{"read and written", sonnet, Tokens{Prompt: 30_000, Cached: 20_000, Written: 9_000, Completion: 0}, 0.04275},
		{"more cached than there was", gpt, Tokens{Prompt: 1000, Cached: 5000}, 0.000125},
		{"cached and written contradict", sonnet, Tokens{Prompt: 1000, Cached: 800, Written: 800}, 0.00099},
		{"nothing", gpt, Tokens{}, 0},
		{"below nothing", gpt, Tokens{Prompt: -1, Cached: -2, Written: -3, Completion: -4}, 0},
		{"free", Price{}, Tokens{Prompt: 1 << 40, Completion: 1 << 40}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.price.Cost(tt.tokens); math.Abs(got-tt.want) > 1e-12 {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if !(Price{}).Free() || (Price{Cached: 1}).Free() {
		t.Error("only what costs nothing at all is free")
	}
}

func BenchmarkOf(b *testing.B) {
	l := newList(b, map[string]Price{"gpt-5": {}, "gpt-5-*": {}, "gpt-4*": {}, "o*": {}, "*": {Input: 1}})
	b.ReportAllocs()
	for b.Loop() {
		if p, ok := l.Of("gemini-2.5-flash"); !ok || p.Estimate(100, 100) == 0 {
			b.Fatal("no price")
		}
	}
}
