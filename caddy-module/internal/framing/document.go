package framing

import (
	"bytes"
	"io"
)

// nextDocument is Next for Document: all that comes, without the white space around it. Nothing but white space is no event.
func (r *Reader) nextDocument() (Event, error) {
	for r.err == nil {
		r.fill()
	}
	if r.err != io.EOF {
		return Event{}, r.err
	}
	if !r.begun {
		r.skipMark()
	}
	if len(r.buf)-r.pos > r.max {
		r.err = ErrTooLarge
		return Event{}, r.err
	}
	r.pos = len(r.buf)
	data := bytes.Trim(r.raw(), space)
	if len(data) == 0 {
		return Event{}, r.err
	}
	return Event{Data: data, Raw: r.raw()}, nil
}
