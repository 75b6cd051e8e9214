package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// TestRouteLimit: a stream holds its place until its last byte, the next exchange waits for it, and who finds
// the queue full is told in its own dialect when to come again.
func TestRouteLimit(t *testing.T) {
	for _, tt := range []struct{ path, body, want string }{
		{chatPath, ask, `"code":"overloaded"`},
		{"/v1/responses", `{"model":"m","input":"hi"}`, `"code":"overloaded"`},
		{"/v1/messages", `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`, `"type":"rate_limit_error"`},
		{"/v1beta/models/m:generateContent", `{"contents":[{"parts":[{"text":"hi"}]}]}`, `"status":"RESOURCE_EXHAUSTED"`},
		{"/api/chat", `{"model":"m","messages":[]}`, `"error":"route only has as many requests in progress as it may, and its queue is full"`},
	} {
		t.Run(tt.path, func(t *testing.T) {
			_ = codecs(t) // they are loaded outside of the bubble
			synctest.Test(t, func(t *testing.T) {
				body, upstreamSide := io.Pipe()
				u := &upstream{answer: func(n int, _ *http.Request, _ string) *http.Response {
					if n == 0 {
						return answered(200, "text/event-stream", body)
					}
					return whole(said)
				}}
				g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u))
				accounts := make(chan *usage.Record, 3)
				g.Now, g.Observe = time.Now, func(_ *http.Request, r *usage.Record) { accounts <- r }
				g.Routes[0].Gate = queue.New(queue.Limits{Concurrent: 1, Queue: 1, MaxWait: 30 * time.Second})
				results := make(chan *httptest.ResponseRecorder, 2)
				for _, body := range []string{askStream, ask} {
					go func() { results <- post(g, chatPath, body) }()
					synctest.Wait()
				}
				if _, err := io.WriteString(upstreamSide, delta("x")); err != nil {
					t.Fatal(err)
				}
				time.Sleep(8 * time.Second)
				w := post(g, tt.path, tt.body)
				if w.Code != 429 || w.Header().Get("Retry-After") != "16" || !strings.Contains(w.Body.String(), tt.want) {
					t.Errorf("a full queue: %d %v %s", w.Code, w.Header(), w.Body)
				}
				if r := <-accounts; r.Outcome != usage.Rejected || r.ErrorCode != "overloaded" || len(u.asked) != 1 {
					t.Errorf("account %+v, the upstream was asked %d times", r, len(u.asked))
				}
				_, _ = io.WriteString(upstreamSide, stop+"data: [DONE]\n\n")
				upstreamSide.Close()
				for range 2 {
					if w := <-results; w.Code != 200 {
						t.Errorf("got %d %s", w.Code, w.Body)
					}
				}
				if queued := (<-accounts).Queued + (<-accounts).Queued; queued != 8*time.Second {
					t.Errorf("the second one was queued for %v, want 8 s", queued)
				}
			})
		})
	}
}

// TestWaitedOut: who waits for too long is told so, and for how long.
func TestWaitedOut(t *testing.T) {
	_ = codecs(t) // they are loaded outside of the bubble
	synctest.Test(t, func(t *testing.T) {
		g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", &upstream{}))
		gate := queue.New(queue.Limits{Concurrent: 1, Queue: 1, MaxWait: 30 * time.Second})
		place, _ := gate.TryEnter()
		defer place.Leave()
		g.Routes[0].Gate = gate
		w := post(g, chatPath, ask)
		if w.Code != 429 || w.Header().Get("Retry-After") != "30" || !strings.Contains(w.Body.String(), "none of them ended in 30s") {
			t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
		}
	})
}

// TestClientLeavesTheQueue: over a real connection, with a request that would not have been read before it is sent on.
func TestClientLeavesTheQueue(t *testing.T) {
	g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", &upstream{}))
	gate := queue.New(queue.Limits{Concurrent: 1, Queue: 1})
	place, _ := gate.TryEnter()
	defer place.Leave()
	ended := make(chan *usage.Record, 1)
	g.Routes[0].Gate, g.Observe = gate, func(_ *http.Request, r *usage.Record) { ended <- r }
	server := httptest.NewServer(g)
	defer server.Close()
	ctx, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+chatPath, strings.NewReader(ask))
	if err != nil {
		t.Fatal(err)
	}
	left := make(chan error, 1)
	go func() {
		_, err := http.DefaultClient.Do(request)
		left <- err
	}()
	for gate.Stats().Waiting == 0 {
		runtime.Gosched()
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the client got %v", err)
	}
	if r := <-ended; r.Outcome != usage.Aborted || r.Status != statusClientClosed {
		t.Errorf("account %+v", r)
	}
	if s := gate.Stats(); s.Waiting != 0 || s.Abandoned != 1 {
		t.Errorf("gate %+v", s)
	}
}

