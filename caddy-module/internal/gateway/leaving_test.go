package gateway

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// TestUpstreamSeesClientLeave: whichever dialects client and provider speak, streamed or not, before the answer and in the middle of
// it, with plugins and without: the provider's connection is closed within 100 ms after the client's.
func TestUpstreamSeesClientLeave(t *testing.T) {
	_ = codecs(t)
	redact := named(t, "redact", "")
	spoken := make(map[string]string) // a half of a stream by its dialect
	for _, rec := range recordings(t) {
		if !strings.HasSuffix(rec.name, "tools") {
			continue
		}
		events, err := clientOf(rec.speaks).frames(rec.stream)
		if err != nil {
			t.Fatal(err)
		}
		spoken[rec.speaks] = join(t, rec.speaks, events[:len(events)*2/3])
	}
	leave := func(t *testing.T, client, speaks string, stream, begun, plugin bool) {
		network := newMemnet(t)
		var seen atomic.Int64
		network.serve("upstream", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			switch {
			case begun && stream:
				w.Header().Set("Content-Type", wire(speaks).Header.Get("Content-Type"))
				_, _ = io.WriteString(w, spoken[speaks])
			case begun:
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, wordAnswer[speaks][:20])
			}
			if begun {
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
			seen.Store(time.Now().UnixNano())
		}))
		p, err := provider.New(provider.Config{Name: "up", BaseURL: "http://upstream/v1", Dialects: []string{speaks}, Keys: []string{"key"}, Transport: network.transport(nil)})
		if err != nil {
			t.Fatal(err)
		}
		g, accounts := gatewayOf(t, p)
		g.Now = time.Now
		if plugin {
			g.Routes[0].Plugins = append(g.Routes[0].Plugins, redact)
		}
		network.serve("gateway", g)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "POST", "http://gateway"+pathOf(client, stream), strings.NewReader(conversationOf(client, stream)))
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			resp, err := network.transport(nil).RoundTrip(r)
			if err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			ended <- err
		}()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		left := time.Now()
		cancel()
		if err := <-ended; err == nil {
			t.Error("the client has a whole answer")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if at := time.Unix(0, seen.Load()); seen.Load() == 0 || at.Sub(left) > 100*time.Millisecond {
			t.Errorf("the provider saw it after %v", at.Sub(left))
		}
		if len(*accounts) != 1 || (*accounts)[0].Outcome != usage.Aborted {
			t.Errorf("accounts = %+v", *accounts)
		}
	}
	pairs(t, func(t *testing.T, client, speaks string) {
		for n := range 8 {
			stream, begun, plugin := n&1 != 0, n&2 != 0, n&4 != 0
			t.Run(fmt.Sprintf("stream %t, begun %t, plugin %t", stream, begun, plugin), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { leave(t, client, speaks, stream, begun, plugin) })
			})
		}
	})
}
