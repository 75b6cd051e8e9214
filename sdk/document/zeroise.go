package document

// zeroise overwrites all bytes that documents were made of. Nodes hold none.
func (a *Arena) zeroise() {
	for _, text := range a.texts {
		clear(text)
	}
	clear(a.scratch[:cap(a.scratch)])
	clear(a.name[:cap(a.name)])
}

// outgrow makes room in b for n more bytes. When that takes another buffer, the old one, which the garbage collector
// would leave as it is, is overwritten.
func outgrow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	more := append(make([]byte, 0, max(2*cap(b), len(b)+n)), b...)
	clear(b[:cap(b)])
	return more
}

// escapedBound is at least how many bytes appendEscaped appends.
func escapedBound(s []byte) int {
	n := len(s)
	for _, c := range s {
		switch {
		case c < ' ':
			n += 5 // \u001f
		case c >= 0x80:
			n += 2 // U+FFFD for a byte, an escape of 6 bytes for the 3 of U+2028
		case c == '"' || c == '\\':
			n++
		}
	}
	return n
}
