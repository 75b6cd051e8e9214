package gateway

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
)

// memnet is a network within the process. Its connections live in the bubble of a test, in which time is what the test makes
// of it, and all that HTTP does with them is real.
type memnet struct {
	t     *testing.T
	mu    sync.Mutex
	ports map[string]*memport
}

func newMemnet(t *testing.T) *memnet {
	return &memnet{t: t, ports: make(map[string]*memport)}
}

// serve runs a server at http://<name> until the test ends.
func (n *memnet) serve(name string, h http.Handler) {
	p := &memport{calls: make(chan net.Conn), closed: make(chan struct{})}
	n.mu.Lock()
	n.ports[name+":80"] = p
	n.mu.Unlock()
	s := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	var ended sync.WaitGroup
	ended.Go(func() { _ = s.Serve(p) })
	n.t.Cleanup(func() {
		_ = s.Close()
		ended.Wait()
	})
}

// transport makes connections, through wrap if that is not nil.
func (n *memnet) transport(wrap func(net.Conn) net.Conn) *http.Transport {
	t := &http.Transport{DisableCompression: true, DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
		n.mu.Lock()
		p := n.ports[address]
		n.mu.Unlock()
		ours, theirs := net.Pipe()
		if wrap != nil {
			ours = wrap(ours)
		}
		select {
		case p.calls <- theirs:
			return ours, nil
		case <-p.closed:
			return nil, net.ErrClosed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	n.t.Cleanup(t.CloseIdleConnections)
	return t
}

// memport is where a server listens.
type memport struct {
	calls  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

// Accept implements net.Listener.
func (p *memport) Accept() (net.Conn, error) {
	select {
	case c := <-p.calls:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *memport) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr implements net.Listener.
func (p *memport) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }
