package detect

// Eleven digits that nothing names are a mobile number in most texts, and in some a result, an amount or a part of an identifier.

// bareRefused tells whether an ungrouped number at p is glued to a word by a dash or a slash, as in
// ORD-13800138000 and /items/13800138000, and that word does not name a phone; or is negative.
func (s *Scanner) bareRefused(p int) bool {
	t := s.text
	if p > 0 && t[p-1] == '-' && (p == 1 || t[p-2] < 0x80 && class[t[p-2]]&isAlnum == 0) {
		return true // a negative number
	}
	e := p + 11
	if e <= len(t) && string(t[p+3:e]) == "00000000" && s.sense(p, e, cardinal.phone) != favour {
		return true // a round number
	}
	if e < len(t) && t[e] == '*' && e+1 < len(t) && class[t[e+1]]&isAlnum != 0 {
		return true // a product
	}
	if p > 1 && t[p-2] == '&' && t[p-1] == ' ' && has(t[e:], " & ") {
		if k := digitsAt(t, e+3, 9); k > e+3 && k+1 < len(t) && t[k] == '.' && class[t[k+1]]&isDigit != 0 {
			return s.sense(p, e, cardinal.phone) != favour // a row of figures in LaTeX
		}
	}
	if p >= 12 && t[p-1] == ',' && unlikeMobile(t, p-12, p-1) || e+12 <= len(t) && t[e] == ',' && unlikeMobile(t, e+1, e+12) {
		return s.sense(p, e, cardinal.phone) != favour // one of a list of numbers of that size
	}
	if p >= 3 && t[p-1] == ' ' && t[p-2] == ',' && class[t[p-3]]&isDigit != 0 {
		k := sizeBefore(t, p-2)
		return k > 3 && k != 11 && s.sense(p, e, cardinal.phone) != favour // one of a list of numbers
	}
	if p < 2 || class[t[p-2]]&isAlnum == 0 || t[p-1] != '-' && t[p-1] != '/' {
		return false
	}
	return !s.favours(p, cardinal.phone) && (class[t[p-2]]&isAlpha != 0 || t[p-1] == '/' && e < len(t) && t[e] == '/')
}

// unlikeMobile tells whether t[lo:hi] is a number of eleven digits from 10 to 12.
func unlikeMobile(t []byte, lo, hi int) bool {
	return t[lo] == '1' && t[lo+1] >= '0' && t[lo+1] < '3' && digitsIn(t[lo:hi]) == hi-lo && (lo == 0 || class[t[lo-1]]&isName == 0)
}

// quantity tells whether the bare number [p,e), which nothing names, is the result or the operand of a calculation; or, where no Chinese stands near,
// counts what the word behind it says.
func (s *Scanner) quantity(p, e int) bool {
	t := s.text
	if operated(t, p, e) || (listedNumber(t, p, e) || s.measured(p) || countBefore(t, p)) && !s.native(p, e) {
		return true
	}
	if p > 0 && t[p-1] == '$' || p > 1 && mark(t, p-2, "£", "¥") > 0 || p > 2 && has(t[p-3:], "€") || fileSize(t, e) {
		return true
	}
	i := e
	if has(t[i:], " ") {
		i++
	}
	j := i
	for j < len(t) && class[t[j]]&isLower != 0 {
		j++
	}
	if i == e || j < i+2 || j < len(t) && class[t[j]]&isName != 0 || grammar.has(string(t[i:j])) || s.favours(p, cardinal.person) {
		return false
	}
	return !s.native(p, e)
}

// fileSize tells whether the number that ends at e is the size of a file: a path follows it, or the month of a listing.
func fileSize(t []byte, e int) bool {
	i := e
	for i < len(t) && i-e < 4 && (t[i] == ' ' || t[i] == '\t') {
		i++
	}
	if i == e || i+5 >= len(t) {
		return false
	}
	return t[i] == '/' && class[t[i+1]]&isAlpha != 0 || class[t[i]]&isUpper != 0 && t[i+3] == ' ' && class[t[i+4]]&isDigit|class[t[i+5]]&isDigit != 0 && monthNamed(t[i:i+3]) > 0
}

// countBefore tells whether the word before p is one for what is counted, computed or compared.
func countBefore(t []byte, p int) bool {
	if p < 4 || t[p-1] != ' ' {
		return false
	}
	i := p - 1
	for i > 0 && class[t[i-1]]&isAlpha != 0 {
		i--
	}
	return i < p-1 && counting.has(lowerOf(t, i, p-1))
}

var counting = words("processed returned return returns got want wanted expected expect sleep generated produced counted exceeds exceed below above over than about approximately roughly nearly almost exactly reached used maximum max minimum min equals equal integer " +
	"factor factorise factorize modulo prime divide multiply subtract times plus minus compute calculate seed limit offset assert")

// measured tells whether the number at p stands without quotes behind a key that names no one: used_memory:13….
func (s *Scanner) measured(p int) bool {
	t := s.text
	i := p
	if i > 0 && t[i-1] == ' ' {
		i--
	}
	if i == 0 || t[i-1] != ':' && t[i-1] != '=' {
		return false
	}
	i--
	for i > 0 && (t[i-1] == '"' || t[i-1] == ' ') {
		i--
	}
	e := i
	for i > 0 && class[t[i-1]]&isAlpha != 0 {
		i--
	}
	if class[t[i]]&isUpper != 0 && (i == 0 || t[i-1] == '\n') {
		return false // who says it, in a chat
	}
	return e-i > 1 && !parties.has(lowerOf(t, i, e)) && !s.favours(p, cardinal.person)
}

