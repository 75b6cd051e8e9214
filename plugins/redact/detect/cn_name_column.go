package detect

// maxNameColumns is how many columns of names a table may have; further ones are left.
const maxNameColumns = 4

// nameColumn reads the names in the columns of a table whose header has a label such as 姓名 at [start,end): CSV, semicolons,
// tabs or bars. They are
// kept apart until the scan is over (mergeRoster), for it has not come to their lines yet. It returns end if the label is a header's cell, or 0.
func (s *Scanner) nameColumn(start, end int, a announced) int {
	t := s.text
	if start < s.roster.end {
		return 0
	}
	sep := byte(0)
	e := end
	for e < len(t) && (t[e] == ' ' || t[e] == '"') {
		e++
	}
	switch {
	case e == len(t):
		return 0
	case separates(t[e]):
		sep = t[e]
	case t[e] != '\n' && t[e] != '\r':
		return 0
	}
	line := start
	for line > 0 && start-line < maxHeaderLine && t[line-1] != '\n' {
		line--
		if sep == 0 && separates(t[line]) {
			sep = t[line]
		}
	}
	s.work += start - line
	if start-line == maxHeaderLine {
		s.roster.end = start + maxHeaderLine // the line is not read again from each of its labels
		return 0
	}
	if sep == 0 {
		return 0
	}
	// The header: which columns hold names, and how many there are.
	var columns [maxNameColumns]int
	n, cells := 0, 0
	stop := line
	cell := line
	for ; stop <= len(t) && stop-line < maxHeaderLine; stop++ {
		if stop < len(t) && t[stop] != sep && t[stop] != '\n' {
			continue
		}
		if n < len(columns) && labelsNames(t[cell:stop], a) {
			columns[n] = cells
			n++
		}
		if stop == len(t) || t[stop] == '\n' {
			break
		}
		cells++
		cell = stop + 1
	}
	s.work += stop - line
	s.roster.end = stop
	if n == 0 || stop >= len(t) || t[stop] != '\n' {
		return 0
	}
	// The lines.
	p := stop + 1
	for p < len(t) {
		k, column, cell := 0, 0, p
		from := len(s.roster.spans)
		i := p
		for ; i <= len(t); i++ {
			if i < len(t) && t[i] != sep && t[i] != '\n' {
				continue
			}
			if k < n && columns[k] == column {
				if b, e := trim(t, cell, i); e > b {
					if m := s.nameAt(b, a); m > 0 && b+m == e {
						s.roster.spans = append(s.roster.spans, Span{b, e, CNName, rankNamed})
					}
				}
				k++
			}
			if i == len(t) || t[i] == '\n' {
				break
			}
			column++
			cell = i + 1
		}
		s.work += i - p
		if column != cells {
			s.roster.spans = s.roster.spans[:from]
			break
		}
		p = i + 1
	}
	s.roster.end = p
	return end
}

// roster has the names that were found in tables, ahead of the scan.
type roster struct {
	spans []Span
	end   int // of the last table or header read: none is read twice
}

// mergeRoster puts the names of tables among the spans, once the scan is over. Where something else is known to stand
// they are left out.
func (s *Scanner) mergeRoster() {
	names := s.roster.spans[:0]
	i := 0
	for _, n := range s.roster.spans {
		for i < len(s.spans) && s.spans[i].End <= n.Start {
			i++
		}
		if i == len(s.spans) || s.spans[i].Start >= n.End {
			names = append(names, n)
		}
	}
	i = len(s.spans) - 1
	s.spans = append(s.spans, names...)
	for k, j := len(s.spans)-1, len(names)-1; j >= 0; k-- {
		if i >= 0 && s.spans[i].Start > names[j].Start {
			s.spans[k] = s.spans[i]
			i--
		} else {
			s.spans[k] = names[j]
			j--
		}
	}
}

func separates(c byte) bool { return c == ',' || c == '\t' || c == '|' || c == ';' }

// trim is [b,e) without blanks and quotes at its ends.
func trim(t []byte, b, e int) (int, int) {
	for b < e && (t[b] == ' ' || t[b] == '"' || t[b] == '\r') {
		b++
	}
	for e > b && (t[e-1] == ' ' || t[e-1] == '"' || t[e-1] == '\r') {
		e--
	}
	return b, e
}

// labelsNames tells whether a header's cell is the label of names.
func labelsNames(cell []byte, a announced) bool {
	b, e := trim(cell, 0, len(cell))
	cell = cell[b:e]
	if len(cell) == 0 || len(cell) > 40 {
		return false
	}
	for _, w := range [...]string{"姓名", "联系人", "收件人", "收货人", "寄件人", "负责人", "经办人", "申请人", "法定代表人", "法人", "户名", "患者", "员工", "學生姓名", "聯絡人", "聯繫人", "客户", "学生", "司机", "名字"} {
		if len(cell) >= len(w) && string(cell[len(cell)-len(w):]) == w {
			return true
		}
	}
	if a != perhaps {
		return false
	}
	var buf [40]byte
	n := 0
	for _, c := range cell {
		if class[c]&isAlpha != 0 {
			buf[n] = lower(c)
			n++
		} else if c != '_' && c != ' ' {
			return false
		}
	}
	w := string(buf[:n])
	if len(w) > 4 && w[len(w)-4:] == "name" {
		return bearers[w[:len(w)-4]]
	}
	return w == "name" || w == "contact" || w == "receiver" || w == "recipient" || w == "consignee" || w == "employee" || w == "patient" || w == "student"
}
