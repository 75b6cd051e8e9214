package caddyllm

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	_ "github.com/caddyserver/caddy/v2/modules/standard"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm/wasmtest"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

var update = flag.Bool("update", false, "rewrite the results in testdata/*.caddyfiletest")

// asCaddy makes the test binary Caddy, for tests of what a command line comes to.
const asCaddy = "LONGMEN_TEST_AS_CADDY"

// TestMain gives the tests a data directory of their own: Caddy's storage and the compilation cache.
func TestMain(m *testing.M) {
	if os.Getenv(asCaddy) != "" {
		caddycmd.Main()
		return
	}
	flag.Parse()
	dir, err := wasmtest.DataHome("caddyllm-")
	if err != nil {
		panic(err)
	}
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME"} {
		if err := os.Setenv(name, dir); err != nil {
			panic(err)
		}
	}
	for _, name := range []string{"OPENAI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// Parts of a golden archive. A case has a Caddyfile and what comes of it: the error of caddy adapt, or
// its JSON and, if the case goes on, the error of caddy validate, empty for none, and what is warned of. Other files are put
// beside the Caddyfile; one named x.wat is assembled to x.wasm.
const (
	partInput    = "Caddyfile"
	partAdapted  = "adapted.json"
	partRefused  = "adapt.error"
	partValidate = "validate.error"
	partWarned   = "validate.warnings"
)

func TestGoldens(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.caddyfiletest")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no goldens: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".caddyfiletest"), func(t *testing.T) {
			golden(t, path)
		})
	}
}

func golden(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	path, err = filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	input := ""
	wants := map[string]*string{}
	for i := range archive.Files {
		f := &archive.Files[i]
		text := string(f.Data)
		switch {
		case f.Name == partInput:
			input = text
		case f.Name == partAdapted || f.Name == partRefused || f.Name == partValidate || f.Name == partWarned:
			wants[f.Name] = &text
		default:
			fixture(t, f.Name, f.Data)
		}
	}
	got := map[string]string{}
	adapted, warned, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(input), map[string]any{"filename": partInput})
	for _, w := range warned {
		if w.Directive != "" || !strings.Contains(w.Message, "not formatted") {
			t.Errorf("warning: %s", w)
		}
	}
	if err != nil {
		got[partRefused] = err.Error() + "\n"
	} else {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, adapted, "", "\t"); err != nil {
			t.Fatal(err)
		}
		got[partAdapted] = pretty.String() + "\n"
		if wants[partValidate] != nil {
			var warned string
			got[partValidate], warned = validate(t, adapted)
			if warned != "" {
				got[partWarned] = warned
			}
		}
	}
	if *update {
		rewrite(t, path, archive, got)
		return
	}
	for name, want := range wants {
		if _, ok := got[name]; !ok {
			t.Errorf("got no %s, want %s", name, *want)
		}
	}
	for name, text := range got {
		if wants[name] == nil {
			t.Errorf("got %s, which the golden does not expect:\n%s", name, text)
			continue
		}
		if diff := cmp.Diff(*wants[name], text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// fixture puts a file where the configuration finds it.
func fixture(t *testing.T, name string, data []byte) {
	t.Helper()
	if base, ok := strings.CutSuffix(name, ".wat"); ok {
		code, err := wasmtext.Assemble(string(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		name, data = base+".wasm", code
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// validate is what caddy validate says of a configuration, and what it warns of: data that may leave unprotected.
func validate(t *testing.T, adapted []byte) (problem, warnings string) {
	t.Helper()
	var c caddy.Config
	if err := json.Unmarshal(adapted, &c); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "log")
	writer, err := json.Marshal(map[string]any{"output": "file", "filename": log})
	if err != nil {
		t.Fatal(err)
	}
	c.Logging = &caddy.Logging{Logs: map[string]*caddy.CustomLog{"default": {BaseLog: caddy.BaseLog{WriterRaw: writer, EncoderRaw: json.RawMessage(`{"format":"json"}`)}}}}
	if err := caddy.Validate(&c); err != nil {
		return ours(err.Error()) + "\n", ""
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var entry struct{ Level, Msg, Where, Reason string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		if entry.Msg == "personal data may leave" && entry.Level == "warn" {
			warnings += entry.Where + ": " + entry.Reason + "\n"
		}
	}
	return "", warnings
}

// ours is the part of an error that this module wrote. What Caddy puts before it depends on which app it
// happens to provision first.
func ours(text string) string {
	for _, module := range []string{"provision http.handlers." + appName + ": ", "provision " + appName + ": "} {
		if i := strings.LastIndex(text, module); i >= 0 {
			text = text[i+len(module):]
		}
	}
	return text
}

// rewrite keeps the case and replaces its results.
func rewrite(t *testing.T, path string, archive *txtar.Archive, got map[string]string) {
	t.Helper()
	var kept []txtar.File
	for _, f := range archive.Files {
		if f.Name != partAdapted && f.Name != partRefused && f.Name != partValidate && f.Name != partWarned {
			kept = append(kept, f)
		}
	}
	for _, name := range []string{partAdapted, partRefused, partValidate, partWarned} {
		if text, ok := got[name]; ok {
			kept = append(kept, txtar.File{Name: name, Data: []byte(text)})
		}
	}
	archive.Files = kept
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
