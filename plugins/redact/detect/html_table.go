package detect

// The cells of a table in HTML stand below the th of their column.

func init() {
	on("th", (*Scanner).htmlHeader)
}

// htmlHeader reads the headings of a table from the first <th, whose name is [start,p), and where the table ends.
func (s *Scanner) htmlHeader(start, p int) int {
	t := s.text
	if start == 0 || t[start-1] != '<' || p < s.insert.end {
		return 0
	}
	in := &s.insert
	n, from := 0, start
	for i := start - 1; ; i++ {
		if i+4 >= len(t) || i-from > maxHeaderLine {
			in.start, in.end = i, i // what was read is not read again
			s.work += i - from
			return 0
		}
		if t[i] != '<' {
			continue
		}
		if foldEqual(t[i+1:i+4], "/tr") || foldEqual(t[i+1:i+4], "/th") && foldEqual(t[i+1:min(i+7, len(t))], "/thead") {
			p = i
			break
		}
		if !foldEqual(t[i+1:i+3], "th") || class[t[i+3]]&isAlnum != 0 || n == maxColumns {
			continue
		}
		b := Index(t, '>', i)
		if b < 0 || b-i > 256 {
			continue
		}
		e := Index(t, '<', b)
		if e < 0 || e-b > 128 {
			continue
		}
		in.names[n], in.against[n] = s.headWords(b+1, e)
		s.born = s.born || in.names[n].has(birthContext)
		n++
		i = e - 1
	}
	end := p
	for end < len(t) && !(t[end] == '<' && end+6 <= len(t) && foldEqual(t[end+1:end+6], "/tabl")) {
		end++
	}
	s.work += end - from
	in.start, in.end, in.columns, in.open, in.quote, in.sep = p, end, n, '<', 0, 0
	in.read, in.tuple, in.column = p, p, -1
	return 0
}
