package detect

// Passwords in commands: behind an option, attached to one, or at a fixed place among the words.

func init() {
	for _, c := range [...]struct {
		names, options string
		joint          byte // between a user's name and the password, or 0
	}{
		{"curl wget", "u -user -proxy-user U", ':'},
		{"lftp", "u -user", ','},
		{"smbclient rpcclient smbmap", "U -user", '%'},
		{"sshpass login mongo mongosh mongodump mongorestore cqlsh psexec", "p -password", 0},
		{"ldapsearch ldapmodify ldapadd ldapdelete ldapwhoami ldappasswd", "w", 0},
		{"zip unzip sqlcmd bcp osql isql", "P", 0},
		{"useradd usermod", "p -password", 0},
		{"keygen", "N", 0}, // ssh-keygen
	} {
		on(c.names, func(s *Scanner, _, end int) int { return s.option(end, c.options, c.joint) })
	}
	on("mysql mysqldump mysqladmin mysqlimport mariadb rar unrar", func(s *Scanner, _, end int) int { return s.attached(end) })
	on("cli", func(s *Scanner, start, end int) int {
		if start < 6 || !has(s.text[start-6:], "redis-") {
			return 0
		}
		return s.option(end, "a", 0)
	})
	on("pub sub", func(s *Scanner, start, end int) int {
		if start < 10 || !has(s.text[start-10:], "mosquitto_") {
			return 0
		}
		return s.option(end, "P", 0)
	})
	on("password secret", func(s *Scanner, start, end int) int { // of routers: enable secret x, username u password 7 x
		t := s.text
		lo, hi := s.argumentAt(end, 0)
		if hi-lo == 1 && oneOf(t[lo], "05789") {
			s.secretAt(s.argumentAt(end, 1))
		} else if wordBack(t, start, "enable") < start && digitsIn(t[lo:hi]) > 0 && (hi == len(t) || t[hi] == '\n') {
			s.secretAt(lo, hi)
		}
		return 0
	})
	on("password", func(s *Scanner, start, end int) int { // SET PASSWORD FOR 'user'@'host' = 'x'
		t := s.text
		if wordBack(t, start, "set") == start || !has(t[end:], " FOR ") && !has(t[end:], " for ") {
			return 0
		}
		high := min(len(t), end+96)
		for i := end; i+3 < high && t[i] != '\n'; i++ {
			if t[i] == '=' {
				if p := spaces(t, i+1); t[p] == '\'' || t[p] == '"' {
					s.plainSecret(p)
				}
				break
			}
		}
		s.work += high - end
		return 0
	})
	on("send", func(s *Scanner, start, end int) int { // expect "Password:" { send "x\r" }
		t := s.text
		if lastIndex(t[max(0, start-24):start], "assword") < 0 || end+2 >= len(t) || t[end] != ' ' {
			return 0
		}
		if lo, hi, quoted := valueAt(t, end+1, false); quoted {
			if k := Index(t[lo:hi], '\\', 0); k > 0 {
				hi = lo + k
			}
			s.secretAt(lo, hi)
		}
		return 0
	})
	on("docker podman helm oras crane", func(s *Scanner, start, end int) int { // echo password | docker login --password-stdin
		if has(s.text[end:], " login") || has(s.text[end:], " registry login") {
			s.secretAt(s.piped(start))
		}
		return 0
	})
	on("community", func(s *Scanner, start, end int) int {
		if wordBack(s.text, start, "snmp-server") < start {
			s.secretAt(s.argumentAt(end, 0))
		}
		return 0
	})
	on("sqlplus", func(s *Scanner, _, end int) int { // sqlplus user/password@host
		t := s.text
		lo, hi := s.argumentAt(end, 0)
		if k := Index(t[lo:hi], '/', 0); k > 0 {
			e := lo + k + 1
			for e < hi && t[e] != '@' {
				e++
			}
			s.secretAt(lo+k+1, e)
		}
		return 0
	})
	on("rabbitmqctl", func(s *Scanner, _, end int) int { // rabbitmqctl add_user name password
		if lo, hi := s.argumentAt(end, 0); string(s.text[lo:hi]) == "add_user" || string(s.text[lo:hi]) == "change_password" {
			s.secretAt(s.argumentAt(end, 2))
		}
		return 0
	})
	on("htpasswd", func(s *Scanner, _, end int) int { // htpasswd -b file name password
		if lo, hi := s.argumentAt(end, 0); hi > lo && s.text[lo] == '-' && Index(s.text[lo:hi], 'b', 0) > 0 {
			s.secretAt(s.argumentAt(end, 3))
		}
		return 0
	})
	on("chpasswd", func(s *Scanner, start, _ int) int { // echo name:password | chpasswd
		lo, hi := s.piped(start)
		if k := Index(s.text[lo:hi], ':', 0); k > 0 {
			s.secretAt(lo+k+1, hi)
		}
		return 0
	})
	on("sudo", func(s *Scanner, start, end int) int { // echo password | sudo -S
		if has(s.text[end:], " -S") {
			s.secretAt(s.piped(start))
		}
		return 0
	})
}

// argumentAt is the argument n, from 0, of the command whose name ends at p, without quotes.
func (s *Scanner) argumentAt(p, n int) (lo, hi int) {
	t := s.text
	from := p
	for k := 0; k <= n; k++ {
		if p >= len(t) || t[p] != ' ' || p-from > maxCommand {
			return p, p
		}
		for p < len(t) && t[p] == ' ' {
			p++
		}
		lo = p
		for p < len(t) && t[p] > ' ' && t[p] < 0x80 && t[p] != '|' && t[p] != ';' && p-lo < 128 {
			p++
		}
	}
	s.work += p - from
	return unquote(t, lo, p)
}

// piped is what echo puts into the pipe that leads to the command at p, without quotes.
func (s *Scanner) piped(p int) (lo, hi int) {
	t := s.text
	i := p
	for i > 0 && t[i-1] == ' ' && p-i < 4 {
		i--
	}
	if i == 0 || t[i-1] != '|' {
		return 0, 0
	}
	for i--; i > 0 && t[i-1] == ' ' && p-i < 6; i-- {
	}
	hi = i
	for i > 0 && hi-i < 96 && t[i-1] > ' ' && t[i-1] < 0x80 {
		i--
	}
	s.work += p - i
	if i < 5 || !has(t[i-5:], "echo ") && !has(t[max(0, i-8):], "echo -n ") && !has(t[max(0, i-8):], "echo -e ") {
		return 0, 0
	}
	return unquote(t, i, hi)
}

// unquote is [lo,hi) without the quotes at its ends.
func unquote(t []byte, lo, hi int) (int, int) {
	for lo < hi && (t[lo] == '"' || t[lo] == '\'' || t[lo] == '\\') {
		lo++
	}
	for hi > lo && (t[hi-1] == '"' || t[hi-1] == '\'' || t[hi-1] == '\\') {
		hi--
	}
	return lo, hi
}
