package longmen

import (
	"unsafe"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/internal/host"
)

// Value is a value of a document that lives in the gateway: a number that is valid until the hook
// returns. The zero Value is "no such value"; every method on it is safe and finds nothing.
type Value uint32

// value turns what the host returned into a Value; errors become the zero Value.
func value(h int32) Value {
	if h < 0 {
		return 0
	}
	return Value(h)
}

// found is value for reads. That a walk ends because a bound was met must not look like the end of the
// document: the hook fails.
func found(h int32) Value {
	if h < 0 {
		setter("reading", h)
		return 0
	}
	return Value(h)
}

// scratch receives strings on their way into Go: one per instance is enough, because an instance runs
// one hook at a time.
var scratch [4096]byte

// Exists tells whether there is such a value.
func (v Value) Exists() bool { return v != 0 }

// Kind is the value's kind, KindInvalid when it does not exist.
func (v Value) Kind() Kind {
	if v == 0 {
		return KindInvalid
	}
	if s := v.known(); s != nil {
		return s.kind
	}
	return Kind(host.Kind(uint32(v)))
}

// Len is the number of members or elements, or the decoded length of a string in bytes; 0 for others.
func (v Value) Len() int {
	if v == 0 {
		return 0
	}
	return max(0, int(host.Len(uint32(v))))
}

// Get is the member of that name; of duplicates the last.
func (v Value) Get(key string) Value {
	if v == 0 {
		return 0
	}
	return found(host.Get(uint32(v), key))
}

// Pointer is the value at an RFC 6901 pointer, such as "/choices/0/message".
func (v Value) Pointer(pointer string) Value {
	if v == 0 {
		return 0
	}
	return found(host.Pointer(uint32(v), pointer))
}

// Index is the i-th element or member, from 0.
func (v Value) Index(i int) Value {
	if v == 0 || i < 0 {
		return 0
	}
	return found(host.Index(uint32(v), int32(i)))
}

// First is the first element or member:
//
//	for m := messages.First(); m.Exists(); m = m.Next() { … }
func (v Value) First() Value {
	if v == 0 {
		return 0
	}
	return v.list()
}

// Next is the element or member after this one.
func (v Value) Next() Value {
	if v == 0 {
		return 0
	}
	if s := v.known(); s != nil && s.ends {
		return s.next
	}
	return found(host.Next(uint32(v)))
}

// reader is one of the host functions that copy text out.
type reader uint8

const (
	readKey reader = iota
	readString
	readJSON
)

func (r reader) read(v Value, buf []byte) int {
	if r == readKey {
		if s := v.known(); s != nil && s.whole {
			copy(buf, s.text())
			return int(s.size)
		}
	}
	p, size := unsafe.SliceData(buf), int32(len(buf))
	var n int32
	switch r {
	case readKey:
		n = host.Key(uint32(v), p, size)
	case readString:
		n = host.String(uint32(v), p, size)
	default:
		n = host.JSON(uint32(v), p, size)
	}
	if n == abi.ErrLimit {
		setter("reading", n)
	}
	return int(n)
}

// appendTo appends the whole text to buf and allocates only when buf has no room.
func (r reader) appendTo(v Value, buf []byte) []byte {
	if v == 0 {
		return buf
	}
	spare := buf[len(buf):cap(buf)]
	n := r.read(v, spare)
	if n <= 0 {
		return buf
	}
	if n > len(spare) {
		grown := make([]byte, len(buf), len(buf)+max(n, len(buf))) // doubled, as many may be appended
		copy(grown, buf)
		buf = grown
		if n = min(r.read(v, buf[len(buf):cap(buf)]), n); n <= 0 {
			return buf
		}
	}
	return buf[:len(buf)+n]
}

// text is the whole text as a string of its own.
func (r reader) text(v Value) string {
	if v == 0 {
		return ""
	}
	n := r.read(v, scratch[:])
	if n <= 0 {
		return ""
	}
	if n <= len(scratch) {
		return string(scratch[:n])
	}
	b := r.appendTo(v, make([]byte, 0, n))
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// is compares without allocating.
func (r reader) is(v Value, s string) bool {
	if v == 0 {
		return false
	}
	n := r.read(v, scratch[:])
	if n != len(s) {
		return false
	}
	if n <= len(scratch) {
		return string(scratch[:n]) == s
	}
	return r.text(v) == s
}

// Key is the name of a member; "" for others. It allocates: prefer KeyIs, AppendKey or KeyPrefix.
func (v Value) Key() string { return readKey.text(v) }

// KeyIs tells whether the member has that name, without allocating.
func (v Value) KeyIs(name string) bool { return readKey.is(v, name) }

// AppendKey appends the member's name to buf.
func (v Value) AppendKey(buf []byte) []byte { return readKey.appendTo(v, buf) }

// String is the decoded text of a string; "" for other kinds. It allocates: prefer Is, AppendString or
// Prefix.
func (v Value) String() string { return readString.text(v) }

// Is tells whether the value is the string s, without allocating.
func (v Value) Is(s string) bool {
	if s == "" {
		return v.Kind() == KindString && v.Len() == 0
	}
	return readString.is(v, s)
}

// AppendString appends the decoded text of a string to buf; with room in buf it allocates nothing.
func (v Value) AppendString(buf []byte) []byte { return readString.appendTo(v, buf) }

// Prefix fills buf with the beginning of a string and returns the filled part: a look at the head of
// a value of any size. The cut may fall inside of a UTF-8 sequence.
func (v Value) Prefix(buf []byte) []byte {
	if v == 0 {
		return buf[:0]
	}
	return buf[:max(0, min(len(buf), readString.read(v, buf)))]
}

// KeyPrefix fills buf with the beginning of the member's name and returns the filled part, like Prefix:
// a look at a name that a client may have made megabytes long.
func (v Value) KeyPrefix(buf []byte) []byte {
	if v == 0 {
		return buf[:0]
	}
	return buf[:max(0, min(len(buf), readKey.read(v, buf)))]
}

// JSON is the value's JSON text; "" when it does not exist.
func (v Value) JSON() string { return readJSON.text(v) }

// AppendJSON appends the value's JSON text to buf.
func (v Value) AppendJSON(buf []byte) []byte { return readJSON.appendTo(v, buf) }

// Size is the length in bytes of the value's JSON text, which stays in the gateway.
func (v Value) Size() int {
	if v == 0 {
		return 0
	}
	return max(0, readJSON.read(v, nil))
}

// Int is a number, cut towards zero and clamped to 64 bits; 1 or 0 for a bool; 0 for other kinds.
func (v Value) Int() int64 {
	if v == 0 {
		return 0
	}
	return host.Int(uint32(v))
}

// Float is a number; 1 or 0 for a bool; 0 for other kinds.
func (v Value) Float() float64 {
	if v == 0 {
		return 0
	}
	return host.Float(uint32(v))
}

// Bool tells whether the value is true. A number is not.
func (v Value) Bool() bool {
	return v != 0 && v.Kind() == KindBool && host.Int(uint32(v)) != 0
}

// Digest is the SHA-256 of the value's JSON text as it stands. The text stays in the gateway.
func (v Value) Digest() (sum [abi.DigestLen]byte) {
	setter("digest", host.Digest(uint32(v), &sum[0]))
	return sum
}
