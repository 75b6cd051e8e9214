package detect

// numberRule is a detector of numbers: it is asked at a group of digits that may start one.
type numberRule struct {
	typ  Type
	lead uint32   // bit n: the number may start with a group of n digits
	plus uint32   // the same when a plus sign stands before the first digit
	rank rank     // with nothing that names it
	ctx  *context // whose words make it surer
	// match returns where the number that starts at n.begin[0] ends and where its text starts (a plus or
	// parenthesis before the digits may belong to it), or ok false.
	match func(s *Scanner, n *number) (start, end int, ok bool)
}

// numberRules in order of precedence: the surer ones first. A detector of numbers is one row.
var numberRules []numberRule

func init() {
	numberRules = []numberRule{
		{CNResidentID, 1<<6 | 1<<17 | 1<<18, 0, rankSure, nil, matchCNResidentID},
		{PaymentCard, 1<<4 | 1<<6 | 1<<13 | 1<<14 | 1<<15 | 1<<16 | 1<<17 | 1<<18 | 1<<19, 0, rankNamed, nil, matchPaymentCard},
		{Phone, 1<<2 | 1<<3 | 1<<4 | 1<<11 | 1<<13 | 1<<15, 1<<2 | 1<<13, rankLikely, &cardinal.phone, matchCNMobile},
		{Phone, 0, 1<<16 - 2, rankSure, nil, matchInternational},
		{Phone, 1<<1 | 1<<3 | 1<<10 | 1<<11, 0, rankLikely, &cardinal.phone, matchNorthAmerican},
		{Phone, 1<<3 | 1<<4 | 1<<10 | 1<<11 | 1<<12, 0, rankLikely, &cardinal.phone, matchCNLandline},
	}
	cardinal.phone = named("mynumberis hernumber hisnumber theirnumber phone phones telephone tel mobile mobil cell cellphone cellular call calls callback dial sms textme textus texted whatsapp wechat fax msisdn " +
		"teléfono móvil movil celular telefonnummer telefonnr rufnummer mobilnummer handynummer portable cellulare телефон тел мобильный contact contacts handy telefon telefono téléphone telefone ring hotline reach phoned tlf telefoon " +
		"هاتف هاتفي الهاتف جوال جوالي الجوال موبايل טלפון הטלפון נייד הנייד puhelin puhelinnumero τηλέφωνο κινητό телефону мобильного номер gsm hp telp " +
		"手机 电话 联系 致电 拨打 来电 微信 短信 传真 手機 電話 聯繫 聯絡 打给 回拨 加我 携帯 휴대폰 전화 연락처 핸드폰 โทร फोन")
	cardinal.english = named("phone phones telephone tel mobile cell cellphone cellular call calls callback dial sms textme textus texted whatsapp fax msisdn contact reach phoned")
	cardinal.card = named("card cards cardnumber pan visa mastercard amex maestro unionpay jcb discover diners credit debit cc ccnum creditcard payment carte karte tarjeta " +
		"卡号 行卡 用卡 记卡 蓄卡 账号 账户 卡號 帳號")
	cardinal.landline = named("phone telephone tel fax office landline 电话 座机 固话 传真 热线 總機 总机 电話 電話 联系 聯絡")
}

// cardinal holds the contexts that rules share which are functions.
var cardinal struct{ phone, english, card, landline context }

const (
	leadLengths = 20 // first groups have at most 19 digits
	maxGroups   = 9
	maxDigits   = 32
)

// separators of digit groups. Tab and line feed are none: a number never crosses a table's cells.
type separator uint8

const (
	sepNone  separator = iota
	sepSpace           // space
	sepWide            // no-break, narrow no-break and ideographic space
	sepDash            // - and its typographic and full-width forms
	sepDot             // .
	sepOpen            // ( or space and (
	sepClose           // ) and perhaps a space, dash or dot
)

// number is a sequence of digit groups joined by separators, as it stands in the text from a group on.
type number struct {
	plus   int // offset of the plus sign before the first digit, or -1
	paren  int // offset of the parenthesis before the first digit, or -1
	groups int
	more   bool // the text goes on with further groups
	cut    bool // the last group has further digits
	begin  [maxGroups]int
	end    [maxGroups]int
	count  [maxGroups + 1]int       // digits in the groups before group i
	sep    [maxGroups + 1]separator // sep[i] stands before group i
	digits [maxDigits]uint8         // values 0 to 9
}

