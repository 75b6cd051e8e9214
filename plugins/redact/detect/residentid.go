package detect

// Resident identity number of the PRC: GB 11643-1999. Six digits of region, the date of birth, three
// digits of sequence and a check character by ISO 7064 MOD 11-2, which may be X. Region codes are only
// checked for their province: a person keeps a number whose county was dissolved since. 81, 82 and 83 are
// the residence permits of people from Hong Kong, Macao and Taiwan. Foreigners' cards of 2023 have a 9 before the province.
//
// One in 70,000 random numbers of 18 digits passes, so no context is asked for. The numbers of 15 digits that
// were given out until 1999 have no check digit and a year of two digits, the foreigners' cards of 2004 to 2023 start with the
// three letters of a country: both have to be named.

const wordsCNResidentID = "idcard idcardno idno idnum idnumber identity identitycard identityno residentid nationalid citizenid sfz sfzh zjhm certno certificateno " +
	"身份证 身份號 身份号 身分证 身份證 身分證 证件号 證件號 公民身份 居留证 居留身份 永居证 永久居留 居住证"

func init() {
	ctx := named(wordsCNResidentID)
	numberRules = append([]numberRule{{CNResidentID, 1 << 4, 0, rankSure, nil, matchCNResidentID}, {CNResidentID, 1 << 15, 0, rankNamed, nil, func(s *Scanner, n *number) (start, end int, ok bool) {
		d := n.digits[:n.count[1]]
		if len(d) != 15 || !n.alone(s.text, 0) || !province(d[0], d[1]) ||
			!calendarDate(1900+int(d[6])*10+int(d[7]), int(d[8])*10+int(d[9]), int(d[10])*10+int(d[11])) {
			return 0, 0, false
		}
		return n.begin[0], n.end[0], s.sense(n.begin[0], n.end[0], ctx) == favour
	}}}, numberRules...)
	on("g", (*Scanner).pupil)
	add(Detector{
		Type: CNResidentID, Source: "foreigners' permanent residence cards of 2004, GA/T 1068", Class: ClassC,
		Shapes: []string{"AAA999999999999"}, Words: wordsCNResidentID,
		Valid: func(v []byte) bool {
			for i := range v[3:] {
				v[3+i] -= '0'
			}
			return province(v[3], v[4]) && calendarDate(1900+int(v[7])*10+int(v[8]), int(v[9])*10+int(v[10]), int(v[11])*10+int(v[12]))
		},
	})
}

// pupil reads the number of a pupil in mainland China (学籍号) behind its letter: G and the identity number.
func (s *Scanner) pupil(start, end int) int {
	t := s.text
	e := digitsAt(t, end, 19)
	if n := e - end; n != 18 && n != 17 || start > 0 && class[t[start-1]]&isName != 0 && !escapeBefore(t, start) {
		return 0
	}
	check := 10
	if e-end == 18 {
		check = int(t[e-1] - '0')
	} else if w := checkX(t, e); w == 1 {
		e++
	} else {
		return 0
	}
	v := t[end : end+17]
	sum := 0
	for i, c := range v {
		sum += int(c-'0') * int(mod11Weights[i])
	}
	s.work += e - start
	if (12-sum%11)%11 != check || !province(v[0]-'0', v[1]-'0') || !calendarDate(number2(v, 6)*100+number2(v, 8), number2(v, 10), number2(v, 12)) || !numberEnd(t, e) {
		return 0
	}
	s.emit(start, e, CNResidentID, rankSure)
	return e
}

// province tells whether two digits are those of a province.
func province(a, b uint8) bool {
	p := uint(a)*10 + uint(b)
	return provinces[p>>6]>>(p&63)&1 != 0
}

// provinces has a bit for each first two digits, GB/T 2260.
var provinces = func() (set [2]uint64) {
	for _, r := range [...][2]uint{{11, 15}, {21, 23}, {31, 37}, {41, 46}, {50, 54}, {61, 65}, {71, 71}, {81, 83}, {91, 91}} {
		for p := r[0]; p <= r[1]; p++ {
			set[p>>6] |= 1 << (p & 63)
		}
	}
	return set
}()

var mod11Weights = [17]uint8{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

func matchCNResidentID(s *Scanner, n *number) (start, end int, ok bool) {
	t := s.text
	last := -1 // the group that ends the number
	tail := 0  // digits in it when an X follows, so that they are one fewer
	switch {
	case n.size(0) == 18, n.size(0) == 17:
		last, tail = 0, n.size(0)-17
	case n.groups >= 3 && n.size(0) == 6 && n.size(1) == 8 && n.same(0, 2):
		last, tail = 2, n.size(2)-3
	case n.groups >= 4 && n.size(0) == 6 && n.size(1) == 4 && n.size(2) == 4 && n.same(0, 3):
		last, tail = 3, n.size(3)-3
	case n.groups >= 5 && n.shape(0, 4, 4, 4, 4) && n.size(4) < 3 && n.same(0, 4):
		last, tail = 4, n.size(4)-1
	}
	if last < 0 || n.count[last+1] != 17+tail || tail < 0 || tail > 1 {
		return 0, 0, false
	}
	end = n.end[last]
	check := uint8(10)
	if tail == 0 {
		w := checkX(t, end)
		if w == 0 || last+1 != n.groups {
			return 0, 0, false
		}
		end += w
		if !numberEnd(t, end) {
			return 0, 0, false
		}
	} else {
		check = n.digits[17]
		if !n.alone(t, last) {
			return 0, 0, false
		}
	}
	d := n.digits[:17]
	if !province(d[0], d[1]) && !(d[0] == 9 && province(d[1], d[2])) {
		return 0, 0, false
	}
	year := int(d[6])*1000 + int(d[7])*100 + int(d[8])*10 + int(d[9])
	if !calendarDate(year, int(d[10])*10+int(d[11]), int(d[12])*10+int(d[13])) {
		return 0, 0, false
	}
	sum := 0
	for i, v := range d {
		sum += int(v) * int(mod11Weights[i])
	}
	if uint8((12-sum%11)%11) != check {
		return 0, 0, false
	}
	return n.begin[0], end, true
}

// checkX returns the width of the check character X at p, or 0.
func checkX(t []byte, p int) int {
	if p < len(t) && t[p]|0x20 == 'x' {
		return 1
	}
	if p+3 <= len(t) && t[p] == wideLead && (t[p+1] == 0xBC && t[p+2] == 0xB8 || t[p+1] == 0xBD && t[p+2] == 0x98) {
		return 3
	}
	return 0
}

// calendarDate tells whether the date exists and is one that a living person can be born on. The upper
// bound is fixed rather than today's, so that the same text always gives the same result.
func calendarDate(year, month, day int) bool {
	if year < 1900 || year > 2099 || month < 1 || month > 12 || day < 1 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		days = 29
	}
	return day <= days
}
