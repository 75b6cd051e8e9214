package pipeline

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// double is a plugin made of Go functions; it notes the hooks that are called.
type double struct {
	name     string
	calls    *[]string
	request  func(f *wasm.Frame, root document.Node) error
	response func(f *wasm.Frame, root document.Node) error
	event    func(f *wasm.Frame, root document.Node) (bool, error)
	text     func(phase uint8, segs []text.Segment, reply *text.Reply) error
	body     func(body []byte) ([]byte, bool, error)
	end      func() error
}

func (d *double) note(hook string) { *d.calls = append(*d.calls, d.name+"."+hook) }

func (d *double) Request(_ context.Context, f *wasm.Frame, root document.Node) error {
	d.note("request")
	return d.request(f, root)
}

func (d *double) Response(_ context.Context, f *wasm.Frame, root document.Node) error {
	d.note("response")
	return d.response(f, root)
}

func (d *double) Event(_ context.Context, f *wasm.Frame, root document.Node) (bool, error) {
	d.note("event")
	return d.event(f, root)
}

func (d *double) Text(_ context.Context, _ *wasm.Frame, phase uint8, segs []text.Segment, reply *text.Reply) error {
	d.note("text")
	return d.text(phase, segs, reply)
}

func (d *double) Body(_ context.Context, _ *wasm.Frame, body []byte) ([]byte, bool, error) {
	d.note("body")
	return d.body(body)
}

func (d *double) End(context.Context, *wasm.Frame, document.Node) error {
	d.note("end")
	return d.end()
}

// plugin is d with the hooks that it has.
func (d *double) plugin(onError OnError) *Plugin {
	var has Set
	for bit, there := range map[Set]bool{
		HasRequest: d.request != nil, HasResponse: d.response != nil, HasEvent: d.event != nil, HasText: d.text != nil, HasBody: d.body != nil, HasEnd: d.end != nil,
	} {
		if there {
			has |= bit
		}
	}
	return &Plugin{Name: d.name, Hooks: d, Has: has, OnError: onError}
}

func open(t *testing.T, plugins ...*Plugin) *Exchange {
	t.Helper()
	d, ok := dialect.Get("openai.chat")
	if !ok {
		t.Fatal("no dialect openai.chat")
	}
	x := Open("id", time.Unix(0, 0), d, http.Header{"X-Team": {"legal"}, "Authorization": {"Bearer k"}})
	t.Cleanup(x.Close)
	x.Use(plugins)
	return x
}

