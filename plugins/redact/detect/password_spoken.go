package detect

// Passwords in the sentence of a word for one, wherever it has them: my password for the router used to be X, it says wrong password when I type X.

// maxSentence bounds how far a sentence is read.
const maxSentence = 120

// copulas are words right before a value that is said to be something.
var copulas = words("is was be ist lautet war es est é e è era sont jest to är er on je là adalah это este היא הוא هي هو como als auf op на до til till ist: is: to: use used try type typed enter entered tried using with " +
	"shows reads from von into now yeni nun jetzt ora agora ahora maintenant pra para por på naar til na em")

// equals are those of them that give a value, and verbs are those that make a preposition do so: changed to, mudou pra.
var (
	equals = words("is be was ist lautet war es est é e è era sont jest är er je là adalah это este היא הוא هي هو: is: ist: now yeni nun jetzt ora agora ahora maintenant")
	verbs  = words("troquei trocou troquamos meti поставил modificato cambiai zet byt změnil ändrat ändrade cambiamos changed change set reset updated rotated switched geändert gesetzt cambiado cambié cambio cambiada mudou mudei alterada zurückgesetzt changé modifié réinitialisé bytte ändrade gewijzigd veranderd zmieniłem zmieniono поменял сменил изменил поменяли değiştirdim")
)

// changes are words behind one for a password that its value may follow, unlike the rest of notValues.
var changes = words("reset changed updated rotation service store manager location")

// adverbs are words that may stand between a copula and the value.
var adverbs = words("all lowercase uppercase caps still currently just simply probably maybe actually again the word phrase exactly noch immer einfach wohl toujours encore todavía ainda sempre nog steeds teraz всё еще ещё теперь " +
	"fortfarande vielleicht glaub ich something")

// instances are words right before an example.
var instances = words("like such e.g. e.g eg example instance wie z.b. zb comme exemple como ejemplo exemplo come esempio typ")

// wideLeading are characters right before a value: is, as, into, called, with.
const wideLeading = "→|是|为|為|成|到|叫|用|：|は|に|を|는|은|를|을|로|了|คือ|है"

// passwordSpoken reads the rest of the sentence behind the word for a password that starts at start and ends at p. The word says so itself
// when it is noun; "pass" may be a verb.
func (s *Scanner) passwordSpoken(start, p int, noun bool) (found bool) {
	t := s.text
	high := min(len(t), p+maxSentence)
	if p >= high || p > start+1 && t[start] < 0x80 && class[t[p-1]]&(isScore|isHyphen) != 0 || class[t[p]]&isName != 0 || oneOf(t[p], "=(.[{") {
		return false
	}
	led, placed, first, given, change := false, false, true, false, s.changing(start)
	i := p
	for i < high {
		c := t[i]
		if c == ' ' || c == ',' || c == ':' || c == '"' || c == '\'' || c == '`' {
			led = led || c == ':'
			i++
			continue
		}
		if c >= 0xE0 || c == 0xC2 && i+1 < high {
			n := 3
			if c == 0xC2 {
				n = 2
			}
			if c >= 0xF0 {
				n = 4
			}
			if among(t, i, "。|！|？|；|如|例") > 0 {
				break
			}
			if k := among(t, i, wideLeading); k > 0 {
				led, n = true, k
				given = among(t, i, "→|是|为|為|成|到|：|は|に|を|는|은|를|을|로|คือ|है") > 0
			} else if among(t, i, "“|”|「|」|『|』|【|】|«|»|‘|’") == 0 {
				led = false
			}
			i += n
			first = false
			continue
		}
		lo := i
		for i < high && t[i] > ' ' && (t[i] < 0x80 || t[i] >= 0xC3 && t[i] < 0xE0 || t[i] < 0xC0) && !oneOf(t[i], "\"'`") {
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
		v := t[lo:hi]
		if len(v) == 0 && has(t[i:], " →") {
			continue
		}
		if len(v) == 0 || foreign(v) {
			break
		}
		w := ""
		if len(v) < 12 {
			w = lowerOf(t, lo, hi)
		}
		switch {
		case instances.has(w), first && notValues.has(w) && !changes.has(w):
			s.work += i - p
			return found
		case striking(v) && !template(v) && !sampled(v), led && noun && (coded(v) || (given || s.changed(hi)) && (plainly(v) || hyphened(v))) && !template(v),
			given && len(v) > 4 && oneOf(v[len(v)-1], "#*") && digitsIn(v) == len(v)-1,
			led && noun && (placed || given) && len(v) >= 6 && len(v) <= 20 && digitsIn(v) == len(v) && secretValue(v, keyStrong, false, true):
			s.emit(lo, hi, Password, rankGeneric)
			found = true
		case first && prepositions.has(w):
			placed = true
		}
		change = change || verbs.has(w)
		colon := hi < i && t[hi] == ':'
		if led && adverbs.has(w) && hi == i {
			first = false
			continue
		}
		led = colon || copulas.has(w) || change && (w == "a" || w == "en" || w == "in")
		given = colon || equals.has(w) || led && change
		first = false
		if hi < i && t[hi] != ',' && t[hi] != ':' && t[hi] != ')' { // the end of the sentence
			break
		}
	}
	s.work += i - p
	return found
}

// changing tells whether a verb before the word at p says that what it names got a value: I set the password to.
func (s *Scanner) changing(p int) bool {
	t := s.text
	for k := 0; k < 3; k++ {
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
