package detect

// A full name stands before a form of address, too: 请转告方媛女士, 三年二班祝子涵的妈妈. It has to begin where a word ends that leads to a person, or behind
// punctuation.
func init() {
	on("女士 先生 小姐 太太", func(s *Scanner, start, _ int) int { return s.nameAddressed(start, 2) })
	on("同学 老师 教授 律师 医生", func(s *Scanner, start, _ int) int { return s.nameAddressed(start, 3) })
	on("妈妈 爸爸 家长 父亲 母亲", func(s *Scanner, start, _ int) int {
		if start >= 3 && has(s.text[start-3:], "的") {
			start -= 3
		}
		return s.nameAddressed(start, 3)
	})
}

// nameAddressed looks for a name of at least least characters that ends at p.
func (s *Scanner) nameAddressed(p, least int) int {
	t := s.text
	if !s.types.Has(CNName) {
		return 0
	}
	for n := 4; n >= least; n-- {
		b := p - 3*n
		if b < 0 || han(t, b) < 0 || han(t, b+3) < 0 || n > 2 && han(t, b+6) < 0 {
			continue
		}
		if n == 4 && !doubles.has(string(t[b:b+6])) {
			continue
		}
		s.work += 12
		open := edge(t, b) || b >= 3 && leading.has(han(t, b-3)) ||
			n == 3 && !has(t[p:], "的") && givens.has(han(t, b+3)) && givens.has(han(t, b+6)) && !surnames.has(han(t, b+6)) // 供应商骆宏亮先生
		if !open || s.nameAt(b, perhaps) != 3*n {
			continue
		}
		s.emit(b, p, CNName, rankNamed)
		return 0
	}
	return 0
}

// leading are characters that end words before a person: prepositions, verbs, and the classes of a school.
var leading = charactersOf("给向由和与请为对找是及跟被让送约访同将把于而但班告知问见叫喊致代替即级")
