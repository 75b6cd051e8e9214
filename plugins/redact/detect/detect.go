// Package detect finds personal data and secrets in text, in one pass and without regular
// expressions. The redact plugin calls it with every text segment of a request.
//
// The scan looks at eight bytes at a time for something that can start or mark an entity (a digit, an
// at sign, a full-width form, a long run of token characters) and hands what it finds to the detectors.
// Everything else is skipped unread, so ordinary prose costs about half a nanosecond per byte even in a sandbox.
//
// A detector is one file: a rule for numbers (see numberRules), a row of vendor tokens (see vendors),
// or a function that a trigger calls. Its test beside it lists what it must find and what it must not.
package detect

import "math/bits"

// Type is a kind of entity.
type Type uint8

// The types that a Scanner can find. Their names are those of the plugin's configuration.
const (
	Email        Type   = iota // e-mail address
	Phone                      // telephone number
	PaymentCard                // payment card number (PAN)
	CNResidentID               // resident identity number of the PRC, GB 11643-1999
	APIKey                     // API key, access token or private key
	NumTypes     = iota        // number of types
)

var typeNames = [NumTypes]string{"email", "phone", "payment_card", "cn_resident_id", "api_key"}

// String is the type's name in configuration, attributes and messages.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "unknown"
}

// ParseType is the inverse of String.
func ParseType(name string) (Type, bool) {
	for i, n := range typeNames {
		if n == name {
			return Type(i), true
		}
	}
	return 0, false
}

// Set is a set of types, one bit each.
type Set uint32

// All holds every type.
const All Set = 1<<NumTypes - 1

// With is the set with t in it.
func (s Set) With(t Type) Set { return s | 1<<t }

// Has tells whether t is in the set.
func (s Set) Has(t Type) bool { return s>>t&1 != 0 }

// Span is one entity: text[Start:End]. Both offsets stand on boundaries of UTF-8 sequences.
type Span struct {
	Start, End int
	Type       Type
}

// Scanner finds the entities of a set of types. It keeps its buffers between calls and is not safe for
// concurrent use; it keeps no text.
type Scanner struct {
	types Set
	lead  [2][leadLengths][]*numberRule // by whether a plus stands before, by digits of the first group
	keys  bool

	text  []byte
	spans []Span
	floor int // end of the last word: nothing before it is read again to find a word's start
	chain int // end of the last long word, to know base64 that a plus or slash cuts
	num   number
	work  int // bytes read by detectors, for the test of linearity
}

// New makes a scanner for these types.
func New(types Set) *Scanner {
	s := &Scanner{types: types & All, keys: types.Has(APIKey)}
	s.spans = make([]Span, 0, 64)
	for i := range numberRules {
		r := &numberRules[i]
		if !types.Has(r.typ) {
			continue
		}
		for n := range leadLengths {
			if r.lead>>n&1 != 0 {
				s.lead[0][n] = append(s.lead[0][n], r)
			}
			if r.plus>>n&1 != 0 {
				s.lead[1][n] = append(s.lead[1][n], r)
			}
		}
	}
	return s
}

// Bytes repeated over a word, and the arithmetic on them: with the high bits masked off, adding a
// constant carries into the high bit exactly when a byte is at least 0x80 minus that constant.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
	lows  = 0x7f * ones
)

// Scan returns the entities of text, sorted and without overlap. The slice is valid until the next call.
func (s *Scanner) Scan(text []byte) []Span {
	s.text, s.spans, s.floor, s.chain, s.work = text, s.spans[:0], 0, 0, 0
	n := len(text)
	for i := 0; i < n; {
		var x uint64
		if i+8 <= n {
			x = load64(text, i)
		} else {
			for j := n - 1; j >= i; j-- {
				x = x<<8 | uint64(text[j])
			}
		}
		d := x ^ '0'*ones // a digit: at most 9 now
		a := x ^ '@'*ones // an at sign: 0 now
		none := (d | (d&lows + 0x76*ones)) & (a | (a&lows + lows))
		if x&highs != 0 {
			w := x ^ wideLead*ones
			none &= w | (w&lows + lows)
		} else if y := x | highs; (y-'-'*ones)&highs == highs && (y-0x60*ones)&highs != highs && none&highs == highs {
			// Eight characters of a word, and not all of them lower case: every token of 15 or more
			// characters has such a block, or a digit. English has few.
			i = s.word(i)
			continue
		}
		m := ^none & highs
		if m == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(m) >> 3
		switch text[i] {
		case '@':
			if i == 0 || class[text[i-1]]&(isToken|isLocal) == 0 && text[i-1] < 0x80 {
				i++
				continue
			}
			i = s.at(i, 1)
		case wideLead:
			i = s.wide(i)
		default:
			// Calls are dear in a sandbox, and most numbers are short ones between punctuation: they end here.
			e := i + 1
			for e < n && text[e]-'0' <= 9 {
				e++
			}
			if e-i < 8 && (i == 0 || beside[text[i-1]]&opensNumber != 0) {
				if e == n {
					return s.end()
				}
				f := beside[text[e]]
				if f&endsNumber != 0 || f != 0 && (e+1 == n || text[e] != ')' && beside[text[e+1]] != 0 && text[e+1] != '(') {
					i = e
					continue
				}
			}
			i = s.digit(i, e)
		}
	}
	return s.end()
}

func (s *Scanner) end() []Span {
	s.text = nil
	return s.spans
}

// emit adds a span. Spans come in the order of their ends; of two that overlap the longer wins, so that
// the digits of 13800138000@example.com are part of the address.
func (s *Scanner) emit(start, end int, t Type) {
	for k := len(s.spans); k > 0 && s.spans[k-1].End > start; k = len(s.spans) {
		last := s.spans[k-1]
		if last.End-last.Start >= end-start {
			return
		}
		s.spans = s.spans[:k-1]
	}
	s.spans = append(s.spans, Span{start, end, t})
}
