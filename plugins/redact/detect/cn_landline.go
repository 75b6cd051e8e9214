package detect

// Landlines of mainland China: a trunk zero, an area code of two or three digits and a number of seven or eight digits that starts
// with 2 to 9, joined by a hyphen or in parentheses. Without either a word has to name it. 400, 800, 95xxx and 1xxxx are hotlines.
func matchCNLandline(s *Scanner, n *number) (start, end int, ok bool) {
	d := n.digits[:n.count[n.groups]]
	if len(d) < 10 || d[0] != 0 || n.sep[0] == sepDash || n.sep[0] == sepDot {
		return 0, 0, false
	}
	area := 4
	if d[1] == 1 || d[1] == 2 {
		if d[1] == 1 && d[2] != 0 {
			return 0, 0, false
		}
		area = 3
	} else if d[1] < 3 {
		return 0, 0, false
	}
	last := 0
	grouped := false
	switch {
	case n.groups > 1 && n.size(0) == area:
		k := n.size(1)
		sep := n.sep[1]
		if k != 7 && k != 8 && !(k == 4 || k == 3) || sep == sepDot || sep == sepOpen || sep == sepClose && n.paren < 0 {
			return 0, 0, false
		}
		last = 1
		if k < 7 { // 010-8888 8888
			if n.groups < 3 || n.size(2) != 4 || n.sep[2] == sepOpen || n.sep[2] == sepClose {
				return 0, 0, false
			}
			last = 2
		}
		grouped = sep == sepDash || sep == sepClose
	case n.size(0) == area+7, n.size(0) == area+8:
	default:
		return 0, 0, false
	}
	if d[area] < 2 {
		return 0, 0, false
	}
	size := n.count[last+1] - area
	if size != 7 && size != 8 || area == 3 && size != 8 {
		return 0, 0, false
	}
	start, end = n.begin[0], n.end[last]
	if last+1 < n.groups && n.sep[last+1] == sepDash && n.size(last+1) <= 5 && n.alone(s.text, last+1) {
		end = n.end[last+1] // an extension
	} else if !n.alone(s.text, last) {
		return 0, 0, false
	}
	if n.paren >= 0 && grouped && n.sep[1] == sepClose {
		start = n.paren
	}
	v := s.sense(start, end, cardinal.landline)
	return start, end, v == favour || v == neutral && grouped
}
