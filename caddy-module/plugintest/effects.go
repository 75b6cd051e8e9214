package plugintest

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// effects is the wasm.Host of one exchange, over the test's fakes.
type effects struct{ *longmentest.Effects }

var _ wasm.Host = (*effects)(nil)

var errService = errors.New("the test's service failed")

// refusal turns a status into the error that the sandbox turns into that status again.
func refusal(status int32) error {
	switch {
	case status >= 0:
		return nil
	case status == abi.ErrLimit:
		return wasm.ErrLimit
	case status == abi.ErrArgument:
		return wasm.ErrArgument
	case status == abi.ErrIO:
		return errService
	}
	return wasm.ErrDenied
}

// Header implements wasm.Host.
func (h *effects) Header(name string) (string, bool) {
	v, status := h.Effects.Header(name)
	return v, status == abi.OK
}

// SetHeader implements wasm.Host.
func (h *effects) SetHeader(name, v string) error { return refusal(h.Effects.SetHeader(name, v)) }

// SetAttr implements wasm.Host.
func (h *effects) SetAttr(name string, v any) error { return refusal(h.Effects.SetAttr(name, v)) }

// Tag implements wasm.Host.
func (h *effects) Tag(name, v string) error { return refusal(h.Effects.Tag(name, v)) }

// Warn implements wasm.Host.
func (h *effects) Warn(item string) error { return refusal(h.Effects.Warn(item)) }

// Now implements wasm.Host.
func (h *effects) Now() time.Time { return time.UnixMilli(h.Effects.Now()) }

// Respond implements wasm.Host.
func (h *effects) Respond(status int, a *document.Arena, n document.Node, form int32) error {
	return refusal(h.Effects.Respond(status, a.AppendJSON(nil, n), form))
}

// Reject implements wasm.Host.
func (h *effects) Reject(status int, code, param, message string) error {
	return refusal(h.Effects.Reject(status, code, param, message))
}

// Emit implements wasm.Host.
func (h *effects) Emit(a *document.Arena, n document.Node, name string) error {
	return refusal(h.Effects.Emit(a.AppendJSON(nil, n), name))
}

// services are the test's, seen by the hook that runs: an instance has one set, a test's clock and hook
// belong to the exchange.
type services struct {
	*longmentest.Effects
	started bool // the plugin is configured
}

var (
	_ wasm.KV       = (*services)(nil)
	_ wasm.HTTP     = (*services)(nil)
	_ wasm.Recorder = (*services)(nil)
	_ wasm.NER      = (*services)(nil)
	_ io.Reader     = (*services)(nil)
)

// Read gives the test's random bytes, the same in every run. What a guest's runtime asks for when it
// starts is not the plugin's and leaves them as a native test finds them.
func (s *services) Read(buf []byte) (int, error) {
	if !s.started {
		return rand.Read(buf)
	}
	s.Random(buf)
	return len(buf), nil
}

// Get implements wasm.KV.
func (s *services) Get(_ context.Context, key string) ([]byte, error) {
	v, status := s.KVGet(key)
	return v, refusal(status)
}

// Set implements wasm.KV.
func (s *services) Set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	return refusal(s.KVSet(key, value, ttl.Milliseconds()))
}

// Add implements wasm.KV.
func (s *services) Add(_ context.Context, key string, delta int64, ttl time.Duration) (int64, error) {
	sum, ok := s.KVAdd(key, delta, ttl.Milliseconds())
	if !ok {
		return 0, errors.New("adding: what is stored is no integer")
	}
	return sum, nil
}

// CompareAndSwap implements wasm.KV.
func (s *services) CompareAndSwap(_ context.Context, key string, old, value []byte, ttl time.Duration) (bool, error) {
	swapped, status := s.KVCas(key, old, value, ttl.Milliseconds())
	return swapped, refusal(status)
}

// Do implements wasm.HTTP.
func (s *services) Do(_ context.Context, request []byte) ([]byte, error) {
	response, status := s.Effects.HTTP(request)
	return response, refusal(status)
}

// Recognise implements wasm.NER.
func (s *services) Recognise(_ context.Context, request []byte, _ *time.Duration) ([]byte, error) {
	response, status := s.Effects.NER(request)
	return response, refusal(status)
}

// Record implements wasm.Recorder.
func (s *services) Record(_ context.Context, sink string, value []byte) error {
	return refusal(s.Effects.Record(sink, value))
}

// Ready implements wasm.Recorder.
func (s *services) Ready(_ context.Context, sink string) error {
	return refusal(s.Effects.SinkReady(sink))
}
