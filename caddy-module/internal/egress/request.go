package egress

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// request checks what a plugin asks for and turns it into the standard library's form.
func (c *Client) request(r Request) (*http.Request, error) {
	if int64(len(r.Body)) > c.maxRequest {
		return nil, fmt.Errorf("checking request: body %w (%d bytes)", ErrTooLarge, c.maxRequest)
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, fmt.Errorf("checking request: %w: expected an absolute URL", ErrRequest)
	}
	if err := c.check(u); err != nil {
		return nil, fmt.Errorf("checking request: %w", err)
	}
	switch strings.ToUpper(r.Method) {
	case http.MethodConnect, http.MethodTrace:
		return nil, fmt.Errorf("checking request: %w: expected a method other than CONNECT and TRACE", ErrRequest)
	}
	req, err := http.NewRequest(r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("checking request: %w: expected an HTTP method", ErrRequest)
	}
	size := 0
	for name, values := range r.Header {
		for _, v := range values {
			if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(v) {
				return nil, fmt.Errorf("checking request: %w: expected header fields of RFC 9110", ErrRequest)
			}
			if size += len(name) + len(v) + 4; size > maxHeader {
				return nil, fmt.Errorf("checking request: header %w (%d bytes)", ErrTooLarge, maxHeader)
			}
			req.Header.Add(name, v)
		}
	}
	stripConnection(req.Header)
	// The host and the length are the URL's and the body's.
	req.Header.Del("Host")
	req.Header.Del("Content-Length")
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", "longmen")
	}
	return req, nil
}

// redirect is asked before each redirect is followed.
func (c *Client) redirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return ErrRedirects
	}
	if err := c.check(req.URL); err != nil {
		return err
	}
	// The path and query that led here are not the next host's to know.
	req.Header.Del("Referer")
	if req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		// Nor is whatever header carries the plugin's credentials: keep what is known to carry none.
		for name := range req.Header {
			switch name {
			case "Accept", "Accept-Language", "Content-Type", "User-Agent":
			default:
				req.Header.Del(name)
			}
		}
	}
	return nil
}

// stripConnection drops the header fields that belong to one connection, RFC 9110 section 7.6.1.
func stripConnection(h http.Header) {
	for _, list := range h["Connection"] {
		for name := range strings.SplitSeq(list, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range []string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade"} {
		h.Del(name)
	}
}
