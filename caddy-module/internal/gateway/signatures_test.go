package gateway

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
)

// signedAnswer calls two tools, with all that a provider wants to see again.
var signedAnswer = map[string]string{
	"gemini.generate":    `{"candidates":[{"content":{"parts":[{"text":"Hm.","thought":true},{"functionCall":{"id":"c1","name":"now","args":{}},"thoughtSignature":"c2lnbmVkIQ=="},{"functionCall":{"id":"c2","name":"weather","args":{"city":"Zürich"}}}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":20,"candidatesTokenCount":9,"totalTokenCount":29},"modelVersion":"gemini-3-pro","responseId":"r1"}`,
	"anthropic.messages": `{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"thinking","thinking":"Hm. <b> é","signature":"EqQBsig+/=="},{"type":"redacted_thinking","data":"EmwK+/=="},{"type":"tool_use","id":"c1","name":"now","input":{}},{"type":"tool_use","id":"c2","name":"weather","input":{"city":"Zürich"}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":20,"output_tokens":9}}`,
}

// signedModel wants its signatures back.
var signedModel = map[string]string{"gemini.generate": "gemini-3-pro", "anthropic.messages": "claude-sonnet-4-5"}

// signing is signedAnswer with calls of new names: what codecs remember of a call is of that one.
func signing(speaks string) string {
	n := calls.Add(1)
	return strings.NewReplacer(`"c1"`, fmt.Sprintf(`"c1_%d"`, n), `"c2"`, fmt.Sprintf(`"c2_%d"`, n)).Replace(signedAnswer[speaks])
}

var calls atomic.Int64

// signed is what of a request to a provider is signed, part by part of its last turn of the model.
func signed(speaks, body string) string {
	var v map[string]any
	_ = json.Unmarshal([]byte(body), &v)
	var out []string
	if speaks == "gemini.generate" {
		for _, content := range list(v["contents"]) {
			if content["role"] != "model" {
				continue
			}
			for _, part := range list(content["parts"]) {
				if part["thought"] == true {
					continue // may come back or not
				}
				if call := part["functionCall"]; call != nil || part["thoughtSignature"] != nil {
					out = append(out, literal(pick(call, "name"))+" "+literal(part["thoughtSignature"]))
				}
			}
		}
		return strings.Join(out, "; ")
	}
	for _, m := range list(v["messages"]) {
		if m["role"] != "assistant" {
			continue
		}
		for _, block := range list(m["content"]) {
			switch block["type"] {
			case "thinking":
				out = append(out, "thinking "+literal(block["thinking"])+" "+literal(block["signature"]))
			case "redacted_thinking":
				out = append(out, "redacted "+literal(block["data"]))
			case "tool_use":
				out = append(out, literal(block["name"]))
			}
		}
	}
	return strings.Join(out, "; ")
}

// wantSigned are the signatures as they have to come back.
var wantSigned = map[string]string{
	"gemini.generate":    `"now" "c2lnbmVkIQ=="; "weather" null`,
	"anthropic.messages": `thinking "Hm. \u003cb\u003e é" "EqQBsig+/=="; redacted "EmwK+/=="; "now"; "weather"`,
}

// loopAsk is a request with two tools, for thought, in each dialect; $ is where the history goes on.
var loopAsk = map[string]string{
	"openai.chat":        `{"model":"m","reasoning_effort":"high","messages":[{"role":"user","content":"hi"}$],"tools":[{"type":"function","function":{"name":"now"}},{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}`,
	"openai.responses":   `{"model":"m","store":false,"include":["reasoning.encrypted_content"],"reasoning":{"effort":"high"},"input":[{"role":"user","content":"hi"}$],"tools":[{"type":"function","name":"now"},{"type":"function","name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}]}`,
	"anthropic.messages": `{"model":"m","max_tokens":40000,"thinking":{"type":"enabled","budget_tokens":9000},"messages":[{"role":"user","content":"hi"}$],"tools":[{"name":"now","input_schema":{"type":"object"}},{"name":"weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}]}`,
	"gemini.generate":    `{"generationConfig":{"maxOutputTokens":40000,"thinkingConfig":{"includeThoughts":true,"thinkingBudget":9000}},"contents":[{"role":"user","parts":[{"text":"hi"}]}$],"tools":[{"functionDeclarations":[{"name":"now"},{"name":"weather","parameters":{"type":"OBJECT","properties":{"city":{"type":"STRING"}}}}]}]}`,
	"ollama.chat":        `{"model":"m","stream":false,"think":true,"messages":[{"role":"user","content":"hi"}$],"tools":[{"type":"function","function":{"name":"now"}},{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}`,
}

