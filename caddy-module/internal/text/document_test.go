package text

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

var roleNames = [...]string{"?", "system", "user", "assistant", "tool"}
var kindNames = [...]string{"plain", "reasoning", "args", "result", "refusal", "name"}

// show writes segments one a line.
func show(segs []Segment) string {
	var sb strings.Builder
	for _, s := range segs {
		fmt.Fprintf(&sb, "%s %s %d %s %q\n", roleNames[s.Role], kindNames[s.Kind], s.Channel, s.Path, s.Text)
	}
	return sb.String()
}

const openAIRequest = `{ "model":"gpt-5", "messages":[
 {"role":"system","content":"be\tbrief"},
 {"role":"user","name":"ann","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"file","file":{"filename":"cv.pdf","file_data":"data:application/pdf;base64,AA"}},"bare"]},
 {"role":"assistant","content":null,"reasoning_content":"think","refusal":"no","tool_calls":[
   {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"to\": [\"a@b\", {\"x/y~\":\"q\\\"\\u00e9\"}], \"n\":1}"}},
   {"id":"c2","type":"function","function":{"name":"f","arguments":"not json"}},
   {"id":"c3","type":"custom","custom":{"name":"g","input":"free"}},
   {"id":"c4","type":"function","function":{"name":"f","arguments":{"obj":"x"}}}]},
 {"role":"tool","tool_call_id":"c1","content":"res"},
 {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"part"}]},
 {"role":"assistant","content":[{"type":"text","text":"said"},{"type":"refusal","refusal":"never"}],"function_call":{"name":"old","arguments":"{\"a\":\"b\"}"}}
], "tools":[{"type":"function","function":{"name":"f","description":"does","parameters":{"type":"object","title":"T","required":["to"],"properties":{"description":{"type":"string","description":"prose"},"to":{"enum":["e1","e2"]}}}}}],
 "prediction":{"type":"content","content":"guess"}, "stop":["END"], "user":"u1", "metadata":{"k":"v"}, "unknown":"x" }`

const geminiRequest = `{"systemInstruction":{"parts":[{"text":"sys"}]},"contents":[
 {"role":"user","parts":[{"text":"hi"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},
 {"role":"model","parts":[{"text":"hm","thought":true},{"text":"ok"},{"functionCall":{"name":"f","args":{"to":["a@b"],"n":1}}}]},
 {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":{"rows":["r1"]}}}},{"functionResponse":{"name":"g","response":{"output":"plain"}}}]},
 {"parts":[{"executableCode":{"code":"print(1)","language":"PYTHON"}},{"codeExecutionResult":{"output":"1"}}]}],
 "tools":[{"functionDeclarations":[{"name":"f","description":"does","parameters":{"type":"OBJECT","properties":{"to":{"type":"STRING","description":"whom"}}}}]}],
 "generationConfig":{"stopSequences":["END"],"responseMimeType":"text/plain"}}`

