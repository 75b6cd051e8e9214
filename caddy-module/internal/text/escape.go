package text

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// unit is the length of the escape that b, the inside of a JSON string, begins with: 0 when it may go on
// behind the end of b, -1 when it is no escape. Two \u that make up one character are one escape.
func unit(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
	default:
		return -1
	}
	r, n := hex4(b[2:])
	if n < 4 {
		if len(b) < 6 && n == len(b)-2 {
			return 0
		}
		return -1
	}
	if r < 0xd800 || r > 0xdbff {
		return 6
	}
	// Behind the first half of a pair the second one may come.
	rest := b[6:]
	switch {
	case len(rest) == 0 || len(rest) == 1 && rest[0] == '\\':
		return 0
	case rest[0] != '\\' || rest[1] != 'u':
		return 6
	}
	low, n := hex4(rest[2:])
	switch {
	case n < 4 && len(rest) < 6 && n == len(rest)-2:
		return 0
	case n == 4 && low >= 0xdc00 && low <= 0xdfff:
		return 12
	}
	return 6
}

// hex4 reads up to four hexadecimal digits and tells how many there are.
func hex4(b []byte) (r rune, n int) {
	for n < 4 && n < len(b) {
		c := b[n]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return r, n
		}
		r = r<<4 | rune(c)
		n++
	}
	return r, n
}

// appendUnit appends the character that an escape of n bytes stands for.
func appendUnit(dst, b []byte, n int) []byte {
	switch n {
	case 2:
		switch b[1] {
		case 'b':
			return append(dst, '\b')
		case 'f':
			return append(dst, '\f')
		case 'n':
			return append(dst, '\n')
		case 'r':
			return append(dst, '\r')
		case 't':
			return append(dst, '\t')
		}
		return append(dst, b[1])
	case 6:
		r, _ := hex4(b[2:])
		return utf8.AppendRune(dst, r) // half a pair becomes U+FFFD
	}
	high, _ := hex4(b[2:])
	low, _ := hex4(b[8:])
	return utf8.AppendRune(dst, utf16.DecodeRune(high, low))
}

// appendUnescaped appends the text that the inside of a JSON string stands for. What is no escape
// stands for itself.
func appendUnescaped(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i:]
		n := unit(raw)
		if n <= 0 {
			n = 1
			dst = append(dst, '\\')
		} else {
			dst = appendUnit(dst, raw, n)
		}
		raw = raw[n:]
	}
}

// rawOffset goes on in raw, the inside of a JSON string, from offset at, which stands for offset text of
// its text, to the offset that stands for goal.
func rawOffset(raw []byte, at, text, goal int) int {
	var buf [utf8.UTFMax]byte
	for text < goal {
		if raw[at] != '\\' {
			at++
			text++
			continue
		}
		n := unit(raw[at:])
		text += len(appendUnit(buf[:0], raw[at:], n))
		at += n
	}
	return at
}

// appendRawEdited appends raw with the edits of its text done. What is not edited keeps its spelling.
func appendRawEdited(dst, raw []byte, edits []Edit) []byte {
	at, text := 0, 0
	for i := range edits {
		e := &edits[i]
		start := rawOffset(raw, at, text, int(e.Start))
		dst = append(dst, raw[at:start]...)
		dst = appendEscaped(dst, e.Text)
		text = int(e.Start + e.Len)
		at = rawOffset(raw, start, int(e.Start), text)
	}
	return append(dst, raw[at:]...)
}
