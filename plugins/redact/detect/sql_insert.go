package detect

// The values of SQL's INSERT stand far from the names of their columns: INSERT INTO t (id, ssn) VALUES (1, '…'), (2, '…'). The statement is read
// ahead once: what has no form of its own is found as in a table (cn_name_column.go), and columnNames tells what names the others.

// insertion is the statement that the scan has come to.
type insertion struct {
	start, end int  // of the tuples
	open       byte // what begins a tuple
	quote      byte // what its strings stand in
	sep        byte // what parts its values
	columns    int
	names      [maxColumns]contexts
	against    [maxColumns]bool
	// Where columnNames has counted to: the place, the tuple that it is in and its column.
	read, tuple, column int
}

func init() {
	on("into", (*Scanner).insertInto)
}

// insertInto reads the columns and tuples behind the word INTO that ends at p.
func (s *Scanner) insertInto(start, p int) int {
	t := s.text
	if start < 7 || p < s.insert.end || !foldEqual(t[start-7:start-1], "insert") && !foldEqual(t[start-7:start-1], "eplace") {
		return 0
	}
	from := p
	for p < len(t) && p-from < 160 && (class[t[p]]&isName != 0 || t[p] == ' ' || t[p] == '`' || t[p] == '"' || t[p] == '.' || t[p] == '[' || t[p] == ']') {
		p++
	}
	if p >= len(t) || t[p] != '(' {
		return 0
	}
	// The columns.
	var what [maxColumns]uint8
	in := &s.insert
	n, filled := 0, false
	cell := p + 1
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
		what[n] = heading(t[b:e])
		filled = filled || what[n] != columnNothing
		in.names[n], in.against[n] = s.headWords(b, e)
		n++
		cell = p + 1
		if t[p] == ')' {
			break
		}
	}
	for p++; p < len(t) && t[p] <= ' '; p++ {
	}
	if p+6 > len(t) || !foldEqual(t[p:p+6], "values") {
		return 0
	}
	for p += 6; p < len(t) && t[p] <= ' '; p++ {
	}
	in.start, in.columns, in.open, in.quote, in.sep = p, n, '(', '\'', ','
	in.read, in.tuple, in.column = p, p, 0
	// The tuples.
	for p < len(t) && t[p] == '(' {
		column := 0
		cell := p + 1
		quoted := false
		for p++; p < len(t); p++ {
			c := t[p]
			if c == '\'' {
				quoted = !quoted
			}
			if quoted || c != ',' && c != ')' {
				continue
			}
			if filled && column < n && what[column] != columnNothing {
				if b, e := unquoted(t, cell, p); b < e {
					s.inColumn(b, e, what[column])
				}
			}
			column++
			cell = p + 1
			if c == ')' {
				break
			}
		}
		for p++; p < len(t) && (t[p] == ',' || t[p] <= ' '); p++ {
		}
	}
	in.end = min(p, len(t))
	s.work += in.end - from
	s.roster.end = max(s.roster.end, in.end)
	return 0
}

// unquoted is [b,e) without blanks, quotes and escapes at its ends.
func unquoted(t []byte, b, e int) (int, int) {
	for b < e && (t[b] <= ' ' || t[b] == '\'' || t[b] == '"' || t[b] == '`' || t[b] == '\\') {
		b++
	}
	for e > b && (t[e-1] <= ' ' || t[e-1] == '\'' || t[e-1] == '"' || t[e-1] == '`' || t[e-1] == '\\') {
		e--
	}
	return b, e
}

// insertColumn is the column of the value at p, which stands among the tuples, or -1.
func (s *Scanner) insertColumn(p int) int {
	in, t := &s.insert, s.text
	if p < in.read {
		if p < in.tuple {
			return -1
		}
		in.read, in.column = in.tuple, 0
		if in.open == '<' {
			in.column = -1
		}
	}
	s.work += p - in.read
	quoted := false
	for i := in.read; i < p; i++ {
		switch c := t[i]; {
		case c == in.quote:
			quoted = !quoted
		case quoted:
		case c == in.sep:
			in.column++
		case in.open == '<': // a table of HTML
			if c == '<' && i+2 < len(t) && t[i+1]|0x20 == 't' {
				switch t[i+2] | 0x20 {
				case 'd', 'h':
					in.column++
				case 'r':
					in.tuple, in.column = i, -1
				}
			}
		case c == in.open:
			in.tuple, in.column = i, 0
		}
		if !quoted {
			in.read = i + 1
		}
	}
	if in.column < 0 || in.column >= in.columns {
		return -1
	}
	return in.column
}
