package detect

// wideNumber is digits for a group with digits of any width, and perhaps invisible characters between them.
func (s *Scanner) wideNumber(p int) int {
	t := s.text
	e, n := p, 0
	for {
		if w := digitAt(t, e); w != 0 {
			e += w
			n++
		} else if w := invisible(t, e); w != 0 && digitAt(t, e+w) != 0 {
			e += w
		} else {
			break
		}
	}
	s.work += e - p
	end := e
	if m := numberMark(t, e); m > 0 && n <= 5 {
		if end := s.chineseAddress(p, e, m); end > 0 {
			return end
		}
	}
	if n < leadLengths {
		end = s.number(p, n, e)
	}
	if n <= maxChunk {
		end = max(end, s.code(p, e))
	}
	return end
}

// wide handles the byte EF at p: a full-width digit, letter or at sign, or something else.
func (s *Scanner) wide(p int) int {
	t := s.text
	if p+3 > len(t) {
		return p + 1
	}
	c, _ := plain(t, p)
	switch {
	case class[c]&isDigit != 0:
		e := wideChunk(t, p)
		if end := s.wideNumber(p); end > p+3 && end >= e {
			return end
		}
		return max(s.code(p, e), p+3)
	case class[c]&isAlpha != 0:
		e := wideChunk(t, p)
		s.work += e - p
		return max(s.code(p, e), p+3)
	case c == '@':
		return max(s.at(p, 3), p+3)
	}
	if t[p+1] == 0xBC && t[p+2] == 0x9A { // ：
		s.speaker(p)
	}
	if t[p+1] == 0xBC || t[p+1] == 0xBD {
		r := uint16(t[p])<<12 | uint16(t[p+1]&0x3f)<<6 | uint16(t[p+2]&0x3f)
		if triggerFirst[r>>6]>>(r&63)&1 != 0 {
			return max(s.wideTrigger(p, r), p+3)
		}
		return p + 3
	}
	return p + 1
}

// wideChunk is the end of the letters and digits of any width at p.
func wideChunk(t []byte, p int) int {
	for p < len(t) {
		if c := t[p]; c < 0x80 {
			if class[c]&isAlnum == 0 {
				break
			}
			p++
			continue
		}
		c, w := plain(t, p)
		if w == 0 || c != 0 && class[c]&isAlnum == 0 {
			break
		}
		p += w
	}
	return p
}
