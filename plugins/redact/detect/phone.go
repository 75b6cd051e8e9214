package detect

// Mobile numbers of mainland China: MIIT's plan of 2023-03, 11 digits starting with 1, with or without the
// country code (+86, 0086, 86), as one group or in groups (usually 3-4-4). 140 to 144 are machines' numbers of 13 digits.
// A bare group of 11 digits that the text calls an order, an id, a size or a time is not a phone number.

// mobilePrefixes has a bit for each second and third digit in use: bit 38 stands for 138.
var mobilePrefixes = func() (set [2]uint64) {
	for _, r := range [...][2]uint{{30, 39}, {45, 49}, {50, 53}, {55, 59}, {62, 62}, {65, 67}, {70, 78}, {80, 89}, {90, 93}, {95, 99}} {
		for p := r[0]; p <= r[1]; p++ {
			set[p>>6] |= 1 << (p & 63)
		}
	}
	return set
}()

// powerOfTwo is 2^34, a size of memory.
const powerOfTwo = "\x01\x07\x01\x07\x09\x08\x06\x09\x01\x08\x04"

// cnMobile tells whether the digits are a mobile number without country code.
func cnMobile(d []uint8) bool {
	if len(d) != 11 || d[0] != 1 || string(d) == powerOfTwo {
		return false
	}
	p := uint(d[1])*10 + uint(d[2])
	return mobilePrefixes[p>>6]>>(p&63)&1 != 0
}

func matchCNMobile(s *Scanner, n *number) (start, end int, ok bool) {
	t := s.text
	d := n.digits[:n.count[n.groups]]
	skip := 0
	switch {
	case len(d) > 4 && d[0] == 0 && d[1] == 0 && d[2] == 8 && d[3] == 6:
		skip = 4
	case len(d) > 2 && d[0] == 8 && d[1] == 6:
		skip = 2
	case n.plus >= 0:
		return 0, 0, false
	}
	last := 0
	for last < n.groups && n.count[last+1] < skip+11 {
		last++
	}
	if last == n.groups || n.count[last+1] != skip+11 || !cnMobile(d[skip:skip+11]) {
		return 0, 0, false
	}
	// The first group of the subscriber's number, which the country code may share.
	first := 0
	if skip > 0 && n.count[1] == skip {
		first = 1
	}
	if !mobileGroups(n, first, last) || !n.same(first, last) || !n.alone(t, last) || last > first && n.sep[last] == sepDash && partNumber(t, n.end[last]) {
		return 0, 0, false
	}
	start, end = n.begin[0], n.end[last]
	if n.plus >= 0 {
		return n.openParen(t), end, plusMayStart(t, n.plus)
	}
	if flanked := n.flanked(last); last == first || flanked {
		if v := s.sense(start, end, cardinal.phone); v == against || v == neutral && (flanked || last == first && s.quantity(start, end)) || last == first && s.bareRefused(start) {
			return 0, 0, false
		}
	}
	if n.paren >= 0 && first == 1 && n.sep[1] == sepClose {
		start = n.paren
	}
	return start, end, true
}

// flanked tells whether short numbers stand on both sides, one space apart: a row of figures.
func (n *number) flanked(last int) bool {
	return n.sep[0] == sepSpace && last+1 < n.groups && n.sep[last+1] == sepSpace && n.size(last+1) < 10
}

// mobileGroups tells whether the groups are ones that a mobile number is written in. The first may begin with the
// country code; all others are of at least three digits.
func mobileGroups(n *number, first, last int) bool {
	switch last - first {
	case 0:
		return true
	case 1:
		k := n.size(last)
		return k == 8 || k == 4
	case 2:
		a, b := n.size(last-1), n.size(last)
		return a == 4 && b == 4 || a == 4 && b == 3 || a == 3 && b == 4
	}
	return false
}

// plusMayStart tells whether the plus sign at p is not an operator or a part of a word.
func plusMayStart(t []byte, p int) bool {
	if p == 0 {
		return true
	}
	switch c := t[p-1]; {
	case class[c]&isName != 0:
		return escapeBefore(t, p)
	case c == '+', c == ')', c == ']':
		return false
	}
	return true
}

// openParen is where the number with a plus starts: at a parenthesis before it that a group of the number closes.
func (n *number) openParen(t []byte) int {
	if n.plus > 0 && t[n.plus-1] == '(' && n.groups > 1 && n.sep[1] == sepClose {
		return n.plus - 1
	}
	return n.plus
}

