package inspect

import (
	"cmp"
	"maps"
	"slices"
)

// Tally counts what was found of what was labelled. A finding is right when it overlaps a label of its type, each of which counts once.
type Tally struct {
	Labelled int `json:"labelled"` // entities
	Right    int `json:"right"`    // of them found, with their type
	Exact    int `json:"exact"`    // of the right ones, with the same start and end
	Missed   int `json:"missed"`   // labelled, not found as that type
	Wrong    int `json:"wrong"`    // found, not labelled as that type
}

// Precision is the share of what was found that is right; false when nothing was found.
func (t Tally) Precision() (float64, bool) { return share(t.Right, t.Right+t.Wrong) }

// Recall is the share of what was labelled that was found; false when nothing was labelled.
func (t Tally) Recall() (float64, bool) { return share(t.Right, t.Labelled) }

// F1 is the harmonic mean of both.
func (t Tally) F1() (float64, bool) { return share(2*t.Right, 2*t.Right+t.Wrong+t.Missed) }

func (t *Tally) add(o Tally) {
	t.Labelled += o.Labelled
	t.Right += o.Right
	t.Exact += o.Exact
	t.Missed += o.Missed
	t.Wrong += o.Wrong
}

func share(n, all int) (float64, bool) {
	if all == 0 {
		return 0, false
	}
	return float64(n) / float64(all), true
}

// Class is what tallies are kept by.
type Class struct{ Type, Lang string }

// Confusion is a label that was found as another type.
type Confusion struct{ Labelled, Found string }

// Score measures a plugin on examples.
type Score struct {
	Texts       int // in all
	Clean       int // without labels
	FalseAlarms int // clean texts in which something was found

	Labelled int // bytes that labels cover
	Leaked   int // of them, bytes that would not have been replaced
	Replaced int // bytes that would have been replaced
	Over     int // of them, bytes that no label covers

	Classes   map[Class]*Tally
	Confusion map[Confusion]int
}

// NewScore begins a measurement.
func NewScore() *Score {
	return &Score{Classes: make(map[Class]*Tally), Confusion: make(map[Confusion]int)}
}

// Add counts an example. What it returns are the labels that were missed and the findings that are wrong.
func (s *Score) Add(e Example, found []Finding) (missed []Label, wrong []Finding) {
	s.Texts++
	if len(e.Spans) == 0 {
		s.Clean++
		if len(found) > 0 {
			s.FalseAlarms++
		}
	}
	s.cover(e, found)
	labels, taken := make([]bool, len(e.Spans)), make([]bool, len(found))
	match := func(fits func(Label, Finding) bool, count func(t *Tally)) {
		for i, l := range e.Spans {
			for k, f := range found {
				if !labels[i] && !taken[k] && l.Type == f.Type && fits(l, f) {
					labels[i], taken[k] = true, true
					t := s.class(l.Type, e.Lang)
					t.Right++
					count(t)
				}
			}
		}
	}
	match(func(l Label, f Finding) bool { return l.Start == f.Start && l.End == f.End }, func(t *Tally) { t.Exact++ })
	match(overlap, func(*Tally) {})
	for i, l := range e.Spans {
		t := s.class(l.Type, e.Lang)
		t.Labelled++
		if labels[i] {
			continue
		}
		t.Missed++
		missed = append(missed, l)
		for k, f := range found {
			if !taken[k] && overlap(l, f) {
				s.Confusion[Confusion{l.Type, f.Type}]++
				break
			}
		}
	}
	for k, f := range found {
		if !taken[k] {
			s.class(f.Type, e.Lang).Wrong++
			wrong = append(wrong, f)
		}
	}
	return missed, wrong
}

func overlap(l Label, f Finding) bool { return l.Start < f.End && f.Start < l.End }

// cover counts bytes.
func (s *Score) cover(e Example, found []Finding) {
	if len(e.Spans) == 0 && len(found) == 0 {
		return
	}
	const labelled, replaced = 1, 2
	marks := make([]byte, len(e.Text))
	for _, l := range e.Spans {
		for i := l.Start; i < l.End; i++ {
			marks[i] |= labelled
		}
	}
	for _, f := range found {
		for i := f.Start; i < f.End; i++ {
			marks[i] |= replaced
		}
	}
	for _, m := range marks {
		s.Labelled += int(m & labelled)
		s.Replaced += int(m & replaced >> 1)
		switch m {
		case labelled:
			s.Leaked++
		case replaced:
			s.Over++
		}
	}
}

func (s *Score) class(typ, lang string) *Tally {
	c := Class{typ, lang}
	t := s.Classes[c]
	if t == nil {
		t = new(Tally)
		s.Classes[c] = t
	}
	return t
}

// Sums adds up the tallies of classes that key makes the same.
func (s *Score) Sums(key func(Class) Class) map[Class]Tally {
	out := make(map[Class]Tally)
	for c, t := range s.Classes {
		sum := out[key(c)]
		sum.add(*t)
		out[key(c)] = sum
	}
	return out
}

// Total adds up everything.
func (s *Score) Total() Tally { return s.Sums(func(Class) Class { return Class{} })[Class{}] }

// Sorted are the classes of a map by type and language.
func Sorted[T any](m map[Class]T) []Class {
	return slices.SortedFunc(maps.Keys(m), func(a, b Class) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Lang, b.Lang))
	})
}
