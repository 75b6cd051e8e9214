package detect

// Check digits of national identifiers. What is shared stands here; weights are written as characters, each its value
// above '0' (':' is ten, 'C' nineteen), so that a scheme is a string.

// weigh is the sum of the characters of v, each times its weight. Letters count as ASCII minus 48.
func weigh(v []byte, weights string) int {
	sum := 0
	for i := range len(weights) {
		sum += int(v[i]-'0') * int(weights[i]-'0')
	}
	return sum
}

// number2 is the two-digit number at i.
func number2(v []byte, i int) int { return int(v[i]-'0')*10 + int(v[i+1]-'0') }

// remainder is the decimal number v modulo m; letters are skipped.
func remainder(v []byte, m int) int {
	r := 0
	for _, c := range v {
		if class[c]&isDigit != 0 {
			r = (r*10 + int(c-'0')) % m
		}
	}
	return r
}

// alike tells whether all characters are the same, or each is the next: 000000000 and 123456789 pass most checks and are
// nobody's.
func alike(v []byte) bool {
	same, next := true, true
	for i, c := range v[1:] {
		same = same && c == v[0]
		next = next && c == v[i]+1
	}
	return same || next
}

// anyDate tells whether day, month and year, two digits that stand for one of either century, are a date.
func anyDate(year, month, day int) bool {
	return calendarDate(1900+year, month, day) || calendarDate(2000+year, month, day)
}

// luhnText is luhn for the digits of a text; those before it may be given as their sum.
func luhnText(v []byte, before int) bool {
	sum := before
	for i, c := range v {
		x := int(c - '0')
		if (len(v)-i)%2 == 0 {
			if x *= 2; x > 9 {
				x -= 9
			}
		}
		sum += x
	}
	return sum%10 == 0 && !alike(v)
}

// digitSum adds the digits of the products of v with weights, as German insurance numbers do.
func digitSum(v []byte, weights string) int {
	sum := 0
	for i := range len(weights) {
		x := int(v[i]-'0') * int(weights[i]-'0')
		sum += x/10 + x%10
	}
	return sum
}

// iso11of10 is ISO 7064 MOD 11,10.
func iso11of10(v []byte) bool {
	check := 5
	for _, c := range v {
		if check == 0 {
			check = 10
		}
		check = (check*2%11 + int(c-'0')) % 10
	}
	return check == 1
}

// verhoeff is Verhoeff's check over the dihedral group D5.
func verhoeff(v []byte) bool {
	const (
		multiply = "0123456789" + "1234067895" + "2340178956" + "3401289567" + "4012395678" + "5987604321" + "6598710432" + "7659821043" + "8765932104" + "9876543210"
		permute  = "0123456789" + "1576283094" + "5803796142" + "8916043527" + "9453126870" + "4286573901" + "2793806415" + "7046913258"
	)
	c := 0
	for i := range v {
		p := int(permute[i%8*10+int(v[len(v)-1-i]-'0')] - '0')
		c = int(multiply[c*10+p] - '0')
	}
	return c == 0
}

// elevens is the check digit 11 - sum mod 11, with ten and eleven as zero, as in many schemes.
func elevens(sum int) byte {
	if k := 11 - sum%11; k < 10 {
		return '0' + byte(k)
	}
	return '0'
}

// icao is the check of machine-readable documents, ICAO 9303: weights 7, 3, 1; letters count from ten on.
func icao(v []byte) byte {
	sum := 0
	for i, c := range v {
		sum += value36(c) * int("731"[i%3]-'0')
	}
	return '0' + byte(sum%10)
}

// value36 is the value of a digit or capital.
func value36(c byte) int {
	if c >= 'A' {
		return int(c-'A') + 10
	}
	return int(c - '0')
}

// oneOf tells whether c is in the list.
func oneOf(c byte, list string) bool {
	for i := range len(list) {
		if list[i] == c {
			return true
		}
	}
	return false
}

// pairIn tells whether the two characters are one of a list of pairs without separators.
func pairIn(a, b byte, list string) bool {
	for i := 0; i+1 < len(list); i += 2 {
		if list[i] == a && list[i+1] == b {
			return true
		}
	}
	return false
}

// capitals tells whether letters written as they are have no lower-case one among them.
func capitals(v []byte) bool {
	for _, c := range v {
		if class[c]&isLower != 0 {
			return false
		}
	}
	return true
}
