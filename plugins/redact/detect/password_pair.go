package detect

// Passwords in pairs of a name and a value: {"name": "password", "value": "X"}, - name: DB_PASSWORD and value: X on the next line, name="password" value="X", <entry key="password">X</entry>.

// passwordPair reads the value that goes with the name at whose end p stands, and tells whether there is one.
func (s *Scanner) passwordPair(p int) bool {
	t := s.text
	from := p
	name := p
	for p < len(t) && p-from < 3 && (t[p] == '\\' || t[p] == '"' || t[p] == '\'') {
		p++
	}
	quoted := p > name
	for p < len(t) && p-from < 48 && (t[p] <= ' ' || t[p] == ',' || t[p] == '\\' || t[p] == 'n' && t[p-1] == '\\') {
		p++
	}
	if p == len(t) || p == name {
		return false
	}
	switch {
	case quoted && t[p] == '>' && p > 0: // <property name="password">X
		p++
	default:
		q := p
		for q < len(t) && q-p < 3 && (t[q] == '"' || t[q] == '\'' || t[q] == '\\') {
			q++
		}
		n := among(t, q, "value|Value|VALUE|val|default|Default|text")
		if n == 0 {
			return false
		}
		for q += n; q < len(t) && q-p < 16 && (t[q] == '"' || t[q] == '\'' || t[q] == '\\' || t[q] == ' '); q++ {
		}
		if q >= len(t) || t[q] != ':' && t[q] != '=' {
			return false
		}
		for p = q + 1; p < len(t) && p-q < 4 && t[p] == ' '; p++ {
		}
	}
	lo, hi, _ := valueAt(t, p, false)
	s.work += hi - from
	if hi-lo < 4 || hi-lo > 128 || !secretValue(t[lo:hi], keyStrong, true, false) {
		return false
	}
	s.emit(lo, hi, Password, rankGeneric)
	return true
}

// passwordBelow reads the value on the line below a label that ends at p, as forms have it.
func (s *Scanner) passwordBelow(p int) bool {
	t := s.text
	from := p
	p += mark(t, p, ":", "：")
	labelled := p > from
	for p < len(t) && p-from < 8 && (t[p] == ' ' || t[p] == '\r') {
		p++
	}
	if p >= len(t) || t[p] != '\n' {
		return false
	}
	for p < len(t) && p-from < 16 && t[p] <= ' ' {
		p++
	}
	lo, hi, quoted := valueAt(t, p, false)
	s.work += hi - from
	v := t[lo:hi]
	if quoted || len(v) < 6 || hi < len(t) && t[hi] > ' ' && t[hi] < 0xE0 || foreign(v) || !secretValue(v, keyStrong, false, true) {
		return false
	}
	e := hi
	for e < len(t) && t[e] == ' ' {
		e++
	}
	if e < len(t) && t[e] != '\n' && t[e] != '\r' || !striking(v) && !(labelled && (coded(v) || plainly(v) || hyphened(v))) {
		return false
	}
	s.emit(lo, hi, Password, rankGeneric)
	return true
}
