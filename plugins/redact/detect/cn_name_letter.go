package detect

// A letter ends with the name of who wrote it, on a line of its own behind a complimentary close; a short one begins with the name of who gets it.
func init() {
	on("敬礼 祝好 商祺 敬上 谢谢 感谢 安康 顺利 愉快", (*Scanner).signature)
	on("regards sincerely thanks", (*Scanner).signature)
	on("dear hi hello", func(s *Scanner, start, end int) int { // Dear 李梅,
		if p := spaces(s.text, end); p > end && s.nameAt(p, direct) > 0 {
			return s.name(p, direct)
		}
		return 0
	})
}

// signature looks for a name that is the next line but blank ones.
func (s *Scanner) signature(_, end int) int {
	t := s.text
	p, lines := end, 0
	for k := 0; k < 12 && p < len(t); k++ {
		if n := mark(t, p, "！", "，", "。", "　"); n > 0 {
			p += n
			continue
		}
		switch t[p] {
		case '\n':
			lines++
		case '!', ',', '.', ' ', '\r':
		default:
			k = 12
			continue
		}
		p++
	}
	if lines == 0 || !s.types.Has(CNName) {
		return 0
	}
	if n := s.nameAt(p, perhaps); n > 0 && (p+n == len(t) || t[p+n] == '\n' || t[p+n] == '\r') {
		s.emit(p, p+n, CNName, rankNamed)
		return p + n
	}
	return 0
}
