package detect

// Password is the value of a key that is called a password or a secret.
var Password = define(Kind{Name: "password", Family: Secret})

// How much a key's word says.
const (
	keyStrong = iota + 1 // a password
	keyWeak              // a token, a key, a secret: often an identifier, so the value has to look random
	keyShort             // sk, ak: the value has to be as random as only keys are
	keyBound             // "key": only behind a word that makes it a secret one
)

func init() {
	key := func(strength int) trigger {
		return func(s *Scanner, start, end int) int { return s.keyed(start, end, strength) }
	}
	on("password passwd passwort kennwort passphrase pwd passcode contrasena clave senha motdepasse mdp wachtwoord haslo parola parool salasana adgangskode passord kodeord heslo geslo lozinka jelszo contrasenya "+
		"passordet jelszavam adgangskoden kodeordet salasanani salasanasi hasla haslem hesla heslem wachtwoorden toegangswoord palavrapasse "+
		"授权码 비번 암호 密码 口令 密碼 パスワード 비밀번호 패스워드 暗証番号 通行码", key(keyStrong))
	on("pass pw psw psk", key(keyStrong))
	on("wifi fi wlan login logins creds credentials credenciales credenciais inloggegevens zugangsdaten identifiants acceso 账号 帐号 账户 用户名 賬號 帳號", (*Scanner).accountPair)
	on("dbpassword dbpasswd dbpass dbpwd dbpw userpassword userpasswd userpass userpwd rootpassword rootpass rootpwd adminpassword adminpass adminpwd pgpassword mysqlpwd "+
		"smtppassword mailpassword emailpassword ftppassword sshpassword loginpassword loginpwd newpassword oldpassword mypassword authpass authpassword redispassword "+
		"wifipassword ldappassword keypass storepass keypassword keystorepassword truststorepassword basicauthpassword proxypassword jwtpassword "+
		"รหัสผ่าน पासवर्ड", key(keyStrong))
	on("appsecret apisecret jwtsecret consumersecret corpsecret secretaccesskey accesskeysecret sessionsecret cookiesecret aeskey encodingaeskey authkey appkey masterkey signingkey encryptionkey "+
		"privatetoken refreshtoken idtoken sessiontoken bottoken usertoken webhooksecret signingsecret tokensecret clienttoken deploytoken licensekey sharedsecret sharedkey", key(keyWeak))
	on("sk ak", key(keyShort))
	onTwo("пароль Пароль ПАРОЛЬ", key(keyStrong))
	onTwo("κωδικός Κωδικός סיסמה سيسمה", key(keyStrong))
	on("secret token pat apikey accesskey secretkey authtoken accesstoken clientsecret privatekey accountkey credential credentials apitoken bearer sharedaccesskey "+
		"密钥 秘钥 密鑰 令牌 凭证", key(keyWeak))
	on("key", key(keyBound))
}

// boundTo make a key a secret one: the part of the name before it.
var boundTo = words("mch merchant pay payment wifi fi wpa wlan wep wireless network api secret access private account auth encryption encrypt signing sign master shared session crypt service app license webhook storage hmac aes jwt")

// notValues are endings of names that hold no secret.
var notValues = words("hash length len name names policy file path url uri id ids type types count expire expires expiry expiration field fields reset min max regex pattern " +
	"forgot forgotten vergessen prompt label hint placeholder required valid invalid error message text input form changed updated at size limit limits rotation version format enabled strength " +
	"time timestamp date seconds spec source ref scope scopes realm issuer audience lookup parser handler callback func function method cache queue chain " +
	"confirm confirmation encryption encryptor encoder hasher hashing history reuse age days plugin authentication expired manager store provider service class button dir folder location endpoint env var variable header prefix generator lifetime ttl usage index algorithm alg")

// keyed looks behind the word [start,end) for an operator and a value, and where there is none for a password in the sentence.
func (s *Scanner) keyed(start, end, strength int) int {
	t := s.text
	if !s.types.Has(Password) || strength == keyBound && !s.bound(start) {
		return 0
	}
	if strength == keyBound && s.wireless(start) {
		strength = keyStrong
	}
	if end-start == 3 && lower(t[start]) == 'p' && strength == keyWeak && (t[start] != 'P' || start == 0 || t[start-1] != '_') {
		return 0 // PAT is a token's name only in others: GITHUB_PAT
	}
	p, ok := end, true
	if t[start] < 0x80 {
		if p, ok = nameEnd(t, end); !ok {
			return 0
		}
	}
	if strength == keyStrong && s.passwordAround(start, p) {
		return 0
	}
	if s.assigned(start, end, p, strength) || strength != keyStrong || s.passwordPair(p) {
		return 0
	}
	if noun := !foldEqual(t[start:end], "pass"); p == end && !s.passwordSpoken(start, p, noun) && noun && !s.passwordBelow(p) {
		s.passwordReply(p)
	}
	return 0 // what is surer may stand inside
}

