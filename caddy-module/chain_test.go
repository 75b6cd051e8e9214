package caddyllm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/document"
)

const chainKey = "a key for tests only"

// outcome is how many records of a file were counted so.
func outcome(t *testing.T, path, outcome string) float64 {
	t.Helper()
	return gathered(t, new(App))["caddy_llm_gateway_records_total{file="+path+",outcome="+outcome+"}"]
}

// A sink with a chain is shared by all that name its file, over a reload too, and takes no record twice.
func TestChainedSink(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	t.Setenv("LONGMEN_CHAIN", chainKey+"\n")
	grant := map[string]*Sink{"s": {File: path, Chain: &Chain{Key: "{env.LONGMEN_CHAIN}"}}}
	old, err := openSinks(grant)
	if err != nil {
		t.Fatal(err)
	}
	again, err := openSinks(grant)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []sinks{old, again, old} {
		if err := errors.Join(s.Ready(t.Context(), "s"), s.Record(t.Context(), "s", []byte(`{"a":1}`))); err != nil {
			t.Fatal(err)
		}
	}
	if err := again.Ready(t.Context(), "other"); !errors.Is(err, wasm.ErrDenied) {
		t.Errorf("another sink: %v, want ErrDenied", err)
	}
	if err := errors.Join(old.Close(), again.Close()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), "\n") != 3 || !strings.Contains(string(text), `{"seq":3,`) || !strings.Contains(string(text), `"mac":`) {
		t.Errorf("got %s, %v; want three lines with a mac", text, err)
	}
	if n := outcome(t, path, "written"); n != 3 {
		t.Errorf("%v counted as written, want 3", n)
	}
}

// A file that cannot be written is not ready; what was recorded meanwhile is written when it can.
func TestChainedSinkWaits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "a.jsonl")
	s, err := openSinks(map[string]*Sink{"s": {File: path, Chain: new(Chain)}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx := t.Context()
	// The file has to be made anew, and its directory is gone.
	if err := os.Rename(dir, dir+"2"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Ready(ctx, "s"), s.Record(ctx, "s", []byte("1")), s.Record(ctx, "s", []byte("2"))); err != nil {
		t.Errorf("a record that can wait: %v", err)
	}
	if err := s.Ready(ctx, "s"); err == nil || errors.Is(err, wasm.ErrDenied) {
		t.Errorf("ready: got %v, want the system's error", err)
	}
	if n := outcome(t, path, "delayed"); n != 2 {
		t.Errorf("%v counted as delayed, want 2", n)
	}
	if err := os.Rename(dir+"2", dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(ctx, "s"); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), "\n") != 2 {
		t.Errorf("got %s, %v; want both records", text, err)
	}
}

// brokenEnd is a plugin whose end hook fails.
type brokenEnd struct{ pipeline.Hooks }

func (brokenEnd) End(context.Context, *wasm.Frame, document.Node) error { return errTrap }

var errTrap = errors.New("trapped, and quotes ann@corp.example")

func TestWitness(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	s, err := openSinks(map[string]*Sink{"s": {File: path, Chain: new(Chain)}, "log": {}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	g := &guest{name: "pii", sinks: s}
	w, ok := g.hooks().(witness)
	if !ok || len(w.chains) != 1 {
		t.Fatalf("got %v, want a witness with one chain", w)
	}
	w.Hooks = brokenEnd{}
	a := new(document.Arena)
	root, err := a.Parse([]byte(`{"id":"x1","time":"2025-06-15T15:06:40.000Z","route":"r","outcome":"ok","user":"ann@corp.example"}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.End(t.Context(), &wasm.Frame{Doc: a}, root); !errors.Is(err, errTrap) {
		t.Errorf("got %v, want the plugin's error", err)
	}
	text, err := os.ReadFile(path)
	want := `"record":{"id":"x1","time":"2025-06-15T15:06:40.000Z","route":"r","outcome":"ok","missing":"plugin pii failed in its end hook"},`
	if err != nil || !strings.Contains(string(text), want) || strings.Contains(string(text), "ann@") {
		t.Errorf("got %s, %v\nwant %s", text, err, want)
	}
	if _, wrapped := (&guest{sinks: sinks{"log": s["log"]}}).hooks().(witness); wrapped {
		t.Error("a plugin without a chain has a witness")
	}
}