// parties are keys of those who call, are called or looked for.
var parties = words("to from dst dest recipient receiver sender target peer keyword query username uname name who value number num numbers")

// listedNumber tells whether [p,e) stands without quotes in a list of numbers of a program, as the key of a dictionary, or behind the mark of an exercise:
// [13…, 13…], {13…: 1}, (b) 13….
func listedNumber(t []byte, p, e int) bool {
	i := p
	for i > 0 && t[i-1] == ' ' {
		i--
	}
	if i == 0 {
		return false
	}
	switch t[i-1] {
	case '[', '{':
		return e < len(t) && (t[e] == ',' || t[e] == ':' || t[e] == ']')
	case ',':
		return e+1 < len(t) && t[e] == ':' && t[e+1] == ' ' // of a dictionary
	case '(':
		return i > 3 && foldEqual(t[i-4:i-1], "in ")
	case ')':
		return i > 2 && i < p && class[t[i-2]]&isAlnum != 0 && (t[i-3] == '(' || t[i-3] == ' ' || t[i-3] == '\n')
	}
	return false
}

// grammar has words that may follow a phone number that nothing names, as those of things that are counted may not.
var grammar = words("a about after again all also always an and any anymore anytime are as asap asking at back be because been before but by can cannot could daily de did do does even every for from had has have he her here " +
	"hi his how if immediately in instead into is it its just later may me might must my no not now of off ok on or our out over per please pls plus same saying says she should since so soon still than thank thanks that the their " +
	"them then there they this to today tomorrow tonight too until up us via was we were what when where which who whom why will with within without would y you your e et il la le und oder bitte och en of o ou")

// operated tells whether [p,e) stands beside an operator of a calculation: a = sign behind a digit or parenthesis, or one with a blank or
// digit on its other side.
func operated(t []byte, p, e int) bool {
	i := p
	for i > 0 && t[i-1] == ' ' {
		i--
	}
	if i > 0 {
		w := 1
		for i > w && w < 3 && t[i-w] >= 0x80 && t[i-w] < 0xC0 {
			w++
		}
		k := i - w
		for k > 0 && t[k-1] == ' ' {
			k--
		}
		after := k > 0 && (class[t[k-1]]&isDigit != 0 || t[k-1] == ')' || t[k-1] == '!')
		single := k > 0 && k < i-w && i < p && class[t[k-1]]&isAlpha != 0 && (k == 1 || class[t[k-2]]&isAlpha == 0 && t[k-2] != '_' && t[k-2] < 0x80) // x = 13…, 7y = 13…
		if after && mark(t, i-w, "=", "≈", "×", "*", "^", "÷", "·", "<", "≤", "≥") > 0 && (i < p || t[i-1] != '<') || single && mark(t, i-w, "=", ">", "<", "+", "*") == 1 {
			return true
		}
		if t[i-1] == '=' && i > 1 && oneOf(t[i-2], "=!<>") { // a comparison
			return true
		}
		if i < p && mark(t, i-w, "≈", "×", "÷", "≤", "≥") > 0 {
			return true
		}
	}
	k := spaces(t, e)
	if k > e && (mark(t, k, "==", "!=", ">=", "<=") > 0 || has(t[k:], "= ") && k+2 < len(t) && class[t[k+2]]&isAlpha != 0) {
		return true
	}
	w := mark(t, k, "=", "≈", "×", "*", "^", "÷", "%", "mod ", "<", "≤", "≥", "!")
	if w == 0 {
		return false
	}
	f := spaces(t, k+w)
	return f < len(t) && (class[t[f]]&isDigit != 0 || t[f] == '(') && (k > e || t[k] != '<' && t[k] != '=')
}

// natives are mobile numbers that are known without a word where their country's script stands near: how they begin, how many digits they have, and the
// lead bytes of the script's letters.
var natives = [...]struct {
	lead   string
	digits int
	lo, hi byte
}{
	{"010", 11, 0xEA, 0xED},                                                   // Korea
	{"070", 11, 0xE3, 0xE3}, {"080", 11, 0xE3, 0xE3}, {"090", 11, 0xE3, 0xE3}, // Japan
	{"05", 10, 0xD7, 0xDB},                                                 // Saudi Arabia, the Emirates, Israel
	{"01", 11, 0xD8, 0xDB},                                                 // Egypt
	{"09", 11, 0xD8, 0xDB},                                                 // Iran
	{"89", 11, 0xD0, 0xD1},                                                 // Russia
	{"06", 10, 0xE0, 0xE0}, {"08", 10, 0xE0, 0xE0}, {"09", 10, 0xE0, 0xE0}, // Thailand
}

// nativeMobile tells whether the digits at [start,end) are such a number.
func (s *Scanner) nativeMobile(start, end int, d []uint8) bool {
	t := s.text
next:
	for i := range natives {
		m := &natives[i]
		if len(d) != m.digits {
			continue
		}
		for k := range len(m.lead) {
			if d[k] != m.lead[k]-'0' {
				continue next
			}
		}
		s.work += reachBefore
		for i := max(0, start-reachBefore); i < min(len(t), end+reachAfter); i++ {
			if t[i] >= m.lo && t[i] <= m.hi && (i < start || i >= end) {
				return true
			}
		}
	}
	return false
}
