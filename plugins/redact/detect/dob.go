package detect

// DateOfBirth is a date that a word calls somebody's birthday.
var DateOfBirth = define(Kind{Name: "date_of_birth", Family: Personal})

const wordsBirth = "dob born birth birthdate birthday dateofbirth bday bdate geboren geb geburtsdatum geburtstag né née naissance datenaissance nacido nacida nacimiento fechanacimiento nato nata nascita " +
	"nascido nascida nascimento geboortedatum geboorte född syntymäaika fødselsdato født urodzenia urodzony urodzona doğum рождения родился родилась " +
	"生日 出生 生于 生年月日 出生日期 생년월일 출생 생일 誕生日 出世日期 जन्म วันเกิด"

func init() {
	add(
		Detector{Type: DateOfBirth, Source: "year first", Class: ClassC, Shapes: []string{"9999-99-99", "9999/99/99", "9999.99.99", "9999-9-9", "9999/9/9", "9999/9/99", "9999/99/9", "9999-99-9", "9999-9-99", "99999999"}, Near: reachBirth,
			Valid: func(v []byte) bool { return validBirth(v, 0) }, Words: wordsBirth},
		Detector{Type: DateOfBirth, Source: "year last", Class: ClassC, Shapes: []string{"99/99/9999", "99.99.9999", "99-99-9999", "9/9/9999", "9/99/9999", "99/9/9999", "9.9.9999", "9.99.9999", "99.9.9999", "99 99 9999", "99/99/99", "99.99.99"}, Near: reachBirth,
			Valid: func(v []byte) bool { return validBirth(v, len(v)-4) }, Words: wordsBirth},
	)
	on("dob born birth birthdate birthday geboren geb geburtsdatum naissance nacido nacida nacimiento nato nata nascita nascido nascida nascimento geboortedatum", (*Scanner).birthAhead)
	on("生日 出生 生于 生年月日 誕生日 생년월일 출생 생일", (*Scanner).birthAhead)
	birthContext = named(wordsBirth)
	on("janvier vrier mars avril mai juin juillet septembre octobre novembre cembre", (*Scanner).birthMonth) // février and décembre, behind their accents
	on("出生 生まれ 生人 출생", (*Scanner).birthBehind)
}

const lastBirth = 2030 // fixed, so that the same text always gives the same result

// validBirth: the year's four digits stand at y, or two at the end of six; day and month in either order.
func validBirth(v []byte, y int) bool {
	if len(v) == 6 && y > 0 {
		a, b, year := number2(v, 0), number2(v, 2), number2(v, 4)
		if anyDate(year, a, b) || anyDate(year, b, a) {
			return true
		}
	}
	year := number2(v, y)*100 + number2(v, y+2)
	if year > lastBirth {
		return false
	}
	rest := v[4:]
	if y > 0 {
		rest = v[:y]
	}
	// One digit or two: 5/12 and 51/2 have the same digits, but not the same shape; any reading that is a date will do.
	for k := 1; k < len(rest) && k <= 2; k++ {
		a, b := decimal(rest[:k]), decimal(rest[k:])
		if calendarDate(year, a, b) || y > 0 && calendarDate(year, b, a) {
			return true
		}
	}
	return false
}

func decimal(v []byte) int {
	n := 0
	for _, c := range v {
		n = n*10 + int(c-'0')
	}
	return n
}

const reachBirth = 24

// nearby tells whether a word of the context ends within reach bytes before start, or heads its column.
func (s *Scanner) nearby(start int, ctx context, reach int) bool {
	s.favours(start, ctx) // reads the words before
	for _, h := range s.near.hits[:s.near.n] {
		if h.at >= start-reach && terms[h.term].names.has(ctx) {
			return true
		}
	}
	c := s.columnNames(start)
	return c != nil && c.has(ctx)
}

// birthMonth looks at the date around the name of a month, in languages whose words for a birth are not only of ASCII.
func (s *Scanner) birthMonth(start, _ int) int {
	t := s.text
	i := start
	for i > 0 && start-i < 8 && (t[i-1] == ' ' || t[i-1] >= 0x80 || class[t[i-1]]&isAlpha != 0) {
		i--
	}
	for i > 0 && start-i < 8 && class[t[i-1]]&isDigit != 0 {
		i--
	}
	s.work += start - i
	if e := writtenDate(t, i); e > start && s.nearby(i, birthContext, reachBirth) {
		s.emit(i, e, DateOfBirth, rankNamed)
		return e
	}
	return 0
}

