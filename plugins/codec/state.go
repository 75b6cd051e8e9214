package codec

// Codecs keep what they know of an exchange as one short text in its state: flags, numbers, words.

// Bit is a flag in such a text.
func Bit(b bool) byte {
	if b {
		return '1'
	}
	return '0'
}

// CutNumber reads a number that is not negative, and the blank after it.
func CutNumber(b []byte) (n int, rest []byte) {
	for i, c := range b {
		if c == ' ' {
			return n, b[i+1:]
		}
		n = n*10 + int(c-'0')
	}
	return n, nil
}
