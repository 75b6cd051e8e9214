package gateway

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

func TestLend(t *testing.T) {
	for _, test := range []struct {
		size int64
		room int // 0: not lent
	}{{1, 0}, {128 << 10, 0}, {128<<10 + 1, 256 << 10}, {256 << 10, 256 << 10}, {256<<10 + 1, 512 << 10}, {5 << 20, 8 << 20}, {128 << 20, 128 << 20}, {128<<20 + 1, 0}} {
		m := lend(test.size)
		if got := m != nil; got != (test.room > 0) || got && cap(m.buf) != test.room {
			t.Errorf("%d bytes: lent %v", test.size, got)
		}
	}
}

// TestLentBodies: many large requests at once, read in part by an upstream that answers before it has read
// them, never see each other's bytes.
func TestLentBodies(t *testing.T) {
	const large = 300 << 10
	u := roundTrip(func(r *http.Request) (*http.Response, error) {
		head := make([]byte, 1<<10)
		if _, err := io.ReadFull(r.Body, head); err != nil {
			t.Error(err)
		}
		late := make(chan struct{})
		go func() { // as a transport may: the answer is there, the body is still being sent
			defer close(late)
			defer r.Body.Close()
			rest, err := io.ReadAll(r.Body)
			if mark := head[bytes.IndexByte(head, '#')+1]; err != nil || bytes.Count(rest, []byte{mark}) < large-2048 {
				t.Errorf("the body changed while it was sent: %v", err)
			}
		}()
		t.Cleanup(func() { <-late })
		return whole(`{"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}`), nil
	})
	g, _ := gatewayOf(t, upstreamOf(t, "up", "openai.chat", u))
	g.Routes[0].Candidates[0].Model = "another" // so that the document is written anew
	g.Observe = func(*http.Request, *usage.Record) {}
	var wait sync.WaitGroup
	for i := range 32 {
		wait.Go(func() {
			mark := string(rune('A' + i%26))
			w := post(g, chatPath, `{"model":"m","messages":[{"role":"user","content":"#`+strings.Repeat(mark, large)+`"}]}`)
			if w.Code != 200 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	wait.Wait()
}
