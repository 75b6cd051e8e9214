package detect

// Words for a password that are not one run of ASCII letters.
func init() {
	on("contrase", func(s *Scanner, start, end int) int { // contraseña
		if !has(s.text[end:], "ña") {
			return 0
		}
		end += 3
		if end < len(s.text) && s.text[end] == 's' {
			end++
		}
		return s.keyed(start, end, keyStrong)
	})
	on("passe", func(s *Scanner, start, end int) int { // mot de passe
		if start < 7 || !foldEqual(s.text[start-7:start], "mot de ") {
			return 0
		}
		return s.keyed(start, end, keyStrong)
	})
	onTwo("ło", func(s *Scanner, start, end int) int { // hasło; has itself is too frequent a word
		if start < 3 || !foldEqual(s.text[start-3:start], "has") || start > 3 && class[s.text[start-4]]&isAlnum != 0 {
			return 0
		}
		return s.keyed(start-3, end, keyStrong)
	})
}
