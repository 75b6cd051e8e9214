package gateway

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
)

// TestCounts: the size of a prompt is asked of the provider that counts, in its own words or in others', and
// where none counts the gateway's own estimate is marked as such.
func TestCounts(t *testing.T) {
	anthropicAsk := `{"model":"m","system":"Be brief.","messages":[{"role":"user","content":"How many tokens has this text?"}],"tools":[{"name":"now","input_schema":{"type":"object","properties":{}}}]}`
	geminiAsk := `{"contents":[{"role":"user","parts":[{"text":"How many tokens has this text?"}]}]}`
	wholeAsk := `{"generateContentRequest":{"model":"models/m","systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"How many tokens has this text?"}]}]}}`
	for _, tc := range []struct {
		name, path, ask, speaks string
		answer                  string // "" is a provider that must not be asked
		url                     string
		sent                    []string
		member                  string
		want                    float64 // 0 is an estimate
	}{
		{"native", "/v1/messages/count_tokens", anthropicAsk, "anthropic.messages", `{"input_tokens": 42}`, "/v1/messages/count_tokens", []string{anthropicAsk}, "input_tokens", 42},
		{"native", "/v1beta/models/m:countTokens", geminiAsk, "gemini.generate", `{"totalTokens": 42}`, "/v1/models/m:countTokens", []string{geminiAsk}, "totalTokens", 42},
		{"translated", "/v1/messages/count_tokens?beta=true", anthropicAsk, "gemini.generate", `{"totalTokens":42,"promptTokensDetails":[]}`, "/v1/models/m:countTokens", []string{`"How many tokens has this text?"`, `"Be brief."`, `"functionDeclarations"`}, "input_tokens", 42},
		{"translated", "/v1beta/models/m:countTokens", geminiAsk, "anthropic.messages", `{"input_tokens":42}`, "/v1/messages/count_tokens", []string{`"model":"m"`, `How many tokens has this text?`}, "totalTokens", 42},
		{"translated", "/v1beta/models/m:countTokens", wholeAsk, "anthropic.messages", `{"input_tokens":42}`, "/v1/messages/count_tokens", []string{`Be brief.`, `How many tokens has this text?`}, "totalTokens", 42},
		{"estimated", "/v1/messages/count_tokens", anthropicAsk, "openai.chat", "", "", nil, "input_tokens", 0},
		{"estimated", "/v1/messages/count_tokens", anthropicAsk, "ollama.chat", "", "", nil, "input_tokens", 0},
		{"estimated", "/v1beta/models/m:countTokens", geminiAsk, "openai.chat", "", "", nil, "totalTokens", 0},
		{"estimated", "/v1beta/models/m:countTokens", wholeAsk, "ollama.chat", "", "", nil, "totalTokens", 0},
	} {
		t.Run(tc.name+" "+tc.path+" "+tc.speaks, func(t *testing.T) {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(tc.answer) }}
			g, accounts := gatewayOf(t, upstreamOf(t, "up", tc.speaks, u))
			w := post(g, tc.path, tc.ask)
			var v map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != 200 {
				t.Fatalf("%d %v %s", w.Code, err, w.Body)
			}
			got, estimate := number(v[tc.member]), w.Header().Get("X-Gateway-Estimate")
			if tc.want == 0 {
				if got < 5 || got > 60 || estimate != "1" || len(u.asked) > 0 || (*accounts)[0].Outcome != "ok" {
					t.Errorf("%s, estimate %q, asked %d times, outcome %s", w.Body, estimate, len(u.asked), (*accounts)[0].Outcome)
				}
				return
			}
			if got != tc.want || estimate != "" || len(w.Header()["X-Gateway-Warning"]) > 0 {
				t.Errorf("%s, estimate %q, warnings %q", w.Body, estimate, w.Header()["X-Gateway-Warning"])
			}
			if len(u.asked) != 1 || u.seen[0].URL.RequestURI() != tc.url {
				t.Fatalf("asked %v", u.seen)
			}
			for _, part := range tc.sent {
				if !strings.Contains(u.asked[0], part) {
					t.Errorf("sent %s, want %s in it", u.asked[0], part)
				}
			}
		})
	}
}

// TestCountErrors: a provider that counts and refuses is not replaced by an estimate.
func TestCountErrors(t *testing.T) {
	for _, speaks := range []string{"anthropic.messages", "gemini.generate"} {
		u := roundTrip(status(429, `{"type":"error","error":{"type":"rate_limit_error","code":429,"status":"RESOURCE_EXHAUSTED","message":"slow down"}}`))
		g, _ := gatewayOf(t, upstreamOf(t, "up", speaks, u))
		w := post(g, "/v1/messages/count_tokens", `{"model":"m","messages":[{"role":"user","content":"hi"}]}`)
		kind, message := refusalIn(t, "anthropic.messages", w.Body.String())
		if w.Code != 429 || kind != "rate_limit_error" || message != "slow down" || w.Header().Get("X-Gateway-Estimate") != "" {
			t.Errorf("%s: %d %s", speaks, w.Code, w.Body)
		}
	}
	// Nor is a request that is none.
	g, _ := gatewayOf(t, upstreamOf(t, "up", "openai.chat", &upstream{}))
	if w := post(g, "/v1/messages/count_tokens", `[]`); w.Code != 400 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestCountElsewhere: a route's provider that cannot count makes way for one that can.
func TestCountElsewhere(t *testing.T) {
	cannot := &upstream{}
	can := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(`{"input_tokens":42}`) }}
	g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", cannot))
	g.Routes[0].Candidates = []*attempt.Candidate{
		g.Routes[0].Candidates[0], candidate(t, upstreamOf(t, "two", "anthropic.messages", can)),
	}
	w := post(g, "/v1/messages/count_tokens", `{"model":"m","messages":[{"role":"user","content":"hi"}]}`)
	if w.Code != 200 || !strings.Contains(w.Body.String(), "42") || w.Header().Get("X-Gateway-Estimate") != "" || len(cannot.asked) > 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
