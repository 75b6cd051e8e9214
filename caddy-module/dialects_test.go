package caddyllm

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

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
