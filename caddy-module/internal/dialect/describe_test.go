package dialect

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/document"
)

const generate = `{
	"name": "custom.generate",
	"upstream": {"whole": "/v2/{model}/generate?wait=1"},
	"keys": [{"header": "X-Api-Token"}],
	"request": {"model": "engine"},
	"answer": {"finish": ["reason"]},
	"usage": {"at": ["meta.tokens"], "prompt": ["in"], "completion": ["out"]},
	"answering": ["engine"],
	"errors": {
		"at": ["fault"], "native": "kind",
		"kinds": [{"native": "busy", "status": 429, "type": "rate_limit_error", "code": "rate_limit_exceeded"}],
		"phrases": [{"code": "context_length_exceeded", "like": "*too long*"}]
	},
	"models": {"path": "/v2/engines", "at": "engines", "id": "name"}
}`

func TestDescribe(t *testing.T) {
	d, err := Describe("custom.generate", []byte(generate))
	if err != nil {
		t.Fatal(err)
	}
	base, _ := url.Parse("https://example.com/api")
	if got := d.URL(base, "a/b", false).String(); got != "https://example.com/api/v2/a%2Fb/generate?wait=1" {
		t.Errorf("asked at %s", got)
	}
	h := http.Header{}
	if d.SetKey(h, "secret"); h.Get("X-Api-Token") != "secret" || len(h) != 1 || d.KeyHeader() != "X-Api-Token" {
		t.Errorf("the key goes into %v, told as %s", h, d.KeyHeader())
	}
	if !d.InOnePiece() || !d.ListsModels() || d.Counts() {
		t.Errorf("in one piece %t, lists models %t, counts %t", d.InOnePiece(), d.ListsModels(), d.Counts())
	}
	var a document.Arena
	root, err := a.Parse([]byte(`{"engine":"e2","reason":"length","meta":{"tokens":{"in":3,"out":4}}}`))
	if err != nil {
		t.Fatal(err)
	}
	var u Usage
	if !d.Usage(&a, root, &u) || u.Prompt != 3 || u.Completion != 4 || u.Total != 7 {
		t.Errorf("counted %+v", u)
	}
	if d.Finish(&a, root) != "length" || d.Answering(&a, root) != "e2" || d.EventError(&a, root) != nil {
		t.Errorf("finish %q, model %q, error %v", d.Finish(&a, root), d.Answering(&a, root), d.EventError(&a, root))
	}
	for body, want := range map[string]string{
		`{"fault":{"kind":"busy","message":"later"}}`:            "429 rate_limit_error (rate_limit_exceeded)",
		`{"fault":{"kind":"other","message":"much too long ."}}`: "500 server_error (context_length_exceeded)",
		`gone`: "502 server_error",
	} {
		status := 500
		if strings.Contains(body, "busy") {
			status = 429
		}
		if got := d.ParseError(status, nil, []byte(body)).Error(); got != want {
			t.Errorf("%s is %s, want %s", body, got, want)
		}
	}
	models, _, ok := d.ReadModels([]byte(`{"engines":[{"name":"e1"}]}`))
	if !ok || len(models) != 1 || models[0].ID != "e1" {
		t.Errorf("listed %v, %t", models, ok)
	}
}

// TestDescribeDefaults: the paths are all that has to be told.
func TestDescribeDefaults(t *testing.T) {
	d, err := Describe("custom.generate", []byte(`{"upstream":{"whole":"/generate","stream":"/stream"},"done":"[DONE]"}`))
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	d.SetKey(h, "secret")
	base, _ := url.Parse("https://example.com")
	if got := h.Get("Authorization") + " " + d.URL(base, "m", true).String(); got != "Bearer secret https://example.com/stream" || d.InOnePiece() || d.ListsModels() {
		t.Errorf("got %s, in one piece %t, lists models %t", got, d.InOnePiece(), d.ListsModels())
	}
	if got := d.ParseError(429, nil, []byte(`{"error":"slow down"}`)); got.Type != "rate_limit_error" || got.Message != "slow down" {
		t.Errorf("read %v: %s", got, got.Message)
	}
}

