package detect

import "math/bits"

// API keys and tokens are known by the prefix that their vendor gives them: a row of vendors. The scan
// brings long runs of token characters here; their start, and each place behind a hyphen or underscore in
// them, is looked up by its first byte.

// minWord is the shortest run that is looked at: no vendor's token is shorter.
const minWord = 16

// part is a run of characters of one alphabet.
type part struct {
	alphabet uint8 // classes
	min, max int   // characters
}

// vendor is one form of key.
type vendor struct {
	name   string
	prefix string // what it starts with
	body   part
	join   string // what stands between the body and the rest; "" when there is no rest
	rest   part
	alone  bool // only at the start of a word, because the prefix is an ordinary one
}

// Alphabets of keys.
const (
	alnum   = isAlnum
	hex     = isHex
	word    = isName  // alphanumeric and underscore
	url     = isToken // base64url
	capital = isUpper | isDigit
	base64  = isAlnum | isBase64
)

// byPair is the index of vendors by the first two bytes of their prefix, hashed; seconds has for each first byte
// a bit for each second one (its low six bits), so that most words are told from keys without a call.
// eyJ is the start of a JWT.
var byPair, seconds = func() (index [256][]*vendor, seconds [128]uint64) {
	for i := range vendors {
		p := vendors[i].prefix
		k := pair(p[0], p[1])
		index[k] = append(index[k], &vendors[i])
		seconds[p[0]] |= 1 << (p[1] & 63)
		if len(p) > 2 {
			begins(p[0], p[1], p[2])
			continue
		}
		for b := range 128 {
			begins(p[0], p[1], byte(b))
		}
	}
	seconds['e'] |= 1 << ('y' & 63)
	begins('e', 'y', 'J')
	begins('L', 'S', '0')
	seconds['L'] |= 1 << ('S' & 63) // -----BEGIN in base64
	begins('M', 'I', 'I')           // private keys in DER
	begins('M', 'I', 'G')
	begins('M', 'H', 'c')
	begins('M', 'C', '4')
	seconds['M'] |= 1<<('I'&63) | 1<<('H'&63) | 1<<('C'&63)
	return index, seconds
}()

// firstThree has a bit for the hash of the first three bytes of each prefix.
var firstThree [1 << threeBits / 64]uint64

const threeBits = 15

func three(a, b, c byte) uint32 {
	return (uint32(a)<<16 | uint32(b)<<8 | uint32(c)) * 2654435761 >> (32 - threeBits)
}

// prefixed tells whether a prefix may stand at p.
func prefixed(t []byte, p int) bool {
	h := three(t[p], t[p+1], t[p+2])
	return firstThree[h>>6]>>(h&63)&1 != 0
}

func begins(a, b, c byte) {
	h := three(a, b, c)
	firstThree[h>>6] |= 1 << (h & 63)
}

func pair(a, b byte) uint8 { return a*37 + b }

// token handles the run of token characters at lo, of which [lo,e) is read: keys of vendors first, then
// codes of letters and digits. It returns where the scan goes on: behind the first chunk if nothing is found.
func (s *Scanner) token(lo, e int) int {
	t := s.text
	digit := class[t[lo]]&isDigit != 0
	for e < len(t) && class[t[e]]&isAlnum != 0 {
		digit = digit || class[t[e]]&isDigit != 0
		e++
	}
	next := byte(0)
	if e < len(t) {
		next = t[e]
	}
	if lo >= s.floor {
		hi := e
		if class[next]&isToken != 0 {
			for hi < len(t) && class[t[hi]]&isToken != 0 {
				hi++
			}
		}
		s.work += hi - lo
		s.floor = hi
		if s.keys && (hi-lo >= minWord || next == '~' || next == ':' || lo+2 < len(t) && seconds[t[lo]&127]>>(t[lo+1]&63)&1 != 0 && prefixed(t, lo)) {
			if end := s.vendor(lo, e, hi); end > 0 {
				return end
			}
		}
		if hi-lo >= minBlob || next == ',' && e-lo == 6 {
			if end := s.blob(lo, e, hi); end > 0 {
				return end
			}
		}
	}
	if digit || (e-lo == 8 || e-lo == 11) && class[t[lo]]&class[t[lo+1]]&class[t[lo+4]]&class[t[lo+6]]&isUpper != 0 || e-lo <= s.heads && joins[next] != 0 && e+1 < len(t) && class[t[e+1]]&isDigit != 0 ||
		e-lo == 2 && next == '-' && e+3 < len(t) && t[e+3] == '-' && class[t[lo]]&class[t[e-1]]&class[t[e+1]]&class[t[e+2]]&isHex != 0 { // a hardware address
		if n := e - lo; n <= maxChunk && (len(s.codes[int(class[t[lo]]>>1&1|class[t[lo]]>>2&1)<<1|int(class[t[e-1]]>>1&1|class[t[e-1]]>>2&1)][n]) > 0 || next >= 0x80) {
			return s.code(lo, e)
		}
	}
	return e
}

