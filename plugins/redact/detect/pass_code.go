package detect

// Numbers that open something: PINs, codes sent by message, codes of doors and alarms.

// codeOf are words before "code" that make it one.
var codeOf = words("verification security access door gate alarm entry login auth authentication otp mfa fa recovery backup unlock lock safe keypad garage pin sms verify time signin building " +
	"elevator voicemail bestätigungs sicherheits zugangs")

// codeFor are what stands behind the word for a code in other languages, and makes it one.
const codeFor = " de vérif| de verif| de sécu| de segur| d'acc| de acc| de ace| di verif| di sicur| di acc| de la porte| du portail| de l'immeuble| de l'alarme| de la alarma| del alarma| de la puerta| del portal| da porta| do alarme| do portão| du coffre| d'entrée| secret| confidentiel| pin| PIN| sms| SMS| otp| OTP" +
	"| weryfik| dostęp| do furtki| do domofonu| do bramy| подтв| доступа| от домофона| от двери| от сейфа| из смс| из СМС| авториз| für die Tür| für die Alarm| zur Haustür| till porten| till larmet| for the door| for the gate| for the alarm| for the safe| to the door| to the building| to the gate"

func init() {
	number := func(s *Scanner, start, end int) int {
		return s.passCode(start, end, s.text[start] >= 0x80 || class[s.text[start]]&isUpper != 0)
	}
	on("otp totp tan passcode verificationcode verifycode smscode securitycode accesscode authcode doorcode sicherheitscode zugangscode freischaltcode einmalcode portkod larmkod engångskod rkod "+
		"verificatiecode toegangscode deurcode alarmcode poortcode kluiscode inlogcode engangskode portkoden larmkoden dörrkoden "+
		"验证码 短信校验码 手机校验码 动态码 驗證碼 門禁碼 门禁码 認証コード 確認コード 認証番号 인증번호 인증코드", number)
	on("tigungscode", number) // Bestätigungscode
	on("pin", func(s *Scanner, start, end int) int {
		t := s.text
		if has(t[end:], "-Code") || has(t[end:], "-code") {
			end += len("-code")
		}
		return number(s, start, end)
	})
	onTwo("ПИН пин Пин", func(s *Scanner, start, end int) int {
		if has(s.text[end:], "-код") {
			end += len("-код")
		}
		return number(s, start, end)
	})
	coded := func(s *Scanner, start, end int) int {
		if s.codeBefore(start) {
			if end-start == 5 && s.backupCodes(end) {
				return 0
			}
			return number(s, start, end)
		}
		if s.locked(start) {
			return s.passCode(start, end, true)
		}
		if among(s.text, end, codeFor) > 0 || s.codeWarned(start, end) {
			return number(s, start, end)
		}
		return 0
	}
	on("pincode", number)
	on("digicode", func(s *Scanner, start, end int) int { return s.passCode(start, end, true) })
	on("提取码 提取碼 访问码 訪問碼", func(s *Scanner, start, end int) int { // of a shared file
		p, sep := s.leadIn(end)
		e := s.chunk(p)
		if n := e - p; s.types.Has(Password) && (sep || p > end) && n >= 4 && n <= 8 {
			s.emit(p, e, Password, rankGeneric)
		}
		return 0
	})
	on("code codes codice kod koden kode", coded)
	on("digo", coded) // código
	onTwo("код Код", coded)
}

// codeBefore tells whether the word before the one at p makes it a code that opens something.
func (s *Scanner) codeBefore(p int) bool {
	t := s.text
	e := p
	if e > 0 && (t[e-1] == ' ' || t[e-1] == '_' || t[e-1] == '-') {
		e--
	}
	i := e
	for i > 0 && e-i < 16 && (class[t[i-1]]&isAlpha != 0 || t[i-1] >= 0x80) {
		i--
		if class[t[i]]&isUpper != 0 && i > 0 && class[t[i-1]]&isLower != 0 {
			break
		}
	}
	return codeOf.has(lowerOf(t, i, e))
}

// locks are what a code opens that is named before it: the lockbox is left of the door, code 4711.
var locks = [...]string{"lockbox", "lock box", "key box", "keybox", "keypad", "gate", "garage", "door", "alarm", "safe", "entrance", "apartment", "building"}

