package framing

import (
	"errors"
	"io"
)

// errNoArray ends an answer that is neither an array nor an object.
var errNoArray = errors.New("reading JSON array: the answer begins with neither [ nor {")

// array is where the reader of an Array stands.
type array struct {
	place   place
	inside  bool // an element has begun
	depth   int  // its open brackets
	quoted  bool // in one of its strings
	escaped bool // behind a backslash there
}

type place uint8

const (
	before place = iota // nothing but white space has come
	within              // the array
	alone               // an object that came instead
	behind
)

// nextElement is Next for Array. It knows as much JSON as it takes to find where an element ends: the
// elements are for others to judge. An object where the array should begin is taken for the only
// element, because errors come so; an array that does not end is io.ErrUnexpectedEOF.
func (r *Reader) nextElement() (Event, error) {
	for !r.element() {
		switch {
		case r.array.place == behind:
			return Event{}, io.EOF
		case r.err == io.EOF:
			return Event{}, io.ErrUnexpectedEOF
		case r.err != nil:
			return Event{}, r.err
		}
		r.fill()
	}
	if r.pos-r.start > r.max {
		r.err = ErrTooLarge
		return Event{}, r.err
	}
	return Event{Data: r.raw(), Raw: r.raw()}, nil
}

// element scans what has come and tells whether buf[start:pos] has become an element.
func (r *Reader) element() bool {
	if !r.begun && !r.skipMark() {
		return false
	}
	for r.pos < len(r.buf) && r.array.place != behind && r.err != errNoArray {
		if !r.array.inside {
			r.between(r.buf[r.pos])
		} else if r.value(r.buf[r.pos]) {
			return true
		}
	}
	return false
}

// between takes the byte at pos, which stands between elements or begins one.
func (r *Reader) between(c byte) {
	a := &r.array
	switch {
	case isSpace(c), c == ',' && a.place == within:
	case c == '[' && a.place == before:
		a.place = within
	case c == ']' && a.place == within:
		a.place = behind
	case c != '{' && a.place == before:
		r.err = errNoArray
		return
	default:
		if a.place == before {
			a.place = alone
		}
		a.inside = true
		return
	}
	r.pos++
	r.start = r.pos
}

// value takes the byte at pos, and more, into the element; it tells whether the element has ended.
func (r *Reader) value(c byte) bool {
	a := &r.array
	switch {
	case a.quoted:
		a.quoted = !r.unquote()
		if a.quoted || a.depth > 0 {
			return false
		}
	case a.depth == 0 && (c == ',' || c == ']' || isSpace(c)): // behind a number or a word
	default:
		r.pos++
		switch c {
		case '"':
			a.quoted = true
			return false
		case '{', '[':
			a.depth++
		case '}', ']':
			a.depth = max(a.depth-1, 0)
		default:
			return false
		}
		if a.depth > 0 {
			return false
		}
	}
	a.inside = false
	if a.place == alone {
		a.place = behind
	}
	return true
}

// unquote goes on to behind the quote that ends the string, and tells whether that has come. It uses
// the marks that line has for LF and CR: no quote stands in buf[pos:lf], no backslash in buf[pos:cr].
func (r *Reader) unquote() bool {
	for {
		if r.array.escaped {
			if r.pos == len(r.buf) {
				return false
			}
			r.pos++
			r.array.escaped = false
		}
		r.lf = find(r.buf, '"', max(r.pos, r.lf))
		r.cr = find(r.buf[:r.lf], '\\', max(r.pos, r.cr))
		r.pos = min(r.cr+1, len(r.buf))
		if r.cr == r.lf {
			return r.lf < len(r.buf)
		}
		r.array.escaped = true
	}
}

// elementReady is Ready for Array: it scans on in a copy of the reader, which shares the buffer.
func (r *Reader) elementReady() bool {
	ahead := *r
	ahead.start = ahead.pos
	return ahead.element()
}