// size is the number of digits in group i.
func (n *number) size(i int) int { return n.count[i+1] - n.count[i] }

// digits handles the ASCII digits [p,e): a number, an address, or the start of a token.
func (s *Scanner) digits(p, e int) int {
	t := s.text
	n := e - p
	c := byte(0)
	if e < len(t) {
		c = t[e]
	}
	end := e
	if c == ':' && n == 2 {
		if end := clock(t, p); end > 0 {
			return end
		}
	}
	if n == 4 && (c == '-' || c == '/') {
		if end := instant(t, p, e); end > 0 {
			if b := s.birthDate(p, e, c); b > e {
				return b
			}
			return end
		}
	}
	if n == 5 && c == ' ' {
		if end := s.postcode(p, e); end > 0 {
			return end
		}
	}
	switch f := beside[c]; {
	case class[c]&isName != 0:
		if n == 17 && c|0x20 == 'x' {
			if end = s.number(p, n, e); end > e {
				return end
			}
		}
		return s.token(p, e)
	case c >= 0x80:
		if c == 0xC2 && n <= 3 && e+1 < len(t) && t[e+1] == 0xB0 { // a degree sign
			return s.coordinate(p, e)
		}
		if c == wideLead || c == 0xE2 || c == 0xC2 || c == 0xE3 {
			return s.wideNumber(p)
		}
		if m := numberMark(t, e); m > 0 && n <= 5 {
			if end := s.chineseAddress(p, e, m); end > 0 {
				return end
			}
		}
	case c == ':':
		if n >= 8 && n <= 10 && e+1 < len(t) && t[e+1] == 'A' {
			return s.token(p, e)
		}
	case n < 8 && f&endsNumber != 0:
		if !s.bare[n] {
			return e
		}
	case n < 8 && !s.bare[n] && (e+1 >= len(t) || c != ')' && t[e+1] < 0x80 && class[t[e+1]]&isAlnum == 0 && t[e+1] != '('):
		return e
	}
	if c == '.' && n <= 3 && e+1 < len(t) {
		if end := fraction(t, e+1); end > 0 {
			return end
		}
	}
	if n < leadLengths {
		s.work += n
		if c == '.' && n <= 3 && e+4 < len(t) && (t[e+2] == '.' || t[e+3] == '.' || t[e+4] == '.') {
			if end := s.ipv4(p, e); end > e {
				return end
			}
		}
		if s.numeric(p, e, n) {
			end = s.number(p, n, e)
		}
		if c == '.' && n <= 3 && e+leastDecimals < len(t) && class[t[e+leastDecimals-1]]&class[t[e+leastDecimals]]&isDigit != 0 {
			end = max(end, s.coordinate(p, e))
		}
		if (c == '-' || c == '/' || c == '.') && n <= 4 && n != 3 && e+1 < len(t) && class[t[e+1]]&isDigit != 0 && (p < 2 || !within[t[p-1]] || class[t[p-2]]&isDigit == 0) {
			end = max(end, s.birthDate(p, e, c))
		}
	}
	if k := len(s.spans); end > e && k > 0 && s.spans[k-1].rank >= rankNamed && s.spans[k-1].End == end {
		return end // nothing is surer
	}
	if n <= maxChunk {
		if list := s.numbers[joins[c]][n]; len(list) > 0 && (s.bare[n] || s.joined(p, e, n, c)) && !(c == ' ' && n < 6 && n > 2 && p > 1 && t[p-1] == ' ' && class[t[p-2]]&isDigit != 0 && sizeBefore(t, p-1) == n) {
			end = max(end, s.offer(list, p, e, 1<<n-1, 0))
		}
	}
	return end
}

// fraction is where a decimal fraction of up to three digits ends that begins at p and that nothing goes on behind, or 0: amounts,
// percentages and durations are no part of any number that is looked for.
func fraction(t []byte, p int) int {
	e := p
	for e < len(t) && t[e]-'0' <= 9 {
		if e++; e-p > 3 {
			return 0
		}
	}
	if e == p || e == len(t) {
		return 0
	}
	switch c := t[e]; c {
	case '-', '/', '(', ')', '_', ':':
		return 0
	case ' ', '.':
		if e+1 == len(t) || t[e+1] >= 0x80 || class[t[e+1]]&isDigit != 0 || t[e+1] == '(' {
			return 0
		}
	default:
		if c >= 0x80 {
			return 0
		}
	}
	return e
}

