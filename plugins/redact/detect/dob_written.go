package detect

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
			u := spaces(t, j)
			switch unit := mark(t, u, "年", "년"); {
			case j-i == 4:
				if year != 0 {
					return 0
				}
				year = n
				if unit > 0 {
					j = u + unit
				}
			case j-i <= 2 && mark(t, u, "月", "월") > 0:
				month = n
				j = u + 3
			case j-i <= 2 && day == 0:
				day = n
				if k := mark(t, u, "日", "일"); k > 0 {
					j = u + k
				} else if k := mark(t, j, "号", "st", "nd", "rd", "th", "er", "º", "ª", "."); k > 0 {
					j += k
				}
			default:
				return 0
			}
			i, last = j, j
		} else if class[t[i]]&isAlpha != 0 || t[i] >= 0xC3 && t[i] <= 0xDB {
			j := i
			for j < len(t) && j-i < 16 && (class[t[j]]&isAlpha != 0 || t[j] >= 0x80) {
				j++
			}
			if m := monthNamed(t[i:j]); m > 0 && month == 0 {
				month, last = m, j
			} else if k := monthNumber(t, i, j); k > 0 && month == 0 {
				month = decimal(t[j+1 : k])
				j, last = k, k
			} else if w := string(t[i:j]); w != "of" && w != "de" && w != "the" && w != "del" && w != "năm" {
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

// monthNamed is the month of which w is the name or an abbreviation in one of twenty languages, or 0.
func monthNamed(w []byte) int {
	if len(w) < 3 {
		return 0
	}
	if w[0] >= 0xCE { // by three letters of two bytes
		for i := 0; i < len(otherMonths) && len(w) > 5; i += 6 {
			if string(w[:6]) == otherMonths[i:i+6] {
				return i/6%12 + 1
			}
		}
		return 0
	}
	var b [4]byte
	for i := range min(4, len(w)) {
		b[i] = lower(w[i])
	}
	names := [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", // English
		"ene", "f\xc3\xa9", "m\xc3\xa4", "avr", "mai", "giu", "lug", "ago", "set", "okt", "nov", "dez", "gen", "fev", "mrt", "abr", "mag", "jui", "\x00", "ao\xc3", "\x00", "ott", "\x00", "d\xc3\xa9",
		"\x00", "\x00", "maa", "\x00", "mei", "\x00", "\x00", "\x00", "\x00", "out", "\x00", "dic",
		"oca", "\xc5\x9fub", "\x00", "nis", "\x00", "haz", "tem", "a\xc4\x9f", "eyl", "eki", "kas", "ara",
		"sty", "lut", "\x00", "kwi", "maj", "cze", "lip", "sie", "wrz", "pa\xc5", "lis", "gru",
		"led", "\xc3\xba", "b\xc5\x99", "dub", "kv\xc4", "\xc4\x8d", "\x00", "srp", "z\xc3\xa1", "\xc5\x99", "\x00", "pro",
		"tam", "hel", "\x00", "huh", "tou", "kes", "hei", "elo", "syy", "lok", "\x00", "jou",
		"ian", "\x00", "m\xc3\xa1r", "\xc3\xa1p", "m\xc3\xa1j", "iun", "iul", "agu", "sze", "\x00", "\x00", "des",
		"\x00", "\x00", "\x00", "\x00", "\x00", "j\xc3\xban", "j\xc3\xbal", "\x00", "\x00", "\x00", "\x00", "\x00"}
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

// otherMonths are the first three letters of the months in Russian, Ukrainian, Greek and Arabic.
const otherMonths = "янвфевмарапрмаяиюниюлавгсеноктноядексічлютберквітрачерлипсервержовлисгруΙανΦεβΜαρΑπρΜαΐΙουΙουΑυγΣεπΟκτΝοεΔεκينافبرمارأبرماييونيولأغسسبتأكتنوفديس"

// monthNumber is the end of the number of the month behind the Vietnamese word for one, or 0: 20 tháng 11 năm 1994.
func monthNumber(t []byte, lo, hi int) int {
	if string(t[lo:hi]) != "tháng" || hi+1 >= len(t) || t[hi] != ' ' {
		return 0
	}
	if e := digitsAt(t, hi+1, 3); e > hi+1 && e-hi <= 3 {
		return e
	}
	return 0
}

// eraShort is the end of a date at i with the initial of an era of Japan, or 0: S60.3.12.
func eraShort(t []byte, i int) int {
	if !oneOf(t[i], "MTSHR") {
		return 0
	}
	p := i + 1
	for k := range 3 {
		e := digitsAt(t, p, 3)
		if e == p || e-p > 2 || k < 2 && (e >= len(t) || t[e] != '.' && t[e] != '/') {
			return 0
		}
		p = e + 1
	}
	return p - 1
}
