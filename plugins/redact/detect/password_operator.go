package detect

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
	if t[p] == ',' && p == space && (t[p-1] == '"' || t[p-1] == '\'') && argument(t, name) { // define('DB_PASSWORD', 'x')
		for p++; p < len(t) && p-space < 4 && t[p] == ' '; p++ {
		}
		return p, true, false, p < len(t) && (t[p] == '"' || t[p] == '\'' || t[p] == '\\')
	}
	if t[p] == ' ' || t[p] != '=' && p > space && name > 0 && (t[name-1] == '<' || t[name-1] == ':') { // <Password Type="…">x
		if k := Index(t[:min(len(t), p+160)], '>', p); k > 0 && k+1 < len(t) && t[k-1] == '"' {
			return k + 1, false, false, true
		}
	}
	if t[p] == '.' && p == space { // Password......: x
		e := p
		for e < len(t) && t[e] == '.' && e-p < 40 {
			e++
		}
		if e = spaces(t, e); e-p > 2 && e < len(t) && t[e] == ':' {
			p = e
		}
	}
	if e := aside(t, p); e > 0 { // AWS Secret Access Key [None]: x, Password (temporary): x
		p = e
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
	case (c == '|' || c == '?') && len(rest) > 4 && rest[1] == c && rest[2] == ' ' && (rest[3] == '"' || rest[3] == '\''): // env.PASS || "x"
		p += 2
	case c == '|' && p > space && len(rest) > 2 && rest[1] == ' ': // the next cell
		p += 2
	case c == '-' && len(rest) > 2 && rest[1] == '>' && rest[2] == ' ' && p > space:
		p += 2
	case c == '\t', c == '|' && len(rest) > 1 && rest[1] > ' ': // the next column
		return p + 1, false, true, true
	case c == ':', c == '=':
		p++
	case c == '>' && name > 0 && (t[name-1] == '<' || class[t[name-1]]&isName != 0 || t[name-1] == '.'): // <password>value
		p++
	case has(rest, "："), has(rest, "＝"), has(rest, "—"), has(rest, "–"), has(rest, "→"), has(rest, "⇒"):
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
	if e := annotation(t, p); e > 0 {
		p = e
	}
	for _, w := range [...]string{"：", "　", "是", "了"} {
		if has(t[p:], w) {
			p += len(w)
		}
	}
	return p, spoken, false, true
}

// argument tells whether the string that the word at p is in is the first argument of a call.
func argument(t []byte, p int) bool {
	from := p
	for p > 0 && from-p < 40 && (class[t[p-1]]&isToken != 0 || t[p-1] == '.') {
		p--
	}
	for p > 0 && from-p < 48 && (t[p-1] == '"' || t[p-1] == '\'' || t[p-1] == '\\' || t[p-1] == ' ') {
		p--
	}
	return p > 0 && t[p-1] == '('
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
	for _, w := range [...]string{"“", "‘", "„", "«", "「", "『", "【"} {
		if has(t[p:], w) {
			p += len(w)
			quoted = true
			break
		}
	}
	lo = p
	for hi = p; hi < len(t) && hi-lo < most; hi++ {
		c := t[hi]
		if c == wideLead && wideAlnum(t, hi) {
			hi += 2
			continue
		}
		if c <= ' ' || c >= 0xD5 || c == 0xC2 || c == '"' || c == '\'' || c == '`' || c == ',' || c == ';' || c == '<' || c == '\\' || c == '|' ||
			c == '&' && query {
			break
		}
	}
	for hi > lo && (t[hi-1] == '.' || t[hi-1] == ':' || t[hi-1] == ')' || t[hi-1] == ']' || t[hi-1] == '}' || t[hi-1] == '?') {
		hi--
	}
	return lo, hi, quoted
}

// aside passes a remark in brackets at p that an operator follows, and returns where that stands, or 0.
func aside(t []byte, p int) int {
	n := among(t, p, "(|[|（|【")
	if n == 0 {
		return 0
	}
	for i := p + n; i < len(t) && i-p < 40 && t[i] != '\n'; i++ {
		n = mark(t, i, ")", "]", "）", "】")
		if n == 0 {
			continue
		}
		if i = spaces(t, i+n); i < len(t) && (t[i] == ':' || t[i] == '=') || has(t[min(i, len(t)):], "：") {
			return i
		}
		break
	}
	return 0
}

// annotation passes the type at p that a value is assigned to behind: password: str = "x". It returns where the value stands, or 0.
func annotation(t []byte, p int) int {
	i := p
	for i < len(t) && i-p < 24 && (class[t[i]]&isName != 0 || t[i] == '.' || t[i] == '[' || t[i] == ']' || t[i] == '?') {
		i++
	}
	if i == p || !has(t[i:], " = ") || i+4 >= len(t) || t[i+3] != '"' && t[i+3] != '\'' {
		return 0
	}
	return i + 3
}

// wideAlnum tells whether a full-width digit or letter stands at p.
func wideAlnum(t []byte, p int) bool {
	if p+3 > len(t) || t[p] != wideLead {
		return false
	}
	c := t[p+2]
	return t[p+1] == 0xBC && (c >= 0x90 && c <= 0x99 || c >= 0xA1 && c <= 0xBA) || t[p+1] == 0xBD && c >= 0x81 && c <= 0x9A
}
