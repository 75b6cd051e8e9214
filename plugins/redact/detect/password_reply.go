package detect

// Passwords in the reply to who asked for one: "What is the password?" and on the next line "It's X".

// lead ins of a reply.
var repliesWith = words("it is its it's s sure yes yeah yep ok okay hi hello so i think try ja sicher das ist oui c'est si sim claro es é da")

// passwordReply reads the line behind that of the word for a password that ends at p.
func (s *Scanner) passwordReply(p int) bool {
	t := s.text
	high := min(len(t), p+80)
	i := p
	for i < high && t[i] != '\n' {
		if oneOf(t[i], "={}<>|;[]\"") {
			return false
		}
		i++
	}
	s.work += i - p
	if i >= high-1 {
		return false
	}
	asked := t[i-1] == '?' || i >= 3 && has(t[i-3:], "？")
	for k := p; k < i && !asked; k++ {
		asked = t[k] >= 0xE0 && among(t, k, "多少|什么|是啥|几位|发我|发一下|给我|谁知道|何ですか|뭐") > 0
	}
	if !asked && t[i-1] != '.' && !has(t[max(0, i-3):], "。") {
		return false
	}
	for i < len(t) && (t[i] == '\n' || t[i] == ' ') {
		i++
	}
	// Who replies: Customer: …
	k, spoken := i, false
	for k < len(t) && k-i < 32 && (class[t[k]]&isAlnum != 0 || t[k] == ' ' || t[k] >= 0x80) && mark(t, k, "：") == 0 {
		k++
	}
	if n := among(t, k, ": |：|:|> "); n > 0 && k > i {
		i, spoken = k+n, true
	} else if !asked {
		return false
	}
	for range 6 {
		for i < len(t) && (t[i] == ' ' || t[i] == ',' || t[i] == '\'') {
			i++
		}
		if n := among(t, i, "是|好的|嗯|，|对|应该|就"); n > 0 {
			i += n
			continue
		}
		lo := i
		for i < len(t) && i-lo < 48 && t[i] > ' ' && t[i] < 0xE0 && t[i] != ',' {
			i++
		}
		hi := i
		for hi > lo && oneOf(t[hi-1], ".:\"'") {
			hi--
		}
		v := t[lo:hi]
		s.work += i - lo
		if len(v) >= 6 && (coded(v) || plainly(v) || hyphened(v)) && !foreign(v) || len(v) >= 4 && len(v) <= 10 && digitsIn(v) == len(v) && (i >= len(t) || t[i] == '\n' || t[i] == ',') && spoken && asked {
			s.emit(lo, hi, Password, rankGeneric)
			return true
		}
		if len(v) == 0 || !repliesWith.has(lowerOf(t, lo, hi)) && !foldEqual(v, "it's") {
			return false
		}
	}
	return false
}

// plainly tells whether v is a word with digits behind it, which is no name of an algorithm.
func plainly(v []byte) bool {
	n := 0
	for n < len(v) && (class[v[n]]&isLower != 0 || n == 0 && class[v[n]]&isUpper != 0) {
		n++
	}
	digits := digitsIn(v)
	return n > 3 && digits > 1 && n+digits == len(v) && !technically(v)
}
