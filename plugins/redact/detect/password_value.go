package detect

// secretValue tells a secret from an identifier, a call, a variable, a constant and a sample.
func secretValue(v []byte, strength int, quoted, spoken bool) bool {
	var half [64]byte
	if Index(v, wideLead, 0) >= 0 { // full-width letters and digits are judged as what they stand for
		n := 0
		for i := 0; i < len(v) && n < len(half); i++ {
			half[n] = v[i]
			if wideAlnum(v, i) {
				half[n] = v[i+2] - 0x80 + 0x20
				if v[i+1] == 0xBD {
					half[n] += 0x40
				}
				i += 2
			}
			n++
		}
		v = half[:n]
	}
	if template(v) || sampled(v) || locator(v) || assigns(v) || v[0] == '!' && len(v) < 12 && quoteless(v[1:]) {
		return false
	}
	var kinds uint8
	var seen [4]uint64
	symbols, dots, spaces, foreign := 0, 0, 0, false
	for i, c := range v {
		kinds |= class[c]
		seen[c>>6] |= 1 << (c & 63)
		switch {
		case c >= 0x80: // a letter of another alphabet
			if c >= 0xE0 || c == 0xC2 {
				return false
			}
			kinds |= isLower
			foreign = true
		case c == ' ':
			if spaces++; spaces > 1 && !appPassword(v) {
				return false
			}
		case c == '(' && i > 0 && !quoted && (class[v[i-1]]&isName != 0 || v[i-1] == '!' && i+1 == len(v) && digitsIn(v) == 0):
			return false // a call, or that of a macro: env!(
		case c == '.':
			dots++
		case class[c]&isAlnum == 0 && c != '_' && c != '-':
			symbols++
		}
	}
	random := strength != keyStrong && (scattered(v) || len(v) >= 32 && scrambled(v))
	if appPassword(v) {
		return strength == keyStrong
	}
	if kinds&isAlpha != 0 && kinds&isDigit == 0 && symbols == 0 && !(random && len(v) >= 20) && !(strength == keyStrong && (jumbled(v) || scrambled(v))) {
		return false // a word, an identifier, a constant
	}
	if last := v[len(v)-1]; strength == keyStrong && (last == '#' || last == '*') && digitsIn(v) == len(v)-1 && len(v) > 4 {
		return true // what is typed at a door
	}
	if kinds&isDigit != 0 && kinds&isAlpha == 0 && (strength != keyStrong || len(v) < 6) {
		return false // a number
	}
	if last := v[len(v)-1]; quoted && (last == ' ' || last == ':' || last == '?' && spaces > 0 && symbols < 3 && kinds&isDigit == 0) {
		return false // a prompt
	}
	if !quoted && (has(v, "&#") || has(v, "&lt") || has(v, "--") || contains(v, "->") || contains(v, "::")) {
		return false
	}
	if v[0] == '/' || v[0] == '.' || has(v, "http://") || has(v, "https://") || v[0] == '(' || v[0] == ')' || v[0] == ',' || v[0] == '[' || v[0] == '@' || v[0] == '=' {
		return false
	}
	if !quoted && kinds&isDigit == 0 && fieldNames(v) {
		return false // of a format: name:passwd:uid:gid
	}
	distinct := 0
	for _, x := range seen {
		for ; x != 0; x &= x - 1 {
			distinct++
		}
	}
	if distinct < 4 && (kinds != isDigit|isHex || distinct < 2 || spoken) || spaces > 0 && (!quoted || foreign) {
		return false
	}
	if strength == keyStrong {
		if spoken && kinds&isDigit == 0 && symbols < 2 && !jumbled(v) && !scrambled(v) {
			return false
		}
		// self.password1, a[0].pass: an expression.
		if symbols == 0 && kinds&isUpper == 0 && technically(v) && len(v) < 20 { // scram-sha-256
			return false
		}
		if !quoted && (constant(v) || reference(v)) {
			return false
		}
		if !quoted && (dots > 0 || symbols > 0) && class[v[0]]&isAlpha != 0 && expression(v) {
			return false
		}
		return len(v) >= 5
	}
	if (strength == keyWeak || strength == keyBound) && spaces+dots == 0 && striking(v) && !containsAny(v, weakSamples[:]) {
		return true // what a person made up
	}
	if strength == keyShort && (!random || len(v) < 24) || containsAny(v, weakSamples[:]) && !(random && len(v) >= 40) {
		return false
	}
	if !quoted && (!random && expression(v) || reference(v)) || wordy(v) || constant(v) {
		return false
	}
	return len(v) >= 12 && distinct >= 8 && (kinds&isDigit != 0 || random) && spaces == 0
}

