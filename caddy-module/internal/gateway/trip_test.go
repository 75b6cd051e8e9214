package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

// several is a gateway with a route to upstreams "one", "two" and so on, which speak openai.chat.
func several(t testing.TB, upstreams ...http.RoundTripper) (*Gateway, *Route, *[]*usage.Record) {
	t.Helper()
	var g *Gateway
	var accounts *[]*usage.Record
	for i, u := range upstreams {
		name := []string{"one", "two", "three"}[i]
		p, err := provider.New(provider.Config{Name: name, BaseURL: "http://upstream.example/v1", Dialects: []string{"openai.chat"}, Keys: []string{"key"}, Transport: u})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			g, accounts = gatewayOf(t, p)
			g.Now = time.Now
			continue
		}
		g.Routes[0].Candidates = append(g.Routes[0].Candidates, candidate(t, p))
	}
	return g, g.Routes[0], accounts
}

// tried is what an account says of its attempts.
func tried(r *usage.Record) (out []string) {
	for _, a := range r.Attempts {
		out = append(out, fmt.Sprintf("%s %d %s", a.Provider, a.Status, a.Class))
	}
	return out
}

func refuse(status int, code string) http.RoundTripper {
	return roundTrip(func(*http.Request) (*http.Response, error) {
		return answered(status, "application/json", strings.NewReader(`{"error":{"message":"no","code":"`+code+`"}}`)), nil
	})
}

var serve = roundTrip(func(*http.Request) (*http.Response, error) { return whole(said), nil })

// after answers once a while has passed, unless its request is given up before.
func after(d time.Duration, resp func() *http.Response) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return resp(), nil
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	})
}