// locked tells whether "code" at p stands alone in its clause, behind one that names a lock.
func (s *Scanner) locked(p int) bool {
	t := s.text
	i := wordBack(t, p, "the", "enter", "use", "with", "by", "using")
	if i < 2 || i == p && !(t[p-1] == ' ' && oneOf(t[p-2], ",(;:-")) {
		return false
	}
	b := t[max(0, i-72):i]
	if k := lastIndex(b, "\n"); k >= 0 {
		b = b[k:]
	}
	s.work += len(b)
	return containsAny(b, locks[:])
}

// backupCodes reports the codes of a list behind "backup codes" that ends at p: groups of digits, or of letters and digits, one after another.
func (s *Scanner) backupCodes(p int) bool {
	t := s.text
	from := p
	for p < len(t) && p-from < 24 && (class[t[p]]&isAlpha != 0 || t[p] == ' ') {
		p++
	}
	if p >= len(t) || t[p] != ':' {
		return false
	}
	found := false
	for range 20 {
		gap := p
		for p < len(t) && p-gap < 8 && (class[t[p]]&isAlnum == 0 && t[p] < 0x80 || escapeBefore(t, p+1)) {
			p++
		}
		lo := p
		for p < len(t) && p-lo < 16 && (class[t[p]]&isAlnum != 0 || (t[p] == '-' || t[p] == ' ') && (p-lo == 4 || p-lo == 5) && p+1 < len(t) && class[t[p+1]]&isAlnum != 0) {
			p++
		}
		if n := p - lo; n < 6 || n > 14 || digitsIn(t[lo:p]) < 2 {
			break
		}
		s.emit(lo, p, Password, rankGeneric)
		found = true
	}
	s.work += p - from
	return found
}

// codeWarned tells whether "your … code is 123456" goes on as messages with such codes do.
func (s *Scanner) codeWarned(start, end int) bool {
	t := s.text
	low := max(0, start-40)
	b := t[low:start]
	if lastIndex(b, "our ") < 0 && lastIndex(b, "se ") < 0 {
		return false
	}
	high := min(len(t), end+120)
	for i := end; i < high; i++ {
		if !oneOf(t[i], "sevat") {
			continue
		}
		if n := among(t, i, "share|expires|valid for|anyone|to log in|to sign in|to verify"); n > 0 {
			s.work += i - low
			return true
		}
	}
	s.work += high - low
	return false
}

// passCode reports the number that the sentence behind the word [start,end) gives, or the one before it does: 4711 is your PIN. Nothing
// need lead to a number right behind the word when it is direct.
func (s *Scanner) passCode(start, end int, direct bool) int {
	t := s.text
	if !s.types.Has(Password) || end < len(t) && class[t[end]]&isScore != 0 {
		return 0
	}
	if s.codeAhead(start) {
		return 0
	}
	high := min(len(t), end+80)
	led, words := false, 0
	for i := end; i < high; {
		c := t[i]
		switch {
		case c == ' ' || oneOf(c, "\"'`\\*#[("):
			i++
			continue
		case c == ':' || c == '=':
			led = true
			i++
			continue
		case class[c]&isDigit != 0:
			lo, hi := s.codeDigits(i)
			if e := s.chunk(i); hi == lo && (led || direct) && e-i >= 5 && e-i <= 8 && digitsIn(t[i:e]) >= 2 && allUpper(t[i:e]) && digitsIn(t[i:e]) < e-i {
				hi = e // 58B24
			}
			s.work += hi - end
			if hi > lo && (led || direct && words == 0) && (lo == end || class[t[lo-1]]&isName == 0) && !s.postal(start, end, lo, hi) {
				s.emit(lo, hi, Password, rankGeneric)
			}
			return 0
		case c >= 0xE0:
			if among(t, i, wideLeading) > 0 {
				led = true
			} else if among(t, i, "「|【|“|』|」|】|”") == 0 {
				if words++; words > 8 || among(t, i, "。|，|！") > 0 {
					return 0
				}
				led = false
			}
			i += 3
			continue
		case class[c]&isAlpha == 0 && c < 0xC3:
			return 0
		}
		lo := i
		for i < high && (class[t[i]]&isAlpha != 0 || t[i] >= 0x80 && t[i] < 0xE0) {
			i++
		}
		if i-lo == 1 && (t[lo] == 'G' || t[lo] == 'g') && i < high && t[i] == '-' { // G-123456
			i++
			continue
		}
		words++
		w := lowerOf(t, lo, i)
		led = copulas.has(w)
		if words > 8 || i < high && class[t[i]]&isDigit != 0 && !led { // a name with digits
			break
		}
	}
	s.work += min(high, len(t)) - end
	return 0
}

