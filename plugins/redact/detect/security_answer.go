package detect

// Answers to the questions by which services know their users: mother's maiden name, first pet.

func init() {
	ask := func(s *Scanner, _, end int) int { return s.securityAnswer(end) }
	on("密保 安全问题 安全提示问题 安全問題 秘密の質問 보안질문", ask)
	on("question", func(s *Scanner, start, end int) int {
		t := s.text
		if wordBack(t, start, "security", "secret", "recovery", "challenge") == start && mark(t, end, " secr", " de sécu") == 0 {
			return 0
		}
		return s.securityAnswer(end)
	})
	on("sicherheitsfrage geheimfrage", ask)
	on("pregunta pergunta domanda", func(s *Scanner, _, end int) int {
		if mark(s.text, end, " de seg", " secr", " segr", " di sic") == 0 {
			return 0
		}
		return s.securityAnswer(end)
	})
	on("maiden", func(s *Scanner, _, end int) int { // mother's maiden name
		if n := among(s.text, end, " name: | name:| name is | name was "); n > 0 {
			lo := end + n
			if e := s.chunk(lo); e-lo > 2 && class[s.text[lo]]&isUpper != 0 {
				s.emit(lo, e, Password, rankNamed)
			}
		}
		return 0
	})
	on("answer", func(s *Scanner, start, end int) int {
		if p := wordBack(s.text, start, "security", "secret"); p == start {
			return 0
		}
		return s.answerAt(end)
	})
}

// maxAnswer bounds how far behind its question an answer is looked for.
const maxAnswer = 160

// securityAnswer looks for the word for an answer behind a question that ends at p.
func (s *Scanner) securityAnswer(p int) int {
	t := s.text
	high := min(len(t), p+maxAnswer)
	from := max(p, s.answers)
	s.answers = max(high, s.answers)
	for i := from; i < high; i++ {
		if c := t[i] | 0x20; c != 'a' && c != 'r' && t[i] < 0xE0 {
			continue
		}
		if n := among(t, i, "答案|回答|答え|Answer|answer|ANSWER|Antwort|Réponse|réponse|Respuesta|respuesta|Resposta|resposta|Risposta|risposta|답변|답:|A:"); n > 0 {
			s.work += i - from
			s.answers = i
			return s.answerAt(i + n)
		}
	}
	s.work += max(high-from, 0)
	return 0
}

// answerAt reports the value behind the word for an answer that ends at p: up to the end of the line or clause.
func (s *Scanner) answerAt(p int) int {
	t := s.text
	if p >= len(t) {
		return 0
	}
	op, said := false, false
	for k := 0; k < 6 && p < len(t); k++ {
		said = said || has(t[p:], " is ") || has(t[p:], " was ")
		if n := mark(t, p, ":", "=", "：", "是", "为", "は", " is ", " was ", "|"); n > 0 {
			op = true
			p += n
		} else if t[p] == ' ' || t[p] == '"' || t[p] == '\'' || t[p] == '\\' || t[p] == '*' {
			p++
		} else if n = among(t, p, "“|「|‘"); n > 0 {
			p += n
		} else {
			break
		}
	}
	lo := p
	for p < len(t) && p-lo < 48 && t[p] >= ' ' && !oneOf(t[p], "\"\\|,;<{([$*?") && among(t, p, "。|，|；|”|」|？|’") == 0 {
		p++
	}
	hi := p
	for hi > lo && (t[hi-1] == ' ' || t[hi-1] == '.') {
		hi--
	}
	s.work += p - lo
	if !op || hi-lo < 3 || said && class[t[lo]]&isLower != 0 && t[lo-1] == ' ' || p-lo >= 48 || p < len(t) && oneOf(t[p], "<{([$*?") || foldEqual(t[lo:hi], "true") || foldEqual(t[lo:hi], "null") || foldEqual(t[lo:hi], "string") ||
		among(t, lo, "不能|请|錯誤|错误|必填|至少|不少|正确|用户") > 0 {
		return 0
	}
	n := 0
	for _, c := range t[lo:hi] {
		if c == ' ' {
			n++
		}
	}
	if n > 2 {
		return 0
	}
	s.emit(lo, hi, Password, rankNamed)
	return hi
}
