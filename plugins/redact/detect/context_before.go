package detect

import "math/bits"

// readBefore reads the words before the place.
func (s *Scanner) readBefore() {
	a, t := &s.near, s.text
	p := a.start
	a.n, a.against, a.number, a.collected = 0, -1, -1, -1
	low := max(0, p-reachBefore)
	s.work += p - low
	seen, nonASCII := false, false
	named := false       // by the member before a key such as "value"
	blank := -1          // the first before the key
	letters := uint64(0) // a bit for each byte of a letter, from p backward
	for i, block := p-1, p; i >= low; i-- {
		if i < block && i-7 >= low {
			// Eight bytes at a time, where none of them stops anything.
			if x := load64(t, i-7); stopping(x, seen) == 0 {
				y := x | 0x20*ones
				letter := (y + 0x1f*ones) &^ (y + 0x05*ones) & highs
				letters |= letter >> 7 * 0x8040201008040201 >> 56 << (p - 1 - i)
				i -= 7
				continue
			}
			block = i - 7
		}
		k := stops[t[i]]
		if k == 0 {
			continue
		}
		switch {
		case k == stopsLetter:
			letters |= 1 << (p - 1 - i)
		case k == stopsLine:
			if p-i > 2 && !asked(t, i) || tabular(t, i) {
				low = i + 1
				letters &= 1<<(p-low) - 1
			}
		case k == stopsKey:
			if seen && t[i] == '=' && blank > i {
				low = blank + 1 // a=b c=d: what stands here belongs to another key
			}
			seen = true
		case k == stopsBlank:
			if seen {
				blank = i
			}
		case k == stopsMember && seen:
			if t[i] == '{' && !named && i > 0 && (t[i-1] == ':' || t[i-1] == ' ') && valueKey(t, i+1) { // "birth":{"date":…
				named = true
				break
			}
			if t[i] == ',' && (!named && i > 0 && t[i-1] == '"' && valueKey(t, i+1) || has(t[i:], ", -")) { // Geburtsdatum, -ort: …
				named = true
				break
			}
			low = i + 1 // what stands here belongs to another key
		case k == stopsASCII:
			nonASCII = true
		}
	}
	if p > 0 && t[p-1] == '#' {
		a.against, a.number = p, -1
	}
	if letters != 0 {
		s.latinBefore(low, p, letters)
	}
	if nonASCII {
		s.wideBefore(low, p)
	}
}

// valueKey tells whether the key at p says only that it has a value, which the member before it names: {"name":"ssn","value":…}.
func valueKey(t []byte, p int) bool {
	for p < len(t) && (t[p] == ' ' || t[p] == '\\' || t[p] == '\n') {
		p++
	}
	for _, w := range [...]string{"\"value", "\"val", "\"date", "\"number", "\"answer", "\"content", "\"text"} {
		if has(t[p:], w) {
			p += len(w)
			return p < len(t) && (t[p] == '"' || t[p] == '\\')
		}
	}
	return false
}

// stopping is 0 if none of the ASCII bytes of x, of which seen says whether an operator stands behind them, stops a look backward.
func stopping(x uint64, seen bool) uint64 {
	m := x | zeros(x^'\n'*ones) | zeros(x^':'*ones) | zeros(x^'='*ones)
	if seen {
		m |= zeros(x^' '*ones) | zeros(x^','*ones) | zeros(x^';'*ones) | zeros(x^'&'*ones) | zeros(x^'{'*ones) | zeros(x^'}'*ones)
	}
	return m & highs
}

// zeros is 0 if no byte of x is.
func zeros(x uint64) uint64 { return (x - ones) &^ x & highs }

// asked tells whether the line that ends at p is a question: what stands on the next one is an answer.
func asked(t []byte, p int) bool {
	return p > 0 && t[p-1] == '?' || p >= 3 && has(t[p-3:], "？")
}

// tabular tells whether the line that ends at p is a row of a table: its last cell does not name what stands first on the next one.
func tabular(t []byte, p int) bool {
	wide := 0
	for i := p - 1; i > 0 && p-i < 32 && t[i] != '\n'; i-- {
		if t[i] == ',' && t[i-1] >= 0x80 && t[i+1] >= 0x80 { // 学号,姓名,电话
			if wide++; wide == 2 {
				return true
			}
		}
		if t[i] == '\t' || t[i] == '|' || t[i] == ',' && class[t[i-1]]&isAlnum != 0 && t[i+1] != ' ' {
			return true
		}
	}
	return false
}

