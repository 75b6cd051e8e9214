package caddyllm

import (
	"context"
	"sync"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/plugins"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// lateCodec is a built-in codec that nobody declares. Every gateway has the way through it, few need it, and an
// instance takes memory: it is opened by the first request that goes that way.
type lateCodec struct {
	e        *engine
	describe *plugin.Description
	member   *pipeline.Plugin

	mu    sync.Mutex
	guest *guest // nil until opened
}

// builtinCodec is the built-in plugin of that name if it is a codec, else nil. The module, if one had to be loaded to know, is to be closed.
func (e *engine) builtinCodec(name string) (*lateCodec, *wasm.Module, error) {
	if l, known := e.late[name]; known {
		return l, nil, nil
	}
	code, _ := plugins.Wasm(name)
	module, err := e.runtime.Load(e.ctx, code, 0)
	if err != nil {
		return nil, nil, err
	}
	_, describe, err := module.Manifest().Find(name)
	if err != nil {
		return nil, module, err
	}
	var l *lateCodec
	if len(describe.Codecs) > 0 {
		l = &lateCodec{e: e, describe: describe}
		l.member = &pipeline.Plugin{Name: name, Hooks: l, Has: pipeline.SetOf(describe.Has)}
	}
	e.late[name] = l
	return l, module, nil
}

// open is the codec's pool.
func (l *lateCodec) open() (*wasm.Pool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.guest == nil {
		g, err := l.e.admit(l.member.Name, &Plugin{Builtin: l.member.Name})
		if err != nil {
			return nil, err
		}
		l.guest = g
	}
	return l.guest.pool, nil
}

// opened is the guest, nil if no request has needed it. l may be nil.
func (l *lateCodec) opened() *guest {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.guest
}

var _ pipeline.Hooks = (*lateCodec)(nil)

// Request implements pipeline.Hooks.
func (l *lateCodec) Request(ctx context.Context, f *wasm.Frame, root document.Node) error {
	p, err := l.open()
	if err != nil {
		return err
	}
	return p.Request(ctx, f, root)
}

// Response implements pipeline.Hooks.
func (l *lateCodec) Response(ctx context.Context, f *wasm.Frame, root document.Node) error {
	p, err := l.open()
	if err != nil {
		return err
	}
	return p.Response(ctx, f, root)
}

// Event implements pipeline.Hooks.
func (l *lateCodec) Event(ctx context.Context, f *wasm.Frame, root document.Node) (drop bool, err error) {
	p, err := l.open()
	if err != nil {
		return false, err
	}
	return p.Event(ctx, f, root)
}

// Text implements pipeline.Hooks; codecs have no such hook.
func (l *lateCodec) Text(context.Context, *wasm.Frame, uint8, []text.Segment, *text.Reply) error {
	return nil
}

// Body implements pipeline.Hooks; codecs have no such hook.
func (l *lateCodec) Body(context.Context, *wasm.Frame, []byte) (replaced []byte, changed bool, err error) {
	return nil, false, nil
}

// End implements pipeline.Hooks; codecs have no such hook.
func (l *lateCodec) End(context.Context, *wasm.Frame, document.Node) error { return nil }
