package openaigemini

import (
	"unsafe"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Short texts are read into buffers of the instance: it runs one hook at a time, so a buffer is free
// again as soon as its text was looked at.
var (
	keyBuffer  [64]byte
	wordBuffer [64]byte
	output     []byte // JSON text on its way into the gateway
)

// key is a member's name, good for a switch; it is overwritten by the next call. Names longer than the
// buffer are cut: no name that this package knows is as long.
func key(v longmen.Value) []byte { return v.KeyPrefix(keyBuffer[:]) }

// word is the beginning of a string, good for a switch over short words; empty for other kinds. It is
// overwritten by the next call.
func word(v longmen.Value) []byte { return v.Prefix(wordBuffer[:]) }

// absent tells whether an optional value is missing: OpenAI's clients send null for it.
func absent(v longmen.Value) bool {
	return !v.Exists() || v.Kind() == longmen.KindNull
}

// parsed is the value that a JSON text says. The text is copied by the gateway, so its buffer is free
// again.
func parsed(text []byte) longmen.Value { return longmen.NewJSON(view(text)) }

// view is b as a string, for as long as b stays as it is.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// appendQuoted appends s as a JSON string. It takes what this package makes itself: identifiers, model
// names, sanitised names. Other text moves by handle or by the gateway's own JSON.
func appendQuoted(dst []byte, s string) []byte {
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

// random is a prefix and n random letters and digits.
func random(prefix string, n int) string {
	const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-" // 64: no bias
	id := make([]byte, len(prefix)+n)
	copy(id, prefix)
	longmen.Random(id[len(prefix):])
	for i := len(prefix); i < len(id); i++ {
		id[i] = alphabet[id[i]&63]
	}
	return string(id)
}
