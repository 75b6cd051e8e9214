package document

import (
	"bytes"
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
			var more uint64
			pos, more = skipPlain(src, pos)
			seen |= more
			stop = min(len(src), pos+block)
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

const (
	// longString is from how many bytes on a string is scanned by blocks.
	longString = 256
	// block is the part of a string that is looked at for one thing after the other: it stays in the
	// nearest cache meanwhile.
	block = 4 << 10
)

// skipPlain goes over whole blocks of src from pos on that have no quote, backslash or control
// character. It looks for the first two as fast as bytes.IndexByte does, which leaves fewer questions
// to ask of each word than special has to. seen are the bytes met, or-ed, as far as ASCII matters.
func skipPlain(src []byte, pos int) (end int, seen uint64) {
	for len(src)-pos >= block {
		b := src[pos : pos+block]
		if bytes.IndexByte(b, '"') >= 0 || bytes.IndexByte(b, '\\') >= 0 {
			break
		}
		for len(b) >= 64 {
			w0, w1, w2, w3 := word(b[0:]), word(b[8:]), word(b[16:]), word(b[24:])
			w4, w5, w6, w7 := word(b[32:]), word(b[40:]), word(b[48:]), word(b[56:])
			all := w0 | w1 | w2 | w3 | w4 | w5 | w6 | w7
			less := (w0 - low*0x20) | (w1 - low*0x20) | (w2 - low*0x20) | (w3 - low*0x20) |
				(w4 - low*0x20) | (w5 - low*0x20) | (w6 - low*0x20) | (w7 - low*0x20)
			if (all|less)&high != 0 {
				for i := 0; i < 64; i += 8 {
					w := word(b[i:])
					if (w-low*0x20)&^w&high != 0 {
						return pos + block - len(b), seen | all
					}
				}
			}
			seen |= all
			b = b[64:]
		}
		pos += block
	}
	return pos, seen
}

func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

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
