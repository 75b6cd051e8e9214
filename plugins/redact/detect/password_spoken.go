package detect

// Passwords in the sentence of a word for one, wherever it has them: my password for the router used to be X, it says wrong password when I type X.

// maxSentence bounds how far a sentence is read.
const maxSentence = 120

// Words right before a value.
var (
	equals = words("is be was ist lautet war es est é e è era sont jest är er je là adalah это este היא הוא هي هو: is: ist: now yeni nun jetzt ora agora ahora maintenant") // say what it is
	leads  = words("to on como als auf op на до til till to: use used type enter using with shows reads from von into pra para por på naar na em")                          // may lead to it
	verbs  = words("changed change set zet reset updated rotated switched geändert gesetzt zurückgesetzt cambiado cambié cambio cambiada cambiai cambiamos modificato mudou mudei alterada troquei trocou troquamos " +
		"changé modifié réinitialisé byt bytte ändrade ändrat gewijzigd veranderd zmieniłem zmieniono změnil поменял сменил изменил поменяли поставил değiştirdim") // give it, so that what leads says what it is: changed to, mudou pra
	adverbs = words("all lowercase uppercase caps still currently just simply probably maybe actually again the word phrase exactly something noch immer einfach wohl vielleicht glaub ich toujours encore " +
		"todavía ainda sempre nog steeds teraz fortfarande всё еще ещё теперь") // may stand between
	attempts     = words("try tried typed entered probé intenté essayé versucht versuchte tentei tentado пробовал пробую prova provato prövade probeerde") // say what was taken for it, also behind a question
	conjunctions = words("and or und oder y o e et ou och eller en of и или")                                                                              // lead to another
	instances    = words("like such e.g. e.g eg example instance wie z.b. zb comme exemple como ejemplo exemplo come esempio typ")                         // lead to an example
	changes      = words("reset changed updated rotation service store manager location")                                                                  // of notValues, behind which a value may follow
)

// Characters right before a value, of which the first say what it is: is, as, into; called, with.
const (
	wideEquals = "→|试了|试过|填的|写的|是|为|為|成|到|：|は|に|を|는|은|를|을|로|คือ|है"
	wideLeads  = wideEquals + "|叫|用|了"
)

// sentence is what the words say that have been read of one.
type sentence struct {
	noun   bool // its word is a password for sure; "pass" may be a verb
	first  bool // nothing has been read behind that word
	placed bool // a preposition stood there: the password for the printer
	change bool // a verb says that the password was changed
	led    bool // what was read last leads to a value
	given  bool // and says that it is the password
	after  bool // a password was the last word
	asked  bool // a question has ended: only what was tried counts behind it
}

// passwordSpoken reads the rest of the sentence behind the word for a password that starts at start and ends at p, and tells whether it
// found one.
func (s *Scanner) passwordSpoken(start, p int, noun bool) (found bool) {
	t := s.text
	high := min(len(t), p+maxSentence)
	if p >= high || p > start+1 && t[start] < 0x80 && class[t[p-1]]&(isScore|isHyphen) != 0 || class[t[p]]&isName != 0 || oneOf(t[p], "=(.[{") {
		return false
	}
	c := sentence{noun: noun, first: true, change: s.changing(start)}
	i := p
	if p < s.sentences { // of a sentence that has been read
		if s.stopped {
			return false
		}
		i = s.sentences
	}
	from := i
	for i < high {
		if oneOf(t[i], " ,:\"'`") {
			c.led = c.led || t[i] == ':'
			i++
			continue
		}
		if t[i] >= 0xE0 || t[i] == 0xC2 {
			n := c.wide(t, i)
			if n == 0 {
				break
			}
			i += n
			continue
		}
		lo := i
		for i < high && t[i] > ' ' && t[i] < 0xE0 && t[i] != 0xC2 && !oneOf(t[i], "\"'`") {
			i++
		}
		if i == lo || i == high && i < len(t) && t[i] > ' ' {
			break
		}
		hi := i
		for hi > lo && oneOf(t[hi-1], ".,;:?)") {
			hi--
		}
		for lo < hi && t[lo] == '(' {
			lo++
		}
		if lo == hi && among(t, i, " →|—") > 0 {
			continue
		}
		v := t[lo:hi]
		if lo == hi || foreign(v) {
			break
		}
		w := ""
		if len(v) < 12 {
			w = lowerOf(t, lo, hi)
		}
		if instances.has(w) || c.first && notValues.has(w) && !changes.has(w) {
			break
		}
		if c.says(v) || c.led && noun && !c.given && (plainly(v) || hyphened(v)) && s.changed(hi) {
			s.emit(lo, hi, Password, rankGeneric)
			found, c.after, c.led, c.given = true, true, false, false
		} else {
			c.word(w, hi < i && t[hi] == ':')
		}
		if hi < i && t[hi] == '?' {
			c.asked, c.led = true, false
			continue
		}
		if hi < i && t[hi] != ',' && t[hi] != ':' && t[hi] != ')' { // the end of the sentence
			break
		}
	}
	s.work += max(i-from, 0)
	if noun {
		s.sentences, s.stopped = max(i, s.sentences), i < high
	}
	return found
}

