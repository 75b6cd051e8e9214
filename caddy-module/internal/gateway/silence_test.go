package gateway

import (
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// idle is a connection that breaks when nothing comes for a while, as those of proxies to their upstreams do.
type idle struct {
	net.Conn
	limit time.Duration
}

// Read implements net.Conn.
func (c idle) Read(b []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(time.Now().Add(c.limit)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// behindProxy sends a request to a gateway behind a proxy that waits a minute for every byte, and in front of a provider that is
// silent at times. It gives the answer, and how reading it ended.
func behindProxy(t *testing.T, speaks, path, body string, change func(*Route), answer http.HandlerFunc) (*http.Response, string, error) {
	t.Helper()
	network := newMemnet(t)
	network.serve("upstream", answer)
	p, err := provider.New(provider.Config{Name: "up", BaseURL: "http://upstream/v1", Dialects: []string{speaks}, Keys: []string{"key"}, Transport: network.transport(nil)})
	if err != nil {
		t.Fatal(err)
	}
	g, _ := gatewayOf(t, p)
	g.Now = time.Now
	if change != nil {
		change(g.Routes[0])
	}
	network.serve("gateway", g)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "gateway"})
	proxy.Transport = network.transport(func(c net.Conn) net.Conn { return idle{c, time.Minute} })
	proxy.FlushInterval = -1
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusGatewayTimeout) }
	network.serve("proxy", proxy)
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://proxy"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := network.transport(nil).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, string(b), err
}

// TestSilenceBehindProxy: a model that thinks for ten minutes, before its first word or in the middle, is waited for through a proxy
// that hangs up after a minute of silence, in every dialect and translation.
func TestSilenceBehindProxy(t *testing.T) {
	_ = codecs(t)
	const ping = "event: ping\ndata: {\"type\":\"ping\"}\n\n"
	for _, rec := range recordings(t) {
		if !strings.HasSuffix(rec.name, "tools") {
			continue
		}
		events, err := clientOf(rec.speaks).frames(rec.stream)
		if err != nil {
			t.Fatal(err)
		}
		stream := join(t, rec.speaks, events)
		for _, c := range clients {
			for name, first := range map[string]int{"before the first word": 0, "in the middle": len(events) / 2} {
				head := join(t, rec.speaks, events[:first])
				t.Run(rec.name+" to "+c.name+" "+name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						resp, body, err := behindProxy(t, rec.speaks, c.path, conversation(c.dialect), nil, func(w http.ResponseWriter, r *http.Request) {
							_, _ = io.Copy(io.Discard, r.Body)
							w.Header().Set("Content-Type", wire(rec.speaks).Header.Get("Content-Type"))
							if first > 0 {
								_, _ = io.WriteString(w, head)
								_ = http.NewResponseController(w).Flush()
							}
							time.Sleep(10 * time.Minute)
							_, _ = io.WriteString(w, stream[len(head):])
						})
						if err != nil || resp.StatusCode != http.StatusOK {
							t.Fatalf("%d, %v: %s", resp.StatusCode, err, body)
						}
						for strings.HasPrefix(body, ping) { // clients skip them wherever they stand
							body = body[len(ping):]
						}
						d := c.decode(body)
						if len(d.wrong) > 0 || d.said.Finish == "error" {
							t.Errorf("%s\n%s", strings.Join(d.wrong, "\n"), body)
						}
						if lost := clientOf(rec.speaks).decode(stream).said.lost(d.said, rec.speaks, c.dialect); lost != "" {
							t.Error(lost)
						}
					})
				})
			}
		}
	}
}

