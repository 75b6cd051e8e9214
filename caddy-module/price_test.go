package caddyllm

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
)

// TestPriceParts: what only a configuration in JSON can say wrong of prices that stand in answers.
func TestPriceParts(t *testing.T) {
	parts := []*PricePart{{Pointer: "/n", CostPerMillion: 1, Required: true}}
	half := 0.5
	for _, tt := range []struct {
		name  string
		price Price
		want  string
	}{
		{"good", Price{Parts: parts}, ""},
		{"good with an estimate", Price{Parts: parts, Estimate: &PriceEstimate{Input: 1, Output: 2}}, ""},
		{"of tokens, too", Price{Input: 1, Parts: parts}, "prices: m has prices of tokens and JSON pointers, expected one of them"},
		{"of cached tokens, too", Price{CachedInput: &half, Parts: parts}, "expected one of them"},
		{"estimate alone", Price{Input: 1, Estimate: &PriceEstimate{}}, "prices: m has an estimate and no JSON pointers"},
		{"null", Price{Parts: append(parts[:1:1], nil)}, "prices: m: part 2 is null"},
		{"estimate below nothing", Price{Parts: parts, Estimate: &PriceEstimate{Output: -1}}, "prices: m costs -1, expected an amount per million tokens from 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := Provider{Prices: map[string]*Price{"m": &tt.price}}
			l, err := p.priceList()
			if tt.want == "" {
				got, known := l.Of("m")
				if err != nil || l.Tariff("m") == nil || known != (tt.price.Estimate != nil) || known && (got.Estimate(1e6, 1e6) != 3 || got == price.Price{}) {
					t.Errorf("got %+v, %v, %v", got, known, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
