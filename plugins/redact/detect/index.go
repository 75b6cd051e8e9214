package detect

import "math/bits"

// Bytes repeated over a word.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
	lows  = 0x7f * ones
)

// Index is the place of the first byte c in b from i on, or -1. The standard library's search goes byte by byte in
// a sandbox; this one takes eight at a time.
func Index(b []byte, c byte, i int) int {
	k := uint64(c) * ones
	for ; i+8 <= len(b); i += 8 {
		x := load64(b, i) ^ k
		if m := ^(x | (x&lows + lows)) & highs; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for ; i < len(b); i++ {
		if b[i] == c {
			return i
		}
	}
	return -1
}

// count is how often c stands in b[i:end].
func count(b []byte, c byte, i, end int) int {
	k := uint64(c) * ones
	n := 0
	for ; i+8 <= end; i += 8 {
		x := load64(b, i) ^ k
		n += bits.OnesCount64(^(x&lows + lows | x) & highs)
	}
	for ; i < end; i++ {
		if b[i] == c {
			n++
		}
	}
	return n
}
