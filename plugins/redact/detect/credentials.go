package detect

// Secrets that stand where a protocol, a command or a file of a known form has them: behind Authorization, curl -u,
// IDENTIFIED BY, in .netrc, .htpasswd and Kubernetes manifests.

func init() {
	on("basic", func(s *Scanner, start, end int) int { return s.authorization(start, end, 8) })
	on("bearer token", func(s *Scanner, start, end int) int { return s.authorization(start, end, 16) })
	on("requirepass masterauth", func(s *Scanner, start, end int) int {
		if end < len(s.text) && s.text[end] == ' ' {
			s.plainSecret(end + 1)
		}
		return 0
	})
	on("by", func(s *Scanner, start, end int) int { // IDENTIFIED BY 'password'
		t := s.text
		if start < 11 || !foldEqual(t[start-11:start-1], "identified") || end+1 >= len(t) || t[end] != ' ' {
			return 0
		}
		if t[end+1] == '\'' || t[end+1] == '"' || t[end+1] == '\\' {
			s.plainSecret(end + 1)
		}
		return 0
	})
	on("sha ssha", func(s *Scanner, start, end int) int { // {SHA} of .htpasswd
		t := s.text
		if start < 3 || t[start-1] != '{' || t[start-2] != ':' && (t[start-2] != ' ' || t[start-3] != ':') || end >= len(t) || t[end] != '}' {
			return 0
		}
		e, n := run(t, end+1, part{base64, 24, 64})
		for e < len(t) && t[e] == '=' {
			e++
		}
		if n >= 24 && n <= 64 && varied(t[end+1:e]) {
			s.emit(start-1, e, Password, rankNamed)
		}
		return 0
	})
	on("kh", func(s *Scanner, start, end int) int { // mật khẩu
		const head, tail = "mật ", "ẩu"
		if start < len(head) || !has(s.text[end:], tail) || !has(s.text[start-len(head):], head) && !has(s.text[start-len(head):], "Mật ") {
			return 0
		}
		return s.keyed(start, end+len(tail), keyStrong)
	})
	on("secret", (*Scanner).manifest)
	on("sig signature", func(s *Scanner, start, end int) int { // of a signed URL
		t := s.text
		if start == 0 || t[start-1] != '&' && t[start-1] != '?' && t[start-1] != '-' || end >= len(t) || t[end] != '=' {
			return 0
		}
		lo := end + 1
		hi := lo
		for hi < len(t) && hi-lo < 200 && (class[t[hi]]&(isToken|isBase64) != 0 || t[hi] == '%' || t[hi] == '=') {
			hi++
		}
		s.work += hi - lo
		if hi-lo >= 40 && varied(t[lo:hi]) {
			s.emit(lo, hi, Password, rankNamed)
		}
		return 0
	})
}

// authorization reads the credentials behind a scheme of HTTP's Authorization (RFC 7617, RFC 6750).
func (s *Scanner) authorization(start, end, least int) int {
	t := s.text
	if end >= len(t) || t[end] != ' ' {
		return 0
	}
	lo := end + 1
	hi := lo
	var kinds uint8
	for hi < len(t) && hi-lo < 4096 && (class[t[hi]]&(isToken|isBase64|isLocal) != 0 || t[hi] == '~') {
		kinds |= class[t[hi]]
		hi++
	}
	for hi > lo && t[hi-1] == '.' {
		hi--
	}
	e := hi
	for e < len(t) && e-hi < 2 && t[e] == '=' {
		e++
	}
	v := t[lo:e]
	s.work += e - lo
	if hi-lo < least || kinds&isAlpha == 0 || template(v) || sampled(v) || !varied(v) || least > 8 && wordy(v) {
		return 0
	}
	named := false
	for i := start; i > 0 && start-i < 16; i-- {
		if t[i-1]|0x20 == 'n' && i >= 13 && foldEqual(t[i-13:i], "authorization") {
			named = true
			break
		}
		if c := t[i-1]; i < start && class[c]&isAlnum != 0 && c != 'f' && c != 'b' {
			break
		}
	}
	if named && (kinds&isDigit != 0 || e > hi || scattered(v)) || !named && least > 8 && t[start]|0x20 == 'b' && hi-lo >= 20 && kinds&isDigit != 0 && scattered(v) {
		s.emit(lo, e, Password, rankNamed)
	}
	return 0
}

