package dialect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/sdk/document"
)

func parse(t testing.TB, a *document.Arena, s string) document.Node {
	t.Helper()
	root, err := a.Parse([]byte(s))
	if err != nil {
		t.Fatalf("%v: %s", err, s)
	}
	return root
}

const chatRequest = `{"model":"gpt-5","stream":true,"max_completion_tokens":300,"max_tokens":9,"user":"u-1","messages":[
 {"role":"system","content":"sys"},{"role":"user","content":[{"type":"text","text":"日本"},{"type":"image_url","image_url":{"url":"data:"}},{"type":"image_url","image_url":"https://x"}]},
 {"role":"assistant","content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"a\":\"b\"}"}}]},{"role":"tool","tool_call_id":"c","content":"res"}],
 "tools":[{"type":"function","function":{"name":"f","description":"does"}}],"metadata":{"a":"b"}}`

const generateRequest = `{"systemInstruction":{"parts":[{"text":"sys"}]},"contents":[{"role":"user","parts":[{"text":"hi"},{"inlineData":{"mimeType":"image/png","data":""}},{"inline_data":{"mime_type":"application/pdf"}},{"fileData":{"mimeType":"image/jpeg","fileUri":"gs://"}}]}],
 "tools":[{"functionDeclarations":[{"name":"f"},{"name":"g"}]},{"googleSearch":{}}],"generationConfig":{"maxOutputTokens":64.0}}`

func TestReadRequest(t *testing.T) {
	for _, tt := range []struct {
		name, dialect, doc string
		match              Match
		want               Request
		images             int
		texts              []string
	}{
		{"chat", "openai.chat", chatRequest, Match{},
			Request{Model: "gpt-5", Stream: true, MaxTokens: 300, Messages: 4, Tools: 1, User: "u-1"}, 2,
			[]string{"sys", "日本", `{"a":"b"}`, "res"}},
		{"chat, old and odd", "openai.chat", `{"model":7,"stream":"yes","max_tokens":-3,"messages":{"content":"x"},"functions":[{"name":"a"},{"name":"b"}],"safety_identifier":"s"}`, Match{},
			Request{Tools: 2, User: "s"}, 0, []string{"x"}},
		{"chat, empty", "openai.chat", `{}`, Match{}, Request{}, 0, nil},
		{"chat, no object", "openai.chat", `null`, Match{}, Request{}, 0, nil},
		{"generate", "gemini.generate", generateRequest, Match{Model: "gemini-3", Stream: true, StreamKnown: true},
			Request{Model: "gemini-3", Stream: true, MaxTokens: 64, Messages: 1, Tools: 2}, 2, []string{"sys", "hi"}},
		{"generate, snake case", "gemini.generate", `{"generation_config":{"max_output_tokens":5},"tools":{"function_declarations":[{}]},"stream":true,"model":"x"}`, Match{Model: "m", StreamKnown: true},
			Request{Model: "m", MaxTokens: 5, Tools: 1}, 0, nil},
		{"messages", "anthropic.messages", `{"model":"claude","max_tokens":9,"stream":true,"system":"sys","metadata":{"user_id":"u"},"tools":[{},{}],"messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image","source":{}},{"type":"tool_result","content":[{"type":"image"}]}]}]}`, Match{},
			Request{Model: "claude", Stream: true, MaxTokens: 9, Messages: 1, Tools: 2, User: "u"}, 2, []string{"sys", "hi"}},
		{"responses", "openai.responses", `{"model":"gpt-5","max_output_tokens":9,"stream":true,"instructions":"sys","input":[{"role":"user","content":[{"type":"input_text","text":"hi"},{"type":"input_image","file_id":"f"}]},{"type":"reasoning","encrypted_content":"x"}],"tools":[{"description":"d"}],"user":"u"}`, Match{},
			Request{Model: "gpt-5", Stream: true, MaxTokens: 9, Messages: 2, Tools: 1, User: "u"}, 1, []string{"sys", "hi"}},
		{"responses, one text", "openai.responses", `{"input":"hi"}`, Match{}, Request{}, 0, []string{"hi"}},
		{"completions", "openai.completions", `{"model":"m","prompt":["a",[1,2]],"max_tokens":3}`, Match{}, Request{Model: "m", MaxTokens: 3}, 0, []string{"a"}},
		{"ollama streams by default", "ollama.chat", `{"model":"m","options":{"num_predict":5},"messages":[{"content":"hi","images":["AA","BB"]}]}`, Match{Stream: true},
			Request{Model: "m", Stream: true, MaxTokens: 5, Messages: 1}, 2, []string{"hi"}},
		{"ollama without a stream", "ollama.generate", `{"stream":false,"prompt":"hi","images":["AA"]}`, Match{Stream: true}, Request{}, 1, []string{"hi"}},
		{"chat in JSON", "openai.chat", `{"response_format":{"type":"json_schema"}}`, Match{}, Request{JSON: true}, 0, nil},
		{"chat in words", "openai.chat", `{"response_format":{"type":"text"}}`, Match{}, Request{}, 0, nil},
		{"generate in JSON", "gemini.generate", `{"generation_config":{"response_mime_type":"application/json"}}`, Match{}, Request{JSON: true}, 0, nil},
		{"messages in JSON", "anthropic.messages", `{"output_config":{"format":{"type":"json_schema"}}}`, Match{}, Request{JSON: true}, 0, nil},
		{"messages, no format", "anthropic.messages", `{"output_config":{"effort":"low"},"output_format":null}`, Match{}, Request{}, 0, nil},
		{"responses in JSON", "openai.responses", `{"text":{"format":{"type":"json_object"}}}`, Match{}, Request{JSON: true}, 0, nil},
		{"ollama in JSON", "ollama.chat", `{"format":"json","stream":false}`, Match{}, Request{JSON: true}, 0, nil},
		{"embeddings", "openai.embeddings", `{"model":"m","input":["a","b"],"stream":true}`, Match{StreamKnown: true}, Request{Model: "m"}, 0, []string{"a", "b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a document.Arena
			root := parse(t, &a, tt.doc)
			d, _ := Get(tt.dialect)
			if diff := cmp.Diff(tt.want, d.ReadRequest(&a, root, tt.match)); diff != "" {
				t.Errorf("request differs (-want +got):\n%s", diff)
			}
			if got := d.Images(&a, root); got != tt.images {
				t.Errorf("%d images, want %d", got, tt.images)
			}
			var texts []string
			d.Texts(&a, root, func(text []byte) bool { texts = append(texts, string(text)); return true })
			if diff := cmp.Diff(tt.texts, texts); diff != "" {
				t.Errorf("texts differ (-want +got):\n%s", diff)
			}
			calls := 0
			d.Texts(&a, root, func([]byte) bool { calls++; return false })
			if calls > 1 {
				t.Errorf("%d calls after false", calls)
			}
		})
	}
}

