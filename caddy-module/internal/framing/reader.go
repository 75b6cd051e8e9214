package framing

import (
	"bytes"
	"io"
)

const (
	startBuffer = 4 << 10  // bytes a stream of ordinary events needs
	largeBuffer = 32 << 10 // a larger buffer is given back at the next event
	calmEvents  = 32       // a buffer above startBuffer is given back after so many small events
	blankRun    = 512      // bytes of blank lines that wait for an event to follow
	maxEmpty    = 100      // reads in a row without bytes or error
)

// Reader reads events from a byte stream. It is not safe for concurrent use.
//
// An event is returned as soon as its end has been read, without waiting for more. When the blank line
// of SSE is a CR at the end of what has come, a LF that follows later stands at the start of the
// next event's Raw. So do blank lines between events. At the end of the stream such bytes are an
// event of their own with only Raw.
//
// Unlike WHATWG's, this reader returns a last event that has no blank line behind it when the stream
// ends with io.EOF: providers end streams so. After any other error it does not.
type Reader struct {
	r    io.Reader
	kind Kind
	max  int
	err  error // what Read returned last, or ErrTooLarge

	buf    []byte // buf[start:] are the bytes read of the current event and behind it
	start  int    // where the current event starts
	pos    int    // where the current line starts
	lf, cr int    // no LF, or CR, stands in buf[pos:lf], or buf[pos:cr]
	calm   int    // small events in a row

	late  bool // the byte before pos is a CR: a LF at pos belongs to it
	begun bool // the byte order mark was looked for

	fields  int  // lines of the current event
	comment bool // one of them is a comment, and none is a field
	name    span
	data    span
	lines   int    // data lines; joined has them when there is more than one
	joined  []byte // kept for its capacity

	array array
}

// span is a piece of the buffer, counted from the current event's start.
type span struct{ from, to int }

// NewReader reads SSE from r, allowing events of at most maxEvent bytes; 0 or less means 16 MiB. An
// idle stream holds 4 KiB.
func NewReader(r io.Reader, maxEvent int) *Reader { return Open(SSE, r, maxEvent) }

// Open reads r like NewReader, in any framing.
func Open(kind Kind, r io.Reader, maxEvent int) *Reader {
	if maxEvent <= 0 {
		maxEvent = 16 << 20
	}
	return &Reader{r: r, kind: kind, max: maxEvent}
}

// Next returns the next event; io.EOF behind the last one; ErrTooLarge, or the error of the
// underlying reader, when the stream cannot be read on. Errors stay.
func (r *Reader) Next() (Event, error) {
	r.begin()
	switch r.kind {
	case Lines:
		return r.nextLine()
	case Array:
		return r.nextElement()
	case Document:
		return r.nextDocument()
	}
	for {
		line, ok := r.line()
		if ok {
			if r.field(line) {
				continue
			}
			if r.fields == 0 && r.pos-r.start < blankRun {
				continue
			}
			if r.pos-r.start > r.max {
				r.err = ErrTooLarge
				return Event{}, r.err
			}
			return r.event(), nil
		}
		if r.err == nil {
			r.fill()
			continue
		}
		return r.last()
	}
}

// last returns what is left when the stream ended.
func (r *Reader) last() (Event, error) {
	if r.err != io.EOF || r.start == len(r.buf) {
		return Event{}, r.err
	}
	if len(r.buf)-r.start > r.max {
		r.err = ErrTooLarge
		return Event{}, r.err
	}
	if r.pos < len(r.buf) {
		line := r.buf[r.pos:]
		r.pos = len(r.buf)
		r.field(line)
	}
	return r.event(), nil
}

// begin forgets the event that was returned before.
func (r *Reader) begin() {
	if r.pos-r.start > startBuffer {
		r.calm = 0
	} else {
		r.calm++
	}
	r.start = r.pos
	r.fields, r.lines, r.comment, r.name, r.data = 0, 0, false, span{}, span{}
	if cap(r.joined) > largeBuffer {
		r.joined = nil
	}
	r.joined = r.joined[:0]
	if cap(r.buf) > startBuffer && len(r.buf)-r.start <= startBuffer/2 &&
		(cap(r.buf) > largeBuffer || r.calm > calmEvents) {
		r.move(make([]byte, 0, startBuffer))
	}
}

