package dialect

import "bytes"

// AsksForStream tells whether a request asks for a stream whose body nobody reads otherwise. It sees what a reader of the
// document would see, if the body is one and spells the member's name without escapes, and costs a small part of reading it.
func (d *Dialect) AsksForStream(body []byte) bool {
	switch value := glimpse(body, d.streamKey); {
	case bytes.HasPrefix(value, yes):
		return true
	case bytes.HasPrefix(value, no):
		return false
	}
	return d.desc.Request.Streams
}

var yes, no = []byte("true"), []byte("false")

// glimpse finds what stands behind a member of the object that body is, the last of that name; key is the name in its quotes. It
// steps over strings and judges nothing.
func glimpse(body, key []byte) (value []byte) {
	if len(key) == 0 || !bytes.Contains(body, key) {
		return nil
	}
	depth := 0
	for pos := 0; pos < len(body); pos++ {
		switch body[pos] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := closing(body, pos+1)
			if depth == 1 && bytes.Equal(body[pos:end], key) {
				if rest := bytes.TrimLeft(body[end:], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
					value = bytes.TrimLeft(rest[1:], " \t\r\n")
				}
			}
			pos = end - 1
		}
	}
	return value
}

// closing is where the string ends whose first byte is body[pos], behind its quote.
func closing(body []byte, pos int) int {
	for {
		at := bytes.IndexByte(body[pos:], '"')
		if at < 0 {
			return len(body)
		}
		pos += at + 1
		slashes := 0
		for body[pos-2-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return pos
		}
	}
}
