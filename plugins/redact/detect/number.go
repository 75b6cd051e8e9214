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
	cardinal.phone = named(phoneNouns + " mynumberis newnumber minúmero minumero nuevonúmero nuevonumero nuovonumero mionumero nieuwnummer nieuwenummer nowynumer mójnumer neuenummer meinenummer nouveaunuméro nouveaunumero novonúmero númeronovo nyttnummer mittnummer yeninumaram benimnumaram новыйномер meunúmero mijnnummer meranumber nayanumber monnuméro hernumber hisnumber theirnumber call calls callback dial sms textme textus texted ring reach phoned " +
		"contact contacts contacto contato contatto recapito мойномер номердля zadzwoń dzwoń звоните позвоните звонить llámame llámeme llamame llamar llamarme escribime appelez appeler appelle rappelez rappeler joindre joignable " +
		"chiamami chiamare ligue bel bellen anrufen erreichbar rückruf arayın zap تواصل تواصلي اتصل اتصلوا الاتصال اتصال اتصلي رقمي للتواصل للاستفسار " +
		"快递员 配送员 外卖员 骑手 派送员 手提 联系 致电 拨打 来电 微信 短信 聯繫 聯絡 打给 回拨 加我 연락처 संपर्क 連絡先")
	cardinal.english = named("phone phones telephone tel mobile cell cellphone cellular call calls callback dial sms textme textus texted whatsapp fax msisdn contact reach phoned")
	cardinal.trunk = named("unter au op på al ligar under")
	cardinal.person = named("user users username customer client caller member subscriber driver patient student buyer guest owner account login")
	cardinal.card = named("card cards cardnumber pan visa mastercard amex maestro unionpay jcb discover diners credit debit cc ccnum creditcard payment carte karte tarjeta " +
		"卡号 行卡 用卡 记卡 蓄卡 账号 账户 卡號 帳號")
	cardinal.landline = named("phone telephone tel fax office landline 电话 座机 固话 宅电 传真 热线 總機 总机 电話 電話 联系 聯絡")
}

// phoneNouns are words for a telephone and its number in which nothing else is meant.
const phoneNouns = "phone phones telephone tel mobile mobil mob cell cellphone cellular whatsapp wechat nowa fax msisdn phonenumber mobilenumber contactnumber hotline handy telefon telefonnummer telefonnr rufnummer mobilnummer handynummer festnetz tlf telefoon telefoonnummer mobiel " +
	"téléphone tél portable fixe numérodetéléphone gsm teléfono telefono móvil movil celular cel telf cellulare telefone telemóvel telemovel fone telefonu telefonumu telefonum telefonunuz telefonní cep cepno komórka komórkowy kom puhelin puh matkapuhelin puhelinnumero " +
	"mobitel telefonszám telefonul hp nohp telp telepon sđt đt thoi телефон телефона телефону номертелефона тел моб мобильный мобільний τηλέφωνο τηλ κινητό " + // thoi: thoại without its vowel, which has three bytes
	"هاتف هاتفي الهاتف جوال جوالي الجوال موبايل الموبايل واتساب الواتساب واتس المحمول محمول تلفون تليفون التلفون טלפון הטלפון טל נייד הנייד " +
	"手机 电话 座机 固话 传真 手機 電話 携帯 휴대폰 휴대전화 전화 핸드폰 โทร มือถือ फोन फ़ोन मोबाइल"

// cardinal holds the contexts that rules share which are functions.
var cardinal struct{ phone, english, trunk, person, card, landline context }

const (
	leadLengths = 20 // first groups have at most 19 digits
	maxGroups   = 9
	maxDigits   = 32
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
			s.stamped(p, end)
			return end
		}
	}
	if n == 4 && (c == '-' || c == '/') {
		if end := instant(t, p, e); end > 0 {
			s.stamped(p, end)
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
	if c == '.' && n <= 4 && n != 3 && e+2 < len(t) && t[e+1] == ' ' && class[t[e+2]]&isDigit != 0 {
		if end := s.birthSpaced(p, e); end > e {
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

// paired tells whether three pairs of digits stand at p, each behind a space, or a pair and three digits: 612 34 56 78, 20 12 34 56, 912 34 567.
func paired(t []byte, p int) bool {
	if p+7 <= len(t) && t[p+3] == ' ' && class[t[p+1]]&class[t[p+2]]&class[t[p+4]]&class[t[p+5]]&class[t[p+6]]&isDigit != 0 { // 912 34 567
		return p+7 == len(t) || class[t[p+7]]&isName == 0 && !(t[p+7] == ' ' && p+8 < len(t) && class[t[p+8]]&isDigit != 0)
	}
	if p+9 > len(t) || class[t[p+2]]&isDigit == 0 || t[p+3] != ' ' || t[p+6] != ' ' || class[t[p+1]]&class[t[p+4]]&class[t[p+5]]&class[t[p+7]]&class[t[p+8]]&isDigit == 0 {
		return false
	}
	return p+9 == len(t) || class[t[p+9]]&isName == 0 && !(t[p+9] == ' ' && p+10 < len(t) && class[t[p+10]]&isDigit != 0)
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
		case 0x88:
			if p >= 3 && t[p-3] == wideLead && t[p-2] == 0xBC {
				paren = p - 3
			}
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
