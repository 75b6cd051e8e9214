package gateway

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
)

// trusted is how many bytes of a declared length are made room for at once; a longer body has to come
// before it costs memory.
const trusted = 64 << 10

// buffer reads the whole body, within its bound and without its content encoding.
func (x *exchange) buffer() error {
	if x.body != nil {
		return nil
	}
	limit := x.maxBody()
	if x.request.ContentLength > limit {
		return x.tooLarge()
	}
	defer x.idle(x.since())
	body, err := unpacked(http.MaxBytesReader(nil, x.request.Body, limit), x.request.Header)
	if err != nil {
		return err
	}
	err = x.fill(body, limit)
	var over *http.MaxBytesError
	if errors.As(err, &over) || int64(len(x.body)) > limit {
		x.drop()
		return x.tooLarge()
	}
	if err != nil {
		x.drop()
		return &readError{err}
	}
	return nil
}

// fill reads body to its end, or a byte more than limit.
func (x *exchange) fill(body io.Reader, limit int64) error {
	x.body = make([]byte, 0, max(min(x.request.ContentLength, trusted), 511)+1) // room to see the end
	for {
		if len(x.body) == cap(x.body) {
			x.grow()
		}
		n, err := body.Read(x.body[len(x.body):cap(x.body)])
		x.body = x.body[:len(x.body)+n]
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case int64(len(x.body)) > limit:
			return nil
		}
	}
}

// grow makes room for more of the body: for all that is declared, now that a good part of it has come, or
// twice as much.
func (x *exchange) grow() {
	size := max(2*int64(cap(x.body)), x.request.ContentLength+1)
	old := x.lent
	if x.lent = lend(size); x.lent != nil {
		x.body = append(x.lent.buf, x.body...)
	} else {
		x.body = append(make([]byte, 0, size), x.body...)
	}
	if old != nil {
		old.Release()
	}
}

// drop gives the body's memory back.
func (x *exchange) drop() {
	if x.lent != nil {
		x.lent.Release()
	}
	x.body, x.lent = nil, nil
}

// unpacked undoes the content encoding of a request: what plugins and upstreams get is the document.
func unpacked(body io.Reader, h http.Header) (io.Reader, error) {
	switch encoding := strings.ToLower(h.Get("Content-Encoding")); encoding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		r, err := gzip.NewReader(body)
		if err != nil {
			return nil, fault(http.StatusBadRequest, "invalid_encoding", "the request body is no gzip, as its content-encoding says")
		}
		return r, nil
	default:
		return nil, fault(http.StatusUnsupportedMediaType, "unsupported_encoding", "the content-encoding of the request body is unknown, expected gzip or none")
	}
}

// unread is the body as it comes, for an upstream that gets it without anybody looking.
func (x *exchange) unread() (io.Reader, int64) {
	return http.MaxBytesReader(nil, x.request.Body, x.maxBody()), x.request.ContentLength
}