// goOn is the history after an answer: what the client sends back of it, and its tools' results.
func goOn(t *testing.T, dialect, answer string, forgetful bool) string {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(answer), &v); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	switch dialect {
	case "openai.responses":
		out := ""
		for _, item := range list(v["output"]) {
			out += "," + literal(item)
		}
		for _, item := range list(v["output"]) {
			if item["type"] == "function_call" {
				out += `,{"type":"function_call_output","call_id":` + literal(item["call_id"]) + `,"output":"ok"}`
			}
		}
		return out
	case "anthropic.messages":
		var results []string
		for _, block := range list(v["content"]) {
			if block["type"] == "tool_use" {
				results = append(results, `{"type":"tool_result","tool_use_id":`+literal(block["id"])+`,"content":"ok"}`)
			}
		}
		return `,{"role":"assistant","content":` + literal(v["content"]) + `},{"role":"user","content":[` + strings.Join(results, ",") + `]}`
	case "gemini.generate":
		content := list(v["candidates"])[0]["content"]
		var results []string
		for _, part := range list(pick(content, "parts")) {
			if call := part["functionCall"]; call != nil {
				results = append(results, `{"functionResponse":{"id":`+literal(pick(call, "id"))+`,"name":`+literal(pick(call, "name"))+`,"response":{"output":"ok"}}}`)
			}
		}
		return "," + literal(content) + `,{"role":"user","parts":[` + strings.Join(results, ",") + `]}`
	case "ollama.chat":
		out := "," + literal(v["message"])
		for _, call := range list(pick(v["message"], "tool_calls")) {
			out += `,{"role":"tool","tool_name":` + literal(pick(call, "function", "name")) + `,"content":"ok"}`
		}
		return out
	}
	message := list(v["choices"])[0]["message"].(map[string]any)
	calls := list(message["tool_calls"])
	if forgetful {
		message = map[string]any{"role": "assistant", "content": message["content"], "tool_calls": message["tool_calls"]}
		for _, call := range calls {
			delete(call, "extra_content")
		}
	}
	out := "," + literal(message)
	for _, call := range calls {
		out += `,{"role":"tool","tool_call_id":` + literal(call["id"]) + `,"content":"ok"}`
	}
	return out
}

// TestSignatureLoop: what a provider signed comes back to it in the next turn, through clients of every dialect.
func TestSignatureLoop(t *testing.T) {
	for _, tc := range []struct {
		client    string
		forgetful bool
		config    string
	}{
		{"openai.chat", false, ""},
		{"openai.chat", true, ""}, // the store has them
		{"openai.chat", true, `{"signature_carrier":"store"}`},
		{"openai.responses", false, ""},
		{"anthropic.messages", false, ""},
		{"gemini.generate", false, ""},
		{"ollama.chat", true, ""}, // likewise
	} {
		for speaks := range signedAnswer {
			name := tc.client + " to " + speaks + " " + tc.config
			if tc.forgetful {
				name += " forgetful"
			}
			t.Run(name, func(t *testing.T) {
				answer := signing(speaks)
				u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(answer) }}
				p := upstreamOf(t, "up", speaks, u)
				g, _ := gatewayOf(t, p)
				ways := configured(t, map[string]string{"openai-gemini": tc.config, "openai-anthropic": tc.config}).Ways(p)
				g.Routes[0].Candidates = []*attempt.Candidate{{Provider: p, Model: signedModel[speaks], Ways: ways}}
				ask := loopAsk[tc.client]
				w := post(g, pathOf(tc.client, false), strings.Replace(ask, "$", "", 1))
				if w.Code != 200 {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				if strings.Contains(tc.config, "store") && (strings.Contains(w.Body.String(), "c2lnbmVkIQ") || strings.Contains(w.Body.String(), "EqQBsig")) {
					t.Errorf("shown to the client: %s", w.Body)
				}
				w2 := post(g, pathOf(tc.client, false), strings.Replace(ask, "$", goOn(t, tc.client, w.Body.String(), tc.forgetful), 1))
				if w2.Code != 200 {
					t.Fatalf("%d %s\nafter %s", w2.Code, w2.Body, w.Body)
				}
				want := wantSigned[speaks]
				got := signed(speaks, u.asked[1])
				if tc.client == "ollama.chat" { // without a place for Gemini's signature
					got = strings.Replace(got, "skip_thought_signature_validator", "c2lnbmVkIQ==", 1)
				}
				if got != want {
					t.Errorf("came back\n%s, want\n%s\nanswer %s\nsent %s", got, want, w.Body, u.asked[1])
				}
				if warnings := w2.Header()["X-Gateway-Warning"]; len(warnings) > 0 {
					t.Errorf("warns of %q", warnings)
				}
			})
		}
	}
}

