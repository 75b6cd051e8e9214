package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// TestOneRecord: however an exchange ends, it has one account, and one record of an audit plugin that it came to: before routing of all
// whose caller is known, on a route of those that the route took in.
func TestOneRecord(t *testing.T) {
	error500 := refuse(500, "x")
	full := queue.New(queue.Limits{Concurrent: 1, Queue: 0})
	if _, ok := full.TryEnter(); !ok {
		t.Fatal("the gate has no place")
	}
	cut := roundTrip(func(*http.Request) (*http.Response, error) {
		return answered(200, "text/event-stream", broken{strings.NewReader(delta("first"))}), nil
	})
	blocking := strings.Replace(ask, "hi", mail, 1)
	for _, tt := range []struct {
		name, path, body string
		u                http.RoundTripper
		change           func(*Gateway)
		outcome          usage.Outcome
		records          int // of the plugin before routing and of the route's
	}{
		{"answer", chatPath, ask, serve, nil, usage.OK, 2},
		{"stream", chatPath, askStream, roundTrip(events(delta("first") + stop + "data: [DONE]\n\n")), nil, usage.OK, 2},
		{"other dialect", "/v1/messages", `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`, serve, nil, usage.OK, 2},
		{"upstream fails", chatPath, ask, error500, nil, usage.UpstreamError, 2},
		{"upstream refuses", chatPath, ask, refuse(400, "x"), nil, usage.ClientError, 2},
		{"first event fails", chatPath, askStream, roundTrip(events(`data: {"error":{"message":"no"}}` + "\n\n")), nil, usage.UpstreamError, 2},
		{"stream breaks off", chatPath, askStream, cut, nil, usage.UpstreamError, 2},
		{"client leaves", chatPath, askStream, roundTrip(func(r *http.Request) (*http.Response, error) {
			return answered(200, "text/event-stream", &waiting{first: delta("first"), upstream: r.Context()}), nil
		}), nil, usage.Aborted, 2},
		{"plugin refuses", chatPath, blocking, serve, func(g *Gateway) {
			g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, "redact", `{"mode":"block"}`))
		}, usage.Rejected, 2},
		{"no JSON", chatPath, "{", serve, nil, usage.ClientError, 1}, // the plugin before routing has seen that it cannot be read
		{"no place on the route", chatPath, ask, serve, func(g *Gateway) { g.Routes[0].Gate = full }, usage.Rejected, 1},
		{"no route", chatPath, ask, serve, func(g *Gateway) { g.Routes = nil }, usage.ClientError, 1},
		{"unknown caller", chatPath, ask, serve, func(g *Gateway) { g.Auth = auth.Keys(keyring(t, "nobody-knows-this-key")) }, usage.Rejected, 0},
		{"unknown path", "/v7/nothing", ask, serve, nil, usage.ClientError, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			audit := named(t, "audit", `{"bodies":true}`)
			g, accounts := gatewayOf(t, upstreamOf(t, "one", "openai.chat", tt.u), audit)
			g.Before, g.before = append(g.Before, audit), true
			if tt.change != nil {
				tt.change(g)
			}
			records.take()
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			r := httptest.NewRequest(http.MethodPost, tt.path, strings.NewReader(tt.body)).WithContext(ctx)
			w := http.ResponseWriter(&discard{h: http.Header{}})
			if tt.outcome == usage.Aborted {
				w = &leaving{discard{h: http.Header{}}, leave}
			}
			g.ServeHTTP(w, r)
			if len(*accounts) != 1 || (*accounts)[0].Outcome != tt.outcome {
				t.Fatalf("accounts %+v, want one of %s", *accounts, tt.outcome)
			}
			lines := records.take()
			if len(lines) != tt.records {
				t.Errorf("%d records, want %d: %s", len(lines), tt.records, lines)
			}
			for _, line := range lines {
				var record struct{ ID, Outcome string }
				if err := json.Unmarshal([]byte(line), &record); err != nil || record.ID != (*accounts)[0].ID || record.Outcome != string(tt.outcome) {
					t.Errorf("%v: %s", err, line)
				}
			}
		})
	}
}