// TestProviderLimit: a provider that is full is passed over, or waited for if it is the last one; a request that
// was to be sent unread arrives whole after the wait.
func TestProviderLimit(t *testing.T) {
	_ = codecs(t) // they are loaded outside of the bubble
	synctest.Test(t, func(t *testing.T) {
		g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", &upstream{}))
		c := g.Routes[0].Candidates[0]
		c.Gate = queue.New(queue.Limits{Concurrent: 1, Queue: 1, MaxWait: 30 * time.Second})
		place, _ := c.Gate.TryEnter()
		r := httptest.NewRequest(http.MethodPost, chatPath, strings.NewReader(ask))
		d, named, _ := dialect.Detect(r)
		x := g.open(httptest.NewRecorder(), r, d, named)
		defer x.close()
		x.take(g.Routes[0])
		in := x.prepare()
		if in.Body == nil {
			t.Fatal("the request is not one that is sent unread")
		}
		_, err := x.enterProvider(t.Context(), c, false)
		if e, _ := explain(err); e.Status != 429 || e.Message != "provider one has as many requests in progress as it may" {
			t.Errorf("got %v: %+v", err, e)
		}
		time.AfterFunc(time.Second, place.Leave)
		began := time.Now()
		next, err := x.enterProvider(t.Context(), c, true)
		if err != nil || time.Since(began) != time.Second {
			t.Fatalf("got %v after %v", err, time.Since(began))
		}
		next.Leave()
		if in.Body != nil || string(in.Bytes) != ask {
			t.Errorf("attempts find %q", in.Bytes)
		}
	})
}

// TestProvidersFull: a provider without a free place makes way for one that has one; if none has, the first is
// waited for, and refuses when its queue is full.
func TestProvidersFull(t *testing.T) {
	_ = codecs(t) // they are loaded outside of the bubble
	synctest.Test(t, func(t *testing.T) {
		answers := func(int, *http.Request, string) *http.Response { return whole(said) }
		g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", &upstream{answer: answers}))
		r := g.Routes[0]
		r.Candidates = append(r.Candidates, candidate(t, upstreamOf(t, "two", "openai.chat", &upstream{answer: answers})))
		for _, c := range r.Candidates {
			c.Gate = queue.New(queue.Limits{Concurrent: 1, Queue: 1})
		}
		one, two := r.Candidates[0].Gate, r.Candidates[1].Gate
		served := func(provider string, after time.Duration) {
			t.Helper()
			began := time.Now()
			w := post(g, chatPath, ask)
			if got := w.Header().Get("X-Longmen-Provider"); w.Code != 200 || got != provider || time.Since(began) != after {
				t.Errorf("%s answered %d after %v, want %s after %v: %s", got, w.Code, time.Since(began), provider, after, w.Body)
			}
		}
		held, _ := one.TryEnter()
		served("two", 0)
		other, _ := two.TryEnter()
		time.AfterFunc(3*time.Second, held.Leave)
		served("one", 3*time.Second)

		held, _ = one.TryEnter()
		waits := make(chan *httptest.ResponseRecorder)
		go func() { waits <- post(g, chatPath, ask) }()
		synctest.Wait()
		if w := post(g, chatPath, ask); w.Code != 429 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "provider one has as many requests") {
			t.Errorf("with all places and the queue full: %d %v %s", w.Code, w.Header(), w.Body)
		}
		held.Leave()
		if w := <-waits; w.Code != 200 {
			t.Errorf("who waited got %d %s", w.Code, w.Body)
		}
		other.Leave()
		for _, gate := range []*queue.Gate{one, two} {
			if s := gate.Stats(); s.Inside != 0 || s.Waiting != 0 {
				t.Errorf("after all have left: %+v", s)
			}
		}
	})
}

