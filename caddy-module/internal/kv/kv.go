// Package kv is the key-value store that the grant of that name gives a plugin. The wasm package calls
// it from the kv host functions; each plugin has a namespace of its own.
package kv

import (
	"context"
	"errors"
	"time"
)

// Store holds values under keys for one plugin. It is safe for concurrent use. Keys are any bytes, at
// most MaxKey of them. A ttl of 0 or less means no expiry; shorter than a millisecond means one.
type Store interface {
	// Get gives a copy of a key's value, the caller's own; false when there is none.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	// Set puts a copy of value under key.
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// Add adds delta to the decimal integer under key and returns the sum. A key without value starts
	// at 0 and then lives for ttl; adding to a value that is there leaves its expiry alone, so that a
	// counter ends with the window that it began. ErrNotInteger when the value is no int64, ErrOverflow
	// when the sum would be none.
	Add(ctx context.Context, key string, delta int64, ttl time.Duration) (sum int64, err error)
	// CompareAndSwap puts a copy of new under key when the value there equals old, and tells whether it
	// did. A nil old means that there is no value; a nil new removes the value.
	CompareAndSwap(ctx context.Context, key string, old, new []byte, ttl time.Duration) (swapped bool, err error)
}

// MaxKey is the longest key, in bytes.
const MaxKey = 1024

// Why a store refuses.
var (
	ErrKey        = errors.New("using key-value store: key is longer than 1024 bytes")
	ErrTooLarge   = errors.New("using key-value store: value is larger than the plugin's quota")
	ErrNotInteger = errors.New("adding in key-value store: value is not a decimal integer")
	ErrOverflow   = errors.New("adding in key-value store: sum is beyond 64 bits")
)
