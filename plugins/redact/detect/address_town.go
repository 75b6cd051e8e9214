package detect

// flat passes a flat or suite: ", Apt 4B", " #12".
func flat(t []byte, p int) int {
	i := p
	if i < len(t) && t[i] == ',' {
		i++
	}
	if i < len(t) && t[i] == ' ' {
		i++
	}
	for _, w := range [...]string{"Apt. ", "Apt ", "Apartment ", "Unit ", "Suite ", "Ste ", "Ste. ", "Flat ", "Floor ", "#"} {
		if has(t[i:], w) {
			i += len(w)
			k := i
			for i < len(t) && i-k < 6 && class[t[i]]&isAlnum != 0 {
				i++
			}
			if i > k {
				return i
			}
		}
	}
	return p
}

// flatBefore is where a flat begins that stands before the number of a house at p, or p: Flat 3, 22 Victoria Road.
func flatBefore(t []byte, p int) int {
	i := p
	if i < 2 || t[i-1] != ' ' || t[i-2] != ',' {
		return p
	}
	i -= 2
	for i > 0 && p-i < 8 && class[t[i-1]]&isAlnum != 0 {
		i--
	}
	for _, w := range [...]string{"Flat ", "Apt ", "Apartment ", "Unit ", "Suite "} {
		if i >= len(w) && string(t[i-len(w):i]) == w {
			return i - len(w)
		}
	}
	return p
}

// town reads up to the postal code behind an English street: at most 64 bytes of capitalised words, numbers, commas and line ends.
func (s *Scanner) town(p int) (end int, coded bool) {
	t := s.text
	stop := min(len(t), p+64)
	for i := p; i < stop; {
		c := t[i]
		switch {
		case c == ' ' || c == ',' || c == '\n' || c == '.' || c == '#' || c == '-' || c == '\'':
			i++
		case class[c]&isUpper != 0, class[c]&isDigit != 0, c >= 0xC3 && c < 0xD0:
			e := i
			for e < stop && (class[t[e]]&isAlnum != 0 || t[e] >= 0x80 && t[e] < 0xD0) {
				e++
			}
			if e == stop && e < len(t) {
				return p, false
			}
			s.work += e - i
			if n := e - i; class[c]&isDigit != 0 {
				// 62704 or 62704-1234, behind the two letters of a state; 2000 behind those of an Australian one.
				if n == 5 && i >= 3 && class[t[i-2]]&class[t[i-3]]&isUpper != 0 || n == 4 && i >= 4 && class[t[i-2]]&class[t[i-3]]&isUpper != 0 && (class[t[i-4]]&isUpper != 0 || mark(t, i-4, " WA", " SA", " NT") > 0) {
					if e+5 <= len(t) && t[e] == '-' && class[t[e+1]]&class[t[e+2]]&class[t[e+3]]&class[t[e+4]]&isDigit != 0 {
						e += 5
					}
					return e, true
				}
				if n == 5 && i > p && (e == len(t) || class[t[e]]&isName == 0 && t[e] != '-') {
					return e, true
				}
			} else if n <= 4 && n >= 2 && e+4 <= len(t) && t[e] == ' ' && class[t[e-1]]&isAlnum != 0 && class[t[e+1]]&isDigit != 0 && class[t[e+2]]&class[t[e+3]]&isUpper != 0 &&
				(e+4 == len(t) || class[t[e+4]]&isName == 0) && hasDigit(t[i:e]) {
				return e + 4, true // SW1A 2AA
			} else if n == 3 && e+4 <= len(t) && class[t[i+1]]&isDigit != 0 && class[t[i+2]]&isUpper != 0 && t[e] == ' ' && class[t[e+1]]&isDigit != 0 && class[t[e+2]]&isUpper != 0 && class[t[e+3]]&isDigit != 0 {
				return e + 4, true // K1A 0B1
			}
			i = e
		case has(t[i:], "of "), has(t[i:], "upon "), has(t[i:], "on "):
			i += 3
		default:
			return p, false
		}
	}
	return p, false
}

