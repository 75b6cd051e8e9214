package detect

// Passwords where a sentence or a block has them, not behind an operator: from X to Y, "X" as the password, variable "db_password" { default = "X" }.

// passwordAround looks for them around the word for a password at [start,end), and tells whether it read any.
func (s *Scanner) passwordAround(start, end int) bool {
	return s.passwordChanged(end) || s.passwordBlock(end) || s.passwordBefore(start)
}

// passwordChanged reads both values behind the word that ends at p: 密码从 X 改成 Y.
func (s *Scanner) passwordChanged(p int) bool {
	t := s.text
	p = spaces(t, p)
	n := among(t, p, "从|由|從|from |von ")
	if n == 0 {
		return false
	}
	old, oldEnd, quoted := valueAt(t, spaces(t, p+n), false)
	p = oldEnd
	for k := 0; k < 4 && p < len(t) && (t[p] == ' ' || t[p] == '"' || t[p] == '\'' || t[p] == '`' || t[p] == '\\'); k++ {
		p++
	}
	p += mark(t, p, "”", "」")
	s.work += p - old
	if n = among(t, p, "改成了|改成|改为了|改为|改為|换成了|换成|換成|变成|变更为|更新为|重置为|到|to |auf "); n == 0 || !s.passwordValue(old, oldEnd, quoted) {
		return false
	}
	lo, hi, quoted := valueAt(t, spaces(t, p+n), false)
	s.passwordValue(lo, hi, quoted)
	return true
}

// passwordBlock reads the value in the block of Terraform that the name at whose end p stands begins.
func (s *Scanner) passwordBlock(p int) bool {
	t := s.text
	if !has(t[p:], "\" {") && !has(t[p:], "\\\" {") {
		return false
	}
	high := min(len(t), p+200)
	i := p
	for ; i < high && t[i] != '}'; i++ {
		n := mark(t, i, "default", "value")
		if n == 0 || t[i-1] > ' ' && t[i-1] != 'n' && t[i-1] != 't' {
			continue
		}
		k := i + n
		for k < high && t[k] == ' ' {
			k++
		}
		if k < high && t[k] == '=' {
			lo, hi, quoted := valueAt(t, spaces(t, k+1), false)
			return quoted && s.passwordValue(lo, hi, true)
		}
	}
	s.work += i - p
	return false
}

// passwordBefore reads the value before what makes it the password that the word at p names: X as the password, X 作为密码.
func (s *Scanner) passwordBefore(p int) bool {
	t := s.text
	i := p
	if t[p] < 0x80 {
		i = wordBack(t, i, "the", "a", "my", "your", "our", "its", "new", "temporary")
		k := wordBack(t, i, "as", "is")
		if k == i {
			if k = wordBack(t, i, "good", "strong", "safe", "secure", "weak"); k != i {
				k = wordBack(t, k, "a")
			}
			if k == i {
				return false
			}
		}
		i = k
	} else if i >= 6 && has(t[i-6:], "作为") || i >= 6 && has(t[i-6:], "当作") || i >= 6 && has(t[i-6:], "用作") {
		i -= 6
	} else if i >= 3 && (has(t[i-3:], "做") || has(t[i-3:], "当") || has(t[i-3:], "作")) {
		i -= 3
	} else {
		for _, w := range [...]string{"这个", "這個", "这", "该", "此", "是", "的"} {
			if n := len(w); i >= n && has(t[i-n:], w) {
				i -= n
				break
			}
		}
		if i == p {
			return false
		}
	}
	for k := 0; k < 2 && i > 0 && t[i-1] == ' '; k++ {
		i--
	}
	hi := i
	quote := byte(' ')
	if i > 0 && (t[i-1] == '"' || t[i-1] == '\'' || t[i-1] == '`') {
		hi--
		quote = t[hi]
		if hi > 0 && t[hi-1] == '\\' {
			hi--
		}
	}
	lo := hi
	for lo > 0 && hi-lo < 64 && t[lo-1] > ' ' && t[lo-1] < 0x80 && t[lo-1] != quote {
		lo--
	}
	s.work += p - lo
	return s.passwordValue(lo, hi, false)
}

// wordBack is where one of the words starts that ends with a blank before p, or p.
func wordBack(t []byte, p int, list ...string) int {
	for _, w := range list {
		if b := p - len(w) - 1; b >= 0 && t[p-1] == ' ' && (b == 0 || t[b-1] <= ' ') && foldEqual(t[b:p-1], w) {
			return b
		}
	}
	return p
}

// passwordValue reports [lo,hi) if it looks like a password: letters and digits with a symbol, or many of them, unless it is quoted.
func (s *Scanner) passwordValue(lo, hi int, quoted bool) bool {
	v := s.text[lo:hi]
	if len(v) < 6 || len(v) > 64 || !quoted && !mixed(v) && digitsIn(v) < len(v) && !coded(v) && !plainly(v) && !hyphened(v) || digitsIn(v) == 0 || !secretValue(v, keyStrong, quoted, true) {
		return false
	}
	s.emit(lo, hi, Password, rankGeneric)
	return true
}
