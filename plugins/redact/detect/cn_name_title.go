package detect

// A full name stands before a form of address, too: 请转告方媛女士, 三年二班祝子涵的妈妈, 方媛您好; and between a preposition and a verb: 向方媛转账. It has
// to begin where a word ends that leads to a person, or behind punctuation.
func init() {
	on("女士 先生 小姐 太太 师傅 同志 同学 老师 教授 律师 医生", func(s *Scanner, start, _ int) int { return s.nameAddressed(start, perhaps, false) })
	on("您好 你好 您的 您在 您有 您已 您于 您可 您尾 您预 您申 您购 您本", func(s *Scanner, start, _ int) int {
		if start >= 3 && has(s.text[start-3:], "，") {
			start -= 3
		}
		return s.nameAddressed(start, direct, false)
	})
	on("妈妈 爸爸 家长 父亲 母亲", func(s *Scanner, start, _ int) int {
		if start >= 3 && has(s.text[start-3:], "的") {
			start -= 3
		}
		return s.nameAddressed(start, perhaps, false)
	})
	on("转账 汇款 打款 付款 还款 借款 借钱 委托 签订 签署 名下 发邮件 发消息 打电话 发短信 道歉 请教 汇报 求婚 表白 催款", func(s *Scanner, start, _ int) int { return s.nameAddressed(start, perhaps, true) })
}

// nameAddressed looks for a name that ends at p. With led, a word that leads to a person has to stand before it.
func (s *Scanner) nameAddressed(p int, a announced, led bool) int {
	t := s.text
	if !s.types.Has(CNName) {
		return 0
	}
	for n := 4; n >= 2; n-- {
		b := p - 3*n
		if b < 0 || han(t, b) < 0 || han(t, b+3) < 0 || n > 2 && han(t, b+6) < 0 {
			continue
		}
		if n == 4 && !doubles.has(string(t[b:b+6])) {
			continue
		}
		s.work += 12
		open := b >= 3 && leading.has(han(t, b-3)) || !led && (edge(t, b) ||
			n == 3 && !has(t[p:], "的") && suits(han(t, b+3)) > 0 && suits(han(t, b+6)) > 0 && !surnames.has(han(t, b+6))) // 供应商骆宏亮先生
		if !open || s.nameAt(b, a) != 3*n {
			continue
		}
		s.emit(b, p, CNName, rankNamed)
		return 0
	}
	return 0
}

// leading are characters that end words before a person: prepositions, verbs, and the classes of a school.
var leading = charactersOf("给向由和与请为对找是及跟被让送约访同将把于而但班告知问见叫喊致代替即级受")
