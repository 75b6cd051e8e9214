package ner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// names are what the analyzer of these tests knows.
var names = map[string]string{"Jörg Lee": "PERSON", "李雷": "PERSON", "Köln": "LOCATION", "Acme": "ORGANIZATION"}

// open makes a recogniser of a server.
func open(t testing.TB, h http.Handler, edit ...func(*Options)) *Recogniser {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	o := Options{
		URL: server.URL, API: "presidio", Timeout: time.Minute, Budget: time.Hour, Language: "en", Entities: DefaultEntities, MinScore: 0.5,
		Cache: time.Hour, Header: http.Header{"Authorization": {"Bearer secret"}},
	}
	for _, e := range edit {
		e(&o)
	}
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// api chooses the adapter.
func api(name string) func(*Options) { return func(o *Options) { o.API = name } }

func find(t testing.TB, r *Recogniser, texts ...string) ([][]Span, error) {
	t.Helper()
	var spent time.Duration
	return r.Find(t.Context(), texts, "", &spent)
}

func TestFind(t *testing.T) {
	texts := []string{"Grüße von Jörg Lee aus Köln", "", "nothing here", "你好，李雷。", "Acme", "\U0001F600 Köln"}
	want := [][]Span{
		{{12, 21, "PERSON", 0.85}, {26, 31, "LOCATION", 0.85}}, nil, {}, {{9, 15, "PERSON", 0.85}}, {}, {{5, 10, "LOCATION", 0.85}},
	}
	for name, server := range map[string]*server{"presidio": {}, "spans": {}, "spans in code points": {unit: "codepoint"}} {
		t.Run(name, func(t *testing.T) {
			r := open(t, server, api(strings.Fields(name)[0]))
			for range 2 { // the second time from the cache
				got, err := find(t, r, texts...)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("spans (-want +got):\n%s", diff)
				}
			}
			if n := server.texts.Load(); n != 5 {
				t.Errorf("the service saw %d texts, want the 5 that are not empty, once", n)
			}
			for _, problem := range server.problems {
				t.Error(problem)
			}
		})
	}
}

func TestAllEntitiesAndScores(t *testing.T) {
	r := open(t, &server{all: true}, func(o *Options) { o.Entities, o.MinScore = nil, 0.9 })
	if got, err := find(t, r, "Acme"); err != nil || len(got[0]) != 0 {
		t.Errorf("a low score: got %v, %v", got, err)
	}
	r = open(t, &server{all: true}, func(o *Options) { o.Entities = nil })
	if got, err := find(t, r, "Acme"); err != nil || len(got[0]) != 1 {
		t.Errorf("all entities: got %v, %v", got, err)
	}
}

