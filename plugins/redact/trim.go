package redact

import "github.com/longmen-gateway/longmen/plugins/redact/detect"

// A model's spans are rough: they have quotes, commas and blanks at their ends, and things in them that are none.

// piece adds what is left of a name, without what surrounds names.
func (m *merging) piece(start, end int, typ detect.Type) {
	if typ.Kind().Recognised {
		for start < end {
			n := around(m.text[start:end])
			if n == 0 {
				break
			}
			start += n
		}
		for start < end {
			i := end - 1
			for i > start && m.text[i]&0xC0 == 0x80 {
				i--
			}
			if around(m.text[i:end]) == 0 {
				break
			}
			end = i
		}
	}
	if start >= end || !canBe(m.text[start:end]) || m.placed(start, end) || settings.recogniser.ignores(m.text[start:end]) {
		return
	}
	entities = append(entities, detect.Span{Start: start, End: end, Type: typ})
}

// around is the size of the character at the start of b if it is one that stands around names and is no part of them, else 0.
func around(b []byte) int {
	switch c := b[0]; c {
	case ' ', '\t', '\n', '\r', '"', '\'', '`', ',', ';', ':', '<', '>', '[', ']', '{', '}', '|', '*', '#', '\\':
		return 1
	case 0xC2, 0xE2, 0xE3, 0xEF:
		for _, mark := range [...]string{"\u00a0", "«", "»", "“", "”", "„", "‘", "’", "\u3000", "、", "。", "「", "」", "《", "》", "，", "；", "：", "（", "）"} {
			if len(b) >= len(mark) && string(b[:len(mark)]) == mark {
				return len(mark)
			}
		}
	}
	return 0
}

// canBe tells whether there is a letter or digit in what is left.
func canBe(b []byte) bool {
	for _, c := range b {
		if letter(c) || c >= 0x80 {
			return true
		}
	}
	return false
}

// placed tells whether a name stands in a placeholder that the client wrote.
func (m *merging) placed(start, end int) bool {
	if start == 0 || m.text[start-1] != '<' {
		return false
	}
	r, n := readPlaceholder(m.text[start-1:])
	return r == whole && start-1+n > end-1
}

var smallName []byte

// ignores tells whether the configuration leaves a name alone.
func (r *recogniser) ignores(name []byte) bool {
	if len(r.ignored) == 0 {
		return false
	}
	smallName = small(smallName[:0], name)
	return r.ignored[string(smallName)]
}

// small appends b with small letters for A to Z.
func small(dst, b []byte) []byte {
	for _, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 0x20
		}
		dst = append(dst, c)
	}
	return dst
}
