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
	on("password passwd passwort kennwort passphrase pwd passcode contrasena clave senha motdepasse wachtwoord haslo parola parool salasana adgangskode passord kodeord heslo geslo lozinka jelszo contrasenya "+
		"密码 口令 密碼 パスワード 비밀번호 패스워드 暗証番号 通行码", key(keyStrong))
	on("pass pw psw", key(keyStrong))
	on("dbpassword dbpasswd dbpass dbpwd dbpw userpassword userpasswd userpass userpwd rootpassword rootpass rootpwd adminpassword adminpass adminpwd pgpassword mysqlpwd "+
		"smtppassword mailpassword emailpassword ftppassword sshpassword loginpassword loginpwd newpassword oldpassword mypassword authpass authpassword redispassword "+
		"wifipassword ldappassword keypass storepass keypassword keystorepassword truststorepassword basicauthpassword proxypassword jwtpassword "+
		"รหัสผ่าน पासवर्ड", key(keyStrong))
	on("appsecret apisecret jwtsecret consumersecret corpsecret secretaccesskey accesskeysecret sessionsecret cookiesecret aeskey encodingaeskey authkey appkey masterkey signingkey encryptionkey "+
		"privatetoken refreshtoken idtoken sessiontoken bottoken usertoken webhooksecret signingsecret tokensecret clienttoken deploytoken licensekey sharedsecret sharedkey", key(keyWeak))
	on("sk ak", key(keyShort))
	onTwo("пароль Пароль ПАРОЛЬ", key(keyStrong))
	onTwo("κωδικός Κωδικός סיסמה سيسمה", key(keyStrong))
	on("secret token apikey accesskey secretkey authtoken accesstoken clientsecret privatekey accountkey credential credentials apitoken bearer sharedaccesskey "+
		"密钥 秘钥 密鑰 令牌 凭证", key(keyWeak))
	on("key", key(keyBound))
}

// boundTo make a key a secret one: the part of the name before it.
var boundTo = words("api secret access private account auth encryption encrypt signing sign master shared session crypt service app license webhook storage hmac aes jwt")

// notValues are endings of names that hold no secret.
var notValues = words("hash length len name names policy file path url uri id ids type types count expire expires expiry expiration field fields reset min max regex pattern " +
	"prompt label hint placeholder required valid invalid error message text input form changed updated at size limit limits rotation version format enabled strength " +
	"spec source ref scope scopes realm issuer audience lookup parser handler callback func function method cache queue chain " +
	"confirm confirmation manager store provider service class button dir folder location endpoint env var variable header prefix generator lifetime ttl usage index algorithm alg")

// keyed looks behind the word [start,end) for an operator and a value.
func (s *Scanner) keyed(start, end, strength int) int {
	t := s.text
	if !s.types.Has(Password) || strength == keyBound && !s.bound(start) {
		return 0
	}
	p, ok := end, true
	if t[start] < 0x80 {
		if p, ok = nameEnd(t, end); !ok {
			return 0
		}
	}
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
		return 0
	}
	lo, hi, quoted := valueAt(t, p, start > 0 && (t[start-1] == '?' || t[start-1] == '&'))
	if bare && (strength != keyStrong || quoted && !s.statement(start) || !mixed(t[lo:hi]) && !quoted && !s.netrc(start)) {
		return 0
	}
	if strength == keyStrong && end-start == 4 && t[start] == 'P' && t[end-1] == 'S' && t[p-1] != '=' && (start == 0 || t[start-1] != '_') {
		return 0 // the outcome of a test
	}
	if !quoted {
		hi = cutQuery(t, lo, hi)
	}
	s.work += hi - from
	if hi > lo && !spoken && !bare && !quoted && t[lo-1] == '=' && s.connection(s.nameStart(start), lo, hi) {
		return 0
	}
	if hi-lo < 4 || hi-lo > 256 || !secretValue(t[lo:hi], strength, quoted || strength == keyStrong && t[start] >= 0xE0, spoken) ||
		uuid(t[lo:hi]) && strength != keyStrong && strength != keyBound && t[start]|0x20 != 's' && t[start]|0x20 != 'a' {
		return 0
	}
	if !quoted && hi < len(t) && t[hi] == '(' || strength == keyWeak && start > 8 && foldEqual(t[start-9:start], "publickey") { // .NET's PublicKeyToken
		return 0
	}
	s.emit(lo, hi, Password, rankGeneric)
	return 0 // what is surer may stand inside
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

// statement tells whether the word PASSWORD at p is SQL's: WITH PASSWORD 'x'.
func (s *Scanner) statement(p int) bool {
	return p >= 5 && (foldEqual(s.text[p-5:p], "with ") || p >= 10 && foldEqual(s.text[p-10:p], "encrypted "))
}

