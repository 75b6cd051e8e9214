package detect

// Class says what a detector needs before it reports a match of its shape and validator.
type Class uint8

// The classes, by how sure a match alone is.
const (
	// ClassA is self-sufficient: a checksum or a form that nothing else has. It is reported wherever it stands.
	ClassA Class = iota + 1
	// Likely is reported unless the words before call it an order, an amount, a time or the like (A- in the catalogue).
	Likely
	// Native is Likely where Chinese is written or the match stands alone; among words of other scripts it needs one of the detector's.
	Native
	// ClassB has a checksum that random numbers pass too often: one of the detector's words has to name it.
	ClassB
	// ClassC has no checksum: one of the detector's words has to name it.
	ClassC
)

// Detector is a row: a kind of number or code that is known by its shape. Shapes are strings of
//
//	9  a digit            A  a letter             X  a letter or digit
//	~  a separator: space, hyphen or dot, the same one everywhere in the shape, or none anywhere
//	-  .  /  (  )  : _ and space stand for themselves, 0 to 8 for that digit, a lower-case letter for that letter in either case
//
// so "999~99~9999" is 078-05-1120, 078 05 1120, 078.05.1120 and 078051120. Full-width digits and letters, typographic
// hyphens and spaces and zero-width characters are read as the plain ones. At most 64 characters; a shape starts
// with a digit or letter; behind a first chunk of letters only a separator and a digit follow.
type Detector struct {
	Type Type
	// Source of the rule: a standard, or a module of another project.
	Source string
	// Class of a match that is written without separators, or of every match when Grouped is 0.
	Class Class
	// Grouped is the class of a match that is written with separators.
	Grouped Class
	// Shapes that it may have.
	Shapes []string
	// Valid judges what has a shape: its digits and letters without separators, letters in capitals. nil takes all.
	Valid func(v []byte) bool
	// Match, for what has no fixed length, tells how many bytes of v the match has, 0 if there is none. v begins with
	// a shape (of which one then is enough, the beginning) and has separators in it; its letters are capitals.
	Match func(v []byte) int
	// Raw gives Valid and Match the letters as they are written: base58 and the like depend on it.
	Raw bool
	// Words that name it, lower case, separated by spaces: "ssn socialsecurity 社会安全号". Words of Latin, Greek and
	// Cyrillic letters match whole words and parts of snake and camel names; up to three that follow each
	// other are also compared joined, so "taxid" is in "tax ID", "tax_id" and "taxId". Other scripts match anywhere.
	Words string
	// Near is how many bytes before a match a word of Words may end, 0 for as far as words are read. Words behind do not count then.
	Near int

	ctx context
}

var detectors []*Detector

// add registers rows. It is called in init functions, beside the types.
func add(rows ...Detector) {
	for i := range rows {
		d := &rows[i]
		d.ctx = named(d.Words)
		detectors = append(detectors, d)
	}
}

// form is a shape made ready: one of the two that ~ means.
type form struct {
	d       *Detector
	pattern string // without ~ when ungrouped
	first   int    // length of the first chunk
	second  int8   // digits between the first separator and what follows them in the pattern, or -1
	third   byte   // what stands behind them in the pattern, 0 for its end
	reach   uint8  // characters of the text that it is compared with, and what follows them
	last    int8   // digits of the third group, or -1
	needs   bool   // one of the detector's words has to name it
	next    byte   // what stands behind the first chunk in the pattern, or 0
	open    bool   // Match: the chunk may be longer
	grouped bool
	figures bool   // one chunk of digits only, or of digits and letters as they are written: nothing is left to compare
	digits  uint64 // positions in the first chunk that have to be digits
	letters uint64 // positions in the first chunk that have to be letters
}

// forms are shapes by the length of their first chunk of letters and digits.
type forms [maxChunk + 1][]*form

const maxChunk = 64

// freeFirst puts the forms that need no word before those that do, so that a look at them ends where nothing is named.
func (l *forms) freeFirst() {
	for _, list := range l {
		k := 0
		for i, f := range list {
			if !f.needs {
				copy(list[k+1:i+1], list[k:i])
				list[k] = f
				k++
			}
		}
	}
}

func (s *Scanner) add(d *Detector, shape string) {
	tilde := false
	for i := range len(shape) {
		tilde = tilde || shape[i] == '~'
	}
	s.put(d, shape)
	if tilde {
		b := make([]byte, 0, len(shape))
		for i := range len(shape) {
			if shape[i] != '~' {
				b = append(b, shape[i])
			}
		}
		s.put(d, string(b))
	}
}

