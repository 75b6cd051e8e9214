package gateway

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// slowly is a reader each of whose reads takes a second.
type slowly struct{ io.Reader }

func (s slowly) Read(p []byte) (int, error) {
	time.Sleep(time.Second)
	return s.Reader.Read(p)
}

func (s slowly) Close() error { return nil }

// worker is a plugin that takes its time.
type worker struct {
	pipeline.Hooks
	takes time.Duration
	drops int // events that it keeps to itself
}

func (w *worker) Request(context.Context, *wasm.Frame, document.Node) error {
	time.Sleep(w.takes)
	return nil
}

func (w *worker) Event(context.Context, *wasm.Frame, document.Node) (bool, error) {
	time.Sleep(w.takes)
	w.drops--
	return w.drops >= 0, nil
}

// TestOverhead: what an exchange waits for is not its own, what it works on until its answer begins is.
func TestOverhead(t *testing.T) {
	const own = 7 * time.Millisecond // of each request, before it is routed
	slow := func(wait time.Duration, answer func() *http.Response) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			time.Sleep(wait)
			resp := answer()
			resp.Body = slowly{resp.Body}
			return resp, nil
		})
	}
	good := func() *http.Response { return whole(said) }
	busy := func() *http.Response {
		return answered(503, "application/json", strings.NewReader(`{"error":{"message":"busy","code":"overloaded"}}`))
	}
	events := func() *http.Response { return streamed(delta("a"), delta("b"), delta("c"), stop, "data: [DONE]\n\n") }
	for _, tt := range []struct {
		name      string
		upstreams []http.RoundTripper
		plugin    *worker
		set       func(*Route)
		stream    bool
		want      time.Duration
	}{
		{name: "passed through", upstreams: []http.RoundTripper{slow(time.Second, good)}, want: own},
		{name: "read", upstreams: []http.RoundTripper{slow(time.Second, good)}, plugin: &worker{takes: 2 * time.Millisecond}, want: own + 2*time.Millisecond},
		{name: "a stream that is passed through", upstreams: []http.RoundTripper{slow(time.Second, events)}, stream: true, want: own},
		{name: "a stream whose second event is the client's first", upstreams: []http.RoundTripper{slow(time.Second, events)},
			plugin: &worker{takes: 2 * time.Millisecond, drops: 1}, stream: true, want: own + 6*time.Millisecond},
		{name: "failed over", upstreams: []http.RoundTripper{slow(time.Second, busy), slow(time.Minute, good)}, want: own},
		{name: "after a pause", upstreams: []http.RoundTripper{slow(time.Second, busy)}, want: own,
			set: func(r *Route) { r.Retry = (&Retry{Policy: r.Retry.Policy, Rounds: 2}).Complete() }},
		{name: "hedged", upstreams: []http.RoundTripper{slow(time.Minute, good), slow(time.Second, good)}, want: own,
			set: func(r *Route) { r.Hedge = Hedge{On: true, After: 2 * time.Second} }},
		{name: "queued", upstreams: []http.RoundTripper{slow(time.Second, good)}, want: own, set: func(r *Route) {
			r.Gate = queue.New(queue.Limits{Concurrent: 1, Queue: 1, MaxWait: time.Minute})
			place, _ := r.Gate.TryEnter()
			time.AfterFunc(30*time.Second, place.Leave)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_ = codecs(t) // they are loaded outside of the bubble
			synctest.Test(t, func(t *testing.T) {
				g, r, accounts := several(t, tt.upstreams...)
				g.ClientIP = func(*http.Request) string { time.Sleep(own); return "127.0.0.1" }
				if tt.plugin != nil {
					has := pipeline.SetOf(func(hook string) bool { return hook == "request" || tt.stream && hook == "event" })
					r.Plugins = []*pipeline.Plugin{{Name: "worker", Hooks: tt.plugin, Has: has}}
				}
				if tt.set != nil {
					tt.set(r)
				}
				body := ask
				if tt.stream {
					body = askStream
				}
				began := time.Now()
				request := httptest.NewRequest(http.MethodPost, chatPath, slowly{strings.NewReader(body)})
				request.ContentLength = int64(len(body))
				g.ServeHTTP(&slowClient{ResponseRecorder: httptest.NewRecorder()}, request)
				time.Sleep(time.Hour) // what is still under way ends
				if len(*accounts) != 1 || (*accounts)[0].Overhead != tt.want || (*accounts)[0].FirstEvent < 3*time.Second {
					t.Errorf("after %v: got %+v, want an overhead of %v", time.Since(began), (*accounts)[0], tt.want)
				}
			})
		})
	}
}

// slowClient takes a second for each piece of its answer.
type slowClient struct{ *httptest.ResponseRecorder }

func (c *slowClient) Write(b []byte) (int, error) {
	time.Sleep(time.Second)
	return c.ResponseRecorder.Write(b)
}

// TestOverheadOfNobody: who is refused before anybody was asked has cost what the gateway took, and who leaves before anything was said, nothing.
func TestOverheadOfNobody(t *testing.T) {
	_ = codecs(t) // they are loaded outside of the bubble
	synctest.Test(t, func(t *testing.T) {
		u := roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		g, _, accounts := several(t, u)
		g.ClientIP = func(*http.Request) string { time.Sleep(time.Millisecond); return "127.0.0.1" }
		post(g, "/v1/nothing", ask)
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		g.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodPost, chatPath, strings.NewReader(ask)))
		if a := *accounts; a[0].Overhead != time.Millisecond || a[1].Overhead != 0 || a[1].FirstEvent != 0 {
			t.Errorf("got %v and %v", a[0].Overhead, a[1].Overhead)
		}
	})
}
