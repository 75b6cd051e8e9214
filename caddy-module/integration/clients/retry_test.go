package clients

import (
	"context"
	"net/http"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/integration/clients/gateway"
)

// busy is how providers say that they are asked too much, and when to come back: in 7 seconds.
var busy = map[string]string{
	"openai.chat":        `{"error":{"message":"slow down","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}`,
	"openai.responses":   `{"error":{"message":"slow down","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}`,
	"anthropic.messages": `{"type":"error","error":{"type":"rate_limit_error","message":"slow down"},"request_id":"req_1"}`,
	"gemini.generate":    `{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"6.5s"}]}}`,
	"ollama.chat":        `{"error":"slow down"}`,
}

// TestRetryAfter: clients hear when to come back, in their own words and in the header that they wait by.
func TestRetryAfter(t *testing.T) {
	for _, upstream := range upstreams {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			if upstream != "gemini.generate" { // says it in the body
				w.Header().Set("Retry-After", "7")
			}
			reply(w, http.StatusTooManyRequests, busy[upstream])
		})
		g := gateway.Start(t, "\t\tprovider p {\n\t\t\tbase_url "+u.url+"/v1\n\t\t\tdialect "+upstream+"\n\t\t}", site("\t\troute {\n\t\t\tto p\n\t\t}"))
		for _, c := range clients {
			for _, streamed := range []bool{false, true} {
				name := c.name + " from " + upstream
				if streamed {
					name += ", streamed"
				}
				t.Run(name, func(t *testing.T) {
					h := &headers{}
					_, err := c.dial(g.URL, h)(question{model: "m", text: "hello", streamed: streamed}).next(context.Background())
					got := c.fault(err)
					if got == nil || got.status != 429 || got.kind != c.kinds[429].kind {
						t.Fatalf("error = %v, want the SDK's 429 %s", err, c.kinds[429].kind)
					}
					if retry := h.get("Retry-After"); len(retry) != 1 || retry[0] != "7" {
						t.Errorf("Retry-After = %q, want 7", retry)
					}
				})
			}
		}
	}
}
