package framing

import (
	"bytes"
	"errors"
	"net/http"
)

// ErrName refuses an event whose name would break the framing.
var ErrName = errors.New("writing event stream: event name contains a line break")

// Writer writes events to a client. It is not safe for concurrent use. Each event is one Write to the
// response; nothing is held back, but the server may buffer until Flush.
type Writer struct {
	w    http.ResponseWriter
	rc   *http.ResponseController
	kind Kind
	buf  []byte // kept for its capacity

	// Of SSE: how what was written ends.
	open bool // what was written last does not end with a blank line
	lf   bool // a LF was written that may still come as the start of the next block

	// Of Array: how far it is.
	begun bool // its bracket was written
	comma bool // an element was written
	ended bool
}

// NewWriter writes SSE to w, whose header is the caller's work.
func NewWriter(w http.ResponseWriter) *Writer { return Create(SSE, w) }

// Create writes to w like NewWriter, in any framing.
func Create(kind Kind, w http.ResponseWriter) *Writer {
	return &Writer{w: w, rc: http.NewResponseController(w), kind: kind}
}

// Event writes an event. An empty name writes no event field. Each line of data, whether it ends with
// LF, CRLF or CR, becomes a data field. ErrName when the name has a line break; otherwise the error of
// the connection. Lines and Array have no names, and their data is one JSON value; none is no event.
func (w *Writer) Event(name, data []byte) error {
	if w.kind != SSE {
		return w.value(data)
	}
	if bytes.IndexByte(name, '\n') >= 0 || bytes.IndexByte(name, '\r') >= 0 {
		return ErrName
	}
	b := w.begin()
	if len(name) > 0 {
		b = append(b, "event: "...)
		b = append(append(b, name...), '\n')
	}
	return w.write(append(appendLines(b, "data: ", data), '\n'))
}

// Comment writes a comment block, which clients ignore: it keeps connections open. JSON has no
// comments: in Lines and Array white space stands for it.
func (w *Writer) Comment(text string) error {
	if w.kind != SSE {
		return w.blank()
	}
	var small [64]byte
	return w.write(append(appendLines(w.begin(), ": ", append(small[:0], text...)), '\n'))
}

// Raw writes an event's bytes as they are. When they do not end with a blank line, the next write
// adds it before its own bytes, so that events stay apart. When they end with CR, its LF goes out at
// once and not with the next event: many clients know no lone CR and would wait for it.
//
// The bytes have to be framed as the writer frames. What a reader of Lines or Array gave as Raw is
// written as a line, or an element, of its own.
func (w *Writer) Raw(block []byte) error {
	if w.kind != SSE {
		return w.value(block)
	}
	if w.lf && len(block) > 0 && block[0] == '\n' {
		block = block[1:]
	}
	w.lf = false
	if len(block) == 0 {
		return nil
	}
	if block[len(block)-1] == '\r' {
		err := w.write(append(append(w.begin(), block...), '\n'))
		w.lf = true
		return err
	}
	if w.open {
		return w.write(append(w.begin(), block...))
	}
	_, err := w.w.Write(block)
	w.open = !endsBlank(block)
	return err
}

// End writes what stands behind the last event: the bracket of an Array, together with the first one
// when there was no event. Without it, a client of an Array knows that the answer broke off.
func (w *Writer) End() error {
	if w.kind != Array || w.ended {
		return nil
	}
	w.ended = true
	return w.write(append(w.array(), ']'))
}

// Flush sends what was written to the client.
func (w *Writer) Flush() error { return w.rc.Flush() }

// begin returns the empty buffer, or the blank line that the block before lacks.
func (w *Writer) begin() []byte {
	b := w.buf[:0]
	if w.open {
		b = append(b, '\n', '\n')
	}
	return b
}

func (w *Writer) write(b []byte) error {
	w.lf = false
	_, err := w.w.Write(b)
	w.open = w.kind == SSE && !endsBlank(b)
	w.buf = nil
	if cap(b) <= startBuffer {
		w.buf = b
	}
	return err
}

// appendLines appends each line of text with a field name before it and LF behind it.
func appendLines(b []byte, field string, text []byte) []byte {
	for {
		end, next := lineEnd(text)
		b = append(b, field...)
		b = append(append(b, text[:end]...), '\n')
		if next < 0 {
			return b
		}
		text = text[next:]
	}
}

// lineEnd is where the first line of text ends and where the next one starts, -1 for none.
func lineEnd(text []byte) (end, next int) {
	end = find(text, '\n', 0)
	if cr := find(text[:end], '\r', 0); cr < end {
		if cr+1 == end && end < len(text) {
			return cr, end + 1
		}
		return cr, cr + 1
	}
	if end == len(text) {
		return end, -1
	}
	return end, end + 1
}

// endsBlank tells whether block ends with a blank line, or is the end of one.
func endsBlank(block []byte) bool {
	rest := trimLineEnd(block)
	return len(rest) == 0 || len(trimLineEnd(rest)) < len(rest) && len(rest) < len(block)
}

func trimLineEnd(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
	}
	if n := len(b); n > 0 && b[n-1] == '\r' {
		b = b[:n-1]
	}
	return b
}
