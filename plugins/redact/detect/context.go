package detect

// A number of a plausible form is judged by what names it: the key, column or words before it and the words or unit
// after it. Only what has passed every other check comes here, and the surroundings of a place are read once
// for all detectors.

// verdict is what the surroundings say about a candidate.
type verdict int8

const (
	neutral verdict = iota
	favour          // named as what the detector looks for
	against         // named as an identifier, an amount or a point in time
)

// How far the surroundings reach, in bytes.
const (
	reachBefore = 64
	reachNear   = 24 // of wide terms against
	reachAfter  = 16
	maxTail     = 24 // how much of a code stands behind its first chunk
	maxHits     = 24
	maxWord     = 40 // longest word that says something
)

// hit is a term found near a place; at is where it ends, so that the nearest is known.
type hit struct {
	at   int
	term uint16
}

// surroundings are the terms before a place and after an end, read when they are first asked for.
type surroundings struct {
	start, end int // -1: not read
	hits       [maxHits]hit
	n          int
	number     int    // where that term begins if it is one for any number, or -1
	against    int    // where the term against ends that names the value itself, or -1
	after      [8]hit // at is where it begins
	afters     int
	unit       bool     // the first of them, right behind the end, is one
	names      contexts // what named collected
	collected  int      // the end that it did so for, or -1
	nameless   bool     // it found none
}

// sense says what stands around text[start:end] on its line. The nearest word that says something decides;
// words against count only when they name the value itself, so that "order shipped to 138…" stays a phone.
func (s *Scanner) sense(start, end int, ctx context) verdict {
	a := &s.near
	if a.start != start {
		a.start, a.end = start, -1
		s.readBefore()
	}
	best := -1
	for i := range a.hits[:a.n] {
		if h := &a.hits[i]; h.at > best && terms[h.term].names.has(ctx) {
			best = h.at
		}
	}
	if best >= 0 && (best >= a.against || a.number >= 0 && best >= a.number-1) {
		return favour
	}
	if a.against >= 0 {
		return against
	}
	if c := s.columnNames(start); c != nil {
		if c.has(ctx) {
			return favour
		}
		if s.columnAgainst(start) {
			return against
		}
	}
	s.readAfter(end)
	for _, h := range a.after[:a.afters] {
		if h.at >= end+reachAfter {
			break
		}
		if terms[h.term].names.has(ctx) {
			return favour
		}
	}
	if a.unit {
		return against
	}
	return neutral
}

// named tells whether sense can favour the context: whether the words before start, the column or the words in reach of any
// end behind hi name it. They are collected once for all detectors, so that a number that nothing names costs each a bit test.
func (s *Scanner) named(start, hi int, ctx context) bool {
	a := &s.near
	if a.start == start && a.collected == hi {
		return a.names.has(ctx)
	}
	if a.start != start {
		a.start, a.end = start, -1
		s.readBefore()
	}
	a.names = contexts{}
	for _, h := range a.hits[:a.n] {
		a.names.add(&terms[h.term].names)
	}
	if c := s.columnNames(start); c != nil {
		a.names.add(c)
	}
	s.readAfter(hi)
	for _, h := range a.after[:a.afters] {
		a.names.add(&terms[h.term].names)
	}
	a.collected, a.nameless = hi, a.names == contexts{}
	return a.names.has(ctx)
}

// favours tells whether a word before p names the context, whatever else stands there.
func (s *Scanner) favours(p int, ctx context) bool {
	if s.near.start != p {
		s.near.start, s.near.end = p, -1
		s.readBefore()
	}
	for i := range s.near.hits[:s.near.n] {
		if terms[s.near.hits[i].term].names.has(ctx) {
			return true
		}
	}
	return false
}

// nearest tells whether no word that names something stands nearer to the place than one of the context.
func (s *Scanner) nearest(ctx context) bool {
	own, other := -1, -1
	for _, h := range s.near.hits[:s.near.n] {
		if terms[h.term].names.has(ctx) {
			own = max(own, h.at)
		} else if terms[h.term].names != (contexts{}) {
			other = max(other, h.at)
		}
	}
	return own >= other
}

// lastIndex is bytes.LastIndex for short text.
//
//go:noinline
func lastIndex(b []byte, w string) int {
	for i := len(b) - len(w); i >= 0; i-- {
		if b[i] == w[0] && string(b[i:i+len(w)]) == w {
			return i
		}
	}
	return -1
}

// nearby tells whether a word of the context ends within reach bytes before start, or heads its column.
func (s *Scanner) nearby(start int, ctx context, reach int) bool {
	s.favours(start, ctx) // reads the words before
	for _, h := range s.near.hits[:s.near.n] {
		if h.at >= start-reach && terms[h.term].names.has(ctx) {
			return true
		}
	}
	c := s.columnNames(start)
	return c != nil && c.has(ctx)
}