// TestSilenceUnread: a request that nobody has to read is waited for as one that is: by what it asks for, a stream or not, as far as its
// size lets that be known.
func TestSilenceUnread(t *testing.T) {
	_ = codecs(t)
	large := strings.Repeat("x", 2*smallBody)
	ollama := func() *http.Response {
		return whole(`{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"hello"},"done":true,"done_reason":"stop"}`)
	}
	long := roundTrip(func(r *http.Request) (*http.Response, error) {
		body, up := io.Pipe()
		go func() {
			for range 30 {
				_, _ = io.WriteString(up, delta("hello"))
				select {
				case <-time.After(time.Minute):
				case <-r.Context().Done():
					up.CloseWithError(r.Context().Err())
					return
				}
			}
			_, _ = io.WriteString(up, stop+"data: [DONE]\n\n")
			up.Close()
		}()
		return answered(200, "text/event-stream", body), nil
	})
	for _, tt := range []struct {
		name, speaks, body string
		u                  http.RoundTripper
		ends               string // how the answer does
		pings              bool
	}{
		{"one piece where streams are usual", "ollama.chat", `{"model":"m","stream":false,"messages":[]}`, after(time.Minute, ollama), `"stop"}`, false},
		{"one piece, large", "ollama.chat", `{"model":"m","stream":false,"messages":[{"role":"user","content":"` + large + `"}]}`, after(time.Minute, ollama), `"stop"}`, false},
		{"stream", "openai.chat", askStream, after(time.Minute, func() *http.Response { return streamed(delta("hello"), stop, "data: [DONE]\n\n") }), "[DONE]\n\n", true},
		{"long stream", "openai.chat", askStream, long, "[DONE]\n\n", true},
		{"long stream after a large request", "openai.chat", strings.Replace(askStream, "hi", large, 1), long, "[DONE]\n\n", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, accounts := gatewayOf(t, upstreamOf(t, "up", tt.speaks, tt.u))
				w := post(g, pathOf(tt.speaks, false), tt.body)
				if got := w.Body.String(); w.Code != 200 || !strings.HasSuffix(got, tt.ends) || strings.Contains(got, ": keep-alive") != tt.pings {
					t.Errorf("%d %s", w.Code, got)
				}
				if r := (*accounts)[0]; r.Outcome != usage.OK || len(tt.body) < smallBody && (r.Stream != tt.pings || r.Model != "m" || r.UpstreamModel != "m") {
					t.Errorf("account %+v", r)
				}
			})
		})
	}
	t.Run("first token at another endpoint", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			u := roundTrip(func(r *http.Request) (*http.Response, error) {
				if r.URL.Host == "one.example" {
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				return streamed(delta("hello"), stop, "data: [DONE]\n\n"), nil
			})
			p, err := provider.New(provider.Config{
				Name: "up", Dialects: []string{"openai.chat"}, Keys: []string{"key"}, Transport: u, Timeouts: provider.Timeouts{FirstToken: 3 * time.Second},
				Endpoints: []provider.EndpointConfig{{Name: "one", BaseURL: "http://one.example/v1"}, {Name: "two", BaseURL: "http://two.example/v1"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			g, accounts := gatewayOf(t, p)
			began := time.Now()
			w := post(g, chatPath, askStream)
			if took := time.Since(began); w.Code != 200 || took > 4*time.Second || !strings.Contains(w.Body.String(), "hello") {
				t.Errorf("%d after %v: %s", w.Code, took, w.Body)
			}
			if got := tried((*accounts)[0]); len(got) != 2 || got[0] != "up 0 timeout" {
				t.Errorf("tried %v", got)
			}
		})
	})
}

// TestStreamLimit: a stream that never ends is ended, whether it was known beforehand that one would come or not.
func TestStreamLimit(t *testing.T) {
	_ = codecs(t)
	for name, body := range map[string]string{"known": askStream, "unknown": strings.Replace(askStream, "hi", strings.Repeat("x", 2*smallBody), 1)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := roundTrip(func(r *http.Request) (*http.Response, error) {
					body, up := io.Pipe()
					go func() {
						for r.Context().Err() == nil {
							_, _ = io.WriteString(up, delta("more "))
							time.Sleep(time.Minute)
						}
						up.CloseWithError(r.Context().Err())
					}()
					return answered(200, "text/event-stream", body), nil
				})
				p, err := provider.New(provider.Config{
					Name: "up", BaseURL: "http://upstream.example/v1", Dialects: []string{"openai.chat"}, Keys: []string{"key"}, Transport: u,
					Timeouts: provider.Timeouts{Stream: time.Hour, Answer: time.Minute},
				})
				if err != nil {
					t.Fatal(err)
				}
				g, accounts := gatewayOf(t, p)
				began := time.Now()
				w := post(g, chatPath, body)
				if took := time.Since(began); took < time.Hour || took > time.Hour+time.Minute || strings.Count(w.Body.String(), "more ") < 59 || !strings.Contains(w.Body.String(), `"error"`) {
					t.Errorf("%d after %v: %.300s", w.Code, took, w.Body)
				}
				if got := tried((*accounts)[0]); len(got) != 1 || got[0] != "up 200 timeout" {
					t.Errorf("tried %v", got)
				}
			})
		})
	}
}
