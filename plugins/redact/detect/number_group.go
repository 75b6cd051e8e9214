package detect

// separators of digit groups. Tab and line feed are none: a number never crosses a table's cells.
type separator uint8

const (
	sepNone  separator = iota
	sepSpace           // space
	sepWide            // no-break, narrow no-break and ideographic space
	sepDash            // - and its typographic and full-width forms
	sepDot             // .
	sepOpen            // ( or space and (
	sepClose           // ) and perhaps a space, dash or dot
)

// groupFollows tells whether a separator and three digits stand at p: no number goes on with fewer after
// a first group that is short, but for pairs behind a trunk zero. It spares dates, times and versions the reading of all their groups.
func groupFollows(t []byte, p int, trunk bool) bool {
	sep, next := separatorAt(t, p)
	if sep == sepNone {
		return false
	}
	return t[next] >= 0x80 || next+2 < len(t) && class[t[next+1]]&isDigit != 0 && (trunk || class[t[next+2]]&isDigit != 0 || paired(t, p))
}

// gather reads up to most groups from p on.
func (n *number) gather(t []byte, p, most int) {
	n.groups, n.more, n.cut = 0, false, false
	k := 0
	for g := 0; ; g++ {
		n.begin[g] = p
		for {
			for p < len(t) && k < maxDigits {
				c := t[p] - '0'
				if c > 9 {
					break
				}
				n.digits[k] = c
				k++
				p++
			}
			w := digitAt(t, p)
			if w == 0 {
				if p < len(t) && t[p] < 0x80 {
					break
				}
				if w = invisible(t, p); w == 0 || digitAt(t, p+w) == 0 {
					break
				}
				p += w
				continue
			}
			if k == maxDigits {
				// More digits than any number has.
				n.cut, n.groups, n.end[g], n.count[g+1] = true, g+1, p, k
				return
			}
			if w == 1 {
				n.digits[k] = t[p] - '0'
			} else {
				n.digits[k] = t[p+2] - 0x90
			}
			k++
			p += w
		}
		n.end[g], n.count[g+1], n.groups = p, k, g+1
		sep, next := separatorAt(t, p)
		if sep == sepNone || sep >= sepOpen && k-n.count[g] > 7 { // (13812345678)2024: parentheses stand around areas
			return
		}
		if g+1 == most {
			n.more = true
			return
		}
		n.sep[g+1] = sep
		p = next
	}
}

// separatorAt reads a separator at p that a digit follows.
func separatorAt(t []byte, p int) (separator, int) {
	if p >= len(t) {
		return sepNone, p
	}
	sep, w := sepNone, 1
	switch t[p] {
	case ' ':
		sep = sepSpace
		if p+1 < len(t) && t[p+1] == '(' {
			sep, w = sepOpen, 2
		}
	case '-':
		sep = sepDash
	case '.':
		sep = sepDot
	case '(':
		sep = sepOpen
	case ')':
		sep = sepClose
		if p+1 < len(t) && (t[p+1] == ' ' || t[p+1] == '-' || t[p+1] == '.') {
			w = 2
		}
	case 0xC2:
		if p+1 < len(t) && t[p+1] == 0xA0 {
			sep, w = sepWide, 2
		}
	case 0xE2:
		if p+2 < len(t) && t[p+1] == 0x80 {
			switch c := t[p+2]; {
			case c == 0xAF: // U+202F narrow no-break space
				sep, w = sepWide, 3
			case c >= 0x90 && c <= 0x93: // U+2010 to U+2013, hyphens and the en dash
				sep, w = sepDash, 3
			}
		} else if p+2 < len(t) && t[p+1] == 0x88 && t[p+2] == 0x92 { // U+2212, the minus sign
			sep, w = sepDash, 3
		}
	case 0xE3:
		if p+2 < len(t) && t[p+1] == 0x80 && t[p+2] == 0x80 { // U+3000 ideographic space
			sep, w = sepWide, 3
		}
	case wideLead:
		if p+2 < len(t) && t[p+1] == 0xBC {
			switch t[p+2] {
			case 0x8D:
				sep, w = sepDash, 3
			case 0x88:
				sep, w = sepOpen, 3
			case 0x89:
				sep, w = sepClose, 3
			}
		}
	}
	if sep == sepNone || digitAt(t, p+w) == 0 {
		return sepNone, p
	}
	return sep, p + w
}

// separatorBefore is the separator that joins the group at p to a digit before it.
func separatorBefore(t []byte, p int) separator {
	if p < 2 || class[t[p-2]]&isDigit == 0 {
		return sepNone
	}
	switch t[p-1] {
	case ' ':
		return sepSpace
	case '-':
		return sepDash
	case '.':
		return sepDot
	}
	return sepNone
}

// sizeBefore is the number of digits that end at p, up to leadLengths.
func sizeBefore(t []byte, p int) int {
	k := 0
	for p > k && k < leadLengths && class[t[p-k-1]]&isDigit != 0 {
		k++
	}
	return k
}

// alone tells whether groups 0 to last are not the head of a longer row of groups: a dash or dot goes on
// behind, or a space with a group of the same size, as in a table of short numbers.
func (n *number) alone(t []byte, last int) bool {
	if last+1 == n.groups {
		return !n.more && !n.cut && numberEnd(t, n.end[last])
	}
	switch n.sep[last+1] {
	case sepSpace, sepWide, sepOpen:
		return n.size(last) >= 10 || n.size(last+1) != n.size(last) || n.cut && last+2 == n.groups
	}
	return false
}

// same tells whether one separator joins groups first to last.
func (n *number) same(first, last int) bool {
	for i := first + 2; i <= last; i++ {
		if n.sep[i] != n.sep[first+1] {
			return false
		}
	}
	return true
}

// shape tells whether the groups from first on have these sizes and one separator.
func (n *number) shape(first int, sizes ...int) bool {
	if first+len(sizes) > n.groups {
		return false
	}
	for i, k := range sizes {
		if n.size(first+i) != k {
			return false
		}
	}
	return n.same(first, first+len(sizes)-1)
}
