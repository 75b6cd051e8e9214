package caddyllm

import (
	"os"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
	"github.com/longmen-gateway/longmen/plugins"
)

// TestReadme: the reference states the grammars as the parsers' comments do, every name that rules know and every built-in plugin, and the
// README the example plugin as it is.
func TestReadme(t *testing.T) {
	text := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	readme := text("README.md")
	for _, file := range []string{"caddyfile_app.go", "caddyfile_handler.go"} {
		if g := grammar(t, file); !strings.Contains(readme, g) {
			t.Errorf("README.md lacks the grammar of %s:\n%s", file, g)
		}
	}
	if !strings.Contains(text("../README.md"), "```go\n"+text("../examples/custom-plugin/shout.go")+"```") {
		t.Error("../README.md's plugin is not examples/custom-plugin/shout.go")
	}
	for _, n := range route.Names() {
		if first, _, _ := strings.Cut(n.Name, ","); !strings.Contains(readme, "`"+first+"`") || !strings.Contains(readme, n.Doc) {
			t.Errorf("README.md lacks the rule name %s: %s", n.Name, n.Doc)
		}
	}
	for _, name := range plugins.Names() {
		if !strings.Contains(readme, name) {
			t.Errorf("README.md lacks the plugin %s", name)
		}
	}
}

// grammar is the syntax in the comment of a file's UnmarshalCaddyfile.
func grammar(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, comment, found := strings.Cut(string(b), "// UnmarshalCaddyfile reads")
	if !found {
		t.Fatalf("%s has no grammar", file)
	}
	var lines []string
	for _, line := range strings.Split(comment, "\n")[1:] {
		if !strings.HasPrefix(line, "//") {
			break
		}
		if text, ok := strings.CutPrefix(line, "//\t"); ok {
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n")
}
