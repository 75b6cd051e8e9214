package wasm

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// temporary holds what is built once for all tests.
var temporary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "longmen-wasm")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	temporary = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

var goGuest = sync.OnceValues(func() ([]byte, error) {
	out := filepath.Join(temporary, "guest.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-buildmode=c-shared", "-o", out, "./testdata/guest")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=")
	if b, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building guest: %w\n%s", err, b)
	}
	return os.ReadFile(out)
})

func guestBytes(t testing.TB) []byte {
	t.Helper()
	b, err := goGuest()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// newRuntime gives a runtime that shares a compilation cache with the other tests.
func newRuntime(t testing.TB) *Runtime {
	t.Helper()
	r, err := NewRuntime(t.Context(), filepath.Join(temporary, "cache"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return r
}

func loadGuest(t testing.TB, r *Runtime) *Module {
	t.Helper()
	m, err := r.Load(t.Context(), guestBytes(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// newPool gives a pool of one of the Go guest's plugins.
func newPool(t testing.TB, name string, edit ...func(*Spec)) *Pool {
	t.Helper()
	m := loadGuest(t, newRuntime(t))
	spec := Spec{Plugin: name}
	for _, e := range edit {
		e(&spec)
	}
	p, err := m.Pool(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func withLimits(l plugin.Limits) func(*Spec) { return func(s *Spec) { s.Limits = l } }

func withConfig(config string) func(*Spec) { return func(s *Spec) { s.Config = []byte(config) } }

// fakeHost is a Host that remembers.
type fakeHost struct {
	header  map[string]string
	attrs   map[string]any
	effects []string
}

func (h *fakeHost) Header(name string) (string, bool) { v, ok := h.header[name]; return v, ok }

func (h *fakeHost) SetHeader(name, value string) error {
	return h.did("header %s=%s", name, value)
}

func (h *fakeHost) did(format string, args ...any) error {
	h.effects = append(h.effects, fmt.Sprintf(format, args...))
	return nil
}

func (h *fakeHost) Attr(name string) (any, bool) { v, ok := h.attrs[name]; return v, ok }

func (h *fakeHost) SetAttr(name string, v any) error {
	h.attrs = maps.Clone(h.attrs)
	return h.did("attr %s=%v", name, v)
}

func (h *fakeHost) Tag(name, value string) error { return h.did("tag %s=%s", name, value) }

func (h *fakeHost) Warn(item string) error { return h.did("warn %s", item) }

func (h *fakeHost) Respond(status int, a *document.Arena, n document.Node, form int32) error {
	return h.did("respond %d %s %d", status, a.AppendJSON(nil, n), form)
}

func (h *fakeHost) Reject(status int, code, param, message string) error {
	return h.did("reject %d %s %s %s", status, code, param, message)
}

func (h *fakeHost) Emit(a *document.Arena, n document.Node, name string) error {
	return h.did("emit %s %s", name, a.AppendJSON(nil, n))
}

func (h *fakeHost) Now() time.Time { return time.UnixMilli(1_700_000_000_000) }

// newFrame gives a frame whose document is text.
func newFrame(t testing.TB, text string) (*Frame, document.Node, *fakeHost) {
	t.Helper()
	h := &fakeHost{}
	f := &Frame{Doc: new(document.Arena), Host: h}
	n, err := f.Doc.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f, n, h
}

// noMoreGoroutines checks that there are no more than before, once those that are ending have ended. The
// runtime's own goroutine that closes collected pipes counts while it does, so there is no event to wait for.
func noMoreGoroutines(t testing.TB, before int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if runtime.NumGoroutine() <= before {
			return
		}
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}
