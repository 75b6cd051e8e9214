package text

// segmentEdits splits off the edits of segment seg from the front of edits.
func segmentEdits(edits []Edit, seg uint32) (own, rest []Edit) {
	n := 0
	for n < len(edits) && edits[n].Segment == seg {
		n++
	}
	return edits[:n], edits[n:]
}

// appendEdited appends t with its edits done. The edits were checked.
func appendEdited(dst, t []byte, edits []Edit) []byte {
	at := uint32(0)
	for i := range edits {
		e := &edits[i]
		dst = append(dst, t[at:e.Start]...)
		dst = append(dst, e.Text...)
		at = e.Start + e.Len
	}
	return append(dst, t[at:]...)
}

// appendEscaped appends s as it stands inside a JSON string. s is valid UTF-8.
func appendEscaped(dst, s []byte) []byte {
	const digits = "0123456789abcdef"
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c != 0xe2 {
			continue
		}
		if c == 0xe2 {
			// U+2028 and U+2029 end a line in old JavaScript parsers.
			if i+2 < len(s) && s[i+1] == 0x80 && s[i+2]&^1 == 0xa8 {
				dst = append(append(dst, s[start:i]...), '\\', 'u', '2', '0', '2', digits[s[i+2]&15])
				i += 2
				start = i + 1
			}
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
	}
	return append(dst, s[start:]...)
}
