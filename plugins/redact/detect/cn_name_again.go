package detect

// maxAgain is how many names are looked for once more.
const maxAgain = 32

// namesAgain adds the places at which a name of three characters and more that was found stands again: whoever is named behind a word once is spoken
// of without it later.
func (s *Scanner) namesAgain() {
	var names [maxAgain][]byte
	var first uint64 // a bit for each last byte of a first character
	t, n := s.text, 0
next:
	for i := range s.spans {
		sp := &s.spans[i]
		if sp.Type != CNName || sp.End-sp.Start < 9 || n == len(names) {
			continue
		}
		v := t[sp.Start:sp.End]
		for _, w := range names[:n] {
			if string(w) == string(v) {
				continue next
			}
		}
		names[n] = v
		n++
		first |= 1 << (v[2] & 63)
	}
	if n == 0 {
		return
	}
	s.between(9, rankNamed, func(p int) int {
		length := 0
		if first>>(t[p+2]&63)&1 == 0 {
			return length
		}
		for _, v := range names[:n] {
			if p+len(v) <= len(t) && string(t[p:p+len(v)]) == string(v) {
				length = max(length, len(v))
			}
		}
		return length
	})
}
