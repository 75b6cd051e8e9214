package codec

import (
	"bytes"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const (
	MaxHead    = 1024    // bytes of a data URL before its comma, at most
	maxPercent = 1 << 20 // bytes of a data URL that has to be encoded anew
)

// IsDataURL tells it by the beginning of a URL.
func IsDataURL(head []byte) bool {
	return len(head) >= 5 && strings.EqualFold(string(head[:5]), "data:")
}

// DataURL is the media type and the base64 of a data URL (RFC 2397), of which head is the beginning. The
// bytes stay in the gateway, as a slice.
func DataURL(url longmen.Value, head []byte, at *Path) (kind string, data longmen.Value, err error) {
	comma := bytes.IndexByte(head, ',')
	if comma < 0 {
		return "", 0, Invalid(at, "expected data:<type>;base64,<data>")
	}
	kind, encoded := string(head[len("data:"):comma]), false
	if i := strings.IndexByte(kind, ';'); i >= 0 {
		options := kind[i:]
		kind = kind[:i]
		encoded = len(options) >= 7 && strings.EqualFold(options[len(options)-7:], ";base64")
	}
	kind = MediaType(kind)
	if kind == "" {
		return "", 0, Invalid(at, "expected a media type such as image/png in the data URL")
	}
	if !encoded {
		return percent(url, comma+1, kind, at)
	}
	n := url.Len() - comma - 1
	if !Base64Like(n, head[comma+1:]) {
		return "", 0, Invalid(at, "expected base64 after the comma of the data URL")
	}
	return kind, url.Slice(comma+1, n), nil
}

// MediaType is the media type in lower case and without aliases, or "" if it is none.
func MediaType(kind string) string {
	kind = strings.ToLower(kind)
	if i := strings.IndexByte(kind, '/'); i <= 0 || i == len(kind)-1 || len(kind) > 127 {
		return ""
	}
	for i := 0; i < len(kind); i++ {
		switch c := kind[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte("/.+-_", c) >= 0:
		default:
			return ""
		}
	}
	if kind == "image/jpg" {
		return "image/jpeg"
	}
	return kind
}

// Base64Like looks at the length and at the head, or, if that is all, the whole of n bytes. What is
// wrong in the middle of megabytes is the provider's to find, which answers 400 too.
func Base64Like(n int, head []byte) bool {
	if n == 0 || n%4 == 1 {
		return false
	}
	if len(head) < n {
		return digitsOnly(head)
	}
	digits := bytes.TrimRight(head, "=")
	pad := n - len(digits)
	if pad > 2 || pad > 0 && n%4 != 0 {
		return false
	}
	return len(digits) > 0 && digitsOnly(digits)
}

// digitsOnly tells whether all bytes are digits of base64 or of its URL-safe alphabet.
func digitsOnly(b []byte) bool {
	for _, c := range b {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			c == '+', c == '/', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// percent encodes a data URL anew that holds its bytes percent-encoded, as SVG often does.
func percent(url longmen.Value, start int, kind string, at *Path) (string, longmen.Value, error) {
	if url.Len() > maxPercent {
		return "", 0, Unsupported(at, "expected base64 in a data URL of this size")
	}
	raw := url.AppendString(nil)[start:]
	plain := raw[:0]
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '%' {
			if i+2 >= len(raw) {
				return "", 0, Invalid(at, "expected two hexadecimal digits after each %")
			}
			hi, lo := HexDigit(raw[i+1]), HexDigit(raw[i+2])
			if hi > 15 || lo > 15 {
				return "", 0, Invalid(at, "expected two hexadecimal digits after each %")
			}
			c = hi<<4 | lo
			i += 2
		}
		plain = append(plain, c)
	}
	if len(plain) == 0 {
		return "", 0, Invalid(at, "expected data after the comma of the data URL")
	}
	return kind, longmen.NewString(string(AppendBase64(nil, plain))), nil
}

// HexDigit is the value of a hexadecimal digit, 255 for another character.
func HexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// AppendBase64 appends the standard encoding; package encoding/base64 would bring in 60 KB.
func AppendBase64(dst, src []byte) []byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for len(src) >= 3 {
		n := uint(src[0])<<16 | uint(src[1])<<8 | uint(src[2])
		dst = append(dst, alphabet[n>>18], alphabet[n>>12&63], alphabet[n>>6&63], alphabet[n&63])
		src = src[3:]
	}
	switch len(src) {
	case 1:
		n := uint(src[0]) << 16
		dst = append(dst, alphabet[n>>18], alphabet[n>>12&63], '=', '=')
	case 2:
		n := uint(src[0])<<16 | uint(src[1])<<8
		dst = append(dst, alphabet[n>>18], alphabet[n>>12&63], alphabet[n>>6&63], '=')
	}
	return dst
}

// NewDataURL is the data URL (RFC 2397) of base64 that stands in data; false when data is no base64. kind is
// a clean media type. The bytes stay in the gateway.
func NewDataURL(kind string, data longmen.Value) (longmen.Value, bool) {
	var head [64]byte
	n := data.Len()
	if data.Kind() != longmen.KindString || !Base64Like(n, data.Prefix(head[:])) {
		return 0, false
	}
	var prefix [160]byte
	b := append(append(append(prefix[:0], `data:`...), kind...), `;base64,`...)
	parts := longmen.NewArray()
	parts.Append(longmen.NewString(View(b)))
	parts.Append(data)
	return parts.Join(), true
}