// International numbers: ITU-T E.164, a plus, a country code in use and as many digits as that country's
// numbers have. Groups may be of any size, but hardly of one digit, and a trunk zero may stand in parentheses.
func matchInternational(s *Scanner, n *number) (start, end int, ok bool) {
	t := s.text
	if !plusMayStart(t, n.plus) {
		return 0, 0, false
	}
	d := n.digits[:n.count[n.groups]]
	code, least, most := callingCode(d)
	if code == 0 {
		return 0, 0, false
	}
	last, size := -1, 0
	trunk := 0 // digits in parentheses that are not dialled from abroad
	for i, ones := 0, 0; i < n.groups; i++ {
		if n.size(i) == 1 && i > 0 {
			if d[n.count[i]] == 0 && n.sep[i] == sepOpen && i+1 < n.groups && n.sep[i+1] == sepClose {
				trunk = 1
			} else if ones++; ones > 2 {
				break
			}
		}
		k := n.count[i+1] - code - trunk
		if k > most {
			break
		}
		if k >= least && (i+1 == n.groups || n.alone(t, i) || n.sep[i+1] != sepDash && n.sep[i+1] != sepDot) {
			last, size = i, k
		}
	}
	if last < 0 || size+code < 8 {
		return 0, 0, false
	}
	if last+1 == n.groups && (n.more || n.cut || !phoneEnd(t, n.end[last])) || last > 0 && n.size(last) == 1 && n.sep[last] == sepDot { // a decimal
		return 0, 0, false
	}
	if d[0] == 1 && (size != 10 || d[1] < 2 || tollFree(d[1:]) || counted(d[1:11])) { // invented ones have areas and exchanges that are not in use
		return 0, 0, false
	}
	return n.openParen(t), n.end[last], true
}

// partNumber tells whether a hyphen and letters go on at p.
func partNumber(t []byte, p int) bool {
	return p+1 < len(t) && t[p] == '-' && class[t[p+1]]&isAlpha != 0
}

// phoneEnd is numberEnd but lets an extension follow: 415-555-2671x123.
func phoneEnd(t []byte, p int) bool {
	if p+1 < len(t) && t[p]|0x20 == 'x' && class[t[p+1]]&isDigit != 0 {
		return true
	}
	return numberEnd(t, p)
}

// North American numbers: NANP, area and exchange start with 2 to 9 and are no service codes (N11), in the
// national grouping 3-3-4. Ten digits without grouping need a word that names a phone: identifiers have ten digits as well.
func matchNorthAmerican(s *Scanner, n *number) (start, end int, ok bool) {
	t := s.text
	first, last := 0, 0
	d := n.digits[:n.count[n.groups]]
	start = n.begin[0]
	if n.size(0) == 1 {
		if d[0] != 1 || n.groups < 4 {
			return 0, 0, false
		}
		first, d = 1, d[1:]
	}
	switch {
	case n.size(0) >= 10:
		v := neutral
		if n.size(0) == 10 {
			if d = d[:10]; northAmerican(d) && n.alone(t, 0) {
				if v = s.sense(start, n.end[0], cardinal.phone); v == neutral && (s.listed(start, 10) || start > 4 && foldEqual(t[start-5:start], "text ")) {
					v = favour
				}
			}
		} else if d[0] == 1 {
			// In Chinese text eleven digits from 1 on are a mobile number or a mistaken one.
			if d = d[1:11]; northAmerican(d) && n.alone(t, 0) {
				if s.favours(start, cardinal.english) {
					v = favour
				}
			}
		}
		if v != favour || start > 0 && t[start-1] == '-' || counted(n.digits[:n.count[1]]) {
			return 0, 0, false
		}
	case first+3 <= n.groups && n.size(first) == 3 && n.size(first+1) == 3 && n.size(first+2) == 4:
		last = first + 2
		open, second, third := n.sep[first], n.sep[first+1], n.sep[last]
		switch {
		case second == sepClose && (first == 1 && open == sepOpen || first == 0 && n.paren >= 0):
			if first == 0 {
				start = n.paren
			}
		case second != third, second == sepOpen, second == sepClose:
			return 0, 0, false
		}
		if third == sepOpen || third == sepClose {
			return 0, 0, false
		}
		if last+1 < n.groups {
			if s := n.sep[last+1]; s == sepDash || s == sepDot || s == third {
				return 0, 0, false
			}
		} else if n.more || n.cut || n.sep[0] == sepSpace && third == sepSpace || !phoneEnd(t, n.end[last]) || third == sepDash && partNumber(t, n.end[last]) {
			return 0, 0, false
		}
	default:
		return 0, 0, false
	}
	if len(d) < 10 || !northAmerican(d[:10]) && !(last > 0 && d[0] == 5 && d[1] == 5 && d[2] == 5) || // 555 is nobody's area, but that of examples
		tollFree(d) || same(d[:10]) || last > 0 && s.sense(n.begin[0], n.end[last], cardinal.phone) == against {
		return 0, 0, false
	}
	return start, n.end[last], true
}

// same tells whether the digits are all alike.
func same(d []uint8) bool {
	for _, x := range d {
		if x != d[0] {
			return false
		}
	}
	return true
}

// tollFree tells whether a number of the NANP is a hotline: 800, 833, 844, 855, 866, 877, 888. Nobody's own number is.
func tollFree(d []uint8) bool { return d[0] == 8 && d[1] == d[2] && (d[1] == 0 || d[1] > 2) }

// northAmerican tells whether ten digits are a number of the NANP.
func northAmerican(d []uint8) bool {
	return len(d) == 10 && d[0] >= 2 && d[3] >= 2 && !(d[1] == 1 && d[2] == 1) && !(d[4] == 1 && d[5] == 1) && d[1] != 9 &&
		!(d[1] == 0 && d[2] == 0 && d[0] != 8 && d[0] != 9) // 400 is a hotline in China, and no area
}
