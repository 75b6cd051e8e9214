package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
)

// saidAnthropic and saidOpenAI are what providers say of themselves in headers.
var (
	saidAnthropic = http.Header{
		"Request-Id":                           {"req_011"},
		"Anthropic-Ratelimit-Requests-Limit":   {"50"},
		"Anthropic-Ratelimit-Tokens-Remaining": {"39000"},
		"Anthropic-Ratelimit-Requests-Reset":   {"2025-11-20T00:53:50Z"}, // half a minute after the gateway's clock
		"Anthropic-Ratelimit-Tokens-Reset":     {"soon"},
		"Anthropic-Organization-Id":            {"org"},
		"X-Longmen-Provider":                   {"forged"},
		"X-Gateway-Warning":                    {"forged"},
		"X-Gateway-Estimate":                   {"forged"},
		"Set-Cookie":                           {"forged=1"},
	}
	saidOpenAI = http.Header{
		"X-Request-Id": {"req_o"}, "X-Ratelimit-Limit-Requests": {"60"}, "X-Ratelimit-Remaining-Tokens": {"149984"}, "X-Ratelimit-Reset-Requests": {"30s"},
		"Openai-Processing-Ms": {"12"},
	}
)

// TestAnswerHeaders: what a provider says of a request's id and of limits reaches the client in its own words, on
// whole and on streamed answers and on errors, and nothing that only the gateway may say.
func TestAnswerHeaders(t *testing.T) {
	for _, tc := range []struct {
		client, speaks string
		said           http.Header
		want           map[string]string // "" is none
	}{
		{"openai.chat", "anthropic.messages", saidAnthropic, map[string]string{"X-Request-Id": "req_011", "X-Ratelimit-Limit-Requests": "50", "X-Ratelimit-Remaining-Tokens": "39000", "X-Ratelimit-Reset-Requests": "30s", "X-Ratelimit-Reset-Tokens": "", "Request-Id": "", "Anthropic-Ratelimit-Requests-Limit": ""}},
		{"openai.responses", "anthropic.messages", saidAnthropic, map[string]string{"X-Request-Id": "req_011"}},
		{"anthropic.messages", "anthropic.messages", saidAnthropic, map[string]string{"Request-Id": "req_011", "Anthropic-Ratelimit-Requests-Limit": "50", "X-Ratelimit-Limit-Requests": ""}},
		{"anthropic.messages", "openai.chat", saidOpenAI, map[string]string{"Request-Id": "req_o", "Anthropic-Ratelimit-Requests-Limit": "60", "Anthropic-Ratelimit-Tokens-Remaining": "149984", "Anthropic-Ratelimit-Requests-Reset": "2025-11-20T00:53:50Z", "X-Ratelimit-Limit-Requests": ""}},
		{"openai.chat", "openai.chat", saidOpenAI, map[string]string{"X-Request-Id": "req_o", "X-Ratelimit-Reset-Requests": "30s"}},
		{"openai.chat", "openai.responses", saidOpenAI, map[string]string{"X-Request-Id": "req_o", "X-Ratelimit-Reset-Requests": "30s"}},
		{"gemini.generate", "anthropic.messages", saidAnthropic, map[string]string{"Request-Id": "", "Anthropic-Ratelimit-Requests-Limit": ""}},
	} {
		for _, kind := range []string{"whole", "stream", "error", "stream redact", "whole redact"} {
			t.Run(tc.client+" from "+tc.speaks+" "+kind, func(t *testing.T) {
				stream := strings.HasPrefix(kind, "stream")
				u := &upstream{answer: func(int, *http.Request, string) *http.Response {
					resp := whole(wordAnswer[tc.speaks])
					switch {
					case stream:
						resp = wire(tc.speaks, streamOf(t, tc.speaks))
					case kind == "error":
						resp = refusals[5].said(tc.speaks)
					}
					for name, values := range tc.said {
						resp.Header[name] = values
					}
					return resp
				}}
				g, _ := gatewayOf(t, upstreamOf(t, "up", tc.speaks, u))
				if strings.HasSuffix(kind, "redact") {
					g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, "redact", ""))
				}
				w := post(g, pathOf(tc.client, stream), conversationOf(tc.client, stream))
				if kind == "error" != (w.Code == 429) {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				for name, want := range tc.want {
					if got := w.Header().Get(name); got != want {
						t.Errorf("%s is %q, want %q", name, got, want)
					}
				}
				for name, values := range w.Header() {
					if strings.Contains(strings.Join(values, " "), "forged") {
						t.Errorf("%s: %s", name, values)
					}
				}
				if w.Header().Get("X-Longmen-Provider") != "up" {
					t.Errorf("headers %v", w.Header())
				}
			})
		}
	}
}