// netrc tells whether a login stands before the word at p, as in .netrc.
func (s *Scanner) netrc(p int) bool {
	b := s.text[max(0, p-80):p]
	return lastIndex(b, "login ") >= 0 || lastIndex(b, "user ") >= 0 || lastIndex(b, "username ") >= 0
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
	e := i
	for i > 0 && e-i < 12 && class[t[i-1]]&isAlpha != 0 {
		i--
		if class[t[i]]&isUpper != 0 && i > 0 && class[t[i-1]]&isLower != 0 {
			break
		}
	}
	return boundTo.has(lowerOf(t, i, e))
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

// operator reads what stands between a name that ends at p and its value: spoken tells that it is a word, bare that
// there is nothing but a blank.
func operator(t []byte, p, name int) (next int, spoken, bare, ok bool) {
	for k := 0; p < len(t) && k < 6; k++ {
		switch c := t[p]; {
		case c == '"', c == '\'', c == '`', c == '\\', c == ']', c == '*', c == ')':
			p++
			continue
		}
		break
	}
	space := p
	for p < len(t) && p-space < 4 && t[p] == ' ' {
		p++
	}
	if p >= len(t) {
		return p, false, false, false
	}
	rest := t[p:]
	switch c := rest[0]; {
	case c == ':' && len(rest) > 1 && rest[1] == '=':
		p += 2
	case c == ':' && len(rest) > 1 && rest[1] == ':':
		return p, false, false, false
	case c == '=' && len(rest) > 1 && rest[1] == '>':
		p += 2
	case c == '=' && len(rest) > 1 && rest[1] == '=':
		return p, false, false, false
	case c == '(' && len(rest) > 1 && (rest[1] == '"' || rest[1] == '\'') && name >= 3 && !foldEqual(t[name-3:name], "get"):
		p++ // setPassword("x")
	case c == '|' && p > space && len(rest) > 2 && rest[1] == ' ': // the next cell
		p += 2
	case c == '-' && len(rest) > 2 && rest[1] == '>' && rest[2] == ' ' && p > space:
		p += 2
	case c == ':', c == '=':
		p++
	case c == '>' && name > 0 && (t[name-1] == '<' || class[t[name-1]]&isName != 0 || t[name-1] == '.'): // <password>value
		p++
	case has(rest, "："), has(rest, "＝"), has(rest, "—"), has(rest, "–"):
		p += 3
	default:
		for _, w := range [...]string{"重置为", "重置成", "改成了", "改成", "改为了", "改为", "设置为", "设为", "设成", "更新为", "变更为", "就是", "is ", "is: ", "ist ", "es ", "was ", "are ", "= ", "est ", "é ", "lautet ", "era ", "è ", "는 ", "은 ", "는", "是", "为", "為", "は", "は「"} {
			if has(rest, w) {
				p += len(w)
				spoken = true
				break
			}
		}
		if !spoken {
			// An option of a command, or a Chinese word with nothing between.
			if p > space && name >= 2 && t[name-1] == '-' && (t[name-2] == '-' || t[name-2] <= ' ') {
				return p, false, false, true
			}
			return p, true, t[name] < 0x80, t[name] >= 0xE0 || p > space
		}
	}
	for k := 0; p < len(t) && k < 4 && (t[p] == ' ' || t[p] == '*'); k++ {
		p++
	}
	for _, w := range [...]string{"：", "　", "是"} {
		if has(t[p:], w) {
			p += len(w)
		}
	}
	return p, spoken, false, true
}

func has(b []byte, w string) bool { return len(b) >= len(w) && string(b[:len(w)]) == w }

// valueAt reads the value at p: what stands between quotes, or up to white space and punctuation.
func valueAt(t []byte, p int, query bool) (lo, hi int, quoted bool) {
	const most = 260
	q := p
	for q < len(t) && t[q] == '\\' && q-p < 3 {
		q++
	}
	if q < len(t) && (t[q] == '"' || t[q] == '\'' || t[q] == '`') {
		quote, esc := t[q], q-p
		lo = q + 1
		for hi = lo; hi < len(t) && hi-lo < most && t[hi] != '\n'; hi++ {
			if t[hi] == quote && (esc == 0 && t[hi-1] != '\\' || esc > 0) {
				end := hi
				for end > lo && t[end-1] == '\\' {
					end--
				}
				return lo, end, true
			}
		}
		return lo, lo, true
	}
	for _, w := range [...]string{"“", "‘", "「", "『", "【"} {
		if has(t[p:], w) {
			p += len(w)
			quoted = true
			break
		}
	}
	lo = p
	for hi = p; hi < len(t) && hi-lo < most; hi++ {
		c := t[hi]
		if c <= ' ' || c >= 0x80 || c == '"' || c == '\'' || c == '`' || c == ',' || c == ';' || c == '<' || c == '\\' || c == '|' ||
			c == '&' && query {
			break
		}
	}
	for hi > lo && (t[hi-1] == '.' || t[hi-1] == ':' || t[hi-1] == ')' || t[hi-1] == ']' || t[hi-1] == '}' || t[hi-1] == '?') {
		hi--
	}
	return lo, hi, quoted
}

// secretValue tells a secret from an identifier, a call, a variable, a constant and a sample.
func secretValue(v []byte, strength int, quoted, spoken bool) bool {
	if template(v) || sampled(v) || v[0] == '!' && len(v) < 12 && quoteless(v[1:]) {
		return false
	}
	var kinds uint8
	var seen [4]uint64
	symbols, dots, spaces := 0, 0, 0
	for i, c := range v {
		kinds |= class[c]
		seen[c>>6] |= 1 << (c & 63)
		switch {
		case c >= 0x80:
			return false
		case c == ' ':
			if spaces++; spaces > 1 && !appPassword(v) {
				return false
			}
		case c == '(' && i > 0 && class[v[i-1]]&isName != 0 && !quoted:
			return false // a call
		case c == '.':
			dots++
		case class[c]&isAlnum == 0 && c != '_' && c != '-':
			symbols++
		}
	}
	random := strength != keyStrong && scattered(v)
	if appPassword(v) {
		return strength == keyStrong
	}
	if kinds&isAlpha != 0 && kinds&isDigit == 0 && symbols == 0 && !(random && len(v) >= 20) && !(strength == keyStrong && jumbled(v)) {
		return false // a word, an identifier, a constant
	}
	if kinds&isDigit != 0 && kinds&isAlpha == 0 && (strength != keyStrong || len(v) < 6) {
		return false // a number
	}
	if last := v[len(v)-1]; quoted && (last == ' ' || last == ':') {
		return false // a prompt
	}
	if v[0] == '/' || v[0] == '.' || has(v, "http://") || has(v, "https://") || v[0] == '(' || v[0] == ')' || v[0] == ',' || v[0] == '[' || v[0] == '@' || v[0] == '=' {
		return false
	}
	distinct := 0
	for _, x := range seen {
		for ; x != 0; x &= x - 1 {
			distinct++
		}
	}
	if distinct < 4 && (kinds != isDigit|isHex || distinct < 2 || spoken) || spaces > 0 && !quoted {
		return false
	}
	if strength == keyStrong {
		if spoken && kinds&isDigit == 0 && symbols < 2 {
			return false
		}
		// self.password1, a[0].pass: an expression.
		if !quoted && (constant(v) || reference(v)) {
			return false
		}
		if !quoted && (dots > 0 || symbols > 0) && class[v[0]]&isAlpha != 0 && expression(v) {
			return false
		}
		return len(v) >= 5
	}
	if strength == keyShort && (!random || len(v) < 24) || containsAny(v, weakSamples[:]) && !(random && len(v) >= 40) {
		return false
	}
	if !quoted && (!random && expression(v) || reference(v)) || wordy(v) || constant(v) {
		return false
	}
	return len(v) >= 12 && distinct >= 8 && (kinds&isDigit != 0 || random) && spaces == 0
}

// quoteless tells whether v has letters only: a tag of YAML.
func quoteless(v []byte) bool {
	for _, c := range v {
		if class[c]&isAlpha == 0 {
			return false
		}
	}
	return true
}

// reference tells whether v is an expression that is no name: *uint16, &a.B{, f[i+1].
func reference(v []byte) bool {
	if (v[0] == '*' || v[0] == '&') && class[v[1]]&isAlpha != 0 && expression(v[1:]) || v[len(v)-1] == '{' {
		return true
	}
	for i := 1; i < len(v); i++ {
		if v[i] == '{' && class[v[i-1]]&isName != 0 && i+1 < len(v) && class[v[i+1]]&isAlpha != 0 {
			return true // Name{field
		}
		if v[i] == '[' && class[v[i-1]]&isName != 0 && (i+1 == len(v) || class[v[i+1]]&isName != 0) {
			return expression(v[:i])
		}
	}
	return false
}

// constant tells whether v is a name in capitals with underscores.
func constant(v []byte) bool {
	parts := 0
	for _, c := range v {
		if class[c]&(isUpper|isDigit|isScore) == 0 {
			return false
		}
		if c == '_' {
			parts++
		}
	}
	return parts > 1
}

// expression tells whether a value without quotes is made of identifiers: a.b1.c, x[0], ctx->key2.
func expression(v []byte) bool {
	long := 0
	for i := 0; i < len(v); {
		j := i
		digits := 0
		for j < len(v) && class[v[j]]&isName != 0 {
			if class[v[j]]&isDigit != 0 {
				digits++
			}
			j++
		}
		if j-i > 0 && (digits > 2 || class[v[i]]&isDigit != 0) && (i == 0 || v[i-1] != '[') {
			return false
		}
		long = max(long, j-i)
		if j < len(v) && v[j] != '.' && v[j] != '[' && v[j] != ']' && v[j] != '>' && v[j] != '-' {
			return false
		}
		i = j + 1
	}
	return long > 0
}

// uuid tells whether v is 8-4-4-4-12 hexadecimal digits.
func uuid(v []byte) bool {
	if len(v) != 36 {
		return false
	}
	for i, c := range v {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if class[c]&isHex == 0 {
			return false
		}
	}
	return true
}