// maxCommand bounds how far the options of a command are read.
const maxCommand = 256

// option finds the value of one of the options, whose names stand behind their first hyphen in the list, in the rest of a command; of a
// user and password with a joint between the latter counts.
func (s *Scanner) option(p int, list string, joint byte) int {
	t := s.text
	from := p
	if p >= len(t) || t[p] != ' ' || p < s.commands {
		return 0
	}
	defer func() { s.commands = max(s.commands, p) }()
	for p+2 < len(t) && p-from < maxCommand && t[p] != '\n' && t[p] != '|' && t[p] < 0x80 {
		if t[p] != ' ' || t[p+1] != '-' {
			p++
			continue
		}
		i := p + 2
		for i < len(t) && class[t[i]]&isToken != 0 {
			i++
		}
		if i >= len(t) || t[i] != ' ' && t[i] != '=' || i-p > 14 || !listed(list, t[p+2:i]) {
			p++
			continue
		}
		lo, hi, _ := valueAt(t, i+1, false)
		s.work += hi - from
		if joint == ',' {
			for hi < len(t) && t[hi] > ' ' && t[hi] < 0x80 && oneOf(t[hi-1], ",") || hi < len(t) && t[hi] == ',' {
				hi++
			}
			for hi < len(t) && t[hi] > ' ' && t[hi] < 0x80 && !oneOf(t[hi], "\"'`") {
				hi++
			}
		}
		if joint != 0 {
			k := Index(t[lo:hi], joint, 0)
			if k < 0 {
				return 0
			}
			lo += k + 1
		}
		s.secretAt(lo, hi)
		return 0
	}
	s.work += p - from
	return 0
}

// listed tells whether w is a word of the list.
func listed(list string, w []byte) bool {
	for i := 0; i+len(w) <= len(list); i++ {
		if (i == 0 || list[i-1] == ' ') && list[i:i+len(w)] == string(w) && (i+len(w) == len(list) || list[i+len(w)] == ' ') {
			return true
		}
	}
	return false
}

// attached finds -pPASSWORD, or -hpPASSWORD, in the rest of a command.
func (s *Scanner) attached(p int) int {
	t := s.text
	from := p
	if p >= len(t) || t[p] != ' ' || p < s.attachments {
		return 0
	}
	for p+4 < len(t) && p-from < maxCommand && t[p] != '\n' && t[p] != '|' && t[p] < 0x80 {
		if i := p + 2; t[p] == ' ' && t[p+1] == '-' && (t[i] == 'p' || t[i] == 'h' && t[i+1] == 'p') {
			if i++; t[i] == 'p' && t[i-1] == 'h' {
				i++
			}
			if t[i] <= ' ' {
				p++
				continue
			}
			lo, hi, _ := valueAt(t, i, false)
			s.secretAt(lo, hi)
			break
		}
		p++
	}
	s.work += p - from
	s.attachments = p
	return 0
}

// plainSecret reports the value at p unless it is a blank to fill in.
func (s *Scanner) plainSecret(p int) {
	lo, hi, _ := valueAt(s.text, p, false)
	s.work += hi - p
	s.secretAt(lo, hi)
}

// secretAt reports a value that its place says to be secret.
func (s *Scanner) secretAt(lo, hi int) {
	v := s.text[lo:hi]
	if len(v) < 4 || len(v) > 256 || template(v) || sampled(v) {
		return
	}
	var kinds uint8
	symbol := false
	for _, c := range v {
		kinds |= class[c]
		symbol = symbol || class[c]&isName == 0
		if c <= ' ' || c >= 0x80 {
			return
		}
	}
	if kinds&isAlpha == 0 || kinds&isDigit == 0 && !symbol || v[0] == '/' || v[0] == '-' || v[0] == '$' {
		return
	}
	s.emit(lo, hi, Password, rankNamed)
}

