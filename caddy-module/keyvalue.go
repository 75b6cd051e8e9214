package caddyllm

import (
	"context"
	"errors"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

// keyValue is a namespace as the sandbox wants it: a nil text is no value.
type keyValue struct {
	store    kv.Store
	failures *outage // nil for a store that does not fail
}

var _ wasm.KV = keyValue{}

// Get implements wasm.KV.
func (k keyValue) Get(ctx context.Context, key string) ([]byte, error) {
	v, ok, err := k.store.Get(ctx, key)
	if err != nil || !ok {
		return nil, k.refusal(ctx, err)
	}
	return v, nil
}

// Set implements wasm.KV. The value is overwritten: it may be what must not be found in memory later.
func (k keyValue) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if value == nil {
		return k.refusal(ctx, k.remove(ctx, key))
	}
	defer clear(value)
	return k.refusal(ctx, k.store.Set(ctx, key, value, ttl))
}

// remove takes a key out, whatever others store there meanwhile.
func (k keyValue) remove(ctx context.Context, key string) error {
	for ctx.Err() == nil {
		old, ok, err := k.store.Get(ctx, key)
		if err != nil || !ok {
			return err
		}
		swapped, err := k.store.CompareAndSwap(ctx, key, old, nil, 0)
		clear(old)
		if err != nil || swapped {
			return err
		}
	}
	return ctx.Err()
}

// Add implements wasm.KV.
func (k keyValue) Add(ctx context.Context, key string, delta int64, ttl time.Duration) (int64, error) {
	sum, err := k.store.Add(ctx, key, delta, ttl)
	return sum, k.refusal(ctx, err)
}

// CompareAndSwap implements wasm.KV. Both texts are overwritten.
func (k keyValue) CompareAndSwap(ctx context.Context, key string, old, value []byte, ttl time.Duration) (bool, error) {
	defer clear(old)
	defer clear(value)
	swapped, err := k.store.CompareAndSwap(ctx, key, old, value, ttl)
	return swapped, k.refusal(ctx, err)
}

// refusal says in the sandbox's terms why the store refused, and logs a failure of its own.
func (k keyValue) refusal(ctx context.Context, err error) error {
	out := refusal(err)
	if out == nil || k.failures == nil || ctx.Err() != nil || errors.Is(out, wasm.ErrArgument) || errors.Is(out, wasm.ErrLimit) {
		return out
	}
	k.failures.note(err)
	return out
}
