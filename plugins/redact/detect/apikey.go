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
	}
	seconds['e'] |= 1 << ('y' & 63)
	return index, seconds
}()

func pair(a, b byte) uint8 { return a*37 + b }

// dotted are the vendors whose prefix goes beyond a dot, as what stands before the word.
var dotted = func() (list []string) {
	for i := range vendors {
		p := vendors[i].prefix
		for k := len(p); k > 0; k-- {
			if p[k-1] == '.' {
				list = append(list, p[:k])
				break
			}
		}
	}
	return list
}()

// word handles the run of token characters around or right after p, and returns its end.
func (s *Scanner) word(p int) int {
	t := s.text
	for p < len(t) && class[t[p]]&isToken == 0 {
		if t[p] >= 0x80 || t[p] == '@' {
			return p
		}
		p++
	}
	lo, hi, floor := p, p, s.floor
	for lo > floor && class[t[lo-1]]&isToken != 0 {
		lo--
	}
	for hi < len(t) && class[t[hi]]&isToken != 0 {
		hi++
	}
	s.floor = hi
	if hi-lo >= minWord && s.keys {
		s.work += hi - lo
		return max(hi, s.token(lo, hi))
	}
	return hi
}

// token looks for keys in the run [lo,hi) and returns where the last of them ends.
func (s *Scanner) token(lo, hi int) int {
	t := s.text
	first, before := lo, byte(0)
	if lo > 0 {
		before = t[lo-1]
	}
	joined := false // an earlier run belongs to the same base64 text
	switch before {
	case '\\', '%':
		lo = skipEscape(t, lo, hi)
	case '.', ':', '~':
		if start, end, ok := s.behind(lo, hi); ok {
			s.emit(start, end, APIKey)
			return end
		}
	case '+', '/':
		joined = s.chain == lo-1
		if !joined {
			if start, end, ok := s.behind(lo, hi); ok {
				s.emit(start, end, APIKey)
				return end
			}
		}
	}
	s.chain = hi
	if !joined && (hi-lo >= 40 || hi < len(t) && (class[t[hi]]&isBase64 != 0 || t[hi] == '=')) &&
		(lo != first || before <= ' ' || class[before]&isBase64 != 0) {
		s.work += maxLine + maxHeader
		if start, end, ok := privateKey(t, lo); ok {
			s.work += end - start
			s.emit(start, end, APIKey)
			return end
		}
	}
	for c := lo; hi-c >= minWord/2; {
		if f := t[c]; seconds[f&127]>>(t[c+1]&63)&1 != 0 && f < 0x80 {
			if end := s.key(c, hi, c == lo); end > 0 {
				s.emit(c, end, APIKey)
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
	return hi
}

// behind looks for keys of which the run [lo,hi) is not the first part: SG.x.y, 123456789:AA…, abc8Q~….
func (s *Scanner) behind(lo, hi int) (start, end int, ok bool) {
	t := s.text
	switch t[lo-1] {
	case '.':
		for _, head := range dotted {
			p := lo - len(head)
			if p < 0 || t[lo-2] != head[len(head)-2] || string(t[p:lo]) != head {
				continue
			}
			if p > 0 && class[t[p-1]]&isAlnum != 0 && !escapeBefore(t, p) {
				continue
			}
			if end := s.key(p, hi, true); end >= hi {
				return p, end, true
			}
		}
	case ':':
		if end, ok := telegram(t, lo); ok {
			i := lo - 1
			for i > 0 && class[t[i-1]]&isDigit != 0 && lo-i < 12 {
				i--
			}
			if n := lo - 1 - i; n >= 8 && n <= 10 && (i == 0 || class[t[i-1]]&isName == 0 || string(t[max(0, i-3):i]) == "bot" || escapeBefore(t, i)) {
				return i, end, true
			}
		}
	case '+', '/':
		// Base64 that a plus or slash cuts into runs, the first too short to be looked at.
		i := lo
		s.work += 64
		for i > 0 && lo-i < 64 && class[t[i-1]]&(isBase64|isToken) != 0 {
			i--
		}
		if i = skipEscape(t, i, lo); lo-i < 64 && seconds[t[i]&127]>>(t[i+1]&63)&1 != 0 {
			if end := s.key(i, hi, true); end >= hi {
				return i, end, true
			}
		}
	case '~':
		// Azure client secret: three characters, a digit, Q~ and 31 to 34 characters.
		if lo >= 6 && t[lo-2] == 'Q' && class[t[lo-3]]&isDigit != 0 {
			end, n := run(t, lo, part{url, 0, 40})
			for end < len(t) && (t[end] == '.' || t[end] == '~') && n < 40 {
				var k int
				end, k = run(t, end+1, part{url, 0, 40})
				n += k + 1
			}
			if n >= 31 && n <= 34 && varied(t[lo:end]) {
				return lo - 6, end, true
			}
		}
	}
	return 0, 0, false
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
func (s *Scanner) key(p, hi int, first bool) int {
	t := s.text
	c := t[p]
	if p+1 >= len(t) {
		return 0
	}
	if c == 'e' {
		if end := jwt(t, p); end > 0 {
			s.work += end - p
			return end
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
		if end < len(t) && class[t[end]]&isAlnum != 0 || !varied(t[q:end]) {
			continue
		}
		if v.body.alphabet&isBase64 != 0 {
			for pad := 0; pad < 2 && end < len(t) && t[end] == '='; pad++ {
				end++
			}
		}
		return end
	}
	return 0
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
