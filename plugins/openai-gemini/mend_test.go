package openaigemini

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
)

// TestMovesToGemini has an agent's session that began at another provider, behind the codec that keeps its
// signatures in envelopes or at one that knows none, and goes on at Gemini 3: that may refuse no signature.
func TestMovesToGemini(t *testing.T) {
	const call = `"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]`
	for _, message := range []string{
		`{"role":"assistant","content":"well",` + call + `}`,
		`{"role":"assistant","content":"well","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"EqQ"}],` + call + `}`,
	} {
		p := toOpenAI.Open(t, "upstream.dialect anthropic.messages")
		p.Request(toOpenAI.Request)
		parts := partsOf(t, p.Response(`{"id":"1","choices":[{"index":0,"message":`+message+`,"finish_reason":"tool_calls"}]}`).JSON)
		b, err := json.Marshal(map[string]any{"contents": []any{
			map[string]any{"role": "user", "parts": []any{map[string]any{"text": "?"}}},
			map[string]any{"role": "model", "parts": parts},
		}})
		if err != nil {
			t.Fatal(err)
		}
		r := mend.Open(t, "").Request(string(b))
		if r.Err != nil || r.Rejection != nil || strings.Count(r.JSON, "ignature") != 2 || strings.Count(r.JSON, `"thoughtSignature":"skip/thought/signature/validator"`) != 1 {
			t.Errorf("%v %v %s\nwant the stand-in once and no other signature", r.Err, r.Rejection, r.JSON)
		}
	}
}

// FuzzMend mends mutated requests: whatever their shape, what comes out is a document, or a 400 with its place.
func FuzzMend(f *testing.F) {
	mend.Corpus(f, "client")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := mend.Open(t, "")
		codectest.Mutants(text, seed, func(mutant string) {
			r := codectest.NewExchange(p).Request(mutant)
			if !refusedAt(t, mutant, r) && !json.Valid([]byte(r.JSON)) {
				t.Fatalf("%s\ngave %s", mutant, r.JSON)
			}
		})
	})
}
