package detect

// Span is one entity: text[Start:End]. Both offsets stand on boundaries of UTF-8 sequences.
type Span struct {
	Start, End int
	Type       Type
	rank       rank
}

// rank says how sure a span is.
type rank uint8

const (
	rankGeneric rank = iota + 1 // a value that a key calls secret
	rankLikely                  // a form that nothing speaks against
	rankBeside                  // named by a word that others stand nearer than
	rankNamed                   // named by its context
	rankSure                    // a form that nothing else has
)

// emit adds a span. Of two that overlap one stays: a secret that contains personal data; otherwise the surer, then
// the longer, then the first. Whole connection strings beat the e-mail address that they seem to contain.
func (s *Scanner) emit(start, end int, typ Type, r rank) {
	if !s.types.Has(typ) || start >= end {
		return
	}
	n := Span{start, end, typ, r}
	// Spans that the new one meets are at the end of the list: a detector looks ahead by a bounded number of spans.
	k := len(s.spans)
	for k > 0 && s.spans[k-1].Start >= end {
		k--
	}
	last := k
	for k > 0 && s.spans[k-1].End > start {
		if !n.beats(&s.spans[k-1]) {
			return
		}
		k--
	}
	tail := len(s.spans) - last
	if k == last { // insert
		s.spans = append(s.spans, Span{})
		copy(s.spans[last+1:], s.spans[last:len(s.spans)-1])
	} else {
		copy(s.spans[k+1:], s.spans[last:])
		s.spans = s.spans[:k+1+tail]
	}
	s.spans[k] = n
}

func (a *Span) beats(b *Span) bool {
	if x, y := a.Type.Secret(), b.Type.Secret(); x != y {
		if x && a.Start <= b.Start && a.End >= b.End {
			return true
		}
		if y && b.Start <= a.Start && b.End >= a.End {
			return false
		}
	}
	if a.rank != b.rank {
		return a.rank > b.rank
	}
	return a.End-a.Start > b.End-b.Start
}
