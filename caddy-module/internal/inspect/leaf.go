package inspect

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Place is where a JSON string stands in a text: between its quotes.
type Place struct{ Start, End int }

// leaves finds the strings of valid JSON that are not empty and no names of members, in their order.
func leaves(t []byte) []Place {
	var out []Place
	for i := 0; i < len(t); i++ {
		if t[i] != '"' {
			continue
		}
		start := i + 1
		for i = start; i < len(t) && t[i] != '"'; i++ {
			if t[i] == '\\' {
				i++
			}
		}
		end := min(i, len(t))
		next := i + 1
		for next < len(t) && (t[next] == ' ' || t[next] == '\t' || t[next] == '\n' || t[next] == '\r') {
			next++
		}
		if end > start && (next >= len(t) || t[next] != ':') {
			out = append(out, Place{start, end})
		}
	}
	return out
}

// Offset finds where in raw, the inside of a JSON string, the decoded byte at stands.
func Offset(raw []byte, at int) int {
	i := 0
	for decoded := 0; i < len(raw) && decoded < at; {
		n, size := unit(raw[i:])
		if decoded += size; decoded > at {
			break
		}
		i += n
	}
	return i
}

// unit measures the first character of the inside of a JSON string: as it stands, and decoded.
func unit(raw []byte) (n, decoded int) {
	if raw[0] != '\\' || len(raw) < 2 {
		return 1, 1
	}
	if raw[1] != 'u' || len(raw) < 6 {
		return 2, 1
	}
	r := hex4(raw[2:6])
	if utf16.IsSurrogate(r) && len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(raw[8:12])); pair != utf8.RuneError {
			return 12, utf8.RuneLen(pair)
		}
	}
	if utf16.IsSurrogate(r) {
		r = utf8.RuneError
	}
	return 6, utf8.RuneLen(r)
}

func hex4(b []byte) (r rune) {
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		default:
			c = c&^0x20 - 'A' + 10
		}
		r = r<<4 | rune(c&15)
	}
	return r
}
