package detect

// German and Austrian numbers have a slash behind the area code: 030/1234567.
func init() {
	add(Detector{
		Type: Phone, Source: "DIN 5008 until 2001", Class: ClassC,
		Shapes: []string{
			"099/99999", "099/999999", "099/9999999", "099/99999999", "099/999 99 99", "099/9999 9999",
			"0999/99999", "0999/999999", "0999/9999999", "0999/99999999", "0999/999 99 99", "0999/99.99.99", "0999/99 99 99",
			"09999/9999", "09999/99999", "09999/999999",
			"399/9999999", "399/999999", // Italy, mobile
		},
		Words: phoneNouns + " fon anrufen erreichbar anruf durchwahl ruf call text",
	})
	on("telefoon telefoonnummer mobiel tel telefon fon fax mobil handy telefonnummer unter ruf rufnummer durchwahl telefonisch oder und bzw", (*Scanner).slashBehind)
}

// slashBehind reads a number with blanks around its slash behind a word for a phone: Tel. 089 / 458910, +49 (0) 89 / 38 46 71-22.
func (s *Scanner) slashBehind(_, end int) int {
	t := s.text
	p := end
	for p < len(t) && p-end < 4 && (t[p] == '.' || t[p] == ':' || t[p] == ' ') {
		p++
	}
	a := p
	if has(t[p:], "+4") { // 41, 43, 49
		a = spaces(t, digitsAt(t, p+1, 3))
		if has(t[a:], "(0)") {
			a = spaces(t, a+3)
		}
		if a == p+3 {
			return 0
		}
	}
	area := digitsAt(t, a, 6)
	if area-a < 2 || area-a > 5 || a == p && (t[a] != '0' || area-a < 3) || !has(t[area:], " / ") && !has(t[area:], " - ") {
		return 0
	}
	e, n := area+3, 0
	for e < len(t) && n < 9 && (class[t[e]]&isDigit != 0 || t[e] == ' ' && n > 0 && e+1 < len(t) && class[t[e+1]]&isDigit != 0) {
		if t[e] != ' ' {
			n++
		}
		e++
	}
	if x := digitsAt(t, min(e+1, len(t)), 5); n > 3 && has(t[e:], "-") && x > e+1 && x-e < 6 {
		e = x // the extension
	}
	s.work += e - end
	if n < 4 || n > 8 || !phoneEnd(t, e) {
		return 0
	}
	s.emit(p, e, Phone, rankNamed)
	return e
}
