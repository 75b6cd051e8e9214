package integration

import (
	"net"
	"net/http/httptest"
	"testing"
	"time"
)

// TestConnectTimeout: an endpoint that takes a connection and says nothing, as an overloaded one does before its handshake, makes way for
// the next one when the time for connecting is over.
func TestConnectTimeout(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mute.Close() })
	second := newMoody(t, 0, nil)
	first := &moody{Server: &httptest.Server{URL: "https://" + mute.Addr().String()}}
	c := start(t, endpoints(first, second, "timeouts {\nconnect 200ms\n}"))
	began := time.Now()
	c.served(1)
	if took := time.Since(began); took < 200*time.Millisecond || took > 4*time.Second {
		t.Errorf("served after %v, want the 200ms for connecting to be waited, and little more", took)
	}
}
