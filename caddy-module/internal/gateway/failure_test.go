package gateway

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// scripted is a plugin made of Go functions, for what no built plugin does.
type scripted struct {
	request  func(*wasm.Frame, document.Node) error
	response func(*wasm.Frame, document.Node) error
	event    func(*wasm.Frame, document.Node) (bool, error)
	text     func(*wasm.Frame, uint8, []text.Segment, *text.Reply) error
	end      func(*wasm.Frame, document.Node) error
}

func (s *scripted) Request(_ context.Context, f *wasm.Frame, n document.Node) error {
	return s.request(f, n)
}

func (s *scripted) Response(_ context.Context, f *wasm.Frame, n document.Node) error {
	return s.response(f, n)
}

func (s *scripted) Event(_ context.Context, f *wasm.Frame, n document.Node) (bool, error) {
	return s.event(f, n)
}

func (s *scripted) Text(_ context.Context, f *wasm.Frame, phase uint8, segs []text.Segment, r *text.Reply) error {
	return s.text(f, phase, segs, r)
}

func (s *scripted) Body(_ context.Context, _ *wasm.Frame, b []byte) ([]byte, bool, error) {
	return nil, false, nil
}
func (s *scripted) End(_ context.Context, f *wasm.Frame, n document.Node) error { return s.end(f, n) }

func (s *scripted) plugin(name string) *pipeline.Plugin {
	p := &pipeline.Plugin{Name: name, Hooks: s}
	for i, has := range []bool{s.request != nil, s.response != nil, s.event != nil, s.text != nil, false, s.end != nil} {
		if has {
			p.Has |= 1 << i
		}
	}
	return p
}

var errTrap = errors.New("wasm trap with the prompt in it: SECRET")

// TestPluginFailures: a plugin that fails stops the request, unless it may be skipped; the client reads
// which one, and nothing else.
func TestPluginFailures(t *testing.T) {
	half := func(f *wasm.Frame, n document.Node) error {
		f.Doc.Set(n, "half", f.Doc.NewBool(true))
		return errTrap
	}
	reject := func(f *wasm.Frame, n document.Node) error {
		f.Host.Reject(403, "blocked", "messages", "two cards found")
		return errors.New("rejected")
	}
	failText := func(*wasm.Frame, uint8, []text.Segment, *text.Reply) error { return errTrap }
	for _, tc := range []struct {
		name    string
		plugin  scripted
		skip    bool
		code    int
		outcome usage.Outcome
		body    string
	}{
		{"request", scripted{request: half}, false, 500, usage.PluginError, `plugin \"bad\" failed`},
		{"request, skipped", scripted{request: half}, true, 200, usage.OK, "hello"},
		{"text", scripted{text: failText}, false, 500, usage.PluginError, `plugin \"bad\" failed`},
		{"text, skipped", scripted{text: failText}, true, 200, usage.OK, "hello"},
		{"response", scripted{response: half}, false, 500, usage.PluginError, `plugin \"bad\" failed`},
		{"response, skipped", scripted{response: half}, true, 200, usage.OK, "hello"},
		{"reject", scripted{request: reject}, false, 403, usage.Rejected, "two cards found"},
		{"reject stands although the plugin may be skipped", scripted{request: reject}, true, 403, usage.Rejected, "two cards found"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(said) }}
			p := tc.plugin.plugin("bad")
			if tc.skip {
				p.OnError = pipeline.Skip
			}
			g, accounts := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u), p)
			w := post(g, chatPath, ask)
			if w.Code != tc.code || !strings.Contains(w.Body.String(), tc.body) {
				t.Errorf("client got %d %s", w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), "SECRET") || strings.Contains(w.Body.String(), "half") {
				t.Errorf("client got %s", w.Body)
			}
			if got := (*accounts)[0].Outcome; got != tc.outcome {
				t.Errorf("outcome = %s, want %s", got, tc.outcome)
			}
			for _, asked := range u.asked {
				if strings.Contains(asked, "half") {
					t.Errorf("a half edit reached the upstream: %s", asked)
				}
			}
			if tc.code != 200 && tc.plugin.response == nil && len(u.asked) > 0 {
				t.Error("the request was sent on")
			}
		})
	}
}

