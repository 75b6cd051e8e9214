package detect

// Address is a postal address in English, German, French, Spanish or Italian: a street with its number, and the postal code and town
// behind it. A street without a postal code has to be named as an address.
var Address = define(Kind{Name: "address", Family: Personal})

// A postal code of five digits looks back for a street (DE, FR, ES, IT); English streets are known by the word behind their name and
// look ahead for the code; words such as Adresse look ahead for a street.

func init() {
	on("street st avenue ave road rd boulevard blvd lane ln drive dr court ct terrace square parkway pkwy circle close crescent gardens mews way place pl highway hwy row walk broadway parade esplanade quay grove wharf alley plaza trail", (*Scanner).englishStreet)
	on("address addresses addr adresse anschrift wohnhaft wohne wohnt domicile habite demeurant direccion domicilio vivo indirizzo residente adres woonadres", (*Scanner).streetBehind)
	contextStreet = named("address addr addresses home mailing shipping ship deliver delivered delivery billing residence residing resides reside live lives living lived located moved move mail send sent apartment visit adresse anschrift wohnhaft wohne wohnt lieferadresse " +
		"domicile habite dirección direccion domicilio vivo indirizzo 地址 住址 寄到")
}

var contextStreet context

// englishStreet is asked at a word such as Street: a number and one to four capitalised words stand before it.
func (s *Scanner) englishStreet(start, end int) int {
	t := s.text
	if class[t[start]]&isUpper == 0 || start < 4 || t[start-1] != ' ' || end < len(t) && class[t[end]]&isName != 0 {
		return 0
	}
	lo := start - 1
	named := 0
	for {
		e := lo
		for lo > 0 && start-lo < 48 && (class[t[lo-1]]&isAlnum != 0 || t[lo-1] == '\'' || t[lo-1] == '-' || t[lo-1] == '.' || t[lo-1] == '/' || t[lo-1] >= 0xC3) {
			lo--
		}
		if lo == e || start-lo >= 48 {
			return 0
		}
		if class[t[lo]]&isDigit != 0 && houseNumber(t[lo:e]) && named > 0 {
			break
		}
		if class[t[lo]]&isUpper == 0 && !ordinal(t[lo:e]) && t[lo] < 0x80 || named == 4 || lo == 0 || t[lo-1] != ' ' {
			return 0
		}
		named++
		lo--
	}
	s.work += end - lo
	if lo > 0 && (class[t[lo-1]]&isName != 0 && !escapeBefore(t, lo) || t[lo-1] == '.' || t[lo-1] == '$' || t[lo-1] == '-') {
		return 0
	}
	lo = flatBefore(t, lo)
	if end < len(t) && t[end] == '.' {
		end++
	}
	// What follows: a direction, a flat, the town, the state and the code.
	stop, coded := s.town(end)
	if coded {
		end = stop
	} else {
		end = flat(t, end)
		if c := s.columnNames(lo); !s.favours(lo, contextStreet) && !streetKey(t, lo) && !(c != nil && c.has(contextStreet)) {
			return 0
		}
		end = townOnly(t, end)
	}
	s.emit(lo, end, Address, rankNamed)
	return end
}

// houseNumber tells whether b is the number of a house: 12, 12a, 12-14.
func houseNumber(b []byte) bool {
	if len(b) > 7 || class[b[0]]&isDigit == 0 {
		return false
	}
	letters := 0
	for n, c := range b {
		switch {
		case class[c]&isAlpha != 0:
			letters++
		case c == '/' && letters == 0 && n < len(b)-1: // a flat before it: 7/41
		case class[c]&isDigit != 0 && letters > 0, c == '.', c >= 0x80:
			return false
		}
	}
	return letters <= 1
}

// ordinal tells whether b is 5th, 42nd or the like.
func ordinal(b []byte) bool {
	n := len(b)
	return n >= 3 && class[b[0]]&isDigit != 0 && class[b[n-1]]&class[b[n-2]]&isLower != 0
}

func hasDigit(b []byte) bool {
	for _, c := range b {
		if class[c]&isDigit != 0 {
			return true
		}
	}
	return false
}