// What a byte before a place says about how far its words reach.
const (
	stopsLine   uint8 = iota + 1 // the line begins behind it
	stopsKey                     // an operator: the words before it are a key
	stopsMember                  // before a key: it begins behind it
	stopsASCII                   // words of another script may stand here
	stopsBlank                   // a space
	stopsLetter                  // a letter, or a byte of one of two bytes
)

var stops = func() (s [256]uint8) {
	s['\n'], s[':'], s['='], s[' '] = stopsLine, stopsKey, stopsKey, stopsBlank
	for _, b := range ",;{}&" {
		s[b] = stopsMember
	}
	for b := 0x80; b < 256; b++ {
		s[b] = stopsLetter
		if b >= 0xE0 {
			s[b] = stopsASCII
		}
	}
	for b := range 128 {
		if class[b]&isAlpha != 0 {
			s[b] = stopsLetter
		}
	}
	return s
}()

// latinBefore walks back over the words and parts of names before p; letters has a bit for each byte of a letter, from p
// backward.
func (s *Scanner) latinBefore(low, p int, letters uint64) {
	a, t := &s.near, s.text
	// The letters of the words, last word last, so that words that follow each other stand joined.
	var buf [reachBefore + 8]byte
	top := len(buf)
	var begin, stop, at [3]int // of the last words read: in buf, and where they end in the text
	read := 0
	word := false      // a word passed that is not glue
	var passed [3]bool // the same before each of the last words
	for i := p; i > low; {
		m := letters >> (p - i)
		if m == 0 {
			break
		}
		if i -= bits.TrailingZeros64(m); i <= low {
			break
		}
		if !letterBefore(t, i) {
			i--
			continue
		}
		e := i
		from := top
		whole := false
		if i >= 8 {
			// A short word of lower case, perhaps with a capital, is one part.
			x := load64(t, i-8)
			y := x&lows | 0x20*ones
			letter := (y + 0x1f*ones) &^ (y + 0x05*ones) &^ x & highs
			if r := bits.LeadingZeros64(^letter&highs) >> 3; r > 0 && r < 8 && r <= i-low && byte(x>>(56-r<<3)) < 0x80 {
				if x >>= 64 - r<<3; ^x&(0x20*ones&^0xff)&(1<<(r<<3)-1) == 0 {
					whole = true
					i -= r
					top -= r
					for k := top; k < from; k++ {
						buf[k] = byte(x) | 0x20
						x >>= 8
					}
				}
			}
		}
		for !whole && i > low && letterBefore(t, i) {
			c := t[i-1]
			if c >= 0x80 && i-2 < low { // a letter that begins before low
				i = low
				word, read, top = true, 0, from
				break
			}
			if c >= 0x80 {
				i -= 2
				x, y := foldTwo(t[i], c)
				top -= 2
				buf[top], buf[top+1] = x, y
				continue
			}
			i--
			top--
			buf[top] = lower(c)
			// A capital starts a part of a camel name, unless capitals go on, as in ID.
			if class[c]&isUpper != 0 && (i+1 == e || class[t[i+1]]&isLower != 0) && i > low && class[t[i-1]]&isLower != 0 {
				break
			}
		}
		if top == from {
			continue
		}
		if i > 0 && t[i-1] == '\\' && from-top > 1 && (buf[top] == 'n' || buf[top] == 'r' || buf[top] == 't') {
			top++ // the letter of an escape
		}
		if from-top > maxWord || i == low && low > 0 && letterBefore(t, low) { // too long, or the end of a longer word
			word = true
			read = 0
			continue
		}
		// Shift the last words.
		begin[2], stop[2], at[2] = begin[1], stop[1], at[1]
		begin[1], stop[1], at[1] = begin[0], stop[0], at[0]
		begin[0], stop[0], at[0] = top, from, e
		passed[2], passed[1], passed[0] = passed[1], passed[0], word
		read++
		glue := false
		for k := range min(read, 3) {
			// Words 0 to k, joined; they have to stand close in the text.
			if k > 0 && at[k]-at[k-1] > stop[k]-begin[k]+3 {
				break
			}
			if stop[k]-top > maxWord {
				break
			}
			x := latinTerm(buf[:], top, stop[k])
			if k == 0 && (x == 0 || terms[x].names == contexts{}) && !word && a.against < at[0] && numberOf(buf[top:from]) {
				a.against, a.number = at[0], -1
			}
			if x == 0 {
				continue
			}
			if a.n < maxHits {
				a.hits[a.n] = hit{at[k], x}
				a.n++
			}
			f := terms[x].flags
			if f&isAgainst != 0 && !passed[k] && a.against < at[k] {
				a.against, a.number = at[k], -1
				if f&isNumber != 0 {
					a.number = i
				}
			}
			glue = glue || k == 0 && f&isGlue != 0
		}
		word = word || !glue
	}
}

