package longmen

import (
	"math"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/internal/host"
)

// Services are used by grant. They fail for reasons of the world outside, so they return their errors
// and leave it to the plugin whether the hook fails.

// HasKV tells whether the plugin has the grant "kv". It may be asked in every hook, configure included.
func HasKV() bool { return host.KVGet("") >= 0 }

// KVGet is a copy of the value stored under a key; it does not exist when there is none, or when the
// plugin has no grant, or when the store fails.
func KVGet(key string) Value { return value(host.KVGet(key)) }

// KVRead is KVGet for who has to tell "nothing is stored" from "nobody knows".
func KVRead(key string) (Value, error) {
	h := host.KVGet(key)
	return value(h), failed("kv get", h)
}

// KVSet stores a copy of a value for ttl; zero means until it is evicted. A zero Value removes the key.
func KVSet(key string, v Value, ttl Duration) error {
	return failed("kv set", host.KVSet(key, uint32(v), int64(ttl)))
}

// KVAdd adds to a stored integer, which starts at 0, and returns the sum. The ttl counts from the
// first addition.
func KVAdd(key string, delta int64, ttl Duration) (int64, error) {
	sum := host.KVAdd(key, delta, int64(ttl))
	if sum == math.MinInt64 {
		return 0, &failure{operation: "kv add"}
	}
	return sum, nil
}

// KVCas stores a copy of v if the stored value equals old; a zero old means "nothing is stored", a
// zero v removes the key. It tells whether it did.
func KVCas(key string, old, v Value, ttl Duration) (bool, error) {
	n := host.KVCas(key, uint32(old), uint32(v), int64(ttl))
	return n == 1, failed("kv cas", n)
}

// HTTP does one HTTP round trip to a granted host. The request is an object: "method" (default GET),
// "url", "headers" (object of strings), "body" (string) or "json" (any value), "timeout_ms". The
// response is an object: "status", "headers", "body" (string), and "json" when the body is JSON.
func HTTP(request Value) (Value, error) {
	h := host.HTTP(uint32(request))
	return value(h), failed("http", h)
}

// Record appends a copy of v to a granted sink.
func Record(sink string, v Value) error {
	if v == 0 {
		return &failure{operation: "record", status: abi.ErrHandle} // the host takes it for a question
	}
	return failed("record", host.Record(sink, uint32(v)))
}

// SinkGranted tells whether the plugin is granted a sink of that name. It may be asked in every hook, Configure
// included.
func SinkGranted(sink string) bool { return host.Record(sink, 0) != abi.ErrDenied }

// SinkReady tells whether a sink is granted and would take a record now.
func SinkReady(sink string) bool { return host.Record(sink, 0) == abi.OK }
