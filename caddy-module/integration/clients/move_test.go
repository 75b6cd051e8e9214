package clients

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/integration/clients/gateway"
)

// detour sends an SDK's requests below a path that can change.
type detour struct {
	headers
	path atomic.Value
}

func (d *detour) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Path = d.path.Load().(string) + r.URL.Path
	return d.headers.RoundTrip(r)
}

// TestMove: a tool loop begins at one provider and goes on at another, as it does when the first one fails.
// What the first one signed, and what the gateway sealed for the client, means nothing to the second, and
// must not make it refuse.
func TestMove(t *testing.T) {
	var app, handlers strings.Builder
	for _, u := range upstreams {
		fmt.Fprintf(&app, "\t\tprovider %s demo {\n\t\t\tdialect %s\n\t\t\tmodels {\n\t\t\t\t* %s\n\t\t\t}\n\t\t}\n", u, u, thinkers[u].model)
		fmt.Fprintf(&handlers, "\thandle_path /%s/* {\n\t\tllm_gateway {\n\t\t\troute {\n\t\t\t\tto %s\n\t\t\t}\n\t\t}\n\t}\n", u, u)
	}
	g := gateway.Start(t, app.String(), handlers.String())
	for _, c := range clients {
		for _, from := range upstreams {
			for _, to := range upstreams {
				if from == to {
					continue
				}
				t.Run(c.name+" from "+from+" to "+to, func(t *testing.T) {
					d := &detour{}
					s := scene{client: c, upstream: from, gateway: g, headers: &d.headers, begin: c.dial(g.URL, d), streamed: true}
					d.path.Store("/" + from)
					const user = "get_weather and get_time"
					conversation, a := s.ask(t, question{model: "any", text: user, tools: weatherTools, think: true})
					s.wantCalls(t, a, user)
					conversation.result(a.calls[0], output{text: "rain"})
					conversation.result(a.calls[1], output{text: "noon"})
					d.path.Store("/" + to)
					s.upstream = to
					wantResults(t, s.next(t, conversation), "rain", "noon")
				})
			}
		}
	}
}
