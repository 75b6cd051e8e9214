package detect

// Secrets of several words: passphrases, and the phrases from which wallets are restored.

func init() {
	on("passphrase mnemonic mnemonics 助记词 助記詞 恢复词 パスフレーズ シードフレーズ", func(s *Scanner, start, end int) int { return s.phraseAt(start, end) })
	on("phrase phrases words", func(s *Scanner, start, end int) int {
		if wordBack(s.text, start, "seed", "recovery", "pass", "mnemonic", "backup", "secret") == start && !(start > 5 && foldEqual(s.text[start-5:start], "seed_")) {
			return 0
		}
		return s.phraseAt(start, end)
	})
}

// function are words of sentences, which no phrase made of chosen words has.
var function = words("the a an is are was to of for in on at and or not be been must should can may your you my it its with from that this by as if when has have will used use using no " +
	"der die das und ist ein eine nicht le la les des et est un une el los las que por con para il di che non")

// phraseAt reports the words behind the name of such a phrase at [start,end): three or more between quotes, or four or more up to the end of
// the sentence behind an operator.
func (s *Scanner) phraseAt(start, end int) int {
	t := s.text
	if !s.types.Has(Password) {
		return 0
	}
	p, _, bare, ok := operator(t, end, start)
	if !ok || p >= len(t) {
		return 0
	}
	if bare && has(t[p:], "is ") {
		p, bare = p+3, false
	}
	for p < len(t) && p-end < 12 && (t[p] == '\n' || t[p] == ' ' || t[p] == '\\') {
		p++
	}
	quote := byte(0)
	if p < len(t) && (t[p] == '"' || t[p] == '\'' || t[p] == '`') {
		quote = t[p]
		p++
	} else if n := mark(t, p, "“", "「"); n > 0 {
		quote = t[p]
		p += n
	}
	lo, hi, n := p, p, 0
	for p < len(t) && n < 25 {
		b := p
		for p < len(t) && p-b < 12 && class[t[p]]&isAlpha != 0 {
			p++
		}
		if p-b < 3 || function.has(lowerOf(t, b, p)) || b > lo && class[t[b]]&isUpper != 0 {
			break
		}
		n++
		hi = p
		if p >= len(t) || t[p] != ' ' && t[p] != '-' {
			break
		}
		p++
	}
	s.work += p - end
	ends := hi == len(t) || t[hi] == quote || quote == 0 && oneOf(t[hi], "\n.,;\\\"") || t[hi] >= 0xE0
	if ends && hi > lo && (n >= 4 && !bare || n >= 3 && quote != 0) {
		s.emit(lo, hi, Password, rankNamed)
		return hi
	}
	return 0
}