func TestDescribeRefuses(t *testing.T) {
	const fine = `"upstream":{"whole":"/generate"}`
	for _, tt := range []struct{ name, text, want string }{
		{"generate", `{` + fine + `}`, `name "generate", expected vendor.kind`},
		{"Custom.generate", `{` + fine + `}`, `name "Custom.generate", expected vendor.kind`},
		{"custom." + strings.Repeat("g", 64), `{` + fine + `}`, `at most 64 letters`},
		{"openai.chat", `{` + fine + `}`, `another vendor than openai`},
		{"openai.mine", `{` + fine + `}`, `another vendor than openai`},
		{"", `{"name":"custom.other",` + fine + `}`, `name: "custom.other", expected "custom.generate" or nothing`},
		{"", ``, `line 1: the text ends too soon, expected a JSON object`},
		{"", `{` + fine, `line 1: the text ends too soon`},
		{"", "{\n" + fine + "\n]", `line 3: invalid character ']'`},
		{"", `{` + fine + `} {}`, `line 1: more than one JSON value`},
		{"", "{\n\"endpoints\":[{\"path\":\"/v1/generate\"}]}", `line 2: unknown member "endpoints", expected those of a dialect that providers speak`},
		{"", `{"upstream":{"whole":"/x","variants":[]}}`, `line 1: unknown member "variants"`},
		{"", `{"signs":["/x"],` + fine + `}`, `unknown member "signs"`},
		{"", `{"request":{"text":[{"at":"prompt"}]},` + fine + `}`, `unknown member "text"`},
		{"", "{" + fine + ",\n\n\"usage\":{\"at\":\"usage\"}}", `line 3: usage.at: a JSON string, expected an array`},
		{"", `{"upstream":"/x"}`, `line 1: upstream: a JSON string, expected an object`},
		{"", `{}`, `upstream.whole: "", expected a path below the base URL such as /generate`},
		{"", `{"upstream":{"whole":"generate"}}`, `upstream.whole: "generate", expected a path`},
		{"", `{"upstream":{"whole":"/{model}/{model}"}}`, `{model} in it once at most`},
		{"", `{"upstream":{"whole":"/a b"}}`, `upstream.whole: "/a b", expected a path`},
		{"", `{"upstream":{"whole":"/a","stream":"b"},"done":"[DONE]"}`, `upstream.stream: "b", expected a path`},
		{"", `{"upstream":{"whole":"/a","stream":"/a"}}`, `event.finish: nothing, expected where a stream's finish reason stands, or done`},
		{"", `{"done":"END",` + fine + `}`, `done: "END", expected [DONE] or nothing`},
		{"", `{"keys":[{"header":"A"},{"header":"B"}],` + fine + `}`, `keys: 2, expected at most one`},
		{"", `{"keys":[{"header":"x-api-key"}],` + fine + `}`, `keys: header "x-api-key", expected one for a key, spelled such as X-Api-Key`},
		{"", `{"keys":[{"header":"Host"}],` + fine + `}`, `keys: header "Host", expected one for a key`},
		{"", `{"keys":[{"header":"A b"}],` + fine + `}`, `keys: header "A b", expected one for a key`},
		{"", `{"keys":[{"header":"A","scheme":"x\ny"}],` + fine + `}`, `keys: scheme "x\ny", expected a word`},
		{"", `{"request":{"model":"options.model"},` + fine + `}`, `request.model: "options.model", expected the name of one member`},
		{"", `{"models":{"path":"/models","at":"data"},` + fine + `}`, `models: no at or no id`},
		{"", `{"models":{"path":"models","at":"data","id":"id"},` + fine + `}`, `models.path: "models", expected a path`},
		{"", `{"models":{"path":"/models","at":"data","id":"id","next":"more"},` + fine + `}`, `models: next and query go together`},
		{"", `{"usage":{"prompt":["a..b"]},` + fine + `}`, `usage.prompt: path "a..b": empty step`},
		{"", `{"answer":{"finish":["a|"]},` + fine + `}`, `answer.finish: path "a|": empty name beside |`},
		{"", `{"event":{"opening":"type"},` + fine + `}`, `event.opening: test "type": expected member=value`},
		{"", `{"errors":{"self":"=x"},` + fine + `}`, `errors.self: test "=x": expected a member's name`},
		{"", `{"errors":{"retry":"a."},` + fine + `}`, `errors.retry: path "a.": empty step`},
		{"", `{"errors":{"blocked":["reason="]},` + fine + `}`, `test "reason=": expected member=value`},
		{"", `{"errors":{"reasons":[{"at":".","kinds":[{"native":"a"}]}]},` + fine + `}`, `path ".": empty step`},
		{"", `{"errors":{"reasons":[{"at":"a","kinds":[{"native":"a","status":200}]}]},` + fine + `}`, `errors.reasons: number 1: expected native in each kind, and a status`},
		{"", `{"errors":{"kinds":[{"native":"a","status":429}]},` + fine + `}`, `errors.native: nothing, expected the member`},
		{"", `{"errors":{"native":"k","kinds":[{"native":"a","status":200}]},` + fine + `}`, `errors.kinds: number 1, expected native and an HTTP status from 400 to 599`},
		{"", `{"errors":{"phrases":[{"code":"a","like":"b"},{"code":"a"}]},` + fine + `}`, `errors.phrases: number 2, expected code and either prefix or like`},
		{"", `{` + fine + strings.Repeat(" ", MaxDescribed) + `}`, `bytes, expected at most 65536`},
	} {
		name := tt.name
		if name == "" {
			name = "custom.generate"
		}
		_, err := Describe(name, []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.120s\ngot  %v\nwant %s", tt.text, err, tt.want)
		}
	}
}

// FuzzDescribe: whatever a description says, reading it and what it reads does no harm.
func FuzzDescribe(f *testing.F) {
	f.Add([]byte(generate), []byte(`{"engine":"e2","reason":"length","meta":{"tokens":{"in":3}},"fault":{"kind":"busy"}}`))
	f.Add([]byte(`{"upstream":{"whole":"/a"},"errors":{"at":["*.a|b"],"blocked":["*=x"],"self":"t=*x"}}`), []byte(`[{"a":"b"}]`))
	f.Fuzz(func(t *testing.T, text, answer []byte) {
		d, err := Describe("custom.generate", text)
		if err != nil {
			return
		}
		if e := d.ParseError(500, nil, answer); e == nil {
			t.Fatal("an error answer is none")
		}
		d.ReadModels(answer)
		var a document.Arena
		root, err := a.Parse(answer)
		if err != nil {
			return
		}
		var u Usage
		d.Usage(&a, root, &u)
		d.Finished(&a, root)
		d.Opens(&a, root)
		d.EventError(&a, root)
		d.Blocked(&a, root, PhaseEvent)
		d.Answering(&a, root)
		if err := d.SetModel(&a, root, "m"); err == nil {
			a.AppendJSON(nil, root)
		}
	})
}
