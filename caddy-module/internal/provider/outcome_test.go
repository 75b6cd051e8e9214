package provider

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestUnsent: as the standard library fails, whatever it calls that.
func TestUnsent(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	stranger := httptest.NewUnstartedServer(http.NotFoundHandler())
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of the handshake that failed
	stranger.StartTLS()
	defer stranger.Close()
	dead := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer dead.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	for _, tt := range []struct {
		name, url string
		want      bool
	}{
		{"nobody listens", "http://" + gone.Addr().String(), true},
		{"nobody shakes hands", "https://" + mute.Addr().String(), true},
		{"unknown certificate", stranger.URL, true},
		{"the connection is cut", dead.URL, false},
		{"no answer", silent.URL, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			transport := &http.Transport{TLSHandshakeTimeout: 20 * time.Millisecond, ResponseHeaderTimeout: 20 * time.Millisecond}
			defer transport.CloseIdleConnections()
			req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, tt.url, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := transport.RoundTrip(req)
			if err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				t.Fatal("it was answered")
			}
			if got := Unsent(err); got != tt.want {
				t.Errorf("got %v for %v, want %v", got, err, tt.want)
			}
		})
	}
}
