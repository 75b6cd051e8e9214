package gateway

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
)

// trusted is how many bytes of a declared length are made room for at once; a longer body has to come
// before it costs memory.
const trusted = 1 << 20

// buffer reads the whole body, within its bound and without its content encoding.
func (x *exchange) buffer() error {
	if x.body != nil {
		return nil
	}
	limit := x.gateway.MaxBody
	if x.request.ContentLength > limit {
		return tooLarge(limit)
	}
	body, err := unpacked(http.MaxBytesReader(nil, x.request.Body, limit), x.request.Header)
	if err != nil {
		return err
	}
	room := min(max(x.request.ContentLength, 512), trusted)
	buf := bytes.NewBuffer(make([]byte, 0, room+bytes.MinRead))
	n, err := buf.ReadFrom(io.LimitReader(body, limit+1))
	var over *http.MaxBytesError
	if errors.As(err, &over) || n > limit {
		return tooLarge(limit)
	}
	if err != nil {
		return &readError{err}
	}
	x.body = buf.Bytes()
	return nil
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
	return http.MaxBytesReader(nil, x.request.Body, x.gateway.MaxBody), x.request.ContentLength
}
