package detect

// Classes of ASCII bytes, one bit each. Bytes from 0x80 on are in none: Chinese characters and full-width
// punctuation are boundaries, unlike for the \b of most regular expressions.
const (
	isDigit  uint8 = 1 << iota // 0-9
	isUpper                    // A-Z
	isLower                    // a-z
	isHex                      // 0-9 a-f A-F
	isScore                    // _
	isHyphen                   // -
	isLocal                    // . and +, which a mailbox's local part may contain
	isBase64                   // + and /
)

// Unions of classes.
const (
	isAlpha = isUpper | isLower
	isAlnum = isAlpha | isDigit
	isName  = isAlnum | isScore            // an identifier's bytes
	isToken = isAlnum | isScore | isHyphen // base64url, and what joins the parts of tokens
)

var class = func() (c [256]uint8) {
	for b := range 256 {
		switch {
		case b >= '0' && b <= '9':
			c[b] = isDigit | isHex
		case b >= 'A' && b <= 'F':
			c[b] = isUpper | isHex
		case b >= 'G' && b <= 'Z':
			c[b] = isUpper
		case b >= 'a' && b <= 'f':
			c[b] = isLower | isHex
		case b >= 'g' && b <= 'z':
			c[b] = isLower
		}
	}
	c['_'] = isScore
	c['-'] = isHyphen
	c['.'] = isLocal
	c['+'] = isLocal | isBase64
	c['/'] = isBase64
	return c
}()

// What a byte does beside a number; no bit is set for letters, digits, underscores and what is not ASCII.
const (
	endsNumber  uint8 = 1 << iota // stands behind a number and ends it
	joinsNumber                   // may join a number to another group
	opensNumber                   // stands before a number and is no part of anything that contains it
)

var beside = func() (f [256]uint8) {
	for b := range 128 {
		if class[b]&isName != 0 {
			continue
		}
		f[b] = endsNumber | opensNumber
	}
	for _, b := range "-. ()/" {
		f[b] = joinsNumber | opensNumber
	}
	f['%'] = endsNumber
	return f
}()

// lower is the lower-case form of an ASCII letter; other bytes stay.
func lower(c byte) byte {
	if class[c]&isUpper != 0 {
		return c | 0x20
	}
	return c
}

// foldEqual tells whether b is the lower-case ASCII text want, in any case.
//
//go:noinline
func foldEqual(b []byte, want string) bool {
	if len(b) != len(want) {
		return false
	}
	for i, c := range b {
		if lower(c) != want[i] {
			return false
		}
	}
	return true
}
