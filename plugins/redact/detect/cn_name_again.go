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
	s.roster.spans = s.roster.spans[:0]
	k := 0
	s.work += len(t)
	for i := 0; i+9 <= len(t); {
		if k < len(s.spans) && i >= s.spans[k].Start {
			i = max(i, s.spans[k].End)
			k++
			continue
		}
		if t[i] < 0xE4 {
			i = pastASCII(t, i+1)
			continue
		}
		if first>>(t[i+2]&63)&1 == 0 {
			i += 3
			continue
		}
		end := 0
		for _, v := range names[:n] {
			if i+len(v) <= len(t) && string(t[i:i+len(v)]) == string(v) {
				end = max(end, i+len(v))
			}
		}
		if end == 0 || k < len(s.spans) && end > s.spans[k].Start {
			i += 3
			continue
		}
		s.roster.spans = append(s.roster.spans, Span{i, end, CNName, rankNamed})
		i = end
	}
	if len(s.roster.spans) > 0 {
		s.mergeRoster()
	}
}
