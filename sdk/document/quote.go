package document

import "unsafe"

// AppendQuoted appends s as a JSON string, escaped as AppendJSON escapes. Each byte that is not UTF-8
// becomes U+FFFD.
func AppendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	dst, _ = appendEscaped(dst, unsafe.Slice(unsafe.StringData(s), len(s)))
	return append(dst, '"')
}

// Intact tells whether n still is the whole document that Parse made of src, unedited: whoever has to
// write it may send src as it came.
func (a *Arena) Intact(n Node, src []byte) bool {
	_, nd := a.ref(n)
	if nd.flags&flagsEdit != 0 || len(src) == 0 || int(nd.text) >= len(a.texts) {
		return false
	}
	text := a.texts[nd.text]
	if len(text) != len(src) || unsafe.SliceData(text) != unsafe.SliceData(src) {
		return false
	}
	return blank(src[:nd.start]) && blank(src[nd.end:])
}

// blank tells whether b is white space as RFC 8259 knows it.
func blank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}
