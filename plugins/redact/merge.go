package redact

import (
	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Detectors know, a recogniser guesses. Of what overlaps
//
//   - what a detector found stays, and of a name around it what stands before and behind: Ann <ann@example.com> is a person and an e-mail
//     address. A secret that the service found stays around what is none.
//   - a detector's name, address or date grows to what the service found of its kind: it knew where it begins or ends.
//   - of two names the one that begins first stays, or the longer, or the surer; the other keeps what is left of it.
//   - what is only counted keeps nothing else from being replaced, and of what it covers nothing is counted twice.

// merge puts names among the entities of each segment. modes are nil where all types have the same.
func merge(t *longmen.Text, modes []mode) {
	if len(names) == 0 {
		return
	}
	sure := append([]detect.Span(nil), entities...)
	entities = entities[:0]
	from, next := 0, 0
	for i, end := range ends {
		sorted = sorted[:0]
		for ; next < len(pieces) && pieces[next].segment == i; next++ {
			for _, n := range names[pieces[next].from:pieces[next].to] {
				insert(n)
			}
		}
		m := merging{text: t.Segments[i].Text, modes: modes, sure: sure[from:end]}
		from = end
		first := len(entities)
		for _, n := range sorted {
			if !m.counts(n.typ) {
				m.add(n)
			}
		}
		m.place()
		entities = append(entities, m.sure...)
		m.count(first)
		ends[i] = len(entities)
	}
}

var sorted []name // those of one segment

// insert puts a name in its place among those that are sorted. Names come in order but for those that two pieces share.
func insert(n name) {
	sorted = append(sorted, n)
	for k := len(sorted) - 1; k > 0 && sorted[k].before(&sorted[k-1]); k-- {
		sorted[k], sorted[k-1] = sorted[k-1], sorted[k]
	}
}

// before orders by start, then the longer first, then the surer.
func (n *name) before(o *name) bool {
	switch {
	case n.start != o.start:
		return n.start < o.start
	case n.end != o.end:
		return n.end > o.end
	}
	return n.score > o.score
}

// merging is what merges the entities of one segment, from left to right.
type merging struct {
	text  []byte
	modes []mode
	sure  []detect.Span // of detectors, those that are still to come
	last  detect.Span   // name that the next one may grow or overlap
}

func (m *merging) counts(t detect.Type) bool { return m.modes != nil && m.modes[t] == modeDetect }

// add takes the next name by start that is not only counted.
func (m *merging) add(n name) {
	s := detect.Span{Start: n.start, End: n.end, Type: n.typ}
	if s.Start < m.last.End {
		if s.Type == m.last.Type {
			m.last.End = max(m.last.End, s.End)
			return
		}
		if s.Start = m.last.End; s.Start >= s.End {
			return
		}
	}
	m.place()
	m.last = s
}

// place adds the last name, with the detectors' entities up to its end.
func (m *merging) place() {
	n := m.last
	start := n.Start
	for len(m.sure) > 0 && m.sure[0].Start < n.End {
		s := &m.sure[0]
		switch {
		case m.counts(s.Type), s.End <= start:
		case n.Type.Secret() && !s.Type.Secret() && n.Start <= s.Start && s.End <= n.End:
			m.sure = m.sure[1:]
			continue
		case akin(s.Type, n.Type):
			s.Start = min(s.Start, start)
			end := max(s.End, n.End)
			for _, other := range m.sure[1:] {
				if other.Start >= end {
					break
				}
				if !m.counts(other.Type) {
					end = max(s.End, min(end, other.Start))
					break
				}
			}
			s.End, start = end, end
		default:
			m.piece(start, s.Start, n.Type)
			start = s.End
		}
		if s.End > n.End {
			break // the next name may meet it, too
		}
		entities = append(entities, *s)
		m.sure = m.sure[1:]
	}
	m.piece(start, n.End, n.Type)
	m.last = detect.Span{Start: n.End, End: n.End, Type: n.Type}
}

// count adds the names that are only counted, but for those that lie in another entity of the segment, the first of which is given.
func (m *merging) count(first int) {
	if m.modes == nil {
		return
	}
	found := entities[first:]
	for i := range found { // what is only counted stands before the name around it
		for k := i; k > 0 && found[k].Start < found[k-1].Start; k-- {
			found[k], found[k-1] = found[k-1], found[k]
		}
	}
	covered := 0
	for _, n := range sorted {
		if !m.counts(n.typ) {
			continue
		}
		for len(found) > 0 && found[0].Start <= n.start {
			covered, found = max(covered, found[0].End), found[1:]
		}
		if n.end > covered {
			m.piece(n.start, n.end, n.typ)
			covered = n.end
		}
	}
}

// akin tells whether a detector's type is what services call by the other.
func akin(detected, recognised detect.Type) bool {
	switch recognised {
	case detect.Person:
		return detected == detect.CNName
	case detect.Location, detect.Address:
		return detected == detect.Address || detected == detect.CNAddress
	case detect.Date:
		return detected == detect.DateOfBirth
	}
	return false
}
