package attempt

import (
	"bytes"
	"io"
	"sync/atomic"
)

// Memory is lent for the bytes of a request. It is given back when nobody retains it: a transport may
// still read a request's body when the answer to it has been read.
type Memory interface {
	Retain()
	Release()
}

// body is a request body in pieces, some of which may be the client's own bytes.
type body struct {
	pieces [][]byte
	length int64
	memory Memory // nil if nobody lends the bytes
	last   *bodyReader
}

// ownedBody bounds what is copied so that it need not be given back, in bytes: with its header such a
// request fits into the transport's buffer of 4 KiB.
const ownedBody = 3 << 10

// lentBody is a body of bytes that memory lends.
func lentBody(memory Memory, b []byte) *body {
	if memory == nil {
		return newBody(nil, b)
	}
	if len(b) <= ownedBody {
		return newBody(nil, bytes.Clone(b))
	}
	return newBody(memory, b)
}

func newBody(memory Memory, pieces ...[]byte) *body {
	b := &body{pieces: pieces, memory: memory}
	for _, p := range pieces {
		b.length += int64(len(p))
	}
	return b
}

// open reads the body from its start; transports may send it again on another connection. Before a body of
// an unknown type net/http sends the header in a packet of its own, so bytes that are nobody else's have a type that it knows.
func (b *body) open() io.ReadCloser {
	if b.memory == nil && len(b.pieces) == 1 {
		return io.NopCloser(bytes.NewReader(b.pieces[0]))
	}
	if b.memory != nil {
		b.memory.Retain()
	}
	b.last = &bodyReader{body: b, rest: b.pieces}
	return b.last
}

type bodyReader struct {
	body   *body
	rest   [][]byte
	at     int // in the first of rest
	closed atomic.Bool
}

// Read implements io.Reader.
func (r *bodyReader) Read(p []byte) (int, error) {
	n := 0
	for len(r.rest) > 0 && n < len(p) {
		c := copy(p[n:], r.rest[0][r.at:])
		n += c
		if r.at += c; r.at == len(r.rest[0]) {
			r.rest, r.at = r.rest[1:], 0
		}
	}
	if n == 0 && len(r.rest) == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// WriteTo implements io.WriterTo: large pieces reach the connection without a copy.
func (r *bodyReader) WriteTo(w io.Writer) (int64, error) {
	var total int64
	for len(r.rest) > 0 {
		n, err := w.Write(r.rest[0][r.at:])
		total += int64(n)
		r.at += n
		if err != nil {
			return total, err
		}
		r.rest, r.at = r.rest[1:], 0
	}
	return total, nil
}

// left is how many bytes are still to be read.
func (r *bodyReader) left() int64 {
	n := -int64(r.at)
	for _, p := range r.rest {
		n += int64(len(p))
	}
	return n
}

// skip goes over n bytes.
func (r *bodyReader) skip(n int64) {
	for n > 0 && len(r.rest) > 0 {
		c := min(n, int64(len(r.rest[0])-r.at))
		if r.at, n = r.at+int(c), n-c; r.at == len(r.rest[0]) {
			r.rest, r.at = r.rest[1:], 0
		}
	}
}

// Close implements io.Closer.
func (r *bodyReader) Close() error {
	if !r.closed.Swap(true) && r.body.memory != nil {
		r.body.memory.Release()
	}
	return nil
}