// assigned reports the value that an operator gives the name which the word [start,end) is in and which ends at p.
func (s *Scanner) assigned(start, end, p, strength int) bool {
	t := s.text
	from := p
	q := p
	p, spoken, bare, ok := operator(t, p, start)
	if strength == keyStrong && (bare || !ok || spoken && t[start] >= 0xC3 && t[start] < 0xE0) {
		if k := phrase(t, q); k > 0 {
			if next, _, lacking, found := operator(t, k, start); found && !lacking {
				p, spoken, bare, ok = next, true, false, true
			}
		}
	}
	s.work += p - start
	if strength == keyStrong && (bare || !ok || t[start] >= 0xE0 && spoken) && q < len(t) && (separates(t[q]) || t[q] == ' ' || t[q] == '\n' || t[q] == '"') {
		s.readTable(start, end, columnPassword)
	}
	if !ok {
		return false
	}
	lo, hi, quoted := valueAt(t, p, start > 0 && (t[start-1] == '?' || t[start-1] == '&'))
	if bare && strength != keyStrong {
		// secret wJalr…: what nothing but a blank leads to has to be as random as keys are.
		if v := t[lo:hi]; quoted || strength == keyShort || len(v) < 32 || !scattered(v) || !varied(v) || digitsIn(v) < 3 || uuid(v) {
			return false
		}
	}
	if bare && strength == keyStrong && hi > lo && (t[lo] == '$' || assignment(t[lo:hi])) { // an amount, or the next of several variables
		return false
	}
	if !quoted && !spoken && lo+19 <= len(t) && appPassword(t[lo:lo+19]) && scrambled(t[lo:lo+19]) && (lo+19 == len(t) || class[t[lo+19]]&isName == 0 && t[lo+19] != ' ') {
		hi = lo + 19
		s.emit(lo, hi, Password, rankGeneric)
		return true
	}
	if bare && strength == keyStrong && (quoted && t[lo-1] < 0x80 && !s.statement(start) && !coded(t[lo:hi]) && !plainly(t[lo:hi]) && !(scattered(t[lo:hi]) && !expression(t[lo:hi]) && !foreign(t[lo:hi]) && Index(t[lo:hi], ',', 0) < 0) || !mixed(t[lo:hi]) && !quoted && !coded(t[lo:hi]) && (!s.netrc(start) || technically(t[lo:hi]))) {
		return false
	}
	if strength == keyStrong && end-start == 4 && t[start] == 'P' && t[end-1] == 'S' && t[p-1] != '=' && (start == 0 || t[start-1] != '_') {
		return false // the outcome of a test
	}
	if !quoted {
		hi = cutQuery(t, lo, hi)
	}
	if from < len(t) && t[from] == ':' && lo == from+1 && s.expanded(start) { // ${DB_PASSWORD:-x}
		switch t[lo] {
		case '?', '+':
			return false
		case '-', '=':
			lo++
		}
	}
	s.work += hi - from
	if hi > lo && !spoken && !bare && !quoted && t[lo-1] == '=' && s.connection(s.nameStart(start), lo, hi) {
		return true
	}
	if n := hi - lo; strength == keyStrong && (n == 4 || n == 5) && digitsIn(t[lo:hi]) == n && end-start > 4 && (!spoken && !bare || t[start] >= 0xE0) && !repeated(t[lo:hi]) && !unitBehind(t, hi) {
		s.emit(lo, hi, Password, rankGeneric)
		return true
	}
	if hi-lo < 4 || hi-lo > 256 || !secretValue(t[lo:hi], strength, quoted || strength == keyStrong && t[start] >= 0xE0, spoken) ||
		uuid(t[lo:hi]) && strength != keyStrong && strength != keyBound && t[start]|0x20 != 's' && t[start]|0x20 != 'a' {
		return false
	}
	if strength == keyWeak && start > 0 && t[start-1] == ':' && hi > lo && t[end] == ':' { // arn:aws:secretsmanager:…:secret:name
		return false
	}
	if !quoted && hi < len(t) && t[hi] == '(' || strength == keyWeak && start > 8 && foldEqual(t[start-9:start], "publickey") { // .NET's PublicKeyToken
		return false
	}
	s.emit(lo, hi, Password, rankGeneric)
	return true
}

// prepositions lead from a password to what it opens.
var prepositions = words("for of to du de del da do des der den die dem vom zum für para pour per della voor от для к на")

// phrase passes what a password is said to be for at p: password for the staging box. It returns where an operator may stand, or 0.
func phrase(t []byte, p int) int {
	for k := 0; k < 5; k++ {
		if p >= len(t) || t[p] != ' ' {
			break
		}
		e := p + 1
		for e < len(t) && e-p < 20 && (class[t[e]]&isToken != 0 || t[e] >= 0xC3 && t[e] < 0xE0 || t[e] >= 0x80 && t[e] < 0xC0) {
			e++
		}
		if e == p+1 || k == 0 && !prepositions.has(lowerOf(t, p+1, e)) {
			return 0
		}
		if w := lowerOf(t, p+1, e); w == "is" || w == "est" || w == "es" || w == "ist" || w == "è" || w == "é" || w == "era" || w == "to" || w == "lautet" {
			return p
		}
		p = e
		if p < len(t) && (t[p] == ':' || t[p] == '=') && k > 0 {
			return p
		}
	}
	return 0
}