// postcode is asked at five digits [p,e): a street stands before them and a town behind.
func (s *Scanner) postcode(p, e int) int {
	t := s.text
	if !s.types.Has(Address) || p < 8 || e+2 >= len(t) || t[e] != ' ' || class[t[e+1]]&isUpper == 0 && t[e+1] < 0xC3 {
		return 0
	}
	// Back over ", " or a line end to the street.
	i := p
	if i >= 2 && t[i-1] == '-' && class[t[i-2]]&isUpper != 0 { // D-10115
		i -= 2
	}
	if t[i-1] != ' ' && t[i-1] != '\n' && t[i-1] != ',' {
		return 0
	}
	for i > 0 && (t[i-1] == ' ' || t[i-1] == ',' || t[i-1] == '\n') {
		i--
	}
	if i == 0 || p-i > 4 {
		return 0
	}
	lo := max(0, i-60)
	for k := i - 1; k >= lo; k-- {
		if c := t[k]; c == '\n' || c == '"' || c == ':' || c == ';' || c == '(' || c == '<' || c == '{' || c == '\t' || c == '|' || c == '=' {
			lo = k + 1
			break
		}
	}
	s.work += i - lo
	start := street(t, lo, i)
	if start < 0 {
		if start = namedStreet(t, lo, i); start < 0 || e+4 > len(t) || class[t[e+1]]&isUpper == 0 || class[t[e+2]]&class[t[e+3]]&isLower == 0 && t[e+2] < 0xC3 {
			return 0
		}
	}
	// The town: capitalised words.
	end := e
	for k := 0; k < 4 && end+1 < len(t) && (t[end] == ' ' || t[end] == '-') && (class[t[end+1]]&isUpper != 0 || t[end+1] >= 0xC3 && t[end+1] < 0xD0 ||
		k > 0 && (has(t[end+1:], "am ") || has(t[end+1:], "de ") || has(t[end+1:], "la ") || has(t[end+1:], "an ") || has(t[end+1:], "sur-") || has(t[end+1:], "der "))); k++ {
		end++
		for end < len(t) && (class[t[end]]&isAlpha != 0 || t[end] >= 0xC3 && t[end] < 0xD0 || t[end] >= 0x80 && t[end] < 0xC0 || t[end] == '\'') {
			end++
		}
	}
	s.emit(start, end, Address, rankNamed)
	return end
}

// streetBehind is asked at a word for address: a street may follow within 64 bytes of the same line.
func (s *Scanner) streetBehind(start, end int) int {
	t := s.text
	stop := min(len(t), end+80)
	p := end
	for p < stop && (t[p] == ':' || t[p] == ' ' || t[p] == '"' || t[p] == '=' || t[p] == '\'' || t[p] == '>' || t[p] == '\\') {
		p++
	}
	for _, w := range [...]string{"ist ", "lautet ", "in der ", "in ", "am ", "es ", "en la ", "en ", "est ", "au ", "à ", "is ", "at "} {
		if has(t[p:], w) {
			p += len(w)
			break
		}
	}
	// A street ends with its number or with a comma, a quote or the line.
	for i := p; i < stop; i++ {
		c := t[i]
		last := i+1 == len(t)
		if !last && c != ',' && c != '"' && c != '\n' && c != '.' && c != '<' && c != '\\' && c != ' ' && c != '\'' && c < 0xE0 {
			continue
		}
		if c == '.' && i+1 < len(t) && t[i+1] == ' ' && i > p && class[t[i-1]]&isAlpha != 0 {
			continue
		}
		e := i
		if last && class[c]&isAlnum != 0 {
			e = i + 1
		} else if c >= 0x80 && c < 0xE0 { // the text ends within a word
			break
		}
		if b := street(t, p, e); b >= 0 {
			s.work += e - start
			if b-p > 24 {
				return 0
			}
			e = codedTown(t, e)
			s.emit(b, e, Address, rankNamed)
			return 0
		}
		if c == '"' || c == '\n' || c == '<' || c >= 0xE0 {
			break
		}
	}
	s.work += stop - start
	return 0
}

// street tells where in t[lo:hi] a street with its number starts that reaches to hi, or -1: Hauptstraße 12a, Am Markt 3, 12 bis rue de
// la Paix, Calle Mayor 5, 2º B, Via Roma 10.
func street(t []byte, lo, hi int) int {
	for lo < hi && t[lo] == ' ' {
		lo++
	}
	b := t[lo:hi]
	// The number behind the name.
	if n := numberBehind(b); n > 0 {
		name := b[:n]
		for n > 0 && (name[n-1] == ' ' || name[n-1] == ',') {
			n--
		}
		name = name[:n]
		if k := germanStreet(name); k >= 0 {
			return lo + k
		}
		if k := beginsStreet(name, romanceStreets); k >= 0 {
			return lo + k
		}
		return -1
	}
	// The number before it: 12 rue.
	for k := 0; k < len(b); k++ {
		if class[b[k]]&isDigit == 0 || k > 0 && b[k-1] != ' ' && b[k-1] != ',' {
			continue
		}
		e := k
		for e < len(b) && class[b[e]]&isDigit != 0 {
			e++
		}
		if e-k > 4 {
			k = e
			continue
		}
		for _, w := range [...]string{" bis", " ter", "bis", "ter", ","} {
			if has(b[e:], w) {
				e += len(w)
			}
		}
		if e < len(b) && b[e] == ' ' && beginsStreet(b[e+1:], frenchStreets) == 0 {
			return lo + k
		}
		k = e
	}
	return -1
}

