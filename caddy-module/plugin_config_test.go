package caddyllm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilled(t *testing.T) {
	t.Setenv("PLUGIN_KEY", `a "key"`)
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, config, want, err string }{
		{"nothing", `{"a": 1.50, "b": "{8}"}`, `{"a": 1.50, "b": "{8}"}`, ""},
		{"the environment", `{"key": "{env.PLUGIN_KEY}", "n": 1.50}`, `{"key":"a \"key\"","n":1.50}`, ""},
		{"a file", `{"key": "<{file.` + path + `}>"}`, `{"key":"\u003cfrom a file\u003e"}`, ""},
		{"below", `{"a": [{"b": "{env.PLUGIN_KEY}"}, "@{3}{env.PLUGIN_KEY}{"]}`, `{"a":[{"b":"a \"key\""},"@{3}a \"key\"{"]}`, ""},
		{"not set", `{"a": {"key": "{env.PLUGIN_NOTHING}"}}`, "", "a: key: {env.PLUGIN_NOTHING} is not set"},
		{"no file", `["{file.` + path + `.none}"]`, "", "{file." + path + ".none} is not set"},
		{"no JSON", `{env.PLUGIN_KEY}`, `{env.PLUGIN_KEY}`, ""},
		{"no end", `["{env.PLUGIN_KEY"]`, `["{env.PLUGIN_KEY"]`, ""},
	} {
		got, err := filled([]byte(c.config))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: got %v, want %q", c.name, err, c.err)
			}
			continue
		}
		if err != nil || string(got) != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.name, got, err, c.want)
		}
	}
}
