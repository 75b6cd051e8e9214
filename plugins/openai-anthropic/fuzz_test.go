package openaianthropic

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// fuzzRequest translates mutated requests: the result is a request for the provider or a 400 that says where.
func fuzzRequest(f *testing.F, c *codectest.Codec, check func(t *testing.T, text string), sets ...string) {
	c.Corpus(f, "client")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := c.Open(t, sets[seed%uint64(len(sets))])
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

func FuzzChatRequest(f *testing.F) {
	fuzzRequest(f, &toAnthropic, checkAnthropic, "model claude-sonnet-4-20250514", "model claude-opus-4-7", "model claude-3-haiku", "model claude-sonnet-4-5\ndialect openai.responses")
}

func FuzzMessagesRequest(f *testing.F) {
	fuzzRequest(f, &toOpenAI, checkOpenAI, "", "upstream.quirks max_tokens developer cache_control tool_images reasoning_content extra_content", "upstream.dialect gemini.generate", "model gpt-4o")
}

// checkAnthropic holds a request against what every Claude refuses.
func checkAnthropic(t *testing.T, text string) {
	t.Helper()
	var body struct {
		Model     string
		MaxTokens int64 `json:"max_tokens"`
		Messages  []struct {
			Role    string
			Content any
		}
		Thinking struct {
			Budget int64 `json:"budget_tokens"`
			Type   string
		}
		Tools []struct {
			Name   string
			Schema any `json:"input_schema"`
		}
	}
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	if body.Model == "" || body.MaxTokens < 1 || len(body.Messages) == 0 || body.Messages[0].Role != "user" {
		t.Fatalf("%s\nwant model, max_tokens and messages that the user begins", text)
	}
	used := map[string]bool{}
	var open map[string]bool
	for i, m := range body.Messages {
		answered := 0
		blocks, parts := m.Content.([]any)
		if s, ok := m.Content.(string); !parts && (!ok || strings.TrimSpace(s) == "" && len(s) < 64) || parts && len(blocks) == 0 || m.Role != "user" && m.Role != "assistant" {
			t.Fatalf("%s\nmessage %d is empty or nobody's", text, i)
		}
		others := false
		next := map[string]bool{}
		for _, v := range blocks {
			b := v.(map[string]any)
			switch b["type"] {
			case "text":
				if s, _ := b["text"].(string); s == "" {
					t.Fatalf("%s\nempty text", text)
				}
				others = true
			case "tool_use":
				id := b["id"].(string)
				if used[id] || m.Role != "assistant" || strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") != "" {
					t.Fatalf("%s\ntool_use with id %q", text, id)
				}
				if _, ok := b["input"].(map[string]any); !ok {
					t.Fatalf("%s\ninput is no object", text)
				}
				used[id], next[id] = true, true
			case "tool_result":
				id := b["tool_use_id"].(string)
				if !open[id] || others {
					t.Fatalf("%s\ntool_result %q out of place", text, id)
				}
				answered++
			default:
				others = true
			}
		}
		if answered != len(open) {
			t.Fatalf("%s\nmessage %d answers %d of %d calls", text, i, answered, len(open))
		}
		open = next
	}
	if len(used) > 0 && len(body.Tools) == 0 {
		t.Fatalf("%s\na history of calls without tools", text)
	}
}

// checkOpenAI holds a request against what OpenAI refuses.
func checkOpenAI(t *testing.T, text string) {
	t.Helper()
	var body struct {
		Model    string
		Messages []struct {
			Role    string
			Content any
			CallID  string `json:"tool_call_id"`
			Calls   []struct {
				ID       string
				Function struct{ Name, Arguments string }
			} `json:"tool_calls"`
		}
	}
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	if body.Model == "" || len(body.Messages) == 0 {
		t.Fatalf("%s\nwant model and messages", text)
	}
	open := map[string]bool{}
	for i, m := range body.Messages {
		switch {
		case m.Role == "tool":
			if _, ok := open[m.CallID]; !ok {
				t.Fatalf("%s\nmessage %d answers no open call", text, i)
			}
			delete(open, m.CallID)
			continue
		case len(open) > 0:
			t.Fatalf("%s\nmessage %d stands between calls and their results", text, i)
		case m.Content == nil && len(m.Calls) == 0:
			t.Fatalf("%s\nmessage %d is empty", text, i)
		}
		for _, c := range m.Calls {
			if c.ID == "" || c.Function.Name == "" || !json.Valid([]byte(c.Function.Arguments)) {
				t.Fatalf("%s\nmessage %d: call %+v", text, i, c)
			}
			open[c.ID] = true
		}
	}
	if len(open) > 0 {
		t.Fatalf("%s\ncalls without results", text)
	}
}

