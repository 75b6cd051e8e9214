// Package redistest starts real Redis servers for tests. The program redis-server has to be there; make test installs it.
package redistest

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	goredis "github.com/redis/go-redis/v9"
)

// Server is a server that lives as long as its test.
type Server struct {
	Address string // host:port
	Client  *goredis.Client

	dir  string
	args []string
	t    testing.TB
	stop func()
}

// Start starts a server with further arguments, such as --requirepass. It does not save anything by itself.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s := &Server{Address: "127.0.0.1:" + strconv.Itoa(freePort(t)), dir: t.TempDir(), args: args, t: t}
	s.Again()
	s.Client = goredis.NewClient(&goredis.Options{Addr: s.Address})
	t.Cleanup(func() { _ = s.Client.Close() })
	return s
}

// Again starts the server at its address after Stop; what it held is gone.
func (s *Server) Again() {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.Address)
	s.stop = run(s.t, append([]string{
		"--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", s.dir, "--rdbcompression", "no",
	}, s.args...)...)
	s.t.Cleanup(s.stop)
}

// Stop ends the server.
func (s *Server) Stop() { s.stop() }

// Dump is all that the server holds, as it writes it to disk.
func (s *Server) Dump() []byte {
	s.t.Helper()
	if err := s.Client.Save(s.t.Context()).Err(); err != nil {
		s.t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(s.dir, "dump.rdb"))
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// Sentinel starts a sentinel that watches s under a name, and gives its address.
func (s *Server) Sentinel(master string) string {
	s.t.Helper()
	host, port, _ := net.SplitHostPort(s.Address)
	own := strconv.Itoa(freePort(s.t))
	file := filepath.Join(s.t.TempDir(), "sentinel.conf")
	text := "port " + own + "\nbind 127.0.0.1\nsentinel monitor " + master + " " + host + " " + port + " 1\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(run(s.t, file, "--sentinel"))
	return "127.0.0.1:" + own
}

// run starts redis-server and returns when it takes connections.
func run(t testing.TB, args ...string) (stop func()) {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("this test wants the program redis-server: make test installs it, as does apt-get install redis-server")
	}
	cmd := exec.Command(program, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	var said bytes.Buffer
	for lines := bufio.NewScanner(io.TeeReader(out, &said)); lines.Scan(); {
		if l := lines.Text(); strings.Contains(l, "Ready to accept connections") || strings.Contains(l, "+monitor") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return stop
		}
	}
	stop()
	t.Fatalf("redis-server %s ended:\n%s", strings.Join(args, " "), said.String())
	return nil
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
