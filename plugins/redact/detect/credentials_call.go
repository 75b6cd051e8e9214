package detect

// Secrets in calls that take a user and a password, and in the header of cookies.

func init() {
	// smtp.login("user", "password"), req.SetBasicAuth("user", "password"), auth=("user", "password").
	on("login basicauth auth connect authenticate httpbasicauth setbasicauth withbasicauth credential credentials twilio connection", (*Scanner).callPair)
	on("cookie cookies", (*Scanner).cookies)
}

// callPair reads two strings in parentheses behind the word that ends at p, perhaps behind an address: the second is a password.
func (s *Scanner) callPair(_, p int) int {
	t := s.text
	if p < len(t) && t[p] == '=' {
		p++
	}
	if has(t[p:], ": [") { // auth: ["user", "password"]
		p += 2
	}
	if p+2 >= len(t) || t[p] != '(' && t[p] != '[' {
		return 0
	}
	lo, hi, quoted := valueAt(t, p+1, false)
	if !quoted || hi == lo || t[lo-1] == '`' {
		return 0
	}
	if contains(t[lo:hi], "://") || has(t[lo:], "jdbc:") {
		if p = nextArgument(t, hi); p < 0 {
			return 0
		}
		if _, hi, quoted = valueAt(t, p, false); !quoted {
			return 0
		}
	}
	if p = nextArgument(t, hi); p < 0 {
		return 0
	}
	lo, hi, quoted = valueAt(t, p, false)
	s.work += hi - p
	if quoted && hi-lo >= 5 && (secretValue(t[lo:hi], keyStrong, true, false) || appPassword(t[lo:hi])) {
		s.emit(lo, hi, Password, rankNamed)
	}
	return 0
}

// nextArgument is where the argument behind a string that ends at p begins, or -1.
func nextArgument(t []byte, p int) int {
	for p < len(t) && (t[p] == '\\' || t[p] == '"' || t[p] == '\'') {
		p++
	}
	if p+2 >= len(t) || t[p] != ',' {
		return -1
	}
	for p++; p < len(t) && (t[p] == ' ' || t[p] == '\n' || t[p] == '\t'); p++ {
	}
	return p
}

// appPassword tells whether v is a password as Google makes them for programs: four groups of four letters.
func appPassword(v []byte) bool {
	if len(v) != 19 {
		return false
	}
	for i, c := range v {
		if (i%5 == 4) != (c == ' ') || c != ' ' && class[c]&isLower == 0 {
			return false
		}
	}
	return true
}

// maxCookies bounds how far a header of cookies is read.
const maxCookies = 4096

// cookies reads the pairs behind Cookie: and Set-Cookie:, and reports the values of those that stand for a session.
func (s *Scanner) cookies(_, p int) int {
	t := s.text
	if p+1 >= len(t) || t[p] != ':' || p < s.commands {
		return 0
	}
	from := p
	for p++; p < len(t) && p-from < maxCookies && t[p] == ' '; p++ {
	}
	for p < len(t) && p-from < maxCookies {
		lo := p
		for p < len(t) && class[t[p]]&(isToken|isLocal) != 0 {
			p++
		}
		if p == lo || p >= len(t) || t[p] != '=' {
			break
		}
		name := t[lo:p]
		lo = p + 1
		for p = lo; p < len(t) && t[p] > ' ' && t[p] < 0x80 && t[p] != ';' && t[p] != '"' && t[p] != '\'' && t[p] != '\\' && t[p] != ','; p++ {
		}
		if v := t[lo:p]; len(v) >= 16 && len(v) <= 2048 && containsAny(name, sessions[:]) && varied(v) && !template(v) && !sampled(v) {
			s.emit(lo, p, Password, rankGeneric)
		}
		if p+1 >= len(t) || t[p] != ';' {
			break
		}
		for p++; p < len(t) && t[p] == ' '; p++ {
		}
	}
	s.work += p - from
	s.commands = max(s.commands, p)
	return 0
}

// sessions are parts of the names of cookies that stand for a session.
var sessions = [...]string{"sess", "sid", "auth", "token", "jwt", "remember", "login"}

// accountPair reads a user and a password with a slash between them behind a word for an account: 账号 admin / Abc@65950.
func (s *Scanner) accountPair(_, end int) int {
	t := s.text
	p, _ := s.leadIn(end)
	p += among(t, p, "are |is |是|为|为：")
	e := p
	for e < len(t) && e-p < 48 && (class[t[e]]&(isToken|isLocal) != 0 && t[e] != '/' || t[e] == '@') {
		e++
	}
	i := e
	for i < len(t) && i-e < 2 && t[i] == ' ' {
		i++
	}
	if e == p || p == end || i+3 >= len(t) || t[i] != '/' {
		return 0
	}
	for i++; i < len(t) && t[i] == ' '; i++ {
	}
	lo, hi, _ := valueAt(t, i, false)
	s.work += hi - end
	if hi-lo >= 6 && hi-lo <= 64 && (mixed(t[lo:hi]) || coded(t[lo:hi]) || plainly(t[lo:hi]) || hyphened(t[lo:hi])) && Index(t[lo:hi], '/', 0) < 0 && secretValue(t[lo:hi], keyStrong, false, true) {
		s.emit(lo, hi, Password, rankGeneric)
	}
	return 0
}
