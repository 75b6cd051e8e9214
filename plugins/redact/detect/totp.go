package detect

// Keys that are typed in groups: of programs that make one-time codes, and of licences.

func init() {
	on("key keys", func(s *Scanner, start, end int) int {
		t := s.text
		b := t[max(0, start-16):start]
		switch {
		case !s.types.Has(Password):
		case containsAny(b, setups[:]):
			return s.grouped(end, 4, 4, true)
		case containsAny(b, licences[:]):
			return s.grouped(end, 5, 3, false)
		}
		return 0
	})
	on("激活码 序列号 激活密钥", func(s *Scanner, _, end int) int { return s.grouped(end, 5, 3, false) })
}

var (
	setups   = [...]string{"setup", "manual", "authenticator", "totp", "2fa"}
	licences = [...]string{"product", "licen", "activation", "windows", "office", "serial", "cd "}
)

// grouped reports groups of size characters, at least so many, behind a name that ends at p: of base32 (RFC 4648), in either case, with blanks,
// or of capitals and digits with hyphens.
func (s *Scanner) grouped(p, size, least int, base32 bool) int {
	t := s.text
	p, sep := s.leadIn(p)
	if n := among(t, p, "is |是|为"); n > 0 {
		p, sep = p+n, true
	}
	joint := byte('-')
	if base32 {
		joint = ' '
	}
	e, groups, digits := p, 0, 0
	for e+size <= len(t) {
		for _, c := range t[e : e+size] {
			if class[c]&isAlnum == 0 || base32 && oneOf(c, "0189") || !base32 && class[c]&isLower != 0 {
				e = -1
				break
			}
			if class[c]&isDigit != 0 {
				digits++
			}
		}
		if e < 0 {
			return 0
		}
		groups++
		e += size
		if e >= len(t) || t[e] != joint || e+1+size > len(t) || class[t[e+1]]&isAlnum == 0 || base32 && s.chunk(e+1) != e+1+size {
			break
		}
		e++
	}
	s.work += max(e, p) - p
	if !sep || groups < least || digits == 0 && !base32 || e < len(t) && class[t[e]]&isName != 0 || !varied(t[p:e]) {
		return 0
	}
	s.emit(p, e, Password, rankNamed)
	return e
}