// locator tells whether v says where a secret is kept: op://vault/item, ssm:/path, vault:secret/data/db#key, projects/p/secrets/s.
func locator(v []byte) bool {
	i := 0
	for i < len(v) && (class[v[i]]&isAlnum != 0 || v[i] == '-') {
		i++
	}
	if i < 2 || i > 16 || i+2 >= len(v) || class[v[0]]&isAlpha == 0 {
		return false
	}
	slashes := count(v, '/', 0, len(v))
	return v[i] == ':' && slashes > 0 && (v[i+1] == '/' || class[v[i+1]]&isLower != 0 && digitsIn(v) < 4) || v[i] == '/' && slashes > 1 && wordy(v) ||
		foldEqual(v[:i], "arn") && v[i] == ':' || v[i] == ':' && (foldEqual(v[:i], "env") || foldEqual(v[:i], "file") || foldEqual(v[:i], "vault"))
}

// assigns tells whether v is another variable and what it is set to: job=sync1.
func assigns(v []byte) bool {
	i := 0
	for i < len(v) && class[v[i]]&(isLower|isScore) != 0 {
		i++
	}
	return i > 1 && i+1 < len(v) && v[i] == '=' && v[i+1] != '='
}

// fieldNames tells whether v is names joined by colons.
func fieldNames(v []byte) bool {
	colons := 0
	for _, c := range v {
		if c == ':' {
			colons++
		} else if class[c]&(isAlpha|isScore) == 0 && c != '.' {
			return false
		}
	}
	return colons > 0
}

func contains(v []byte, w string) bool { return lastIndex(v, w) >= 0 }

// quoteless tells whether v has letters only: a tag of YAML.
func quoteless(v []byte) bool {
	for _, c := range v {
		if class[c]&isAlpha == 0 {
			return false
		}
	}
	return true
}

// reference tells whether v is an expression that is no name: *uint16, &a.B{, f[i+1].
func reference(v []byte) bool {
	if (v[0] == '*' || v[0] == '&') && class[v[1]]&isAlpha != 0 && expression(v[1:]) || v[len(v)-1] == '{' {
		return true
	}
	for i := 1; i < len(v); i++ {
		if v[i] == '{' && class[v[i-1]]&isName != 0 && i+1 < len(v) && class[v[i+1]]&isAlpha != 0 {
			return true // Name{field
		}
		if v[i] == '[' && class[v[i-1]]&isName != 0 && (i+1 == len(v) || class[v[i+1]]&isName != 0 || v[i+1] == ':' || v[i+1] == '-') {
			return expression(v[:i])
		}
	}
	return false
}

// constant tells whether v is a name in capitals with underscores.
func constant(v []byte) bool {
	parts := 0
	for _, c := range v {
		if class[c]&(isUpper|isDigit|isScore) == 0 {
			return false
		}
		if c == '_' {
			parts++
		}
	}
	return parts > 1
}

// assignment tells whether v gives a variable in capitals a value: TOKEN_TTL=3600.
func assignment(v []byte) bool {
	score := false
	for i, c := range v {
		if c == '=' {
			return score && class[v[0]]&isUpper != 0 && i+1 < len(v)
		}
		if class[c]&(isUpper|isDigit|isScore) == 0 {
			return false
		}
		score = score || c == '_'
	}
	return false
}

// expression tells whether a value without quotes is made of identifiers: a.b1.c, x[0], ctx->key2.
func expression(v []byte) bool {
	long := 0
	for i := 0; i < len(v); {
		j := i
		digits := 0
		for j < len(v) && class[v[j]]&isName != 0 {
			if class[v[j]]&isDigit != 0 {
				digits++
			}
			j++
		}
		if j-i > 0 && (digits > 2 || class[v[i]]&isDigit != 0) && (i == 0 || v[i-1] != '[') {
			return false
		}
		long = max(long, j-i)
		if j < len(v) && v[j] != '.' && v[j] != '[' && v[j] != ']' && v[j] != '>' && v[j] != '-' {
			return false
		}
		i = j + 1
	}
	return long > 0
}

// uuid tells whether v is 8-4-4-4-12 hexadecimal digits.
func uuid(v []byte) bool {
	if len(v) != 36 {
		return false
	}
	for i, c := range v {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if class[c]&isHex == 0 {
			return false
		}
	}
	return true
}
