package inspect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScore(t *testing.T) {
	s := NewScore()
	for _, c := range []struct {
		text   string
		lang   string
		labels []Label
		found  []Finding
	}{
		{"0123456789", "en", []Label{{0, 4, "a"}, {5, 9, "a"}}, []Finding{{Start: 0, End: 4, Type: "a"}, {Start: 4, End: 7, Type: "a"}}}, // exact, overlapping
		{"0123456789", "en", []Label{{0, 4, "a"}}, []Finding{{Start: 0, End: 2, Type: "a"}, {Start: 2, End: 4, Type: "a"}}},              // one label, two findings
		{"0123456789", "de", []Label{{0, 4, "a"}}, []Finding{{Start: 0, End: 4, Type: "b"}}},                                             // another type
		{"0123456789", "de", nil, []Finding{{Start: 0, End: 1, Type: "b"}}},                                                              // false alarm
		{"0123456789", "de", nil, nil},
		{"0123456789", "de", []Label{{0, 4, "a"}}, nil}, // missed
	} {
		s.Add(Example{Text: c.text, Lang: c.lang, Spans: c.labels}, c.found)
	}
	want := map[Class]*Tally{
		{"a", "en"}: {Labelled: 3, Right: 3, Exact: 1, Wrong: 1}, {"a", "de"}: {Labelled: 2, Missed: 2}, {"b", "de"}: {Wrong: 2},
	}
	if diff := cmp.Diff(want, s.Classes); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
	total := s.Total()
	if diff := cmp.Diff(Tally{Labelled: 5, Right: 3, Exact: 1, Missed: 2, Wrong: 3}, total); diff != "" {
		t.Errorf("total (-want +got):\n%s", diff)
	}
	if p, ok := total.Precision(); p != 0.5 || !ok {
		t.Errorf("precision %v, %v", p, ok)
	}
	if r, ok := total.Recall(); r != 0.6 || !ok {
		t.Errorf("recall %v, %v", r, ok)
	}
	if f, ok := total.F1(); f < 0.5454 || f > 0.5455 || !ok {
		t.Errorf("F1 %v, %v", f, ok)
	}
	if _, ok := (Tally{}).F1(); ok {
		t.Error("nothing has an F1")
	}
	got := []int{s.Texts, s.Clean, s.FalseAlarms, s.Labelled, s.Leaked, s.Replaced, s.Over}
	if diff := cmp.Diff([]int{6, 2, 1, 20, 6, 16, 2}, got); diff != "" {
		t.Errorf("texts, clean, false alarms, bytes labelled, leaked, replaced, over (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[Confusion]int{{"a", "b"}: 1}, s.Confusion); diff != "" {
		t.Errorf("confusion (-want +got):\n%s", diff)
	}
}

func TestExamples(t *testing.T) {
	var got []Example
	err := Examples(strings.NewReader("\xef\xbb\xbf{\"text\":\"李 a@b.c\",\"spans\":[{\"start\":4,\"end\":9,\"type\":\"email\",\"value\":\"a@b.c\"},{\"start\":0,\"end\":3,\"type\":\"n\"}]}\n\n{\"text\":\"\",\"lang\":\"de\",\"id\":7}"), func(e Example) error {
		got = append(got, e)
		return nil
	})
	want := []Example{{Line: 1, Text: "李 a@b.c", Lang: "-", Spans: []Label{{0, 3, "n"}, {4, 9, "email"}}}, {Line: 3, Lang: "de"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for line, want := range map[string]string{
		`x`:                           "line 1: invalid character",
		"{\"text\":\"\"}\n{}":         "line 2: there is no text, expected {",
		`{"text":"abc","spans":[{}]}`: "line 1: span 0 lacks start, end or type",
		`{"text":"abc","spans":[{"start":1,"end":4,"type":"a"}]}`: "line 1: span 0 from 1 to 4 does not lie in the text of 3 bytes",
		`{"text":"李","spans":[{"start":0,"end":1,"type":"a"}]}`:   "line 1: span 0 from 0 to 1 begins or ends inside of a character",
	} {
		err := Examples(strings.NewReader(line), func(Example) error { return nil })
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", line, err, want)
		}
	}
}
