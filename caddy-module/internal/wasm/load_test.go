package wasm

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
)

func TestLoadRefuses(t *testing.T) {
	r := newRuntime(t)
	whole := assemble(t, "well_behaved")
	for _, c := range []struct {
		name string
		wasm []byte
		want string
	}{
		{"nothing", nil, "loading module: rewriting module: "},
		{"text", []byte("#!/bin/sh\necho hello"), "loading module: rewriting module: "},
		{"truncated", whole[:len(whole)/2], "loading module: rewriting module: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := r.Load(t.Context(), c.wasm, 0)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line that begins with %q", err, c.want)
			}
		})
	}
	if _, err := r.Load(t.Context(), whole, 1); err == nil || !strings.Contains(err.Error(), "begins with 2 pages of memory, 131072 bytes, expected at most 1 pages") {
		t.Errorf("too much memory to begin with: %v", err)
	}
}

// Truncating a module anywhere gives an error, never a panic, and never a module.
func TestLoadTruncatedAnywhere(t *testing.T) {
	r, err := NewRuntime(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background())
	whole := assemble(t, "well_behaved")
	for n := range len(whole) {
		if m, err := r.Load(t.Context(), whole[:n], 0); err == nil {
			m.Close()
			t.Fatalf("the first %d of %d bytes were loaded", n, len(whole))
		}
	}
}

func TestLoadSharesModules(t *testing.T) {
	r := newRuntime(t)
	wasm := assemble(t, "well_behaved")
	modules := make([]*Module, 8)
	var wg sync.WaitGroup
	for i := range modules {
		wg.Go(func() {
			m, err := r.Load(t.Context(), wasm, 0)
			if err != nil {
				t.Error(err)
				return
			}
			modules[i] = m
		})
	}
	wg.Wait()
	for _, m := range modules {
		if m != modules[0] {
			t.Error("equal bytes gave different modules")
		}
		m.Close()
	}
	if len(r.modules) != 0 {
		t.Error("the module lives on")
	}
}

func TestManifest(t *testing.T) {
	m := loadGuest(t, newRuntime(t))
	_, d, err := m.Manifest().Find("edit")
	if err != nil {
		t.Fatal(err)
	}
	if !d.Has("request") || d.Has("event") || d.Attributes["t.n"] != "int" {
		t.Errorf("description is %+v", d)
	}
	if len(m.Digest()) != 64 {
		t.Errorf("digest is %q", m.Digest())
	}
	if _, err := m.Pool(t.Context(), Spec{Plugin: "nobody"}); err == nil || !strings.Contains(err.Error(), `no "nobody" in the module, expected one of noop, scan`) {
		t.Errorf("unknown plugin: %v", err)
	}
	if _, err := m.Pool(t.Context(), Spec{Plugin: "noop", Limits: plugin.Limits{Memory: 1 << 20}}); err == nil || !strings.Contains(err.Error(), "limits: memory is 1048576 bytes, but the module begins with") {
		t.Errorf("too little memory: %v", err)
	}
}

// A cache that is broken in any way costs time, not the start.
func TestBrokenCache(t *testing.T) {
	dir := t.TempDir()
	load := func() {
		t.Helper()
		r, err := NewRuntime(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close(context.Background())
		m, err := r.Load(t.Context(), assemble(t, "well_behaved"), 0)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		p, err := m.Pool(t.Context(), Spec{})
		if err != nil {
			t.Fatal(err)
		}
		p.Close()
	}
	load()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		b[len(b)/2] ^= 0xff
		return os.WriteFile(path, b[:len(b)-1], 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	if files != 2 {
		t.Errorf("%d files in the cache, want code and manifest", files)
	}
	load()
}
