package clients

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/integration/clients/gateway"
)

func TestMain(m *testing.M) { gateway.Main(m) }

// site is a site with one handler.
func site(handler string) string { return "\tllm_gateway {\n" + handler + "\n\t}" }

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

// reply answers with a document.
func reply(w http.ResponseWriter, status int, body string) {
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
