package detect

// What passwords look like where prose has them: unlike its words, names, numbers, versions and addresses.

// striking tells whether v is a password by its looks alone: letters and digits with a symbol between them that no word, name, address,
// version or expression has there.
func striking(v []byte) bool {
	if len(v) < 7 || len(v) > 40 || class[v[0]]&isAlnum == 0 && v[0] != '!' && v[0] != '#' && v[0] != '@' {
		return false
	}
	var kinds uint8
	letters, symbols, clear := 0, 0, false
	for i, c := range v {
		kinds |= class[c]
		switch {
		case class[c]&isAlpha != 0 || c >= 0x80:
			letters++
		case class[c]&(isDigit|isScore|isHyphen) != 0 || c == '.':
		case oneOf(c, "!@#$%^&*~+?"):
			symbols++
			clear = clear || i > 0 && i+1 < len(v) && separating(v, i)
		default:
			return false
		}
	}
	if kinds&isDigit == 0 || letters < 2 || symbols == 0 {
		return false
	}
	return clear || symbols > 1 && kinds&isAlpha == isAlpha && !contains(v, "++")
}

// separating tells whether the symbol at i inside v is one that only a password has there.
func separating(v []byte, i int) bool {
	before, after := v[:i], v[i+1:]
	switch v[i] {
	case '@': // of a mailbox, a host, a version, a social network
		return class[after[0]]&isDigit != 0 && Index(after, '.', 0) < 0 && (digitsIn(after) > 2 || hasUpper(before)) || class[after[0]]&isAlnum == 0 ||
			digitsIn(before) > 0 && hasUpper(before) && Index(after, '.', 0) < 0
	case '#': // of an issue, a paragraph, a colour
		return digitsIn(after) < len(after) || hasUpper(before) && len(before) > 2 && len(after) > 2 && !allUpper(before) || digitsIn(before) > 1
	case '$': // of an amount, a variable
		return class[after[0]]&isDigit == 0 || len(before) > 3
	case '%': // of an escape, a share
		return len(after) > 1 && class[after[0]]&isLower == 0 && class[after[0]]&class[after[1]]&isHex == 0 && class[before[len(before)-1]]&isDigit == 0
	case '!':
		return true
	case '*', '^', '&', '~':
		return len(v) >= 8 && hasUpper(v) && digitsIn(v) > 1
	}
	return false
}

func hasUpper(v []byte) bool {
	for _, c := range v {
		if class[c]&isUpper != 0 {
			return true
		}
	}
	return false
}

func allUpper(v []byte) bool {
	for _, c := range v {
		if class[c]&isLower != 0 {
			return false
		}
	}
	return true
}

// technical are parts of names that have digits and stand beside passwords: of algorithms, encodings, products.
var technical = [...]string{"sha1", "sha2", "sha3", "sha5", "sha-", "aes1", "aes2", "aes-", "md5", "rsa1", "rsa2", "rsa4", "rsa-", "utf", "base64", "http", "oauth", "ipv", "tls1", "tlsv", "x509", "pbkdf", "ed25519", "curve2", "windows", "iphone", "mysql", "argon", "scrypt", "pkcs", "uint", "int1", "int3", "int6", "float", "varchar"}

// technically tells whether a part of v begins with one of them.
func technically(v []byte) bool {
	for i := range v {
		if i > 0 && class[v[i-1]]&isAlpha != 0 && (class[v[i]]&isUpper == 0 || class[v[i-1]]&isUpper != 0) {
			continue
		}
		for _, w := range technical {
			if i+len(w) <= len(v) && foldEqual(v[i:i+len(w)], w) {
				return true
			}
		}
	}
	return false
}

// coded tells whether v may be a password behind a word that says so: letters and digits in turns, or three digits, and no number with a unit,
// code of capitals, date, version, hash or name of an algorithm.
func coded(v []byte) bool {
	if striking(v) || len(v) >= 12 && len(v) <= 20 && quoteless(v) && scrambled(v) {
		return true
	}
	if len(v) < 6 || len(v) > 40 || class[v[0]]&isAlnum == 0 && v[0] != '!' {
		return false
	}
	letters, digits, small, turns, symbols, camel := 0, 0, 0, 0, 0, false
	var last uint8
	for i, c := range v {
		k := class[c] & (isAlpha | isDigit)
		switch {
		case k&isAlpha != 0 || c >= 0x80:
			k = isAlpha
			letters++
			if class[c]&isLower != 0 {
				small++
			}
		case k == isDigit:
			digits++
		case class[c]&(isScore|isHyphen) != 0:
		case c == '.' && i+1 < len(v) && class[v[i+1]]&isDigit == 0 && class[last]&isDigit == 0, oneOf(c, "!#$*^~"), c == '+' && i+1 == len(v):
			symbols++
		default:
			return false
		}
		camel = camel || i > 0 && class[c]&isUpper != 0 && class[v[i-1]]&isLower != 0
		if k != last && k != 0 {
			turns++
			last = k
		}
	}
	if letters < 2 || digits == 0 || small == 0 && (turns < 4 || len(v) < 8) || class[v[0]]&isDigit != 0 && turns < 3 && symbols == 0 ||
		digits < 3 && turns < 3 && symbols == 0 && !camel {
		return false
	}
	return !uuid(v) && !hexadecimal(v) && !technically(v) && !sampled(v) && !expressionLike(v)
}

// hyphened tells whether v is words and a number with hyphens or underscores between them, one of them with a capital.
func hyphened(v []byte) bool {
	joints, digits, letters, capitals := 0, 0, 0, 0
	for _, c := range v {
		if class[c]&isUpper != 0 {
			capitals++
		}
		switch {
		case c == '-' || c == '_':
			joints++
		case class[c]&isDigit != 0:
			digits++
		case class[c]&isAlpha != 0 || c >= 0x80:
			letters++
		default:
			return false
		}
	}
	return len(v) >= 8 && letters > 3 && capitals > 0 && (joints > 0 && digits > 1 || joints > 1 && digits > 0 && capitals > 1) && !allUpper(v) && !technically(v)
}

// hexadecimal tells whether v is a hash or a part of one.
func hexadecimal(v []byte) bool {
	for _, c := range v {
		if class[c]&isHex == 0 {
			return false
		}
	}
	return len(v) >= 16
}

// expressionLike tells whether v is names joined by dots or at signs: of a host, a file, a mailbox.
func expressionLike(v []byte) bool {
	dots := 0
	for i, c := range v {
		if c == '.' && i+1 < len(v) {
			dots++
		}
		if c == '@' && dots == 0 && contains(v[i:], ".") {
			return true
		}
	}
	return dots > 0 && expression(v)
}
