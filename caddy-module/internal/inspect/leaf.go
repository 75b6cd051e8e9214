package inspect

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
)

// Place is where a JSON string stands in a text: between its quotes.
type Place struct{ Start, End int }

// leaves finds what the gateway takes for text in valid JSON, in order: strings that are not empty, names of
// members that may hold data, and long numbers.
func leaves(t []byte) []Place {
	var out []Place
	for i := 0; i < len(t); i++ {
		if c := t[i]; c == '-' || c >= '0' && c <= '9' {
			start := i
			for i < len(t) && (t[i] >= '0' && t[i] <= '9' || t[i] == '.' || t[i]|0x20 == 'e' || t[i] == '+' || t[i] == '-') {
				i++
			}
			if text.IsLong(t[start:i]) {
				out = append(out, Place{start, i})
			}
			i--
			continue
		}
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
		if name := next < len(t) && t[next] == ':'; end > start && (!name || text.IsData(decoded(t[start-1:end+1]))) {
			out = append(out, Place{start, end})
		}
	}
	return out
}

// decoded is the text of a JSON string.
func decoded(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	_ = json.Unmarshal(quoted, &s)
	return []byte(s)
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
