package detect

// CNWeChat is the name of an account in WeChat.
var CNWeChat = define(Kind{Name: "cn_wechat", Family: Contact, Prefix: "WECHAT"})

// CNQQ is the number of an account in QQ.
var CNQQ = define(Kind{Name: "cn_qq", Family: Contact, Prefix: "QQ"})

func init() {
	on("微信 薇信 wechat weixin wx vx wxid", (*Scanner).wechat)
	on("chat", func(s *Scanner, start, end int) int { // WeChat is two words
		if start < 2 || s.text[start-2] != 'W' || s.text[start-1] != 'e' || s.text[start] != 'C' {
			return 0
		}
		return s.wechat(start-2, end)
	})
	on("信", func(s *Scanner, start, end int) int { // V信 lily_88
		if start == 0 || s.text[start-1]|0x20 != 'v' {
			return 0
		}
		return s.wechat(start-1, end)
	})
	on("信： 信号：", func(s *Scanner, start, end int) int { // V信
		if start == 0 || s.text[start-1]|0x20 != 'v' && !has(s.text[max(0, start-3):], "微") && !has(s.text[max(0, start-3):], "威") {
			return 0
		}
		return s.wechat(start, end-3)
	})
	on("qq oicq 扣扣 企鹅号", (*Scanner).qq)
}

// account passes what may stand between the name of a service and the account: 号, id, no, is, 是, brackets, quotes and a colon.
// named tells that something of it says that an account follows.
func account(t []byte, p int) (next int, named bool) {
words:
	for k := 0; k < 10 && p < len(t); k++ {
		switch c := t[p]; c {
		case ':', '=':
			named = true
			p++
			continue
		case '\n':
			if !named {
				return p, false
			}
			p++
			continue
		case ' ', '"', '\'', '\\', '(', '_', '>', '#', '|', '\t', '*', '`':
			p++
			continue
		case '-':
			if p == 0 || t[p-1] != ' ' || p+1 >= len(t) || t[p+1] != ' ' {
				return p, named
			}
			named = true
			p++
			continue
		case '<':
			if e := Index(t[:min(len(t), p+24)], '>', p); e > 0 {
				p, named = e+1, true
				continue
			}
			return p, named
		}
		for _, w := range [...]string{"号码", "账号", "帐号", "账户", "帳號", "号", "號", "：", "是", "为", "＝", "→", "名"} {
			if has(t[p:], w) {
				p += len(w)
				named = true
				continue words
			}
		}
		for _, w := range [...]string{"“", "（", "「", "【", "】", "）", "　", "同号", "我", "吧", "呗", "哈", "哦", "也行", "，", "联系", "加"} {
			if has(t[p:], w) {
				p += len(w)
				continue words
			}
		}
		for _, w := range [...]string{"id", "no", "number", "num", "is", "account", "uin"} {
			if e := p + len(w); e < len(t) && class[t[e]]&isAlnum == 0 && foldEqual(t[p:e], w) {
				p = e
				named = true
				continue words
			}
		}
		break
	}
	return p, named
}

// wechat reads the account behind a word for WeChat: a letter and 5 to 19 letters, digits, hyphens and underscores.
func (s *Scanner) wechat(start, end int) int {
	t := s.text
	if class[t[start]]&isAlpha != 0 && start > 0 && class[t[start-1]]&isDigit != 0 {
		return 0
	}
	p, named := account(t, end)
	s.readTable(start, end, columnWeChat)
	if p >= len(t) || class[t[p]]&isAlpha == 0 || class[t[start]]&isAlpha != 0 && p == end {
		return 0
	}
	e := p
	digits, scores := 0, 0
	for e < len(t) && class[t[e]]&isToken != 0 {
		if class[t[e]]&isDigit != 0 {
			digits++
		} else if class[t[e]]&isAlpha == 0 {
			scores++
		}
		e++
	}
	s.work += e - start
	if n := e - p; n < 6 || n > 20 || !named && (digits == 0 || end-start < 6 && !(t[start]|0x20 == 'v' || start >= 3 && han(t, start-3) >= 0)) ||
		e < len(t) && (t[e] == '(' || t[e] == '@' || t[e] == '=' || t[e] == '[' || t[e] == '.' && e+1 < len(t) && class[t[e+1]]&isAlnum != 0 || t[e] == '/') {
		return 0
	}
	// wx and wechat name much in programs: their account has a digit, as most have, or a Chinese word names it.
	if digits == 0 && (class[t[start]]&isAlpha != 0 || scores == 0 && !asciiEnds(t, e)) {
		return 0
	}
	s.emit(p, e, CNWeChat, rankNamed)
	return e
}

// asciiEnds tells whether a word ends at p as a sentence or a value does, and no further word follows.
func asciiEnds(t []byte, p int) bool {
	return p == len(t) || t[p] != ' ' && t[p] != '-' || p+1 < len(t) && class[t[p+1]]&isAlpha == 0
}

// qq reads the number behind a word for QQ: 5 to 11 digits, the first not 0.
func (s *Scanner) qq(start, end int) int {
	t := s.text
	p, _ := account(t, end)
	s.readTable(start, end, columnQQ)
	e, n := p, 0
	for n < 12 {
		w := digitAt(t, e)
		if w == 0 {
			break
		}
		e += w
		n++
	}
	s.work += e - start
	if n < 5 || n > 11 || t[p] == '0' || e < len(t) && (class[t[e]]&isName != 0 || t[e] == '@' || t[e] == '.' && e+1 < len(t) && class[t[e+1]]&isAlnum != 0 || t[e] == '-' && e+1 < len(t) && class[t[e+1]]&isDigit != 0) {
		return 0
	}
	s.emit(p, e, CNQQ, rankNamed)
	return e
}
