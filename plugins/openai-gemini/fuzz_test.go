package openaigemini

import (
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// corpus gives the texts of one part of all goldens to f.
func corpus(f *testing.F, part string) {
	f.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("finding testdata/*.txtar: %v", err)
	}
	seed := uint64(0)
	for _, file := range files {
		_, all := readGoldens(f, file)
		for _, g := range all {
			for line := range strings.Lines(g.part[part]) {
				f.Add(line, seed)
				seed++
			}
		}
	}
}

// mutate changes a JSON value somewhere: another type, null, empty, left out, doubled, unknown members.
func mutate(r *rand.Rand, v any) any {
	if r.IntN(8) == 0 {
		return [...]any{nil, true, "", "x", -1.5, 1e300, []any{}, map[string]any{}, []any{nil}, map[string]any{"type": 7}, "\ufffd\u2028"}[r.IntN(11)]
	}
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 || r.IntN(6) == 0 {
			v["unknown\n"] = []any{1}
			return v
		}
		n := r.IntN(len(v))
		for k, member := range v { // any order will do
			if n--; n >= 0 {
				continue
			}
			if r.IntN(8) == 0 {
				delete(v, k)
			} else {
				v[k] = mutate(r, member)
			}
			break
		}
		return v
	case []any:
		if len(v) == 0 || r.IntN(6) == 0 {
			return append(v, v...)
		}
		i := r.IntN(len(v))
		v[i] = mutate(r, v[i])
		return v
	}
	return v
}

// mutants yields the text as it is and mutated.
func mutants(text string, seed uint64, f func(mutant string)) {
	var v any
	if !utf8.ValidString(text) || json.Unmarshal([]byte(text), &v) != nil {
		return // the gateway never hands out what is no JSON
	}
	f(text)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 4 {
		v = mutate(r, v)
		b, err := json.Marshal(v)
		if err != nil {
			return
		}
		f(string(b))
	}
}

// FuzzRequest translates mutated requests: the result is a request for Gemini or a 400 that says where.
func FuzzRequest(f *testing.F) {
	corpus(f, "client")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		g := golden{part: map[string]string{"set": "model " + [...]string{"gemini-2.0-flash", "gemini-2.5-pro", "gemini-3-pro", "gemini-3.6-flash"}[seed%4]}}
		p := g.open(t)
		mutants(text, seed, func(mutant string) {
			r := p.NewExchange().Request(mutant)
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
	corpus(f, "answer")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		g := golden{part: map[string]string{}}
		p := g.open(t)
		mutants(text, seed, func(mutant string) {
			x := p.NewExchange()
			x.Request(defaultClient)
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
	corpus(f, "events")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		g := golden{part: map[string]string{}}
		p := g.open(t)
		x := p.NewExchange()
		x.Request(`{"messages":[{"role":"user","content":"hi"}],"stream_options":{"include_usage":true}}`)
		r := x.Event(`{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}`)
		stream := r.Events
		mutants(text, seed, func(mutant string) {
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
