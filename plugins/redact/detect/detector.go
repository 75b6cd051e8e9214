package detect

// Class says what a detector needs before it reports a match of its shape and validator.
type Class uint8

// The classes, by how sure a match alone is.
const (
	// ClassA is self-sufficient: a checksum or a form that nothing else has. It is reported wherever it stands.
	ClassA Class = iota + 1
	// Likely is reported unless the words before call it an order, an amount, a time or the like (A- in the catalogue).
	Likely
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
	next    byte   // what stands behind the first chunk in the pattern, or 0
	open    bool   // Match: the chunk may be longer
	grouped bool
	digits  uint64 // positions in the first chunk that have to be digits
	letters uint64 // positions in the first chunk that have to be letters
}

// forms are shapes by the length of their first chunk of letters and digits.
type forms [maxChunk + 1][]form

const maxChunk = 64

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
	if n < len(pattern) {
		f.next = pattern[n]
	}
	for i := n; i < len(pattern); i++ {
		f.grouped = f.grouped || class[pattern[i]]&isAlnum == 0 && pattern[i] != literalNine
	}
	if n == 0 || len(pattern) >= maxChunk {
		panic("detect: shape " + pattern)
	}
	if f.digits == 0 && f.next != 0 {
		s.heads = max(s.heads, n)
	}
	longest := n
	if f.open {
		longest = maxChunk
	}
	for k := n; k <= longest; k++ {
		// A chunk of digits only, or one with letters: a place for a digit or letter may be in both.
		if f.letters == 0 {
			s.numbers[k] = append(s.numbers[k], f)
			s.bare[k] = s.bare[k] || !f.grouped || f.open
		}
		if f.digits != 1<<n-1 || f.open {
			s.codes[k] = append(s.codes[k], f)
		}
	}
}
