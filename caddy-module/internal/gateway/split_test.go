package gateway

import (
	"fmt"
	"math"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestSplitConverges: of 10,000 sessions nine in ten go to one candidate, the closer the more there are, and each stays with its
// candidate however many requests it makes.
func TestSplitConverges(t *testing.T) {
	const sessions = 10_000
	g, r, accounts := several(t, serve, serve)
	r.Order = Order{Strategy: Split, Weights: []float64{90, 10}, Sticky: "session"}
	to := func(n int) string {
		req := httptest.NewRequest("POST", chatPath, strings.NewReader(ask))
		req.Header.Set("X-Session-Id", fmt.Sprint("session ", n))
		g.ServeHTTP(&discard{h: map[string][]string{}}, req)
		return (*accounts)[len(*accounts)-1].Provider
	}
	went, second := make([]string, sessions), 0
	for n := range sessions {
		went[n] = to(n)
		if went[n] == "two" {
			second++
		}
		if n++; n%1000 == 0 {
			if share, off := float64(second)/float64(n), 4*math.Sqrt(0.1*0.9/float64(n)); math.Abs(share-0.1) > off {
				t.Errorf("of %d sessions %.4f went to the second one, want 0.1 within %.4f", n, share, off)
			}
		}
	}
	for n := 0; n < sessions; n += 7 {
		if got := to(n); got != went[n] {
			t.Fatalf("session %d went to %s, then to %s", n, went[n], got)
		}
	}
}
