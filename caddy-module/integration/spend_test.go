package integration

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fault"
)

// TestSpend: tokens and cost are what the provider counted, times what it asks for them, in any language, streamed or not, translated or not. Chinese
// is where gateways that count characters or words themselves go wrong.
func TestSpend(t *testing.T) {
	const input, output = 2.0, 10.0
	up := fault.New(t, nil)
	prices := "prices {\npriced 2 10\nmetered {\n/usage/prompt_tokens 2 required\n/usage/completion_tokens 10 required\n}\n}\n"
	c := start(t, "{\nllm_gateway {\n"+
		"provider chat {\nbase_url "+up.URL+"/v1\ndialect openai.chat\n"+prices+"}\n"+
		"provider claude {\npreset anthropic\nbase_url "+up.URL+"/v1\napi_key k\n"+prices+"}\n"+
		"provider gem {\npreset gemini\nbase_url "+up.URL+"/v1beta\napi_key k\n"+prices+"}\n"+
		"}\n}\n:8080 {\nllm_gateway {\nroute spending {\nto chat claude gem\n}\n}\n}\n")
	prompt := strings.Repeat("请把这段关于港口的报告概括成三句话。", 40)
	for _, tt := range []struct{ provider, model string }{{"chat", "priced"}, {"chat", "metered"}, {"claude", "priced"}, {"gem", "priced"}} {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.provider, " ", tt.model, " stream ", stream), func(t *testing.T) {
				c := c.in(t)
				before := c.metrics()
				const requests = 3
				for n := range requests {
					if a := c.ask(chat(tt.provider+"/"+tt.model, prompt+fault.NewID(n), stream)); a.text != fault.Text(fault.NewID(n)) {
						t.Fatalf("%d %s", a.status, a.body)
					}
				}
				after := c.metrics()
				labels := fmt.Sprintf(`model=%q,provider=%q,route="spending"`, tt.model, tt.provider)
				for name, want := range map[string]float64{
					`caddy_llm_gateway_tokens_total{gen_ai_token_type="input",` + labels + `}`:  requests * fault.PromptTokens,
					`caddy_llm_gateway_tokens_total{gen_ai_token_type="output",` + labels + `}`: requests * fault.CompletionTokens,
					`caddy_llm_gateway_cost_usd_total{` + labels + `}`:                          requests * (fault.PromptTokens*input + fault.CompletionTokens*output) / 1e6,
				} {
					if got := after[name] - before[name]; math.Abs(got-want) > 1e-9 {
						t.Errorf("%s: got %v, want %v", name, got, want)
					}
				}
			})
		}
	}
}