// numberBehind is where the number of a house starts that b ends with, perhaps with a floor and door; 0 if there is none.
func numberBehind(b []byte) int {
	n := len(b)
	for tries := 0; tries < 2; tries++ {
		i := n
		for i > 0 && b[i-1] != ' ' && n-i < 8 {
			i--
		}
		if i > 0 && i < n && b[i-1] == ' ' {
			w := b[i:n]
			if w[len(w)-1] == ',' {
				w = w[:len(w)-1]
			}
			if len(w) > 0 && len(w) <= 6 && class[w[0]]&isDigit != 0 && len(w)-digitsIn(w) <= 3 {
				// 12, 2º B: the number stands one word before.
				return i
			}
			if len(w) != 1 {
				return 0
			}
			n = i - 1 // 12 a
			continue
		}
		return 0
	}
	return 0
}

//go:noinline
func digitsIn(b []byte) (n int) {
	for _, c := range b {
		if class[c]&isDigit != 0 {
			n++
		}
	}
	return n
}

// germanStreet tells where a German street's name starts that is at the end of b, or -1: its last word ends like a street.
func germanStreet(b []byte) int {
	i := len(b)
	for i > 0 && b[i-1] != ' ' {
		i--
	}
	w := b[i:]
	if len(w) < 4 {
		return -1
	}
	found := false
	for _, e := range [...]string{"straße", "strasse", "str.", "str", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer", "chaussee", "steig", "stieg", "pfad", "markt", "Straße", "Strasse", "Str.", "Weg", "Platz", "Allee", "Gasse", "Ring", "Damm", "Ufer", "Markt", "Chaussee", "graben", "hof", "berg", "tor", "bach", "feld", "wall", "kai", "höhe", "garten", "gärten", "park", "anger", "winkel", "grund", "brücke", "bogen", "rain", "kamp", "stiege", "twiete", "straat", "laan", "gracht", "plein", "kade", "singel", "dijk", "dreef", "plantsoen"} {
		if len(w) >= len(e) && string(w[len(w)-len(e):]) == e {
			found = len(w) > len(e)+1 || i > 0 && class[e[0]]&isUpper != 0
			break
		}
	}
	if !found || class[w[0]]&isUpper == 0 && w[0] < 0xC3 && b[0] != 'S' {
		return -1
	}
	// Words before it that belong to the name: Unter den, Am, An der, Berliner.
	for k := 0; k < 3 && i > 0; k++ {
		j := i - 1
		for j > 0 && b[j-1] != ' ' {
			j--
		}
		w := string(b[j : i-1])
		switch {
		case w == "der" || w == "den" || w == "dem":
		case w == "Am" || w == "An" || w == "Auf" || w == "Im" || w == "In" || w == "Zum" || w == "Zur" || w == "Unter" || w == "Alte" || w == "Neue" || w == "Große" || w == "Kleine":
			return j
		case len(w) > 4 && (w[len(w)-2:] == "er" || w[len(w)-2:] == "e-") && class[w[0]]&isUpper != 0:
			return j
		default:
			return i
		}
		i = j
	}
	return i
}

var frenchStreets = []string{"rue ", "avenue ", "boulevard ", "bd ", "av. ", "place ", "chemin ", "allée ", "impasse ", "quai ", "route ", "cours ", "square ", "passage ", "Rue ", "Avenue ", "Boulevard ", "Place ", "Chemin ", "Allée ", "Impasse ", "Quai ", "Route ", "Cours "}
var romanceStreets = []string{"Calle ", "C/ ", "C/", "Avenida ", "Avda. ", "Avda ", "Av. ", "Plaza ", "Paseo ", "Carrer ", "Camino ", "Ronda ", "Travesía ", "Glorieta ", "calle ", "avenida ", "plaza ", "paseo ", "Via ", "Viale ", "Piazza ", "Corso ", "via ", "Rua ", "Largo ", "Vicolo "}

// beginsStreet tells where in b a word of the list begins that a capitalised word or an article follows, or -1.
func beginsStreet(b []byte, list []string) int {
	for i := range b {
		if i > 0 && b[i-1] != ' ' {
			continue
		}
		for _, w := range list {
			if !has(b[i:], w) {
				continue
			}
			rest := b[i+len(w):]
			if len(rest) > 2 && (class[rest[0]]&isUpper != 0 || rest[0] >= 0xC3 || has(rest, "de") || has(rest, "du ") || has(rest, "des ") || has(rest, "la ") || has(rest, "l'") || has(rest, "d'") || has(rest, "del ")) {
				return i
			}
		}
	}
	return -1
}