// wide takes the character at i, of two bytes or more, and returns its length, 0 where the sentence ends or goes on with an example.
func (c *sentence) wide(t []byte, i int) int {
	n := 3
	switch {
	case t[i] == 0xC2:
		n = 2
	case t[i] >= 0xF0:
		n = 4
	}
	if among(t, i, "。|！|？|；|如|例") > 0 {
		return 0
	}
	c.first = false
	if k := among(t, i, wideLeads); k > 0 {
		c.after = false
		c.led, c.given = true, among(t, i, wideEquals) > 0
		return k
	}
	if among(t, i, "“|”|「|」|『|』|【|】|«|»|‘|’") == 0 {
		c.led = c.after && among(t, i, "和|、|或|跟") > 0
		c.given = c.led
	}
	return n
}

// word takes the word w, empty when it is a long one, which a colon stands behind or not.
func (c *sentence) word(w string, colon bool) {
	if c.first && prepositions.has(w) {
		c.placed = true
	}
	if c.first = false; c.after && conjunctions.has(w) {
		c.led, c.given = true, true
		return
	}
	c.after = false
	c.change = c.change || verbs.has(w)
	if c.led && !colon && adverbs.has(w) {
		return
	}
	if c.asked {
		c.led = attempts.has(w)
		c.given = c.led
		return
	}
	equal := colon || equals.has(w) || attempts.has(w)
	c.led = equal || leads.has(w) || c.change && (w == "a" || w == "en" || w == "in")
	c.given = equal || c.led && c.change
}

// says tells whether v is the password that the sentence speaks of.
func (c *sentence) says(v []byte) bool {
	switch {
	case template(v):
		return false
	case striking(v):
		return !sampled(v)
	case !c.led:
		return false
	case c.given && len(v) > 4 && oneOf(v[len(v)-1], "#*") && digitsIn(v) == len(v)-1:
		return true
	case !c.noun:
		return false
	case digitsIn(v) == len(v):
		return (c.placed || c.given) && len(v) >= 6 && len(v) <= 20 && secretValue(v, keyStrong, false, true)
	}
	return coded(v) || c.given && (plainly(v) || hyphened(v) || len(v) >= 8 && mixed(v) && hasUpper(v) && !expressionLike(v))
}

// changing tells whether a verb before the word at p says that what it names got a value: I set the password to.
func (s *Scanner) changing(p int) bool {
	t := s.text
	for range 3 {
		for p > 0 && t[p-1] == ' ' {
			p--
		}
		e := p
		for p > 0 && e-p < 24 && (class[t[p-1]]&isAlpha != 0 || t[p-1] >= 0x80) {
			p--
		}
		if p == e {
			return false
		}
		if verbs.has(lowerOf(t, p, e)) {
			return true
		}
	}
	return false
}

// changed tells whether the word behind p is such a verb: auf X geändert.
func (s *Scanner) changed(p int) bool {
	t := s.text
	if p < len(t) && t[p] == ' ' {
		p++
	}
	e := p
	for e < len(t) && e-p < 24 && (class[t[e]]&isAlpha != 0 || t[e] >= 0x80) {
		e++
	}
	return verbs.has(lowerOf(t, p, e))
}

// foreign tells whether v belongs to source code, a path or an address: no sentence goes on behind it.
func foreign(v []byte) bool {
	for i, c := range v {
		if oneOf(c, "(){}[]<>=;|\\") || c == ':' && i+1 < len(v) && v[i+1] == ':' || c == '/' && (i == 0 || i+1 < len(v) && v[i+1] == '/') {
			return true
		}
	}
	return false
}