// line returns the next line without its end, if that has been read.
func (r *Reader) line() ([]byte, bool) {
	if !r.begun && !r.skipMark() {
		return nil, false
	}
	if r.late && r.pos < len(r.buf) {
		r.late = false
		if r.buf[r.pos] == '\n' {
			r.pos++
		}
	}
	r.lf = find(r.buf, '\n', max(r.pos, r.lf))
	r.cr = find(r.buf[:r.lf], '\r', max(r.pos, r.cr))
	end := r.cr
	if end == len(r.buf) {
		return nil, false
	}
	line := r.buf[r.pos:end]
	r.pos = end + 1
	if r.cr < r.lf {
		r.late = r.pos == len(r.buf)
		if !r.late && r.buf[r.pos] == '\n' {
			r.pos++
		}
	}
	return line, true
}

// find gives the index of the first c at or behind from, or len(s).
func find(s []byte, c byte, from int) int {
	if from >= len(s) || s[from] == c {
		return min(from, len(s))
	}
	if i := bytes.IndexByte(s[from:], c); i >= 0 {
		return from + i
	}
	return len(s)
}

// skipMark drops the byte order mark, and tells whether enough has been read to know.
func (r *Reader) skipMark() bool {
	const mark = "\xef\xbb\xbf"
	if n := len(r.buf); n < len(mark) && r.err == nil && string(r.buf) == mark[:n] {
		return false
	}
	r.begun = true
	if bytes.HasPrefix(r.buf, []byte(mark)) {
		r.start, r.pos = len(mark), len(mark)
	}
	return true
}

// field takes a line into the current event; false for the blank line.
func (r *Reader) field(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	r.fields++
	name, value := line, line[len(line):]
	if i := bytes.IndexByte(line, ':'); i >= 0 {
		name, value = line[:i], line[i+1:]
		if len(value) > 0 && value[0] == ' ' {
			value = value[1:]
		}
	}
	switch string(name) {
	case "":
		r.comment = r.comment || r.fields == 1
		return true
	case "data":
		if r.lines++; r.lines == 1 {
			r.data = r.span(value)
			break
		}
		if r.lines == 2 {
			r.joined = append(r.joined, r.bytes(r.data)...)
		}
		r.joined = append(append(r.joined, '\n'), value...)
	case "event":
		r.name = r.span(value)
	}
	r.comment = false
	return true
}

// span is where value, the end of the current line or empty, stands.
func (r *Reader) span(value []byte) span {
	// A slice's capacity counts down to the end of the buffer.
	from := cap(r.buf) - cap(value) - r.start
	return span{from, from + len(value)}
}

// raw is the bytes of the current event.
func (r *Reader) raw() []byte { return r.buf[r.start:r.pos:r.pos] }

func (r *Reader) bytes(s span) []byte { return r.buf[r.start+s.from : r.start+s.to : r.start+s.to] }

func (r *Reader) event() Event {
	e := Event{Raw: r.raw(), Comment: r.comment}
	if r.name.to > r.name.from {
		e.Name = r.bytes(r.name)
	}
	switch {
	case r.lines == 1:
		e.Data = r.bytes(r.data)
	case r.lines > 1:
		e.Data = r.joined
	}
	return e
}

// fill reads once, making room before.
func (r *Reader) fill() {
	if size := len(r.buf) - r.start; size > r.max {
		r.err = ErrTooLarge
		return
	} else if size > cap(r.buf)/2 && len(r.buf) == cap(r.buf) || cap(r.buf) == 0 {
		r.move(make([]byte, 0, max(2*cap(r.buf), startBuffer)))
	} else if size == 0 || size <= cap(r.buf)/2 && cap(r.buf)-len(r.buf) < cap(r.buf)/4 {
		r.move(r.buf[:0])
	}
	for range maxEmpty {
		n, err := r.r.Read(r.buf[len(r.buf):cap(r.buf)])
		r.buf = r.buf[:len(r.buf)+n]
		if n > 0 || err != nil {
			r.err = err
			return
		}
	}
	r.err = io.ErrNoProgress
}

// move takes the bytes from the current event's start on to the start of another buffer.
func (r *Reader) move(to []byte) {
	r.buf = append(to, r.buf[r.start:]...)
	r.pos -= r.start
	r.lf -= r.start
	r.cr -= r.start
	r.start = 0
}

// Ready tells whether the next event stands whole in the buffer, so that Next returns it without
// reading. It may say no where Next would not read; it never says yes where Next would.
func (r *Reader) Ready() bool {
	switch r.kind {
	case Lines:
		return r.lineReady()
	case Array:
		return r.elementReady()
	case Document:
		return false
	}
	rest := bytes.TrimLeft(r.buf[r.pos:], "\r\n")
	return bytes.Contains(rest, []byte("\n\n")) || bytes.Contains(rest, []byte("\r\n\r\n"))
}
