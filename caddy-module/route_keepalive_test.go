package caddyllm

import (
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// TestKeepAlive: the gateway's routes have what the configuration says.
func TestKeepAlive(t *testing.T) {
	_, h := configure(t, demoApp, `{"auth":{"mode":"none"},"routes":[{"rule":"stream","to":["demo"]},{"to":["demo"],"keep_alive":{"streams":"10s","answers":"1m"}}]}`)
	want := []gateway.KeepAlive{{}, {Streams: 10 * time.Second, Answers: time.Minute}}
	for i, r := range h.gateway.Routes {
		if r.KeepAlive != want[i] {
			t.Errorf("route %d: got %+v, want %+v", i, r.KeepAlive, want[i])
		}
	}
}
