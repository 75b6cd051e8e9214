package detect

// In transcripts the name of who speaks stands before a colon (沈佳宜：好的), in records before sex and age (余文乐，男，45岁).
func init() {
	on("男， 女， 男、 女、", func(s *Scanner, start, _ int) int {
		t := s.text
		if !s.types.Has(CNName) || start < 9 {
			return 0
		}
		p := start
		if n := mark(t, start-3, "，", "、"); n > 0 {
			p -= n
		} else if t[start-1] == ',' || t[start-1] == ' ' {
			p--
		} else {
			return 0
		}
		for n := 9; n >= 6; n -= 3 {
			if b := p - n; b >= 0 && edge(t, b) && s.nameAt(b, perhaps) == n {
				s.emit(b, p, CNName, rankNamed)
				return 0
			}
		}
		return 0
	})
}

// speaker looks for a name of three characters before the colon at p. All of them have to be such as names have: most labels begin at an edge, too.
func (s *Scanner) speaker(p int) {
	t := s.text
	b := p - 9
	if b < 0 || !s.types.Has(CNName) || !surnames.has(han(t, b)) || !givens.has(han(t, b+3)) || !givens.has(han(t, b+6)) || !edge(t, b) {
		return
	}
	s.work += 9
	if s.nameAt(b, perhaps) == 9 {
		s.emit(b, p, CNName, rankNamed)
	}
}
