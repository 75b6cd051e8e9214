package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// An instance runs one hook at a time, so its buffers are free again whenever the gateway has copied what
// was in them. Only what no buffer can hold is allocated.
var (
	output      []byte                 // JSON text on its way into the gateway
	stateBuffer []byte                 // the state as it was read
	saveBuffer  []byte                 // the state as it will be written
	headBuffer  = make([]byte, 0, 512) // what names the answer
	textBuffer  [4096]byte
)

// maxOutput bounds the buffers that are kept from one hook to the next.
const maxOutput = 64 << 10

// parsed gives JSON text to the gateway and keeps its buffer for the next.
func parsed(text []byte) longmen.Value {
	v := codec.Parsed(text)
	if output = text; cap(output) > maxOutput {
		output = nil
	}
	return v
}

// small appends the JSON of an optional value, or other when it is absent or longer than limit bytes.
func small(dst []byte, v longmen.Value, limit int, other string) []byte {
	if codec.Absent(v) || v.Size() > limit {
		return append(dst, other...)
	}
	return v.AppendJSON(dst)
}

// short reads a string of at most len(buffer)-1 bytes; empty for longer ones and other kinds.
func short(v longmen.Value, buffer []byte) []byte {
	b := v.Prefix(buffer)
	if len(b) == len(buffer) {
		return b[:0]
	}
	return b
}

// appendText appends text as a JSON string, as short as it can be: lines end in many deltas.
func appendText(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i, c := range text {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, text[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}

// appendInt appends a number that is not negative. It is what a delta does most often: strconv takes three
// times as long in a guest.
func appendInt(dst []byte, n int) []byte {
	if n < 10 {
		return append(dst, '0'+byte(n))
	}
	var digits [20]byte
	i := len(digits)
	for ; n > 0; n /= 10 {
		i--
		digits[i] = '0' + byte(n%10)
	}
	return append(dst, digits[i:]...)
}

// appendNumber appends a number and a blank, as cutNumber reads them.
func appendNumber(dst []byte, n int) []byte { return append(appendInt(dst, n), ' ') }

// integer checks an optional integer.
func integer(v longmen.Value, at *codec.Path) error {
	_, _, err := codec.Integer(v, at)
	return err
}

// maxSteps bounds the items, parts, tools and unknown members of one request, so that no client can spend
// the plugin's whole time: a request of the largest agents has some thousands.
const maxSteps = 30000

// steps counts them.
type steps int

func (s *steps) step(at *codec.Path) error {
	if *s++; *s > maxSteps {
		return codec.Invalid(at, "the request has too many parts: expected at most 30000 items, content parts, calls and tools")
	}
	return nil
}
