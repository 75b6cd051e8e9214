package openaigemini

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// FuzzToOpenAIRequest translates mutated requests: the result is a request that OpenAI takes or a 400 that
// says where.
func FuzzToOpenAIRequest(f *testing.F) {
	toOpenAI.Corpus(f, "client")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := toOpenAI.Open(t, [...]string{"", "upstream.dialect anthropic.messages", "upstream.quirks tool_images extra_content reasoning_content"}[seed%3])
		codectest.Mutants(text, seed, func(mutant string) {
			r := codectest.NewExchange(p).Request(mutant)
			if !refusedAt(t, mutant, r) {
				checkMessages(t, r.JSON)
			}
		})
	})
}

// refusedAt tells whether a request was refused, and fails when it was not done as it has to be.
func refusedAt(t *testing.T, request string, r longmentest.Result) bool {
	t.Helper()
	if r.Err != nil {
		t.Fatalf("%s\nfailed: %v", request, r.Err)
	}
	if r.Rejection != nil && (r.Rejection.Status != 400 || r.Rejection.Param == "" || r.Rejection.Message == "") {
		t.Fatalf("%s\nrejected with %+v: want a 400 with its place", request, *r.Rejection)
	}
	return r.Rejection != nil
}

// checkMessages holds a request against what OpenAI refuses: every call has its result right behind it, ids
// are short and stand once, names are clean.
func checkMessages(t *testing.T, text string) {
	t.Helper()
	type function struct {
		Name, Arguments string
	}
	var body struct {
		Model    string
		Messages []struct {
			Role       string
			Content    any
			ToolCallID string `json:"tool_call_id"`
			ToolCalls  []struct {
				ID, Type string
				Function function
			} `json:"tool_calls"`
		}
		Tools []struct {
			Type     string
			Function function
		}
	}
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	if len(body.Messages) == 0 || body.Model == "" {
		t.Fatalf("%s\nno messages or no model", text)
	}
	clean := func(name string) {
		if name == "" || len(name) > 64 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
			t.Fatalf("%s\nfunction name %q", text, name)
		}
	}
	for _, tool := range body.Tools {
		clean(tool.Function.Name)
	}
	var waiting []string
	seen := map[string]bool{}
	for i, m := range body.Messages {
		if m.Role == "tool" {
			at := slices.Index(waiting, m.ToolCallID)
			if at < 0 || m.Content == nil {
				t.Fatalf("%s\nmessage %d answers %q of %q", text, i, m.ToolCallID, waiting)
			}
			waiting = slices.Delete(waiting, at, at+1)
			continue
		}
		if len(waiting) > 0 {
			t.Fatalf("%s\nmessage %d stands before the results of %q", text, i, waiting)
		}
		if m.Content == nil && len(m.ToolCalls) == 0 || m.Content == "" {
			t.Fatalf("%s\nmessage %d says nothing", text, i)
		}
		for _, c := range m.ToolCalls {
			if c.ID == "" || len(c.ID) > 64 || seen[c.ID] || !json.Valid([]byte(c.Function.Arguments)) {
				t.Fatalf("%s\ncall %+v", text, c)
			}
			clean(c.Function.Name)
			seen[c.ID] = true
			waiting = append(waiting, c.ID)
		}
	}
	if len(waiting) > 0 {
		t.Fatalf("%s\n%q have no results", text, waiting)
	}
}

// FuzzToOpenAIResponse translates mutated answers: the result is an answer of Gemini's or a 502.
func FuzzToOpenAIResponse(f *testing.F) {
	toOpenAI.Corpus(f, "answer")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := toOpenAI.Open(t, "")
		codectest.Mutants(text, seed, func(mutant string) {
			x := codectest.NewExchange(p)
			x.Request(`{"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true}}}`)
			r := x.Response(mutant)
			switch {
			case r.Err != nil:
				t.Fatalf("%s\nfailed: %v", mutant, r.Err)
			case r.Rejection != nil:
				if r.Rejection.Status != 502 || r.Rejection.Message == "" {
					t.Fatalf("%s\nrejected with %+v: want a 502", mutant, *r.Rejection)
				}
			default:
				var v generated
				if err := json.Unmarshal([]byte(r.JSON), &v); err != nil || v.ResponseID == "" || len(v.Candidates) == 0 {
					t.Fatalf("%s\ngave %s", mutant, r.JSON)
				}
				for _, c := range v.Candidates {
					if c.FinishReason == "" || c.Content == nil || len(c.Content.Parts) == 0 {
						t.Fatalf("%s\ngave %s", mutant, r.JSON)
					}
				}
			}
		})
	})
}

// FuzzToOpenAIEvents streams mutated chunks: what comes out is a stream of Gemini's, perhaps cut off by a
// 502.
func FuzzToOpenAIEvents(f *testing.F) {
	toOpenAI.Corpus(f, "events")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := toOpenAI.Open(t, "")
		x := codectest.NewExchange(p)
		x.Request(toOpenAI.Request)
		r := x.Event(`{"id":"c1","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"a"}}]}`)
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
		decodeGemini(t, stream, r.Rejection == nil)
	})
}

// FuzzVectors embeds mutated requests and answers, in both directions.
func FuzzVectors(f *testing.F) {
	embeddings.Corpus(f, "client")
	embeddings.Corpus(f, "answer")
	embed.Corpus(f, "client")
	embed.Corpus(f, "answer")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		for _, c := range []*codectest.Codec{&embeddings, &embed} {
			p := c.Open(t, "")
			codectest.Mutants(text, seed, func(mutant string) {
				refusedAt(t, mutant, codectest.NewExchange(p).Request(mutant))
				x := codectest.NewExchange(p)
				x.Request(strings.Replace(c.Request, `"input"`, `"encoding_format":"base64","input"`, 1))
				r := x.Response(mutant)
				if r.Err != nil || r.Rejection != nil && r.Rejection.Status != 502 {
					t.Fatalf("%s\n%v %+v", mutant, r.Err, r.Rejection)
				}
				if r.Rejection == nil && !json.Valid([]byte(r.JSON)) {
					t.Fatalf("%s\ngave %s", mutant, r.JSON)
				}
			})
		}
	})
}
