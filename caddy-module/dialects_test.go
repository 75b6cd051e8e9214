package caddyllm

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// TestDescribeOwnDialect: the command llm-models knows dialects and codecs of files.
func TestDescribeOwnDialect(t *testing.T) {
	t.Chdir(t.TempDir())
	const manifest = `{"plugins":[{"name":"x","version":"1","purpose":"p","abi":1,"hooks":["request","response"],"codecs":[{"client":"openai.chat","provider":"custom.generate"}]}]}`
	fixture(t, "generate.json", []byte(`{"upstream":{"whole":"/generate"}}`))
	fixture(t, "x.wat", fmt.Appendf(nil, `(module
    (memory (export "memory") 2)
    (data (i32.const 16) %q)
    (func (export "_initialize"))
    (func (export "longmen_v1_manifest") (result i64) (i64.const 0x10_%08x))
    (func (export "longmen_v1_buffer") (param i32) (result i32) (i32.const 0x10000))
    (func (export "longmen_v1_configure") (param i32) (result i32) (i32.const 0))
    (func (export "longmen_v1_request") (param i32) (result i32) (i32.const 0))
    (func (export "longmen_v1_response") (param i32) (result i32) (i32.const 0)))`, manifest, len(manifest)))
	app := &App{
		Dialects:  map[string]string{"custom.generate": "generate.json"},
		Plugins:   map[string]*Plugin{"translate": {File: "x.wasm"}},
		Providers: map[string]*Provider{"house": {BaseURL: "http://localhost:8081", Dialects: []string{"custom.generate"}}},
	}
	var out strings.Builder
	if err := describe(&out, app, "", []string{"house"}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{"openai.chat translate to custom.generate", "anthropic.messages openai-anthropic, translate to custom.generate", "openai.embeddings none"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	app.Plugins["translate"].File = "generate.json"
	if err := describe(&out, app, "", []string{"house"}); err == nil || !strings.HasPrefix(err.Error(), `plugin "translate": generate.json: `) {
		t.Errorf("a plugin that is none: %v", err)
	}
	app.Dialects["custom.other"] = "missing.json"
	if err := describe(&out, app, "", nil); err == nil || !strings.HasPrefix(err.Error(), `dialect "custom.other": missing.json: `) {
		t.Errorf("a dialect that is none: %v", err)
	}
}

// TestReadmeDialect: plugins/README.md has every member of a described dialect.
func TestReadmeDialect(t *testing.T) {
	b, err := os.ReadFile("../plugins/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var members func(at string, s reflect.Type)
	members = func(at string, s reflect.Type) {
		for f := range s.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			kind := f.Type
			if kind.Kind() == reflect.Slice && strings.HasPrefix(kind.Elem().Name(), "Described") {
				kind = kind.Elem()
			}
			switch {
			case f.Anonymous:
				members(at, kind)
			case kind.Kind() == reflect.Struct:
				members(at+name+".", kind)
			case !strings.Contains(string(b), "`"+at+name+"`"):
				t.Errorf("plugins/README.md lacks %s%s", at, name)
			}
		}
	}
	members("", reflect.TypeFor[dialect.Described]())
}