func TestCollect(t *testing.T) {
	for _, tt := range []struct {
		name, dialect, doc, want string
		phase                    uint8
	}{
		{"openai request", "openai.chat", openAIRequest, `system plain 0  "be\tbrief"
user name 1  "ann"
user plain 1  "hi"
user name 1  "cv.pdf"
user plain 1  "bare"
assistant reasoning 2  "think"
assistant refusal 2  "no"
assistant args 2 /to/0 "a@b"
assistant args 2 /to/1 "x/y~"
assistant args 2 /to/1/x~1y~0 "q\"é"
assistant args 2  "not json"
assistant args 2  "free"
assistant args 2 /obj "x"
tool result 3  "res"
tool result 4  "part"
assistant plain 5  "said"
assistant refusal 5  "never"
assistant args 5 /a "b"
system plain 0  "does"
system plain 0 /title "T"
system plain 0 /properties/description/description "prose"
system plain 0 /properties/to/enum/0 "e1"
system plain 0 /properties/to/enum/1 "e2"
assistant plain 0  "guess"
user plain 0  "END"
user name 0  "u1"
user name 0 /k "v"
user plain 0  "x"
`, abi.PhaseRequest},
		{"openai answer", "openai.chat", `{"id":"x","choices":[{"index":1,"message":{"role":"assistant","content":"a","reasoning_content":"r","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"k\":\"v\"}"}}]},"finish_reason":"stop"},{"index":0,"message":{"content":[{"type":"text","text":"b"}],"refusal":"no"}}],"usage":{}}`,
			`assistant plain 1  "a"
assistant reasoning 1  "r"
assistant args 1 /k "v"
assistant plain 0  "b"
assistant refusal 0  "no"
`, abi.PhaseAnswer},
		{"gemini request", "gemini.generate", geminiRequest, `system plain 0  "sys"
user plain 0  "hi"
user plain 0 /mimeType "image/png"
assistant reasoning 1  "hm"
assistant plain 1  "ok"
assistant args 1 /to/0 "a@b"
tool result 2 /output/rows/0 "r1"
tool result 2 /output "plain"
user args 3  "print(1)"
user plain 3  "PYTHON"
tool result 3  "1"
system plain 0  "does"
system plain 0 /properties/to/description "whom"
user plain 0  "END"
user plain 0  "text/plain"
`, abi.PhaseRequest},
		{"gemini answer", "gemini.generate", `{"candidates":[{"content":{"role":"model","parts":[{"thought":true,"text":"hm"},{"text":"a"},{"functionCall":{"name":"f","args":{"k":"v"}}}]},"finishReason":"STOP"}],"responseId":"x"}`,
			`assistant reasoning 0  "hm"
assistant plain 0  "a"
assistant args 0 /k "v"
`, abi.PhaseAnswer},
		{"no text", "openai.chat", `{"messages":[{"role":"user","content":""},{"content":null},7,null],"tools":5,"stop":null}`, "", abi.PhaseRequest},
		{"no object", "openai.chat", `[1,"a"]`, "user plain 0 /1 \"a\"\n", abi.PhaseRequest},
		{"tables and long numbers", "gemini.generate", `{"contents":[{"parts":[{"functionResponse":{"response":{"13800138000":{"id_no":11010519491231002,"n":1234567,"f":12345678.5,"neg":-12345678,"é":1}}}}]}]}`,
			`tool result 0  "13800138000"
tool result 0 /13800138000/id_no "11010519491231002"
tool result 0 /13800138000 "é"
`, abi.PhaseRequest},
		{"an answer's numbers", "gemini.generate", `{"candidates":[{"content":{"parts":[{"functionCall":{"args":{"<EMAIL_AB12>":12345678}}}]}}]}`, "assistant args 0  \"<EMAIL_AB12>\"\n", abi.PhaseAnswer},
		{"what an answer is grounded on", "gemini.generate", `{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishMessage":"m","groundingMetadata":{"webSearchQueries":["q"],"groundingChunks":[{"web":{"uri":"https://a.example","title":"w"}},{"retrievedContext":{"text":"r"}}],"groundingSupports":[{"segment":{"endIndex":1,"text":"s"}}]}}]}`,
			`assistant plain 0  "a"
assistant plain 0  "m"
assistant args 0  "q"
tool result 0  "w"
tool result 0  "r"
assistant plain 0  "s"
`, abi.PhaseAnswer},
		{"details of reasoning", "openai.chat", `{"choices":[{"message":{"content":"a","reasoning_details":[{"text":"t","signature":"s"},{"summary":"u"}],"thinking_blocks":[{"thinking":"k","signature":"s"}],"annotations":[{"url_citation":{"title":"c","url":"x"}}]}}]}`,
			`assistant plain 0  "a"
assistant reasoning 0  "t"
assistant reasoning 0  "u"
assistant reasoning 0  "k"
assistant plain 0  "c"
`, abi.PhaseAnswer},
		{"what no table names", "openai.chat", `{"messages":[{"role":"user","id":"i","content":[{"type":"image_url","image_url":{"url":"https://a.example/?k=v"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"note","note":{"data":{"id":"i","deep":["x",{"k y":"z"}]}}}]}],"seed":12345678901,"documents":{"a":"d"},"file_ids":["f"],"blob":"` + strings.Repeat("QUJD", 129) + `","prediction":[["p"]],"tools":"t"}`,
			`user plain 0 /url "https://a.example/?k=v"
user plain 0 /data/deep/0 "x"
user plain 0 /data/deep/1 "k y"
user plain 0 /data/deep/1/k y "z"
user plain 0 /a "d"
user plain 0 /0/0 "p"
user plain 0  "t"
`, abi.PhaseRequest},
		{"a schema", "openai.chat", `{"tools":[{"function":{"parameters":{"type":"object","required":["r"],"properties":{"r":{"$ref":"#/x","x-note":"n","x-list":["l",{"m":"o"}],"items":{"description":"i"},"anyOf":[{"title":"y"}]}}}}}]}`,
			`system plain 0 /properties/r/x-note "n"
system plain 0 /properties/r/x-list/0 "l"
system plain 0 /properties/r/x-list/1/m "o"
system plain 0 /properties/r/items/description "i"
system plain 0 /properties/r/anyOf/0/title "y"
`, abi.PhaseRequest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a document.Arena
			root, err := a.Parse([]byte(tt.doc))
			if err != nil {
				t.Fatal(err)
			}
			var doc Document
			if diff := cmp.Diff(tt.want, show(doc.Collect(must(t, tt.dialect), tt.phase, &a, root))); diff != "" {
				t.Errorf("segments differ (-want +got):\n%s", diff)
			}
			if got := a.AppendJSON(nil, root); string(got) != tt.doc {
				t.Errorf("collecting changed the document:\n%s", got)
			}
		})
	}
}