// TestCallers: what queues tell callers apart by, and whose priority counts.
func TestCallers(t *testing.T) {
	for _, tt := range []struct {
		who      auth.Principal
		ip, want string
		priority queue.Class
	}{
		{auth.Principal{ID: "0123456789ab", Labels: map[string]string{"priority": "high"}}, "192.0.2.1", "0123456789ab", queue.High},
		{auth.Principal{ID: "0123456789ab", Labels: map[string]string{"team": "legal"}}, "192.0.2.1", "0123456789ab", queue.Low},
		{auth.Principal{}, "192.0.2.1", "192.0.2.1", queue.Low},
		{auth.Principal{}, "::ffff:192.0.2.1", "::ffff:192.0.2.1", queue.Low},
		{auth.Principal{}, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", queue.Low},
		{auth.Principal{}, "fe80::1:2:3:4%eth0", "fe80::/64", queue.Low},
		{auth.Principal{}, "unix", "unix", queue.Low},
	} {
		x := &exchange{who: tt.who, chosen: &Route{Priority: queue.Low}, record: usage.Record{ClientIP: tt.ip}}
		if got := x.caller(); got != tt.want {
			t.Errorf("%+v from %s is %q, want %q", tt.who, tt.ip, got, tt.want)
		}
		if got := x.priority(); got != tt.priority {
			t.Errorf("%+v has priority %s, want %s", tt.who, got, tt.priority)
		}
	}
}

// TestMaxBody: a body of as many bytes as the route or the gateway allows arrives whole, one byte more is
// refused with 413 and goes nowhere, whether its length is declared and whether the gateway reads it.
func TestMaxBody(t *testing.T) {
	const head, foot = `{"model":"m","messages":[{"role":"user","content":"`, `"}]}`
	for _, tt := range []struct {
		name         string
		route, bytes int64
		want         string // of the refusal
	}{
		{"route", 10 << 20, 10 << 20, ""},
		{"over the route's", 10 << 20, 10<<20 + 1, "more than 10485760 bytes, the max_body of route only"},
		{"gateway", 0, 64 << 20, ""},
		{"over the gateway's", 0, 64<<20 + 1, "more than 67108864 bytes, the max_body of this gateway"},
		{"a route's beyond the gateway's", 1 << 40, 64<<20 + 1, "more than 67108864 bytes, the max_body of this gateway"},
	} {
		for _, read := range []string{"unread", "read", "read by a rule"} {
			for _, declared := range []bool{true, false} {
				name := tt.name + "/" + read
				if !declared {
					name += "/chunked"
				}
				t.Run(name, func(t *testing.T) {
					var got int64
					u := roundTrip(func(r *http.Request) (*http.Response, error) {
						defer r.Body.Close()
						n, err := io.Copy(io.Discard, r.Body)
						if err != nil {
							return nil, err
						}
						got = n
						return whole(said), nil
					})
					g, accounts := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u))
					g.Routes[0].MaxBody = tt.route
					switch read {
					case "read":
						g.Aliases = map[string]string{"other": "m"}
					case "read by a rule":
						rule, err := route.Compile(`model == "m"`, route.Schema{})
						if err != nil {
							t.Fatal(err)
						}
						g.Routes[0].Rule = rule
					}
					length := tt.bytes - int64(len(head)+len(foot))
					body := io.MultiReader(strings.NewReader(head), io.LimitReader(letters{}, length), strings.NewReader(foot))
					r := httptest.NewRequest(http.MethodPost, chatPath, body)
					r.ContentLength = -1
					if declared {
						r.ContentLength = tt.bytes
					}
					w := httptest.NewRecorder()
					g.ServeHTTP(w, r)
					if tt.want == "" {
						if w.Code != 200 || got != tt.bytes {
							t.Errorf("%d %s, the upstream got %d bytes of %d", w.Code, w.Body, got, tt.bytes)
						}
						return
					}
					if w.Code != 413 || !strings.Contains(w.Body.String(), tt.want) || got != 0 || (*accounts)[0].Outcome != usage.ClientError {
						t.Errorf("%d %s, the upstream got %d bytes, account %+v", w.Code, w.Body, got, (*accounts)[0])
					}
				})
			}
		}
	}
}

// letters are without end.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
