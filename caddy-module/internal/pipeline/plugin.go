// Package pipeline runs the plugins of a route around one exchange: request hooks in order, answer
// hooks in reverse order, text held back between stream events. Package gateway builds an Exchange
// for every client request and leads the documents through it.
package pipeline

import (
	"context"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Hooks are the calls into one configured plugin. *wasm.Pool implements it; any instance serves any
// call, what belongs to the exchange is in the frame.
type Hooks interface {
	Request(ctx context.Context, f *wasm.Frame, root document.Node) error
	Response(ctx context.Context, f *wasm.Frame, root document.Node) error
	// Event is called with root 0 once when the stream has ended cleanly.
	Event(ctx context.Context, f *wasm.Frame, root document.Node) (drop bool, err error)
	Text(ctx context.Context, f *wasm.Frame, phase uint8, segs []text.Segment, reply *text.Reply) error
	Body(ctx context.Context, f *wasm.Frame, body []byte) (replaced []byte, changed bool, err error)
	End(ctx context.Context, f *wasm.Frame, record document.Node) error
}

var _ Hooks = (*wasm.Pool)(nil)

// OnError tells what a plugin's failure means for the exchange.
type OnError uint8

const (
	// Fail answers the request with an error in the client's dialect. The default.
	Fail OnError = iota
	// Skip goes on as if the plugin were not in the chain for this hook.
	Skip
)

// Set names the hooks that a plugin has; a hook that is not in it is never called.
type Set uint8

// Hooks of a Set.
const (
	HasRequest Set = 1 << iota
	HasResponse
	HasEvent
	HasText
	HasBody
	HasEnd
)

// SetOf asks which hooks a plugin has.
func SetOf(has func(hook string) bool) Set {
	var s Set
	for i, hook := range []string{abi.HookRequest, abi.HookResponse, abi.HookEvent, abi.HookText, abi.HookBody, abi.HookEnd} {
		if has(hook) {
			s |= 1 << i
		}
	}
	return s
}

// Plugin is one configured plugin as a chain uses it. It is shared by all exchanges.
type Plugin struct {
	Name    string // as the Caddyfile names it
	Hooks   Hooks
	Has     Set
	OnError OnError
	// MaxHold bounds the bytes of one channel of a stream that the plugin may hold back; 0 means 64 KiB.
	MaxHold int
	// Module is the SHA-256 of the plugin's WebAssembly, and Policy the digest of its configuration. It can read both.
	Module, Policy string
}

// Reads reports whether any of the plugins sees requests or answers (and not just the record).
func Reads(plugins []*Plugin) (request, answer bool) {
	for _, p := range plugins {
		request = request || p.Has&(HasRequest|HasText|HasBody) != 0
		answer = answer || p.Has&(HasResponse|HasEvent|HasText|HasBody) != 0
	}
	return request, answer
}