// blob returns the end of the base64 text that starts at lo, or 0: the content of a data URI, or a long
// run. Nothing in it is looked at: it is an image, a certificate or a key that has been seen by now.
func (s *Scanner) blob(lo, e, hi int) int {
	t := s.text
	data := e-lo == 6 && e < len(t) && t[e] == ',' && string(t[lo:e]) == "base64"
	if data {
		e++
	} else if hi-lo < minBlob {
		return 0
	}
	for e < len(t) && class[t[e]]&(isAlnum|isBase64|isToken) != 0 {
		e++
	}
	if !data && e-lo < 4*minBlob {
		return 0
	}
	s.work += e - lo
	s.floor = max(s.floor, e)
	return e
}

const minBlob = 64

// vendor looks for keys in the run [lo,hi), whose first chunk of letters and digits ends at e, and returns where the last of them ends.
func (s *Scanner) vendor(lo, e, hi int) int {
	if lo >= hi {
		return 0 // of a URL without a password
	}
	t := s.text
	found := 0
	if e < len(t) {
		switch t[e] {
		case '~':
			if start, end, ok := azure(t, e+1); ok && start >= lo {
				s.emit(start, end, APIKey, rankSure)
				return end
			}
		case ':':
			if end, ok := telegram(t, e+1); ok {
				i := e
				for i > lo && class[t[i-1]]&isDigit != 0 {
					i--
				}
				if n := e - i; n >= 8 && n <= 10 && (i == lo || string(t[max(lo, i-3):i]) == "bot") {
					s.emit(i, end, APIKey, rankSure)
					return end
				}
			}
		}
	}
	if end := s.dotted(lo, e, hi); end > 0 {
		s.emit(lo, end, APIKey, rankSure)
		return end
	}
	for c := lo; c+1 < len(t) && (c == lo || hi-c >= minWord/2); {
		if f := t[c]; f < 0x80 && seconds[f]>>(t[c+1]&63)&1 != 0 && c+2 < len(t) && prefixed(t, c) {
			if end, typ := s.key(c, hi, c == lo); end > 0 {
				start := c
				if c == lo && c > 14 && t[c] == 'a' && t[c-1] == '.' && (c == 15 || class[t[c-16]]&isAlnum == 0) { // Terraform's has 14 before its prefix
					if start = c - 15; s.chunk(start) != c-1 {
						start = c
					}
				}
				s.emit(start, end, typ, rankSure)
				s.pairedSecret(start, end)
				found = end
				if end >= hi {
					return end
				}
				c = end
			}
		}
		for c < hi && class[t[c]]&isAlnum != 0 {
			c++
		}
		for c < hi && class[t[c]]&isAlnum == 0 {
			c++
		}
	}
	return found
}

// dotted returns the end of a key without a prefix that starts with the run [lo,hi), whose first chunk ends at e, or 0:
// Zhipu's (32 hexadecimal digits, a dot, 16 letters and digits), Discord's (a number in base64, six and 27 to 38
// characters) and Mailchimp's (32 hexadecimal digits and a region).
func (s *Scanner) dotted(lo, e, hi int) int {
	t := s.text
	n := hi - lo
	if n < 23 || n > 40 || hi >= len(t) && n < 36 {
		return 0
	}
	figures := func(lo, hi int) bool {
		for _, c := range t[lo:hi] {
			if class[c]&isHex == 0 {
				return false
			}
		}
		return true
	}
	switch {
	case e-lo == 32 && n >= 36 && n <= 37 && t[e+1] == 'u' && t[e+2] == 's' && class[t[e+3]]&class[t[hi-1]]&isDigit != 0:
		if figures(lo, e) && varied(t[lo:e]) {
			return hi
		}
	case hi >= len(t) || t[hi] != '.':
	case n == 32 && e == hi:
		end, k := run(t, hi+1, part{alnum, 16, 16})
		var kinds uint8
		for _, c := range t[hi+1 : end] {
			kinds |= class[c]
		}
		if k == 16 && kinds&isUpper != 0 && kinds&isLower != 0 && figures(lo, hi) && varied(t[lo:end]) {
			return end
		}
	case n <= 28 && t[lo] >= 'M' && t[lo] <= 'O':
		mid, k := run(t, hi+1, part{url, 6, 6})
		if k != 6 || mid >= len(t) || t[mid] != '.' {
			return 0
		}
		if end, k := run(t, mid+1, part{url, 27, 38}); k >= 27 && k <= 38 && varied(t[lo:end]) {
			return end
		}
	}
	return 0
}

