// Package gateway runs a caddy process with Longmen in it. The tests of the SDKs and of the agents start
// one, so that a client meets the binary that users run.
package gateway

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Gateway is a running process.
type Gateway struct {
	// URL of its site, without a slash at the end.
	URL string

	admin  *http.Client
	log    *output
	exited chan struct{}
}

// binary is what is tested: LONGMEN_CADDY, or caddy as this checkout builds it.
var binary = sync.OnceValues(func() (string, error) {
	if b := os.Getenv("LONGMEN_CADDY"); b != "" {
		return b, nil
	}
	b := filepath.Join(data, "caddy")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", b, "github.com/longmen-gateway/longmen/caddy-module/cmd/caddy")
	root, err := checkout()
	if err != nil {
		return "", err
	}
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building caddy: %w\n%s", err, out)
	}
	return b, nil
})

// checkout is the folder of the main module, which this one is nested in.
func checkout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "caddy-module", "cmd", "caddy")); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("the tests do not run in a checkout, set LONGMEN_CADDY")
}

// data keeps the binary and compiled plugins from one gateway to the next.
var data string

// Main runs a package's tests; its TestMain calls it.
func Main(m *testing.M) {
	var err error
	if data, err = os.MkdirTemp("", "longmen-clients-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(data)
	os.Exit(code)
}

// Start runs a gateway until the test ends, with options of the llm_gateway app and with the directives of
// its site. The system may give the port that was free to somebody else meanwhile; then another one is
// tried.
func Start(t testing.TB, app, site string) *Gateway {
	t.Helper()
	for range 10 {
		if g := start(t, app, site); g != nil {
			return g
		}
	}
	t.Fatal("ten free ports in a row were taken")
	return nil
}

// start is one try, nil when the port was taken.
func start(t testing.TB, app, site string) *Gateway {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	dir, err := os.MkdirTemp(data, "g") // short, because a socket's path must be
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "admin")
	file := fmt.Sprintf("{\n\tadmin unix/%s\n\tauto_https off\n\tpersist_config off\n\tllm_gateway {\n%s\n\t}\n}\nhttp://%s {\n%s\n}\n", socket, app, addr, site)
	path := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	caddy, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	g := &Gateway{URL: "http://" + addr, log: &output{}, exited: make(chan struct{})}
	g.admin = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	cmd := exec.Command(caddy, "run", "--config", path)
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+data, "XDG_CONFIG_HOME="+dir)
	cmd.Stdout, cmd.Stderr = g.log, g.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { cmd.Wait(); close(g.exited) }()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-g.exited:
		case <-time.After(10 * time.Second):
			cmd.Process.Kill()
			<-g.exited
		}
		if t.Failed() {
			t.Logf("caddy said:\n%s", g.log)
		}
	})
	for {
		select {
		case <-g.exited:
			if strings.Contains(g.log.String(), "address already in use") {
				return nil
			}
			t.Fatalf("caddy stopped:\n%s\n%s", file, g.log)
		default:
		}
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return g
		}
		time.Sleep(10 * time.Millisecond) // a process gives no other sign that it listens
	}
}

// Seen is the body of the last request that a demo provider saw.
func (g *Gateway) Seen(t testing.TB, provider string) string {
	t.Helper()
	resp, err := g.admin.Get("http://127.0.0.1/llm_gateway/demo/last?provider=" + url.QueryEscape(provider))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("asking what %s saw: %v, %s", provider, err, b)
	}
	return string(b)
}

// output collects what a process writes, while others look.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}