func TestSetModelAndStream(t *testing.T) {
	for _, tt := range []struct{ name, dialect, doc, want string }{
		{"replace", "openai.chat", `{"model" : "a", "stream":false}`, `{"model" : "new", "stream":true}`},
		{"add", "openai.chat", `{"messages":[ ]}`, `{"messages":[ ],"model":"new","stream":true}`},
		{"already", "openai.chat", `{"model":"new","stream": true}`, `{"model":"new","stream": true}`},
		{"in the URL", "gemini.generate", `{"contents":[]}`, `{"contents":[]}`},
		{"default", "ollama.chat", `{"messages":[]}`, `{"messages":[],"model":"new"}`},
		{"not the default", "ollama.chat", `{"model":"new","stream":false}`, `{"model":"new","stream":true}`},
		{"repeated", "gemini.embed", `{"requests":[{"model":"models/a"},{"model":"models/new"},{}]}`, `{"requests":[{"model":"models/new"},{"model":"models/new"},{}]}`},
		{"repeated below", "gemini.count", `{"generateContentRequest":{"model":"models/a"}}`, `{"generateContentRequest":{"model":"models/new"}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a document.Arena
			root := parse(t, &a, tt.doc)
			d, _ := Get(tt.dialect)
			if err := d.SetModel(&a, root, "new"); err != nil {
				t.Fatal(err)
			}
			if err := d.SetStream(&a, root, true); err != nil {
				t.Fatal(err)
			}
			if got := string(a.AppendJSON(nil, root)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	var a document.Arena
	d := Default()
	root := parse(t, &a, `{"a":1}`)
	if err := d.SetStream(&a, root, false); err != nil || string(a.AppendJSON(nil, root)) != `{"a":1}` {
		t.Errorf("taking away a flag that is not there wrote %s (%v)", a.AppendJSON(nil, root), err)
	}
	if err := d.SetModel(&a, parse(t, &a, `[]`), "m"); err == nil {
		t.Error("a list took a model")
	}
}

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		name, dialect string
		docs          []string // one after the other into the same counts
		want          Usage
		found         bool
	}{
		{"chat", "openai.chat", []string{`{"usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":7}}}`},
			Usage{10, 20, 30, 4, 7, 0}, true},
		{"chat without total", "openai.chat", []string{`{"usage":{"prompt_tokens":10,"completion_tokens":20}}`}, Usage{10, 20, 30, 0, 0, 0}, true},
		{"null", "openai.chat", []string{`{"usage":null}`}, Usage{}, false},
		{"deepseek's cache", "openai.chat", []string{`{"usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11,"prompt_cache_hit_tokens":8}}`}, Usage{10, 1, 11, 8, 0, 0}, true},
		{"groq's place", "openai.chat", []string{`{"x_groq":{"id":"r","usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}}`}, Usage{1, 2, 3, 0, 0, 0}, true},
		{"in the choice", "openai.chat", []string{`{"choices":[{"index":0,"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}]}`}, Usage{1, 2, 3, 0, 0, 0}, true},
		{"nonsense", "openai.chat", []string{`{"usage":{"prompt_tokens":-1,"completion_tokens":"x","total_tokens":1e300}}`}, Usage{}, false},
		{"gemini", "gemini.generate", []string{`{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":20,"thoughtsTokenCount":5,"totalTokenCount":35,"cachedContentTokenCount":3}}`},
			Usage{10, 25, 35, 3, 5, 0}, true},
		{"gemini, thoughts included", "gemini.generate", []string{`{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":20,"thoughtsTokenCount":5,"totalTokenCount":30}}`},
			Usage{10, 20, 30, 0, 5, 0}, true},
		{"gemini, tool prompt", "gemini.generate", []string{`{"usageMetadata":{"promptTokenCount":10,"toolUsePromptTokenCount":2,"candidatesTokenCount":20,"totalTokenCount":32}}`},
			Usage{12, 20, 32, 0, 0, 0}, true},
		{"gemini, no total", "gemini.generate", []string{`{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":20,"thoughtsTokenCount":5}}`},
			Usage{10, 25, 35, 0, 5, 0}, true},
		{"anthropic", "anthropic.messages", []string{`{"usage":{"input_tokens":10,"cache_creation_input_tokens":3,"cache_read_input_tokens":4,"output_tokens":20,"output_tokens_details":{"thinking_tokens":5}}}`},
			Usage{17, 20, 37, 4, 5, 3}, true},
		{"anthropic, split", "anthropic.messages", []string{
			`{"type":"message_start","message":{"usage":{"input_tokens":10,"cache_creation_input_tokens":3,"cache_read_input_tokens":4,"output_tokens":1}}}`,
			`{"type":"message_delta","usage":{"input_tokens":null,"cache_read_input_tokens":null,"output_tokens":20}}`},
			Usage{17, 20, 37, 4, 0, 3}, true},
		{"anthropic, cumulative", "anthropic.messages", []string{
			`{"type":"message_start","message":{"usage":{"input_tokens":10,"output_tokens":1}}}`,
			`{"type":"message_delta","usage":{"input_tokens":12,"cache_read_input_tokens":4,"output_tokens":20}}`,
			`{"type":"message_delta","usage":{"cache_creation_input_tokens":2,"output_tokens":21}}`},
			Usage{18, 21, 39, 4, 0, 2}, true},
		{"responses", "openai.responses", []string{`{"type":"response.completed","response":{"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":20,"output_tokens_details":{"reasoning_tokens":7},"total_tokens":30}}}`},
			Usage{10, 20, 30, 4, 7, 0}, true},
		{"responses, under way", "openai.responses", []string{`{"type":"response.created","response":{"usage":null}}`}, Usage{}, false},
		{"ollama", "ollama.chat", []string{`{"done":true,"prompt_eval_count":26,"eval_count":298}`}, Usage{26, 298, 324, 0, 0, 0}, true},
		{"ollama, under way", "ollama.chat", []string{`{"done":false,"message":{}}`}, Usage{}, false},
		{"embeddings", "openai.embeddings", []string{`{"usage":{"prompt_tokens":8,"total_tokens":8}}`}, Usage{8, 0, 8, 0, 0, 0}, true},
		{"a count is no usage", "anthropic.count", []string{`{"input_tokens":8}`}, Usage{}, false},
		{"images", "openai.other", []string{`{"usage":{"input_tokens":8,"output_tokens":9,"total_tokens":17}}`}, Usage{8, 9, 17, 0, 0, 0}, true},
		{"cache writes", "openai.chat", []string{`{"usage":{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":2}}}`}, Usage{10, 1, 11, 4, 0, 2}, true},
		{"gemini, cumulative", "gemini.generate", []string{
			`{"usageMetadata":{"promptTokenCount":10,"totalTokenCount":10}}`,
			`{"usageMetadata":{"promptTokenCount":10,"thoughtsTokenCount":5,"totalTokenCount":15}}`,
			`{"candidates":[]}`,
			`{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":20,"thoughtsTokenCount":6,"totalTokenCount":36}}`},
			Usage{10, 26, 36, 0, 6, 0}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, _ := Get(tt.dialect)
			var u Usage
			found := false
			for _, doc := range tt.docs {
				var a document.Arena
				found = d.Usage(&a, parse(t, &a, doc), &u)
			}
			if u != tt.want || found != tt.found {
				t.Errorf("got %+v %v, want %+v %v", u, found, tt.want, tt.found)
			}
		})
	}
}