// azure reads an Azure client secret behind its tilde at p: three characters, a digit, Q~ and 31 to 34 characters.
func azure(t []byte, p int) (start, end int, ok bool) {
	if p < 6 || t[p-2] != 'Q' || class[t[p-3]]&isDigit == 0 {
		return 0, 0, false
	}
	end, n := run(t, p, part{url, 0, 40})
	for end < len(t) && (t[end] == '.' || t[end] == '~') && n < 40 {
		var k int
		end, k = run(t, end+1, part{url, 0, 40})
		n += k + 1
	}
	return p - 6, end, n >= 31 && n <= 34 && varied(t[p:end])
}

// telegram reads the secret half of a bot token: AA and 33 characters.
func telegram(t []byte, p int) (int, bool) {
	if p+2 > len(t) || t[p] != 'A' || t[p+1] != 'A' {
		return 0, false
	}
	end, n := run(t, p, part{url, 35, 35})
	return end, n == 35 && varied(t[p:end])
}

// key returns the end of the key that starts at p, or 0. The run of token characters goes on to hi; first tells that
// a word starts at p.
func (s *Scanner) key(p, hi int, first bool) (int, Type) {
	t := s.text
	c := t[p]
	if c == 'e' {
		if end := jwt(t, p); end > 0 {
			s.work += end - p
			return end, JWT
		}
	}
	if c == 'L' {
		if end := encodedPEM(t, p); end > 0 {
			s.work += end - p
			return end, PrivateKey
		}
	}
	if c == 'M' {
		if end := derKey(t, p); end > 0 {
			s.work += end - p
			return end, PrivateKey
		}
	}
rows:
	for _, v := range byPair[pair(c, t[p+1])] {
		q := p + len(v.prefix)
		if q > len(t) || v.alone && !first {
			continue
		}
		for i, want := range []byte(v.prefix) { // a call to compare would cost more than most of these loops
			if t[p+i] != want {
				continue rows
			}
		}
		if v.body.alphabet == url && hi-q > v.body.max {
			continue // spares reading a run that is too long from each of its hyphens
		}
		end, n := run(t, q, v.body)
		s.work += end - p
		if n < v.body.min || n > v.body.max {
			continue
		}
		if v.join != "" {
			r := end + len(v.join)
			if r > len(t) || string(t[end:r]) != v.join {
				continue
			}
			if end, n = run(t, r, v.rest); n < v.rest.min || n > v.rest.max {
				continue
			}
		}
		if end < len(t) && class[t[end]]&isAlnum != 0 || !varied(t[q:end]) || n > 12 && string(t[end-7:end]) == "EXAMPLE" { // as in the documentation of AWS
			continue
		}
		if v.body.alphabet&isBase64 != 0 {
			for pad := 0; pad < 2 && end < len(t) && t[end] == '='; pad++ {
				end++
			}
		}
		return end, APIKey
	}
	return 0, 0
}

// run reads the characters of the part's alphabet at p, up to one more than it allows.
func run(t []byte, p int, want part) (end, n int) {
	end = p
	for end < len(t) && class[t[end]]&want.alphabet != 0 && end-p <= want.max {
		end++
	}
	return end, end - p
}

// varied tells random text from samples such as sk-xxxxxxxx and sk-your-key-goes-here.
func varied(b []byte) bool {
	var seen [2]uint64
	var kinds uint8
	same, last := 0, byte(0)
	for _, c := range b {
		seen[c>>6&1] |= 1 << (c & 63)
		kinds |= class[c]
		if c == last {
			if same++; same == 6 {
				return false
			}
		} else {
			same, last = 0, c
		}
	}
	need := 6
	if len(b) >= 24 {
		need = 8
	}
	if bits.OnesCount64(seen[0])+bits.OnesCount64(seen[1]) < need {
		return false
	}
	return kinds&isDigit != 0 || kinds&isAlpha == isAlpha || kinds&isAlpha == isUpper
}