// pgpass reads a line of PostgreSQL's file of passwords whose port stands behind the colon at p: host:port:database:user:password.
func (s *Scanner) pgpass(p int) int {
	t := s.text
	lo := p
	for lo > 0 && p-lo < 64 && (class[t[lo-1]]&isToken != 0 || t[lo-1] == '.' || t[lo-1] == '*') {
		lo--
	}
	named := false
	for _, c := range t[lo:p] {
		named = named || class[c]&isHex == 0
	}
	if !named || lo > 0 && t[lo-1] > ' ' && t[lo-1] != '"' && t[lo-1] != '\'' && !escapeBefore(t, lo) {
		return 0
	}
	i := p + 1
	for i < len(t) && i-p < 7 && class[t[i]]&isDigit != 0 {
		i++
	}
	for range 2 { // the database and the user
		if i+1 >= len(t) || t[i] != ':' || class[t[i+1]]&isAlpha == 0 && t[i+1] != '*' {
			return 0
		}
		b := i + 1
		for i = b; i < len(t) && i-b < 48 && (class[t[i]]&isToken != 0 || t[i] == '.' || t[i] == '*'); i++ {
		}
	}
	if i >= len(t) || t[i] != ':' {
		return 0
	}
	b, e, _ := valueAt(t, i+1, false)
	s.work += e - lo
	if e-b < 5 || !secretValue(t[b:e], keyStrong, false, false) {
		return 0
	}
	s.emit(b, e, Password, rankNamed)
	return e
}

// dollar handles the hash of a password at p as crypt writes it, behind a user's name and a colon: the files of Apache and of Unix.
func (s *Scanner) dollar(p int) int {
	t := s.text
	if p == 0 || t[p-1] != ':' || p+8 > len(t) {
		return 0
	}
	ok := false
	for _, w := range [...]string{"$apr1$", "$2y$", "$2a$", "$2b$", "$1$", "$5$", "$6$", "$y$", "$argon2", "$scrypt", "$7$"} {
		ok = ok || has(t[p:], w)
	}
	if !ok {
		return 0
	}
	e := p
	for e < len(t) && e-p < 300 && (class[t[e]]&(isAlnum|isBase64|isLocal) != 0 || t[e] == '$' || t[e] == '=' || t[e] == ',') {
		e++
	}
	s.work += e - p
	if e-p < 24 || !varied(t[p:e]) {
		return 0
	}
	s.emit(p, e, Password, rankNamed)
	return e
}

// maxManifest bounds how far the data of a Secret are read.
const maxManifest = 8 << 10

// openly are the last parts of names in a Secret whose values are none.
var openly = words("user username login host hostname port server address addr url uri endpoint region name database db dbname bucket namespace email from account id type mode enabled env environment schema driver timeout ttl level")

// lastPart is the last part of the name at [lo,hi), in lower case: user of SMTP_USER and smtpUser.
func lastPart(t []byte, lo, hi int) string {
	i := hi
	for i > lo && class[t[i-1]]&isAlpha != 0 {
		i--
		if class[t[i]]&isUpper != 0 && i > lo && class[t[i-1]]&isLower != 0 {
			break
		}
	}
	return lowerOf(t, i, hi)
}

// manifest reads the data of a Kubernetes Secret behind its kind.
func (s *Scanner) manifest(start, end int) int {
	t := s.text
	if start < 6 || end >= len(t) || start < s.manifests || !has(t[start-6:], "kind: ") || t[end] != '\n' && t[end] != '\r' {
		return 0
	}
	data, plain := false, false
	limit := min(len(t), end+maxManifest)
	i := end
	for i < limit {
		for i < limit && t[i] != '\n' {
			i++
		}
		i++
		if i >= limit || t[i] == '-' && has(t[i:], "---") || has(t[i:], "kind:") {
			break
		}
		if t[i] > ' ' { // a key of the manifest itself
			plain = has(t[i:], "stringData:")
			data = plain || has(t[i:], "data:")
			continue
		}
		if !data {
			continue
		}
		k := i
		for k < limit && k-i < 12 && t[k] == ' ' {
			k++
		}
		name := k
		for k < limit && k-i < 120 && class[t[k]]&(isToken|isLocal) != 0 {
			k++
		}
		if k+2 >= limit || t[k] != ':' || t[k+1] != ' ' {
			continue
		}
		lo, hi, _ := valueAt(t, k+2, false)
		ok := hi-lo >= 4
		for _, c := range t[lo:hi] {
			ok = ok && (plain || class[c]&(isAlnum|isBase64) != 0 || c == '=')
		}
		if last := lastPart(t, name, k); ok && !openly.has(last) && !template(t[lo:hi]) && !sampled(t[lo:hi]) {
			s.emit(lo, hi, Password, rankNamed)
		}
	}
	s.work += i - end
	s.manifests = i
	return 0
}
