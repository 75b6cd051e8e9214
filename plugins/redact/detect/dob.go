package detect

// DateOfBirth is a date that a word calls somebody's birthday.
var DateOfBirth = define(Kind{Name: "date_of_birth", Family: Personal})

const wordsBirth = "dob born birth birthdate birthday dateofbirth bday bdate geboren geb geburtsdatum geburtstag né née nací nació naissance datenaissance nacido nacida nacimiento fechanacimiento nato nata nascita " +
	"fechanac fnac datanasc nasc nac datanasterii nasterii ddn datedanniversaire fodelsedatum fodelsedag fodt fodselsdato szuletesi szuletett narozeni dogum dogumtarihi dataur synt nascido nascida nascimento nasci nasceu geboortedatum geboorte geboortedag född födelsedatum födelsedag fødselsdato fødselsdag født syntymäaika syntynyt syntymäpäivä fæddur sündinud sünniaeg gimimo gimęs dzimis dzimšanas " +
	"urodzenia urodzony urodzona urodził urodziła urodziłem urodziłam narozen narozena narození narodený narodená narodenia született születési rođen rođena rođenja rojen rojena născut născută naștere nașterii doğum doğumlu " +
	"рождения родился родилась рождён рождена народження народився народилась роден родена раждане рођен рођена γέννησης γεννήθηκε γεννήθηκα γεννηθείς lahir kelahiran ngàysinh sinhngày sinhnh sinhnht nămsinh janm janamtithi kapanganakan ipinanganak " +
	"ميلاد الميلاد ميلادي مواليد ولدت ولادة الولادة تولد متولد לידה הלידה נולד נולדה נולדתי " +
	"生日 出生 生于 生年月日 出生日期 생년월일 출생 생일 誕生日 出世日期 जन्म เกิด"

func init() {
	add(Detector{Type: DateOfBirth, Source: "ISO 8601, basic form", Class: ClassC, Shapes: []string{"99999999"}, Near: reachBirth, Words: wordsBirth,
		Valid: func(v []byte) bool { return birthYear(number2(v, 0)*100+number2(v, 2), number2(v, 4), number2(v, 6)) }})
	for w := range wordsOf(wordsBirth) {
		if w[0] < 0x80 || w[0] >= 0xE0 {
			on(w, (*Scanner).birthAhead) // those of two-byte letters cannot be triggers: letterNear does
		}
	}
	birthContext = named(wordsBirth)
	add(Detector{Type: DateOfBirth, Source: "two digits for the year, as in Korea and Sweden", Class: ClassC, Shapes: []string{"999999"}, Near: reachBirth,
		Words: "dob birthdate dateofbirth födelsedatum syntymäaika 생년월일 생일 生年月日 出生日期", Valid: func(v []byte) bool { return anyDate(number2(v, 0), number2(v, 2), number2(v, 4)) }})
	onTwo("áng", func(s *Scanner, start, _ int) int { // tháng, the Vietnamese word for a month
		if start < 2 || s.text[start-2] != 't' || s.text[start-1] != 'h' {
			return 0
		}
		return s.birthMonth(start-2, 0)
	})
	on("b", func(s *Scanner, start, end int) int { // D.O.B.
		if start < 4 || !foldEqual(s.text[start-4:start], "d.o.") {
			return 0
		}
		return s.birthAhead(start, end)
	})
	on("january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec "+
		"janvier vrier mars avril mai juin juillet septembre octobre novembre cembre ao enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "+
		"gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro maio junho julho setembro outubro novembro dezembro rz dezember "+
		"ocak ubat mart nisan may haziran temmuz ustos eyl ekim kas aral stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrze dziernika listopada grudnia "+
		"januar februar marts maj juni juli oktober december januari februari maart mei maret desember ledna dubna srpna listopadu prosince janu febru szeptember ianuarie februarie iunie iulie decembrie "+
		"tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta rcius prilis jus nius lius augusztus ezna ervna ervence",
		(*Scanner).birthMonth) // février, März, şubat and października behind their marks, août and mayıs before theirs
	on("日生 号生 月生", func(s *Scanner, start, end int) int {
		if end < len(s.text) && mark(s.text, end, "，", "。", "、", "；", "）", "于", ",", ".", " ", ")", ";", "\n") == 0 {
			return 0 // 日生效
		}
		return s.birthBehind(start+3, end)
	})
	on("出生 生まれ 生人 출생", (*Scanner).birthBehind)
	on("出", func(s *Scanner, start, end int) int { // 出 生
		if p := spaces(s.text, end); p > end && has(s.text[p:], "生") {
			return s.birthAhead(start, p+3)
		}
		return 0
	})
	on("ur nar", (*Scanner).birthShort)
	onTwo("д.р Д.р", (*Scanner).birthShort)
	onTwo("рождения родился родилась Родился Родилась народження Народився Народилась народився народилась народилася γέννησης γεννήθηκα γεννήθηκε الميلاد ميلاد ميلادي مواليد ولدت ولادة تولد متولد לידה הלידה נולד", (*Scanner).birthAhead)
	on("大正 昭和 平成 令和 民國 民国", (*Scanner).birthEra)
}