// joined tells whether a shape of more than one chunk can begin with the n digits [p,e) before c: it is asked of every date, time and
// decimal, and says no to most.
func (s *Scanner) joined(p, e, n int, c byte) bool {
	t := s.text
	j := joins[c]
	if j == 0 || e+1 >= len(t) || p > 1 && within[t[p-1]] && class[t[p-2]]&isDigit != 0 {
		return false
	}
	m := s.behind[j][n]
	if m>>31 != 0 || c >= 0x80 {
		return true
	}
	k := e + 1
	for k < len(t) && class[t[k]]&isDigit != 0 && k-e < 31 {
		k++
	}
	if k < len(t) && t[k] >= 0x80 {
		return true
	}
	if k == len(t) || joins[t[k]] == 0 {
		m = s.endings[j][n] // no third group follows
	}
	return m>>(k-e-1)&1 != 0
}

// numeric tells whether the digits [p,e) can start a number of groups: a group that is short needs another of
// three digits at least, so that dates, times and versions end here.
func (s *Scanner) numeric(p, e, n int) bool {
	t := s.text
	if n >= 8 || e == len(t) {
		return n >= 8 || p > 0 && t[p-1] == '+'
	}
	c := t[e]
	if c == '(' || c == ')' || c >= 0x80 || p > 0 && (t[p-1] == '+' || t[p-1]|0x20 == 'b' || t[p-1] >= 0x80) {
		return true
	}
	if beside[c]&endsNumber != 0 || n > 6 {
		return false
	}
	if dialled(t, p, e) {
		return true
	}
	if c == '.' && !(e+5 < len(t) && (t[e+3] == '.' || t[e+4] == '.' || t[e+5] == '.')) {
		return false // a decimal
	}
	if t[p] == '0' && (p < 2 || !within[t[p-1]]) && e+2 < len(t) && class[t[e+1]]&class[t[e+2]]&isDigit != 0 {
		return true
	}
	return e+3 < len(t) && (t[e+1] >= 0x80 || t[e+1] == '(' || class[t[e+1]]&class[t[e+2]]&class[t[e+3]]&isDigit != 0 || c == ' ' && n > 1 && n < 4 && paired(t, e))
}

// dialled tells whether the digits [p,e) are 00 and a country code of two digits: one digit alone may follow, as in 0033 6 12 34 56 78.
func dialled(t []byte, p, e int) bool {
	return e-p == 4 && t[p] == '0' && t[p+1] == '0' && e+2 < len(t) && t[e] == ' ' && class[t[e+1]]&isDigit != 0 && t[e+2] == ' '
}

// paired tells whether three pairs of digits stand at p, each behind a space: 612 34 56 78, 20 12 34 56.
func paired(t []byte, p int) bool {
	if p+9 > len(t) || class[t[p+2]]&isDigit == 0 || t[p+3] != ' ' || t[p+6] != ' ' || class[t[p+1]]&class[t[p+4]]&class[t[p+5]]&class[t[p+7]]&class[t[p+8]]&isDigit == 0 {
		return false
	}
	return p+9 == len(t) || class[t[p+9]]&isName == 0 && !(t[p+9] == ' ' && p+10 < len(t) && class[t[p+10]]&isDigit != 0)
}

// wideNumber is digits for a group with digits of any width, and perhaps invisible characters between them.
func (s *Scanner) wideNumber(p int) int {
	t := s.text
	e, n := p, 0
	for {
		if w := digitAt(t, e); w != 0 {
			e += w
			n++
		} else if w := invisible(t, e); w != 0 && digitAt(t, e+w) != 0 {
			e += w
		} else {
			break
		}
	}
	s.work += e - p
	end := e
	if m := numberMark(t, e); m > 0 && n <= 5 {
		if end := s.chineseAddress(p, e, m); end > 0 {
			return end
		}
	}
	if n < leadLengths {
		end = s.number(p, n, e)
	}
	if n <= maxChunk {
		end = max(end, s.code(p, e))
	}
	return end
}

