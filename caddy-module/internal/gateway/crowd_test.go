package gateway

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// TestCrowd: many exchanges of all dialects at once, in the same few instances, do not see each other.
func TestCrowd(t *testing.T) {
	streams := map[string]string{}
	for _, speaks := range dialects {
		streams[speaks] = streamOf(t, speaks)
	}
	type lane struct {
		c      client
		speaks string
	}
	var lanes []lane
	for _, c := range clients {
		for _, speaks := range dialects {
			lanes = append(lanes, lane{c, speaks})
		}
	}
	// Every answer names the mark that stands in its question.
	mark := func(asked string) string {
		_, rest, _ := strings.Cut(asked, "mark-")
		return "mark-" + rest[:6]
	}
	gateways := map[string]*Gateway{}
	for _, speaks := range dialects {
		u := roundTrip(func(r *http.Request) (*http.Response, error) {
			body := new(strings.Builder)
			b := make([]byte, 4096)
			for {
				n, err := r.Body.Read(b)
				body.Write(b[:n])
				if err != nil {
					break
				}
			}
			stream := fill(streams[speaks], []string{mark(body.String()), "card", "phone"})
			cut := len(stream) / 3
			return wire(speaks, stream[:cut], stream[cut:2*cut], stream[2*cut:]), nil
		})
		g, _ := gatewayOf(t, upstreamOf(t, "up", speaks, u), named(t, "redact", ""))
		g.Observe = func(*http.Request, *usage.Record) {}
		gateways[speaks] = New(g.Config)
	}
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 2 * len(lanes) {
				l := lanes[(worker*5+i)%len(lanes)]
				own := fmt.Sprintf("mark-%02d%04d", worker, i)
				w := post(gateways[l.speaks], l.c.path, strings.Replace(conversation(l.c.dialect), mail, own, 1))
				d := l.c.decode(w.Body.String())
				if text := clientOf(l.speaks).decode(fill(streams[l.speaks], []string{own, "card", "phone"})).said.Text; d.said.Text != text || len(d.wrong) > 0 {
					t.Errorf("%s of %s got %q, want %q %s", l.c.name, l.speaks, d.said.Text, text, d.wrong)
					return
				}
			}
		})
	}
	all.Wait()
}
