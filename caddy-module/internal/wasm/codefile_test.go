//go:build linux

package wasm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCodeFile: compiled code stands for a file that nobody finds.
func TestCodeFile(t *testing.T) {
	mapped := func() (n int) {
		maps, err := os.ReadFile("/proc/self/maps")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(maps)) {
			if strings.Contains(line, " r-xp ") && strings.Contains(line, "/code-") && strings.HasSuffix(line, " (deleted)\n") {
				n++
			}
		}
		return n
	}
	before := mapped()
	m := loadGuest(t, newRuntime(t))
	if mapped() <= before {
		t.Error("the code is mapped from no file, or from one with a name")
	}
	p, err := m.Pool(t.Context(), Spec{Plugin: "noop"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	f, root, _ := newFrame(t, `{}`)
	if err := p.Request(t.Context(), f, root); err != nil {
		t.Error(err)
	}
	left, err := filepath.Glob(filepath.Join(temporary, "cache", "code-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("files %v are left, error %v", left, err)
	}
	if keepCode(t.TempDir(), codeSpans()) != 0 {
		t.Error("code that was there before is taken for the module's")
	}
}
