package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
)

// TestCost: an exchange costs what its tokens do, and an unknown price is not a free one.
func TestCost(t *testing.T) {
	const counted = `"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100,"prompt_tokens_details":{"cached_tokens":600}}`
	answer := strings.Replace(said, `"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}`, counted, 1)
	uncounted := strings.Replace(said, `,"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}`, "", 1)
	stream := delta("x") + stop + `data: {"choices":[],` + counted + "}\n\ndata: [DONE]\n\n"
	mine := map[string]price.Price{"m": {Input: 2, Output: 10, Cached: 1, Written: 2}}
	for _, tc := range []struct {
		name    string
		prices  map[string]price.Price
		answer  func() *http.Response
		plugins []string
		cost    float64
		known   bool
	}{
		{"passed through", mine, func() *http.Response { return whole(answer) }, nil, 0.0024, true},
		{"read", mine, func() *http.Response { return whole(answer) }, []string{"redact"}, 0.0024, true},
		{"streamed", mine, func() *http.Response { return streamed(stream) }, nil, 0.0024, true},
		{"streamed and read", mine, func() *http.Response { return streamed(stream) }, []string{"redact"}, 0.0024, true},
		{"other model", map[string]price.Price{"n": {Input: 2}}, func() *http.Response { return whole(answer) }, nil, 0, false},
		{"no prices", nil, func() *http.Response { return whole(answer) }, nil, 0, false},
		{"no count", mine, func() *http.Response { return whole(uncounted) }, nil, 0, false},
		{"no count, but free", map[string]price.Price{"*": {}}, func() *http.Response { return whole(uncounted) }, nil, 0, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return tc.answer() }}
			p := upstreamOf(t, "one", "openai.chat", u)
			if tc.prices != nil {
				list, err := price.New(tc.prices)
				if err != nil {
					t.Fatal(err)
				}
				p.Prices = list
			}
			g, accounts := gatewayOf(t, p)
			for _, name := range tc.plugins {
				g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, name, ""))
			}
			post(g, chatPath, ask)
			if a := (*accounts)[0]; a.Cost != tc.cost || a.Priced != tc.known {
				t.Errorf("got %v, %v, want %v, %v", a.Cost, a.Priced, tc.cost, tc.known)
			}
			if u.asked[0] != ask {
				t.Errorf("the upstream was asked %s", u.asked[0])
			}
		})
	}
}

// TestCostOfTheOneThatAnswered: a candidate that refused lends the next one no price.
func TestCostOfTheOneThatAnswered(t *testing.T) {
	dear := upstreamOf(t, "dear", "openai.chat", roundTrip(status(500, `{"error":{"message":"boom"}}`)))
	dear.Prices, _ = price.New(map[string]price.Price{"*": {Input: 100}})
	g, accounts := gatewayOf(t, dear)
	other := upstreamOf(t, "other", "openai.chat", roundTrip(func(*http.Request) (*http.Response, error) { return whole(said), nil }))
	g.Routes[0].Candidates = append(g.Routes[0].Candidates, candidate(t, other))
	post(g, chatPath, ask)
	if a := (*accounts)[0]; a.Priced || a.Provider != "other" {
		t.Errorf("got %+v", a)
	}
}
