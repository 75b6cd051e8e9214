//go:build linux

package wasm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCodeFile: compiled code stands for a file, which replaces a damaged one.
func TestCodeFile(t *testing.T) {
	runs := func() *Module {
		t.Helper()
		m := loadGuest(t, newRuntime(t))
		p, err := m.Pool(t.Context(), Spec{Plugin: "noop"})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		f, root, _ := newFrame(t, `{}`)
		if err := p.Request(t.Context(), f, root); err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := runs()
	path := filepath.Join(temporary, "cache", "code-"+m.Digest())
	mapped := func() bool {
		maps, err := os.ReadFile("/proc/self/maps")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(maps), "\n") {
			if strings.Contains(line, " r-xp ") && strings.HasSuffix(line, path) {
				return true
			}
		}
		return false
	}
	if !mapped() {
		t.Fatal("the code is mapped from no file")
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "short", strings.Repeat("\xcc", len(good))} {
		if err := os.Remove(path); err != nil { // the old one is being run
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		runs()
		if !mapped() {
			t.Error("the code is mapped from no file after one was damaged")
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != string(good) {
			t.Errorf("a file of %d bytes was not replaced, error %v", len(bad), err)
		}
	}
	if keepCode(t.TempDir(), "code", codeSpans()) != 0 {
		t.Error("code that was there before is taken for the module's")
	}
}