// statement tells whether the word PASSWORD at p is SQL's, WITH LOGIN PASSWORD 'x', or the end of a macro's name: #define DB_PASSWORD "x".
func (s *Scanner) statement(p int) bool {
	if e := p + len("PASSWORD '"); e < len(s.text) && string(s.text[p:e]) == "PASSWORD '" {
		return true
	}
	if has(s.text[max(0, s.nameStart(p)-8):], "#define ") {
		return true
	}
	return p >= 5 && (foldEqual(s.text[p-5:p], "with ") || p >= 10 && foldEqual(s.text[p-10:p], "encrypted "))
}

// netrc tells whether a login stands before the word at p, as in .netrc, or ENV, as in a Dockerfile.
func (s *Scanner) netrc(p int) bool {
	return has(s.text[max(0, s.nameStart(p)-4):], "ENV ") || containsAny(s.text[max(0, p-80):p], logins[:])
}

// logins are words before the name of a user.
var logins = [...]string{"login ", "user ", "username ", "usuario ", "utente ", "gebruiker ", "benutzer ", "utilisateur ", "identifiant ", "логин ", "usuário ", "användare "}

// expanded tells whether the name that the word at p ends is a variable in braces.
func (s *Scanner) expanded(p int) bool {
	k := s.nameStart(p)
	return k > 1 && s.text[k-1] == '{' && s.text[k-2] == '$'
}

// cutQuery ends a value where further parameters follow: &name=.
func cutQuery(t []byte, lo, hi int) int {
	for i := lo; i < hi; i++ {
		if t[i] != '&' {
			continue
		}
		k := i + 1
		for k < hi && class[t[k]]&isName != 0 {
			k++
		}
		if k > i+1 && k < hi && t[k] == '=' {
			return i
		}
	}
	return hi
}

// nameStart is where the name begins that the word at p is the end of.
func (s *Scanner) nameStart(p int) int {
	from := p
	for p > 0 && from-p < 40 && class[s.text[p-1]]&isName != 0 {
		p--
	}
	return skipEscape(s.text, p, from)
}

// bound tells whether the part of a name before p makes a key a secret one.
func (s *Scanner) bound(p int) bool {
	t := s.text
	i := p
	if i > 0 && (t[i-1] == '_' || t[i-1] == '-' || t[i-1] == ' ') {
		i--
	}
	if i > 2 && (t[i-1] == '"' || t[i-1] == ' ') { // "jwt": {"key": …
		for k := 0; k < 12 && i > 0 && (t[i-1] == '"' || t[i-1] == ' ' || t[i-1] == '{' || t[i-1] == ':' || t[i-1] == '\n' || t[i-1] == '\\'); k++ {
			i--
		}
	}
	e := i
	for i > 0 && e-i < 12 && class[t[i-1]]&isAlpha != 0 {
		i--
		if class[t[i]]&isUpper != 0 && i > 0 && class[t[i-1]]&isLower != 0 {
			break
		}
	}
	return boundTo.has(lowerOf(t, i, e))
}

// wireless tells whether the key at p is that of a wireless network: WiFi key, wpa_key, WLAN key.
func (s *Scanner) wireless(p int) bool {
	for _, w := range [...]string{"fi", "wpa", "wpa2", "wlan", "wep", "wifi", "wireless"} {
		if b := p - 1 - len(w); b >= 0 && foldEqual(s.text[b:p-1], w) && class[s.text[p-1]]&isAlnum == 0 {
			return true
		}
	}
	return false
}

// nameEnd goes to the end of the name that goes on at p; false when it names something other than the value.
func nameEnd(t []byte, p int) (int, bool) {
	from := p
	for p < len(t) && p-from < 40 {
		b := p
		for p < len(t) && class[t[p]]&(isScore|isHyphen) != 0 {
			p++
		}
		a := p
		for p < len(t) && p-a < 24 && class[t[p]]&isAlpha != 0 {
			p++
			if p < len(t) && class[t[p]]&isUpper != 0 && class[t[p-1]]&isLower != 0 {
				break
			}
		}
		if p > a && notValues.has(lowerOf(t, a, p)) {
			return p, false
		}
		if p == a && p > b { // a dash or underscore before something else
			p = b
		}
		for p < len(t) && class[t[p]]&isDigit != 0 && p-a < 30 {
			p++
		}
		if p == b {
			return p, true
		}
	}
	return p, p-from < 40
}

// mixed tells whether letters, digits and symbols stand in v.
func mixed(v []byte) bool {
	var kinds uint8
	symbol := false
	for _, c := range v {
		kinds |= class[c]
		symbol = symbol || c > ' ' && c < 0x80 && class[c] == 0 && c != ':' && c != '(' && c != ')'
	}
	return kinds&isDigit != 0 && kinds&isAlpha != 0 && symbol
}
