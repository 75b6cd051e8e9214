package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// witness keeps views of the memory in which a plugin's state lies.
type witness struct {
	pipeline.Hooks
	seen [][]byte
}

func (w *witness) Text(ctx context.Context, f *wasm.Frame, phase uint8, segs []text.Segment, reply *text.Reply) error {
	err := w.Hooks.Text(ctx, f, phase, segs, reply)
	if f.State != nil {
		for n := f.State.First(f.StateRoot); n != 0; n = f.State.Next(n) {
			if b, shared := f.State.Text(n); shared {
				w.seen = append(w.seen, b)
			}
		}
	}
	return err
}

// refusing is a plugin that refuses every request, or breaks down.
type refusing struct {
	pipeline.Hooks
	err error
}

func (r refusing) Request(context.Context, *wasm.Frame, document.Node) error {
	if r.err == nil {
		panic(http.ErrAbortHandler)
	}
	return r.err
}

// TestVaultIsOverwritten ends exchanges in every way and looks at the memory that held what redact had replaced.
func TestVaultIsOverwritten(t *testing.T) {
	const original = "jane.roe@corp.example.com"
	redact := named(t, "redact", "")
	ask := `{"model":"m","messages":[{"role":"user","content":"write to ` + original + `"}]}`
	streamed := strings.Replace(ask, `"model"`, `"stream":true,"model"`, 1)
	say := func(status int, contentType, body string) func(int, *http.Request, string) *http.Response {
		return func(int, *http.Request, string) *http.Response {
			return answered(status, contentType, strings.NewReader(body))
		}
	}
	const event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello <\"}}]}\n\n"
	whole := say(200, "application/json", `{"choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}`)
	for _, c := range []struct {
		name, ask string
		answer    func(int, *http.Request, string) *http.Response
		behind    error // of a plugin behind redact
		panics    bool
		gone      bool // the client leaves in the middle of the answer
	}{
		{name: "whole", ask: ask, answer: whole},
		{name: "stream", ask: streamed, answer: say(200, "text/event-stream", event+"data: [DONE]\n\n")},
		{name: "broken stream", ask: streamed, answer: func(int, *http.Request, string) *http.Response {
			return answered(200, "text/event-stream", broken{strings.NewReader(event)})
		}},
		{name: "refused upstream", ask: ask, answer: say(401, "application/json", `{"error":{"message":"no"}}`)},
		{name: "failing plugin", ask: ask, answer: whole, behind: errors.New("broke")},
		{name: "panic", ask: ask, answer: whole, panics: true},
		{name: "client leaves", ask: streamed, gone: true},
	} {
		spy := &witness{Hooks: redact.Hooks}
		watched := *redact
		watched.Hooks = spy
		chain := []*pipeline.Plugin{&watched}
		if c.behind != nil || c.panics {
			chain = append(chain, &pipeline.Plugin{Name: "behind", Hooks: refusing{err: c.behind}, Has: pipeline.HasRequest})
		}
		ctx, leave := context.WithCancel(t.Context())
		u := &upstream{answer: c.answer}
		if c.gone {
			u.answer = func(int, *http.Request, string) *http.Response {
				return answered(200, "text/event-stream", io.MultiReader(strings.NewReader(event), departing{leave}))
			}
		}
		g, _ := gatewayOf(t, upstreamOf(t, "up", "openai.chat", u), chain...)
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, chatPath, strings.NewReader(c.ask))
		r.Header.Set("Content-Type", "application/json")
		func() {
			defer func() {
				if p := recover(); p != nil && p != http.ErrAbortHandler {
					panic(p)
				}
			}()
			g.ServeHTTP(httptest.NewRecorder(), r)
		}()
		leave()
		if len(spy.seen) == 0 {
			t.Errorf("%s: nothing was kept for the answer", c.name)
		}
		for _, b := range spy.seen {
			if len(b) != len(original) || len(bytes.Trim(b, "\x00")) > 0 {
				t.Errorf("%s: %q is left in memory", c.name, b)
			}
		}
	}
}

// departing is an upstream whose client leaves while it is read.
type departing struct{ leave func() }

func (l departing) Read([]byte) (int, error) {
	l.leave()
	return 0, context.Canceled
}
