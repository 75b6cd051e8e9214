package detect

// Passwords in the commands of Windows: net use with a user, PowerShell's ConvertTo-SecureString.

func init() {
	on("net", (*Scanner).netUse)
	on("convert", func(s *Scanner, _, end int) int {
		const rest = "to-securestring"
		t := s.text
		if end+len(rest) >= len(t) || !foldEqual(t[end:end+len(rest)], rest) {
			return 0
		}
		p := spaces(t, end+len(rest))
		if o := p + len("-string "); o < len(t) && foldEqual(t[p:o], "-string ") {
			p = o
		}
		if lo, hi, quoted := valueAt(t, p, false); quoted && hi-lo >= 4 && hi-lo <= 128 && secretValue(t[lo:hi], keyStrong, true, false) {
			s.emit(lo, hi, Password, rankNamed)
		}
		return 0
	})
}

// netUse reads the words of net use: what is no option, no drive and no share is the password of /user:.
func (s *Scanner) netUse(_, end int) int {
	t := s.text
	if end+5 >= len(t) || !foldEqual(t[end:end+5], " use ") {
		return 0
	}
	from, to, user := 0, 0, false
	p := end + 5
	high := min(len(t), p+200)
	for p < high && t[p] != '\n' {
		if t[p] <= ' ' {
			p++
			continue
		}
		b := p
		for p < high && t[p] > ' ' {
			p++
		}
		switch {
		case p-b > 6 && foldEqual(t[b:b+6], "/user:"):
			user = true
		case t[b] == '/' || t[b] == '\\' || t[b] == '*' || t[b] == '"' && b+1 < p && t[b+1] == '\\' || t[p-1] == ':':
		default:
			from, to = b, p
		}
	}
	s.work += p - end
	if user && to-from >= 4 {
		for from < to && (t[from] == '"' || t[from] == '\'') {
			from++
		}
		for to > from && (t[to-1] == '"' || t[to-1] == '\'') {
			to--
		}
		if secretValue(t[from:to], keyStrong, false, false) {
			s.emit(from, to, Password, rankNamed)
		}
	}
	return 0
}