// codeDigits is where a code of four to eight digits at p ends: 4711, 123-456, 123 456, and the key that confirms it.
func (s *Scanner) codeDigits(p int) (lo, hi int) {
	t := s.text
	i := p
	for i < len(t) && i-p < 10 && class[t[i]]&isDigit != 0 {
		i++
	}
	if i-p == 3 && i+4 <= len(t) && (t[i] == ' ' || t[i] == '-') && digitsIn(t[i+1:i+4]) == 3 {
		i += 4
	} else if i-p < 4 || i-p > 8 {
		return p, p
	}
	if n := count(t, t[p], p, i); n == i-p { // 0000
		return p, p
	}
	if i < len(t) && (t[i] == '#' || t[i] == '*') {
		i++
	}
	if i < len(t) && (class[t[i]]&isName != 0 || oneOf(t[i], "/:%-") && i+1 < len(t) && class[t[i+1]]&isAlnum != 0 || t[i] == '.' && i+1 < len(t) && class[t[i+1]]&isDigit != 0) ||
		among(t, i, "位|个|次|秒|分|年|元|个") > 0 {
		return p, p
	}
	if i+4 < len(t) && t[i] == ' ' && (has(t[i+1:], "min") || has(t[i+1:], "sec") || has(t[i+1:], "dig") || has(t[i+1:], "cha") || has(t[i+1:], "ms")) {
		return p, p
	}
	return p, i
}

// postal tells whether six digits behind PIN or PIN code are an address's in India.
func (s *Scanner) postal(start, end, lo, hi int) bool {
	t := s.text
	if hi-lo != 6 || t[lo] == '0' || t[lo] == '9' || end-start > 3 && lower(t[start]) != 'c' || t[start] >= 0x80 {
		return false
	}
	pin := start
	if lower(t[start]) == 'c' { // PIN code
		if start < 4 || !foldEqual(t[start-4:start-1], "pin") {
			return false
		}
		pin = start - 4
	}
	for _, w := range [...]string{"my", "your", "card", "sim", "new", "the", "temporary", "atm"} {
		if wordBack(t, pin, w) != pin {
			return false
		}
	}
	return true
}

// codeAhead reports the number before the word at p: 123456 is your verification code, use 123456 as your PIN.
func (s *Scanner) codeAhead(p int) bool {
	t := s.text
	low := max(0, p-64)
	i := p
	for i > low && t[i-1] != '\n' && (t[i-1] == ' ' || t[i-1] == '-' || class[t[i-1]]&isAlpha != 0 || t[i-1] >= 0x80) {
		i--
	}
	s.work += p - i
	bracket := i > low && i < p && t[i-1] == '(' // 123456(登录验证码)
	if bracket {
		i--
	}
	if i == low || i == p || class[t[i-1]]&isDigit == 0 {
		return false
	}
	hi := i
	if bracket = bracket || mark(t, hi, "（") > 0; !(bracket && p-hi < 20) && among(t, hi, " is your | is the | is my | as your | as the |是您的| 是您的|是你的|为您的| est votre | ist Ihr | ist dein | es tu | es su | är din | é o seu ") == 0 {
		return false
	}
	lo := hi
	for lo > 0 && hi-lo < 9 && (class[t[lo-1]]&isDigit != 0 || t[lo-1] == '-' && hi-lo == 3) {
		lo--
	}
	if lo > 0 && (t[lo-1] == '.' || class[t[lo-1]]&isAlnum != 0) {
		return false
	}
	if n := digitsIn(t[lo:hi]); n < 4 || n > 8 {
		return false
	}
	s.emit(lo, hi, Password, rankGeneric)
	return true
}