// wide handles the byte EF at p: a full-width digit, letter or at sign, or something else.
func (s *Scanner) wide(p int) int {
	t := s.text
	if p+3 > len(t) {
		return p + 1
	}
	c, _ := plain(t, p)
	switch {
	case class[c]&isDigit != 0:
		e := wideChunk(t, p)
		if end := s.wideNumber(p); end > p+3 && end >= e {
			return end
		}
		return max(s.code(p, e), p+3)
	case class[c]&isAlpha != 0:
		e := wideChunk(t, p)
		s.work += e - p
		return max(s.code(p, e), p+3)
	case c == '@':
		return max(s.at(p, 3), p+3)
	}
	if t[p+1] == 0xBC && t[p+2] == 0x9A { // ：
		s.speaker(p)
	}
	if t[p+1] == 0xBC || t[p+1] == 0xBD {
		r := uint16(t[p])<<12 | uint16(t[p+1]&0x3f)<<6 | uint16(t[p+2]&0x3f)
		if triggerFirst[r>>6]>>(r&63)&1 != 0 {
			return max(s.wideTrigger(p, r), p+3)
		}
		return p + 3
	}
	return p + 1
}

// wideChunk is the end of the letters and digits of any width at p.
func wideChunk(t []byte, p int) int {
	for p < len(t) {
		if c := t[p]; c < 0x80 {
			if class[c]&isAlnum == 0 {
				break
			}
			p++
			continue
		}
		c, w := plain(t, p)
		if w == 0 || c != 0 && class[c]&isAlnum == 0 {
			break
		}
		p += w
	}
	return p
}

// number asks the rules about the group of size digits at [p,e) and what follows it.
func (s *Scanner) number(p, size, e int) int {
	t := s.text
	plus, paren := -1, -1
	if p > 0 {
		switch t[p-1] {
		case '+':
			plus = p - 1
		case '(':
			paren = p - 1
		case 0x8B:
			if p >= 3 && t[p-3] == wideLead && t[p-2] == 0xBC {
				plus = p - 3
			}
		case 'B', 'b': // %2B, an encoded plus
			if p >= 3 && t[p-3] == '%' && t[p-2] == '2' {
				plus = p - 3
			}
		}
	}
	k := 0
	if plus >= 0 {
		k = 1
	}
	rules := s.lead[k][size]
	if len(rules) == 0 {
		return e
	}
	before := sepNone
	if plus < 0 {
		if size < 8 && !groupFollows(t, e, t[p] == '0') && !dialled(t, p, e) || !numberStart(t, p) {
			return e
		}
		// A dash or dot before, or a space and a short group of the same size: the middle of a longer row of groups.
		before = separatorBefore(t, p)
		if before == sepDash || before == sepDot || before == sepSpace && size < 10 && size != 3 && sizeBefore(t, p-1) == size {
			return e
		}
	}
	n := &s.num
	n.plus, n.paren = plus, paren
	most := 6 // in a national form
	if plus >= 0 {
		most = maxGroups
	}
	n.gather(t, p, most)
	s.work += n.end[n.groups-1] - p
	n.sep[0] = before
	for _, r := range rules {
		if start, end, ok := r.match(s, n); ok {
			s.emit(start, end, r.typ, s.rankOf(r, start, end))
			return end
		}
	}
	return n.end[0]
}

// rankOf is the rank of a match: a number that its context names is surer.
func (s *Scanner) rankOf(r *numberRule, start, end int) rank {
	if r.rank < rankNamed && r.ctx != nil && s.favours(start, *r.ctx) && s.nearest(*r.ctx) {
		return rankNamed
	}
	return r.rank
}

// groupFollows tells whether a separator and three digits stand at p: no number goes on with fewer after
// a first group that is short, but for pairs behind a trunk zero. It spares dates, times and versions the reading of all their groups.
func groupFollows(t []byte, p int, trunk bool) bool {
	sep, next := separatorAt(t, p)
	if sep == sepNone {
		return false
	}
	return t[next] >= 0x80 || next+2 < len(t) && class[t[next+1]]&isDigit != 0 && (trunk || class[t[next+2]]&isDigit != 0 || paired(t, p))
}

