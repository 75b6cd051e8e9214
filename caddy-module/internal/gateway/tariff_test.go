package gateway

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
)

// TestTariff: what an answer costs is read from it as the provider writes it, whole or streamed, passed through, read by plugins or translated, and the
// client has it as it would otherwise.
func TestTariff(t *testing.T) {
	const (
		tokens     = `{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100,"prompt_tokens_details":{"cached_tokens":600},"search_units":3}`
		claude     = `"id":"m","type":"message","role":"assistant","model":"c"`
		responses  = `"id":"r","object":"response","created_at":1,"model":"m","output":[{"type":"message","id":"i","role":"assistant","status":"completed","content":[{"type":"output_text","text":"hello","annotations":[]}]}]`
		candidates = `"candidates":[{"content":{"role":"model","parts":[{"text":"hello"}]},"finishReason":"STOP","index":0}],"modelVersion":"g"`
	)
	odd := []price.Part{{Pointer: "/usage/prompt_tokens", Price: 2, Required: true}, {Pointer: "/usage/prompt_tokens_details/cached_tokens", Price: -1}, {Pointer: "/usage/search_units", Price: 5000}}
	// 1000 · 2 − 600 · 1 + 3 · 5000, per million
	const cost = 0.0164
	ofTokens := []price.Part{{Pointer: "/usage/input_tokens", Price: 2, Required: true}, {Pointer: "/usage/output_tokens", Price: 10, Required: true}}
	ofGemini := []price.Part{{Pointer: "/usageMetadata/promptTokenCount", Price: 2, Required: true}, {Pointer: "/usageMetadata/candidatesTokenCount", Price: 10, Required: true}}
	chatAnswer := strings.Replace(said, `{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}`, tokens, 1)
	noUsage := strings.Replace(said, `,"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}`, "", 1)
	counts := `data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":` + tokens + "}\n\n" // for which the client has not asked
	chatStream := delta("hello") + stop + counts + "data: [DONE]\n\n"
	for _, tt := range []struct {
		name, speaks, answer string
		stream               bool
		parts                []price.Part
		want                 float64
		known                bool
	}{
		{"chat", "openai.chat", chatAnswer, false, odd, cost, true},
		{"chat stream", "openai.chat", chatStream, true, odd, cost, true},
		{"nothing counted", "openai.chat", noUsage, false, odd, 0, false},
		{"nothing counted in a stream", "openai.chat", delta("hello") + stop + "data: [DONE]\n\n", true, odd, 0, false},
		{"in the choice", "openai.chat", delta("x") + `data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":` + tokens + `}]}` + "\n\ndata: [DONE]\n\n", true, odd, cost, true},
		{"Anthropic", "anthropic.messages", `{` + claude + `,"content":[{"type":"text","text":"hello"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1000,"output_tokens":100}}`, false, ofTokens, 0.003, true},
		{"Anthropic stream", "anthropic.messages", "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{" + claude + `,"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1000,"output_tokens":1}}}` + "\n\n" +
			"event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n" +
			"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"hello\"}}\n\n" +
			"event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n" +
			"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":100}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
			true, ofTokens, 0.003, true},
		{"Responses", "openai.responses", `{` + responses + `,"status":"completed","usage":{"input_tokens":1000,"output_tokens":100,"total_tokens":1100}}`, false, ofTokens, 0.003, true},
		{"Responses stream", "openai.responses", "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":0,\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"delta\":\"hello\"}\n\n" +
			"event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":1,\"response\":{" + responses + `,"status":"completed","usage":{"input_tokens":1000,"output_tokens":100,"total_tokens":1100}}}` + "\n\n",
			true, ofTokens, 0.003, true},
		{"Gemini", "gemini.generate", `{` + candidates + `,"usageMetadata":{"promptTokenCount":1000,"candidatesTokenCount":100}}`, false, ofGemini, 0.003, true},
		{"Gemini stream", "gemini.generate", `data: {` + candidates + `,"usageMetadata":{"promptTokenCount":1000,"candidatesTokenCount":100}}` + "\r\n\r\n", true, ofGemini, 0.003, true},
	} {
		for _, client := range []string{"itself", "another", "itself, read"} {
			t.Run(tt.name+", "+client, func(t *testing.T) {
				u := &upstream{answer: func(int, *http.Request, string) *http.Response {
					if tt.stream {
						return streamed(tt.answer)
					}
					return whole(tt.answer)
				}}
				p := upstreamOf(t, "one", tt.speaks, u)
				list, err := price.New(map[string]price.Price{"*": {Tariff: &price.Tariff{Parts: tt.parts}}})
				if err != nil {
					t.Fatal(err)
				}
				p.Prices = list
				g, accounts := gatewayOf(t, p)
				speaks := tt.speaks
				switch {
				case client == "itself, read":
					g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, "redact", ""))
				case client == "another" && tt.speaks == "openai.chat":
					speaks = "anthropic.messages"
				case client == "another":
					speaks = "openai.chat"
				}
				w := post(g, pathOf(speaks, tt.stream), bodyOf(speaks, tt.stream))
				if w.Code != 200 || !strings.Contains(w.Body.String(), "hello") && tt.name != "in the choice" {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				if want := strings.Replace(tt.answer, counts, "", 1); client == "itself" && w.Body.String() != want {
					t.Errorf("the client got\n%s\nwant\n%s", w.Body, want)
				}
				if a := (*accounts)[0]; math.Abs(a.Cost-tt.want) > 1e-12 || a.Priced != tt.known {
					t.Errorf("got %v, %v, want %v, %v", a.Cost, a.Priced, tt.want, tt.known)
				}
			})
		}
	}
}

