package clients

import (
	"fmt"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/integration/clients/gateway"
)

// clients are the SDKs that are driven.
var clients = []client{chatClient, responsesClient, anthropicClient, geminiClient, ollamaClient}

// upstreams are the wire formats that providers speak.
var upstreams = []string{"openai.chat", "openai.responses", "anthropic.messages", "gemini.generate", "ollama.chat"}

// behaviours are what an SDK's users count on, over every wire format.
var behaviours = []behaviour{
	{"two texts", text},
	{"two texts, streamed", streamed(text)},
	{"parallel tool calls and their results", calls},
	{"parallel tool calls and their results, streamed", streamed(calls)},
	{"tool that fails", failure},
	{"tool that gives an image", screenshot},
	{"structured output", structured},
	{"structured output, streamed", streamed(structured)},
	{"image", image},
	{"token limit", limit},
	{"token limit, streamed", streamed(limit)},
	{"stop sequence", stop},
	{"stop sequence, streamed", streamed(stop)},
	{"thinking kept in a tool loop", thinking},
	{"thinking kept in a tool loop, streamed", streamed(thinking)},
	{"error 400", refusal(400)},
	{"error 401", refusal(401)},
	{"error 404", refusal(404)},
	{"error 429", refusal(429)},
	{"error 500", refusal(500)},
	{"error 429, streamed", streamed(refusal(429))},
	{"model fails in its stream", breaks("demo-fails")},
	{"connection breaks in the stream", breaks("demo-breaks")},
}

// behaviour is a row of the table; run checks it in a cell.
type behaviour struct {
	name string
	run  func(t *testing.T, s scene)
}

// scene is a cell of the table: an SDK in front of a wire format.
type scene struct {
	client
	upstream string
	gateway  *gateway.Gateway
	headers  *headers
	begin    func(question) conversation
	streamed bool
}

// streamed is a behaviour of streamed answers.
func streamed(run func(*testing.T, scene)) func(*testing.T, scene) {
	return func(t *testing.T, s scene) {
		s.streamed = true
		run(t, s)
	}
}

// TestClients drives every SDK against every wire format. What a wire format cannot carry is in gaps, with
// what holds instead.
func TestClients(t *testing.T) {
	g := demos(t)
	for _, c := range clients {
		for _, upstream := range upstreams {
			h := &headers{}
			s := scene{client: c, upstream: upstream, gateway: g, headers: h, begin: c.dial(g.URL+"/"+upstream, h)}
			t.Run(c.name+" to "+upstream, func(t *testing.T) {
				for _, b := range behaviours {
					run := b.run
					if gap := gapOf(c, upstream, b.name); gap != nil {
						run = gap.instead
					}
					t.Run(b.name, func(t *testing.T) { run(t, s) })
				}
			})
		}
	}
}

// demos is a gateway with a demo model for each wire format, each below a path of its name. Who is limited has a key for
// each time: one that was told to wait gets nothing until then.
func demos(t *testing.T) *gateway.Gateway {
	t.Helper()
	var app, site strings.Builder
	for _, u := range upstreams {
		fmt.Fprintf(&app, "\t\tprovider %s demo {\n\t\t\tdialect %s\n\t\t}\n", u, u)
		fmt.Fprintf(&app, "\t\tprovider %s.limited demo {\n\t\t\tdialect %s\n\t\t\tapi_key", u, u)
		for i := range 100 {
			fmt.Fprintf(&app, " key-%d", i)
		}
		app.WriteString("\n\t\t}\n")
		fmt.Fprintf(&site, "\thandle_path /%s/* {\n\t\tllm_gateway {\n\t\t\troute limited `model == \"demo-error-429\"` {\n\t\t\t\tto %s.limited\n\t\t\t\tretry {\n"+
			"\t\t\t\t\ton rate_limit give_up\n\t\t\t\t}\n\t\t\t}\n\t\t\troute {\n\t\t\t\tto %s\n\t\t\t}\n\t\t}\n\t}\n", u, u, u)
	}
	return gateway.Start(t, app.String(), site.String())
}
