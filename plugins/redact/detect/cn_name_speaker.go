package detect

// In transcripts the name of who speaks stands before a colon (沈佳宜：好的) or before the time of the message on a line of its own
// (沈佳宜 09:12), in records before sex and age (余文乐，男，45岁).
func init() {
	on("男 女 男、 女、", func(s *Scanner, start, end int) int {
		t := s.text
		if !s.types.Has(CNName) || start < 7 || end < len(t) && han(t, end) >= 0 {
			return 0
		}
		p := start
		for k := 0; k < 3 && p > 0; k++ {
			if c := t[p-1]; c == ',' || c == ' ' || c == '\t' || c == '|' || c == '/' || c == '(' {
				p--
			} else if p >= 3 && mark(t, p-3, "，", "、", "（", "　") > 0 {
				p -= 3
			} else {
				break
			}
		}
		if p == start {
			return 0
		}
		for n := 12; n >= 6; n -= 3 {
			if b := p - n; b >= 0 && (edge(t, b) || b >= 3 && mark(t, b-3, "床", "人", "员", "者", "师", "生", "方") > 0) && s.nameAt(b, perhaps) == n {
				s.emit(b, p, CNName, rankNamed)
				return 0
			}
		}
		return 0
	})
}

// speaker looks for a name before the colon at p. All characters have to be such as names have: most labels begin at an edge, too. A name of two
// characters has to begin the line.
func (s *Scanner) speaker(p int) {
	t := s.text
	if p > 15 && has(t[p-3:], "）") { // 李梅（财务部）：
		for b := p - 6; b > 0 && p-b < 36; b -= 3 {
			if has(t[b:], "（") {
				p = b
				break
			}
		}
	}
	if p < 6 || !s.types.Has(CNName) || suits(han(t, p-3)) < 1 {
		return
	}
	for n := 12; n >= 6; n -= 3 {
		b := p - n
		if b < 0 || han(t, b) < 0 || !edge(t, b) {
			continue
		}
		s.work += n
		if n < 9 && (b > 0 && t[b-1] != '\n' || ordinary.has(han(t, b)) || suits(han(t, b+3)) < 2) ||
			n > 6 && !doubles.has(string(t[b:b+6])) && (n == 12 || suits(han(t, b+3)) < 1 || suits(han(t, b+6)) < 1) {
			continue
		}
		if s.nameAt(b, perhaps) == n {
			s.emit(b, p, CNName, rankNamed)
			return
		}
	}
}

// mentioned looks for the name of who is called on at p, behind an @.
func (s *Scanner) mentioned(p int) {
	t := s.text
	if n := s.nameAt(p, direct); n > 0 && s.types.Has(CNName) && (p+n == len(t) || t[p+n] <= ' ' || t[p+n] == 0xE3 || t[p+n] == wideLead) {
		s.emit(p, p+n, CNName, rankNamed)
	}
}

// stamped looks for the name of who wrote a message: a line is a name and the time at [p,end).
func (s *Scanner) stamped(p, end int) {
	t := s.text
	if p < 7 || t[p-1] != ' ' && t[p-1] != '\t' || end < len(t) && t[end] != '\n' && t[end] != '\r' && t[end] != '\\' || !s.types.Has(CNName) {
		return
	}
	for k := 0; k < 2; k++ { // 沈佳宜 2024-05-21 10:22:11, 沈佳宜 昨天 09:12
		for p > 0 && (t[p-1] == ' ' || t[p-1] == '\t') {
			p--
		}
		b := p
		for b > 0 && p-b < 10 && (class[t[b-1]]&isDigit != 0 || t[b-1] == '-' || t[b-1] == '/' || t[b-1] == '.') {
			b--
		}
		if b == p {
			for _, w := range [...]string{"上午", "下午", "晚上", "早上", "中午", "昨天", "今天", "前天"} {
				if p >= 6 && has(t[p-6:], w) {
					b = p - 6
				}
			}
		}
		if b == p || t[b-1] != ' ' && t[b-1] != '\t' {
			break
		}
		p = b
	}
	s.work += 24
	for n := 12; n >= 6; n -= 3 {
		a := direct
		if n < 9 {
			a = perhaps
		}
		if b := p - n; b >= 0 && (b == 0 || t[b-1] == '\n') && s.nameAt(b, a) == n {
			s.emit(b, p, CNName, rankNamed)
			return
		}
	}
}
