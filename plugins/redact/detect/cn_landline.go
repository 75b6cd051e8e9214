package detect

// Landlines of mainland China: a trunk zero, an area code of two or three digits and a number of seven or eight digits that starts
// with 2 to 9, joined by a hyphen or in parentheses. Without either a word has to name it. 400, 800, 95xxx and 1xxxx are hotlines.
func matchCNLandline(s *Scanner, n *number) (start, end int, ok bool) {
	d := n.digits[:n.count[n.groups]]
	if len(d) < 10 || d[0] != 0 || !areaCode(d) || n.sep[0] == sepDash || n.sep[0] == sepDot {
		return 0, 0, false
	}
	area := 4
	if d[1] < 3 {
		area = 3
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
	end = extension(s.text, end)
	v := s.sense(start, end, cardinal.landline)
	return start, end, v == favour || v == neutral && grouped
}

// extension is the end of the extension that a word adds to the number that ends at p, or p: 转801, 分机 312.
func extension(t []byte, p int) int {
	i := spaces(t, p)
	n := mark(t, i, "转", "轉", "分机", "分機")
	if n == 0 {
		return p
	}
	i = spaces(t, i+n)
	i += mark(t, i, "分机", "号", "：", ":")
	if e := digitsAt(t, i, 7); e > i && e-i < 7 && (e == len(t) || class[t[e]]&isName == 0) {
		return e
	}
	return p
}

// areaCodes are the area codes without their zero, as ranges: JioNLP landline_phone_area_code.txt.
var areaCodes = [...][2]uint16{
	{10, 10}, {20, 25}, {27, 29}, {310, 319}, {335, 335}, {349, 359}, {370, 379}, {391, 398}, {410, 419}, {421, 421}, {427, 427}, {429, 429}, {431, 439},
	{440, 440}, {451, 459}, {464, 464}, {467, 479}, {482, 483}, {510, 520}, {523, 523}, {527, 527}, {530, 539}, {543, 543}, {546, 546}, {550, 566},
	{570, 580}, {591, 599}, {631, 635}, {660, 663}, {668, 668}, {691, 692}, {701, 701}, {710, 719}, {722, 722}, {724, 724}, {728, 728}, {730, 739},
	{743, 746}, {750, 760}, {762, 763}, {765, 766}, {768, 779}, {790, 799}, {812, 813}, {816, 818}, {825, 827}, {830, 839}, {851, 859}, {870, 879},
	{883, 883}, {886, 888}, {891, 899}, {901, 903}, {906, 906}, {908, 909}, {911, 919}, {930, 939}, {941, 943}, {951, 955}, {970, 979}, {990, 999},
}

// areaCode tells whether the digits begin with a zero and an area code.
func areaCode(d []uint8) bool {
	code := uint16(d[1])*10 + uint16(d[2])
	if d[1] > 2 {
		code = code*10 + uint16(d[3])
	}
	for i := range areaCodes {
		if r := &areaCodes[i]; code <= r[1] {
			return code >= r[0]
		}
	}
	return false
}
