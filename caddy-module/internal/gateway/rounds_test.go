package gateway

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestRounds: a second round comes where it may help, after a pause, and not where everybody has asked to be left alone.
func TestRounds(t *testing.T) {
	_ = codecs(t)
	for _, tt := range []struct {
		name       string
		first      func() *http.Response
		status     int
		asked      int
		least, max time.Duration
	}{
		{"overload that passes", func() *http.Response {
			return answered(503, "application/json", strings.NewReader(`{"error":{"message":"busy","code":"overloaded"}}`))
		}, 200, 2, 100 * time.Millisecond, 300 * time.Millisecond},
		{"told to wait", func() *http.Response {
			resp := answered(429, "application/json", strings.NewReader(`{"error":{"message":"slow","code":"rate_limit_exceeded"}}`))
			resp.Header.Set("Retry-After", "7")
			return resp
		}, 429, 1, 0, 0},
		{"wrong", func() *http.Response {
			return answered(400, "application/json", strings.NewReader(`{"error":{"message":"no","code":"bad_value"}}`))
		}, 400, 1, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				g, r, _ := several(t, roundTrip(func(*http.Request) (*http.Response, error) {
					if asked++; asked == 1 {
						return tt.first(), nil
					}
					return whole(said), nil
				}))
				r.Retry = (&Retry{Policy: r.Retry.Policy, Rounds: 2}).Complete()
				began := time.Now()
				w := post(g, chatPath, ask)
				if took := time.Since(began); w.Code != tt.status || asked != tt.asked || took < tt.least || took > tt.max {
					t.Errorf("%d after %v and %d attempts", w.Code, took, asked)
				}
				if tt.status == 429 && w.Header().Get("Retry-After") != "7" {
					t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
				}
			})
		})
	}
}
