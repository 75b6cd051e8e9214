package fault

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
)

// Upstream is a running server.
type Upstream struct {
	URL string // "http://127.0.0.1:1234"; a provider's base URL may have any path behind it

	server    *http.Server
	address   string
	accepting sync.WaitGroup
	stop      chan struct{}

	mu       sync.Mutex
	changed  *sync.Cond
	plan     Plan
	listener net.Listener // nil while connections are refused
	conns    map[*conn]struct{}
	accepted int
	requests []*Request
	late     bool // somebody waits for too long
}

// New starts an upstream that follows plan, nil serves all. It ends with the test.
func New(t testing.TB, plan Plan) *Upstream {
	t.Helper()
	if plan == nil {
		plan = Always(Fault{})
	}
	u := &Upstream{plan: plan, stop: make(chan struct{}), conns: make(map[*conn]struct{})}
	u.changed = sync.NewCond(&u.mu)
	u.server = &http.Server{Handler: http.HandlerFunc(u.answer), ErrorLog: log.New(io.Discard, "", 0)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("upstream: %v", err)
	}
	u.address = l.Addr().String()
	u.URL = "http://" + u.address
	u.serve(l)
	t.Cleanup(u.close)
	return u
}

// SetPlan makes the upstream follow another plan from the next request on.
func (u *Upstream) SetPlan(plan Plan) { u.change(func() { u.plan = plan }) }

// Refuse refuses connections: nobody listens, and connections are closed when no request uses them, of
// which a client that keeps them may hear when it sends its next one. Requests that run are not disturbed.
func (u *Upstream) Refuse() {
	u.mu.Lock()
	l := u.listener
	u.listener = nil
	u.mu.Unlock()
	if l != nil {
		l.Close()
	}
	u.server.SetKeepAlivesEnabled(false)
}

// Admit ends Refuse.
func (u *Upstream) Admit(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", u.address)
	if err != nil {
		t.Fatalf("upstream: listening again: %v", err)
	}
	u.server.SetKeepAlivesEnabled(true)
	u.serve(l)
}

func (u *Upstream) serve(l net.Listener) {
	u.mu.Lock()
	u.listener = l
	u.mu.Unlock()
	u.accepting.Go(func() {
		if err := u.server.Serve(&listener{l.(*net.TCPListener), u}); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			panic(err)
		}
	})
}

func (u *Upstream) close() {
	close(u.stop)
	u.server.Close()
	u.accepting.Wait()
	u.mu.Lock()
	defer u.mu.Unlock()
	for u.totals().Running > 0 {
		u.changed.Wait()
	}
}

// listener counts connections.
type listener struct {
	*net.TCPListener
	u *Upstream
}

func (l *listener) Accept() (net.Conn, error) {
	tcp, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	c := &conn{TCPConn: tcp, u: l.u}
	l.u.change(func() {
		l.u.accepted++
		l.u.conns[c] = struct{}{}
	})
	return c, nil
}

// conn is counted until it is closed.
type conn struct {
	*net.TCPConn
	u *Upstream
}

func (c *conn) Close() error {
	c.u.change(func() { delete(c.u.conns, c) })
	return c.TCPConn.Close()
}
