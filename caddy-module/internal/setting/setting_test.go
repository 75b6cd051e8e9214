package setting

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFit(t *testing.T) {
	const schema = `{
		"type": "object",
		"$defs": {"limit": {"type": "integer"}, "loop": {"type": "object", "additionalProperties": {"$ref": "#/$defs/loop"}, "properties": {"n": {"type": "number"}}}},
		"properties": {
			"text": {"type": "string"}, "number": {"type": "number"}, "integer": {"type": "integer"}, "flag": {"type": "boolean"},
			"list": {"type": "array", "items": {"type": "string"}}, "numbers": {"type": "array", "items": {"type": "integer"}},
			"objects": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
			"either": {"type": ["string", "integer"]}, "numberOrNull": {"type": ["integer", "null"]}, "level": {"enum": [1, 2]}, "mode": {"enum": ["1", "2"]}, "one": {"const": true},
			"ref": {"$ref": "#/$defs/limit"}, "all": {"allOf": [{"type": "integer"}]}, "any": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
			"loop": {"$ref": "#/$defs/loop"}, "textOrList": {"type": ["array", "string"]}
		},
		"additionalProperties": {"type": "integer"}
	}`
	tests := []struct{ name, config, want string }{
		{"nothing", ``, ``},
		{"text", `{"text":"5"}`, `{"text":"5"}`},
		{"number", `{"number":"1.50"}`, `{"number":1.50}`},
		{"integer", `{"integer":"5"}`, `{"integer":5}`},
		{"no number", `{"integer":"five"}`, `{"integer":"five"}`},
		{"number in Go's spelling only", `{"integer":"0x10","number":"+1"}`, `{"integer":"0x10","number":"+1"}`},
		{"infinite", `{"number":"Inf"}`, `{"number":"Inf"}`},
		{"flag", `{"flag":"true"}`, `{"flag":true}`},
		{"flag in words", `{"flag":"off"}`, `{"flag":false}`},
		{"flag without value", `{"flag":true}`, `{"flag":true}`},
		{"list of one", `{"list":"a"}`, `{"list":["a"]}`},
		{"list", `{"list":["a","b"]}`, `{"list":["a","b"]}`},
		{"numbers", `{"numbers":["1","2"]}`, `{"numbers":[1,2]}`},
		{"number as list", `{"numbers":"1"}`, `{"numbers":[1]}`},
		{"object as list", `{"objects":{"n":"1"}}`, `{"objects":[{"n":1}]}`},
		{"either", `{"either":"5"}`, `{"either":"5"}`},
		{"number or null", `{"numberOrNull":"5"}`, `{"numberOrNull":5}`},
		{"enum of numbers", `{"level":"2"}`, `{"level":2}`},
		{"enum of texts", `{"mode":"2"}`, `{"mode":"2"}`},
		{"const", `{"one":"true"}`, `{"one":true}`},
		{"reference", `{"ref":"5"}`, `{"ref":5}`},
		{"all of", `{"all":"5"}`, `{"all":5}`},
		{"any of", `{"any":"5"}`, `{"any":"5"}`},
		{"other properties", `{"else":"5"}`, `{"else":5}`},
		{"loop", `{"loop":{"a":{"b":{"n":"1.5"}}}}`, `{"loop":{"a":{"b":{"n":1.5}}}}`},
		{"text or list", `{"textOrList":"a"}`, `{"textOrList":"a"}`},
		{"typed already", `{"integer":5,"number":1e3,"list":["a"]}`, `{"integer":5,"list":["a"],"number":1e3}`},
		{"no HTML escapes", `{"text":"<&>"}`, `{"text":"<&>"}`},
		{"not JSON", `{"text":`, `{"text":`},
		{"not an object", `[1]`, `[1]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Fit([]byte(schema), []byte(tt.config))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := Fit([]byte(`{`), []byte(`{}`)); err == nil {
		t.Error("schema that is not JSON: got no error")
	}
}

func FuzzFit(f *testing.F) {
	f.Add([]byte(`{"type":"object","properties":{"a":{"type":"array","items":{"$ref":"#"}}}}`), []byte(`{"a":{"a":"1"}}`))
	f.Add([]byte(`{"$ref":"#/a","a":{"$ref":"#"}}`), []byte(`"x"`))
	f.Fuzz(func(t *testing.T, schema, config []byte) {
		once, err := Fit(schema, config)
		if err != nil {
			return
		}
		twice, err := Fit(schema, once)
		if err != nil {
			t.Fatal(err)
		}
		if string(once) != string(twice) && len(config) < 200 {
			t.Errorf("fitting again changes %s into %s", once, twice)
		}
	})
}