// conversationOf is conversation, streamed or not.
func conversationOf(dialect string, stream bool) string {
	ask := conversation(dialect)
	switch {
	case stream:
	case dialect == "ollama.chat":
		ask = strings.Replace(ask, "{", `{"stream":false,`, 1)
	default:
		ask = strings.Replace(strings.Replace(ask, `"stream_options":{"include_usage":true},`, "", 1), `"stream":true`, `"stream":false`, 1)
	}
	return ask
}

// TestForwardedHeaders: a provider gets those of the client's headers that are meant for its dialect.
func TestForwardedHeaders(t *testing.T) {
	sent := map[string]string{
		"Anthropic-Beta": "tools-2024", "Anthropic-Version": "2023-01-01", "Openai-Beta": "assistants=v2", "Openai-Organization": "org", "X-Goog-Api-Client": "genai/1",
		"Traceparent": "00-1", "X-Forwarded-For": "10.0.0.7", "X-App": "cli", "User-Agent": "cli/1", "Accept-Encoding": "br",
	}
	pairs(t, func(t *testing.T, client, speaks string) {
		u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(wordAnswer[speaks]) }}
		g, _ := gatewayOf(t, upstreamOf(t, "up", speaks, u))
		r := httptest.NewRequest("POST", pathOf(client, false), strings.NewReader(conversationOf(client, false)))
		for name, value := range sent {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if len(u.seen) != 1 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		h := u.seen[0].Header
		family, _, _ := strings.Cut(speaks, ".")
		for name := range sent {
			own := strings.EqualFold(name, family+"-Beta") || name == "Anthropic-Version" && family == "anthropic" || name == "X-Goog-Api-Client" && family == "gemini"
			// Codecs may set headers of their provider's, too.
			if got := h.Get(name); own && got != sent[name] && client == speaks || !own && got == sent[name] {
				t.Errorf("%s reached the provider as %q", name, got)
			}
		}
		if speaks == "anthropic.messages" && h.Get("Anthropic-Version") == "" {
			t.Error("no Anthropic-Version")
		}
	})
}

// TestOtherDialectTakesOver: when a provider of one dialect fails, one of another gets the client's request, not
// what the first was sent, and its answer says nothing of what the first would have lost.
func TestOtherDialectTakesOver(t *testing.T) {
	for _, client := range dialects {
		for _, first := range dialects {
			for _, second := range dialects {
				if first == second {
					continue
				}
				t.Run(client+" "+first+" "+second, func(t *testing.T) {
					one := roundTrip(func(*http.Request) (*http.Response, error) { return refusals[7].said(first), nil })
					two := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(wordAnswer[second]) }}
					p1, p2 := upstreamOf(t, "one", first, one), upstreamOf(t, "two", second, two)
					g, accounts := gatewayOf(t, p1)
					g.Routes[0].Candidates = []*attempt.Candidate{
						{Provider: p1, Model: upstreamModel[first], Ways: codecs(t).Ways(p1)}, {Provider: p2, Model: upstreamModel[second], Ways: codecs(t).Ways(p2)},
					}
					w := post(g, pathOf(client, false), askOf(toolAsk[client], false))
					if w.Code != 200 || len(two.asked) != 1 {
						t.Fatalf("%d %s", w.Code, w.Body)
					}
					_, want, _ := strings.Cut(readAsk(client, askOf(toolAsk[client], false)), "\n")
					if _, got, _ := strings.Cut(readAsk(second, two.asked[0]), "\n"); got != want {
						t.Errorf("asked\n%s\nwant\n%s", got, want)
					}
					heard, said := readAnswer(client, w.Body.String()), readAnswer(second, wordAnswer[second])
					if lost := said.said.lost(heard.said, second, client); lost != "" || len(heard.wrong) > 0 {
						t.Errorf("%s%s\n%s", lost, heard.wrong, w.Body)
					}
					if a := (*accounts)[0]; a.Provider != "two" || a.UpstreamDialect != second || len(a.Attempts) != 2 || a.Tokens.Prompt != 20 {
						t.Errorf("account = %+v", a)
					}
					if warnings := w.Header()["X-Gateway-Warning"]; len(warnings) > 0 && second != "ollama.chat" {
						t.Errorf("warns of %q", warnings)
					}
				})
			}
		}
	}
}
