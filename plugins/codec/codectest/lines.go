package codectest

import "bytes"

// lines breaks a JSON text so that each value of the first two levels has a line, and is otherwise as
// it was written.
func lines(text []byte) string {
	const levels = 2
	var b bytes.Buffer
	depth, quoted := 0, false
	line := func() {
		b.WriteByte('\n')
		for range depth {
			b.WriteString("  ")
		}
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '\\':
			b.WriteByte(c)
			i++
			c = text[i]
		case c == '"':
			quoted = !quoted
		case quoted:
		case (c == '{' || c == '[') && text[i+1] == c+2: // empty
		case c == '{' || c == '[':
			b.WriteByte(c)
			if depth++; depth <= levels {
				line()
			}
			continue
		case (c == '}' || c == ']') && text[i-1] != c-2:
			if depth--; depth < levels {
				line()
			}
		case c == ',' && depth <= levels:
			b.WriteByte(c)
			line()
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