// townOnly passes a town without a postal code: ", Vancouver", ", San Diego, CA", before punctuation or the end of the line.
func townOnly(t []byte, p int) int {
	end := p
	for part := 0; part < 2 && has(t[end:], ", "); part++ {
		i := end + 2
		for words := 0; ; words++ {
			if words == 3 || i >= len(t) || class[t[i]]&isUpper == 0 {
				return end
			}
			for i < len(t) && (class[t[i]]&isAlpha != 0 || t[i] >= 0xC3 && t[i] < 0xD0 || t[i] >= 0x80 && t[i] < 0xC0 || t[i] == '-') {
				i++
			}
			if i >= len(t) || t[i] != ' ' {
				break
			}
			i++
		}
		if i < len(t) && mark(t, i, ".", ",", "\n", "\"", "\\", ";", ")", "<", "|") == 0 {
			return end
		}
		end = i
	}
	return end
}

// streetKey tells whether the value at p has a key of an address: "line1": "27 Harrow Road".
func streetKey(t []byte, p int) bool {
	i, operator := p, false
	for i > 0 && p-i < 8 && (t[i-1] == ' ' || t[i-1] == '"' || t[i-1] == '\\' || t[i-1] == '\'' || t[i-1] == ':' || t[i-1] == '=' || t[i-1] == '>') {
		operator = operator || t[i-1] == ':' || t[i-1] == '=' || t[i-1] == '>'
		i--
	}
	if !operator {
		return false
	}
	e := i
	for i > 0 && e-i < 24 && class[t[i-1]]&isName != 0 {
		i--
	}
	for k := i; k < e; k++ {
		for _, w := range [...]string{"street", "addr", "line", "strasse"} {
			if k+len(w) <= e && foldEqual(t[k:k+len(w)], w) {
				return true
			}
		}
	}
	return false
}

// numbered has words before a number that are no name of a street.
var numbered = words("seite page kapitel halle zimmer raum tag platz nummer artikel position band woche haus los nr no gate hall room chapter level step part section figure table version postfach box tor linie gleis bus fach abs art punkt teil stand buch " +
	"january february march april may june july august september october november december januar februar märz mai juni juli oktober dezember")

var streetGlue = words("den der dem die des am an im in zum zur von auf unter bei vor")

// namedStreet tells where in t[lo:hi] one to four words and the number of a house start that reach to hi, or -1: Lange Reihe 12. The words
// may be any, so that a postal code and a town have to follow.
func namedStreet(t []byte, lo, hi int) int {
	n := numberBehind(t[lo:hi])
	if n <= 0 {
		return -1
	}
	p, start := lo+n, -1
	if t[p-1] != ' ' {
		return -1
	}
	for k := 0; k < 4 && p > lo && t[p-1] == ' '; k++ {
		e := p - 1
		i := e
		for i > lo && (class[t[i-1]]&isAlpha != 0 || t[i-1] >= 0x80 && t[i-1] < 0xD0 || t[i-1] == '-') {
			i--
		}
		if start >= 0 && streetGlue.has(lowerOf(t, i, e)) {
			if p = i; class[t[i]]&isUpper != 0 {
				start = i
			}
			continue
		}
		if e-i < 3 || class[t[i]]&isUpper == 0 && t[i] < 0xC3 || e-i < 12 && numbered.has(lowerOf(t, i, e)) {
			break
		}
		p, start = i, i
	}
	return start
}

// codedTown passes a postal code of four or five digits and its town behind a street: ", 1016 DX Amsterdam", ", 1070 Wien".
func codedTown(t []byte, p int) int {
	i := p
	for i < len(t) && i-p < 2 && (t[i] == ',' || t[i] == ' ') {
		i++
	}
	e := digitsAt(t, i, 6)
	if i == p || e-i < 4 || e-i > 5 {
		return p
	}
	i = e
	k := spaces(t, i)
	if k+2 < len(t) && class[t[k]]&class[t[k+1]]&isUpper != 0 && t[k+2] == ' ' { // DX
		i = k + 2
	}
	if i+1 >= len(t) || t[i] != ' ' || class[t[i+1]]&isUpper == 0 && t[i+1] < 0xC3 {
		return p
	}
	for i++; i < len(t) && (class[t[i]]&isAlpha != 0 || t[i] == '-' || t[i] >= 0x80 && t[i] < 0xD0); i++ {
	}
	return i
}
