package price

import (
	"math"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/document"
)

// TestTariff: an answer costs what its numbers do, and one that lacks a required number has an unknown cost.
func TestTariff(t *testing.T) {
	odd := &Tariff{Parts: []Part{{"/usage/prompt_tokens", 1.25, true}, {"/usage/details/cached", -1.125, false}, {"/usage/search_units", 5000, false}, {"/usage/list/0", 1, false}}}
	loose := &Tariff{Parts: []Part{{"/a", 1, false}, {"/b", -2, false}}}
	for _, tt := range []struct {
		name    string
		tariff  *Tariff
		answers []string // events, or one whole answer
		want    float64
		known   bool
	}{
		{"one", odd, []string{`{"usage":{"prompt_tokens":1000}}`}, 0.00125, true},
		{"discount", odd, []string{`{"usage":{"prompt_tokens":1000,"details":{"cached":600}}}`}, 0.000575, true},
		{"units", odd, []string{`{"usage":{"prompt_tokens":0,"search_units":2}}`}, 0.01, true},
		{"fractions, and elements of lists", odd, []string{`{"usage":{"prompt_tokens":0,"list":[1.5e6]}}`}, 1.5, true},
		{"required is missing", odd, []string{`{"usage":{"search_units":2}}`}, 0, false},
		{"required is null", odd, []string{`{"usage":{"prompt_tokens":null}}`}, 0, false},
		{"required is a text", odd, []string{`{"usage":{"prompt_tokens":"7"}}`}, 0, false},
		{"required is below nothing", odd, []string{`{"usage":{"prompt_tokens":-7}}`}, 0, false},
		{"over events, the last counts", odd, []string{`{"usage":{"prompt_tokens":5}}`, `{"x":1}`, `{"usage":{"prompt_tokens":1000}}`, `{"usage":{"details":{"cached":600}}}`, `{"usage":null}`}, 0.000575, true},
		{"nothing came", odd, nil, 0, false},
		{"nothing is required, nothing is there", loose, []string{`{}`}, 0, false},
		{"nothing is required", loose, []string{`{"a":3000000}`}, 3, true},
		{"free", loose, []string{`{"a":2,"b":1}`}, 0, true},
		{"discounts are more than the price", loose, []string{`{"a":1e6,"b":1e6}`}, 0, false},
		{"endless", loose, []string{`{"a":1e999}`}, 0, false},
		{"no tariff", nil, []string{`{"a":1}`}, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.tariff.Read()
			var a document.Arena
			for _, answer := range tt.answers {
				a.Reset()
				root, err := a.Parse([]byte(answer))
				if err != nil {
					t.Fatal(err)
				}
				r.Look(&a, root)
			}
			if got, known := r.Cost(); math.Abs(got-tt.want) > 1e-12 || known != tt.known {
				t.Errorf("got %v, %v, want %v, %v", got, known, tt.want, tt.known)
			}
		})
	}
}

// TestTariffOfModel: a model with a tariff is no free one, and is estimated only if it says by what.
func TestTariffOfModel(t *testing.T) {
	parts := []Part{{"/n", 1, true}}
	l := newList(t, map[string]Price{"m": {Tariff: &Tariff{Parts: parts}}, "e-*": {Input: 2, Output: 3, Tariff: &Tariff{Parts: parts, Estimated: true}}, "plain": {Input: 1}})
	if _, known := l.Of("m"); known || l.Tariff("m") == nil {
		t.Error("m is estimated by nothing")
	}
	if p, known := l.Of("e-1"); !known || p.Input != 2 || p.Free() || l.Tariff("e-1") == nil {
		t.Errorf("got %+v, %v", p, known)
	}
	if l.Tariff("plain") != nil || l.Tariff("unknown") != nil || (*List)(nil).Tariff("m") != nil {
		t.Error("a tariff of nobody")
	}
}

func TestTariffErrors(t *testing.T) {
	many := make([]Part, MaxParts+1)
	for _, tt := range []struct {
		name  string
		parts []Part
		want  string
	}{
		{"none", nil, "0 JSON pointers, expected 1 to 32"},
		{"too many", many, "33 JSON pointers"},
		{"no pointer", []Part{{"", 1, true}}, `"" is no JSON pointer`},
		{"a name", []Part{{"usage", 1, true}}, `"usage" is no JSON pointer, expected one such as /usage/prompt_tokens`},
		{"wrong escape", []Part{{"/a~2b", 1, true}}, "is no JSON pointer"},
		{"twice", []Part{{"/a~1b~0", 1, true}, {"/a~1b~0", 2, false}}, "/a~1b~0 is given twice"},
		{"no number", []Part{{"/a", math.NaN(), true}}, "/a costs no number"},
		{"too much", []Part{{"/a", Max + 1, true}}, "/a costs 1.000001e+06"},
		{"too little", []Part{{"/a", -Max - 1, true}}, "expected an amount per million"},
		{"discounts only", []Part{{"/a", -1, true}, {"/b", 0, true}}, "nothing costs more than 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := New(map[string]Price{"m": {Tariff: &Tariff{Parts: tt.parts}}}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
