package detect

// A dump of PostgreSQL has rows behind the names of their columns: COPY t (id, dob) FROM stdin;, then lines of values parted by tabs, to \\. on a line.

func init() {
	on("copy", (*Scanner).copyRows)
}

// copyRows reads the columns behind the word COPY that ends at p, and where the rows end.
func (s *Scanner) copyRows(_, p int) int {
	t := s.text
	if p < s.insert.end {
		return 0
	}
	from := p
	for p < len(t) && p-from < 160 && (class[t[p]]&isName != 0 || t[p] == ' ' || t[p] == '"' || t[p] == '.') {
		p++
	}
	if p >= len(t) || t[p] != '(' {
		return 0
	}
	in := &s.insert
	n, cell := 0, p+1
	for p++; ; p++ {
		if p >= len(t) || p-from > maxHeaderLine || n == maxColumns {
			in.start, in.end = p, p // what was read is not read again
			s.work += p - from
			return 0
		}
		if t[p] != ',' && t[p] != ')' {
			continue
		}
		b, e := unquoted(t, cell, p)
		in.names[n], in.against[n] = s.headWords(b, e)
		s.born = s.born || in.names[n].has(birthContext)
		n++
		cell = p + 1
		if t[p] == ')' {
			break
		}
	}
	line := Index(t, '\n', p)
	if line < 0 || line-p > 64 || !has(t[p+1:], " FROM ") && !has(t[p+1:], " from ") {
		return 0
	}
	end := line
	for end+1 < len(t) && t[end+1] != '\\' {
		if end = Index(t, '\n', end+1); end < 0 {
			end = len(t)
		}
	}
	s.work += end - from
	in.start, in.end, in.columns, in.open, in.quote, in.sep = line, end, n, '\n', 0, '\t'
	in.read, in.tuple, in.column = line, line, 0
	return 0
}
