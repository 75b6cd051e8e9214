package detect

// CNPlate is a vehicle registration plate of mainland China, GA 36-2018: a province's character, a letter and five
// letters or digits, six on cars with new energy; the last may be a character for trailers, police, Hong Kong and the like.
var CNPlate = define(Kind{Name: "cn_license_plate", Family: Identity})

func init() {
	on("京 津 沪 渝 冀 豫 云 辽 黑 湘 皖 鲁 新 苏 浙 赣 鄂 桂 甘 晋 蒙 陕 吉 闽 贵 粤 青 藏 川 宁 琼 使", (*Scanner).plate)
	contextPlate = named("plate plateno platenumber licenseplate licenceplate carno 车牌 车号 牌照 牌号 号牌 车辆 車牌 号码 开车 停车 违章 轿车 货车")
}

var contextPlate context

// plate reads what follows a province's character.
func (s *Scanner) plate(start, p int) int {
	t := s.text
	c, w := letterAt(t, p)
	if w == 0 || class[c]&isUpper == 0 || c == 'I' {
		return 0
	}
	p += w
	for _, sep := range [...]string{"·", "•", "・", "-", " ", "．", "."} {
		if has(t[p:], sep) {
			p += len(sep)
			break
		}
	}
	var v [8]byte
	n, digits := 0, 0
	for n < len(v) {
		c, w := letterAt(t, p)
		if w == 0 || class[c]&isLower != 0 {
			break
		}
		if c == 'I' || c == 'O' {
			return 0
		}
		if class[c]&isDigit != 0 {
			digits++
		}
		v[n] = c
		n++
		p += w
	}
	s.work += p - start
	special := false
	if n == 4 {
		for _, last := range [...]string{"挂", "学", "警", "港", "澳", "使", "领"} {
			if has(t[p:], last) {
				p += 3
				n++
				special = true
				break
			}
		}
	}
	if p < len(t) && class[t[p]]&isName != 0 || digits < 3 {
		return 0
	}
	switch n {
	case 5:
		if letters := n - digits; !special && letters > 2 {
			return 0
		}
	case 6:
		// New energy: D or F and so on first, then perhaps a letter and digits; or the letter last on large ones.
		head := v[0] >= 'A' && digits >= 4 && class[v[2]]&class[v[3]]&class[v[4]]&class[v[5]]&isDigit != 0
		tail := digits == 5 && (v[5] == 'D' || v[5] == 'F')
		if !head && !tail {
			return 0
		}
	default:
		return 0
	}
	if !s.report(start, p, CNPlate, Likely, contextPlate) {
		return 0
	}
	return p
}

// letterAt is the letter or digit at p, which may be full-width, and its width.
func letterAt(t []byte, p int) (byte, int) {
	if p >= len(t) {
		return 0, 0
	}
	c, w := t[p], 1
	if c >= 0x80 {
		c, w = plain(t, p)
	}
	if class[c]&isAlnum == 0 {
		return 0, 0
	}
	return c, w
}
