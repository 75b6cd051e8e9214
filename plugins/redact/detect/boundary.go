package detect

// Full-width forms (U+FF01 to U+FF5E) are the three bytes EF BC xx and EF BD xx.
const wideLead = 0xEF

// escapeBefore tells whether an escape sequence ends at p: the n of \n, the 40 of %40 or the 003c of
// \u003c is not part of the word that follows it. Text inside tool arguments and logs is full of them.
func escapeBefore(t []byte, p int) bool {
	if p >= 2 && t[p-2] == '\\' {
		switch t[p-1] {
		case 'n', 'r', 't', 'b', 'f':
			return true
		}
	}
	if p >= 3 && t[p-3] == '%' && class[t[p-1]]&class[t[p-2]]&isHex != 0 {
		return true
	}
	return p >= 6 && t[p-6] == '\\' && t[p-5] == 'u' &&
		class[t[p-4]]&class[t[p-3]]&class[t[p-2]]&class[t[p-1]]&isHex != 0
}

// skipEscape returns where the word at p starts when it begins inside an escape sequence, such as the
// run nfoo after a backslash; end bounds the word.
func skipEscape(t []byte, p, end int) int {
	if p == 0 || p == end {
		return p
	}
	switch t[p-1] {
	case '\\':
		switch t[p] {
		case 'n', 'r', 't', 'b', 'f':
			return p + 1
		case 'u':
			if p+5 <= end && class[t[p+1]]&class[t[p+2]]&class[t[p+3]]&class[t[p+4]]&isHex != 0 {
				return p + 5
			}
		}
	case '%':
		if p+2 <= end && class[t[p]]&class[t[p+1]]&isHex != 0 {
			return p + 2
		}
	}
	return p
}

// numberStart tells whether a number may start at p: not inside a word, not behind an underscore, not
// behind a decimal point.
func numberStart(t []byte, p int) bool {
	if p == 0 {
		return true
	}
	c := t[p-1]
	if class[c]&isName != 0 {
		return escapeBefore(t, p)
	}
	if c == '.' && p >= 2 && class[t[p-2]]&isDigit != 0 {
		return false
	}
	return !wideDigitBefore(t, p)
}

// numberEnd tells whether a number may end before p.
func numberEnd(t []byte, p int) bool {
	if p == len(t) {
		return true
	}
	c := t[p]
	if class[c]&isName != 0 {
		return false
	}
	if c == '.' && p+1 < len(t) && class[t[p+1]]&isDigit != 0 {
		return false
	}
	return !wideDigit(t, p)
}

// wideDigit tells whether a full-width digit (U+FF10 to U+FF19) stands at p.
func wideDigit(t []byte, p int) bool {
	return p+3 <= len(t) && t[p] == wideLead && t[p+1] == 0xBC && t[p+2]-0x90 <= 9
}

func wideDigitBefore(t []byte, p int) bool { return p >= 3 && wideDigit(t, p-3) }

// digitAt returns the width in bytes of the ASCII or full-width digit at p, or 0.
func digitAt(t []byte, p int) int {
	if p < len(t) && t[p]-'0' <= 9 {
		return 1
	}
	if wideDigit(t, p) {
		return 3
	}
	return 0
}

// invisible returns the width of a zero-width character at p, or 0: U+200B to U+200D, U+2060, U+FEFF.
// They come in with text copied from web pages, between any two digits.
func invisible(t []byte, p int) int {
	if p+3 > len(t) {
		return 0
	}
	switch {
	case t[p] == 0xE2 && t[p+1] == 0x80 && t[p+2] >= 0x8B && t[p+2] <= 0x8D,
		t[p] == 0xE2 && t[p+1] == 0x81 && t[p+2] == 0xA0,
		t[p] == 0xEF && t[p+1] == 0xBB && t[p+2] == 0xBF:
		return 3
	}
	return 0
}