// fuzzResponse translates mutated answers: the result is an answer or a 502.
func fuzzResponse(f *testing.F, c *codectest.Codec, good func(text string) bool) {
	c.Corpus(f, "answer")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := c.Open(t, "")
		codectest.Mutants(text, seed, func(mutant string) {
			x := codectest.NewExchange(p)
			x.Request(c.Request)
			r := x.Response(mutant)
			switch {
			case r.Err != nil:
				t.Fatalf("%s\nfailed: %v", mutant, r.Err)
			case r.Rejection != nil:
				if r.Rejection.Status != 502 || r.Rejection.Message == "" {
					t.Fatalf("%s\nrejected with %+v: want a 502", mutant, *r.Rejection)
				}
			case !good(r.JSON):
				t.Fatalf("%s\ngave %s", mutant, r.JSON)
			}
		})
	})
}

func FuzzChatResponse(f *testing.F) {
	fuzzResponse(f, &toAnthropic, func(text string) bool {
		var body struct {
			ID      string
			Choices []struct {
				FinishReason string `json:"finish_reason"`
			}
		}
		return json.Unmarshal([]byte(text), &body) == nil && body.ID != "" && len(body.Choices) == 1 && body.Choices[0].FinishReason != ""
	})
}

func FuzzMessagesResponse(f *testing.F) {
	fuzzResponse(f, &toOpenAI, func(text string) bool {
		var body struct {
			ID, Type, Role string
			Content        []struct{ Type string }
			StopReason     string `json:"stop_reason"`
			Usage          struct {
				Input *int64 `json:"input_tokens"`
			}
		}
		return json.Unmarshal([]byte(text), &body) == nil && body.ID != "" && body.Type == "message" && body.Role == "assistant" && body.Content != nil && body.StopReason != "" && body.Usage.Input != nil
	})
}

// fuzzEvents streams mutated events: what comes out is a stream that a client can read, perhaps cut off by
// a 502.
func fuzzEvents(f *testing.F, w way, client string, before []string) {
	w.codec.Corpus(f, "events")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p := w.codec.Open(t, "")
		x := codectest.NewExchange(p)
		x.Request(client)
		stream := feed(t, x, before[:seed%uint64(len(before)+1)])
		var r longmentest.Result
		codectest.Mutants(text, seed, func(mutant string) {
			if r.Rejection != nil {
				return
			}
			if r = x.NamedEvent(codectest.SplitEvent(mutant)); r.Err != nil {
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
		w.read(t, stream, false)
	})
}

func FuzzChatEvents(f *testing.F) {
	fuzzEvents(f, ways["to anthropic"], `{"messages":[{"role":"user","content":"hi"}],"stream_options":{"include_usage":true}}`, []string{
		`{"type":"message_start","message":{"id":"msg_1","model":"claude","usage":{"input_tokens":1}}}`,
		`{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
		`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}`,
		`{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}`,
		`{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":3}}`,
	})
}

func FuzzMessagesEvents(f *testing.F) {
	fuzzEvents(f, ways["to openai"], toOpenAI.Request, []string{
		`{"id":"chatcmpl-1","model":"m","choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}`,
		`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a"}}]}}]}`,
		`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"c2","function":{"name":"g","arguments":""}}]}}]}`,
		`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"x"}}]}`,
		`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`,
	})
}