func TestFinish(t *testing.T) {
	for _, tt := range []struct{ dialect, doc, want string }{
		{"openai.chat", `{"choices":[{"finish_reason":null},{"finish_reason":"stop"}]}`, "stop"},
		{"openai.chat", `{"choices":[{"delta":{},"finish_reason":""}]}`, ""},
		{"openai.chat", `{"choices":[]}`, ""},
		{"gemini.generate", `{"candidates":[{"content":{}}]}`, ""},
		{"gemini.generate", `{"candidates":[{"finishReason":"MAX_TOKENS"}]}`, "MAX_TOKENS"},
		{"gemini.generate", `{"promptFeedback":{"blockReason":"SAFETY"}}`, "SAFETY"},
		{"anthropic.messages", `{"type":"message_start","message":{"stop_reason":null}}`, ""},
		{"anthropic.messages", `{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null}}`, "tool_use"},
		{"anthropic.messages", `{"type":"message","stop_reason":"end_turn"}`, "end_turn"},
		{"openai.responses", `{"type":"response.created","response":{"status":"in_progress","incomplete_details":null}}`, ""},
		{"openai.responses", `{"type":"response.queued","response":{"status":"queued"}}`, ""},
		{"openai.responses", `{"type":"response.output_item.done","item":{"status":"completed"}}`, ""},
		{"openai.responses", `{"type":"response.completed","response":{"status":"completed"}}`, "completed"},
		{"openai.responses", `{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}}`, "max_output_tokens"},
		{"openai.responses", `{"object":"response","status":"completed","incomplete_details":null}`, "completed"},
		{"openai.completions", `{"choices":[{"text":"","finish_reason":"length"}]}`, "length"},
		{"ollama.chat", `{"message":{"content":"a"},"done":false}`, ""},
		{"ollama.chat", `{"message":{"content":""},"done":true,"done_reason":"length"}`, "length"},
		{"ollama.generate", `{"response":"","done":true}`, "done"},
	} {
		var a document.Arena
		d, _ := Get(tt.dialect)
		root := parse(t, &a, tt.doc)
		if got := d.Finish(&a, root); got != tt.want || d.Finished(&a, root) != (tt.want != "") {
			t.Errorf("%s: got %q, %v, want %q", tt.doc, got, d.Finished(&a, root), tt.want)
		}
	}
}

