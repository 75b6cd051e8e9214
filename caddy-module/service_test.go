package caddyllm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/egress"
	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

func TestKeyValue(t *testing.T) {
	ctx := context.Background()
	k := keyValue{store: kv.NewMemory(nil).Namespace("test", 1<<16)}
	want := func(what, want string) {
		t.Helper()
		got, err := k.Get(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want || (got == nil) != (want == "") {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	want("at first", "")
	must(k.Set(ctx, "a", []byte("1"), time.Hour))
	want("after set", "1")
	must(k.Set(ctx, "a", nil, 0))
	want("after removal", "")
	must(k.Set(ctx, "a", nil, 0))
	want("after another removal", "")
	if sum, err := k.Add(ctx, "a", 5, 0); sum != 5 || err != nil {
		t.Errorf("add: got %d, %v", sum, err)
	}
	if swapped, err := k.CompareAndSwap(ctx, "a", []byte("5"), nil, 0); !swapped || err != nil {
		t.Errorf("swap: got %v, %v", swapped, err)
	}
	want("after swap with nothing", "")
	must(k.Set(ctx, "a", []byte(`"x"`), 0))
	if _, err := k.Add(ctx, "a", 1, 0); !errors.Is(err, wasm.ErrArgument) {
		t.Errorf("add to a text: got %v, want ErrArgument", err)
	}
	if err := k.Set(ctx, "a", make([]byte, 1<<17), 0); !errors.Is(err, wasm.ErrLimit) {
		t.Errorf("too large: got %v, want ErrLimit", err)
	}
	if err := k.Set(ctx, strings.Repeat("k", kv.MaxKey+1), []byte("1"), 0); !errors.Is(err, wasm.ErrArgument) {
		t.Errorf("long key: got %v, want ErrArgument", err)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := k.Set(canceled, "a", nil, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: got %v", err)
	}
}

// TestStores shows that a namespace stays as long as somebody has it, and is forgotten then.
func TestStores(t *testing.T) {
	ctx := context.Background()
	first := openStore("test", 0)
	if err := first.Set(ctx, "a", []byte("1"), 0); err != nil {
		t.Fatal(err)
	}
	second := openStore("test", 0)
	for _, s := range []*store{first, second} {
		if v, ok, err := s.Get(ctx, "a"); string(v) != "1" || !ok || err != nil {
			t.Errorf("got %q, %v, %v", v, ok, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	third := openStore("test", 0)
	defer third.Close()
	if _, ok, _ := third.Get(ctx, "a"); ok {
		t.Error("a value outlived the last plugin of its namespace")
	}
}

func TestFetcher(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header()["Date"] = nil
		if r.URL.Path == "/json" {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
		} else {
			w.Header().Set("Content-Type", "text/plain")
		}
		fmt.Fprintf(w, `{"method":%q,"type":%q,"team":%q,"body":%q}`, r.Method, r.Header.Get("Content-Type"), r.Header.Get("X-Team"), body)
	}))
	defer upstream.Close()
	client, err := egress.New(egress.Options{Allow: []string{upstream.URL}, Private: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	f := fetcher{client}
	tests := []struct {
		name, request string
		body          string
		json          bool
		err           error
	}{
		{"get", `{"url":"URL/text","headers":{"x-team":"red"}}`, `{"method":"GET","type":"","team":"red","body":""}`, false, nil},
		{"body", `{"method":"PUT","url":"URL/text","body":"hi","headers":{"content-type":"text/x"}}`, `{"method":"PUT","type":"text/x","team":"","body":"hi"}`, false, nil},
		{"json", `{"method":"POST","url":"URL/json","json":{"a": 1}}`, `{"method":"POST","type":"application/json","team":"","body":"{\"a\": 1}"}`, true, nil},
		{"json with a type of its own", `{"method":"POST","url":"URL/json","json":1,"headers":{"content-type":"application/x+json"},"timeout_ms":60000}`, `{"method":"POST","type":"application/x+json","team":"","body":"1"}`, true, nil},
		{"other host", `{"url":"https://example.com/"}`, "", false, wasm.ErrDenied},
		{"both bodies", `{"url":"URL","body":"a","json":1}`, "", false, wasm.ErrArgument},
		{"unknown member", `{"url":"URL","follow":true}`, "", false, wasm.ErrArgument},
		{"wrong kind", `{"url":5}`, "", false, wasm.ErrArgument},
		{"no URL", `{}`, "", false, wasm.ErrArgument},
		{"negative timeout", `{"url":"URL","timeout_ms":-1}`, "", false, wasm.ErrArgument},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer, err := f.Do(t.Context(), []byte(strings.ReplaceAll(tt.request, "URL", upstream.URL)))
			if !errors.Is(err, tt.err) {
				t.Fatalf("got %v, want %v", err, tt.err)
			}
			if err != nil {
				return
			}
			var got fetched
			if err := json.Unmarshal(answer, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.body, got.Body); diff != "" || got.Status != 200 || (got.JSON != nil) != tt.json || got.Headers["content-type"] == "" {
				t.Errorf("got %s: %s", answer, diff)
			}
		})
	}
}

func TestSinks(t *testing.T) {
	dir := t.TempDir()
	s, err := openSinks(map[string]*Sink{"log": {}, "null": nil, "file": {File: dir + "/a.jsonl"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{"log": nil, "null": nil, "file": nil, "other": wasm.ErrDenied} {
		if err := s.Record(t.Context(), name, []byte(`{"a":1}`)); !errors.Is(err, want) {
			t.Errorf("sink %s: got %v, want %v", name, err, want)
		}
	}
	if err := s.Record(t.Context(), "file", make([]byte, 2<<20)); !errors.Is(err, wasm.ErrLimit) {
		t.Errorf("too long: got %v, want ErrLimit", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := openSinks(map[string]*Sink{"log": {}, "no": {File: dir + "/none/a.jsonl"}}); err == nil || !strings.Contains(err.Error(), `sink "no"`) {
		t.Errorf("got %v, want an error that names the sink", err)
	}
}
