package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// TestStreamsAreCounted: a stream for which somebody pays tells its tokens, and a client that has not asked for that does not see it.
func TestStreamsAreCounted(t *testing.T) {
	const (
		asked   = `,"stream_options":{"include_usage":true}`
		unasked = `,"stream_options":{"include_usage":false,"x":1}`
		counts  = `data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}` + "\n\n"
		filter  = `data: {"choices":[],"prompt_filter_results":[{"prompt_index":0}]}` + "\n\n" // Azure's
	)
	of := func(options string) string {
		return `{"model":"m","stream":true` + options + `,"messages":[{"role":"user","content":"hi"}]}`
	}
	for _, tt := range []struct {
		name    string
		c       provider.Config
		prices  bool
		path    string
		body    string
		sent    string // to the provider
		sees    bool   // the client sees the counts
		counted bool
	}{
		{"priced", provider.Config{}, true, chatPath, of(""), strings.TrimSuffix(of(""), "}") + asked + "}", false, true},
		{"priced, and the client asks", provider.Config{}, true, chatPath, of(asked), of(asked), true, true},
		{"priced, and the client does not want it", provider.Config{}, true, chatPath, of(unasked), strings.Replace(of(unasked), "false", "true", 1), false, true},
		{"priced, in one piece", provider.Config{}, true, chatPath, ask, ask, false, true},
		{"priced, and the provider knows no options", provider.Config{Quirks: []string{"no_stream_options"}}, true, chatPath, of(""), of(""), false, false},
		{"legacy completions", provider.Config{}, true, "/v1/completions", `{"model":"m","stream":true,"prompt":"hi"}`, `{"model":"m","stream":true,"prompt":"hi"` + asked + "}", false, true},
		{"without prices", provider.Config{}, false, chatPath, of(""), of(""), false, false},
		{"without prices, and the client asks", provider.Config{}, false, chatPath, of(asked), of(asked), true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first := delta("hello")
			if tt.path != chatPath {
				first = `data: {"choices":[{"index":0,"text":"hello","finish_reason":"stop"}]}` + "\n\n"
			}
			u := &upstream{answer: func(_ int, _ *http.Request, body string) *http.Response {
				switch {
				case !strings.Contains(body, `"stream":true`):
					return whole(said)
				case strings.Contains(body, `"include_usage":true`):
					return streamed(filter, first, stop, counts, "data: [DONE]\n\n")
				}
				return streamed(filter, first, stop, "data: [DONE]\n\n")
			}}
			c := tt.c
			c.Name, c.BaseURL, c.Dialects, c.Transport = "p", "http://upstream.example/v1", []string{"openai.chat"}, u
			if tt.prices {
				var err error
				if c.Prices, err = price.New(map[string]price.Price{"*": {Input: 1, Output: 1}}); err != nil {
					t.Fatal(err)
				}
			}
			p, err := provider.New(c)
			if err != nil {
				t.Fatal(err)
			}
			g, accounts := gatewayOf(t, p)
			w := post(g, tt.path, tt.body)
			if w.Code != 200 || len(u.asked) != 1 || u.asked[0] != tt.sent {
				t.Errorf("%d, the provider was asked\n%q, want\n%q", w.Code, u.asked, tt.sent)
			}
			if tt.body != ask {
				want := filter + first + stop + "data: [DONE]\n\n"
				if tt.sees {
					want = filter + first + stop + counts + "data: [DONE]\n\n"
				}
				if w.Body.String() != want {
					t.Errorf("the client got\n%s\nwant\n%s", w.Body, want)
				}
			}
			if got := (*accounts)[0]; (got.Tokens != dialect.Usage{}) != tt.counted || got.Priced != (tt.counted && tt.prices) {
				t.Errorf("account %+v", got)
			}
		})
	}
}

// TestEachIsCountedAlike: who fails over from a provider with prices to one without asks each as it is.
func TestEachIsCountedAlike(t *testing.T) {
	ill := &upstream{answer: func(int, *http.Request, string) *http.Response {
		return answered(500, "application/json", strings.NewReader(`{"error":{"message":"no"}}`))
	}}
	well := &upstream{answer: func(int, *http.Request, string) *http.Response {
		return streamed(delta("hello"), stop, "data: [DONE]\n\n")
	}}
	first, second := upstreamOf(t, "priced", "openai.chat", ill), upstreamOf(t, "free", "openai.chat", well)
	priced(t, first, map[string]price.Price{"*": {Input: 1, Output: 1}})
	g, _ := gatewayOf(t, first)
	g.Routes[0].Candidates = append(g.Routes[0].Candidates, &attempt.Candidate{Provider: second, Ways: g.Routes[0].Candidates[0].Ways})
	if w := post(g, chatPath, askStream); w.Code != 200 || !strings.Contains(ill.asked[0], "include_usage") || well.asked[0] != askStream {
		t.Errorf("%d, asked %s and %s", w.Code, ill.asked, well.asked)
	}
}
