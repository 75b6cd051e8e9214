package openaiollama

import (
	"math"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

var vectorBuffer, packedBuffer, encodedBuffer []byte

// pack is the base64 of a vector's numbers as little-endian float32, the form that OpenAI's SDKs ask for,
// until the next call; false when v holds something else. The numbers come as one JSON text: one call
// into the gateway for a vector, not one for each of its thousand numbers.
func pack(v longmen.Value) ([]byte, bool) {
	vectorBuffer = v.AppendJSON(vectorBuffer[:0])
	packed := packedBuffer[:0]
	text := vectorBuffer
	i := 1 // behind the bracket
	for i < len(text) {
		c := text[i]
		if c == ',' || c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			i++
			continue
		}
		if c == ']' {
			break
		}
		f, n := readFloat(text[i:])
		if n == 0 {
			return nil, false
		}
		bits := math.Float32bits(float32(f))
		packed = append(packed, byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24))
		i += n
	}
	encoded := codec.AppendBase64(encodedBuffer[:0], packed)
	packedBuffer, encodedBuffer = packed, encoded
	if cap(vectorBuffer) > codec.MaxKept {
		vectorBuffer, packedBuffer, encodedBuffer = nil, nil, nil
	}
	return encoded, true
}

// powers are the powers of ten that a float64 holds exactly.
var powers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// readFloat reads a number of JSON and tells its length, 0 if there is none. Its result is exact for
// up to 15 digits and within a unit of the last place of float64 for more, of which a float32 keeps
// fewer than half; strconv's exact reading would take several times as long for a batch of vectors.
func readFloat(b []byte) (f float64, n int) {
	negative := b[0] == '-'
	if negative {
		n++
	}
	start, digits, exponent := n, 0, 0
	var mantissa uint64
	point := false
	for ; n < len(b); n++ {
		c := b[n]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		if digits < 19 {
			if mantissa = mantissa*10 + uint64(c-'0'); mantissa > 0 {
				digits++
			}
			if point {
				exponent--
			}
		} else if !point {
			exponent++
		}
	}
	if n == start {
		return 0, 0
	}
	if n < len(b) && (b[n] == 'e' || b[n] == 'E') {
		n++
		minus := n < len(b) && b[n] == '-'
		if n < len(b) && (b[n] == '-' || b[n] == '+') {
			n++
		}
		e := 0
		for ; n < len(b) && b[n] >= '0' && b[n] <= '9'; n++ {
			e = min(e*10+int(b[n]-'0'), 10_000)
		}
		if minus {
			e = -e
		}
		exponent += e
	}
	f = float64(mantissa)
	for exponent > 0 && f != 0 && !math.IsInf(f, 0) {
		k := min(exponent, 22)
		f *= powers[k]
		exponent -= k
	}
	for exponent < 0 && f != 0 {
		k := min(-exponent, 22)
		f /= powers[k]
		exponent += k
	}
	if negative {
		f = -f
	}
	return f, n
}
