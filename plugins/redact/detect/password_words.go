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
		if (start < 7 || !foldEqual(s.text[start-7:start], "mot de ")) && (start < 8 || !foldEqual(s.text[start-8:start], "palavra-")) {
			return 0
		}
		return s.keyed(start, end, keyStrong)
	})
	onTwo("ło", func(s *Scanner, start, end int) int { // hasło; has itself is too frequent a word
		if start < 3 || !foldEqual(s.text[start-3:start], "has") || start > 3 && class[s.text[start-4]]&isAlnum != 0 {
			return 0
		}
		if has(s.text[end:], " to ") { // hasło to: the password is
			end += 3
		}
		return s.keyed(start-3, end, keyStrong)
	})
	on("senord senordet", func(s *Scanner, start, end int) int { // lösenord
		if start < 3 || s.text[start-1] != 0xB6 || s.text[start-2] != 0xC3 {
			return 0
		}
		return s.keyed(start, end, keyStrong)
	})
	on("wifi", func(s *Scanner, start, end int) int { // code wifi
		if t := s.text; end < len(t) && t[end] == ':' { // WIFI:T:WPA;S:name;P:password;;
			high := min(len(t), end+160)
			for i := end; i+3 < high && t[i] > ' '; i++ {
				if (t[i] == ':' || t[i] == ';') && t[i+1] == 'P' && t[i+2] == ':' {
					e := i + 3
					for e < high && t[e] > ' ' && t[e] != ';' {
						e++
					}
					s.secretAt(i+3, e)
					return 0
				}
			}
		}
		if start < 5 || !foldEqual(s.text[start-5:start], "code ") {
			return 0
		}
		return s.keyed(start, end, keyStrong)
	})
	on("sandi sandinya", func(s *Scanner, start, end int) int { // kata sandi
		if (start < 5 || !foldEqual(s.text[start-5:start], "kata ")) && (end >= len(s.text) || s.text[end] != ':') {
			return 0
		}
		return s.keyed(start, end, keyStrong)
	})
	on("jelsz", func(s *Scanner, start, end int) int { // jelszó, jelszava
		if !has(s.text[end:], "ó") {
			return 0
		}
		return s.keyed(start, end+2, keyStrong)
	})
	on("ww", func(s *Scanner, start, end int) int { // wachtwoord
		if end < len(s.text) && s.text[end] == ':' {
			return s.keyed(start, end, keyStrong)
		}
		return 0
	})
	on("パス", func(s *Scanner, start, end int) int {
		if mark(s.text, end, "：", ":") == 0 {
			return 0
		}
		return s.keyed(start, end, keyStrong)
	})
	on("密", func(s *Scanner, start, end int) int { // 密 码
		if n := mark(s.text, end, " 码", "　码", "  码", " 碼"); n > 0 {
			return s.keyed(start, end+n, keyStrong)
		}
		return 0
	})
	onTwo("паролем", func(s *Scanner, start, end int) int { return s.keyed(start, end, keyStrong) })
	onTwo("المرور السر السري", func(s *Scanner, start, end int) int { // كلمة المرور
		return s.keyed(start, end, keyStrong)
	})
	onTwo("şifre Şifre", func(s *Scanner, start, end int) int { // şifrem, şifreniz: mine, yours
		for _, w := range [...]string{"niz", "miz", "m", "n", "si", "ler", "leri"} {
			if e := end + len(w); has(s.text[end:], w) && (e == len(s.text) || class[s.text[e]]&isAlpha == 0) {
				return s.keyed(start, e, keyStrong)
			}
		}
		return s.keyed(start, end, keyStrong)
	})
	on("phrase", func(s *Scanner, start, end int) int { // pass phrase
		if start < 5 || !foldEqual(s.text[start-5:start], "pass ") {
			return 0
		}
		return s.keyed(start, end, keyStrong)
	})
	on("ssel", func(s *Scanner, start, end int) int { // WLAN-Schlüssel, Netzwerksicherheitsschlüssel
		t := s.text
		b := t[max(0, start-32):start]
		if i := lastIndex(b, " "); i >= 0 && !has(b[max(0, i-4):], "WLAN") {
			b = b[i+1:]
		}
		if len(b) < 7 || lower(b[len(b)-6]) != 's' || !containsAny(b, wirelessNames[:]) {
			return 0
		}
		return s.keyed(start, end, keyStrong)
	})
	on("cl", func(s *Scanner, start, end int) int { // clé wifi
		t := s.text
		if !has(t[end:], "é ") {
			return 0
		}
		end += len("é ")
		if mark(t, end, "du ", "de ") > 0 {
			end += 3
		}
		for _, w := range [...]string{"wifi", "wi-fi", "wpa", "wpa2", "wep", "sécurité"} {
			if e := end + len(w); e < len(t) && foldEqual(t[end:e], w) {
				return s.keyed(start, e, keyStrong)
			}
		}
		return 0
	})
	on("sen", func(s *Scanner, start, end int) int { // lösen
		if start < 3 || s.text[start-1] != 0xB6 || s.text[start-2] != 0xC3 || lower(s.text[start-3]) != 'l' || mark(s.text, end, ":", " är ") == 0 {
			return 0
		}
		return s.keyed(start, end, keyStrong)
	})
}

// wirelessNames are what networks without wires are called in compounds.
var wirelessNames = [...]string{"wlan", "wifi", "wi-fi", "netzwerk"}
