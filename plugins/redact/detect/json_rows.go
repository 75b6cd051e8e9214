package detect

// Rows of JSON stand far from the names of their columns, before or behind them: {"columns":["name","dob"],"rows":[["Ada","1985-03-12"]]}. They are
// read ahead once and then looked at as the tuples of an INSERT.

func init() {
	on("rows values data records tuples", (*Scanner).rowsAhead)
	on("columns column fields headers header cols keys", func(s *Scanner, _, end int) int {
		if p, ok := arrayBehind(s.text, end); ok {
			s.header = p
		}
		return 0
	})
}

// maxHeaderGap is how far the names of columns may stand from the rows, in bytes.
const maxHeaderGap = 256

// arrayBehind is where the array begins that is the value of the key that ends at p.
func arrayBehind(t []byte, p int) (int, bool) {
	i := p
	if i < len(t) && t[i] == '\\' {
		i++
	}
	if i >= len(t) || t[i] != '"' {
		return 0, false
	}
	for i++; i < len(t) && i-p < 12 && (t[i] <= ' ' || t[i] == ':'); i++ {
	}
	return i, i < len(t) && t[i] == '['
}

// rowsAhead reads the rows and the names of their columns at a key for rows that ends at p.
func (s *Scanner) rowsAhead(_, p int) int {
	t := s.text
	if p < s.insert.end {
		return 0
	}
	from, ok := arrayBehind(t, p)
	if !ok {
		return 0
	}
	first := from + 1
	for first < len(t) && t[first] <= ' ' {
		first++
	}
	if first >= len(t) || t[first] != '[' {
		return 0
	}
	// The end of the rows.
	end, depth, quoted := from, 0, false
	for ; end < len(t); end++ {
		c := t[end]
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if c == '[' {
			depth++
		} else if c == ']' {
			if depth--; depth == 0 {
				break
			}
		}
	}
	s.work += end - p
	in := &s.insert
	in.start, in.end = end, end // what was read is not read again
	header := s.header
	if header == 0 || first-header > maxHeaderLine || Index(t[:first], ']', header) < first && first-Index(t[:first], ']', header) > maxHeaderGap {
		header = 0
		for i := end; i < min(len(t), end+maxHeaderGap) && header == 0; i++ {
			if c := t[i]; (c == '"' || c == '\\') && class[t[i-1]]&isAlpha != 0 && columnKey(t, i) {
				header, _ = arrayBehind(t, i)
			}
		}
	}
	if header == 0 {
		return 0
	}
	n := s.readNames(header)
	if n < 2 {
		return 0
	}
	in.start, in.end, in.columns, in.open, in.quote, in.sep = first, end, n, '[', '"', ','
	in.read, in.tuple, in.column = first, first, 0
	return 0
}

// columnKey tells whether the word that ends at p is a key for names of columns.
func columnKey(t []byte, p int) bool {
	for _, w := range [...]string{"columns", "fields", "headers", "header", "cols", "keys"} {
		if p >= len(w) && foldEqual(t[p-len(w):p], w) {
			return true
		}
	}
	return false
}

// readNames reads the array of names at p and returns how many there are.
func (s *Scanner) readNames(p int) int {
	t := s.text
	in := &s.insert
	n, cell := 0, p+1
	for i := p + 1; i < len(t) && i-p < maxHeaderLine && n < maxColumns; i++ {
		if t[i] == '{' || t[i] == '[' {
			return 0
		}
		if t[i] != ',' && t[i] != ']' {
			continue
		}
		b, e := unquoted(t, cell, i)
		in.names[n], in.against[n] = s.headWords(b, e)
		s.born = s.born || in.names[n].has(birthContext)
		n++
		cell = i + 1
		if t[i] == ']' {
			s.work += i - p
			return n
		}
	}
	return 0
}
