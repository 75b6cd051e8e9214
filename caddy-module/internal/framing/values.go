package framing

import "bytes"

// value writes a line, or an element, with the bytes of one JSON value.
func (w *Writer) value(json []byte) error {
	json = bytes.Trim(json, space)
	if len(json) == 0 {
		return nil
	}
	if w.kind == Array {
		b := w.array()
		if w.comma {
			b = append(b, ",\n"...)
		}
		w.comma = true
		return w.write(append(b, json...))
	}
	b := append(w.buf[:0], json...)
	// Strings of JSON have no line breaks as they are, so those that are there can be any white space.
	for i, c := range b {
		if c == '\n' || c == '\r' {
			b[i] = ' '
		}
	}
	return w.write(append(b, '\n'))
}

// array returns the empty buffer, or the array's bracket when that was not written.
func (w *Writer) array() []byte {
	b := w.buf[:0]
	if !w.begun {
		b = append(b, '[')
		w.begun = true
	}
	return b
}

// blank writes white space that clients do not see. A blank line would be wrong: Ollama's clients parse
// every line, and fail at an empty one, but a line may begin with spaces. White space before the
// array's bracket would be wrong as well: Google's Python client wants the bracket first.
func (w *Writer) blank() error {
	if w.kind == Array && !w.begun {
		return w.write(w.array())
	}
	return w.write(append(w.buf[:0], ' '))
}
