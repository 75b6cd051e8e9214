package detect

// rest reads what follows the first number: further buildings, floors and rooms. numbers counts them.
func (s *Scanner) rest(p int) (end, numbers int) {
	t := s.text
	end = p
	if n := mark(t, p, "甲", "乙", "丙", "丁"); n > 0 && han(t, p+n) < 0 { // 61号甲
		end = p + n
	}
	for {
		i := end
		if i < len(t) && t[i] == ' ' {
			i++
		}
		if e := spelled(t, i); e > 0 {
			end = e
			numbers++
			continue
		}
		name := i
		k := 0
		building, house := false, 0
		written := 0
		for k < 12 && han(t, i) >= 0 && !breaks(t, i) {
			if written = spelled(t, i); written > 0 {
				break
			}
			building = levelAt(t, name, i) == levelEstate
			i += 3
			k++
			if k >= 3 {
				switch string(t[i-6 : i]) {
				case "大厦", "小区", "公寓", "花园", "广场", "大楼":
					house = i
				}
			}
			if numberMark(t, i) == 0 && k == 1 && (has(t[i-3:], "之") || has(t[i-3:], "第") || has(t[i-3:], "附")) {
				continue
			}
		}
		if written > 0 {
			end = written
			numbers++
			continue
		}
		// A building's name may end the address.
		if building && k >= 3 && (i == len(t) || han(t, i) < 0 && class[t[i]]&isAlnum == 0) {
			return i, numbers + 1
		}
		if house == 0 && building && k >= 3 {
			house = i
		}
		// Digits or letters, and a mark behind them.
		b := i
		for i < len(t) && i-b < 15 {
			if class[t[i]]&isAlnum != 0 || t[i] == '-' && i > b {
				i++
			} else if wideDigit(t, i) {
				i += 3
			} else {
				break
			}
		}
		if i == b {
			if house > 0 {
				return house, numbers + 1
			}
			return end, numbers
		}
		if m := numberMark(t, i); m > 0 {
			end = i + m
			numbers++
			if has(t[end:], "之") { // 7樓之2
				if e := digitsAt(t, end+3, 3); e > end+3 && (e == len(t) || class[t[e]]&isName == 0) {
					end = e
				}
			}
			continue
		}
		if t[b-1] != ' ' && room(t, b, i, b == end) {
			return i, numbers + 1
		}
		// A bare number of a room behind a building: 3栋1203.
		if i-b >= 2 && (i == len(t) || han(t, i) < 0 || breaks(t, i)) && class[t[b]]&isDigit != 0 && (b == name && name == end || building && i-b <= 8) {
			return i, numbers + 1
		}
		if house > 0 {
			return house, numbers + 1
		}
		return end, numbers
	}
}

// spelled is where a number in characters and its mark end that stand at p, with the side of a landing: 四单元, 六楼西户; 0 if there is none.
func spelled(t []byte, p int) int {
	i := p
	for i+3 <= len(t) && i-p < 12 && chineseDigit(t[i:i+3]) {
		i += 3
	}
	if i == p || i == len(t) {
		return 0
	}
	m := numberMark(t, i)
	if m == 0 {
		return 0
	}
	i += m
	return i + mark(t, i, "东户", "西户", "中户", "南户", "北户", "左户", "右户")
}

// room tells whether t[b:e] is the number of a room that no mark follows: B1-1503, 6-2-1101, 21F, and behind the mark of a building three or four
// digits whatever stands behind them, unless they count something.
func room(t []byte, b, e int, marked bool) bool {
	v := t[b:e]
	digits, hyphens := digitsIn(v), 0
	for _, c := range v {
		if c == '-' {
			hyphens++
		}
	}
	switch n := len(v); {
	case v[n-1] == '-' || digits == 0:
		return false
	case hyphens > 0:
		return digits > 2 && digits+hyphens >= n-1
	case n < 4 && digits == n-1 && v[n-1]|0x20 == 'f':
		return true
	}
	return marked && digits == len(v) && digits > 2 && digits < 5 &&
		mark(t, e, "个", "人", "多", "元", "年", "天", "米", "平", "块", "万", "套", "间", "家", "名", "位", "件", "台", "辆", "棵", "只", "次", "号", "户", "公") == 0
}
