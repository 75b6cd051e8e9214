package framing

import (
	"bytes"
	"io"
)

// nextLine is Next for Lines. A line counts with any end, and the last one without; lines of white
// space alone say nothing and are left out.
func (r *Reader) nextLine() (Event, error) {
	for {
		line, ok := r.line()
		if !ok {
			if r.err == nil {
				r.fill()
				continue
			}
			if r.err != io.EOF || r.pos == len(r.buf) {
				return Event{}, r.err
			}
			line = r.buf[r.pos:]
			r.pos = len(r.buf)
		}
		if len(bytes.TrimLeft(line, space)) == 0 {
			r.start = r.pos
			continue
		}
		// In front of the line may stand the LF of a CR that ended what had come before.
		raw := bytes.TrimPrefix(r.raw(), []byte("\n"))
		if len(raw) > r.max {
			r.err = ErrTooLarge
			return Event{}, r.err
		}
		return Event{Data: raw[:len(line):len(line)], Raw: raw}, nil
	}
}

// lineReady is Ready for Lines.
func (r *Reader) lineReady() bool {
	rest := bytes.TrimLeft(r.buf[r.pos:], space)
	return bytes.IndexByte(rest, '\n') >= 0 || bytes.IndexByte(rest, '\r') >= 0
}

// space is JSON's white space.
const space = " \t\r\n"

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
