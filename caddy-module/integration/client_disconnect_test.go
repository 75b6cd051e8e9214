package integration

import (
	"context"
	"io"
	"strings"
	"testing"
)

// aborted counts the exchanges whose clients went away.
func (c *running) aborted() (n float64) {
	c.t.Helper()
	for name, v := range c.metrics() {
		if strings.HasPrefix(name, "caddy_llm_gateway_requests_total{") && strings.Contains(name, `outcome="aborted"`) {
			n += v
		}
	}
	return n
}

// TestClientDisconnect shows that a client that hangs up ends the upstream's work, and that the account and
// the audit record are written all the same.
func TestClientDisconnect(t *testing.T) {
	t.Chdir(t.TempDir())
	u := newUpstream(t)
	shaped(t, 1, true, 3)
	for _, stream := range []bool{true, false} {
		name := map[bool]string{true: "stream", false: "whole"}[stream]
		t.Run(name, func(t *testing.T) {
			c := start(t, strings.Replace(reloadable(u, ""), "use shape pii", "use shape pii audit", 1))
			before, asked := c.aborted(), u.requests()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error)
			go func() {
				resp, err := c.post(ctx, chat("m", "wait for jane@example.com", stream))
				if err == nil {
					_, err = io.ReadAll(resp.Body)
					resp.Body.Close()
				}
				ended <- err
			}()
			eventually(t, "the upstream was asked", func() bool { return u.requests() > asked })
			cancel()
			if err := <-ended; err == nil {
				t.Fatal("the client got an answer")
			}
			left := false
			eventually(t, "the upstream's request was cancelled", func() bool {
				select {
				case <-u.gone:
					left = true
				default:
				}
				return left
			})
			eventually(t, "the account", func() bool { return c.aborted() == before+1 })
			eventually(t, "the audit record", func() bool {
				for line := range strings.Lines(c.logged()) {
					if strings.Contains(line, `"logger":"llm_gateway.record`) && strings.Contains(line, "aborted") {
						return true
					}
				}
				return false
			})
		})
	}
}