// TestNoSpellingHidesText plants a value in spellings that some server reads as text.
func TestNoSpellingHidesText(t *testing.T) {
	for _, tt := range []struct{ name, dialect, doc string }{
		{"duplicate member, first", "openai.chat", `{"messages":[{"role":"user","content":"SECRET","content":"x"}]}`},
		{"duplicate member, last", "openai.chat", `{"messages":[{"role":"user","content":"x","content":"SECRET"}]}`},
		{"duplicate list", "openai.chat", `{"messages":[{"content":"SECRET"}],"messages":[]}`},
		{"escaped key", "openai.chat", `{"messages":[{"role":"user","c\u006fntent":"SECRET"}]}`},
		{"escaped text", "openai.chat", `{"messages":[{"content":"\u0053ECRET"}]}`},
		{"letter case", "openai.chat", `{"Messages":[{"Role":"user","CONTENT":"SECRET"}]}`},
		{"letters that fold to ASCII", "openai.chat", "{\"me\u017fsages\":[{\"content\":\"SECRET\"}]}"},
		{"message without list", "openai.chat", `{"messages":{"role":"user","content":"SECRET"}}`},
		{"part without list", "openai.chat", `{"messages":[{"content":{"type":"text","text":"SECRET"}}]}`},
		{"text is an object", "openai.chat", `{"messages":[{"content":[{"type":"text","text":{"value":"SECRET"}}]}]}`},
		{"unknown part type", "openai.chat", `{"messages":[{"content":[{"type":"input_text","text":"SECRET"}]}]}`},
		{"unknown role", "openai.chat", `{"messages":[{"role":"critic","content":"SECRET"}]}`},
		{"tool result blocks", "openai.chat", `{"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"text","text":"SECRET"}]}]}]}`},
		{"tool use block", "openai.chat", `{"messages":[{"role":"assistant","content":[{"type":"tool_use","input":{"a":["SECRET"]}}]}]}`},
		{"arguments, duplicate key", "openai.chat", `{"messages":[{"tool_calls":[{"function":{"arguments":"{\"a\":\"SECRET\",\"a\":1}"}}]}]}`},
		{"arguments, one string", "openai.chat", `{"messages":[{"tool_calls":[{"function":{"arguments":"\"SECRET\""}}]}]}`},
		{"arguments, cut off", "openai.chat", `{"messages":[{"tool_calls":[{"function":{"arguments":"{\"a\":\"SECRET"}}]}]}`},
		{"arguments, two documents", "openai.chat", `{"messages":[{"tool_calls":[{"function":{"arguments":"{}{\"a\":\"SECRET\"}"}}]}]}`},
		{"arguments, list", "openai.chat", `{"messages":[{"tool_calls":[{"function":{"arguments":["SECRET"]}}]}]}`},
		{"one call without list", "openai.chat", `{"messages":[{"tool_calls":{"function":{"arguments":"{\"a\":\"SECRET\"}"}}}]}`},
		{"schema example", "openai.chat", `{"tools":[{"function":{"parameters":{"properties":{"a":{"anyOf":[{"examples":[{"b":"SECRET"}]}]}}}}}]}`},
		{"snake case", "gemini.generate", `{"system_instruction":{"parts":[{"text":"SECRET"}]}}`},
		{"system text as string", "gemini.generate", `{"systemInstruction":"SECRET"}`},
		{"part without list", "gemini.generate", `{"contents":{"parts":{"text":"SECRET"}}}`},
		{"contents as string", "gemini.generate", `{"contents":"SECRET"}`},
		{"contents as strings", "gemini.generate", `{"contents":["SECRET"]}`},
		{"response as string", "gemini.generate", `{"contents":[{"parts":[{"function_response":{"response":"SECRET"}}]}]}`},
		{"args, snake case", "gemini.generate", `{"contents":[{"parts":[{"function_call":{"args":{"a":{"b":"SECRET"}}}}]}]}`},
		{"system as an object", "anthropic.messages", `{"system":{"type":"text","text":"SECRET"}}`},
		{"system as strings", "anthropic.messages", `{"system":["SECRET"]}`},
		{"block without list", "anthropic.messages", `{"messages":[{"content":{"type":"text","text":"SECRET"}}]}`},
		{"result as an object", "anthropic.messages", `{"messages":[{"content":[{"type":"tool_result","content":{"type":"text","text":"SECRET"}}]}]}`},
		{"result as strings", "anthropic.messages", `{"messages":[{"content":[{"type":"tool_result","content":["SECRET"]}]}]}`},
		{"document without type", "anthropic.messages", `{"messages":[{"content":[{"type":"document","source":{"data":"SECRET"}}]}]}`},
		{"input as a string", "anthropic.messages", `{"messages":[{"content":[{"type":"tool_use","input":"SECRET"}]}]}`},
		{"letter case", "anthropic.messages", `{"Messages":[{"Content":[{"Text":"SECRET"}]}]}`},
		{"item without type", "openai.responses", `{"input":[{"content":"SECRET"}]}`},
		{"item without list", "openai.responses", `{"input":{"role":"user","content":[{"type":"input_text","text":"SECRET"}]}}`},
		{"arguments as an object", "openai.responses", `{"input":[{"type":"function_call","arguments":{"a":"SECRET"}}]}`},
		{"output as an object", "openai.responses", `{"input":[{"type":"function_call_output","output":{"type":"input_text","text":"SECRET"}}]}`},
		{"summary as a string", "openai.responses", `{"input":[{"type":"reasoning","summary":["SECRET"]}]}`},
		{"instructions as items", "openai.responses", `{"instructions":[{"content":[{"text":"SECRET"}]}]}`},
		{"prompt as one in a list", "openai.completions", `{"prompt":[[1],"SECRET"]}`},
		{"letter case", "ollama.generate", `{"Prompt":"SECRET"}`},
		{"arguments as a string", "ollama.chat", `{"messages":[{"tool_calls":[{"function":{"arguments":"SECRET"}}]}]}`},
		{"parts", "ollama.chat", `{"messages":[{"content":[{"type":"text","text":"SECRET"}]}]}`},
		{"content as a string", "gemini.embed", `{"requests":[{"content":"SECRET"}]}`},
		{"a text that is asked for alone", "gemini.embed", `{"content":{"parts":"SECRET"}}`},
		{"document as a string", "openai.other", `{"documents":"SECRET"}`},
		{"search", "openai.other", `{"query":["SECRET"]}`},
		{"search as an object", "openai.other", `{"query":{"text":"SECRET","more":"SECRET"}}`},
		{"member that only some servers know", "openai.chat", `{"vendor":{"a":[{"b":"SECRET"}]}}`},
		{"member of a part that only some servers know", "openai.chat", `{"messages":[{"content":[{"type":"vendor","vendor":{"caption":"SECRET"}}]}]}`},
		{"a list where an object is due", "openai.chat", `{"tools":[{"function":[{"description":"SECRET"}]}]}`},
		{"a text where an object is due", "openai.chat", `{"response_format":{"json_schema":"SECRET"}}`},
		{"query of an image's URL", "openai.chat", `{"messages":[{"content":[{"type":"image_url","image_url":{"url":"https://a.example/b.png?key=SECRET"}}]}]}`},
		{"a data URI that is no base64", "openai.chat", `{"messages":[{"content":[{"type":"image_url","image_url":{"url":"data:text/plain,SECRET"}}]}]}`},
		{"name of a member of arguments", "openai.chat", `{"messages":[{"tool_calls":[{"function":{"arguments":"{\"a\":{\"1 SECRET\":{\"2 SECRET\":\"SECRET\"}}}"}}]}]}`},
		{"name of a member of a result", "gemini.generate", `{"contents":[{"parts":[{"functionResponse":{"response":{"\u0031SECRET":["SECRET",{"2SECRET":1}]}}}]}]}`},
		{"name of a member that only some servers know", "openai.chat", `{"vendor":{"1SECRET":{"a":"SECRET"}}}`},
		{"unknown keyword of a schema", "openai.chat", `{"tools":[{"function":{"parameters":{"properties":{"a":{"x-note":{"b":["SECRET"]}}}}}}]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a document.Arena
			root, err := a.Parse([]byte(tt.doc))
			if err != nil {
				t.Fatal(err)
			}
			var doc Document
			d := must(t, tt.dialect)
			segs := doc.Collect(d, abi.PhaseRequest, &a, root)
			var reply Reply
			for i := range segs {
				if at := bytes.Index(segs[i].Text, []byte("SECRET")); at >= 0 {
					reply.Edits = append(reply.Edits, Edit{uint32(i), uint32(at), 6, []byte("*")})
				}
			}
			if len(reply.Edits) == 0 {
				t.Fatalf("not found, segments:\n%s", show(segs))
			}
			if err := doc.Apply(&reply); err != nil {
				t.Fatal(err)
			}
			out := a.AppendJSON(nil, root)
			if _, err := new(document.Arena).Parse(out); err != nil || bytes.Contains(out, []byte("ECRET")) {
				t.Errorf("still there, or broken (%v): %s", err, out)
			}
		})
	}
}

func TestApplyKeepsAllOtherBytes(t *testing.T) {
	var a document.Arena
	root, err := a.Parse([]byte(openAIRequest))
	if err != nil {
		t.Fatal(err)
	}
	var doc Document
	segs := doc.Collect(must(t, "openai.chat"), abi.PhaseRequest, &a, root)
	change := map[string]string{"hi": `he said "hi"`, "a@b": "<E_1>\n", "not json": `"q"`, "q\"é": "", "prose": "🙂"}
	var reply Reply
	for i := range segs {
		if to, ok := change[string(segs[i].Text)]; ok {
			reply.Edits = append(reply.Edits, Edit{uint32(i), 0, uint32(len(segs[i].Text)), []byte(to)})
		}
	}
	if err := doc.Apply(&reply); err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer(
		`"text":"hi"`, `"text":"he said \"hi\""`,
		`{\"to\": [\"a@b\", {\"x/y~\":\"q\\\"\\u00e9\"}], \"n\":1}`, `{\"to\": [\"<E_1>\\n\", {\"x/y~\":\"\"}], \"n\":1}`,
		`"not json"`, `"\"q\""`, `"prose"`, `"🙂"`).Replace(openAIRequest)
	if diff := cmp.Diff(want, string(a.AppendJSON(nil, root))); diff != "" {
		t.Errorf("document differs (-want +got):\n%s", diff)
	}
}

func TestApplyOfBadReplyWritesNothing(t *testing.T) {
	var a document.Arena
	root, _ := a.Parse([]byte(openAIRequest))
	var doc Document
	doc.Collect(must(t, "openai.chat"), abi.PhaseRequest, &a, root)
	if err := doc.Apply(&Reply{Edits: []Edit{{0, 0, 1, nil}, {99, 0, 0, nil}}}); err == nil {
		t.Error("Apply took an edit of a segment that is not there")
	}
	if got := a.AppendJSON(nil, root); string(got) != openAIRequest {
		t.Errorf("Apply wrote: %s", got)
	}
}
