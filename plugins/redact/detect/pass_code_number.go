package detect

// codeDigits is where a code of four to eight digits at p ends: 4711, 123-456, 123 456, and the key that confirms it.
func (s *Scanner) codeDigits(p int) (lo, hi int) {
	t := s.text
	i := p
	for i < len(t) && i-p < 10 && class[t[i]]&isDigit != 0 {
		i++
	}
	if i-p == 3 && i+4 <= len(t) && (t[i] == ' ' || t[i] == '-') && digitsIn(t[i+1:i+4]) == 3 {
		i += 4
	} else if i-p < 4 || i-p > 8 {
		return p, p
	}
	if repeated(t[p:i]) {
		return p, p
	}
	if i < len(t) && (t[i] == '#' || t[i] == '*') {
		i++
	}
	if i < len(t) && (class[t[i]]&isName != 0 || oneOf(t[i], "/:%-") && i+1 < len(t) && class[t[i+1]]&isAlnum != 0 || t[i] == '.' && i+1 < len(t) && class[t[i+1]]&isDigit != 0) || unitBehind(t, i) {
		return p, p
	}
	return p, i
}

// repeated tells whether v is one character again and again, as in documentation: 0000.
func repeated(v []byte) bool { return count(v, v[0], 0, len(v)) == len(v) }

// unitBehind tells whether the number that ends at p is one of something: 8 characters, 2024年.
func unitBehind(t []byte, p int) bool {
	return among(t, p, "位|个|次|秒|分|年|月|天|元|%| min| sec| dig| char| ms| 位| 个| Zeichen| caract| tecken| tekens") > 0
}

// places are words for what a postal code belongs to.
var places = [...]string{"area", "city", "district", "address", "delivery", "town", "village"}

// postal tells whether six digits behind PIN or PIN code are an address's in India.
func (s *Scanner) postal(start, end, lo, hi int) bool {
	t := s.text
	if hi-lo != 6 || start > 0 && t[start-1] >= 0x80 || t[lo] == '0' || t[lo] == '9' || end-start > 3 && lower(t[start]) != 'c' || t[start] >= 0x80 {
		return false
	}
	pin := start
	if lower(t[start]) == 'c' { // PIN code
		if start < 4 || !foldEqual(t[start-4:start-1], "pin") {
			return false
		}
		pin = start - 4
	}
	if containsAny(t[end:lo], places[:]) {
		return true
	}
	for _, w := range [...]string{"my", "your", "card", "sim", "new", "temporary", "atm"} {
		if wordBack(t, pin, w) != pin {
			return false
		}
	}
	return true
}

// combination reports that of a lock behind the word that ends at p: three or four numbers with hyphens between them.
func (s *Scanner) combination(_, p int) int {
	t := s.text
	i := p
	for i < len(t) && i-p < 48 && class[t[i]]&isDigit == 0 && t[i] != '\n' && t[i] != '.' {
		i++
	}
	e, groups := i, 0
	for e < len(t) && e-i < 12 && class[t[e]]&isDigit != 0 {
		b := e
		for e < len(t) && e-b < 3 && class[t[e]]&isDigit != 0 {
			e++
		}
		groups++
		if e+1 >= len(t) || t[e] != '-' || class[t[e+1]]&isDigit == 0 {
			break
		}
		e++
	}
	s.work += e - p
	if groups > 2 && groups < 5 && e-i < 12 && (e == len(t) || class[t[e]]&isName == 0) {
		s.emit(i, e, Password, rankGeneric)
	}
	return 0
}
