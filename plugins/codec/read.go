package codec

import (
	"unsafe"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Short texts are read into buffers of the instance: it runs one hook at a time, so a buffer is free
// again as soon as its text was looked at.
var (
	keyBuffer  [64]byte
	wordBuffer [64]byte
)

// Key is a member's name, good for a switch; it is overwritten by the next call. Names longer than the
// buffer are cut: no name that this package knows is as long.
func Key(v longmen.Value) []byte { return v.KeyPrefix(keyBuffer[:]) }

// Word is the beginning of a string, good for a switch over short words; empty for other kinds. It is
// overwritten by the next call.
func Word(v longmen.Value) []byte { return v.Prefix(wordBuffer[:]) }

// Absent tells whether an optional value is missing: OpenAI's clients send null for it.
func Absent(v longmen.Value) bool {
	return !v.Exists() || v.Kind() == longmen.KindNull
}

// Integer reads an optional integer; ok is false when it is absent. What is too large for a float64 to show
// a fraction passes as the nearest int64.
//
//go:noinline
func Integer(v longmen.Value, at *Path) (n int64, ok bool, err error) {
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return 0, false, nil
	case longmen.KindNumber:
		n = v.Int()
		if n > -1<<52 && n < 1<<52 && v.Float() != float64(n) {
			return 0, false, Invalid(at, "expected an integer")
		}
		return n, true, nil
	}
	return 0, false, Invalid(at, "expected an integer")
}

// Parsed is the value that a JSON text says. The text is copied by the gateway, so its buffer is free
// again.
func Parsed(text []byte) longmen.Value { return longmen.NewJSON(View(text)) }

// View is b as a string, for as long as b stays as it is.
func View(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// AppendQuoted appends s as a JSON string. It takes what this package makes itself: identifiers, model
// names, sanitised names. Other text moves by handle or by the gateway's own JSON.
//
//go:noinline
func AppendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// RandomID is a prefix and n random letters and digits.
func RandomID(prefix string, n int) string {
	const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-" // 64: no bias
	id := make([]byte, len(prefix)+n)
	copy(id, prefix)
	longmen.Random(id[len(prefix):])
	for i := len(prefix); i < len(id); i++ {
		id[i] = alphabet[id[i]&63]
	}
	return string(id)
}

// Text tells whether v is a string that is not empty, with one call into the gateway for one that is.
func Text(v longmen.Value) bool {
	var one [1]byte
	return len(v.Prefix(one[:])) > 0
}

// Joined joins texts, which stay in the gateway.
type Joined struct{ first, all longmen.Value }

// Add tells whether there was text in v, and takes it over.
func (j *Joined) Add(v longmen.Value) bool {
	switch {
	case !Text(v):
		return false
	case j.all.Exists():
		j.all.Append(v)
	case j.first.Exists():
		j.all = longmen.NewArray()
		j.all.Append(j.first)
		j.all.Append(v)
	default:
		j.first = v
	}
	return true
}

// AddString adds text of the codec's own, such as a separator.
func (j *Joined) AddString(s string) {
	if s != "" {
		j.Add(longmen.NewString(s))
	}
}

// Value is the joined text; the zero Value when there was none. A single text is the value that was added.
func (j *Joined) Value() longmen.Value {
	if j.all.Exists() {
		return j.all.Join()
	}
	return j.first
}