func TestUsageMember(t *testing.T) {
	for name, want := range map[string]string{"openai.chat": "usage", "gemini.generate": "usageMetadata"} {
		if d, _ := Get(name); d.UsageMember() != want {
			t.Errorf("%s: got %s, want %s", name, d.UsageMember(), want)
		}
	}
}

func TestCompileRefusesBrokenTables(t *testing.T) {
	good := func() Descriptor {
		return Descriptor{Name: "x", Keys: []Key{{Header: "K"}}, Usage: Counts{At: []string{"usage"}}}
	}
	for _, tt := range []struct {
		name, want string
		spoil      func(*Descriptor)
	}{
		{"good", "", func(*Descriptor) {}},
		{"no name", "no name", func(d *Descriptor) { d.Name = "" }},
		{"no key", "keys: expected", func(d *Descriptor) { d.Keys = []Key{{Query: "key"}} }},
		{"no usage", "usage: expected", func(d *Descriptor) { d.Usage.At = nil }},
		{"empty step", "empty step", func(d *Descriptor) { d.Answer.Text = []Text{{At: "a..b"}} }},
		{"unknown kind", `unknown kind "x"`, func(d *Descriptor) { d.Event.Text = []Text{{At: "a", Kind: "x"}} }},
		{"unknown form", `unknown form "x"`, func(d *Descriptor) { d.Request.Text = []Text{{At: "a", Form: "x"}} }},
		{"unknown role", `unknown role "x"`, func(d *Descriptor) { d.Request.Text = []Text{{At: "a", Role: "x"}} }},
		{"unknown stream", `stream "maybe"`, func(d *Descriptor) { d.Endpoints = []Endpoint{{Path: "/x", Stream: "maybe"}} }},
		{"unknown variable", "unknown variable $x", func(d *Descriptor) { d.Errors.Body = `{"a":$x}` }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			desc := good()
			tt.spoil(&desc)
			_, err := Compile(&desc)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("Compile = %v, want %q", err, tt.want)
			}
		})
	}
}

