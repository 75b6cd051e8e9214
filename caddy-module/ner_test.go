package caddyllm

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// TestAsker goes through the JSON of the host function, to a service on loopback.
func TestAsker(t *testing.T) {
	t.Setenv("NER_KEY", "k1")
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer k1" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, `{"spans":[[{"start":3,"end":8,"type":"PERSON","score":0.85}]]}`)
	}))
	defer service.Close()
	open := func(key string, budget caddy.Duration) *asker {
		g := &NERGrant{URL: service.URL, API: "spans", Budget: budget, Cache: -1, Header: map[string]string{"Authorization": "Bearer " + key}}
		r, err := g.open()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		return &asker{r, &outage{log: zap.NewNop()}}
	}
	const request = `{"texts":["Hi Jörg!"],"lang":"de"}`
	good := open("{env.NER_KEY}", 0)
	tests := []struct {
		name    string
		a       *asker
		request string
		want    string
		err     error
	}{
		{"found", good, request, `{"spans":[[{"start":3,"end":8,"type":"PERSON","score":0.85}]]}`, nil},
		{"no texts", good, `{"texts":[]}`, `{"spans":[]}`, nil},
		{"nothing to ask", good, `{"texts":[""," \n"]}`, `{"spans":[[],[]]}`, nil},
		{"texts missing", good, `{"lang":"de"}`, "", wasm.ErrArgument},
		{"unknown member", good, `{"texts":[],"model":"x"}`, "", wasm.ErrArgument},
		{"wrong kind", good, `{"texts":"x"}`, "", wasm.ErrArgument},
		{"language", good, `{"texts":["x"],"lang":"€"}`, "", wasm.ErrArgument},
		{"too much", good, `{"texts":["` + strings.Repeat("x", 5<<20) + `"]}`, "", wasm.ErrLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.a.Recognise(t.Context(), []byte(tt.request), new(time.Duration))
			if string(got) != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
	spent := time.Second
	if _, err := open("k1", caddy.Duration(time.Second)).Recognise(t.Context(), []byte(request), &spent); !errors.Is(err, wasm.ErrLimit) {
		t.Errorf("the budget is used up: %v", err)
	}

	// A service that fails is none of the guest's errors, and is logged once.
	core, logs := observer.New(zapcore.WarnLevel)
	refused := open("k2", 0)
	refused.failures.log = zap.New(core)
	for range 3 {
		_, err := refused.Recognise(t.Context(), []byte(request), new(time.Duration))
		if err == nil || errors.Is(err, wasm.ErrDenied) || errors.Is(err, wasm.ErrLimit) || errors.Is(err, wasm.ErrArgument) {
			t.Errorf("got %v", err)
		}
	}
	if all := logs.All(); len(all) != 1 || strings.Contains(fmt.Sprint(all[0].ContextMap()), "Jörg") || !strings.Contains(fmt.Sprint(all[0].ContextMap()), "status 401") {
		t.Errorf("logged %v", all)
	}
}

func TestNERGrantCheck(t *testing.T) {
	for name, g := range map[string]*NERGrant{
		"no URL": {}, "api": {URL: "http://a", API: "x"}, "timeout": {URL: "http://a", Timeout: -1},
		"host header": {URL: "http://a", Header: map[string]string{"host": "b"}},
	} {
		if err := g.check(); err == nil || !strings.HasPrefix(err.Error(), "grant ner: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestNERGrant asks a Presidio analyzer from inside of the sandbox, by a plugin that was admitted with the grant.
func TestNERGrant(t *testing.T) {
	wasmFile := filepath.Join(t.TempDir(), "guest.wasm")
	build := exec.Command("go", "build", "-buildmode=c-shared", "-ldflags=-s -w", "-o", wasmFile, "./internal/wasm/testdata/guest")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	down := false
	analyzer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Text, Language string }
		if err := json.NewDecoder(r.Body).Decode(&in); down || err != nil || r.URL.Path != "/analyze" || in.Language != "de" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		if i := strings.Index(in.Text, "李雷"); i >= 0 {
			at := utf8.RuneCountInString(in.Text[:i])
			fmt.Fprintf(w, `[{"entity_type":"PERSON","start":%d,"end":%d,"score":0.75,"analysis_explanation":null}]`, at, at+2)
			return
		}
		fmt.Fprint(w, `[]`)
	}))
	defer analyzer.Close()
	r, err := openSandbox()
	if err != nil {
		t.Fatal(err)
	}
	e := &engine{ctx: t.Context(), runtime: r, guests: make(map[string]*guest), master: make([]byte, secretLen)}
	g, err := e.admit("names", &Plugin{File: wasmFile, Entry: "names", Grants: &Grants{NER: &NERGrant{URL: analyzer.URL}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.release() })
	ask := func(words ...string) (edits []string, err error) {
		var segs []text.Segment
		for _, w := range words {
			segs = append(segs, text.Segment{Role: abi.RoleUser, Text: []byte(w)})
		}
		var reply text.Reply
		f := new(wasm.Frame)
		defer f.Release()
		err = g.pool.Text(t.Context(), f, abi.PhaseRequest, segs, &reply)
		for _, e := range reply.Edits {
			edits = append(edits, fmt.Sprintf("%d: %s → %s", e.Segment, words[e.Segment][e.Start:e.Start+e.Len], e.Text))
		}
		return edits, err
	}
	want := []string{"0: 李雷 → PERSON 0.75", "2: 李雷 → PERSON 0.75"}
	if got, err := ask("你好，李雷。", "nobody", "\U0001F600 李雷"); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	down = true
	if got, err := ask("nobody", "你好，李雷。"); err != nil || len(got) != 1 {
		t.Errorf("what is known while the analyzer is down: %q, %v", got, err)
	}
	if _, err := ask("Ann"); err == nil || !strings.Contains(err.Error(), "ner: the service failed") {
		t.Errorf("the analyzer is down: %v", err)
	}
}
