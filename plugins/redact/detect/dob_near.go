package detect

const reachBirth = 24

// birthNamed tells whether a word for a birth stands within reach bytes before the date at start and speaks of it, or heads its column.
func (s *Scanner) birthNamed(start, reach int) bool {
	s.favours(start, birthContext) // reads the words before
	for _, h := range s.near.hits[:s.near.n] {
		if h.at >= start-reach && terms[h.term].names.has(birthContext) && !otherEvent(s.text[h.at:start]) && !birthOf(s.text, h.at, start) && !s.party(h.at, start) {
			return true
		}
	}
	c := s.columnNames(start)
	return c != nil && c.has(birthContext)
}

// events has words between a word for a birth and a date that make the date one of something else: a birthday sale from …, born before …
var events = words("after until till before between since from sale sales party parties offer offers event events gift card cards coupon promo promotion bonus week month run runs begin begins start starts end ends took began became won dinner celebration " +
	"reminder sent updated created verified deleted expires expiry valid invitation certificate registry rate notification campaign issue issued " +
	"vor nach seit ab bis zwischen feier avant après depuis fête antes después desde fiesta prima dopo festa voor sinds feest före efter kalas")

// party tells whether the date at start is of the last years and words stand between it and the word for a birth that ends at p: coupons, parties and
// campaigns have such dates, and hardly anybody who is written about.
func (s *Scanner) party(p, start int) bool {
	t := s.text
	recent := false
	for i := start; i+4 <= len(t) && i < start+16; i++ {
		recent = recent || t[i] == '2' && t[i+1] == '0' && t[i+2] >= '2' && t[i+2] <= '9' && class[t[i+3]]&isDigit != 0 && class[t[i-1]]&isDigit == 0
	}
	if !recent {
		return false
	}
	for i := p; i < start; {
		if t[i] >= 0xE0 {
			n := mark(t, i, "日", "期", "年", "月", "时", "間", "间", "是", "为", "為", "：", "，", "在", "于", "於", "（", "【", "は", "が", "の", "은", "는", "이", "가", "일", "자", "“", "「")
			if n == 0 {
				return true
			}
			i += n
			continue
		}
		if class[t[i]]&isAlpha == 0 && t[i] < 0xC3 {
			i++
			continue
		}
		from := i
		for i < start && (class[t[i]]&isAlpha != 0 || t[i] >= 0x80 && t[i] < 0xE0) {
			i++
		}
		i = max(i, from+1)
		if w := lowerOf(t, from, i); i-from > 3 && !birthGrammar.has(w) {
			return true
		}
	}
	return false
}

// birthOf tells whether the word birth or birthday that ends at p is the first part of the name of something else: birthday cake, birth rate.
func birthOf(t []byte, p, end int) bool {
	if p < 5 || !foldEqual(t[p-5:p], "birth") && !foldEqual(t[p-5:p], "thday") || p+1 >= end || t[p] != ' ' || class[t[p+1]]&isLower == 0 {
		return false
	}
	e := p + 1
	for e < end && class[t[e]]&isLower != 0 {
		e++
	}
	if i := Index(t[:end], '\n', e); i >= 0 {
		return false
	}
	return !birthGrammar.has(string(t[p+1 : e]))
}

var birthGrammar = words("span time datum date-time timestamp value string type text format and as at date day dt falls fell for from he her here his i im in is it listed local my not of on or our place please recorded registered shows since the their time to was were will would year years your")

// otherEvent tells whether a word in v, which stands between a word for a birth and a date, says that something else took place then.
func otherEvent(v []byte) bool {
	for i := 0; i < len(v); {
		if v[i] == '(' { // (required), (DD/MM/YYYY)
			for i < len(v) && v[i] != ')' {
				i++
			}
			continue
		}
		if class[v[i]]&isAlpha == 0 && v[i] < 0xC3 {
			i++
			continue
		}
		j := i
		for j < len(v) && (class[v[j]]&isAlpha != 0 && (j == i || class[v[j]]&isLower != 0 || class[v[j-1]]&isUpper != 0) || v[j] >= 0x80) { // a part of a camel name is a word
			j++
		}
		j = max(j, i+1)
		var b [12]byte
		if n := j - i; n <= len(b) {
			for k := range n {
				b[k] = lower(v[i+k])
			}
			if events.has(string(b[:n])) || n > 4 && b[n-2] == 'e' && b[n-1] == 'd' && class[v[i]]&isLower != 0 { // educated, released
				return true
			}
		}
		i = j
	}
	return false
}