const lastBirth = 2030 // fixed, so that the same text always gives the same result

// birthYear tells whether the date exists and lies in a lifetime.
func birthYear(year, month, day int) bool {
	if year > 2400 { // of Thailand's calendar
		year -= 543
	}
	return year <= lastBirth && calendarDate(year, month, day)
}

// birthDate handles the digits [p,e) before c, one of - / and the full stop: a date in figures, year first, or last with
// day and month in either order. It is asked of every decimal and timestamp, so it reads ahead by hand.
func (s *Scanner) birthDate(p, e int, c byte) int {
	t := s.text
	f := e + 1
	g := digitsAt(t, f, 3)
	if g == f || g-f > 2 || g+1 >= len(t) || t[g] != c {
		return e
	}
	h := g + 1
	end := digitsAt(t, h, 5)
	k := end - h
	if k == 0 || k == 3 || k > 4 || (e-p == 4) != (k <= 2 && e-p > 2) || end < len(t) && (class[t[end]]&isName != 0 && !(s.born && t[end] == 'T' && end+2 < len(t) && class[t[end+1]]&class[t[end+2]]&isDigit != 0) || t[end] == c && end+1 < len(t) && class[t[end+1]]&isDigit != 0) ||
		!numberStart(t, p) {
		return e
	}
	x, y, z := decimal(t[p:e]), decimal(t[f:g]), decimal(t[h:end])
	ok := false
	switch {
	case e-p == 4:
		ok = birthYear(x, y, z)
	case k == 4:
		ok = birthYear(z, y, x) || birthYear(z, x, y)
	case k == 2 && c != '-' && (c == '/' || e-p == 2 && g-f == 2):
		ok = anyDate(z, y, x) || anyDate(z, x, y)
	}
	s.work += end - p
	if ok && !compared(t, p) && (s.born || letterNear(t, p)) && s.types.Has(DateOfBirth) && s.birthNamed(p, reachBirth) {
		s.emit(p, end, DateOfBirth, rankNamed)
		return end
	}
	return e
}

// letterNear tells whether a letter of two bytes stands shortly before p: née and född are no triggers.
func letterNear(t []byte, p int) bool {
	for i := max(1, p-reachBirth); i < p; i++ {
		if t[i] >= 0x80 && t[i-1] >= 0xC3 || t[i-1] == '.' && lower(t[i]) == 'b' { // D.O.B. is no word either
			return true
		}
	}
	return false
}

// compared tells whether the date at p is the bound of a comparison, as in dob > DATE '1900-01-01'. A tag and the mark of a quoted line
// have no blank before them.
func compared(t []byte, p int) bool {
	i := p
	for i > 0 && p-i < 4 && (t[i-1] == ' ' || t[i-1] == '\'' || t[i-1] == '"') {
		i--
	}
	if i > 4 && foldEqual(t[i-4:i], "date") && t[i-5] == ' ' {
		i -= 5
	}
	if i > 0 && t[i-1] == '=' {
		i--
	}
	return i > 1 && i < p && (t[i-1] == '<' || t[i-1] == '>') && t[i-2] == ' '
}

func decimal(v []byte) int {
	n := 0
	for _, c := range v {
		n = n*10 + int(c-'0')
	}
	return n
}