// TestPluginFailsInStream: the failure is the stream's last event, and held text is not let out by it.
func TestPluginFailsInStream(t *testing.T) {
	n := 0
	p := (&scripted{text: func(_ *wasm.Frame, phase uint8, segs []text.Segment, r *text.Reply) error {
		if phase == abi.PhaseRequest {
			return nil
		}
		if n++; n == 1 {
			r.Holds = append(r.Holds, text.Hold{Segment: 0, Bytes: uint32(len(segs[0].Text))})
			return nil
		}
		return errTrap
	}}).plugin("bad")
	u := roundTrip(events(delta("held") + delta("more") + stop + "data: [DONE]\n\n"))
	g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u), p)
	body := post(g, chatPath, askStream).Body.String()
	if strings.Contains(body, "held") || strings.Contains(body, "more") || !strings.Contains(body, `"error"`) || strings.Contains(body, "[DONE]") {
		t.Errorf("client got %s", body)
	}
}

// TestHoldOverflow: a plugin that holds more than it may is a failure, whatever its on_error says.
func TestHoldOverflow(t *testing.T) {
	p := (&scripted{text: func(_ *wasm.Frame, phase uint8, segs []text.Segment, r *text.Reply) error {
		if phase == abi.PhaseAnswer && segs[0].Flags&abi.SegmentFinal == 0 {
			r.Holds = append(r.Holds, text.Hold{Segment: 0, Bytes: uint32(len(segs[0].Text))})
		}
		return nil
	}}).plugin("greedy")
	p.OnError, p.MaxHold = pipeline.Skip, 10
	u := roundTrip(events(delta("sixsix") + delta("sevenseven") + stop + "data: [DONE]\n\n"))
	g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u), p)
	body := post(g, chatPath, askStream).Body.String()
	if strings.Contains(body, "seven") || !strings.Contains(body, `"error"`) {
		t.Errorf("client got %s", body)
	}
}

