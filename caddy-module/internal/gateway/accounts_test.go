package gateway

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// TestAccounts: tokens are counted as the provider says, of every stream, read or not, whichever client it goes to.
func TestAccounts(t *testing.T) {
	for _, rec := range recordings(t) {
		said := clientOf(rec.speaks).decode(rec.stream).said
		if said.Finish == "error" || said.Usage == "" {
			continue
		}
		var prompt, cached, completion, reasoning int64
		if _, err := fmt.Sscanf(said.Usage, "%d in, of them %d cached; %d out, of them %d reasoning", &prompt, &cached, &completion, &reasoning); err != nil {
			t.Fatalf("%s: %v", said.Usage, err)
		}
		for _, c := range clients {
			for _, plugin := range []string{"", "redact"} {
				u := &upstream{answer: func(int, *http.Request, string) *http.Response { return wire(rec.speaks, rec.stream) }}
				g, accounts := gatewayOf(t, upstreamOf(t, "up", rec.speaks, u))
				if plugin != "" {
					g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, plugin, ""))
				}
				post(g, c.path, conversation(c.dialect))
				a := (*accounts)[0]
				got := a.Tokens
				if got.Prompt != prompt || got.Completion != completion || got.Cached != cached || got.Reasoning != reasoning || got.Total != prompt+completion {
					t.Errorf("%s to %s %s: counted %+v, want %s", rec.name, c.name, plugin, got, said.Usage)
				}
				if a.Outcome != usage.OK || a.UpstreamDialect != rec.speaks || a.Dialect != c.dialect {
					t.Errorf("%s to %s %s: %+v", rec.name, c.name, plugin, a)
				}
			}
		}
	}
}

// TestLeavingClients: a client that goes away ends the provider's stream, in every translation.
func TestLeavingClients(t *testing.T) {
	for _, rec := range recordings(t) {
		if !strings.HasSuffix(rec.name, "-text") && !strings.HasSuffix(rec.name, "_text") && rec.name != "ollama_tools" && rec.name != "responses_tools" {
			continue
		}
		events, err := clientOf(rec.speaks).frames(rec.stream)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range clients {
			t.Run(rec.name+" to "+c.name, func(t *testing.T) {
				ctx, leave := context.WithCancel(context.Background())
				defer leave()
				body := &waiting{ctx: ctx, first: join(t, rec.speaks, events[:len(events)*2/3])}
				u := roundTrip(func(r *http.Request) (*http.Response, error) {
					body.upstream = r.Context()
					resp := wire(rec.speaks)
					resp.Body = io.NopCloser(body)
					return resp, nil
				})
				g, accounts := gatewayOf(t, upstreamOf(t, "up", rec.speaks, u))
				r := httptest.NewRequest("POST", c.path, strings.NewReader(conversation(c.dialect))).WithContext(ctx)
				g.ServeHTTP(&leaving{discard{h: http.Header{}}, leave}, r)
				if body.upstream.Err() == nil {
					t.Error("the upstream request goes on")
				}
				if a := (*accounts)[0]; a.Outcome != usage.Aborted {
					t.Errorf("account = %+v", a)
				}
			})
		}
	}
}
