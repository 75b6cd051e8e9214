package ner

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// server speaks both APIs and knows the names of these tests. It notes what a real one would refuse.
type server struct {
	unit string // of spans
	all  bool   // asked without entities

	texts   atomic.Int32 // seen
	running atomic.Int32
	most    atomic.Int32 // requests at once

	mu       sync.Mutex
	problems []string
}

func (s *server) wrong(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := s.running.Add(1)
	defer s.running.Add(-1)
	for m := s.most.Load(); n > m && !s.most.CompareAndSwap(m, n); m = s.most.Load() {
	}
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Authorization") != "Bearer secret" {
		s.wrong("%s with %v", r.Method, r.Header)
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields() // Presidio answers 500 to some
	if r.URL.Path == "/analyze" {
		s.presidio(w, decoder)
		return
	}
	s.spans(w, decoder)
}

// presidio answers as the analyzer of Presidio 2.2 does.
func (s *server) presidio(w http.ResponseWriter, body *json.Decoder) {
	var in struct {
		Text      string   `json:"text"`
		Language  string   `json:"language"`
		Entities  []string `json:"entities"`
		Threshold *float64 `json:"score_threshold"`
	}
	if err := body.Decode(&in); err != nil || in.Text == "" || in.Language == "" || in.Threshold == nil || len(in.Entities) == 0 && !s.all {
		s.wrong("body %+v, %v", in, err)
		w.WriteHeader(500)
		fmt.Fprint(w, `{"error":"No text provided"}`)
		return
	}
	s.texts.Add(1)
	out := []map[string]any{}
	for _, f := range look(in.Text) {
		out = append(out, map[string]any{
			"analysis_explanation": nil, "entity_type": f.Type, "score": f.Score,
			"start": utf8.RuneCountInString(in.Text[:f.Start]), "end": utf8.RuneCountInString(in.Text[:f.End]),
			"recognition_metadata": map[string]any{"recognizer_identifier": "SpacyRecognizer_1", "recognizer_name": "SpacyRecognizer"},
		})
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (s *server) spans(w http.ResponseWriter, body *json.Decoder) {
	var in struct {
		Texts    []string `json:"texts"`
		Language string   `json:"language"`
		Entities []string `json:"entities"`
		MinScore *float64 `json:"min_score"`
	}
	if err := body.Decode(&in); err != nil || len(in.Texts) == 0 || in.Language == "" || in.MinScore == nil {
		s.wrong("body %+v, %v", in, err)
	}
	s.texts.Add(int32(len(in.Texts)))
	out := make([][]Span, 0, len(in.Texts))
	for _, text := range in.Texts {
		list := look(text)
		for i := range list {
			if s.unit == "codepoint" {
				list[i].Start, list[i].End = utf8.RuneCountInString(text[:list[i].Start]), utf8.RuneCountInString(text[:list[i].End])
			}
		}
		out = append(out, list)
	}
	answer := map[string]any{"spans": out}
	if s.unit != "" {
		answer["unit"] = s.unit
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// look finds the names, the last first: services sort as they like.
func look(text string) []Span {
	list := []Span{}
	for i := len(text) - 1; i >= 0; i-- {
		for name, typ := range names {
			if strings.HasPrefix(text[i:], name) {
				list = append(list, Span{i, i + len(name), typ, 0.85})
			}
		}
	}
	return list
}
