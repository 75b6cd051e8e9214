package detect

// readAfter reads the words that begin behind end, as far as any detector looks.
func (s *Scanner) readAfter(end int) {
	a, t := &s.near, s.text
	if a.end == end {
		return
	}
	a.end, a.afters, a.unit = end, 0, false
	high := min(len(t), end+reachAfter+maxTail)
	s.work += high - end
	first := true
	var buf [maxWord]byte
	for i := end; i < high && a.afters < len(a.after); {
		passed := uint8(0)
		for i < high && behindKind[t[i]] <= behindOther {
			passed |= behindKind[t[i]]
			i++
		}
		first = first && passed == behindBlank
		if i == high {
			return
		}
		switch c := t[i]; behindKind[c] {
		case behindEnd:
			return
		case behindLetter:
			n, from := 0, i
			for i < len(t) && class[t[i]]&isAlpha != 0 {
				if n == len(buf) {
					return
				}
				buf[n] = lower(t[i])
				n++
				i++
			}
			if x := latinTerm(buf[:], 0, n); x != 0 {
				a.follow(from, x, first)
			}
			first = false
		default:
			if i+3 > len(t) {
				return
			}
			r := uint16(c)<<12 | uint16(t[i+1]&0x3f)<<6 | uint16(t[i+2]&0x3f)
			if wideFirst[r>>6]>>(r&63)&1 != 0 {
				for _, x := range wide[r] {
					if e := i + len(x.word); e <= len(t) && string(t[i:e]) == x.word && a.afters < len(a.after) {
						a.follow(i, x.term, first)
					}
				}
			}
			first = first && c == wideLead
			i += 3
		}
	}
}

// follow notes a term that begins at p behind the end.
func (a *surroundings) follow(p int, x uint16, first bool) {
	a.after[a.afters] = hit{p, x}
	a.afters++
	a.unit = a.unit || first && p < a.end+reachAfter && terms[x].flags&isUnit != 0
}

// What a byte behind an end says.
const (
	behindBlank  uint8 = iota // a unit may stand behind it
	behindOther               // no unit stands behind it
	behindEnd                 // nothing behind it belongs to the end
	behindLetter              // a word
	behindWide                // perhaps a word of another script
)

var behindKind = func() (k [256]uint8) {
	for b := range 256 {
		switch {
		case class[b]&isAlpha != 0:
			k[b] = behindLetter
		case b >= 0xE0 && b <= 0xEF:
			k[b] = behindWide
		default:
			k[b] = behindOther
		}
	}
	k[' '], k['('] = behindBlank, behindBlank
	for _, b := range "\n,;\"}" {
		k[b] = behindEnd
	}
	return k
}()
