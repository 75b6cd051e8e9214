package wasm

import (
	"context"
	"time"
)

// Services are what a Caddyfile granted a plugin beyond its exchange. A nil field is not granted.
type Services struct {
	KV     KV
	HTTP   HTTP
	Record Recorder
	NER    NER
}

// KV is a plugin's own part of a key-value store. Values are JSON texts, and those that it is given are its own. A ttl of 0 keeps a value until
// the store needs its room.
type KV interface {
	// Get returns a copy of the value, which the caller overwrites when it has read it, or nil if there is none.
	Get(ctx context.Context, key string) ([]byte, error)
	// Set stores value; a nil value removes the key.
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// Add adds to a stored integer that starts at 0 and returns the sum.
	Add(ctx context.Context, key string, delta int64, ttl time.Duration) (int64, error)
	// CompareAndSwap stores value (nil removes the key) if the stored text equals old (nil for none).
	CompareAndSwap(ctx context.Context, key string, old, value []byte, ttl time.Duration) (bool, error)
}

// HTTP calls hosts that are granted. Requests and responses are JSON texts, see ABI.md "http". An error
// that wraps ErrDenied, ErrLimit or ErrArgument reaches the guest as such, any other as abi.ErrIO.
type HTTP interface {
	Do(ctx context.Context, request []byte) (response []byte, err error)
}

// NER finds named entities in texts. Requests and responses are JSON texts, see ABI.md "ner". spent is how long the
// exchange has waited for it so far, which the call adds to. An error that wraps ErrLimit or ErrArgument reaches the
// guest as such, any other as abi.ErrIO.
type NER interface {
	Recognise(ctx context.Context, request []byte, spent *time.Duration) (response []byte, err error)
}

// Recorder appends to sinks that are granted. The error for a sink that is not wraps ErrDenied.
type Recorder interface {
	Record(ctx context.Context, sink string, value []byte) error
	// Ready tells whether the sink would take a record now.
	Ready(ctx context.Context, sink string) error
}