// TestRequestErrors: what is wrong with a request is told in the client's dialect.
func TestRequestErrors(t *testing.T) {
	for _, tc := range []struct {
		name, path, body string
		code             int
		want             string
	}{
		{"unknown path", "/v1/nothing", "{}", 404, `"code":"unknown_path"`},
		{"no json", chatPath, "{", 400, `"code":"invalid_json"`},
		{"no object", chatPath, "[1]", 400, `"code":"invalid_json"`},
		{"too large", chatPath, `{"messages":"` + strings.Repeat("x", 2000) + `"}`, 413, `"code":"request_too_large"`},
		{"gemini dialect", "/v1beta/models/m:generateContent", "{", 400, `"status":"INVALID_ARGUMENT"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(said) }}
			g, accounts := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u), named(t, "redact", ""))
			g.MaxBody = 1024
			w := post(g, tc.path, tc.body)
			if w.Code != tc.code || !strings.Contains(w.Body.String(), tc.want) {
				t.Errorf("client got %d %s, want %d with %s", w.Code, w.Body, tc.code, tc.want)
			}
			if len(*accounts) != 1 || (*accounts)[0].Status != tc.code {
				t.Errorf("accounts = %+v", *accounts)
			}
		})
	}
}

// TestEncodedRequests: a compressed body is the document that it holds, within the same bound.
func TestEncodedRequests(t *testing.T) {
	packed := func(s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		io.WriteString(w, s)
		w.Close()
		return b.String()
	}
	for _, tc := range []struct {
		name, encoding, body string
		code                 int
		want                 string
	}{
		{"gzip", "gzip", packed(ask), 200, "hello"},
		{"no gzip", "gzip", ask, 400, "invalid_encoding"},
		{"bomb", "gzip", packed(strings.Repeat(" ", 1<<20)), 413, "request_too_large"},
		{"unknown", "br", ask, 415, "unsupported_encoding"},
	} {
		for _, plugins := range [][]*pipeline.Plugin{nil, {named(t, "redact", "")}} {
			t.Run(tc.name, func(t *testing.T) {
				u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(said) }}
				g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u), plugins...)
				g.MaxBody = 4096
				r := httptest.NewRequest("POST", chatPath, strings.NewReader(tc.body))
				r.Header.Set("Content-Encoding", tc.encoding)
				w := httptest.NewRecorder()
				g.ServeHTTP(w, r)
				if w.Code != tc.code || !strings.Contains(w.Body.String(), tc.want) {
					t.Errorf("client got %d %s, want %d with %s", w.Code, w.Body, tc.code, tc.want)
				}
				if tc.code == 200 && u.asked[0] != ask {
					t.Errorf("the upstream was asked %s", u.asked[0])
				}
			})
		}
	}
}

// TestUnreadTooLarge: a body that nobody reads is bounded all the same, also without a declared length.
func TestUnreadTooLarge(t *testing.T) {
	u := roundTrip(func(r *http.Request) (*http.Response, error) {
		_, err := io.Copy(io.Discard, r.Body)
		return nil, err
	})
	g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u))
	g.MaxBody = 1024
	r := httptest.NewRequest("POST", chatPath, io.MultiReader(strings.NewReader(strings.Repeat("x", 5000))))
	r.ContentLength = -1
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	if w.Code != 413 || !strings.Contains(w.Body.String(), "max_body") {
		t.Errorf("client got %d %s", w.Code, w.Body)
	}
}

// TestAuth: who may not call is told what to configure, and nobody upstream hears of it.
func TestAuth(t *testing.T) {
	u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(said) }}
	g, accounts := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u))
	g.Auth = auth.Loopback()
	r := httptest.NewRequest("POST", chatPath, strings.NewReader(ask))
	r.RemoteAddr = "203.0.113.9:4711"
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	if w.Code != 401 || !strings.Contains(w.Body.String(), "auth keys") || len(u.asked) > 0 {
		t.Errorf("client got %d %s", w.Code, w.Body)
	}
	if a := (*accounts)[0]; a.Outcome != usage.Rejected || a.ClientIP != "203.0.113.9" {
		t.Errorf("account = %+v", a)
	}
}

// TestClientDisconnect: when the client leaves, the upstream request ends and the account is written.
func TestClientDisconnect(t *testing.T) {
	for _, plugins := range [][]string{nil, {"redact", "audit"}} {
		t.Run(strings.Join(plugins, "+"), func(t *testing.T) {
			ctx, leave := context.WithCancel(context.Background())
			body := &waiting{ctx: ctx, first: delta("one")}
			u := roundTrip(func(r *http.Request) (*http.Response, error) {
				body.upstream = r.Context()
				return answered(200, "text/event-stream", body), nil
			})
			var chain []*pipeline.Plugin
			for _, p := range plugins {
				chain = append(chain, named(t, p, ""))
			}
			g, accounts := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u), chain...)
			records.take()
			r := httptest.NewRequest("POST", chatPath, strings.NewReader(askStream)).WithContext(ctx)
			w := &leaving{discard{h: http.Header{}}, leave}
			g.ServeHTTP(w, r)
			if body.upstream.Err() == nil {
				t.Error("the upstream request goes on")
			}
			if a := (*accounts)[0]; a.Outcome != usage.Aborted {
				t.Errorf("account = %+v", a)
			}
			if lines := records.take(); len(plugins) > 0 && (len(lines) != 1 || !strings.Contains(lines[0], `"outcome":"aborted"`)) {
				t.Errorf("audit wrote %q", lines)
			}
		})
	}
}

// waiting is a body that gives one event and then waits for the request to end.
type waiting struct {
	ctx, upstream context.Context
	first         string
}

func (b *waiting) Read(p []byte) (int, error) {
	if b.first != "" {
		n := copy(p, b.first)
		b.first = b.first[n:]
		return n, nil
	}
	<-b.upstream.Done()
	return 0, b.upstream.Err()
}

// leaving is a client that goes away after the first bytes.
type leaving struct {
	discard
	leave func()
}

func (l *leaving) Flush() { l.leave() }

var _ io.Reader = (*waiting)(nil)
