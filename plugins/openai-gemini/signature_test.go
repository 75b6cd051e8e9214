package openaigemini

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

const (
	signedCall = `{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"c2lnbmF0dXJl"},{"functionCall":{"name":"g","args":{}}}]},"finishReason":"STOP"}],"responseId":"r1","modelVersion":"gemini-3-pro"}`
	standIn    = "skip_thought_signature_validator"
)

// nextTurn is the client's second request: it repeats the message of the answer, as its SDK keeps it, with
// a result for each call.
func nextTurn(t *testing.T, answer string, keeps bool) string {
	t.Helper()
	var a struct {
		Choices []struct {
			Message map[string]any
		}
	}
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		t.Fatal(err)
	}
	message := a.Choices[0].Message
	if !keeps {
		delete(message, "extra_content")
	}
	messages := []any{map[string]any{"role": "user", "content": "?"}, message}
	for _, v := range message["tool_calls"].([]any) {
		call := v.(map[string]any)
		if !keeps {
			delete(call, "extra_content")
		}
		messages = append(messages, map[string]any{"role": "tool", "tool_call_id": call["id"], "content": "1"})
	}
	b, err := json.Marshal(map[string]any{"messages": messages})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestSignaturesComeBack has a conversation of two turns with clients that keep what they do not know and
// with those that drop it, under every carrier.
func TestSignaturesComeBack(t *testing.T) {
	tests := []struct {
		name, set string
		keeps     bool  // the client keeps members that it does not know
		later     int64 // milliseconds until the second turn
		other     bool  // the second turn comes from another caller
		want      string
	}{
		{"kept by the client", "", true, 0, false, "c2lnbmF0dXJl"},
		{"dropped by the client", "", false, 0, false, "c2lnbmF0dXJl"},
		{"dropped, and its time is over", `config {"signature_ttl":"10m"}`, false, 11 * 60_000, false, standIn},
		{"dropped, and within its time", `config {"signature_ttl":"10m"}`, false, 9 * 60_000, false, "c2lnbmF0dXJl"},
		{"dropped, and asked for by another caller", "", false, 0, true, standIn},
		{"in the id", `config {"signature_carrier":"id"}`, false, 48 * 3600_000, false, "c2lnbmF0dXJl"},
		{"dropped by a client of Ollama's", "dialect ollama.chat", false, 0, false, "c2lnbmF0dXJl"},
		{"in the store", `config {"signature_carrier":"store"}`, false, 0, false, "c2lnbmF0dXJl"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := toGemini.Open(t, test.set+"\nmodel gemini-3-pro\nkey.id alice")
			p.Request(toGemini.Request)
			answer := p.Response(signedCall)
			if answer.Err != nil || answer.Rejection != nil {
				t.Fatal(answer.Err, answer.Rejection)
			}
			p.Now += test.later
			x := codectest.NewExchange(p)
			if test.other {
				x.Attributes["key.id"] = "bob"
			}
			r := x.Request(nextTurn(t, answer.JSON, test.keeps))
			if r.Err != nil || r.Rejection != nil {
				t.Fatal(r.Err, r.Rejection)
			}
			if n := strings.Count(r.JSON, "thoughtSignature"); n != 1 || !strings.Contains(r.JSON, `"thoughtSignature":"`+test.want+`"`) {
				t.Errorf("upstream gets %s\nwant the signature %s once", r.JSON, test.want)
			}
			if strings.Contains(r.JSON, "__thought__") {
				t.Errorf("upstream gets an id with a signature in it: %s", r.JSON)
			}
		})
	}
}

// TestSignaturesAreKeptApart looks into the store: its names tell nothing, and models that insist on no
// signature leave nothing there.
func TestSignaturesAreKeptApart(t *testing.T) {
	p := toGemini.Open(t, "model gemini-3-pro\nkey.id alice")
	p.Request(toGemini.Request)
	p.Response(strings.Replace(signedCall, `"name":"f"`, `"name":"f","id":"call-of-alice"`, 1))
	keys := p.Keys()
	if len(keys) != 1 || strings.Contains(keys[0], "alice") {
		t.Errorf("the store has %q: want one entry that names nobody", keys)
	}
	p = toGemini.Open(t, "model gemini-2.5-flash")
	p.Request(toGemini.Request)
	p.Response(signedCall)
	if keys := p.Keys(); len(keys) != 0 {
		t.Errorf("the store has %q: want nothing", keys)
	}
	p = toGemini.Open(t, "model gemini-3-pro")
	p.Request(toGemini.Request)
	p.Response(strings.Replace(signedCall, "c2lnbmF0dXJl", strings.Repeat("QUJD", 20_000), 1))
	if keys := p.Keys(); len(keys) != 0 {
		t.Errorf("the store has a signature of 80 KB")
	}
}

