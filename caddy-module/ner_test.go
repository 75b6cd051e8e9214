package caddyllm

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
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
		return &asker{Recogniser: r, log: zap.NewNop()}
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
	refused.log = zap.New(core)
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