// birthMonth looks at the date around the name of a month, or the part of one that ASCII has.
func (s *Scanner) birthMonth(start, _ int) int {
	if !s.types.Has(DateOfBirth) {
		return 0
	}
	t := s.text
	for start > 0 && t[start-1] >= 0x80 { // the letters with marks before
		for start--; start > 0 && t[start] < 0xC0; start-- {
		}
		for start > 0 && class[t[start-1]]&isAlpha != 0 {
			start--
		}
	}
	i := start
	for i > 0 && start-i < 7 && (oneOf(t[i-1], " .-/") || t[i-1] >= 0x80 || class[t[i-1]]&isAlpha != 0) { // 3rd of, 3 de
		i--
	}
	for i > 0 && start-i < 14 && (class[t[i-1]]&isDigit != 0 || has(t[i-1:], ". ") && i > 1 && class[t[i-2]]&isDigit != 0) {
		i--
	}
	s.work += start - i
	e := 0
	if i < start && class[t[i]]&isDigit != 0 && numberStart(t, i) {
		e = writtenDate(t, i)
	}
	if e <= start {
		i, e = start, writtenDate(t, start)
	}
	if e > start && s.birthNamed(i, reachBirth) {
		s.emit(i, e, DateOfBirth, rankNamed)
		return e
	}
	return 0
}

var birthContext context

// birthAhead looks for a date with the name of a month, or with 年 and 月, soon behind the word.
func (s *Scanner) birthAhead(start, end int) int {
	if !s.types.Has(DateOfBirth) {
		return 0
	}
	s.born = true
	s.readTable(start, end, columnBirth)
	t := s.text
	high := min(len(t), end+reachBirth)
	for i := end; i < high; i++ {
		s.work++
		if t[i] == '\n' {
			if !asked(t, i) && !onlyLabel(t[end:i]) {
				return 0
			}
			high = min(len(t), i+reachBirth) // the answer, perhaps behind who gives it
		}
		if t[i] >= 0xE0 {
			if e := chineseDate(t, i); e > 0 {
				s.emit(i, e, DateOfBirth, rankNamed)
				return e
			}
			n := mark(t, i, "日", "期", "年", "月", "时", "間", "间", "是", "为", "為", "：", "在", "于", "於", "（", "【", "】", "は", "은", "는", "이", "일", "자")
			if n == 0 {
				return 0 // another word: 生日派对
			}
			i += n - 1
			continue
		}
		if k := class[t[i]]; k&isAlnum == 0 || class[t[i-1]]&isAlnum != 0 {
			continue
		}
		e := writtenDate(t, i)
		if e == 0 {
			e = eraShort(t, i)
		}
		if e > 0 {
			if otherEvent(t[end:i]) || birthOf(t, end, i) {
				return 0
			}
			s.emit(i, e, DateOfBirth, rankNamed)
			return e
		}
		if class[t[i]]&isDigit != 0 {
			e := max(spacedDate(t, i), chineseDate(t, i))
			if has(t[end:], "年月") && !has(t[end+6:], "日") {
				e = max(e, birthMonthOnly(t, i))
			}
			if e > 0 && !otherEvent(t[end:i]) && !birthOf(t, end, i) {
				s.emit(i, e, DateOfBirth, rankNamed)
				return e
			}
			return 0
		}
	}
	return 0
}

// birthSpaced handles the digits [p,e) before a full stop, a blank and a digit.
func (s *Scanner) birthSpaced(p, e int) int {
	t := s.text
	if !letterNear(t, p) || !numberStart(t, p) { // words of ASCII look ahead: birthAhead
		return e
	}
	end := spacedDate(t, p)
	s.work += 16
	if end == 0 || !s.types.Has(DateOfBirth) || !s.birthNamed(p, reachBirth) {
		return e
	}
	s.emit(p, end, DateOfBirth, rankNamed)
	return end
}

// spacedDate is the end of a date in figures with blanks behind its full stops, as in Czech, Hungarian and Korean, or 0: 8. 3. 1987, 1985. 06. 12.
func spacedDate(t []byte, p int) int {
	var part, size [3]int
	i := p
	for k := range part {
		e := digitsAt(t, i, 5)
		if part[k], size[k] = decimal(t[i:e]), e-i; e == i {
			return 0
		}
		i = e
		if k < 2 {
			if !has(t[i:], ". ") {
				return 0
			}
			i += 2
		}
	}
	if i < len(t) && class[t[i]]&isName != 0 || size[1] > 2 {
		return 0
	}
	switch {
	case size[0] == 4 && size[2] <= 2 && birthYear(part[0], part[1], part[2]):
		if has(t[i:], ".") {
			i++
		}
		return i
	case size[0] <= 2 && size[2] == 4 && birthYear(part[2], part[1], part[0]):
		return i
	}
	return 0
}