func parse(t *testing.T, a *document.Arena, src string) document.Node {
	t.Helper()
	n, err := a.Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var errBroke = errors.New("broke")

const (
	ask   = `{"model":"m","messages":[{"role":"user","content":"hello"}]}`
	told  = `{"choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}`
	delta = `{"choices":[{"index":0,"delta":{"content":"hello"}}]}`
)

// mark sets a member of the document, so that edits can be seen.
func mark(name string) func(*wasm.Frame, document.Node) error {
	return func(f *wasm.Frame, root document.Node) error {
		return f.Doc.Set(root, name, f.Doc.NewBool(true))
	}
}

// nothing is a text hook without edits.
func nothing(uint8, []text.Segment, *text.Reply) error { return nil }

// TestOrder shows that requests pass a chain forwards and answers backwards, documents before texts.
func TestOrder(t *testing.T) {
	var calls []string
	event := func(*wasm.Frame, document.Node) (bool, error) { return false, nil }
	var plugins []*Plugin
	for _, name := range []string{"a", "b"} {
		d := &double{name: name, calls: &calls, request: mark(name), response: mark(name), event: event, text: nothing}
		plugins = append(plugins, d.plugin(Fail))
	}
	x, ctx := open(t, plugins...), t.Context()
	var a document.Arena
	if answer, err := x.Request(ctx, 0, &a, parse(t, &a, ask)); answer != nil || err != nil {
		t.Fatal(answer, err)
	}
	if err := x.Response(ctx, 2, &a, parse(t, &a, told)); err != nil {
		t.Fatal(err)
	}
	s := x.Stream(ctx, 2, nil, func(*document.Arena, document.Node, []byte) error {
		calls = append(calls, "client")
		return nil
	})
	if err := s.Event(&a, parse(t, &a, delta), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.End(&a); err != nil {
		t.Fatal(err)
	}
	want := "a.request a.text b.request b.text " + // there
		"b.response b.text a.response a.text " + // and back
		"b.event b.text a.event a.text client " + // streamed
		"b.event a.event" // its end
	if diff := cmp.Diff(want, strings.Join(calls, " ")); diff != "" {
		t.Error(diff)
	}
}

// TestOnError breaks each hook half way: fail tells the plugin and the hook, skip leaves no trace of it.
func TestOnError(t *testing.T) {
	broken := func(f *wasm.Frame, root document.Node) error {
		if err := f.Doc.Set(root, "half", f.Doc.NewBool(true)); err != nil {
			return err
		}
		if err := f.Doc.SetString(f.Doc.Pointer(root, "/choices"), []byte("gone")); err != nil && f.Doc.Get(root, "choices") != 0 {
			return err
		}
		return errBroke
	}
	for _, tt := range []struct {
		hook, src string
		double    double
		run       func(x *Exchange, a *document.Arena, root document.Node) error
	}{
		{abi.HookRequest, ask, double{request: broken}, func(x *Exchange, a *document.Arena, root document.Node) error {
			_, err := x.Request(context.Background(), 0, a, root)
			return err
		}},
		{abi.HookResponse, told, double{response: broken}, func(x *Exchange, a *document.Arena, root document.Node) error {
			return x.Response(context.Background(), 1, a, root)
		}},
		{abi.HookText, ask, double{text: func(_ uint8, _ []text.Segment, r *text.Reply) error {
			r.Edits = append(r.Edits, text.Edit{Len: 1, Text: []byte("x")})
			return errBroke
		}}, func(x *Exchange, a *document.Arena, root document.Node) error {
			_, err := x.Request(context.Background(), 0, a, root)
			return err
		}},
		{abi.HookEvent, delta, double{event: func(f *wasm.Frame, root document.Node) (bool, error) {
			if root == 0 {
				return false, errBroke
			}
			if err := f.Host.Emit(f.Doc, f.Doc.NewObject(), ""); err != nil {
				return false, err
			}
			return true, broken(f, root)
		}}, stream},
		{abi.HookText, delta, double{text: func(_ uint8, _ []text.Segment, r *text.Reply) error {
			r.Edits = append(r.Edits, text.Edit{Len: 1, Text: []byte("x")})
			return errBroke
		}}, stream},
	} {
		t.Run(tt.hook+" of "+tt.src[2:8], func(t *testing.T) {
			var calls []string
			for _, onError := range []OnError{Fail, Skip} {
				d := tt.double
				d.name, d.calls = "p", &calls
				x := open(t, d.plugin(onError))
				var a document.Arena
				root := parse(t, &a, tt.src)
				err := tt.run(x, &a, root)
				var failure *Failure
				switch {
				case onError == Fail && (!errors.As(err, &failure) || failure.Plugin != "p" || failure.Hook != tt.hook || !errors.Is(err, errBroke)):
					t.Errorf("got %v, want the failure of p's %s hook", err, tt.hook)
				case onError == Skip && err != nil:
					t.Errorf("skip: got %v", err)
				case onError == Skip:
					if diff := cmp.Diff(tt.src, string(a.AppendJSON(nil, root))); diff != "" {
						t.Errorf("skip left something:\n%s", diff)
					}
				}
			}
		})
	}
}

// stream leads one event and the end through a stream, which has to send the event and nothing else.
func stream(x *Exchange, a *document.Arena, root document.Node) error {
	sent := 0
	s := x.Stream(context.Background(), x.Len(), nil, func(_ *document.Arena, n document.Node, _ []byte) error {
		if sent++; n != root {
			return errors.New("another event was sent")
		}
		return nil
	})
	if err := s.Event(a, root, nil); err != nil {
		return err
	}
	if sent != 1 {
		return errors.New("the event was not sent")
	}
	return s.End(a)
}

// TestHoldOverflow: skipping would let out, or lose, what the plugin holds.
func TestHoldOverflow(t *testing.T) {
	var calls []string
	d := &double{name: "p", calls: &calls, text: func(_ uint8, segs []text.Segment, r *text.Reply) error {
		r.Holds = append(r.Holds, text.Hold{Bytes: uint32(len(segs[0].Text))})
		return nil
	}}
	p := d.plugin(Skip)
	p.MaxHold = 3
	x := open(t, p)
	var a document.Arena
	s := x.Stream(t.Context(), 1, nil, func(*document.Arena, document.Node, []byte) error { return nil })
	err := s.Event(&a, parse(t, &a, delta), nil)
	if !errors.Is(err, text.ErrHoldOverflow) || !errors.As(err, new(*Failure)) {
		t.Errorf("got %v, want a failure for too much held text", err)
	}
}

// TestEffects shows what a plugin's host functions do to the exchange.
func TestEffects(t *testing.T) {
	var calls []string
	var seen []string
	d := &double{name: "p", calls: &calls, request: func(f *wasm.Frame, root document.Node) error {
		for _, name := range []string{"x-team", "authorization", "x-none"} {
			v, ok := f.Host.Header(name)
			if ok {
				seen = append(seen, name+"="+v)
			}
		}
		for _, name := range []string{"x-mark", "Authorization", "content-length", "x-goog-api-key"} {
			if err := f.Host.SetHeader(name, "1"); err == nil {
				seen = append(seen, "set "+name)
			} else if !errors.Is(err, wasm.ErrDenied) {
				return err
			}
		}
		f.Host.Warn("seed: not supported")
		f.Host.Warn("seed: not supported")
		f.Host.SetAttr("p.n", int64(1))
		f.Host.SetAttr("p.n", int64(2))
		for _, v := range []string{"first", "second"} {
			if err := f.Host.Tag("t", v); err != nil {
				return err
			}
		}
		if v, ok := f.Host.Attr("dialect"); ok {
			seen = append(seen, v.(string))
		}
		return nil
	}, response: func(f *wasm.Frame, root document.Node) error { return f.Host.SetHeader("x-late", "1") }}
	x := open(t, d.plugin(Fail))
	var a document.Arena
	if _, err := x.Request(t.Context(), 0, &a, parse(t, &a, ask)); err != nil {
		t.Fatal(err)
	}
	if err := x.Response(t.Context(), 1, &a, parse(t, &a, told)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"x-team=legal", "set x-mark", "openai.chat"}, seen); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(http.Header{"X-Mark": {"1"}}, x.Upstream); diff != "" {
		t.Errorf("for the upstream: %s", diff)
	}
	if diff := cmp.Diff(http.Header{"X-Late": {"1"}}, x.Answer); diff != "" {
		t.Errorf("for the client: %s", diff)
	}
	if diff := cmp.Diff([]string{"seed: not supported"}, x.Warnings); diff != "" {
		t.Errorf("warnings: %s", diff)
	}
	if diff := cmp.Diff([]usage.Tag{{Plugin: "p", Name: "t", Value: "second"}}, x.Tags()); diff != "" {
		t.Errorf("tags: %s", diff)
	}
	if v, _ := x.Attribute("p.n"); v != int64(2) {
		t.Errorf("attribute is %v", v)
	}
}

// TestStrict: a parameter that would be lost is a refusal, whatever on_error says.
func TestStrict(t *testing.T) {
	var calls []string
	d := &double{name: "p", calls: &calls, request: func(f *wasm.Frame, root document.Node) error {
		f.Host.Warn("seed: not supported")
		return errBroke
	}}
	x := open(t, d.plugin(Skip))
	x.Strict = true
	var a document.Arena
	_, err := x.Request(t.Context(), 0, &a, parse(t, &a, ask))
	var rejection *Rejection
	if !errors.As(err, &rejection) || rejection.Plugin != "p" || rejection.Err.Status != http.StatusBadRequest || rejection.Err.Param != "seed" {
		t.Errorf("got %v", err)
	}
}

// TestRespond: the answer of a plugin in the middle passes those before it only.
func TestRespond(t *testing.T) {
	var calls []string
	first := &double{name: "first", calls: &calls, request: func(*wasm.Frame, document.Node) error { return nil }, response: mark("first")}
	cache := &double{name: "cache", calls: &calls, request: func(f *wasm.Frame, root document.Node) error {
		n, err := f.Doc.NewJSON([]byte(told))
		if err != nil {
			return err
		}
		return f.Host.Respond(http.StatusOK, f.Doc, n, 0)
	}}
	never := &double{name: "never", calls: &calls, request: func(*wasm.Frame, document.Node) error { return errBroke }}
	x := open(t, first.plugin(Fail), cache.plugin(Fail), never.plugin(Fail))
	var a document.Arena
	answer, err := x.Request(t.Context(), 0, &a, parse(t, &a, ask))
	if err != nil || answer == nil || answer.Stage != 1 || answer.Events {
		t.Fatalf("got %+v, %v", answer, err)
	}
	if err := x.Response(t.Context(), answer.Stage, answer.Arena, answer.Root); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("first.request cache.request first.response", strings.Join(calls, " ")); diff != "" {
		t.Error(diff)
	}
}

// TestEnd: every plugin is told of the end, also after one that broke.
func TestEnd(t *testing.T) {
	var calls []string
	var plugins []*Plugin
	for _, name := range []string{"a", "b", "c"} {
		d := &double{name: name, calls: &calls, end: func() error {
			if name == "b" {
				return errBroke
			}
			return nil
		}}
		plugins = append(plugins, d.plugin(Fail))
	}
	x := open(t, plugins...)
	var a document.Arena
	err := x.End(t.Context(), &a, parse(t, &a, "{}"))
	if !x.HasEnd() || !errors.Is(err, errBroke) || strings.Join(calls, " ") != "a.end b.end c.end" {
		t.Errorf("got %v after %v", err, calls)
	}
}

// TestBody: a body that is no document goes through the body hooks alone.
func TestBody(t *testing.T) {
	var calls []string
	edit := func(name string, err error) *Plugin {
		d := &double{name: name, calls: &calls, body: func(b []byte) ([]byte, bool, error) { return append([]byte(name), b...), true, err }}
		return d.plugin(Skip)
	}
	x := open(t, edit("a", nil), edit("b", errBroke), edit("c", nil))
	got, err := x.RequestBody(t.Context(), 0, []byte("-"))
	if err != nil || string(got) != "ca-" {
		t.Errorf("got %q, %v", got, err)
	}
	got, err = x.ResponseBody(t.Context(), []byte("-"))
	if err != nil || string(got) != "ac-" {
		t.Errorf("got %q, %v", got, err)
	}
}
