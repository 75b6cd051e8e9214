package ner

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzAnswer feeds foreign bytes as a service's answer: what comes out fits the text, or nothing does.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		`[{"entity_type":"PERSON","start":0,"end":4,"score":1}]`, `[]`, `null`, `{"spans":[[{"start":0,"end":5,"type":"A b"}]]}`,
		`{"unit":"codepoint","spans":[[{"start":1,"end":2,"type":"PERSON","score":0.5},{"start":0,"end":9,"type":"X"}]]}`,
	} {
		for _, text := range []string{"Jörg", "a\x80b", "龙\U0001F600"} {
			f.Add([]byte(s), text)
		}
	}
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	defer server.Close()
	var all []*Recogniser
	for _, name := range APIs {
		r, err := New(Options{URL: server.URL, API: name, Timeout: time.Minute, Budget: time.Minute, Language: "en"})
		if err != nil {
			f.Fatal(err)
		}
		defer r.Close()
		all = append(all, r)
	}
	f.Fuzz(func(t *testing.T, answer []byte, text string) {
		body = answer
		for _, r := range all {
			found, err := r.Find(context.Background(), []string{text}, "", new(time.Duration))
			if err != nil {
				continue
			}
			last := 0
			for _, s := range found[0] {
				if s.Start < last || s.End <= s.Start || s.End > len(text) || !utf8.RuneStart(text[s.Start]) || !isType(s.Type) || !(s.Score >= 0 && s.Score <= 1) {
					t.Fatalf("span %+v of %q", s, text)
				}
				last = s.Start
			}
		}
	})
}

// FuzzOffsets holds the walk of toBytes against counting.
func FuzzOffsets(f *testing.F) {
	f.Add("aö龙\U0001F600", 1, 4)
	f.Add("", 0, 1)
	f.Add("\xff龙", -1, 2)
	f.Fuzz(func(t *testing.T, text string, start, end int) {
		places := []int{}
		for i := range text {
			places = append(places, i)
		}
		places = append(places, len(text))
		fits := start >= 0 && end >= 0 && start < len(places) && end < len(places)
		list := []Span{{Start: start, End: end}}
		got := toBytes(text, list)
		if got && text == "" && !(start == 0 && end == 0) || got != fits {
			t.Fatalf("%q %d %d: got %v", text, start, end, got)
		}
		if want := fmt.Sprint(list[0].Start, list[0].End); fits && want != fmt.Sprint(places[start], places[end]) {
			t.Fatalf("%q %d %d: got %s", text, start, end, want)
		}
	})
}