// TestGlimpse: whoever does not read the request sees the same as who does.
func TestGlimpse(t *testing.T) {
	for _, body := range []string{
		`{}`, `{"stream":true}`, `{"stream":false}`, ` { "model" : "m" , "stream"  :
	true , "n": 1}`, `{"stream":null}`, `{"stream":"true"}`, `{"stream":1}`,
		`{"messages":[{"content":"\"stream\": true"}],"stream":false}`, `{"messages":[{"content":"say \\"}],"stream":true}`, `{"a":"\\\"","stream":true}`,
		`{"metadata":{"stream":true}}`, `{"tools":[{"stream":true}],"x":[[]]}`, `{"metadata":{"stream":true},"stream":false}`, `{"metadata":{"stream":false},"stream":true}`,
		`{"stream":false,"stream":true}`, `{"stream":true,"stream":false}`, `{"model":"stream","x":true}`, `{"model":"stream"}`, `{"stream_options":{"include_usage":true}}`,
		`["stream",true]`, `[{"stream":true}]`,
		`{"model":"gpt-5"}`, `{"model":"gpt-5","model":"gpt-6"}`, `{"model":null}`, `{"model":""}`, `{"x":{"model":"inner"}}`, `{"messages":[{"model":"inner"}],"model" : "日本"}`, `{"model":["a"]}`,
	} {
		for _, name := range []string{"openai.chat", "openai.responses", "anthropic.messages", "ollama.chat", "openai.completions"} {
			d, ok := Get(name)
			if !ok {
				t.Fatal(name)
			}
			a := new(document.Arena)
			want := d.ReadRequest(a, parse(t, a, body), Match{})
			if model, stream := d.Glimpse([]byte(body)); model != want.Model || stream != want.Stream {
				t.Errorf("%s of %s: got %q, %v, want %q, %v", body, name, model, stream, want.Model, want.Stream)
			}
		}
	}
	d, _ := Get("openai.chat")
	for _, broken := range []string{``, `{`, `{"stream"`, `{"stream":`, `{"stream`, `"stream":true`, `{"a":"\\`, `}}{"stream":true`, `{"model`, `{"model":`, `{"model":"`, `{"model":"a`, "{\"model\":\"\xff\"}", `{"model":"a\n"}`, `{"model":"` + strings.Repeat("x", 300) + `"}`, `"\"stream":true`} {
		if model, stream := d.Glimpse([]byte(broken)); model != "" || stream {
			t.Errorf("%s asks for %q, %v", broken, model, stream)
		}
	}
}