// bodyOf is a short request of a dialect.
func bodyOf(client string, stream bool) string {
	body := map[string]string{
		"openai.chat": ask, "openai.responses": `{"model":"m","input":"hi"}`, "gemini.generate": `{"contents":[{"parts":[{"text":"hi"}]}]}`,
		"anthropic.messages": `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`,
	}[client]
	if stream && client != "gemini.generate" {
		return `{"stream":true,` + body[1:]
	}
	return body
}

// TestTariffOfRaw: of raw calls that are billed by their own units the cost is read, too, and what is no JSON passes as it is, at an unknown cost.
func TestTariffOfRaw(t *testing.T) {
	const ranked = `{ "results":[ ], "meta":{"billed_units":{"search_units":2}} }`
	for _, tt := range []struct {
		name, contentType, answer string
		want                      float64
		known                     bool
	}{
		{"JSON", "application/json", ranked, 0.004, true},
		{"no JSON", "audio/mpeg", "\x00\x01" + ranked, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := upstreamOf(t, "one", "openai.chat", roundTrip(func(*http.Request) (*http.Response, error) {
				return answered(200, tt.contentType, strings.NewReader(tt.answer)), nil
			}))
			p.Prices, _ = price.New(map[string]price.Price{"rerank": {Tariff: &price.Tariff{Parts: []price.Part{{Pointer: "/meta/billed_units/search_units", Price: 2000, Required: true}}}}})
			g, accounts := gatewayOf(t, p)
			r := httptest.NewRequest(http.MethodPost, "/v1/rerank", strings.NewReader(`{"model":"rerank","query":"q","documents":["a"]}`))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			if w.Code != 200 || w.Body.String() != tt.answer {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if a := (*accounts)[0]; a.Cost != tt.want || a.Priced != tt.known {
				t.Errorf("got %v, %v, want %v, %v", a.Cost, a.Priced, tt.want, tt.known)
			}
		})
	}
}

// TestTariffOfTheOneThatAnswered: what a candidate that failed has counted is nobody's.
func TestTariffOfTheOneThatAnswered(t *testing.T) {
	tariff := func(pointer string) *price.List {
		l, err := price.New(map[string]price.Price{"*": {Tariff: &price.Tariff{Parts: []price.Part{{Pointer: pointer, Price: 1e6, Required: true}}}}})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	g, r, accounts := several(t, roundTrip(func(*http.Request) (*http.Response, error) {
		return whole(`{"error":{"message":"boom","code":"server_error"},"usage":{"prompt_tokens":5}}`), nil
	}), serve)
	r.Candidates[0].Provider.Prices, r.Candidates[1].Provider.Prices = tariff("/usage/prompt_tokens"), tariff("/usage/none")
	post(g, chatPath, ask)
	if a := (*accounts)[0]; a.Priced || a.Provider != "two" {
		t.Errorf("got %+v", a)
	}
}

// TestTariffAndBudget: a budget is charged with what stood in the answer, and where that is not known with what its tokens are expected to cost.
func TestTariffAndBudget(t *testing.T) {
	tariff := &price.Tariff{Parts: []price.Part{{Pointer: "/usage/search_units", Price: 1e6, Required: true}}, Estimated: true}
	prices, err := price.New(map[string]price.Price{"*": {Input: 1e6, Output: 1e6, Tariff: tariff}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, answer string
		want         int64 // in US dollars
	}{
		{"known", strings.Replace(said, `"prompt_tokens":3`, `"search_units":2,"prompt_tokens":3`, 1), 2},
		{"not known", said, 3 + 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := roundTrip(func(*http.Request) (*http.Response, error) { return whole(tt.answer), nil })
			g := withBudgets(t, u, budgetOf("money", budget.Limit{Unit: budget.Cost, Period: budget.Day, Amount: budget.Dollars(1e5)}))
			g.Routes[0].Candidates[0].Provider.Prices = prices
			if w := post(g.Gateway, chatPath, ask); w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if got := g.used(t); got[0] != budget.Dollars(float64(tt.want)) {
				t.Errorf("charged %d, want %d dollars", got[0], tt.want)
			}
		})
	}
}