// onlyLabel tells whether nothing but blanks and a colon stands behind a label on its line.
func onlyLabel(v []byte) bool {
	for i := 0; i < len(v); i++ {
		if has(v[i:], "：") {
			i += 2
		} else if v[i] != ' ' && v[i] != ':' && v[i] != '*' && v[i] != '\r' {
			return false
		}
	}
	return true
}

// birthBehind looks for the date that ends where the word starts: 1985年3月12日出生.
func (s *Scanner) birthBehind(start, end int) int {
	t := s.text
	if start >= 3 && has(t[start-3:], "出") { // 出生人口
		return 0
	}
	low := max(0, start-36)
	p := start
	for p > low && t[p-1] == ' ' {
		p--
	}
	if b := figuresBefore(t, p); b >= 0 {
		s.emit(b, p, DateOfBirth, rankNamed)
		return 0
	}
	if has(t[max(0, p-3):], "月") && han(t, end) >= 0 && mark(t, end, "于", "在") == 0 { // 2023年5月出生人口
		return 0
	}
	for i := p - 1; i >= low; i-- {
		if t[i] >= 0xE3 && figure(t, i) >= 0 && (i < 3 || figure(t, i-3) < 0) && chineseDate(t, i) == p {
			s.emit(i, p, DateOfBirth, rankNamed)
			return 0
		}
		if class[t[i]]&isDigit != 0 && (i == 0 || class[t[i-1]]&isName == 0) {
			if e := max(writtenDate(t, i), chineseDate(t, i)); e > 0 && (e == p || e+3 == p && t[e] >= 0xE0) {
				s.work += start - i
				s.emit(i, e, DateOfBirth, rankNamed)
				return 0
			}
		}
	}
	s.work += start - low
	return 0
}

// figuresBefore is where the date in figures starts that ends at p, year first: 1992-08-15; -1 if there is none.
func figuresBefore(t []byte, p int) int {
	i := p
	for i > 0 && p-i < 10 && (class[t[i-1]]&isDigit != 0 || t[i-1] == '-' || t[i-1] == '/' || t[i-1] == '.') {
		i--
	}
	y := digitsAt(t, i, 5)
	if p-i < 8 || y-i != 4 || !numberStart(t, i) {
		return -1
	}
	m := digitsAt(t, y+1, 3)
	if m >= p || t[m] != t[y] || digitsAt(t, m+1, 3) != p || !birthYear(decimal(t[i:y]), decimal(t[y+1:m]), decimal(t[m+1:p])) {
		return -1
	}
	return i
}

// birthShort reads the date behind an abbreviation, the Polish ur. or the Russian д.р., which without its full stop is another word.
func (s *Scanner) birthShort(_, end int) int {
	t := s.text
	if !has(t[end:], ".") || !s.types.Has(DateOfBirth) {
		return 0
	}
	s.born = true
	p := end + 1
	if has(t[p:], ":") {
		p++
	}
	p = spaces(t, p)
	if e := writtenDate(t, p); e > 0 {
		s.emit(p, e, DateOfBirth, rankNamed)
		return e
	}
	d := digitsAt(t, p, 3)
	m := digitsAt(t, min(d+1, len(t)), 3)
	y := digitsAt(t, min(m+1, len(t)), 5)
	if d == p || d-p > 2 || m-d < 2 || m-d > 3 || y-m != 5 || t[d] != t[m] || t[d] != '.' && t[d] != '-' && t[d] != '/' ||
		!birthYear(decimal(t[m+1:y]), decimal(t[d+1:m]), decimal(t[p:d])) {
		return 0
	}
	s.emit(p, y, DateOfBirth, rankNamed)
	return y
}

// birthEra reads a date of Japan's eras that a word before it calls a birthday: 昭和60年3月12日.
func (s *Scanner) birthEra(start, end int) int {
	t := s.text
	p := end
	for _, unit := range [...]string{"年", "月", "日"} {
		e := digitsAt(t, p, 3)
		if e-p > 2 || !has(t[e:], unit) || e == p && !(unit == "年" && has(t[p:], "元")) {
			return 0
		}
		p = e + 3
	}
	s.work += p - start
	if s.types.Has(DateOfBirth) && s.birthNamed(start, 2*reachBirth) {
		s.emit(start, p, DateOfBirth, rankNamed)
		return p
	}
	return 0
}
