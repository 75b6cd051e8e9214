package codec

import (
	"strconv"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// JSON is JSON text that is written piece by piece, on its way into the gateway. Each piece is a call:
// an append that the compiler writes out where it stands takes several times the bytes of a module,
// and a codec is made of them.
type JSON struct{ b []byte }

// MaxKept bounds the buffer that a text keeps for the next one, in bytes.
const MaxKept = 64 << 10

// Start begins the text anew.
//
//go:noinline
func (t *JSON) Start(s string) *JSON {
	t.b = append(t.b[:0], s...)
	return t
}

// Put appends s as it is.
//
//go:noinline
func (t *JSON) Put(s string) *JSON {
	t.b = append(t.b, s...)
	return t
}

// Quote appends s as a JSON string; it takes what AppendQuoted takes.
//
//go:noinline
func (t *JSON) Quote(s string) *JSON {
	t.b = AppendQuoted(t.b, s)
	return t
}

// Int appends a number.
//
//go:noinline
func (t *JSON) Int(n int64) *JSON {
	t.b = strconv.AppendInt(t.b, n, 10)
	return t
}

// Value appends the JSON of v.
//
//go:noinline
func (t *JSON) Value(v longmen.Value) *JSON {
	t.b = v.AppendJSON(t.b)
	return t
}

// Bytes is the text so far; it is overwritten by the next one.
func (t *JSON) Bytes() []byte { return t.b }

// Parse is the value that the text says. The gateway has its own copy.
//
//go:noinline
func (t *JSON) Parse() longmen.Value {
	v := Parsed(t.b)
	if cap(t.b) > MaxKept {
		t.b = nil
	}
	return v
}

// Emit sends the text on as an event of that name, if it has one.
//
//go:noinline
func (t *JSON) Emit(name string) { longmen.Emit(t.Parse(), name) }

// Cut takes back what stands behind the first n bytes.
func (t *JSON) Cut(n int) *JSON {
	t.b = t.b[:n]
	return t
}