func (s *Scanner) put(d *Detector, pattern string) {
	f := form{d: d, pattern: pattern, open: d.Match != nil}
	n := 0
	for n < len(pattern) && (class[pattern[n]]&isAlnum != 0 || pattern[n] == literalNine) {
		switch c := pattern[n]; {
		case class[c]&isDigit != 0, c == literalNine:
			f.digits |= 1 << n
		case c == 'A', class[c]&isLower != 0:
			f.letters |= 1 << n
		}
		n++
	}
	f.first = n
	f.second, f.last = -1, -1
	if n < len(pattern) {
		f.next = pattern[n]
		k := n + 1
		for k < len(pattern) && pattern[k] >= '0' && pattern[k] <= '9' {
			k++
		}
		if k > n+1 && (k == len(pattern) || class[pattern[k]]&isAlnum == 0) && !f.open {
			f.second = int8(k - n - 1)
			if k < len(pattern) {
				f.third = pattern[k]
				m := k + 1
				for m < len(pattern) && pattern[m] >= '0' && pattern[m] <= '9' {
					m++
				}
				if m > k+1 && (m == len(pattern) || class[pattern[m]]&isAlnum == 0) {
					f.last = int8(m - k - 1)
				}
			}
		}
	}
	for i := n; i < len(pattern); i++ {
		f.grouped = f.grouped || class[pattern[i]]&isAlnum == 0 && pattern[i] != literalNine
	}
	f.figures = n == len(pattern) && !f.open
	for i := range len(pattern) {
		f.figures = f.figures && (pattern[i] == '9' && !d.Raw || pattern[i] == 'X' && d.Raw)
	}
	if n == 0 || len(pattern) >= maxChunk {
		panic("detect: shape " + pattern)
	}
	if f.digits == 0 && f.next != 0 {
		s.heads = max(s.heads, n)
	}
	c := d.Class
	if f.grouped && d.Grouped != 0 {
		c = d.Grouped
	}
	f.needs = c >= ClassB
	f.reach = uint8(min(len(pattern)+6, maxView))
	if f.open {
		f.reach = maxView
	}
	longest := n
	if f.open {
		longest = maxChunk
	}
	for k := n; k <= longest; k++ {
		// A chunk of digits only, or one with letters: a place for a digit or letter may be in both.
		if f.letters == 0 {
			s.expect(k, &f)
			s.bare[k] = s.bare[k] || !f.grouped || f.open
		}
		if f.digits != 1<<n-1 || f.open {
			for end := range s.codes {
				if f.ends(k, end) {
					s.codes[end][k] = append(s.codes[end][k], &f)
				}
			}
		}
	}
}

// ends tells whether a first chunk of k characters may have such ends: bit 1 for a letter at its start, bit 0 for one at its end.
func (f *form) ends(k, end int) bool {
	letter := func(place int, is bool) bool {
		if place >= f.first {
			return true // of an open shape
		}
		if is {
			return f.digits>>place&1 == 0
		}
		return f.letters>>place&1 == 0
	}
	return letter(0, end&2 != 0) && letter(k-1, end&1 != 0)
}

// expect notes by what stands behind a first chunk of n digits that the form may be meant, and of how many digits the next chunk then is, so
// that most dates, times and decimals are told without a look at the forms.
func (s *Scanner) expect(n int, f *form) {
	for j := range s.numbers {
		chunk := !f.grouped || f.open // which may end here
		any := chunk || f.next == 0
		if j > 0 {
			b := joiners[j-1]
			any = any || b >= 0x80
			if !any && f.next != b && (f.next != '~' || b != ' ' && b != '-' && b != '.') {
				continue
			}
		} else if !chunk {
			continue
		}
		s.numbers[j][n] = append(s.numbers[j][n], f)
		if any || f.second < 0 || f.second > 30 {
			s.behind[j][n] |= 1 << 31
		} else {
			s.behind[j][n] |= 1 << f.second
			if f.third == 0 {
				s.endings[j][n] |= 1 << f.second
			}
		}
	}
}

// joiners are what may stand between the chunks of a code; the last stands for all that is not ASCII.
const joiners = " -./():_\x80"

// joins has the number of each byte in joiners, from 1.
var joins = func() (j [256]uint8) {
	for i := range len(joiners) {
		j[joiners[i]] = uint8(i + 1)
	}
	j[0x80] = 0
	for _, b := range []byte("\xc2\xe2\xe3\xef") {
		j[b] = uint8(len(joiners))
	}
	return j
}()
