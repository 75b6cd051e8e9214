package detect

// Passwords in sentences that say how to log in, without a word for them: 请用 X 登录, log in with admin / X.

func init() {
	on("登录 登陆 登入 登錄", func(s *Scanner, start, end int) int {
		s.loginBefore(start)
		return 0
	})
	on("admin root guest administrator", (*Scanner).userPair)
	on("log sign logged signed logging login signin rdp ssh connect authenticate einloggen anmelden", func(s *Scanner, start, end int) int {
		t := s.text
		if e := end + 3; has(t[end:], " in") && e < len(t) && (t[e] == ' ' || t[e] == ':') {
			end = e
		} else if end-start < 5 && lower(t[start]) != 'r' && lower(t[start+1]) != 's' || class[lower(t[start])]&isLower == 0 {
			return 0
		}
		s.loginAhead(end)
		return 0
	})
}

// userPair reads the password behind the usual name of a user that ends at p and a slash: admin / X.
func (s *Scanner) userPair(start, p int) int {
	t := s.text
	if start > 0 && (class[t[start-1]]&isToken != 0 || t[start-1] == '/' || t[start-1] == '.' || t[start-1] == '@') {
		return 0
	}
	apart := p < len(t) && t[p] == ' '
	i := spaces(t, p)
	if i+6 >= len(t) || t[i] != '/' || apart != (t[i+1] == ' ') {
		return 0
	}
	lo, hi, _ := valueAt(t, spaces(t, i+1), false)
	v := t[lo:hi]
	s.work += hi - p
	if len(v) < 6 || Index(v, '/', 0) >= 0 || foreign(v) || !striking(v) && !(apart && (mixed(v) || coded(v))) || template(v) || sampled(v) || expressionLike(v) {
		return 0
	}
	s.emit(lo, hi, Password, rankGeneric)
	return 0
}

// maxLogin bounds how far from its word a clause is read.
const maxLogin = 60

// loginBefore reports what looks like a password in the clause before the word at p.
func (s *Scanner) loginBefore(p int) {
	t := s.text
	low := max(0, p-maxLogin)
	i := p
	for i > low && t[i-1] != '\n' && !(i >= 3 && among(t, i-3, "。|！|？|；") > 0) {
		i--
	}
	s.work += p - i
	s.credentials(i, p)
}

// loginAhead does the same behind a word that ends at p: with, as or using a user's name and a password.
func (s *Scanner) loginAhead(p int) {
	t := s.text
	high := min(len(t), p+maxLogin)
	if n := among(t, p, " with | using | as |: | mit | to "); n == 0 {
		return
	}
	i := p
	for i < high && t[i] != '\n' && !(t[i] == '.' && i+1 < len(t) && t[i+1] == ' ') {
		i++
	}
	s.work += i - p
	s.credentials(p, i)
}

// credentials reports the words of text[lo:hi] that look like passwords, and the second of two with a slash between them that may be one.
func (s *Scanner) credentials(lo, hi int) {
	t := s.text
	paired := false
	for i := lo; i < hi; {
		c := t[i]
		if c <= ' ' || c >= 0x80 || oneOf(c, "\"'`,;:()") {
			if c > ' ' && c != '"' && c != '\'' && c != '`' {
				paired = false
			}
			i++
			continue
		}
		b := i
		for i < len(t) && i-b < 64 && t[i] > ' ' && t[i] < 0x80 && !oneOf(t[i], "\"'`,;()") {
			i++
		}
		e := i
		for e > b && oneOf(t[e-1], ".:?") {
			e--
		}
		v := t[b:e]
		if len(v) == 1 && v[0] == '/' {
			paired = b > lo
			continue
		}
		if k := Index(v, '/', 0); k > 0 && Index(v, '/', k+1) < 0 {
			v, b, paired = v[k+1:], b+k+1, true
		}
		if (striking(v) || paired && coded(v)) && !template(v) && !sampled(v) && !expressionLike(v) {
			s.emit(b, e, Password, rankGeneric)
		}
		paired = false
	}
}