// numberOf tells whether the word is a compound for the number of something, as Germanic languages have: Matrikelnummer, kundenr.
func numberOf(w []byte) bool {
	n := len(w)
	return n > 8 && string(w[n-6:]) == "nummer" || n > 6 && string(w[n-2:]) == "nr"
}

// letterBefore tells whether the character that ends at i is a letter of Latin, Greek, Cyrillic and the like.
func letterBefore(t []byte, i int) bool {
	c := t[i-1]
	if c < 0x80 {
		return class[c]&isAlpha != 0
	}
	return i >= 2 && (letterOfTwo(t[i-2], c) || semitic(t[i-2], c))
}

// semitic tells whether the bytes are a letter of Hebrew or Arabic, rather than punctuation or a digit.
func semitic(a, b byte) bool {
	return a >= 0xD7 && a <= 0xDB && !(a == 0xD8 && b < 0xA0) && !(a == 0xD9 && b >= 0xA0 && b <= 0xAD)
}

// foldTwo is the lower case of a letter of two bytes, as far as Latin with marks and basic Greek and Cyrillic go.
func foldTwo(a, b byte) (byte, byte) {
	switch {
	case a == 0xC3 && b >= 0x80 && b <= 0x9E:
		return a, b + 0x20
	case a == 0xC4 && b < 0xB8 && b != 0xB0 && b != 0xB1, a == 0xC5 && b >= 0x8A && b < 0xB8: // capitals are even
		return a, b | 1
	case (a == 0xC4 && b >= 0xB9 || a == 0xC5 && (b < 0x88 || b >= 0xB9 && b <= 0xBE)) && b&1 != 0 && b != 0xBF: // capitals are odd
		return a, b + 1
	case a == 0xD0 && b >= 0x90 && b <= 0x9F:
		return a, b + 0x20
	case a == 0xD0 && b >= 0xA0 && b <= 0xAF:
		return 0xD1, b - 0x20
	case a == 0xCE && b >= 0x91 && b <= 0x9F:
		return a, b + 0x20
	case a == 0xCE && b >= 0xA0 && b <= 0xA9:
		return 0xCF, b - 0x20
	}
	return a, b
}

// namedAt tells whether a word that names something ends at p.
func (a *surroundings) namedAt(p int) bool {
	for _, h := range a.hits[:a.n] {
		if h.at == p && terms[h.term].names != (contexts{}) {
			return true
		}
	}
	return false
}

// wideBefore finds the terms of other scripts in text[low:p].
func (s *Scanner) wideBefore(low, p int) {
	a, t := &s.near, s.text
	for i := low; i+3 <= p; i++ {
		if t[i] < 0xE0 || t[i] > 0xEF {
			continue
		}
		r := uint16(t[i])<<12 | uint16(t[i+1]&0x3f)<<6 | uint16(t[i+2]&0x3f)
		if wideFirst[r>>6]>>(r&63)&1 == 0 {
			continue
		}
		for _, x := range wide[r] {
			e := i + len(x.word)
			if e > p || string(t[i:e]) != x.word {
				continue
			}
			if a.n < maxHits {
				a.hits[a.n] = hit{e, x.term}
				a.n++
			} else {
				a.hits[maxHits-1] = hit{e, x.term}
			}
			if terms[x.term].flags&isAgainst != 0 && p-i <= reachNear && e > a.against && !(terms[x.term].flags&isGlue != 0 && a.namedAt(i)) {
				a.against, a.number = e, -1
				if terms[x.term].flags&isNumber != 0 {
					a.number = i
				}
			}
		}
	}
}
