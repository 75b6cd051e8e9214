package longmen

// AppendHex appends b in hexadecimal, lower case: digests and MACs as names. Package encoding/hex would bring fmt into
// the guest.
func AppendHex(dst, b []byte) []byte {
	const digits = "0123456789abcdef"
	for _, c := range b {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}