// TestSignatureInID: Gemini's signature in the call's id, for clients that keep nothing else.
func TestSignatureInID(t *testing.T) {
	answer := signing("gemini.generate")
	u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(answer) }}
	p := upstreamOf(t, "up", "gemini.generate", u)
	g, _ := gatewayOf(t, p)
	ways := configured(t, map[string]string{"openai-gemini": `{"signature_carrier":"id"}`}).Ways(p)
	g.Routes[0].Candidates = []*attempt.Candidate{{Provider: p, Model: "gemini-3-pro", Ways: ways}}
	ask := loopAsk["openai.chat"]
	w := post(g, chatPath, strings.Replace(ask, "$", "", 1))
	if !strings.Contains(w.Body.String(), "__thought__") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	post(g, chatPath, strings.Replace(ask, "$", goOn(t, "openai.chat", w.Body.String(), true), 1))
	if got := signed("gemini.generate", u.asked[1]); got != wantSigned["gemini.generate"] || strings.Contains(u.asked[1], "__thought__") {
		t.Errorf("came back %s\nsent %s", got, u.asked[1])
	}
}

// TestSignaturesLost: history whose signatures nobody knows is served all the same, and what that costs is told.
func TestSignaturesLost(t *testing.T) {
	for _, client := range dialects {
		for speaks, want := range map[string]string{
			"gemini.generate": `"weather" "skip_thought_signature_validator"; "now" null`, "anthropic.messages": `"weather"; "now"`,
		} {
			if client == speaks {
				continue // its own history
			}
			t.Run(client+" to "+speaks, func(t *testing.T) {
				u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(wordAnswer[speaks]) }}
				p := upstreamOf(t, "up", speaks, u)
				g, _ := gatewayOf(t, p)
				only(t, g, p, signedModel[speaks])
				// The calls of a provider that signs nothing.
				history := goOn(t, client, strings.NewReplacer("call_8", fmt.Sprint("call_8_", calls.Add(1)), "call_9", fmt.Sprint("call_9_", calls.Add(1))).Replace(callAnswer[client]), true)
				w := post(g, pathOf(client, false), strings.Replace(loopAsk[client], "$", history, 1))
				if len(u.asked) != 1 || w.Code != 200 {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				got := strings.NewReplacer("skip/thought/signature/validator", "skip_thought_signature_validator").Replace(signed(speaks, u.asked[0]))
				if got != want {
					t.Errorf("came %s, want %s: %s", got, want, u.asked[0])
				}
				warned := strings.Contains(strings.Join(w.Header()["X-Gateway-Warning"], " "), "think") || strings.Contains(strings.Join(w.Header()["X-Gateway-Warning"], " "), "reason")
				if thinks := strings.Contains(u.asked[0], `"thinking":{"type":"enabled"`); speaks == "anthropic.messages" && (thinks || !warned) {
					t.Errorf("thinks %t, warnings %q: %s", thinks, w.Header()["X-Gateway-Warning"], u.asked[0])
				}
			})
		}
	}
}

// TestSignaturesElsewhere: what one provider signed does not reach another, in translation or as it came.
func TestSignaturesElsewhere(t *testing.T) {
	for _, client := range []string{"openai.chat", "openai.responses", "anthropic.messages", "gemini.generate"} {
		for _, first := range []string{"gemini.generate", "anthropic.messages"} {
			for _, second := range dialects {
				if first == second {
					continue
				}
				for _, plugin := range []string{"", "redact"} {
					t.Run(client+" from "+first+" to "+second+" "+plugin, func(t *testing.T) {
						answers := map[string]string{first: signing(first)}
						speaks := first
						u := &upstream{answer: func(int, *http.Request, string) *http.Response {
							if answer := answers[speaks]; answer != "" {
								return whole(answer)
							}
							return whole(wordAnswer[speaks])
						}}
						p := upstreamOf(t, "up", first, u)
						g, _ := gatewayOf(t, p)
						only(t, g, p, signedModel[first])
						if plugin != "" {
							g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, plugin, ""))
						}
						ask := loopAsk[client]
						w := post(g, pathOf(client, false), strings.Replace(ask, "$", "", 1))
						history := goOn(t, client, w.Body.String(), false)
						speaks = second
						p = upstreamOf(t, "other", second, u)
						only(t, g, p, "m")
						w = post(g, pathOf(client, false), strings.Replace(ask, "$", history, 1))
						if len(u.asked) != 2 || w.Code != 200 {
							t.Fatalf("%d %s", w.Code, w.Body)
						}
						for _, foreign := range []string{"longmen.v1", "bG9uZ21lbi52MS", "c2lnbmVkIQ", "EqQBsig", "EmwK+"} {
							if strings.Contains(u.asked[1], foreign) && !mayPass(client, first, second, foreign) {
								t.Errorf("%s reached %s: %s", foreign, second, u.asked[1])
							}
						}
					})
				}
			}
		}
	}
}

// mayPass tells what a provider of the client's own dialect gets as it came: fields that the client was shown
// openly.
func mayPass(client, first, second, foreign string) bool {
	return client == "openai.chat" && client == second && !strings.HasPrefix(foreign, "longmen") ||
		client == first && client == second
}
