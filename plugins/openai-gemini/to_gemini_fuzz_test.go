package openaigemini

import (
	"encoding/json"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
)

// FuzzRequest translates mutated requests: the result is a request for Gemini or a 400 that says where.
func FuzzRequest(f *testing.F) {
	toGemini.Corpus(f, "client")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := toGemini.Open(t, "model "+[...]string{"gemini-2.0-flash", "gemini-2.5-pro", "gemini-3-pro", "gemini-3.6-flash"}[seed%4])
		codectest.Mutants(text, seed, func(mutant string) {
			r := codectest.NewExchange(p).Request(mutant)
			switch {
			case r.Err != nil:
				t.Fatalf("%s\nfailed: %v", mutant, r.Err)
			case r.Rejection != nil:
				if r.Rejection.Status != 400 || r.Rejection.Param == "" || r.Rejection.Message == "" {
					t.Fatalf("%s\nrejected with %+v: want a 400 with its place", mutant, *r.Rejection)
				}
			default:
				checkRequest(t, r.JSON)
			}
		})
	})
}

// checkRequest holds a request against what every Gemini refuses.
func checkRequest(t *testing.T, text string) {
	t.Helper()
	var body struct {
		Contents []struct {
			Role  string
			Parts []map[string]any
		}
	}
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	if len(body.Contents) == 0 {
		t.Fatalf("%s\nno contents", text)
	}
	for _, c := range body.Contents {
		if len(c.Parts) == 0 || c.Role != "user" && c.Role != "model" {
			t.Fatalf("%s\ncontent of role %q with %d parts", text, c.Role, len(c.Parts))
		}
		for _, p := range c.Parts {
			if p["text"] == "" {
				t.Fatalf("%s\nempty text", text)
			}
		}
	}
}

// FuzzResponse translates mutated answers: the result is an answer or a 502 that says where.
func FuzzResponse(f *testing.F) {
	toGemini.Corpus(f, "answer")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := toGemini.Open(t, "")
		codectest.Mutants(text, seed, func(mutant string) {
			x := codectest.NewExchange(p)
			x.Request(toGemini.Request)
			r := x.Response(mutant)
			switch {
			case r.Err != nil:
				t.Fatalf("%s\nfailed: %v", mutant, r.Err)
			case r.Rejection != nil:
				if r.Rejection.Status != 502 || r.Rejection.Message == "" {
					t.Fatalf("%s\nrejected with %+v: want a 502", mutant, *r.Rejection)
				}
			default:
				var body struct {
					ID      string
					Choices []struct {
						FinishReason string `json:"finish_reason"`
					}
				}
				if err := json.Unmarshal([]byte(r.JSON), &body); err != nil || body.ID == "" || len(body.Choices) == 0 || body.Choices[0].FinishReason == "" {
					t.Fatalf("%s\ngave %s", mutant, r.JSON)
				}
			}
		})
	})
}

// FuzzEvents streams mutated events: what comes out is a stream of OpenAI's, perhaps cut off by a 502.
func FuzzEvents(f *testing.F) {
	toGemini.Corpus(f, "events")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := toGemini.Open(t, "")
		x := codectest.NewExchange(p)
		x.Request(`{"messages":[{"role":"user","content":"hi"}],"stream_options":{"include_usage":true}}`)
		r := x.Event(`{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}`)
		stream := r.Events
		codectest.Mutants(text, seed, func(mutant string) {
			if r.Rejection != nil {
				return
			}
			if r = x.Event(mutant); r.Err != nil {
				t.Fatalf("%s\nfailed: %v", mutant, r.Err)
			}
			stream = append(stream, r.Events...)
		})
		if r.Rejection == nil {
			r = x.EndOfStream()
			stream = append(stream, r.Events...)
		}
		if r.Err != nil || r.Rejection != nil && r.Rejection.Status != 502 {
			t.Fatalf("error %v, rejection %+v", r.Err, r.Rejection)
		}
		decode(t, stream, r.Rejection == nil)
	})
}
