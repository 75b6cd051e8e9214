// Package detect finds personal data and secrets in text, in one pass and without regular
// expressions. The redact plugin calls it with every text segment of a request. README.md has a
// picture of the scanner and says how to add a detector.
package detect

import "math/bits"

// Scanner finds the entities of a set of types. It keeps its buffers between calls and is not safe for
// concurrent use; it keeps no text.
type Scanner struct {
	types   Set
	lead    [2][leadLengths][]*numberRule // by whether a plus stands before, by digits of the first group
	numbers [len(joiners) + 1]forms       // of chunks of digits, by what follows
	codes   [4]forms                      // of chunks with letters, by their ends
	keys    bool

	text    []byte
	spans   []Span
	floor   int // end of the last token run: nothing before it is read again
	num     number
	view    view
	value   [maxView]byte
	bare    [maxChunk + 1]bool                     // some shape is one chunk of this length, or open
	heads   int                                    // longest first chunk of letters only that a separator follows
	behind  [len(joiners) + 1][maxChunk + 1]uint32 // by what follows and the size of a first chunk of digits: sizes of the next, bit 31 for any
	endings [len(joiners) + 1][maxChunk + 1]uint32 // behind, of forms of two chunks
	near    surroundings
	table   table
	roster  roster
	insert  insertion // the last statement of SQL that was read ahead
	header  int       // where the last array of names of columns in JSON begins, or 0
	born    bool      // a word for a birth came by
	placed  bool      // a coordinate was found

	// Ends of what was read ahead for options of commands and for files: nothing before them is read again.
	commands, attachments, manifests, answers int

	sentences int  // end of the last sentence read for a password
	stopped   bool // it ended there: not only what is read of one

	dictionary *dictionary // of custom words, or nil
	other      []Span
	work       int // bytes read by detectors, for the test of linearity
}

// New makes a scanner for these types.
func New(types Set) *Scanner {
	prepare()
	s := &Scanner{types: types, keys: types.Has(APIKey) || types.Has(JWT)}
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
	for _, d := range detectors {
		if types.Has(d.Type) {
			for _, shape := range d.Shapes {
				s.add(d, shape)
			}
		}
	}
	for i := range s.numbers {
		s.numbers[i].freeFirst()
	}
	for i := range s.codes {
		s.codes[i].freeFirst()
	}
	return s
}

