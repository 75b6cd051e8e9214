package detect

// code offers the chunk of letters and digits at [lo,hi) to the detectors whose shapes begin like it. The chunk may
// contain full-width forms. It returns where the match ends, or hi.
func (s *Scanner) code(lo, hi int) int {
	t := s.text
	var digits, letters uint64
	n := 0
	for p := lo; p < hi; p++ {
		c := t[p]
		if c >= 0x80 {
			var k int
			if c, k = plain(t, p); c == 0 && k == 0 {
				break
			}
			p += k - 1
			if c == 0 {
				continue
			}
		}
		if n == maxChunk {
			return hi
		}
		if class[c]&isDigit != 0 {
			digits |= 1 << n
		} else {
			letters |= 1 << n
		}
		n++
	}
	if letters == 0 {
		j := uint8(0)
		if hi < len(t) {
			j = joins[t[hi]]
		}
		return s.offer(s.numbers[j][n], lo, hi, digits, letters)
	}
	end := 2 * int(letters&1)
	if n > 0 {
		end |= int(letters >> (n - 1) & 1)
	}
	return s.offer(s.codes[end][n], lo, hi, digits, letters)
}

// offer compares the chunk at [lo,hi), with digits and letters at these positions, with forms.
func (s *Scanner) offer(list []*form, lo, hi int, digits, letters uint64) int {
	t := s.text
	if len(list) == 0 || lo > 1 && letters == 0 && within[t[lo-1]] && class[t[lo-2]]&isDigit != 0 && hi-lo < 8 {
		return hi // nothing, or the middle of a date, a time, an address or a row of groups
	}
	joined := byte(0) // what follows
	if hi < len(t) {
		joined = t[hi]
	}
	// Digits of the next two groups, where they are plain, and what stands between: most forms are told by them.
	second, third, last := -1, byte(0), -1
	if joined < 0x80 && joins[joined] != 0 {
		k := hi + 1
		for k < len(t) && class[t[k]]&isDigit != 0 && k-hi < 20 {
			k++
		}
		if k < len(t) {
			third = t[k]
		}
		if third < 0x80 {
			second = k - hi - 1
			from := k + 1
			for k++; k < len(t) && class[t[k]]&isDigit != 0 && k-from < 20; k++ {
			}
			if k >= len(t) || t[k] < 0x80 {
				last = k - from
			}
		}
	}
	ready, read, tried := false, 0, 0
	end := hi
	for i := range list {
		f := list[i]
		if f.needs && s.near.nameless && s.near.start == lo && s.near.collected == hi {
			break
		}
		if f.digits&letters != 0 || f.letters&digits != 0 {
			continue
		}
		if f.grouped && !f.open && (joined < 0x80 && f.next != joined && (f.next != '~' || joined != ' ' && joined != '-' && joined != '.') || joins[joined] == 0) {
			continue
		}
		if f.second >= 0 && second >= 0 && (int(f.second) != second || f.third != 0 && (f.third != third && (f.third != '~' || third != joined) || f.last >= 0 && last >= 0 && int(f.last) != last)) {
			continue
		}
		if f.needs && s.near.start == lo && s.near.collected == hi && !s.near.names.has(f.d.ctx) {
			continue // what names the place is known, and this is not it
		}
		if !ready {
			if !s.start(lo) {
				return hi
			}
			ready = true
		}
		if f.needs {
			// The words around cost as much as a few comparisons; where many forms are left, they come first.
			if tried++; (tried == 2 || tried == 1 && len(list)-i > 4) && !s.named(lo, hi, f.d.ctx) {
				continue
			}
		}
		if need := int(f.reach); read < need {
			s.view.read(t, lo, need)
			s.work += s.view.n
			read = need
		}
		if e := s.shape(f, lo, hi); e > end {
			end = e
		}
	}
	return end
}

// within has the bytes before a short group of digits that make it a part of what the digit before them belongs to.
var within = [256]bool{'-': true, '.': true, ':': true}

// start tells whether a code may start at p.
func (s *Scanner) start(p int) bool {
	t := s.text
	if p == 0 {
		return true
	}
	c := t[p-1]
	if class[c]&isName != 0 {
		return escapeBefore(t, p)
	}
	if (c == '.' || c == '-' || c == '/') && p >= 2 && class[t[p-2]]&isDigit != 0 && class[t[p]]&isDigit != 0 {
		return c == '/'
	}
	return !wideDigitBefore(t, p)
}