// TestSignaturesThroughGeminiClients has two turns of a client of Gemini's with a provider behind another
// codec, whose opaque values travel in Gemini's signatures.
func TestSignaturesThroughGeminiClients(t *testing.T) {
	tests := []struct{ name, message, want string }{
		{"thinking blocks with a call", `{"role":"assistant","content":null,"thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"EqQ+/="},{"type":"redacted_thinking","data":"x"}],"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}`,
			`"thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"EqQ+/="},{"type":"redacted_thinking","data":"x"}]`},
		{"thinking blocks with text", `{"role":"assistant","content":"é","thinking_blocks":[{"type":"thinking","thinking":"","signature":"é"}]}`, `"thinking_blocks":[{"type":"thinking","thinking":"","signature":"é"}]`},
		{"gemini's own with a call", `{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"c2ln"}}}]}`,
			`"extra_content":{"google":{"thought_signature":"c2ln"}}`},
		{"gemini's own with text", `{"role":"assistant","content":"a","extra_content":{"google":{"thought_signature":"c2ln"}}}`, `"extra_content":{"google":{"thought_signature":"c2ln"}}`},
	}
	for _, test := range tests {
		for _, streamed := range []bool{false, true} {
			name := test.name
			if streamed {
				name += ", streamed"
			}
			t.Run(name, func(t *testing.T) {
				p := toOpenAI.Open(t, "upstream.dialect anthropic.messages")
				p.Request(toOpenAI.Request)
				var parts []json.RawMessage
				if streamed {
					delta := strings.Replace(test.message, `"id":"a"`, `"index":0,"id":"a"`, 1)
					r := p.Event(`{"id":"1","choices":[{"index":0,"delta":` + delta + `,"finish_reason":"stop"}]}`)
					for _, e := range append(r.Events, p.EndOfStream().Events...) {
						parts = append(parts, partsOf(t, e.JSON)...)
					}
				} else {
					parts = partsOf(t, p.Response(`{"id":"1","choices":[{"index":0,"message":`+test.message+`,"finish_reason":"stop"}]}`).JSON)
				}
				next := map[string]any{"contents": []any{
					map[string]any{"role": "user", "parts": []any{map[string]any{"text": "?"}}},
					map[string]any{"role": "model", "parts": parts},
					map[string]any{"role": "user", "parts": []any{answerTo(test.message)}},
				}}
				b, err := json.Marshal(next)
				if err != nil {
					t.Fatal(err)
				}
				r := codectest.NewExchange(p).Request(string(b))
				if r.Err != nil || r.Rejection != nil || !strings.Contains(r.JSON, test.want) {
					t.Errorf("next turn: %v %v %s\nwant %s", r.Err, r.Rejection, r.JSON, test.want)
				}
			})
		}
	}
}

func partsOf(t *testing.T, answer string) []json.RawMessage {
	t.Helper()
	var a struct {
		Candidates []struct {
			Content struct{ Parts []json.RawMessage }
		}
	}
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		t.Fatal(err)
	}
	return a.Candidates[0].Content.Parts
}

func answerTo(message string) any {
	if strings.Contains(message, "tool_calls") {
		return map[string]any{"functionResponse": map[string]any{"id": "a", "name": "f", "response": map[string]any{}}}
	}
	return map[string]any{"text": "and?"}
}

func TestSignatureTTL(t *testing.T) {
	for _, bad := range []string{"0h", "h", "24", "1.5h", "-1h", "24 h", "1w"} {
		if longmentest.ConfigError(t, `{"signature_ttl":"`+bad+`"}`, longmentest.Named("openai-gemini")) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
