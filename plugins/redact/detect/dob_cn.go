package detect

// chineseDate is the end of the date at p with 年 and 月 whose numbers are of either script: 一九八五年三月十二日, 85年3月12日, 1985年3月; or 0. Only a word for
// a birth makes it a date of birth.
func chineseDate(t []byte, p int) int {
	var part, size [3]int
	i := p
	for k, unit := range [...]string{"年", "月", "日"} {
		b := i
		for i-b < 12 {
			if i < len(t) && class[t[i]]&isDigit != 0 {
				part[k] = 10*part[k] + int(t[i]-'0')
				i++
			} else if d := figure(t, i); d < 0 {
				break
			} else {
				if d < 10 {
					if size[k] > 0 && has(t[i-3:], "十") {
						part[k] += d // 二十三
					} else {
						part[k] = 10*part[k] + d
					}
				} else {
					part[k] = max(1, part[k]) * 10
				}
				i += 3
			}
			size[k]++
		}
		if i == b {
			break
		}
		i = spaces(t, i)
		n := mark(t, i, unit)
		if n == 0 && k == 2 {
			n = mark(t, i, "号")
		}
		if n == 0 {
			return 0
		}
		i += n
		if k < 2 {
			i = spaces(t, i)
		}
	}
	if size[0] == 2 && part[0] < 100 {
		part[0] += 1900
	} else if size[0] != 4 {
		return 0
	}
	if size[2] == 0 { // a month
		part[2] = 1
		if size[0] != 4 {
			return 0
		}
		for t[i-1] == ' ' {
			i--
		}
	}
	if size[1] == 0 || !birthYear(part[0], part[1], part[2]) {
		return 0
	}
	return i
}

// figure is the value of the Chinese digit at p, 10 for 十, or -1.
func figure(t []byte, p int) int {
	if p+3 > len(t) || t[p] < 0xE3 {
		return -1
	}
	switch string(t[p : p+3]) {
	case "〇", "零", "○":
		return 0
	case "一", "元":
		return 1
	case "二":
		return 2
	case "三":
		return 3
	case "四":
		return 4
	case "五":
		return 5
	case "六":
		return 6
	case "七":
		return 7
	case "八":
		return 8
	case "九":
		return 9
	case "十":
		return 10
	}
	return -1
}

// birthMonthOnly is the end of the year and month in figures at p, or 0: 1990.05, as behind 出生年月.
func birthMonthOnly(t []byte, p int) int {
	y := digitsAt(t, p, 5)
	if y-p != 4 || y+2 > len(t) || t[y] != '.' && t[y] != '-' && t[y] != '/' {
		return 0
	}
	m := digitsAt(t, y+1, 3)
	if m == y+1 || m < len(t) && (class[t[m]]&isName != 0 || t[m] == t[y]) || !birthYear(decimal(t[p:y]), decimal(t[y+1:m]), 1) {
		return 0
	}
	return m
}
