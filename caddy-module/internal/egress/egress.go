// Package egress is the HTTP client that the http grant gives a plugin: it reaches the hosts that the
// grant names and nothing else. The wasm package calls it from the http host function.
//
// The list of hosts is checked for every URL, redirects included. Addresses are checked when a
// connection is dialled, after names were resolved, so that no DNS answer leads inside.
package egress

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Defaults and bounds of a Client.
const (
	DefaultTimeout     = 10 * time.Second
	DefaultMaxResponse = 4 << 20
	DefaultMaxRequest  = 4 << 20
	maxRedirects       = 3
	maxHeader          = 64 << 10 // bytes of a request's or a response's header
)

// Why a request fails, besides the network's errors and the context's. No error carries more of the
// request than its host.
var (
	ErrDenied    = errors.New("not granted")
	ErrRequest   = errors.New("invalid request")
	ErrTooLarge  = errors.New("larger than allowed")
	ErrRedirects = errors.New("more than 3 redirects")
	ErrHTTP      = errors.New("peer does not speak HTTP as expected")
)

// Request is what a plugin asks for.
type Request struct {
	Method string      // "" is GET
	URL    string      // absolute, without user name and password
	Header http.Header // without those that belong to a connection: they are dropped
	Body   []byte
}

// Response is the answer, whatever its status.
type Response struct {
	Status int
	Header http.Header // without those that belong to a connection
	Body   []byte      // decompressed when the plugin did not ask for an encoding
}

// Client does the requests of one plugin. It is safe for concurrent use.
type Client struct {
	hosts       []pattern
	http        http.Client
	transport   *http.Transport
	timeout     time.Duration
	maxResponse int64
	maxRequest  int64
}

// Options says what a plugin may reach.
type Options struct {
	// Allow lists the hosts: "[http://]host[:port]" with a name, an address, or *.suffix for all names
	// below suffix. https unless it says http. Nothing is allowed by default.
	Allow []string
	// Private lets names lead to private, loopback and other special addresses. Link-local addresses
	// and the metadata services of clouds stay closed unless Allow names that very address.
	Private bool
	// Timeout bounds a request with its redirects and body; 0 means 10 s.
	Timeout time.Duration
	// MaxResponse and MaxRequest bound bodies in bytes; 0 means 4 MiB.
	MaxResponse, MaxRequest int64
	// Connections are kept open to a host while idle, at most; 0 means 4.
	Connections int
	// TLS is used for https, nil for the standard library's defaults.
	TLS *tls.Config
}

// New makes a client. The error names the pattern in Allow that cannot be read or could never be
// reached.
func New(o Options) (*Client, error) {
	c := &Client{timeout: o.Timeout, maxResponse: o.MaxResponse, maxRequest: o.MaxRequest}
	if c.timeout <= 0 {
		c.timeout = DefaultTimeout
	}
	if c.maxResponse <= 0 {
		c.maxResponse = DefaultMaxResponse
	}
	if c.maxRequest <= 0 {
		c.maxRequest = DefaultMaxRequest
	}
	g := guard{private: o.Private}
	for _, s := range o.Allow {
		p, err := parsePattern(s, o.Private)
		if err != nil {
			return nil, err
		}
		c.hosts = append(c.hosts, p)
		if p.direct.IsValid() {
			g.direct = append(g.direct, p.direct)
		}
		if !o.Private && (p.host == "localhost" || p.direct.IsValid() && g.check(p.direct) != nil) {
			return nil, fmt.Errorf("reading host pattern %q: expected a public address, or private addresses to be granted", s)
		}
	}
	dialer := &net.Dialer{Control: g.control}
	c.transport = &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        o.TLS.Clone(),
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           16,
		MaxIdleConnsPerHost:    cmp.Or(o.Connections, 4),
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: maxHeader,
	}
	c.http = http.Client{Transport: c.transport, CheckRedirect: c.redirect}
	return c, nil
}

// Do sends a request and reads the whole response, within the client's timeout. It uses no proxy, no
// cookies and no credentials but those in the request.
func (c *Client) Do(ctx context.Context, r Request) (Response, error) {
	req, err := c.request(r)
	if err != nil {
		return Response{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	res, err := c.http.Do(req.WithContext(ctx))
	if err != nil {
		return Response{}, fmt.Errorf("requesting %s: %w", req.URL.Host, plain(ctx, err))
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, c.maxResponse+1))
	if err != nil {
		return Response{}, fmt.Errorf("reading response of %s: %w", req.URL.Host, plain(ctx, err))
	}
	if int64(len(body)) > c.maxResponse {
		return Response{}, fmt.Errorf("reading response of %s: %w (%d bytes)", req.URL.Host, ErrTooLarge, c.maxResponse)
	}
	stripConnection(res.Header)
	return Response{Status: res.StatusCode, Header: res.Header, Body: body}, nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }
