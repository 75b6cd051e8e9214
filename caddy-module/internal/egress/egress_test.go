package egress

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// serve starts a server, and a client that may reach it unless options say otherwise.
func serve(t *testing.T, handler http.HandlerFunc, o Options) (*Client, *httptest.Server) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	if o.Allow == nil {
		o.Allow = []string{strings.TrimPrefix(server.URL, "http://")}
		o.Private = true
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, server
}

func TestDo(t *testing.T) {
	var got http.Header
	c, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Answer", "yes")
		w.Header().Set("Connection", "X-Hop")
		w.Header().Set("X-Hop", "1")
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL, r.Host, body)
	}, Options{})
	res, err := c.Do(context.Background(), Request{
		Method: "POST",
		URL:    server.URL + "/a?b=c",
		Header: http.Header{"X-Api-Key": {"k"}, "x-two": {"1", "2"}, "Connection": {"x-drop, close"}, "X-Drop": {"1"}, "Te": {"trailers"},
			"Host": {"evil.example"}, "Content-Length": {"1"}, "Transfer-Encoding": {"chunked"}, "Upgrade": {"h2c"}, "Proxy-Authorization": {"x"}},
		Body: []byte("text"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "POST /a?b=c " + server.Listener.Addr().String() + " text"; res.Status != http.StatusTeapot || string(res.Body) != want {
		t.Errorf("got %d %q, want %q", res.Status, res.Body, want)
	}
	if res.Header.Get("X-Answer") != "yes" || res.Header.Get("X-Hop") != "" || res.Header.Get("Connection") != "" {
		t.Errorf("response header %v", res.Header)
	}
	want := http.Header{"X-Api-Key": {"k"}, "X-Two": {"1", "2"}, "User-Agent": {"longmen"}, "Accept-Encoding": {"gzip"}, "Content-Length": {"4"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request header, -want +got:\n%s", diff)
	}
}

func TestDoOverTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	allow := []string{strings.TrimPrefix(server.URL, "https://")}
	trusting, err := New(Options{Allow: allow, Private: true, TLS: server.Client().Transport.(*http.Transport).TLSClientConfig})
	if err != nil {
		t.Fatal(err)
	}
	defer trusting.Close()
	if res, err := trusting.Do(context.Background(), Request{URL: server.URL}); err != nil || res.Status != 200 {
		t.Errorf("got %d, %v", res.Status, err)
	}
	wary, err := New(Options{Allow: allow, Private: true})
	if err != nil {
		t.Fatal(err)
	}
	defer wary.Close()
	var certificate *tls.CertificateVerificationError
	if _, err := wary.Do(context.Background(), Request{URL: server.URL}); !errors.As(err, &certificate) {
		t.Errorf("unknown certificate: %v", err)
	}
}

// TestNamesThatLeadInside is DNS rebinding: the name is allowed, what it resolves to is not.
func TestNamesThatLeadInside(t *testing.T) {
	c, server := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the request arrived") }, Options{Allow: []string{"http://wiki.example"}})
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	c.hosts[0] = pattern{host: "localhost", port: port, http: true} // a name that every machine resolves to loopback
	_, err := c.Do(context.Background(), Request{URL: "http://localhost:" + port})
	if !errors.Is(err, ErrDenied) {
		t.Errorf("got %v, want ErrDenied", err)
	}
}

func TestRedirects(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]http.Header{}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen["other"] = r.Header.Clone()
		io.WriteString(w, "other")
	}))
	defer other.Close()
	outside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a host that is not granted was asked") }))
	defer outside.Close()
	handler := func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen[r.URL.Path] = r.Header.Clone()
		mu.Unlock()
		switch n, err := strconv.Atoi(r.URL.Path[1:]); {
		case err == nil && n > 0:
			http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusTemporaryRedirect)
		case err == nil:
			io.Copy(w, r.Body)
		case r.URL.Path == "/other":
			http.Redirect(w, r, other.URL, http.StatusFound)
		case r.URL.Path == "/outside":
			http.Redirect(w, r, outside.URL, http.StatusFound)
		case r.URL.Path == "/metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
		case r.URL.Path == "/file":
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		default:
			w.Header().Set("Location", "http://%zz/secret")
			w.WriteHeader(http.StatusFound)
		}
	}
	server := httptest.NewServer(http.HandlerFunc(handler))
	defer server.Close()
	c, err := New(Options{Private: true, Allow: []string{strings.TrimPrefix(server.URL, "http://"), strings.TrimPrefix(other.URL, "http://")}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	key := http.Header{"X-Api-Key": {"k"}, "Accept": {"text/plain"}}
	for _, tt := range []struct {
		path string
		body string
		want error
	}{
		{"/3", "sent", nil}, {"/4", "", ErrRedirects}, {"/other", "other", nil}, {"/outside", "", ErrDenied},
		{"/metadata", "", ErrDenied}, {"/file", "", ErrRequest}, {"/broken", "", ErrHTTP},
	} {
		res, err := c.Do(context.Background(), Request{Method: "POST", URL: server.URL + tt.path, Header: key, Body: []byte("sent")})
		if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) || string(res.Body) != tt.body {
			t.Errorf("%s: %q, %v; want %q, %v", tt.path, res.Body, err, tt.body, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error quotes the URL: %v", tt.path, err)
		}
	}
	if h := seen["/0"]; h.Get("X-Api-Key") != "k" || h.Get("Referer") != "" {
		t.Errorf("header behind a redirect within the host: %v", h)
	}
	if h := seen["other"]; h.Get("X-Api-Key") != "" || h.Get("Accept") != "text/plain" || h.Get("Referer") != "" {
		t.Errorf("header behind a redirect to another host: %v", h)
	}
}

func TestBounds(t *testing.T) {
	c, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		if r.URL.Path == "/gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			z.Write(make([]byte, n))
			z.Close()
			return
		}
		if r.URL.Path == "/header" {
			w.Header().Set("X-Long", strings.Repeat("x", n))
		}
		w.Write(make([]byte, n))
	}, Options{})
	c.maxResponse, c.maxRequest = 1000, 100
	do := func(path string, body, header int) error {
		_, err := c.Do(context.Background(), Request{URL: server.URL + path, Body: make([]byte, body), Header: http.Header{"X": {strings.Repeat("x", header)}}})
		return err
	}
	for _, tt := range []struct {
		name         string
		path         string
		body, header int
		want         error
	}{
		{"at the bounds", "/?n=1000", 100, 1000, nil},
		{"response", "/?n=1001", 0, 0, ErrTooLarge},
		{"bomb", "/gzip?n=1000000", 0, 0, ErrTooLarge},
		{"unpacked", "/gzip?n=1000", 0, 0, nil},
		{"response header", "/header?n=200000", 0, 0, ErrHTTP},
		{"request", "/?n=1", 101, 0, ErrTooLarge},
		{"request header", "/?n=1", 0, 64 << 10, ErrTooLarge},
	} {
		if err := do(tt.path, tt.body, tt.header); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestInvalidRequests(t *testing.T) {
	c, server := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the request arrived") }, Options{})
	for _, r := range []Request{
		{Method: "CONNECT", URL: server.URL}, {Method: "trace", URL: server.URL}, {Method: "GE T", URL: server.URL},
		{URL: server.URL, Header: http.Header{"a b": {"c"}}}, {URL: server.URL, Header: http.Header{"": {"c"}}},
		{URL: server.URL, Header: http.Header{"A": {"secret\r\nX: 1"}}}, {URL: "https://user:secret@a.example"}, {URL: "secret"},
	} {
		_, err := c.Do(context.Background(), r)
		if !errors.Is(err, ErrRequest) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want ErrRequest", r.Method, err)
		}
	}
}

func TestTimeoutAndCancel(t *testing.T) {
	release := make(chan struct{})
	c, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "start")
		w.(http.Flusher).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}, Options{})
	defer close(release)
	c.timeout = 1
	if _, err := c.Do(context.Background(), Request{URL: server.URL}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want DeadlineExceeded", err)
	}
	c.timeout = DefaultTimeout
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Do(ctx, Request{URL: server.URL}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want Canceled", err)
	}
}

func TestNoProxyAndNoPathInErrors(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	c, server := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "direct") }, Options{})
	if c.transport.Proxy != nil {
		t.Error("a proxy may be used")
	}
	if res, err := c.Do(context.Background(), Request{URL: server.URL}); err != nil || !bytes.Equal(res.Body, []byte("direct")) {
		t.Errorf("got %q, %v", res.Body, err)
	}
	server.Close()
	_, err := c.Do(context.Background(), Request{URL: server.URL + "/secret?q=secret"})
	var wrapped *url.Error
	if err == nil || strings.Contains(err.Error(), "secret") || errors.As(err, &wrapped) {
		t.Errorf("got %v, want an error without the path", err)
	}
}

func TestHammer(t *testing.T) {
	c, server := serve(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }, Options{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				text := fmt.Sprint(i, "-", j)
				res, err := c.Do(context.Background(), Request{Method: "PUT", URL: server.URL, Body: []byte(text)})
				if err != nil || string(res.Body) != text {
					t.Errorf("got %q, %v; want %q", res.Body, err, text)
				}
			}
		})
	}
	wg.Wait()
}
