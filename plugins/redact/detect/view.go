package detect

// maxView is how much of the text a shape is compared with.
const maxView = 128

// view is the text from a place on in normal form: letters are capitals, full-width forms and typographic
// separators the plain ones, zero-width characters left out. Offsets lead back.
type view struct {
	v   [maxView]byte
	raw [maxView]byte // v with the letters as they are written
	off [maxView]int  // of the character in the text
	n   int
}

// read fills the view with up to most characters from p on; it ends at what no shape contains.
func (w *view) read(t []byte, p, most int) {
	n := 0
	for n < most && p < len(t) {
		// What is plain, most of it.
		for n < most && p < len(t) {
			c := folded[t[p]]
			if c == 0 {
				break
			}
			w.v[n], w.raw[n], w.off[n] = c, t[p], p
			n++
			p++
		}
		if n == most || p == len(t) || t[p] < 0x80 {
			break
		}
		c, k := plain(t, p)
		if k == 0 {
			break
		}
		if c != 0 { // seen
			f := folded[c]
			if f == 0 {
				break
			}
			w.v[n], w.raw[n], w.off[n] = f, c, p
			n++
		}
		p += k
	}
	w.n = n
}

// folded is a byte of the view as it stands there: letters in capitals, 0 for what no shape contains.
var folded = func() (f [256]byte) {
	for b := range 128 {
		switch {
		case class[b]&isLower != 0:
			f[b] = byte(b) - 0x20
		case class[b]&isAlnum != 0:
			f[b] = byte(b)
		}
	}
	for _, b := range " -./():_" {
		f[b] = byte(b)
	}
	return f
}()

// plain is the ASCII form of the character of more than one byte at p and its width; 0 and a width for
// one that is not to be seen, 0 and 0 for any other.
func plain(t []byte, p int) (c byte, width int) {
	if w := invisible(t, p); w != 0 {
		return 0, w
	}
	switch t[p] {
	case 0xC2:
		if p+1 < len(t) && t[p+1] == 0xA0 {
			return ' ', 2
		}
	case 0xE2:
		if p+2 < len(t) && t[p+1] == 0x80 {
			switch d := t[p+2]; {
			case d == 0xAF:
				return ' ', 3
			case d >= 0x90 && d <= 0x93:
				return '-', 3
			}
		} else if p+2 < len(t) && t[p+1] == 0x88 && t[p+2] == 0x92 {
			return '-', 3
		}
	case 0xE3:
		if p+2 < len(t) && t[p+1] == 0x80 && t[p+2] == 0x80 {
			return ' ', 3
		}
	case wideLead:
		if p+2 < len(t) {
			switch {
			case t[p+1] == 0xBC && t[p+2] >= 0x81:
				return t[p+2] - 0x60, 3
			case t[p+1] == 0xBD && t[p+2] <= 0x9E:
				return t[p+2] - 0x20, 3
			}
		}
	}
	return 0, 0
}
