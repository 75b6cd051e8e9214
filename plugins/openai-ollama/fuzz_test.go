package openaiollama

import (
	"encoding/json"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
)

// all are the codecs, by the seed of a fuzzed input.
var all = []*codectest.Codec{&toOllama, &toOpenAI, &generate, &embed, &embeddings, &completions, &generated}

func corpus(f *testing.F, part string) {
	for _, c := range all {
		c.Corpus(f, part)
	}
}

// FuzzRequest translates mutated requests of every client's dialect in every direction: the result is a
// request or a 400 that says where.
func FuzzRequest(f *testing.F) {
	corpus(f, "client")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		for _, c := range all {
			p := c.Open(t, [...]string{"", "upstream.dialect gemini.generate", "upstream.quirks max_tokens top_k tool_images"}[seed%3])
			codectest.Mutants(text, seed, func(mutant string) {
				r := codectest.NewExchange(p).Request(mutant)
				switch {
				case r.Err != nil:
					t.Fatalf("%s: %s\nfailed: %v", c.Client, mutant, r.Err)
				case r.Rejection != nil:
					if r.Rejection.Status != 400 || r.Rejection.Param == "" || r.Rejection.Message == "" {
						t.Fatalf("%s: %s\nrejected with %+v: want a 400 with its place", c.Client, mutant, *r.Rejection)
					}
				default:
					checkRequest(t, c, r.JSON)
				}
			})
		}
	})
}

// checkRequest holds a request against what every server refuses.
func checkRequest(t *testing.T, c *codectest.Codec, text string) {
	t.Helper()
	var body struct {
		Model    string
		Stream   *bool
		Input    any
		Prompt   string
		Messages []struct {
			Role      string
			Content   any
			ToolCalls []struct {
				Function struct{ Arguments any }
			} `json:"tool_calls"`
		}
	}
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	if body.Model != c.Model {
		t.Fatalf("%s\nmodel %q, want %q", text, body.Model, c.Model)
	}
	if c == &embed || c == &embeddings {
		if body.Input == nil {
			t.Fatalf("%s\nno input", text)
		}
		return
	}
	if c == &generated {
		if body.Stream == nil || body.Prompt == "" {
			t.Fatalf("%s\nno prompt, or not said whether to stream", text)
		}
		return
	}
	if body.Stream == nil || len(body.Messages) == 0 {
		t.Fatalf("%s\nno messages, or not said whether to stream", text)
	}
	for _, m := range body.Messages {
		content, calls := false, true
		switch m.Content.(type) {
		case string:
			content = true
		case []any:
			content = c != &toOllama
		}
		for _, call := range m.ToolCalls {
			switch call.Function.Arguments.(type) {
			case string:
				calls = calls && c != &toOllama
			case map[string]any:
				calls = calls && c == &toOllama
			default:
				calls = false
			}
		}
		if m.Role == "" || !content || !calls {
			t.Fatalf("%s\nmessage %+v", text, m)
		}
	}
}

// FuzzResponse translates mutated answers: the result is an answer or a 502 that says where.
func FuzzResponse(f *testing.F) {
	corpus(f, "answer")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		for _, c := range all {
			p := c.Open(t, "")
			codectest.Mutants(text, seed, func(mutant string) {
				x := codectest.NewExchange(p)
				x.Request(c.Request)
				r := x.Response(mutant)
				switch {
				case r.Err != nil:
					t.Fatalf("%s: %s\nfailed: %v", c.Client, mutant, r.Err)
				case r.Rejection != nil:
					if r.Rejection.Status != 502 || r.Rejection.Message == "" {
						t.Fatalf("%s: %s\nrejected with %+v: want a 502", c.Client, mutant, *r.Rejection)
					}
				case !json.Valid([]byte(r.JSON)):
					t.Fatalf("%s: %s\ngave %s", c.Client, mutant, r.JSON)
				}
			})
		}
	})
}

// FuzzEvents streams mutated events: what comes out is a stream that the client can read, perhaps cut
// off by a 502.
func FuzzEvents(f *testing.F) {
	corpus(f, "events")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		for _, s := range streamed {
			x := codectest.NewExchange(s.codec.Open(t, ""))
			r := x.Request(s.codec.Request)
			stream := r.Events
			codectest.Mutants(text, seed, func(mutant string) {
				if r.Rejection != nil {
					return
				}
				if r = x.Event(mutant); r.Err != nil {
					t.Fatalf("%s: %s\nfailed: %v", s.name, mutant, r.Err)
				}
				stream = append(stream, r.Events...)
			})
			if r.Rejection == nil {
				r = x.EndOfStream()
				stream = append(stream, r.Events...)
			}
			if r.Err != nil || r.Rejection != nil && r.Rejection.Status != 502 {
				t.Fatalf("%s: error %v, rejection %+v", s.name, r.Err, r.Rejection)
			}
			if s.codec == &completions { // its choices go on as the upstream's do
				continue
			}
			s.decode(t, stream, r.Rejection == nil)
		}
	})
}
