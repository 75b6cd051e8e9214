package detect

// What tells a code that opens something from other codes: the word before it, a lock that is named before, how a message goes on.

// codeBefore tells whether the word before the one at p makes it a code that opens something.
func (s *Scanner) codeBefore(p int) bool { return codeOf.has(s.wordBeforeCode(p)) }

// sentBefore tells whether the word before the one at p makes it a code that is sent.
func (s *Scanner) sentBefore(p int) bool { return sentOf.has(s.wordBeforeCode(p)) }

func (s *Scanner) wordBeforeCode(p int) string {
	t := s.text
	e := p
	if e > 0 && (t[e-1] == ' ' || t[e-1] == '_' || t[e-1] == '-') {
		e--
	}
	i := e
	for i > 0 && e-i < 16 && (class[t[i-1]]&isAlpha != 0 || t[i-1] >= 0x80) {
		i--
		if class[t[i]]&isUpper != 0 && i > 0 && class[t[i-1]]&isLower != 0 {
			break
		}
	}
	return lowerOf(t, i, e)
}

// spares are words for codes that stand in for another factor.
var spares = [...]string{"backup", "recovery"}

// locks are what a code opens that is named before it: the lockbox is left of the door, code 4711.
var locks = [...]string{"lockbox", "lock box", "key box", "keybox", "keypad", "gate", "garage", "door", "alarm", "safe", "portail", "porte", "puerta", "coffre", "immeuble", "deur", "entrance", "apartment", "building"}

// locked tells whether "code" at p stands alone in its clause, behind one that names a lock.
func (s *Scanner) locked(p int) bool {
	t := s.text
	i := wordBack(t, p, "the", "enter", "use", "with", "by", "using", "le", "el", "il", "den", "o", "avec", "mit")
	if i < 2 || i == p && !(t[p-1] == ' ' && oneOf(t[p-2], ",(;:-")) {
		return false
	}
	b := t[max(0, i-72):i]
	if k := lastIndex(b, "\n"); k >= 0 {
		b = b[k:]
	}
	s.work += len(b)
	return containsAny(b, locks[:])
}

// backupCodes reports the codes of a list behind "backup codes" that ends at p: groups of digits, or of letters and digits, one after another.
func (s *Scanner) backupCodes(p int) bool {
	t := s.text
	from := p
	for p < len(t) && p-from < 24 && (class[t[p]]&isAlpha != 0 || t[p] == ' ') {
		p++
	}
	if p >= len(t) {
		return false
	}
	if t[p] != ':' { // recovery code KX7P-22MD-9QTR does not work
		for p > from && t[p-1] != ' ' {
			p--
		}
		lo := p
		for p < len(t) && p-lo < 24 && (class[t[p]]&(isUpper|isDigit) != 0 || t[p] == '-' && p > lo) {
			p++
		}
		s.work += p - from
		if p-lo < 8 || digitsIn(t[lo:p]) < 2 || digitsIn(t[lo:p])+count(t, '-', lo, p) == p-lo || p < len(t) && class[t[p]]&isName != 0 {
			return false
		}
		s.emit(lo, p, Password, rankGeneric)
		return true
	}
	found := false
	for range 20 {
		gap := p
		for p < len(t) && p-gap < 8 && (class[t[p]]&isAlnum == 0 && t[p] < 0x80 || escapeBefore(t, p+1)) {
			p++
		}
		lo := p
		for p < len(t) && p-lo < 16 && (class[t[p]]&isAlnum != 0 || (t[p] == '-' || t[p] == ' ') && (p-lo == 4 || p-lo == 5) && p+1 < len(t) && class[t[p+1]]&isAlnum != 0) {
			p++
		}
		if n := p - lo; n < 6 || n > 14 || digitsIn(t[lo:p]) < 2 {
			break
		}
		s.emit(lo, p, Password, rankGeneric)
		found = true
	}
	s.work += p - from
	return found
}

// codeWarned tells whether "your … code is 123456" goes on as messages with such codes do.
func (s *Scanner) codeWarned(start, end int) bool {
	t := s.text
	low := max(0, start-40)
	b := t[low:start]
	if lastIndex(b, "our ") < 0 && lastIndex(b, "se ") < 0 {
		return false
	}
	high := min(len(t), end+120)
	for i := end; i < high; i++ {
		if !oneOf(t[i], "sevat") {
			continue
		}
		if n := among(t, i, "share|expires|valid for|anyone|to log in|to sign in|to verify"); n > 0 {
			s.work += i - low
			return true
		}
	}
	s.work += high - low
	return false
}
