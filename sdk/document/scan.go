package document

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Eight bytes at a time: low has the lowest bit of each byte, high the highest.
const (
	low  = 0x0101010101010101
	high = 0x8080808080808080
)

// special flags each byte of w that is a quote, a backslash or a control character. Bytes above the
// lowest flagged one may be flagged wrongly.
func special(w uint64) uint64 {
	quote := w ^ low*'"'
	slash := w ^ low*'\\'
	return ((quote-low)&^quote | (slash-low)&^slash | (w-low*0x20)&^w) & high
}

func skipSpace(src []byte, pos int) int {
	for pos < len(src) {
		if c := src[pos]; c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			break
		}
		pos++
	}
	return pos
}

// scanString finds the quote that closes the string whose first byte is src[pos].
func scanString(src []byte, pos int) (end int, escaped bool, err *SyntaxError) {
	start := pos
	stop := min(len(src), pos+longString)
	var seen uint64 // the bytes met, or-ed
	for {
		for pos+8 <= stop {
			w := binary.LittleEndian.Uint64(src[pos:])
			m := special(w)
			if m == 0 {
				seen |= w
				pos += 8
				continue
			}
			at := bits.TrailingZeros64(m) &^ 7
			seen |= w & (1<<at - 1)
			pos += at >> 3
			break
		}
		if pos+8 > stop && stop < len(src) {
			n, ascii := plain(src[pos:])
			if pos += n; !ascii {
				seen |= high
			}
			stop = min(len(src), pos+longString)
			continue
		}
		for pos < len(src) && src[pos] >= ' ' && src[pos] != '"' && src[pos] != '\\' {
			seen |= uint64(src[pos])
			pos++
		}
		if pos >= len(src) {
			return 0, false, &SyntaxError{pos, "closing quote"}
		}
		switch src[pos] {
		case '"':
			if seen&high != 0 && !utf8.Valid(src[start:pos]) {
				return 0, false, &SyntaxError{start + invalidUTF8(src[start:pos]), "valid UTF-8"}
			}
			return pos, escaped, nil
		case '\\':
			escaped = true
			if pos+1 >= len(src) {
				return 0, false, &SyntaxError{pos + 1, "escaped character"}
			}
			switch src[pos+1] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
				pos += 2
			case 'u':
				for i := pos + 2; i < pos+6; i++ {
					if i >= len(src) || hex[src[i]] > 15 {
						return 0, false, &SyntaxError{i, "hexadecimal digit"}
					}
				}
				pos += 6
			default:
				return 0, false, &SyntaxError{pos + 1, `one of "\/bfnrtu`}
			}
		default:
			return 0, false, &SyntaxError{pos, "control character to be escaped"}
		}
	}
}

// longString is from how many bytes on a string is scanned by plain.
const longString = 256

func invalidUTF8(s []byte) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRune(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(s)
}

// scanNumber finds the end of the number at src[pos], which is a minus or a digit.
func scanNumber(src []byte, pos int) (int, *SyntaxError) {
	if src[pos] == '-' {
		pos++
	}
	if pos < len(src) && src[pos] == '0' {
		pos++
	} else {
		start := pos
		if pos = skipDigits(src, pos); pos == start {
			return 0, &SyntaxError{pos, "digit"}
		}
	}
	if pos < len(src) && src[pos] == '.' {
		start := pos + 1
		if pos = skipDigits(src, start); pos == start {
			return 0, &SyntaxError{pos, "digit"}
		}
	}
	if pos < len(src) && (src[pos] == 'e' || src[pos] == 'E') {
		pos++
		if pos < len(src) && (src[pos] == '+' || src[pos] == '-') {
			pos++
		}
		start := pos
		if pos = skipDigits(src, start); pos == start {
			return 0, &SyntaxError{pos, "digit"}
		}
	}
	return pos, nil
}

func skipDigits(src []byte, pos int) int {
	for pos < len(src) && src[pos]-'0' <= 9 {
		pos++
	}
	return pos
}

// hex has the value of each hexadecimal digit, and 0xff for every other byte.
var hex = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := range 10 {
		t['0'+i] = byte(i)
	}
	for i := range 6 {
		t['a'+i], t['A'+i] = byte(10+i), byte(10+i)
	}
	return
}()