// What a service answers wrongly is no answer: nobody may take it for "nothing found".
func TestWrongAnswers(t *testing.T) {
	const text = "Jörg" // five bytes
	tests := []struct{ name, api, body string }{
		{"no JSON", "presidio", `<html>`},
		{"null", "presidio", `null`},
		{"object", "presidio", `{"error":"x"}`},
		{"more than JSON", "presidio", `[] []`},
		{"behind the end", "presidio", `[{"entity_type":"PERSON","start":0,"end":5,"score":1}]`},
		{"before the start", "presidio", `[{"entity_type":"PERSON","start":-1,"end":2,"score":1}]`},
		{"empty", "presidio", `[{"entity_type":"PERSON","start":2,"end":2,"score":1}]`},
		{"backwards", "presidio", `[{"entity_type":"PERSON","start":3,"end":1,"score":1}]`},
		{"no offsets", "presidio", `[{"entity_type":"PERSON","score":1}]`},
		{"huge", "presidio", `[{"entity_type":"PERSON","start":0,"end":99999999999999999999,"score":1}]`},
		{"fraction", "presidio", `[{"entity_type":"PERSON","start":0,"end":1.5,"score":1}]`},
		{"no score", "presidio", `[{"entity_type":"PERSON","start":0,"end":4}]`},
		{"score", "presidio", `[{"entity_type":"PERSON","start":0,"end":4,"score":7}]`},
		{"no type", "presidio", `[{"start":0,"end":4,"score":1}]`},
		{"odd type", "presidio", `[{"entity_type":"<b>","start":0,"end":4,"score":1}]`},
		{"no spans", "spans", `{}`},
		{"null list", "spans", `{"spans":[null]}`},
		{"too many lists", "spans", `{"spans":[[],[]]}`},
		{"unit", "spans", `{"spans":[[]],"unit":"utf16"}`},
		{"inside of a character", "spans", `{"spans":[[{"start":0,"end":2,"type":"PERSON"}]]}`},
		{"code points behind the end", "spans", `{"unit":"codepoint","spans":[[{"start":0,"end":5,"type":"PERSON"}]]}`},
		{"no start", "spans", `{"spans":[[{"end":1,"type":"PERSON"}]]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := open(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, tt.body) }), api(tt.api))
			if got, err := find(t, r, text); !errors.Is(err, ErrAnswer) || got != nil {
				t.Errorf("got %v, %v, want ErrAnswer", got, err)
			} else if strings.Contains(err.Error(), "Jörg") || strings.Contains(err.Error(), "<") {
				t.Errorf("the error quotes: %v", err)
			}
		})
	}
}

// wait is a service that does not answer. A server learns that its client has gone only behind the body.
func wait(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func TestFailures(t *testing.T) {
	down, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down.Close()
	hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { wait(r) })
	large := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "[")
		for range maxResponse/1024 + 1 {
			fmt.Fprint(w, strings.Repeat(" ", 1024))
		}
	})
	status := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); fmt.Fprint(w, `[]`) })
	tests := []struct {
		name string
		h    http.Handler
		edit func(*Options)
		want string
	}{
		{"down", hang, func(o *Options) { o.URL = "http://" + down.Addr().String() }, "refused"},
		{"slow", hang, func(o *Options) { o.Timeout = 10 * time.Millisecond }, "deadline exceeded"},
		{"slow, at the end of the budget", hang, func(o *Options) { o.Budget = 10 * time.Millisecond }, ErrBudget.Error()},
		{"too large", large, nil, "larger than allowed"},
		{"status", status, nil, "status 500"},
		{"redirect elsewhere", http.RedirectHandler("https://example.com/analyze", http.StatusTemporaryRedirect), nil, "not granted"},
	}
	for _, tt := range tests {
		for _, name := range APIs {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				edits := []func(*Options){api(name)}
				if tt.edit != nil {
					edits = append(edits, tt.edit)
				}
				got, err := find(t, open(t, tt.h, edits...), "Jörg Lee", "more", "texts")
				if got != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, %v, want %q", got, err, tt.want)
				}
			})
		}
	}
}

// A connection that the service closes while the question is on its way is no reason to fail.
func TestConnectionClosedEarly(t *testing.T) {
	var calls atomic.Int32
	s := &server{}
	r := open(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if calls.Add(1) == 1 {
			panic(http.ErrAbortHandler)
		}
		s.ServeHTTP(w, q)
	}))
	if got, err := find(t, r, "Köln"); err != nil || len(got[0]) != 1 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestBudget(t *testing.T) {
	s := &server{}
	r := open(t, s, func(o *Options) { o.Budget = time.Minute })
	spent := time.Duration(0)
	if _, err := r.Find(t.Context(), []string{"Köln"}, "", &spent); err != nil || spent <= 0 {
		t.Fatalf("spent %v, %v", spent, err)
	}
	spent = time.Minute
	if _, err := r.Find(t.Context(), []string{"Jörg Lee"}, "", &spent); !errors.Is(err, ErrBudget) {
		t.Errorf("got %v, want ErrBudget", err)
	}
	if got, err := r.Find(t.Context(), []string{"Köln"}, "", &spent); err != nil || len(got[0]) != 1 {
		t.Errorf("what is known: %v, %v", got, err)
	}
	if n := s.texts.Load(); n != 1 {
		t.Errorf("the service saw %d texts", n)
	}
}

func TestBounds(t *testing.T) {
	s := &server{}
	r := open(t, s)
	if _, err := find(t, r, make([]string, abi.MaxNERTexts+1)...); !errors.Is(err, ErrTooMuch) {
		t.Errorf("too many texts: %v", err)
	}
	if _, err := find(t, r, strings.Repeat("x", abi.MaxNERBytes), "x"); !errors.Is(err, ErrTooMuch) {
		t.Errorf("too many bytes: %v", err)
	}
	if _, err := r.Find(t.Context(), []string{"x"}, "e\nn", new(time.Duration)); !errors.Is(err, ErrLanguage) {
		t.Errorf("language: %v", err)
	}
	many := make([]string, abi.MaxNERTexts)
	for i := range many {
		many[i] = fmt.Sprint("text ", i, " of Köln")
	}
	got, err := find(t, r, many...)
	if err != nil {
		t.Fatal(err)
	}
	for i, list := range got {
		if len(list) != 1 || many[i][list[0].Start:list[0].End] != "Köln" {
			t.Fatalf("text %d: %v", i, list)
		}
	}
	if n := s.most.Load(); n > parallel {
		t.Errorf("%d requests at once, want at most %d", n, parallel)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := open(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { cancel(); wait(r) }))
	if _, err := r.Find(ctx, []string{"a", "b"}, "", new(time.Duration)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Every exchange gets its own texts' spans, whatever else is asked at the time.
func TestHammer(t *testing.T) {
	for _, name := range APIs {
		r := open(t, &server{}, api(name))
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Go(func() {
				for i := range 50 {
					text := strings.Repeat("x", (worker+i)%7) + " Köln"
					got, err := r.Find(t.Context(), []string{text, "a", "b " + text, text}, "de", new(time.Duration))
					if err != nil || text[got[0][0].Start:] != "Köln" || len(got[1]) != 0 || got[2][0].Start != got[0][0].Start+2 || got[3][0] != got[0][0] {
						t.Errorf("%q: got %v, %v", text, got, err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
}

func TestNewRefuses(t *testing.T) {
	good := Options{URL: "http://10.0.0.1:3000", API: "presidio", Timeout: 1, Budget: 1, Language: "en", Entities: []string{"PERSON"}}
	if r, err := New(good); err != nil {
		t.Fatal(err)
	} else {
		r.Close()
	}
	for name, edit := range map[string]func(*Options){
		"no URL": func(o *Options) { o.URL = "" }, "other scheme": func(o *Options) { o.URL = "ftp://x" },
		"password in the URL": func(o *Options) { o.URL = "http://u:secret@x" }, "api": func(o *Options) { o.API = "grpc" },
		"no timeout": func(o *Options) { o.Timeout = 0 }, "score": func(o *Options) { o.MinScore = 2 },
		"entity": func(o *Options) { o.Entities = []string{"<b>"} }, "language": func(o *Options) { o.Language = "" },
	} {
		o := good
		edit(&o)
		if _, err := New(o); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
