package document

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// appendDecoded appends the text that stands between the quotes of a JSON string, without its
// escapes. Lone surrogates become U+FFFD.
func appendDecoded(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 || i+1 >= len(raw) {
			return append(dst, raw...)
		}
		dst, raw = appendEscape(append(dst, raw[:i]...), raw[i+1:])
	}
}

// appendEscape appends what an escape stands for; raw begins behind its backslash.
func appendEscape(dst, raw []byte) (out, rest []byte) {
	c := raw[0]
	raw = raw[1:]
	switch c {
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		var r rune
		r, raw = unicodeEscape(raw)
		return utf8.AppendRune(dst, r), raw
	}
	return append(dst, c), raw
}

// equalDecoded tells whether appendDecoded would append text. It makes no copy of it.
func equalDecoded(raw []byte, text string) bool {
	var buf [utf8.UTFMax]byte
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 || i+1 >= len(raw) {
			return string(raw) == text
		}
		if len(text) < i || text[:i] != string(raw[:i]) {
			return false
		}
		var c []byte
		c, raw = appendEscape(buf[:0], raw[i+1:])
		if text = text[i:]; len(text) < len(c) || text[:len(c)] != string(c) {
			return false
		}
		text = text[len(c):]
	}
}

// decodedLen is how many bytes appendDecoded appends.
func decodedLen(raw []byte) int {
	n := 0
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 || i+1 >= len(raw) {
			return n + len(raw)
		}
		n += i + 1
		c := raw[i+1]
		raw = raw[i+2:]
		if c == 'u' {
			var r rune
			r, raw = unicodeEscape(raw)
			n += utf8.RuneLen(r) - 1
		}
	}
}

// unicodeEscape reads what follows \u, with the second half of a surrogate pair.
func unicodeEscape(raw []byte) (rune, []byte) {
	r := hex4(raw)
	raw = raw[min(4, len(raw)):]
	if !utf16.IsSurrogate(r) {
		return r, raw
	}
	if len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(raw[2:])); pair != utf8.RuneError {
			return pair, raw[6:]
		}
	}
	return utf8.RuneError, raw
}

func hex4(s []byte) rune {
	if len(s) < 4 {
		return utf8.RuneError
	}
	return rune(hex[s[0]])<<12 | rune(hex[s[1]])<<8 | rune(hex[s[2]])<<4 | rune(hex[s[3]])
}

// appendEscaped appends text as it stands between the quotes of a JSON string and tells whether that
// took escapes. Non-ASCII stays as it is, except U+2028 and U+2029, which JavaScript once could not
// read unescaped; each byte that is not UTF-8 becomes U+FFFD.
func appendEscaped(dst, s []byte) ([]byte, bool) {
	const digits = "0123456789abcdef"
	escaped := false
	start, i := 0, 0
	for i < len(s) {
		if i+8 <= len(s) {
			w := binary.LittleEndian.Uint64(s[i:])
			m := special(w) | w&high
			if m == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(m) >> 3
		}
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(s[i:])
			switch {
			case r == utf8.RuneError && n == 1:
				dst = append(append(dst, s[start:i]...), "\uFFFD"...)
			case r == '\u2028' || r == '\u2029':
				escaped = true
				dst = append(append(dst, s[start:i]...), '\\', 'u', '2', '0', '2', digits[r&15])
			default:
				i += n
				continue
			}
			i += n
			start = i
			continue
		}
		escaped = true
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
		i++
		start = i
	}
	return append(dst, s[start:]...), escaped
}
