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

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// spaced lets a route send spaces.
func spaced(r *Route) { r.KeepAlive.Answers = 30 * time.Second }

// TestSpaces: where the route has it so, a client waits ten minutes for an answer in one piece through a proxy that hangs up after a minute
// of silence, and reads what it would have read at once.
func TestSpaces(t *testing.T) {
	_ = codecs(t)
	redact := named(t, "redact", "")
	pairs(t, func(t *testing.T, client, speaks string) {
		for _, plugin := range []bool{false, true} {
			var bodies []string
			for _, wait := range []time.Duration{0, 10 * time.Minute} {
				synctest.Test(t, func(t *testing.T) {
					resp, body, err := behindProxy(t, speaks, pathOf(client, false), conversationOf(client, false), func(r *Route) {
						if spaced(r); plugin {
							r.Plugins = append(r.Plugins, redact)
						}
					}, func(w http.ResponseWriter, r *http.Request) {
						_, _ = io.Copy(io.Discard, r.Body)
						time.Sleep(wait)
						w.Header().Set("Content-Type", "application/json")
						_, _ = io.WriteString(w, wordAnswer[speaks])
					})
					if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "application/json" || resp.Header.Get("X-Longmen-Route") != "only" {
						t.Errorf("%d %v, %v: %s", resp.StatusCode, resp.Header, err, body)
					}
					if spaces := len(body) - len(strings.TrimLeft(body, " ")); (spaces > 0) != (wait > 0) || spaces > 20 {
						t.Errorf("%d spaces in %v", spaces, wait)
					}
					bodies = append(bodies, strings.TrimLeft(body, " "))
				})
			}
			// Ids that codecs make are each one's own.
			if one, two := readAnswer(client, bodies[0]), readAnswer(client, bodies[1]); len(two.wrong) > 0 || literal(one.said) != literal(two.said) || len(bodies[0]) != len(bodies[1]) {
				t.Errorf("after a while the client has %s\nat once %s", bodies[1], bodies[0])
			}
		}
	})
}

// TestSpacesEnd: what follows the spaces: another candidate after one that failed, an error in the client's dialect, nothing after the
// client has left; and where no spaces come.
func TestSpacesEnd(t *testing.T) {
	_ = codecs(t)
	slowly := func(resp func() *http.Response) http.RoundTripper { return after(2*time.Minute, resp) }
	failing := slowly(func() *http.Response {
		return answered(500, "application/json", strings.NewReader(`{"error":{"message":"boom"}}`))
	})
	streams := slowly(func() *http.Response { return streamed(delta("hello"), stop, "data: [DONE]\n\n") })
	good := slowly(func() *http.Response { return whole(said) })
	const messages = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`
	for _, tt := range []struct {
		name          string
		first, second http.RoundTripper
		path, body    string
		status        int
		has           string // behind the spaces
		spaces        bool
		outcome       usage.Outcome
	}{
		{"second candidate", failing, good, chatPath, ask, 200, said, true, usage.OK},
		{"second candidate after a stream", streams, good, chatPath, ask, 200, said, true, usage.OK},
		{"error", failing, failing, chatPath, ask, 200, `"message":"boom"`, true, usage.UpstreamError},
		{"error for another dialect", failing, failing, "/v1/messages", messages, 200, `{"type":"error","error":{"type":"api_error","message":"boom"`, true, usage.UpstreamError},
		{"error in time", refuse(500, "x"), refuse(500, "x"), chatPath, ask, 500, `"message":"no"`, false, usage.UpstreamError},
		{"stream that nobody has asked for, in time", roundTrip(func(*http.Request) (*http.Response, error) {
			return streamed(delta("hello"), stop, "data: [DONE]\n\n"), nil
		}), good, chatPath, ask, 200, delta("hello"), false, usage.OK},
		{"stream", slowly(func() *http.Response { return streamed(delta("hello"), stop, "data: [DONE]\n\n") }), good, chatPath, askStream, 200, ": keep-alive", false, usage.OK},
		{"raw call", slowly(func() *http.Response { return answered(200, "audio/mpeg", strings.NewReader("sound")) }), good, "/v1/audio/speech", `{"model":"m","input":"hi"}`, 200, "sound", false, usage.OK},
		{"large request", good, nil, chatPath, strings.Replace(ask, "hi", strings.Repeat("x", 2*smallBody), 1), 200, said, false, usage.OK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, r, accounts := several(t, tt.first)
				if tt.second != nil {
					r.Candidates = append(r.Candidates, &attempt.Candidate{Provider: upstreamOf(t, "two", "openai.chat", tt.second), Ways: r.Candidates[0].Ways})
				}
				r.Retry.Rounds = 1
				spaced(r)
				w := post(g, tt.path, tt.body)
				got := strings.TrimLeft(w.Body.String(), " ")
				if spaces := w.Body.Len() - len(got); w.Code != tt.status || !strings.HasPrefix(got, tt.has) && !strings.Contains(got, tt.has) || (spaces > 0) != tt.spaces {
					t.Errorf("%d with %d spaces: %s", w.Code, spaces, got)
				}
				if a := (*accounts)[0]; a.Outcome != tt.outcome || a.Status != tt.status {
					t.Errorf("account %+v", a)
				}
				end := w.Body.Len()
				if time.Sleep(time.Hour); w.Body.Len() != end {
					t.Error("something was written after the end")
				}
			})
		})
	}
	t.Run("client leaves", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g, r, accounts := several(t, good)
			spaced(r)
			ctx, leave := context.WithTimeout(t.Context(), time.Minute+time.Second)
			defer leave()
			w := httptest.NewRecorder()
			g.ServeHTTP(w, httptest.NewRequest(http.MethodPost, chatPath, strings.NewReader(ask)).WithContext(ctx))
			time.Sleep(time.Hour)
			if a := (*accounts)[0]; a.Outcome != usage.Aborted || a.Status != 200 || w.Body.String() != "  " {
				t.Errorf("%+v: %q", a, w.Body)
			}
		})
	})
}
