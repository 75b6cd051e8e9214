package responseschat

import (
	"encoding/json"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// fuzzRequest translates mutated requests: the result is a request or a 400 that says where.
func fuzzRequest(f *testing.F, c *codectest.Codec, set []string, check func(t *testing.T, text string)) {
	c.Corpus(f, "client")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := c.Open(t, set[seed%uint64(len(set))])
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
				check(t, r.JSON)
			}
		})
	})
}

func FuzzRequestToChat(f *testing.F) {
	fuzzRequest(f, &toChatCodec, []string{"", "upstream.dialect gemini.generate", "upstream.quirks developer reasoning_content extra_content", `config {"custom_tools":"pass","web_search":"pass"}`}, func(t *testing.T, text string) {
		var body struct {
			Model    string
			Messages []struct {
				Role       string
				Content    json.RawMessage
				ToolCallID string                      `json:"tool_call_id"`
				ToolCalls  []struct{ ID, Type string } `json:"tool_calls"`
			}
			Tools []struct{ Type string }
		}
		if err := json.Unmarshal([]byte(text), &body); err != nil || len(body.Messages) == 0 {
			t.Fatalf("%s\n%v, %d messages", text, err, len(body.Messages))
		}
		for _, m := range body.Messages {
			if m.Content == nil || m.Role == "tool" != (m.ToolCallID != "") || m.ToolCalls != nil && (m.Role != "assistant" || len(m.ToolCalls) == 0) {
				t.Fatalf("%s\nmessage %+v", text, m)
			}
		}
	})
}

func FuzzRequestToResponses(f *testing.F) {
	fuzzRequest(f, &toResponsesCodec, []string{""}, func(t *testing.T, text string) {
		var body struct {
			Model string
			Input []struct{ Type, Role string }
			Store *bool
		}
		if json.Unmarshal([]byte(text), &body); body.Input == nil {
			t.Fatalf("%s\nno input", text)
		}
		for _, item := range body.Input {
			if item.Type == "" || (item.Type == "message") != (item.Role != "") {
				t.Fatalf("%s\nitem %+v", text, item)
			}
		}
	})
}

// FuzzMend leaves no envelope of the gateway's in the history's reasoning.
func FuzzMend(f *testing.F) {
	fuzzRequest(f, &mending, []string{""}, func(t *testing.T, text string) {
		var body struct {
			Input []struct {
				Type      any
				Encrypted any `json:"encrypted_content"`
			}
		}
		json.Unmarshal([]byte(text), &body)
		for _, item := range body.Input {
			if s, _ := item.Encrypted.(string); item.Type == "reasoning" && codec.Sealed(s) {
				t.Fatalf("%s\nitem %+v", text, item)
			}
		}
	})
}

// fuzzAnswer translates mutated answers: the result is an answer or a 502 that says why.
func fuzzAnswer(f *testing.F, c *codectest.Codec, client string, check func(t *testing.T, text string)) {
	c.Corpus(f, "answer")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := c.Open(t, "")
		codectest.Mutants(text, seed, func(mutant string) {
			x := codectest.NewExchange(p)
			x.Request(client)
			r := x.Response(mutant)
			switch {
			case r.Err != nil:
				t.Fatalf("%s\nfailed: %v", mutant, r.Err)
			case r.Rejection != nil:
				if r.Rejection.Status != 502 || r.Rejection.Message == "" {
					t.Fatalf("%s\nrejected with %+v: want a 502", mutant, *r.Rejection)
				}
			default:
				check(t, r.JSON)
			}
		})
	})
}

// everything is a request after which an answer has all that it can have.
const everything = `{"model":"m","input":"hi","store":false,"include":["message.output_text.logprobs"],"tools":[{"type":"custom","name":"apply_patch"},{"type":"namespace","name":"n","tools":[{"type":"function","name":"f"}]}]}`

func FuzzAnswerFromChat(f *testing.F) {
	fuzzAnswer(f, &toChatCodec, everything, func(t *testing.T, text string) {
		var r outResponse
		if err := json.Unmarshal([]byte(text), &r); err != nil || r.ID == "" || r.Status == "" || r.Output == nil {
			t.Fatalf("%v\n%s", err, text)
		}
	})
}

func FuzzAnswerFromResponses(f *testing.F) {
	fuzzAnswer(f, &toResponsesCodec, `{"messages":[{"role":"user","content":"hi"}],"logprobs":true}`, func(t *testing.T, text string) {
		var body struct {
			ID      string
			Choices []struct {
				FinishReason string `json:"finish_reason"`
			}
		}
		if err := json.Unmarshal([]byte(text), &body); err != nil || body.ID == "" || len(body.Choices) != 1 || body.Choices[0].FinishReason == "" {
			t.Fatalf("%v\n%s", err, text)
		}
	})
}

// fuzzEvents streams mutated events: what comes out is a stream of the client's dialect, perhaps cut off by
// a 502.
func fuzzEvents(f *testing.F, c *codectest.Codec, client, first string, check func(t testing.TB, stream []longmentest.Event, ended bool)) {
	c.Corpus(f, "events")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := c.Open(t, "")
		x := codectest.NewExchange(p)
		x.Request(client)
		r := x.Event(first)
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
		check(t, stream, r.Rejection == nil)
	})
}

func FuzzEventsFromChat(f *testing.F) {
	fuzzEvents(f, &toChatCodec, everything, `{"choices":[{"delta":{"content":"a"}}]}`,
		func(t testing.TB, stream []longmentest.Event, ended bool) { validate(t, stream, ended) })
}

func FuzzEventsFromResponses(f *testing.F) {
	fuzzEvents(f, &toResponsesCodec, `{"messages":[{"role":"user","content":"hi"}],"logprobs":true,"stream_options":{"include_usage":true}}`,
		`{"type":"response.created","response":{"id":"resp_a","created_at":1,"model":"m"}}`,
		func(t testing.TB, stream []longmentest.Event, ended bool) { decode(t, stream, ended) })
}
