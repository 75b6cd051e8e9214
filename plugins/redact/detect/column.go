package detect

// table knows the header of the table that the scan is in: comma, semicolon, tab or bar separated lines with the
// same number of cells. It is advanced line by line as candidates ask for it, so the whole text is read once at most.
type table struct {
	line, next int // the current line
	sep        byte
	cells      int // separators in it
	headed     bool
	read       int // in the current line, cells are counted up to here
	column     int
	starts     [maxColumns + 1]int // of the header's cells
	known      [maxColumns]bool
	names      [maxColumns]contexts // what the header's cells say, once known
	against    [maxColumns]bool     // whether they name orders, amounts and the like
}

// Bounds of a header: a longer line is no header, and further columns have none.
const (
	maxHeaderLine = 4096
	maxColumns    = 32
)

func (b *table) reset() { b.line, b.next, b.cells, b.headed = 0, 0, 0, false }

// columnNames returns what the header of the column that p stands in names, nil for nothing.
func (s *Scanner) columnNames(p int) *contexts {
	if p >= s.insert.start && p < s.insert.end {
		if k := s.insertColumn(p); k >= 0 {
			return &s.insert.names[k]
		}
		return nil
	}
	b, t := &s.table, s.text
	for p >= b.next && b.next < len(t) {
		s.nextLine()
	}
	if !b.headed || p < b.line {
		return nil
	}
	if b.read > p {
		b.read, b.column = b.line, 0
	}
	b.column += count(t, b.sep, b.read, p)
	s.work += p - b.read
	b.read = p
	k := b.column
	if k >= maxColumns {
		return nil
	}
	if !b.known[k] {
		b.known[k] = true
		b.names[k], b.against[k] = s.headWords(b.starts[k], b.starts[k+1]-1)
	}
	return &b.names[k]
}

// headWords reads the heading of a column: what it names, and whether it is that of orders, amounts and the like.
func (s *Scanner) headWords(b, e int) (names contexts, against bool) {
	i := max(b, e-reachBefore)
	keep := s.near
	s.near.start, s.near.n, s.near.against, s.near.number = e, 0, -1, -1
	s.latinBefore(i, e, 1<<64-1)
	s.wideBefore(i, e)
	for _, h := range s.near.hits[:s.near.n] {
		names.add(&terms[h.term].names)
	}
	against = s.near.against >= 0 && names == contexts{}
	s.near = keep
	return names, against
}

// columnAgainst tells whether the heading of the column that columnNames was last asked for speaks against personal numbers.
func (s *Scanner) columnAgainst(p int) bool {
	if p >= s.insert.start && p < s.insert.end {
		k := s.insertColumn(p)
		return k >= 0 && s.insert.against[k]
	}
	b := &s.table
	return b.headed && p >= b.line && b.column < maxColumns && b.known[b.column] && b.against[b.column]
}

// nextLine goes to the next line and tells whether it is of the same table.
func (s *Scanner) nextLine() {
	b, t := &s.table, s.text
	start := b.next
	i := Index(t, '\n', start)
	if i < 0 {
		i = len(t)
	}
	if b.cells > 0 && ruled(t[start:i]) { // ----+---- below a header
		b.next = min(i+1, len(t))
		s.work += i - start
		return
	}
	n := [len(tableSeparators)]int{count(t, '\t', start, i), count(t, '|', start, i), count(t, ';', start, i), count(t, ',', start, i)}
	s.work += i - start
	same := false
	for k, c := range tableSeparators {
		same = same || b.cells > 0 && b.sep == c && n[k] == b.cells
	}
	if !same {
		b.headed, b.cells = false, 0
		for k, c := range tableSeparators {
			if n[k] > 0 {
				b.sep, b.cells = c, n[k]
				break
			}
		}
	} else if !b.headed && start-b.line <= maxHeaderLine {
		b.headed = true
		s.work += start - b.line
		b.known = [maxColumns]bool{}
		k := 0
		b.starts[0] = b.line
		for j := b.line; j < start && k < maxColumns; j++ {
			if t[j] == b.sep || t[j] == '\n' {
				k++
				b.starts[k] = j + 1
			}
		}
		for ; k < maxColumns; k++ {
			b.known[k], b.names[k] = true, contexts{}
		}
	}
	b.line, b.next = start, min(i+1, len(t))
	b.read, b.column = start, 0
}

// ruled tells whether the line is a rule of a table and nothing else.
func ruled(line []byte) bool {
	for _, c := range line {
		if c != '-' && c != '+' && c != '=' && c != ' ' && c != '\r' {
			return false
		}
	}
	return len(line) > 2
}

var tableSeparators = [...]byte{'\t', '|', ';', ','}
