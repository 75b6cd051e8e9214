package detect

// A mobile number of mainland China that is dictated stands in characters: 幺三九二七六五四一八八. Nothing else has eleven digits of the
// kind in a row but numbers of the same plan, so that no word has to name it.
func init() {
	on("一三 一四 一五 一六 一七 一八 一九 幺三 幺四 幺五 幺六 幺七 幺八 幺九", func(s *Scanner, start, _ int) int {
		t := s.text
		if !s.types.Has(Phone) || start >= 3 && spokenDigit(t, start-3) >= 0 {
			return 0
		}
		var d [11]uint8
		p, n := start, 0
		for n <= len(d) {
			k := spokenDigit(t, p)
			if k < 0 {
				if n > 0 && mark(t, p, "，", "、", " ", "-") > 0 && spokenDigit(t, p+mark(t, p, "，", "、", " ", "-")) >= 0 { // a pause
					p += mark(t, p, "，", "、", " ", "-")
					continue
				}
				break
			}
			if n == len(d) {
				return 0
			}
			d[n] = uint8(k)
			n++
			p += 3
		}
		s.work += p - start
		if n < len(d) || !cnMobile(d[:]) {
			return 0
		}
		s.emit(start, p, Phone, rankLikely)
		return p
	})
}

// spokenDigit is the digit that the character at p stands for, or -1.
func spokenDigit(t []byte, p int) int {
	if p+3 > len(t) || t[p] < 0xE3 || t[p] > 0xE9 {
		return -1
	}
	switch string(t[p : p+3]) {
	case "零", "〇", "洞":
		return 0
	case "一", "幺", "壹":
		return 1
	case "二", "两", "贰":
		return 2
	case "三", "叁":
		return 3
	case "四", "肆":
		return 4
	case "五", "伍":
		return 5
	case "六", "陆":
		return 6
	case "七", "拐", "柒":
		return 7
	case "八", "捌":
		return 8
	case "九", "勾", "玖":
		return 9
	}
	return -1
}
