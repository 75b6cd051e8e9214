package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// TestMisspoken: an answer that is JSON and not its dialect's is the upstream's failure. Before anything of it was said the next candidate is
// asked, without one the client is told what is wrong.
func TestMisspoken(t *testing.T) {
	const well = `data: {"candidates":[{"content":{"role":"model","parts":[{"text":"first"}]},"index":0}]}` + "\r\n\r\n"
	const ill = `{"candidates":[{"content":{"role":"model","parts":"x"},"finishReason":"STOP"}]}`
	for _, tt := range []struct {
		name   string
		answer string // in Gemini's dialect
		stream bool
		code   string
		said   bool // a part has reached the client
	}{
		{"no parts", ill, false, "upstream_malformed", false},
		{"another API's", `{"choices":[]}`, false, "upstream_malformed", false},
		{"a call that the model got wrong", `{"candidates":[{"content":{"role":"model","parts":[]},"finishReason":"MALFORMED_FUNCTION_CALL"}]}`, false, "malformed_function_call", false},
		{"first event", "data: " + ill + "\r\n\r\n", true, "upstream_malformed", false},
		{"second event", well + "data: " + ill + "\r\n\r\n", true, "upstream_malformed", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			gemini := func() http.RoundTripper {
				return roundTrip(func(*http.Request) (*http.Response, error) {
					if tt.stream {
						return streamed(tt.answer), nil
					}
					return whole(tt.answer), nil
				})
			}
			body := ask
			if tt.stream {
				body = askStream
			}
			g, accounts := gatewayOf(t, upstreamOf(t, "ill", "gemini.generate", gemini()))
			w := post(g, chatPath, body)
			if a := (*accounts)[0]; !strings.Contains(w.Body.String(), tt.code) || (w.Code == 502) == tt.said || a.Outcome != usage.UpstreamError || len(a.Attempts) == 0 || a.Attempts[0].Class != failure.ServerError {
				t.Errorf("alone: %d %s, account %+v", w.Code, w.Body, a)
			}
			other := upstreamOf(t, "well", "openai.chat", roundTrip(func(*http.Request) (*http.Response, error) {
				if tt.stream {
					return streamed(delta("hello"), stop, "data: [DONE]\n\n"), nil
				}
				return whole(said), nil
			}))
			g, accounts = gatewayOf(t, upstreamOf(t, "ill", "gemini.generate", gemini()))
			g.Routes[0].Candidates = append(g.Routes[0].Candidates, &attempt.Candidate{Provider: other, Ways: codecs(t).Ways(other)})
			w = post(g, chatPath, body)
			if a := (*accounts)[0]; strings.Contains(w.Body.String(), "hello") == tt.said || strings.Contains(w.Body.String(), tt.code) != tt.said || (a.Outcome == usage.OK) == tt.said {
				t.Errorf("with another: %d %s, account %+v", w.Code, w.Body, a)
			}
		})
	}
}
