package attempt

import (
	"context"
	"io"
	"net"
	"net/http/httptrace"
)

// A large body stands in memory, and the system could take it from there. net/http copies it into a buffer of 32 KiB
// first, because it sees only a reader; so the connection is told whose body comes.

// Direct makes connections that take bodies of requests from where they stand.
func Direct(dial func(ctx context.Context, network, address string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if t, ok := c.(*net.TCPConn); ok && err == nil {
			return &directConn{TCPConn: t}, nil
		}
		return c, err
	}
}

type directConn struct {
	*net.TCPConn
	body *bodyReader // of the request that is about to be sent, or nil
}

// direct is a context in which the request of b tells its connection.
func direct(ctx context.Context, b *body) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if c, ok := info.Conn.(*directConn); ok {
			c.body = b.last
		}
	}})
}

// ReadFrom implements io.ReaderFrom, with which net/http sends a body behind the header.
func (c *directConn) ReadFrom(r io.Reader) (int64, error) {
	b := c.body
	c.body = nil
	l, ok := r.(*io.LimitedReader)
	if !ok || b == nil || l.N != b.left() || l.N < 2 {
		return c.TCPConn.ReadFrom(r)
	}
	// The first byte comes through the reader: net/http then knows that the body was read, and whose body it is shows.
	var first [1]byte
	if n, err := l.Read(first[:]); err != nil || n != 1 {
		return 0, err
	}
	if b.left() != l.N {
		if n, err := c.TCPConn.Write(first[:]); err != nil {
			return int64(n), err
		}
		n, err := c.TCPConn.ReadFrom(r)
		return n + 1, err
	}
	pieces := append(net.Buffers{first[:]}, b.rest...)
	pieces[1] = pieces[1][b.at:]
	sent, err := pieces.WriteTo(c.TCPConn)
	b.skip(sent - 1)
	l.N -= sent - 1
	return sent, err
}
