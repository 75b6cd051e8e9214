package openaigemini

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// generated is an event of streamGenerateContent as a client of Gemini's reads it.
type generated struct {
	Candidates []struct {
		Index   int
		Content *struct {
			Role  string
			Parts []struct {
				Text             *string
				Thought          bool
				ThoughtSignature string
				InlineData       *struct{ MimeType, Data string }
				FileData         *struct{ MimeType, FileURI string }
				FunctionCall     *struct {
					ID, Name string
					Args     json.RawMessage
				}
			}
		}
		FinishReason   string
		FinishMessage  string
		LogprobsResult json.RawMessage
	}
	UsageMetadata json.RawMessage
	ModelVersion  string
	ResponseID    string
}

// said is what a client of Gemini's has read of one candidate.
type said struct {
	Text, Thoughts, Finish string
	Calls, Media, Signed   []string
}

// decodeGemini reads a stream of events and fails when a client of Gemini's would stumble over it: one
// response id and version, parts of one kind each, calls whole with an object of arguments, reasons and
// usage in the last event alone.
func decodeGemini(t testing.TB, events []longmentest.Event, ended bool) (map[int]*said, string) {
	t.Helper()
	all := map[int]*said{}
	usage, id, version := "", "", ""
	for i, e := range events {
		var v generated
		if err := json.Unmarshal([]byte(e.JSON), &v); err != nil {
			t.Fatalf("event %d: %v\n%s", i, err, e.JSON)
		}
		last := ended && i == len(events)-1
		if e.Name != "" {
			t.Errorf("event %d: name %q: want none", i, e.Name)
		}
		if i == 0 {
			id, version = v.ResponseID, v.ModelVersion
		}
		if v.ResponseID == "" || v.ResponseID != id || v.ModelVersion != version {
			t.Errorf("event %d: %q of %q: want the first one's %q of %q", i, v.ResponseID, v.ModelVersion, id, version)
		}
		if len(v.UsageMetadata) > 0 && !last {
			t.Errorf("event %d: usage before the end", i)
		}
		usage = string(v.UsageMetadata)
		if len(v.Candidates) == 0 {
			t.Errorf("event %d: no candidates", i)
		}
		for _, c := range v.Candidates {
			s, known := all[c.Index]
			if !known {
				s = &said{}
				all[c.Index] = s
			}
			if (c.FinishReason != "") != last {
				t.Errorf("event %d: candidate %d ends with %q", i, c.Index, c.FinishReason)
			}
			s.Finish += c.FinishReason
			if c.Content == nil || c.Content.Role != "model" || len(c.Content.Parts) == 0 {
				t.Fatalf("event %d: candidate %d has no content of the model's\n%s", i, c.Index, e.JSON)
			}
			for _, p := range c.Content.Parts {
				kinds := 0
				if p.Text != nil {
					kinds++
					if *p.Text == "" && !last && p.ThoughtSignature == "" && len(c.LogprobsResult) == 0 {
						t.Errorf("event %d: empty text", i)
					}
					if p.Thought {
						s.Thoughts += *p.Text
					} else {
						s.Text += *p.Text
					}
				}
				if p.FileData != nil {
					kinds++
					s.Media = append(s.Media, p.FileData.FileURI)
				}
				if p.InlineData != nil {
					kinds++
					s.Media = append(s.Media, p.InlineData.MimeType+" "+p.InlineData.Data)
				}
				if f := p.FunctionCall; f != nil {
					kinds++
					var args map[string]any
					if err := json.Unmarshal(f.Args, &args); err != nil || f.Name == "" {
						t.Errorf("event %d: call %q with arguments %s: want a name and an object", i, f.Name, f.Args)
					}
					s.Calls = append(s.Calls, fmt.Sprintf("%s %s(%s) %s", f.ID, f.Name, f.Args, p.ThoughtSignature))
				} else if p.ThoughtSignature != "" {
					s.Signed = append(s.Signed, p.ThoughtSignature)
				}
				if kinds != 1 {
					t.Errorf("event %d: a part of %d kinds", i, kinds)
				}
			}
		}
		if last && len(v.Candidates) != len(all) {
			t.Errorf("the last event ends %d of %d candidates", len(v.Candidates), len(all))
		}
	}
	return all, usage
}

// runGemini streams the chunks and returns what the client has read.
func runGemini(t testing.TB, p *longmentest.Plugin, client string, chunks []string) (map[int]*said, string) {
	t.Helper()
	p.Request(client)
	r := p.Event(chunks...)
	if r.Err != nil || r.Rejection != nil {
		t.Fatalf("event: %v %v", r.Err, r.Rejection)
	}
	end := p.EndOfStream()
	if end.Err != nil || end.Rejection != nil {
		t.Fatalf("end: %v %v", end.Err, end.Rejection)
	}
	return decodeGemini(t, append(r.Events, end.Events...), true)
}