// gather reads up to most groups from p on.
func (n *number) gather(t []byte, p, most int) {
	n.groups, n.more, n.cut = 0, false, false
	k := 0
	for g := 0; ; g++ {
		n.begin[g] = p
		for {
			for p < len(t) && k < maxDigits {
				c := t[p] - '0'
				if c > 9 {
					break
				}
				n.digits[k] = c
				k++
				p++
			}
			w := digitAt(t, p)
			if w == 0 {
				if p < len(t) && t[p] < 0x80 {
					break
				}
				if w = invisible(t, p); w == 0 || digitAt(t, p+w) == 0 {
					break
				}
				p += w
				continue
			}
			if k == maxDigits {
				// More digits than any number has.
				n.cut, n.groups, n.end[g], n.count[g+1] = true, g+1, p, k
				return
			}
			if w == 1 {
				n.digits[k] = t[p] - '0'
			} else {
				n.digits[k] = t[p+2] - 0x90
			}
			k++
			p += w
		}
		n.end[g], n.count[g+1], n.groups = p, k, g+1
		sep, next := separatorAt(t, p)
		if sep == sepNone {
			return
		}
		if g+1 == most {
			n.more = true
			return
		}
		n.sep[g+1] = sep
		p = next
	}
}

// separatorAt reads a separator at p that a digit follows.
func separatorAt(t []byte, p int) (separator, int) {
	if p >= len(t) {
		return sepNone, p
	}
	sep, w := sepNone, 1
	switch t[p] {
	case ' ':
		sep = sepSpace
		if p+1 < len(t) && t[p+1] == '(' {
			sep, w = sepOpen, 2
		}
	case '-':
		sep = sepDash
	case '.':
		sep = sepDot
	case '(':
		sep = sepOpen
	case ')':
		sep = sepClose
		if p+1 < len(t) && (t[p+1] == ' ' || t[p+1] == '-' || t[p+1] == '.') {
			w = 2
		}
	case 0xC2:
		if p+1 < len(t) && t[p+1] == 0xA0 {
			sep, w = sepWide, 2
		}
	case 0xE2:
		if p+2 < len(t) && t[p+1] == 0x80 {
			switch c := t[p+2]; {
			case c == 0xAF: // U+202F narrow no-break space
				sep, w = sepWide, 3
			case c >= 0x90 && c <= 0x93: // U+2010 to U+2013, hyphens and the en dash
				sep, w = sepDash, 3
			}
		}
	case 0xE3:
		if p+2 < len(t) && t[p+1] == 0x80 && t[p+2] == 0x80 { // U+3000 ideographic space
			sep, w = sepWide, 3
		}
	case wideLead:
		if p+2 < len(t) && t[p+1] == 0xBC {
			switch t[p+2] {
			case 0x8D:
				sep, w = sepDash, 3
			case 0x88:
				sep, w = sepOpen, 3
			case 0x89:
				sep, w = sepClose, 3
			}
		}
	}
	if sep == sepNone || digitAt(t, p+w) == 0 {
		return sepNone, p
	}
	return sep, p + w
}

// separatorBefore is the separator that joins the group at p to a digit before it.
func separatorBefore(t []byte, p int) separator {
	if p < 2 || class[t[p-2]]&isDigit == 0 {
		return sepNone
	}
	switch t[p-1] {
	case ' ':
		return sepSpace
	case '-':
		return sepDash
	case '.':
		return sepDot
	}
	return sepNone
}

// sizeBefore is the number of digits that end at p, up to leadLengths.
func sizeBefore(t []byte, p int) int {
	k := 0
	for p > k && k < leadLengths && class[t[p-k-1]]&isDigit != 0 {
		k++
	}
	return k
}

// alone tells whether groups 0 to last are not the head of a longer row of groups: a dash or dot goes on
// behind, or a space with a group of the same size, as in a table of short numbers.
func (n *number) alone(t []byte, last int) bool {
	if last+1 == n.groups {
		return !n.more && !n.cut && numberEnd(t, n.end[last])
	}
	switch n.sep[last+1] {
	case sepSpace, sepWide, sepOpen:
		return n.size(last) >= 10 || n.size(last+1) != n.size(last) || n.cut && last+2 == n.groups
	}
	return false
}

// same tells whether one separator joins groups first to last.
func (n *number) same(first, last int) bool {
	for i := first + 2; i <= last; i++ {
		if n.sep[i] != n.sep[first+1] {
			return false
		}
	}
	return true
}

// shape tells whether the groups from first on have these sizes and one separator.
func (n *number) shape(first int, sizes ...int) bool {
	if first+len(sizes) > n.groups {
		return false
	}
	for i, k := range sizes {
		if n.size(first+i) != k {
			return false
		}
	}
	return n.same(first, first+len(sizes)-1)
}
