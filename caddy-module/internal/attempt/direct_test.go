package attempt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// large is a body in pieces whose bytes tell where they stand.
func large(seed byte, pieces ...int) *body {
	var all [][]byte
	for i, n := range pieces {
		p := make([]byte, n)
		for k := range p {
			p[k] = seed + byte(i) + byte(k*7) + byte(k>>8)
		}
		all = append(all, p)
	}
	return newBody(&counter{}, all...)
}

// counter is memory that is lent.
type counter struct{ bytes.Buffer }

func (*counter) Retain()  {}
func (*counter) Release() {}

func directClient(t *testing.T) *http.Client {
	transport := &http.Transport{DialContext: Direct((&net.Dialer{}).DialContext)}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func send(ctx context.Context, c *http.Client, url string, b *body, told bool) (string, error) {
	if told {
		ctx = direct(ctx, b)
	}
	r, err := http.NewRequestWithContext(ctx, "POST", url, b.open())
	if err != nil {
		return "", err
	}
	r.ContentLength = b.length
	r.GetBody = func() (io.ReadCloser, error) { return b.open(), nil }
	resp, err := c.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

func (b *body) sum() string {
	return fmt.Sprintf("%d %x", b.length, sha256.Sum256(bytes.Join(b.pieces, nil)))
}

// TestDirect: servers get what was sent, whatever the pieces, also on connections that are used again and by
// requests that do not tell.
func TestDirect(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%d %x", len(b), sha256.Sum256(b))
		if err != nil {
			t.Error(err)
		}
	}))
	defer s.Close()
	c := directClient(t)
	for i, pieces := range [][]int{{2}, {1, 1}, {1, 300_000}, {5000}, {1 << 20, 1, 70_000, 3 << 20}, {600_000}, {300_000, 300_000}} {
		for _, told := range []bool{true, false, true} {
			b := large(byte(i), pieces...)
			if got, err := send(t.Context(), c, s.URL, b, told); err != nil || got != b.sum() {
				t.Errorf("%v, told %t: the server got %s, %v, want %s", pieces, told, got, err, b.sum())
			}
		}
	}
}

// TestDirectStale: a connection that was told of one body and sends another of the same length sends the other.
func TestDirectStale(t *testing.T) {
	for _, read := range []int{0, 1, 1000} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		got := make(chan []byte)
		go func() {
			c, err := l.Accept()
			if err != nil {
				t.Error(err)
				close(got)
				return
			}
			b, _ := io.ReadAll(c)
			got <- b
		}()
		c, err := Direct((&net.Dialer{}).DialContext)(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		stale, meant := large(1, 400_000), large(2, 400_000)
		stale.open()
		io.CopyN(io.Discard, stale.last, int64(read))
		c.(*directConn).body = stale.last
		n, err := c.(io.ReaderFrom).ReadFrom(&io.LimitedReader{R: meant.open(), N: meant.length})
		if err != nil || n != meant.length {
			t.Errorf("sent %d bytes, %v", n, err)
		}
		c.Close()
		if b := <-got; !bytes.Equal(b, meant.pieces[0]) {
			t.Errorf("after %d bytes: the server got another body", read)
		}
	}
}

// TestDirectBreaks: servers that answer or leave before they have read all, on many connections at once.
func TestDirectBreaks(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/early":
			io.CopyN(io.Discard, r.Body, 100_000)
			fmt.Fprint(w, "early")
		case "/leave":
			io.CopyN(io.Discard, r.Body, 100_000)
			panic(http.ErrAbortHandler)
		default:
			b, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%d %x", len(b), sha256.Sum256(b))
		}
	}))
	defer s.Close()
	c := directClient(t)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for k, path := range []string{"/", "/early", "/", "/leave", "/", "/"} {
				b := large(byte(10*i+k), 500_000, 700_000+i)
				got, err := send(t.Context(), c, s.URL+path, b, true)
				if path == "/" && (err != nil || got != b.sum()) {
					t.Errorf("the server got %s, %v, want %s", got, err, b.sum())
				}
			}
		})
	}
	wait.Wait()
}
