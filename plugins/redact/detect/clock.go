package detect

// Points in time stand on every line of a log; they are passed by in one step, before any of their groups is looked at as a number.

// clock is the end of the time of day at p (RFC 3339: 07:08, 07:08:09, 07:08:09.123, with a zone), or 0. What goes on with a colon or letters is an
// address.
func clock(t []byte, p int) int {
	if p+5 > len(t) || t[p+2] != ':' || t[p]-'0' > 2 || t[p+1]-'0' > 9 || t[p+3]-'0' > 5 || t[p+4]-'0' > 9 {
		return 0
	}
	e := p + 5
	if e+3 <= len(t) && t[e] == ':' && t[e+1]-'0' <= 6 && t[e+2]-'0' <= 9 {
		e += 3
		if e+1 < len(t) && (t[e] == '.' || t[e] == ',') && t[e+1]-'0' <= 9 {
			e += 2
			for e < len(t) && t[e]-'0' <= 9 {
				e++
			}
		}
	}
	if e < len(t) && t[e] == 'Z' {
		e++
	} else if e+5 < len(t) && (t[e] == '+' || t[e] == '-') && t[e+1]-'0' <= 1 && t[e+2]-'0' <= 9 {
		if t[e+3] == ':' && t[e+4]-'0' <= 5 && t[e+5]-'0' <= 9 {
			e += 6
		} else if t[e+3]-'0' <= 5 && t[e+4]-'0' <= 9 {
			e += 5
		}
	}
	if e < len(t) && (class[t[e]]&isName != 0 || t[e] == ':' || t[e] == '.' && e+1 < len(t) && class[t[e+1]]&isDigit != 0) {
		return 0
	}
	return e
}

// instant is the end of the date and time whose year is [p,e), or 0: 2024-05-06T07:08:09Z, 2024/05/06 07:08.
func instant(t []byte, p, e int) int {
	if e+12 > len(t) || t[e+3] != t[e] || t[e+6] != 'T' && t[e+6] != ' ' || t[p] != '1' && t[p] != '2' ||
		t[e+1]-'0' > 1 || t[e+2]-'0' > 9 || t[e+4]-'0' > 3 || t[e+5]-'0' > 9 {
		return 0
	}
	return clock(t, e+7)
}
