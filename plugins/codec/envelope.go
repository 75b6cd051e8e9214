package codec

import "strings"

// A provider's opaque value (a signature of thoughts, an encrypted piece of reasoning) has to come back to
// the provider unchanged, through clients whose dialect knows only opaque values of another provider.
// It travels there in an envelope: a mark, what it is, and the value.

// envelope is the mark; a value of a provider's own does not begin so.
const envelope = "longmen.v1."

// Kinds of sealed values.
const (
	SealedGoogle    = "google"    // a thought_signature of Gemini
	SealedAnthropic = "anthropic" // JSON: a list of thinking blocks
	SealedHub       = "hub"       // JSON: {"thinking_blocks":[…],"thought_signature":"…"}
)

// MaxSealed bounds a sealed value, in bytes: it passes through the plugin's memory.
const MaxSealed = 256 << 10

// Seal puts a value into an envelope.
func Seal(kind, value string) string { return envelope + kind + "." + value }

// Open is the value in an envelope of that kind; false when text is no such envelope, and so a
// provider's own value, or a foreign one.
func Open(kind, text string) (value string, ok bool) {
	rest, ok := strings.CutPrefix(text, envelope)
	if !ok {
		return "", false
	}
	rest, ok = strings.CutPrefix(rest, kind)
	if !ok || rest == "" || rest[0] != '.' {
		return "", false
	}
	return rest[1:], true
}

// Sealed tells whether text is an envelope of any kind.
func Sealed(text string) bool { return strings.HasPrefix(text, envelope) }

// DecodeBase64 appends what the standard encoding, padded or not, stands for; false when src is something
// else.
func DecodeBase64(dst, src []byte) ([]byte, bool) {
	for pad := 0; pad < 2 && len(src) > 0 && src[len(src)-1] == '='; pad++ {
		src = src[:len(src)-1]
	}
	if len(src)%4 == 1 {
		return dst, false
	}
	var bits, held uint
	for _, c := range src {
		d := base64Digit(c)
		if d > 63 {
			return dst, false
		}
		if bits, held = bits<<6|uint(d), held+6; held >= 8 {
			held -= 8
			dst = append(dst, byte(bits>>held))
			bits &= 1<<held - 1
		}
	}
	return dst, bits == 0
}

func base64Digit(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A'
	case c >= 'a' && c <= 'z':
		return c - 'a' + 26
	case c >= '0' && c <= '9':
		return c - '0' + 52
	case c == '+', c == '-':
		return 62
	case c == '/', c == '_':
		return 63
	}
	return 255
}