// Scan returns the entities of text, sorted and without overlap. The slice is valid until the next call.
//
// What stands at i decides who is asked; everything else is passed by. Each function returns where the scan goes on.
func (s *Scanner) Scan(text []byte) []Span {
	s.text, s.spans, s.floor, s.work = text, s.spans[:0], 0, 0
	s.born, s.placed = false, false
	s.commands, s.attachments, s.manifests, s.answers = 0, 0, 0, 0
	s.sentences = 0
	s.near.start = -1
	s.table.reset()
	s.insert.start, s.insert.end, s.header = 0, 0, 0
	s.roster = roster{spans: s.roster.spans[:0]}
	t, n := text, len(text)
	for i := 0; i < n; {
		c := t[i]
		switch starts[c] {
		case startNone:
			i++
		case startLetter:
			// Calls are dear in a sandbox, and most words say nothing: they end here, eight letters at a time.
			if i+8 <= n {
				x := load64(text, i)
				y := x | 0x20*ones
				letter := (y&lows + 0x1f*ones) &^ (y&lows + 0x05*ones) &^ x & highs
				upper := ^(x << 2) & letter
				k := bits.TrailingZeros64(^letter&highs) >> 3 // letters of the word in x
				m := uint64(1)<<(k<<3) - 1
				if k == 8 {
					m = 1<<64 - 1
				}
				h := (y & m) * wordFactor >> (64 - wordBits)
				j := i + k
				if upper&^0x80&m == 0 || upper&m == letter&m {
					for k == 8 && j+8 <= n {
						x = load64(text, j)
						letter = (x&lows + 0x1f*ones) &^ (x&lows + 0x05*ones) &^ x & highs // lower case only
						k = bits.TrailingZeros64(^letter&highs) >> 3
						j += k
					}
					if k < 8 && j-i < minWord && (wordEnds[text[j]] || text[j] == '.' && j+1 < n && text[j+1] == ' ') && wordBloom[h>>6]>>(h&63)&1 == 0 &&
						(j-i > s.heads || j+1 >= n || class[text[j+1]]&isDigit == 0 || text[j] < ' ') {
						i = j
						continue
					}
				}
			}
			i = s.letters(i)
		case startDigit:
			e := i + 1
			for e < n && text[e]-'0' <= 9 {
				e++
			}
			// Most numbers are short ones before punctuation: they end here.
			if e-i < 8 && e < n && beside[text[e]]&endsNumber != 0 && !s.bare[e-i] && text[e] != ':' {
				i = e
				continue
			}
			i = s.digits(i, e)
		case startWide3:
			if i+3 > n {
				i = n
				break
			}
			r := uint16(c)<<12 | uint16(t[i+1]&0x3f)<<6 | uint16(t[i+2]&0x3f)
			if triggerFirst[r>>6]>>(r&63)&1 == 0 {
				i += 3
				break
			}
			if i+6 <= n && starts[t[i+3]] == startWide3 { // as wideTrigger looks, without the call
				m := pairHash(r, uint16(t[i+3])<<12|uint16(t[i+4]&0x3f)<<6|uint16(t[i+5]&0x3f))
				if pairBloom[m>>6]>>(m&63)&1 == 0 {
					i += 3
					break
				}
			}
			i = max(s.wideTrigger(i, r), i+3)
		case startForm:
			i = s.wide(i)
		case startTwo:
			if i+1 < n {
				if k := uint16(c&0x1f)<<6 | uint16(t[i+1]&0x3f); twoFirst[k>>6]>>(k&63)&1 != 0 {
					i = s.twoTrigger(i, k)
					continue
				}
			}
			i += 2
		case startDollar:
			if i++; i+2 < n && class[t[i]]&isAlnum != 0 {
				i = max(s.dollar(i-1), i)
			}
		case startAt:
			i = max(s.at(i, 1), i+1)
		case startColon:
			if i++; i < n && (class[text[i]]&isHex != 0 || text[i] == ':' || text[i] == '/' || text[i] == ' ') {
				i = max(s.colon(i-1), i)
			}
		case startDash:
			if i++; i < n && text[i] == '-' {
				i = max(s.dash(i-1), i)
			} else if i+14 <= n && text[i+2] == '-' && text[i+5] == '-' {
				i = max(s.hyphenMAC(i-1), i)
			}
		case startEscape:
			i = s.escape(i)
		case startPercent:
			i = s.percent(i)
		}
	}
	if s.dictionary != nil {
		s.mergeWords(s.dictionary.scan(text))
	}
	if len(s.roster.spans) > 0 {
		s.mergeRoster()
	}
	s.namesBeside()
	s.namesAlone()
	s.namesAgain()
	s.text = nil
	return s.spans
}

// What a byte starts.
const (
	startNone    uint8 = iota
	startLetter        // A-Z a-z: words, tokens, codes
	startDigit         // 0-9: numbers, addresses, dates, codes
	startWide3         // a character of three bytes: Chinese words
	startForm          // EF: full-width forms
	startTwo           // a character of two bytes
	startAt            // @: e-mail
	startColon         // : in addresses of machines and URLs
	startDash          // -: PEM
	startEscape        // \: JSON escapes
	startPercent       // %: percent-encoding
	startDollar        // $: hashes of passwords
)

var starts = func() (a [256]uint8) {
	for b := range 256 {
		switch {
		case class[b]&isAlpha != 0:
			a[b] = startLetter
		case class[b]&isDigit != 0:
			a[b] = startDigit
		case b >= 0xC3 && b < 0xE0:
			a[b] = startTwo
		case b >= 0xE0 && b < 0xF0:
			a[b] = startWide3
		}
	}
	a['@'], a[':'], a['-'], a['\\'], a['%'], a[wideLead], a['$'] = startAt, startColon, startDash, startEscape, startPercent, startForm, startDollar
	return a
}()

// escape passes an escape sequence of JSON; the letter of \n is no letter of the word behind it, and \u0040 is an at sign.
func (s *Scanner) escape(i int) int {
	t, from := s.text, i
	for i < len(t) && t[i] == '\\' {
		i++
	}
	if i == len(t) {
		return i
	}
	switch t[i] {
	case 'n', 'r', 't', 'b', 'f':
		return i + 1
	case 'u':
		if i+5 <= len(t) && class[t[i+1]]&class[t[i+2]]&class[t[i+3]]&class[t[i+4]]&isHex != 0 {
			if string(t[i+1:i+5]) == "0040" {
				return max(s.at(from, i+5-from), i+5)
			}
			return i + 5
		}
	}
	return i
}

// percent passes a percent-encoded byte; %40 is an at sign.
func (s *Scanner) percent(i int) int {
	t := s.text
	if i+3 > len(t) || class[t[i+1]]&class[t[i+2]]&isHex == 0 {
		return i + 1
	}
	if t[i+1] == '4' && t[i+2] == '0' {
		return max(s.at(i, 3), i+3)
	}
	return i + 3
}