// shape compares the view with a form, and reports a match that holds.
func (s *Scanner) shape(f *form, lo, hi int) int {
	w := &s.view
	var sep, last byte // what ~ stands for, and the last separator
	v := s.value[:0]   // not a local: what a function value gets escapes
	n := 0
	if f.open {
		text := w.v[:w.n]
		if f.d.Raw {
			text = w.raw[:w.n]
		}
		if n = f.d.Match(text); n == 0 {
			return 0
		}
	} else if len(f.pattern) > w.n {
		return 0
	} else if f.figures {
		n = len(f.pattern)
		if v = w.v[:n]; f.d.Raw {
			v = w.raw[:n]
		}
	} else {
		for ; n < len(f.pattern); n++ {
			c := w.v[n]
			k := class[c]
			switch p := f.pattern[n]; p {
			case '9':
				if k&isDigit == 0 {
					return 0
				}
				v = append(v, w.letter(n, f.d.Raw))
			case 'A':
				if k&isAlpha == 0 {
					return 0
				}
				v = append(v, w.letter(n, f.d.Raw))
			case 'X':
				if k&isAlnum == 0 {
					return 0
				}
				v = append(v, w.letter(n, f.d.Raw))
			case '~':
				if c != ' ' && c != '-' && c != '.' || sep != 0 && c != sep {
					return 0
				}
				sep, last = c, c
			case '-':
				if c != '-' {
					return 0
				}
				last = c
			case literalNine:
				if c != '9' {
					return 0
				}
				v = append(v, c)
			default:
				if lower(c) != p {
					return 0
				}
				if k&isAlnum != 0 {
					v = append(v, w.letter(n, f.d.Raw))
				}
			}
		}
	}
	if last == '-' && s.sameBefore(lo, f.first) {
		return 0
	}
	if f.grouped && lo > 0 && s.text[lo-1] == '.' && w.v[f.first] == '.' {
		return 0 // the middle of a row
	}
	if f.grouped && w.v[f.first] == ' ' && f.first == 4 && f.letters == 0 && inHexRow(s.text, lo, w.off[n-1]+1) {
		return 0
	}
	if n < w.n {
		c := w.v[n]
		if class[c]&isName != 0 {
			return 0
		}
		if n+1 < w.n && class[w.v[n+1]]&isDigit != 0 && class[w.v[n-1]]&isDigit != 0 &&
			(c == '.' || c == '-' || c == ' ' && f.grouped && !f.open && s.goesOn(n+1)) {
			return 0
		}
		if c == '-' && f.grouped && !f.open && w.v[f.first] == c && n+1 < w.n && class[w.v[n+1]]&isAlnum != 0 {
			return 0 // the groups go on
		}
	}
	if f.needs && !s.named(lo, hi, f.d.ctx) {
		return 0
	}
	if !f.open && f.d.Valid != nil && !f.d.Valid(v) {
		return 0
	}
	c := f.d.Class
	if f.grouped && f.d.Grouped != 0 {
		c = f.d.Grouped
	}
	end := w.off[n-1] + s.width(w.off[n-1])
	if f.d.Near > 0 && !s.nearby(lo, f.d.ctx, f.d.Near) || !s.report(lo, end, f.d.Type, c, f.d.ctx) {
		return 0
	}
	return end
}

// letter is character n, in capitals unless as it is written.
func (w *view) letter(n int, raw bool) byte {
	if raw {
		return w.raw[n]
	}
	return w.v[n]
}

// sameBefore tells whether a chunk of n characters and a hyphen stand before p: a row of groups that began before it.
func (s *Scanner) sameBefore(p, n int) bool {
	t := s.text
	if p <= n || t[p-1] != '-' || p > n+1 && class[t[p-n-2]]&isAlnum != 0 {
		return false
	}
	for i := p - 1 - n; i < p-1; i++ {
		if class[t[i]]&isAlnum == 0 {
			return false
		}
	}
	return true
}

// goesOn tells whether at n of the view a further group of digits stands that is not followed by a letter's word:
// a row of figures.
func (s *Scanner) goesOn(n int) bool {
	w := &s.view
	k := n
	for k < w.n && class[w.v[k]]&isDigit != 0 {
		k++
	}
	return k-n >= 2 && k-n <= 4
}

// width is the number of bytes of the character at p.
func (s *Scanner) width(p int) int {
	switch c := s.text[p]; {
	case c < 0x80:
		return 1
	case c < 0xE0:
		return 2
	case c < 0xF0:
		return 3
	}
	return 4
}

// report emits a match of this class if its surroundings are as the class wants them.
func (s *Scanner) report(start, end int, typ Type, c Class, ctx context) bool {
	if !s.types.Has(typ) {
		return false
	}
	if c == ClassA {
		s.emit(start, end, typ, rankSure)
		return true
	}
	v := s.sense(start, end, ctx)
	switch {
	case v == favour:
		r := rankNamed
		if !s.nearest(ctx) {
			r = rankBeside
		}
		s.emit(start, end, typ, r)
	case v == neutral && (c == Likely || c == Native && s.native(start, end)):
		s.emit(start, end, typ, rankLikely)
	default:
		return false
	}
	return true
}

// native tells whether Chinese stands near text[start:end], or no word at all.
func (s *Scanner) native(start, end int) bool {
	t := s.text
	lo, hi := max(0, start-reachBefore), min(len(t), end+reachAfter)
	s.work += hi - lo
	words := false
	for i := lo; i < hi; i++ {
		if i == start {
			i = end
			continue
		}
		if t[i] >= 0xE4 && t[i] <= 0xE9 {
			return true
		}
		words = words || i > lo && class[t[i]]&isAlpha != 0 && class[t[i-1]]&isAlpha != 0
	}
	return !words
}