// TestPolicy: what follows from a failure is its class's matter.
func TestPolicy(t *testing.T) {
	_ = codecs(t) // outside of the bubble
	with := func(change func(*Retry, *Route, func(http.RoundTripper) *attempt.Candidate)) func(*Retry, *Route, func(http.RoundTripper) *attempt.Candidate) {
		return change
	}
	for _, tt := range []struct {
		name   string
		first  http.RoundTripper
		second http.RoundTripper
		change func(*Retry, *Route, func(http.RoundTripper) *attempt.Candidate)
		status int
		want   []string
	}{
		{"server error goes on", refuse(500, "x"), serve, nil, 200, []string{"one 500 server_error", "two 200 none"}},
		{"bad request ends", refuse(400, "x"), serve, nil, 400, []string{"one 400 bad_request"}},
		{"context length goes on", refuse(400, "context_length_exceeded"), serve, nil, 200, []string{"one 400 context_length", "two 200 none"}},
		{"give up", refuse(500, "x"), serve, with(func(r *Retry, _ *Route, _ func(http.RoundTripper) *attempt.Candidate) {
			r.Policy[failure.ServerError] = failure.Rule{}
		}), 500, []string{"one 500 server_error"}},
		{"same twice", refuse(503, "x"), serve, with(func(r *Retry, _ *Route, _ func(http.RoundTripper) *attempt.Candidate) {
			r.Policy[failure.Overload] = failure.Rule{Action: failure.Same, Times: 2}
		}), 200, []string{"one 503 overload", "one 503 overload", "one 503 overload", "two 200 none"}},
		{"rounds", refuse(500, "x"), refuse(502, "x"), with(func(r *Retry, _ *Route, _ func(http.RoundTripper) *attempt.Candidate) { r.Rounds = 2 }), 502,
			[]string{"one 500 server_error", "two 502 server_error", "one 500 server_error", "two 502 server_error"}},
		{"no round after what does not pass", refuse(404, "model_not_found"), refuse(404, "model_not_found"),
			with(func(r *Retry, _ *Route, _ func(http.RoundTripper) *attempt.Candidate) { r.Rounds = 2 }), 404, []string{"one 404 model_not_found", "two 404 model_not_found"}},
		{"attempts", refuse(500, "x"), refuse(500, "x"), with(func(r *Retry, _ *Route, _ func(http.RoundTripper) *attempt.Candidate) { r.Rounds, r.Attempts = 9, 3 }), 500,
			[]string{"one 500 server_error", "two 500 server_error", "one 500 server_error"}},
		{"budget", after(time.Second, func() *http.Response { return answered(500, "application/json", strings.NewReader(`{}`)) }), serve,
			with(func(r *Retry, _ *Route, _ func(http.RoundTripper) *attempt.Candidate) { r.Budget = time.Second / 2 }), 500, []string{"one 500 server_error"}},
		{"fallback of the class", refuse(400, "context_length_exceeded"), refuse(500, "x"), with(func(_ *Retry, r *Route, to func(http.RoundTripper) *attempt.Candidate) {
			r.Fallbacks = map[failure.Class][]*attempt.Candidate{failure.ContextLength: {to(serve)}}
		}), 200, []string{"one 400 context_length", "back 200 none"}},
		{"fallback of another class", refuse(500, "x"), serve, with(func(_ *Retry, r *Route, to func(http.RoundTripper) *attempt.Candidate) {
			r.Fallbacks = map[failure.Class][]*attempt.Candidate{failure.ContextLength: {to(serve)}}
		}), 200, []string{"one 500 server_error", "two 200 none"}},
		{"blocked answer", roundTrip(func(*http.Request) (*http.Response, error) {
			return whole(`{"choices":[{"index":0,"message":{"role":"assistant","content":null},"finish_reason":"content_filter"}]}`), nil
		}), serve, with(func(_ *Retry, r *Route, to func(http.RoundTripper) *attempt.Candidate) {
			r.Fallbacks = map[failure.Class][]*attempt.Candidate{failure.ContentPolicy: {to(serve)}}
		}), 200, []string{"one 200 content_policy", "back 200 none"}},
		{"blocked answer without fallback", roundTrip(func(*http.Request) (*http.Response, error) {
			return whole(`{"choices":[{"index":0,"message":{"role":"assistant","content":null},"finish_reason":"content_filter"}]}`), nil
		}), serve, nil, 200, []string{"one 200 none"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, r, accounts := several(t, tt.first, tt.second)
				r.Retry = (&Retry{Policy: failure.Default()}).Complete()
				if tt.change != nil {
					tt.change(r.Retry, r, func(u http.RoundTripper) *attempt.Candidate {
						return candidate(t, upstreamOf(t, "back", "openai.chat", u))
					})
				}
				w := post(g, chatPath, ask)
				if w.Code != tt.status {
					t.Errorf("client got %d %s", w.Code, w.Body)
				}
				if diff := cmp.Diff(tt.want, tried((*accounts)[0])); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// TestRawTwice: a raw call that may have done something is not made again.
func TestRawTwice(t *testing.T) {
	refused := roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	})
	reset := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset by peer") })
	for _, tt := range []struct {
		method, path string
		first        http.RoundTripper
		want         []string
	}{
		{"POST", "/v1/files", refuse(500, "x"), []string{"one 500 server_error"}},
		{"POST", "/v1/batches", reset, []string{"one 0 connect"}},
		{"POST", "/v1/files", refused, []string{"one 0 connect", "two 200 none"}},
		{"POST", "/v1/files", refuse(429, "x"), []string{"one 429 rate_limit", "two 200 none"}},
		{"GET", "/v1/files", refuse(500, "x"), []string{"one 500 server_error", "two 200 none"}},
		{"POST", "/v1/images/generations", refuse(500, "x"), []string{"one 500 server_error", "two 200 none"}},
	} {
		t.Run(tt.method+tt.path+" "+tt.want[0], func(t *testing.T) {
			g, _, accounts := several(t, tt.first, serve)
			send(g, tt.method, tt.path, "application/octet-stream", "some bytes")
			if diff := cmp.Diff(tt.want, tried((*accounts)[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSilence: a model may think for ten minutes and the client is kept waiting by pings in its dialect; one that is silent for
// longer than it may makes way for the next, or ends in an error.
func TestSilence(t *testing.T) {
	_ = codecs(t)
	good := func() *http.Response { return streamed(delta("first"), stop, "data: [DONE]\n\n") }
	pausing := func(d time.Duration) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			body, up := io.Pipe()
			go func() {
				io.WriteString(up, delta("first"))
				select {
				case <-time.After(d):
					io.WriteString(up, delta("late")+stop+"data: [DONE]\n\n")
					up.Close()
				case <-r.Context().Done():
					up.CloseWithError(r.Context().Err())
				}
			}()
			return answered(200, "text/event-stream", body), nil
		})
	}
	for _, tt := range []struct {
		name          string
		first, second http.RoundTripper
		body          string
		status        int
		has           string
		pings         bool
		want          []string
	}{
		{"before the first token", after(14*time.Minute, good), serve, askStream, 200, "first", true, []string{"one 200 none"}},
		{"longer than it may", after(16*time.Minute, good), roundTrip(func(*http.Request) (*http.Response, error) {
			return streamed(delta("second"), stop, "data: [DONE]\n\n"), nil
		}), askStream, 200, "second", true,
			[]string{"one 0 timeout", "two 200 none"}},
		{"one piece after pings", after(time.Minute, func() *http.Response { return whole(said) }), roundTrip(func(*http.Request) (*http.Response, error) {
			return streamed(delta("second"), stop, "data: [DONE]\n\n"), nil
		}), askStream, 200, "second", true,
			[]string{"one 200 server_error", "two 200 none"}},
		{"everybody is silent", after(time.Hour, good), after(time.Hour, good), askStream, 200, "took longer than 15m0s (first_token)", true, []string{"one 0 timeout", "two 0 timeout"}},
		{"between tokens", pausing(10 * time.Minute), serve, askStream, 200, "late", true, []string{"one 200 none"}},
		{"between tokens, too long", pausing(20 * time.Minute), serve, askStream, 200, `broke off`, true, []string{"one 200 timeout"}},
		{"whole", after(15*time.Minute, func() *http.Response { return whole(said) }), serve, ask, 200, "hello", false, []string{"one 200 none"}},
		{"whole, too long", after(21*time.Minute, func() *http.Response { return whole(said) }), serve, ask, 200, "hello", false, []string{"one 0 timeout", "two 200 none"}},
	} {
		for _, read := range []string{"", " and read"} {
			t.Run(tt.name+read, func(t *testing.T) {
				chain := named(t, "redact", "")
				synctest.Test(t, func(t *testing.T) {
					g, r, accounts := several(t, tt.first, tt.second)
					if read != "" {
						r.Plugins = append(r.Plugins, chain)
					}
					w := post(g, chatPath, tt.body)
					if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.has) {
						t.Errorf("client got %d %s", w.Code, strings.ReplaceAll(w.Body.String(), ": keep-alive\n\n", "."))
					}
					if got := strings.Contains(w.Body.String(), ": keep-alive\n\n"); got != tt.pings {
						t.Errorf("pings: %v", got)
					}
					if diff := cmp.Diff(tt.want, tried((*accounts)[0])); diff != "" {
						t.Error(diff)
					}
				})
			})
		}
	}
}

// TestHedge: a second attempt is made when the first is silent for long, the faster answers, and the slower is given up.
func TestHedge(t *testing.T) {
	_ = codecs(t)
	for _, tt := range []struct {
		name          string
		first, second time.Duration // until they answer
		hedge         Hedge
		want          []string
		took          time.Duration
	}{
		{"first in time", time.Second, time.Second, Hedge{On: true, After: 2 * time.Second}, []string{"one 200 none"}, time.Second},
		{"second faster", time.Minute, time.Second, Hedge{On: true, After: 2 * time.Second}, []string{"two 200 none", "one 0 canceled"}, 3 * time.Second},
		{"first faster all the same", 5 * time.Second, time.Minute, Hedge{On: true, After: 2 * time.Second}, []string{"one 200 none", "two 0 canceled"}, 5 * time.Second},
		{"off", 5 * time.Second, time.Second, Hedge{After: 2 * time.Second}, []string{"one 200 none"}, 5 * time.Second},
		{"latency unknown", 5 * time.Second, time.Second, Hedge{On: true}, []string{"one 200 none"}, 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				good := func() *http.Response { return whole(said) }
				g, r, accounts := several(t, after(tt.first, good), after(tt.second, good))
				r.Hedge = tt.hedge
				began := time.Now()
				w := post(g, chatPath, ask)
				if took := time.Since(began); w.Code != 200 || took != tt.took {
					t.Errorf("%d after %v", w.Code, took)
				}
				synctest.Wait()
				if diff := cmp.Diff(tt.want, tried((*accounts)[0])); diff != "" {
					t.Error(diff)
				}
				for _, c := range r.Candidates {
					if c.Provider.Busy() != 0 {
						t.Errorf("%s: a lease was not given back", c.Provider.Name)
					}
				}
			})
		})
	}
}

// TestHedgeByLatency: without a time of its own hedging begins where 95 % of the answers of late had begun.
func TestHedgeByLatency(t *testing.T) {
	_ = codecs(t)
	synctest.Test(t, func(t *testing.T) {
		var slow atomic.Bool
		first := roundTrip(func(r *http.Request) (*http.Response, error) {
			if !slow.Load() {
				return after(100*time.Millisecond, func() *http.Response { return whole(said) }).RoundTrip(r)
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		g, r, accounts := several(t, first, serve)
		r.Hedge.On = true
		for range 40 {
			post(g, chatPath, ask)
		}
		slow.Store(true)
		began := time.Now()
		post(g, chatPath, ask)
		last := (*accounts)[len(*accounts)-1]
		if took := time.Since(began); took > 250*time.Millisecond || last.Provider != "two" {
			t.Errorf("%s answered after %v", last.Provider, took)
		}
	})
}

// busy is a plugin that takes its time with answers.
type busy struct{ pipeline.Hooks }

func (busy) Text(_ context.Context, _ *wasm.Frame, _ uint8, segments []text.Segment, _ *text.Reply) error {
	for _, s := range segments {
		if string(s.Text) == "first" {
			time.Sleep(time.Minute)
		}
	}
	return nil
}

// TestLeaving: an upstream sees within 100 ms that the client has left, wherever the exchange is.
func TestLeaving(t *testing.T) {
	_ = codecs(t)
	for _, name := range []string{"before the first token", "while it speaks", "while two are asked", "in a pause", "in a queue", "while a plugin works"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked, closed atomic.Int32
				var last atomic.Int64
				hang := roundTrip(func(r *http.Request) (*http.Response, error) {
					asked.Add(1)
					left := func() {
						<-r.Context().Done()
						closed.Add(1)
						last.Store(time.Now().UnixNano())
					}
					if strings.HasPrefix(name, "while it speaks") || name == "while a plugin works" {
						body, up := io.Pipe()
						go func() {
							io.WriteString(up, delta("first"))
							left()
							up.CloseWithError(context.Canceled)
						}()
						return answered(200, "text/event-stream", body), nil
					}
					if name == "in a pause" {
						closed.Add(1)
						last.Store(1 << 62)
						return nil, errors.New("refused")
					}
					left()
					return nil, r.Context().Err()
				})
				g, r, accounts := several(t, hang, hang)
				r.Retry = (&Retry{Policy: failure.Default(), Rounds: 5, Backoff: time.Hour, MaxBackoff: time.Hour}).Complete()
				if name == "while two are asked" {
					r.Hedge = Hedge{On: true, After: time.Second}
				}
				longest, least := 100*time.Millisecond, int32(1)
				switch name {
				case "in a queue":
					least = 0
					r.Gate = queue.New(queue.Limits{Concurrent: 1, Queue: 10, MaxWait: time.Hour})
					place, _ := r.Gate.TryEnter()
					defer place.Leave()
				case "while a plugin works":
					longest = time.Minute // it is not interrupted
					r.Plugins = append(r.Plugins, &pipeline.Plugin{Name: "busy", Hooks: busy{}, Has: pipeline.HasText})
				}
				ctx, cancel := context.WithCancel(t.Context())
				req := httptest.NewRequest(http.MethodPost, chatPath, strings.NewReader(askStream)).WithContext(ctx)
				done := make(chan time.Time)
				go func() {
					g.ServeHTTP(httptest.NewRecorder(), req)
					done <- time.Now()
				}()
				time.Sleep(10 * time.Second)
				synctest.Wait()
				left := time.Now()
				cancel()
				end := <-done
				synctest.Wait()
				if asked.Load() < least || asked.Load() != closed.Load() || end.Sub(left) > longest {
					t.Errorf("%d asked, %d saw the client leave; the exchange ended after %v", asked.Load(), closed.Load(), end.Sub(left))
				}
				if name != "in a pause" && least > 0 && time.Unix(0, last.Load()).Sub(left) > 100*time.Millisecond {
					t.Errorf("an upstream saw it after %v", time.Unix(0, last.Load()).Sub(left))
				}
				if (*accounts)[0].Outcome != usage.Aborted {
					t.Errorf("outcome %s", (*accounts)[0].Outcome)
				}
				for _, a := range (*accounts)[0].Attempts {
					if name != "in a pause" && a.Class != failure.Canceled {
						t.Errorf("the upstream is blamed: %+v", a)
					}
				}
			})
		})
	}
}

// TestOrder: who is asked first.
func TestOrder(t *testing.T) {
	first := func(g *Gateway, accounts *[]*usage.Record, header ...string) string {
		req := httptest.NewRequest(http.MethodPost, chatPath, strings.NewReader(ask))
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		g.ServeHTTP(httptest.NewRecorder(), req)
		return (*accounts)[len(*accounts)-1].Provider
	}
	list := func(in, out float64) *price.List {
		l, err := price.New(map[string]price.Price{"*": {Input: in, Output: out}})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	t.Run("cheapest", func(t *testing.T) {
		g, r, accounts := several(t, serve, serve, serve)
		r.Order.Strategy = Cheapest
		r.Candidates[1].Provider.Prices, r.Candidates[2].Provider.Prices = list(2, 2), list(1, 1)
		if got := first(g, accounts); got != "three" {
			t.Errorf("got %s", got)
		}
		r.Candidates[2].Provider.Prices = nil // unknown is not free
		if got := first(g, accounts); got != "two" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("fastest", func(t *testing.T) {
		g, r, accounts := several(t, serve, serve)
		r.Order.Strategy = Fastest
		now := time.Now().UnixNano()
		r.Candidates[0].Latency.Observe(time.Second, now)
		r.Candidates[1].Latency.Observe(time.Millisecond, now)
		if got := first(g, accounts); got != "two" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("round robin", func(t *testing.T) {
		g, r, accounts := several(t, serve, serve, serve)
		r.Order.Strategy = RoundRobin
		var got []string
		for range 4 {
			got = append(got, first(g, accounts))
		}
		if diff := cmp.Diff([]string{"one", "two", "three", "one"}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("weighted", func(t *testing.T) {
		g, r, accounts := several(t, serve, serve)
		r.Order = Order{Strategy: Weighted, Weights: []float64{9, 1}}
		count := map[string]int{}
		for range 2000 {
			count[first(g, accounts)]++
		}
		if count["two"] < 150 || count["two"] > 250 {
			t.Errorf("got %v, want about 1800 and 200", count)
		}
	})
	t.Run("split", func(t *testing.T) {
		g, r, accounts := several(t, serve, serve)
		r.Order = Order{Strategy: Split, Weights: []float64{80, 20}, Sticky: "header X-Tenant"}
		count := map[string]int{}
		for i := range 1000 {
			tenant := fmt.Sprint("tenant ", i)
			one := first(g, accounts, "X-Tenant", tenant)
			if again := first(g, accounts, "X-Tenant", tenant); again != one {
				t.Fatalf("%s went to %s and to %s", tenant, one, again)
			}
			count[one]++
		}
		if count["two"] < 150 || count["two"] > 250 {
			t.Errorf("got %v, want about 800 and 200", count)
		}
	})
	t.Run("wrong", func(t *testing.T) {
		for want, o := range map[string]*Order{
			`unknown strategy "best"`: {Strategy: "best"}, "2 weights for 3": {Weights: []float64{1, 2}}, "weight -1": {Weights: []float64{1, 2, -1}}, `sticky "moon"`: {Sticky: "moon"},
		} {
			if err := o.Check(3); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	})
}
