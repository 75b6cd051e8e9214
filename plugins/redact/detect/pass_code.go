package detect

// Numbers that open something: PINs, codes of doors and alarms, codes sent by message.

// OneTimeCode is a code that is sent to confirm something, and counts once and for minutes: what a model learns
// of it is worth nothing when it answers, so it is only looked for by name.
var OneTimeCode = define(Kind{Name: "one_time_code", Family: Secret, Off: true})

// codeOf are words before "code" that make it one.
var codeOf = words("access door gate alarm entry recovery backup unlock lock safe keypad garage pin building elevator voicemail zugangs")

// sentOf are words before "code" that make it one which is sent and counts once.
var sentOf = words("verification security login auth authentication otp mfa fa sms verify time signin bestätigungs sicherheits")

// codeFor are what stands behind the word for a code in other languages, and makes it one.
const codeFor = " d'acc| de acc| de ace| di acc| de la porte| du portail| de l'immeuble| de l'alarme| de la alarma| del alarma| de la puerta| del portal| da porta| do alarme| do portão| du coffre| d'entrée| secret| confidentiel| pin| PIN" +
	"| dostęp| do furtki| do domofonu| do bramy| доступа| от домофона| от двери| от сейфа| für die Tür| für die Alarm| zur Haustür| till | til | für den | zum | zur | for the door| for the gate| for the alarm| for the safe| to the door| to the building| to the gate"

// sentFor is codeFor of such codes.
const sentFor = " de vérif| de verif| de sécu| de segur| di verif| di sicur| sms| SMS| otp| OTP| weryfik| подтв| из смс| из СМС| авториз"

func init() {
	ofKind := func(typ Type) func(s *Scanner, start, end int) int {
		return func(s *Scanner, start, end int) int {
			return s.passCode(typ, start, end, s.text[start] >= 0x80 || class[s.text[start]]&isUpper != 0)
		}
	}
	number, sent := ofKind(Password), ofKind(OneTimeCode)
	on("passcode passkey accesscode doorcode zugangscode freischaltcode portkod larmkod ngskod rkod "+
		"toegangscode deurcode alarmcode poortcode kluiscode inlogcode portkoden larmkoden ngskoden rrkod rrkoden 門禁碼 门禁码", number)
	on("otp totp tan verificationcode verifycode smscode securitycode authcode sicherheitscode einmalcode verificatiecode engangskode "+
		"验证码 短信校验码 手机校验码 动态码 驗證碼 認証コード 確認コード 認証番号 인증번호 인증코드", sent)
	on("tigungscode", sent) // Bestätigungscode
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
			if containsAny(s.text[max(0, start-10):start], spares[:]) && s.backupCodes(end) {
				return 0
			}
			return number(s, start, end)
		}
		switch {
		case s.sentBefore(start):
			return sent(s, start, end)
		case s.locked(start):
			return s.passCode(Password, start, end, true)
		case s.codeWarned(start, end):
			return s.passCode(OneTimeCode, start, end, true)
		case among(s.text, end, codeFor) > 0:
			return number(s, start, end)
		case among(s.text, end, sentFor) > 0:
			return sent(s, start, end)
		}
		return 0
	}
	on("pincode", number)
	on("digicode", func(s *Scanner, start, end int) int { return s.passCode(Password, start, end, true) })
	on("提取码 提取碼 访问码 訪問碼", func(s *Scanner, start, end int) int { // of a shared file
		p, sep := s.leadIn(end)
		e := s.chunk(p)
		if n := e - p; s.types.Has(Password) && (sep || p > end) && n >= 4 && n <= 8 {
			s.emit(p, e, Password, rankGeneric)
		}
		return 0
	})
	on("combination", (*Scanner).combination)
	on("code codes codice kod koden kode", coded)
	on("digo", coded) // código
	onTwo("код Код", coded)
}

// passCode reports the number that the sentence behind the word [start,end) gives, or the one before it does: 4711 is your PIN. Nothing
// need lead to a number right behind the word when it is direct.
func (s *Scanner) passCode(typ Type, start, end int, direct bool) int {
	t := s.text
	if !s.types.Has(typ) || end < len(t) && class[t[end]]&isScore != 0 {
		return 0
	}
	if s.codeAhead(typ, start) {
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
			if hi == lo && c != '0' && i+1 < high && class[t[i+1]]&isDigit == 0 && unitBehind(t, i+1) { // my PIN of 4 digits
				i++
				continue
			}
			if e := s.chunk(i); hi == lo && (led || direct) && e-i >= 5 && e-i <= 8 && digitsIn(t[i:e]) >= 2 && allUpper(t[i:e]) && digitsIn(t[i:e]) < e-i {
				hi = e // 58B24
			}
			s.work += hi - end
			if hi > lo && (led || direct && words == 0) && (lo == end || class[t[lo-1]]&isName == 0) && !s.postal(start, end, lo, hi) {
				s.emit(lo, hi, typ, rankGeneric)
			}
			return 0
		case c >= 0xE0:
			if among(t, i, wideLeads) > 0 {
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
		led = equals.has(w) || leads.has(w)
		if words > 8 || i < high && class[t[i]]&isDigit != 0 && !led { // a name with digits
			break
		}
	}
	s.work += min(high, len(t)) - end
	return 0
}

// codeAhead reports the number before the word at p: 123456 is your verification code, use 123456 as your PIN.
func (s *Scanner) codeAhead(typ Type, p int) bool {
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
	s.emit(lo, hi, typ, rankGeneric)
	return true
}
