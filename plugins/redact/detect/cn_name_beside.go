package detect

// Orders, lists and chats put a person's name beside a number of theirs without any label: 张伟 13812345678, 张伟13812345678 and 13812345678，张伟. When
// the scan is over, the neighbours of such numbers are looked at; what has the form of a name and stands alone there is one.

func init() {
	on("）、", func(s *Scanner, start, end int) int { // 李梅（财务部）、张伟（市场部）
		t := s.text
		p := start
		for p > 0 && start-p < 72 && t[p] != '\n' && !has(t[p:], "（") {
			p--
		}
		for k := len(s.spans) - 1; k >= 0 && s.spans[k].End >= p; k-- {
			if s.spans[k].Type == CNName && s.spans[k].End == p {
				return s.names(end, direct)
			}
		}
		return 0
	})
}

// namesBeside adds the names beside phones and resident ids, and before an address that a phone follows.
func (s *Scanner) namesBeside() {
	if !s.types.Has(CNName) {
		return
	}
	s.roster.spans = s.roster.spans[:0]
	for i := range s.spans {
		sp := &s.spans[i]
		switch sp.Type {
		case Phone, CNResidentID:
			s.nameBefore(sp.Start)
			s.nameAfter(sp.End)
		case CNAddress:
			if i+1 < len(s.spans) && s.spans[i+1].Type == Phone && s.spans[i+1].Start-sp.End < 8 || i > 0 && s.spans[i-1].Type == Phone && sp.Start-s.spans[i-1].End < 16 {
				s.nameBefore(sp.Start)
				s.nameAfter(sp.End)
			}
		}
	}
	if len(s.roster.spans) > 0 {
		s.mergeRoster()
	}
}

// beside adds a name that was found, in order.
func (s *Scanner) beside(start, end int) {
	list := s.roster.spans
	if k := len(list); k > 0 && list[k-1].End > start {
		return // it stands between two numbers
	}
	s.roster.spans = append(list, Span{start, end, CNName, rankNamed})
}

// between passes up to four separators from p on, backward with step -1.
func between(t []byte, p, step int) int {
	for range 4 {
		q := p
		if step < 0 {
			q = p - 1
		}
		switch {
		case q < 0 || q >= len(t):
			return p
		case t[q] < 0x80:
			if !besides[t[q]] {
				return p
			}
			p += step
		case step < 0 && p >= 3 && mark(t, p-3, "，", "、", "：", "（", "　") > 0:
			p -= 3
		case step > 0 && mark(t, p, "，", "、", "　", "（") > 0:
			p += 3
		default:
			return p
		}
	}
	return p
}

// besides are the separators of ASCII.
var besides = [128]bool{' ': true, ',': true, '\t': true, '/': true, '|': true, '(': true, '"': true, '\'': true, ':': true, '\n': true, '\r': true}

// nameBefore adds the name that ends before the number at p.
func (s *Scanner) nameBefore(p int) {
	t := s.text
	e := between(t, p, -1)
	b := e
	for b >= 3 && e-b < 15 && han(t, b-3) >= 0 {
		b -= 3
	}
	s.work += p - b
	if n := e - b; n >= 6 && n <= 12 && edge(t, b) && s.nameAt(b, perhaps) == n {
		s.beside(b, e)
		return
	}
	for n := 9; n >= 6; n -= 3 { // a sentence leads to it: 由梁伟（
		if k := e - n; k-3 >= b && leading.has(han(t, k-3)) && s.nameAt(k, perhaps) == n {
			s.beside(k, e)
			return
		}
	}
}

// nameAfter adds the name that begins behind the number that ends at p.
func (s *Scanner) nameAfter(p int) {
	t := s.text
	b := between(t, p, 1)
	e := b
	for e-b < 15 && han(t, e) >= 0 {
		e += 3
	}
	s.work += e - p
	if e-b > 6 && has(t[e-3:], "收") && s.nameAt(b, perhaps) == e-3-b { // 13912345678，李梅收
		s.beside(b, e-3)
		return
	}
	if n := e - b; n >= 6 && n <= 12 && (e == len(t) || mark(t, e, " ", ",", "\n", "\r", "\t", "，", "。", "；", ";", "、", "'", "|", ")", "）", "\"", "　") > 0) && s.nameAt(b, perhaps) == n {
		s.beside(b, e)
	}
}

// edge tells whether something begins at p: a line, a cell, what punctuation ends before.
func edge(t []byte, p int) bool {
	if p == 0 {
		return true
	}
	if c := t[p-1]; c < 0x80 {
		return class[c]&isName == 0 && c != '-' && c != '+' && c != '%'
	}
	return p >= 3 && han(t, p-3) < 0 && mark(t, p-3, "，", "、", "：", "（", "　", "。", "；", "】", "“", "！", "？", "》", "）") > 0
}
