package detect

// Telephone numbers and dates of birth in the digits of Arabic, Persian and Hindi.

func init() {
	later(func() {
		for k := range byte(10) {
			onTwo(string([]byte{0xD9, 0xA0 + k})+" "+string([]byte{0xDB, 0xB0 + k}), (*Scanner).numerals)
			for j := range byte(10) {
				on(string([]byte{0xE0, 0xA5, 0xA6 + k, 0xE0, 0xA5, 0xA6 + j}), (*Scanner).numerals)
			}
		}
	})
}

// numeral is the value of the digit of another script at p and its width, 0 for none.
func numeral(t []byte, p int) (value uint8, width int) {
	switch {
	case p+1 < len(t) && t[p] == 0xD9 && t[p+1]-0xA0 <= 9:
		return t[p+1] - 0xA0, 2
	case p+1 < len(t) && t[p] == 0xDB && t[p+1]-0xB0 <= 9:
		return t[p+1] - 0xB0, 2
	case p+2 < len(t) && t[p] == 0xE0 && t[p+1] == 0xA5 && t[p+2]-0xA6 <= 9:
		return t[p+2] - 0xA6, 3
	}
	return 0, 0
}

// numerals reads the number that starts at p, in groups with one separator each.
func (s *Scanner) numerals(p, _ int) int {
	t := s.text
	var d [16]uint8
	var size [6]int
	n, groups := 0, 0
	sep := byte(0)
	i := p
	for {
		v, w := numeral(t, i)
		if w > 0 && n < len(d) {
			d[n] = v
			size[groups]++
			n++
			i += w
			continue
		}
		if w > 0 || groups == len(size)-1 || i+1 >= len(t) || !oneOf(t[i], " -/") {
			break
		}
		if _, w = numeral(t, i+1); w == 0 {
			break
		}
		sep = t[i]
		groups++
		i++
	}
	groups++
	s.work += i - p
	if groups == 3 && sep != ' ' {
		ok := size[0] <= 2 && size[2] == 4 && birthYear(value(d[n-4:n]), value(d[size[0]:n-4]), value(d[:size[0]])) ||
			size[0] == 4 && size[2] <= 2 && birthYear(value(d[:4]), value(d[4:4+size[1]]), value(d[4+size[1]:n]))
		if ok && s.types.Has(DateOfBirth) && s.birthNamed(p, reachBirth) {
			s.emit(p, i, DateOfBirth, rankNamed)
			return i
		}
	}
	start := p
	if p > 0 && t[p-1] == '+' {
		start--
	} else if n < 9 || d[0] != 0 && t[p] < 0xE0 {
		return i
	}
	if n < 8 || n > 15 || sep == '/' || s.sense(start, i, cardinal.phone) != favour && !s.nativeMobile(start, i, d[:n]) {
		return i
	}
	s.emit(start, i, Phone, rankNamed)
	return i
}

// value is the number that the digits are.
func value(d []uint8) (n int) {
	for _, x := range d {
		n = n*10 + int(x)
	}
	return n
}