// TestToOpenAIStreamCuts replays every stream with each character of a text, and of arguments, in a chunk
// of its own.
func TestToOpenAIStreamCuts(t *testing.T) {
	toOpenAI.Streams(t, func(t *testing.T, g *codectest.Case, chunks []string) {
		want, wantUsage := runGemini(t, g.Open(t), g.Client(), chunks)
		got, gotUsage := runGemini(t, g.Open(t), g.Client(), cutChunks(t, chunks))
		if diff := cmp.Diff(want, got); diff != "" || wantUsage != gotUsage {
			t.Errorf("what the client reads (-whole +cut):\n%s%s, %s", diff, wantUsage, gotUsage)
		}
	})
}

// cutChunks gives each character of a delta a chunk of its own.
func cutChunks(t testing.TB, chunks []string) (cut []string) {
	t.Helper()
	for _, c := range chunks {
		var chunk map[string]any
		if err := json.Unmarshal([]byte(c), &chunk); err != nil {
			t.Fatal(err)
		}
		choices, _ := chunk["choices"].([]any)
		if len(choices) == 0 {
			cut = append(cut, c)
		}
		emit := func(choice, delta map[string]any, last bool) {
			one := map[string]any{"delta": delta}
			for k, v := range choice {
				if k == "index" || last && k != "delta" {
					one[k] = v
				}
			}
			whole := map[string]any{}
			for k, v := range chunk {
				if k != "usage" || last {
					whole[k] = v
				}
			}
			whole["choices"] = []any{one}
			b, err := json.Marshal(whole)
			if err != nil {
				t.Fatal(err)
			}
			cut = append(cut, string(b))
		}
		for _, v := range choices {
			choice := v.(map[string]any)
			delta, _ := choice["delta"].(map[string]any)
			rest := map[string]any{}
			for _, k := range []string{"reasoning_content", "content"} { // in the order of the parts
				for _, r := range fmt.Sprint(delta[k]) {
					if _, ok := delta[k].(string); ok {
						emit(choice, map[string]any{k: string(r)}, false)
					}
				}
			}
			for k, v := range delta {
				if k != "reasoning_content" && k != "content" && k != "tool_calls" {
					rest[k] = v
				}
			}
			emit(choice, rest, false)
			calls, _ := delta["tool_calls"].([]any)
			for _, v := range calls {
				call := v.(map[string]any)
				function := call["function"].(map[string]any)
				arguments, _ := function["arguments"].(string)
				head := map[string]any{}
				for k, v := range call {
					head[k] = v
				}
				head["function"] = map[string]any{"name": function["name"], "arguments": ""}
				emit(choice, map[string]any{"tool_calls": []any{head}}, false)
				for _, r := range arguments {
					emit(choice, map[string]any{"tool_calls": []any{map[string]any{"index": call["index"], "function": map[string]any{"arguments": string(r)}}}}, false)
				}
			}
			emit(choice, map[string]any{}, true)
		}
	}
	return cut
}

// TestToOpenAIStreamsInterleaved lets one instance serve two streams chunk by chunk.
func TestToOpenAIStreamsInterleaved(t *testing.T) {
	other := `{"contents":[{"parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"other.name"}]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true}}}`
	noise := `{"id":"other","model":"other","choices":[{"index":1,"delta":{"content":"noise","reasoning_content":"noise","tool_calls":[{"index":0,"id":"n","function":{"name":"other_name","arguments":"{}"}}]},"finish_reason":"length"}],"usage":{"prompt_tokens":99}}`
	toOpenAI.Streams(t, func(t *testing.T, g *codectest.Case, chunks []string) {
		want, wantUsage := runGemini(t, g.Open(t), g.Client(), chunks)
		p := g.Open(t)
		x := codectest.NewExchange(p)
		p.Request(g.Client())
		x.Request(other)
		var got []longmentest.Event
		for _, c := range chunks {
			got = append(got, p.Event(c).Events...)
			x.Event(noise)
		}
		x.EndOfStream()
		got = append(got, p.EndOfStream().Events...)
		all, usage := decodeGemini(t, got, true)
		if diff := cmp.Diff(want, all); diff != "" || usage != wantUsage {
			t.Errorf("what the client reads (-alone +interleaved):\n%s%s, %s", diff, wantUsage, usage)
		}
	})
}

// TestToOpenAIRetry translates for one provider and then, in the same exchange, for another.
func TestToOpenAIRetry(t *testing.T) {
	p := toOpenAI.Open(t, "")
	p.Request(`{"contents":[{"parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"a.b"}]}]}`)
	p.Event(`{"id":"first","choices":[{"index":0,"delta":{"content":"lost","tool_calls":[{"index":0,"id":"l","function":{"name":"a_b","arguments":"{}"}}]}}]}`)
	p.Attributes["upstream.model"] = "gpt-6"
	got, _ := runGemini(t, p, toOpenAI.Request, []string{`{"id":"second","choices":[{"index":0,"delta":{"content":"new","tool_calls":[{"index":0,"id":"n","function":{"name":"a_b","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`})
	want := map[int]*said{0: {Text: "new", Calls: []string{"n a_b({}) skip/thought/signature/validator"}, Finish: "STOP"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the second attempt (-want +got):\n%s", diff)
	}
}
