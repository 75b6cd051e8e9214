package clients

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// binary is the caddy binary under test, from LONGMEN_CADDY or built here.
func binary(t *testing.T) string {
	t.Helper()
	if b := os.Getenv("LONGMEN_CADDY"); b != "" {
		return b
	}
	b := filepath.Join(t.TempDir(), "caddy")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", b, "./caddy-module/cmd/caddy")
	build.Dir = "../../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building caddy: %v\n%s", err, out)
	}
	return b
}

// gateway starts caddy with a Caddyfile of the given app options and route, and returns its base URL. The
// system may give the port that was free to somebody else meanwhile; then another one is tried.
func gateway(t *testing.T, app, handler string) string {
	t.Helper()
	for range 10 {
		if url := serve(t, app, handler); url != "" {
			return url
		}
	}
	t.Fatal("ten free ports in a row were taken")
	return ""
}

// serve is one try, "" when the port was taken.
func serve(t *testing.T, app, handler string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	file := fmt.Sprintf("{\n\tadmin off\n\tauto_https off\n\tpersist_config off\n\tllm_gateway {\n%s\n\t}\n}\nhttp://%s {\n\tllm_gateway {\n%s\n\t}\n}\n", app, addr, handler)
	path := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd := exec.Command(binary(t), "run", "--config", path)
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+dataDir, "XDG_CONFIG_HOME="+dir)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { cmd.Wait(); close(exited) }()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-exited:
		case <-time.After(10 * time.Second):
			cmd.Process.Kill()
			<-exited
		}
		if t.Failed() {
			t.Logf("caddy said:\n%s", log.String())
		}
	})
	for {
		select {
		case <-exited:
			if strings.Contains(log.String(), "address already in use") {
				return ""
			}
			t.Fatalf("caddy stopped:\n%s\n%s", file, log.String())
		default:
		}
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return "http://" + addr
		}
		time.Sleep(10 * time.Millisecond) // a process gives no other sign that it listens
	}
}

// dataDir keeps compiled plugins from one gateway to the next.
var dataDir string

func TestMain(m *testing.M) {
	var err error
	if dataDir, err = os.MkdirTemp("", "longmen-clients-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dataDir)
	os.Exit(code)
}

// upstream is a provider that answers with what it is told and keeps what it was asked.
type upstream struct {
	*http.Server
	url    string
	asked  []string // bodies
	paths  []string // request URIs
	keys   []string // credentials
	answer func(w http.ResponseWriter, r *http.Request, n int)
}

func newUpstream(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, n int)) *upstream {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u := &upstream{url: "http://" + l.Addr().String(), answer: answer}
	u.Server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		b.ReadFrom(r.Body)
		n := len(u.asked)
		u.asked = append(u.asked, b.String())
		u.paths = append(u.paths, r.RequestURI)
		u.keys = append(u.keys, r.Header.Get("X-Goog-Api-Key")+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		u.answer(w, r, n)
	})}
	go u.Serve(l)
	t.Cleanup(func() { u.Close() })
	return u
}

// json answers with a document.
func json(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprint(w, body)
}

// events answers with Gemini's stream frames.
func events(w http.ResponseWriter, data ...string) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, d := range data {
		fmt.Fprintf(w, "data: %s\r\n\r\n", d)
		w.(http.Flusher).Flush()
	}
}
