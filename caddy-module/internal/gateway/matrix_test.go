package gateway

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// dialects are those that clients and providers of conversations speak.
var dialects = []string{"openai.chat", "openai.responses", "anthropic.messages", "gemini.generate", "ollama.chat"}

// pairs runs a test for every client of every provider.
func pairs(t *testing.T, f func(t *testing.T, client, provider string)) {
	for _, c := range dialects {
		for _, p := range dialects {
			t.Run(c+" to "+p, func(t *testing.T) { f(t, c, p) })
		}
	}
}

// only makes g lead to one model of a provider.
func only(t *testing.T, g *Gateway, p *provider.Provider, model string) {
	g.Routes[0].Candidates = []*attempt.Candidate{{Provider: p, Model: model, Ways: codecs(t).Ways(p)}}
}

// pathOf is where clients of a dialect ask.
func pathOf(dialect string, stream bool) string {
	if dialect == "gemini.generate" && !stream {
		return "/v1beta/models/m:generateContent"
	}
	return clientOf(dialect).path
}

// askOf is a request for a model, streamed or not.
func askOf(template string, stream bool) string {
	return strings.NewReplacer("$model", "m", "$stream", fmt.Sprint(stream)).Replace(template)
}

// TestWholeAnswers: the client reads what the provider said.
func TestWholeAnswers(t *testing.T) {
	for name, answers := range map[string]map[string]string{"words": wordAnswer, "calls": callAnswer} {
		t.Run(name, func(t *testing.T) {
			pairs(t, func(t *testing.T, client, speaks string) {
				u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(answers[speaks]) }}
				g, accounts := gatewayOf(t, upstreamOf(t, "up", speaks, u))
				only(t, g, upstreamOf(t, "up", speaks, u), upstreamModel[speaks])
				w := post(g, pathOf(client, false), askOf(toolAsk[client], false))
				if w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
					t.Fatalf("%d %s %s", w.Code, w.Header(), w.Body)
				}
				if client == speaks && w.Body.String() != answers[speaks] {
					t.Errorf("the answer has changed: %s", w.Body)
				}
				said, heard := readAnswer(speaks, answers[speaks]), readAnswer(client, w.Body.String())
				if len(said.wrong) > 0 && client == speaks {
					t.Fatalf("the test's own answer is wrong: %s", said.wrong)
				}
				if len(heard.wrong) > 0 {
					t.Errorf("the answer breaks its dialect's rules:\n%s\n%s", strings.Join(heard.wrong, "\n"), w.Body)
				}
				if lost := said.said.lost(heard.said, speaks, client); lost != "" {
					t.Errorf("%s\n%s", lost, w.Body)
				}
				a := (*accounts)[0]
				if a.Dialect != client || a.UpstreamDialect != speaks || a.UpstreamModel != upstreamModel[speaks] || a.Tokens.Prompt != 20 || a.Tokens.Completion != 9 {
					t.Errorf("account = %+v", a)
				}
			})
		})
	}
}

// TestToolRounds: the provider is asked what the client asked, calls and results in their places.
func TestToolRounds(t *testing.T) {
	for _, stream := range []bool{false, true} {
		t.Run(fmt.Sprintf("stream %t", stream), func(t *testing.T) {
			pairs(t, func(t *testing.T, client, speaks string) {
				u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(wordAnswer[speaks]) }}
				g, _ := gatewayOf(t, upstreamOf(t, "up", speaks, u))
				only(t, g, upstreamOf(t, "up", speaks, u), upstreamModel[speaks])
				w := post(g, pathOf(client, stream), askOf(toolAsk[client], stream))
				if len(u.asked) != 1 {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				want, got := readAsk(client, askOf(toolAsk[client], stream)), readAsk(speaks, u.asked[0])
				_, want, _ = strings.Cut(want, "\n")
				head, got, _ := strings.Cut(got, "\n")
				if got != want {
					t.Errorf("asked\n%s\nwant\n%s\nsent\n%s", got, want, u.asked[0])
				}
				choice := "required"
				if client == "ollama.chat" || speaks == "ollama.chat" {
					choice = "<nil>"
				}
				model, streams := upstreamModel[speaks], stream
				if speaks == "gemini.generate" {
					model, streams = "in the path", false
				}
				if need := fmt.Sprintf("model %s, stream %t, at most 500, temperature 0.5, choice %s, tools [now weather]", model, streams, choice); head != need {
					t.Errorf("asked %s\nwant  %s\nsent %s", head, need, u.asked[0])
				}
				if url := u.seen[0].URL.String(); url != urlOf(speaks, stream) {
					t.Errorf("asked at %s, want %s", url, urlOf(speaks, stream))
				}
				for _, warning := range w.Header()["X-Gateway-Warning"] {
					if speaks != "ollama.chat" || !strings.HasPrefix(warning, "tool_choice") && !strings.HasPrefix(warning, "toolConfig") {
						t.Errorf("warns of %s", warning)
					}
				}
			})
		})
	}
}

// urlOf is where a provider made by upstreamOf is asked.
func urlOf(speaks string, stream bool) string {
	path := map[string]string{
		"openai.chat": "/chat/completions", "openai.responses": "/responses", "anthropic.messages": "/messages", "ollama.chat": "/api/chat",
		"gemini.generate": "/models/gemini-2.5-flash:generateContent",
	}[speaks]
	if speaks == "gemini.generate" && stream {
		path = "/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
	}
	return "http://upstream.example/v1" + path
}
