package togemini

import (
	"math"
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Vectors move by handle where a client takes numbers. OpenAI's SDKs ask for base64 of little-endian
// float32 by default, which is made here: the numbers come into the guest as one text.

// maxVector bounds a vector, in bytes of its JSON: 3072 numbers have some 60 KB.
const maxVector = 4 << 20

var (
	vectorText []byte
	vector     []float32
	packed     []byte
)

// appendVector appends the member "embedding", unless the numbers can stay as they are.
func appendVector(dst []byte, values longmen.Value, encoded bool, at *codec.Path) ([]byte, error) {
	if !encoded && !config.normalize {
		return dst, nil
	}
	vectorText = values.AppendJSON(vectorText[:0])
	var ok bool
	if vector, ok = parseVector(vector[:0], vectorText); !ok || len(vectorText) > maxVector {
		return dst, codec.Malformed(at, "an array of numbers")
	}
	if config.normalize {
		normalize(vector)
	}
	if !encoded {
		dst = append(dst, `,"embedding":[`...)
		for i, f := range vector {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendFloat(dst, float64(f), 'g', -1, 32)
		}
		return append(dst, ']'), nil
	}
	packed = packed[:0]
	for _, f := range vector {
		n := math.Float32bits(f)
		packed = append(packed, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	dst = append(dst, `,"embedding":"`...)
	dst = codec.AppendBase64(dst, packed)
	return append(dst, '"'), nil
}

// normalize makes the length 1; a vector of zeros stays.
func normalize(v []float32) {
	sum := 0.0
	for _, f := range v {
		sum += float64(f) * float64(f)
	}
	if sum == 0 || math.IsInf(sum, 0) {
		return
	}
	scale := 1 / math.Sqrt(sum)
	for i := range v {
		v[i] = float32(float64(v[i]) * scale)
	}
}

// tens are the powers of ten that a float64 holds exactly.
var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// parseVector appends the numbers of a JSON array; false if there is anything else in it. Numbers of up to
// 18 digits, as providers write them, take the short way: one division of an integer by a power of ten, which
// is as near as float32 can tell. The rest goes through package strconv. The text gets a byte behind its
// end, so that the loops, which run once for every digit of megabytes, need not look for the end.
func parseVector(dst []float32, text []byte) ([]float32, bool) {
	text = append(text, 0)
	i := blank(text, 0)
	if text[i] != '[' {
		return dst, false
	}
	if i = blank(text, i+1); text[i] == ']' {
		return dst, true
	}
	for {
		i = blank(text, i)
		start := i
		if text[i] == '-' {
			i++
		}
		first, scale := i, 0
		mantissa := uint64(0)
		c := text[i] - '0'
		for ; c <= 9; c = text[i] - '0' {
			mantissa = mantissa*10 + uint64(c)
			i++
		}
		digits := i - first
		if text[i] == '.' {
			i++
			point := i
			for c = text[i] - '0'; c <= 9; c = text[i] - '0' {
				mantissa = mantissa*10 + uint64(c)
				i++
			}
			scale = point - i
			digits -= scale
		}
		if digits == 0 {
			return dst, false
		}
		if text[i]|' ' == 'e' {
			var e int
			if e, i = exponent(text, i+1); e > 1000 || e < -1000 {
				return dst, false
			}
			scale += e
		}
		var f float64
		switch {
		case digits <= 18 && scale <= 0 && scale >= -22:
			f = float64(mantissa) / tens[-scale]
		case digits <= 18 && scale > 0 && scale <= 22:
			f = float64(mantissa) * tens[scale]
		default:
			var err error
			if f, err = strconv.ParseFloat(codec.View(text[first:i]), 64); err != nil {
				return dst, false
			}
		}
		if first > start {
			f = -f
		}
		dst = append(dst, float32(f))
		switch i = blank(text, i); text[i] {
		case ',':
			i++
		case ']':
			return dst, true
		default:
			return dst, false
		}
	}
}

// blank is the place of the next byte that is no blank.
func blank(text []byte, i int) int {
	for text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r' {
		i++
	}
	return i
}

// exponent reads the number behind an e, and tells where it ends.
func exponent(text []byte, i int) (e, end int) {
	minus := text[i] == '-'
	if minus || text[i] == '+' {
		i++
	}
	for ; text[i]-'0' <= 9; i++ {
		e = min(e*10+int(text[i]-'0'), 1001)
	}
	if minus {
		e = -e
	}
	return e, i
}
