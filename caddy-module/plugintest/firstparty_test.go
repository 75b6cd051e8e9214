package plugintest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository is where the go command runs here.
const repository = "../.."

// modules of the repository, and the packages whose tests hold for them.
var built = []struct {
	name, source string
	tests        []string
}{
	{"firstparty", "./plugins/firstparty", []string{"./plugins/answers", "./plugins/audit", "./plugins/openai-gemini", "./plugins/redact"}},
	{"shout", "./examples/custom-plugin", []string{"./examples/custom-plugin"}},
	{"generate", "./examples/multi-provider/generate", []string{"./examples/multi-provider/generate"}},
}

// TestBuiltPlugins builds plugins from their source and runs their tests against the result.
func TestBuiltPlugins(t *testing.T) {
	for _, b := range built {
		t.Run(b.name, func(t *testing.T) {
			path := build(t, b.source)
			out, err := run(t, []string{"LONGMEN_WASM=" + path}, append([]string{"test"}, b.tests...)...)
			if err != nil {
				t.Errorf("testing the built plugins: %v\n%s", err, out)
			}
			if n := strings.Count("\n"+out, "\nok "); n != len(b.tests) && err == nil {
				t.Errorf("%d packages passed, want %d:\n%s", n, len(b.tests), out)
			}
		})
	}
}

// build builds a module as a release does.
func build(t *testing.T, source string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "guest.wasm")
	if out, err := run(t, []string{"GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0"}, "build", "-buildmode=c-shared", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", path, source); err != nil {
		t.Fatalf("building %s: %v\n%s", source, err, out)
	}
	return path
}

// TestMissingModule: every package takes the variable to heart, so that none passes natively by mistake.
func TestMissingModule(t *testing.T) {
	for _, b := range built {
		for _, pkg := range b.tests {
			out, err := run(t, []string{"LONGMEN_WASM=" + filepath.Join(t.TempDir(), "missing.wasm")}, "test", pkg)
			if err == nil || !strings.Contains(out, "missing.wasm: no such file") {
				t.Errorf("%s: error %v, want the file to be missed\n%s", pkg, err, out)
			}
		}
	}
}

// run runs the go command and gives what it printed.
func run(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = repository
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
