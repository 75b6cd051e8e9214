// Package eval measures the detectors on labelled texts: precision and recall by type and language, false alarms on clean texts and
// over-redaction. The tests of the redact plugin and the command that scans a user's own data call it.
package eval

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sort"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
)

// Span is a labelled entity: the bytes [Start,End) of the text.
type Span struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Type  string `json:"type"`
}

// Text is a labelled text: one line of a JSONL file. One without spans is clean: nothing may be found in it.
type Text struct {
	Text  string `json:"text"`
	Lang  string `json:"lang"`
	Spans []Span `json:"spans"`
}

// maxLine bounds a line of a file.
const maxLine = 4 << 20

// Read reads labelled texts, one JSON object on each line. Blank lines are passed.
func Read(r io.Reader) ([]Text, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	var texts []Text
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var t Text
		if err := json.Unmarshal(lines.Bytes(), &t); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		end := 0
		for _, s := range t.Spans {
			if s.Start < end || s.End <= s.Start || s.End > len(t.Text) {
				return nil, fmt.Errorf("line %d: span %d to %d, expected sorted spans within the %d bytes of the text", n, s.Start, s.End, len(t.Text))
			}
			if _, ok := detect.ParseType(s.Type); !ok {
				return nil, fmt.Errorf("line %d: no type is named %q", n, s.Type)
			}
			end = s.End
		}
		texts = append(texts, t)
	}
	return texts, lines.Err()
}

// Count compares what is labelled with what is found.
type Count struct {
	Labelled int // entities in the texts
	Found    int // of them, covered whole by spans of which one has their type
	Reported int // spans that the detectors reported
	Right    int // of them, those of a labelled type at a labelled place
}

// Recall is the share of labelled entities that were found, 1 when there are none.
func (c Count) Recall() float64 { return share(c.Found, c.Labelled) }

// Precision is the share of reported spans that are right, 1 when there are none.
func (c Count) Precision() float64 { return share(c.Right, c.Reported) }

func share(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// Report is the outcome of an evaluation.
type Report struct {
	Total  Count
	Types  map[string]*Count // by type
	Langs  map[string]*Count // by language
	Texts  int
	Clean  int // texts without labels
	Alarms int // clean texts in which something was found
	// Characters of all texts, and of them those that were reported and are part of no entity.
	Characters, Over int
	Misses           []Miss
}

// Miss is an entity that was not found, or a span that should not have been.
type Miss struct {
	Text  int // its number
	Kind  string
	Span  Span
	Value string
}

// Run scans the texts.
func Run(texts []Text, types detect.Set) *Report {
	r := &Report{Types: map[string]*Count{}, Langs: map[string]*Count{}}
	s := detect.New(types)
	for i := range texts {
		r.add(i, &texts[i], s.Scan([]byte(texts[i].Text)))
	}
	return r
}

func count(m map[string]*Count, k string) *Count {
	c := m[k]
	if c == nil {
		c = &Count{}
		m[k] = c
	}
	return c
}

func (r *Report) add(n int, t *Text, got []detect.Span) {
	r.Texts++
	lang := count(r.Langs, t.Lang)
	if len(t.Spans) == 0 {
		r.Clean++
		if len(got) > 0 {
			r.Alarms++
		}
	}
	for _, want := range t.Spans {
		found, reach := false, want.Start
		for _, g := range got {
			if g.Start <= reach && g.End > reach {
				reach = g.End
			}
			found = found || g.Type.String() == want.Type && g.Start < want.End && g.End > want.Start
		}
		found = found && reach >= want.End
		for _, c := range [...]*Count{&r.Total, count(r.Types, want.Type), lang} {
			c.Labelled++
			if found {
				c.Found++
			}
		}
		if !found {
			r.Misses = append(r.Misses, Miss{n, "not found", want, t.Text[want.Start:want.End]})
		}
	}
	for _, g := range got {
		right := false
		for _, want := range t.Spans {
			right = right || g.Type.String() == want.Type && g.Start < want.End && g.End > want.Start
		}
		for _, c := range [...]*Count{&r.Total, count(r.Types, g.Type.String()), lang} {
			c.Reported++
			if right {
				c.Right++
			}
		}
		if !right {
			r.Misses = append(r.Misses, Miss{n, "reported", Span{g.Start, g.End, g.Type.String()}, t.Text[g.Start:g.End]})
		}
	}
	r.characters(t, got)
}

// characters counts those of the text and those reported that belong to no entity.
func (r *Report) characters(t *Text, got []detect.Span) {
	w, g := 0, 0
	for i := range t.Text { // by characters
		r.Characters++
		for w < len(t.Spans) && t.Spans[w].End <= i {
			w++
		}
		for g < len(got) && got[g].End <= i {
			g++
		}
		if g < len(got) && got[g].Start <= i && (w == len(t.Spans) || t.Spans[w].Start > i) {
			r.Over++
		}
	}
}

// AlarmRate is the share of clean texts in which something was found.
func (r *Report) AlarmRate() float64 {
	if r.Clean == 0 {
		return 0
	}
	return float64(r.Alarms) / float64(r.Clean)
}

// OverRate is how many of 1,000 characters were reported and belong to no entity.
func (r *Report) OverRate() float64 {
	if r.Characters == 0 {
		return 0
	}
	return 1000 * float64(r.Over) / float64(r.Characters)
}

// Of adds up the counts of types.
func (r *Report) Of(belongs func(detect.Type) bool) (c Count) {
	for name, k := range r.Types {
		if t, ok := detect.ParseType(name); ok && belongs(t) {
			c.Labelled += k.Labelled
			c.Found += k.Found
			c.Reported += k.Reported
			c.Right += k.Right
		}
	}
	return c
}

// Write prints the tables.
func (r *Report) Write(w io.Writer) {
	table := func(title string, m map[string]*Count) {
		fmt.Fprintf(w, "%-20s %8s %8s %8s %9s\n", title, "labelled", "found", "recall", "precision")
		names := make([]string, 0, len(m))
		for k := range m {
			names = append(names, k)
		}
		sort.Strings(names)
		for _, k := range names {
			row(w, k, *m[k])
		}
	}
	table("type", r.Types)
	table("language", r.Langs)
	row(w, "all", r.Total)
	fmt.Fprintf(w, "%d texts, %d clean; false alarms in %d clean texts (%.1f %%); over-redaction %.2f of 1,000 characters\n",
		r.Texts, r.Clean, r.Alarms, 100*r.AlarmRate(), r.OverRate())
}

func row(w io.Writer, name string, c Count) {
	fmt.Fprintf(w, "%-20s %8d %8d %7.1f%% %8.1f%%\n", name, c.Labelled, c.Found, 100*c.Recall(), 100*c.Precision())
}