var birthContext context

// birthAhead looks for a date with the name of a month, or with 年 and 月, soon behind the word.
func (s *Scanner) birthAhead(_, end int) int {
	if !s.types.Has(DateOfBirth) {
		return 0
	}
	t := s.text
	high := min(len(t), end+reachBirth)
	for i := end; i < high && t[i] != '\n'; i++ {
		s.work++
		if k := class[t[i]]; k&isAlnum == 0 || class[t[i-1]]&isAlnum != 0 {
			continue
		}
		if e := writtenDate(t, i); e > 0 {
			s.emit(i, e, DateOfBirth, rankNamed)
			return e
		}
		if class[t[i]]&isDigit != 0 {
			return 0
		}
	}
	return 0
}

// birthBehind looks for the date that ends where the word starts: 1985年3月12日出生.
func (s *Scanner) birthBehind(start, _ int) int {
	t := s.text
	low := max(0, start-36)
	p := start
	for p > low && t[p-1] == ' ' {
		p--
	}
	for i := p - 1; i >= low; i-- {
		if class[t[i]]&isDigit != 0 && (i == 0 || class[t[i-1]]&isName == 0) {
			if e := writtenDate(t, i); e > 0 && (e == p || e+3 == p && t[e] >= 0xE0) {
				s.work += start - i
				s.emit(i, e, DateOfBirth, rankNamed)
				return 0
			}
		}
	}
	s.work += start - low
	return 0
}

// writtenDate reads a date with a month in words, or in Chinese, Japanese and Korean, and returns its end, or 0.
func writtenDate(t []byte, i int) int {
	day, month, year := 0, 0, 0
	last := 0
	for part := 0; part < 5; part++ {
		if i >= len(t) {
			break
		}
		if class[t[i]]&isDigit != 0 {
			j := digitsAt(t, i, 4)
			n := decimal(t[i:j])
			switch unit := mark(t, spaces(t, j), "年", "년"); {
			case j-i == 4:
				if year != 0 {
					return 0
				}
				year = n
				if unit > 0 {
					j += unit
				}
			case j-i <= 2 && mark(t, j, "月", "월") > 0:
				month = n
				j += 3
			case j-i <= 2 && day == 0:
				day = n
				if k := mark(t, j, "日", "号", "일", "st", "nd", "rd", "th", "er", "º", "ª", "."); k > 0 {
					j += k
				}
			default:
				return 0
			}
			i, last = j, j
		} else if class[t[i]]&isAlpha != 0 || t[i] >= 0xC3 && t[i] <= 0xCF {
			j := i
			for j < len(t) && j-i < 12 && (class[t[j]]&isAlpha != 0 || t[j] >= 0x80) {
				j++
			}
			if m := monthNamed(t[i:j]); m > 0 && month == 0 {
				month, last = m, j
			} else if w := string(t[i:j]); w != "of" && w != "de" && w != "the" && w != "del" {
				break
			} else {
				part--
				if day == 0 {
					return 0
				}
			}
			i = j
		} else {
			break
		}
		if day > 0 && month > 0 && year > 0 {
			if year <= lastBirth && calendarDate(year, month, day) {
				return last
			}
			return 0
		}
		for k := 0; k < 3 && i < len(t) && (t[i] == ' ' || t[i] == ',' || t[i] == '.' || t[i] == '-'); k++ {
			i++
		}
	}
	return 0
}

// monthNamed is the month of which w is the name or an abbreviation in one of nine languages, or 0.
func monthNamed(w []byte) int {
	if len(w) < 3 {
		return 0
	}
	var b [4]byte
	for i := range min(4, len(w)) {
		b[i] = lower(w[i])
	}
	names := [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", // English
		"ene", "f\xc3\xa9", "m\xc3\xa4", "avr", "mai", "giu", "lug", "ago", "set", "okt", "nov", "dez", "gen", "fev", "mrt", "abr", "mag", "jui", "\x00", "ao\xc3", "\x00", "ott", "\x00", "d\xc3\xa9",
		"\x00", "\x00", "maa", "\x00", "mei", "\x00", "\x00", "\x00", "\x00", "out", "\x00", "dic"}
	if string(b[:]) == "juil" {
		return 7
	}
	for i, n := range names {
		if string(b[:len(n)]) == n {
			return i%12 + 1
		}
	}
	return 0
}
