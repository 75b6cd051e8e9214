package gateway

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

// reader is a plugin that reads texts and leaves them as they are.
type reader struct{ pipeline.Hooks }

func (reader) Text(context.Context, *wasm.Frame, uint8, []text.Segment, *text.Reply) error {
	return nil
}

// TestKeepAlive shows that a silent stream gets comments, one that speaks does not, and that none comes after
// the end.
func TestKeepAlive(t *testing.T) {
	const event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n"
	const finish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
	for _, tt := range []struct {
		name  string
		pause time.Duration
		least int
		most  int
	}{
		{"words in time", 4 * time.Second, 0, 0},
		{"silent once", 12 * time.Second, 5, 10}, // after each of five events
		{"silent for long", time.Minute, 25, 60},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				body, upstreamSide := io.Pipe()
				go func() {
					for range 5 {
						_, _ = io.WriteString(upstreamSide, event)
						time.Sleep(tt.pause)
					}
					_, _ = io.WriteString(upstreamSide, finish)
					upstreamSide.Close()
				}()
				u := &upstream{answer: func(int, *http.Request, string) *http.Response { return answered(200, "text/event-stream", body) }}
				g, _ := gatewayOf(t, upstreamOf(t, "up", "openai.chat", u), &pipeline.Plugin{Name: "reader", Hooks: reader{}, Has: pipeline.HasText})
				g.KeepAlive = 10 * time.Second
				w := post(g, "/v1/chat/completions", `{"model":"m","stream":true,"messages":[]}`)
				got := w.Body.String()
				n := strings.Count(got, ": keep-alive\n\n")
				if n < tt.least || n > tt.most {
					t.Errorf("got %d comments, want %d to %d", n, tt.least, tt.most)
				}
				if rest := strings.ReplaceAll(got, ": keep-alive\n\n", ""); rest != strings.Repeat(event, 5)+finish {
					t.Errorf("got %q", rest)
				}
				time.Sleep(time.Minute)
				if w.Body.String() != got {
					t.Error("something was written after the end")
				}
			})
		})
	}
}
