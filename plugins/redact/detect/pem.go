package detect

// PrivateKey is a private key in PEM form.
var PrivateKey = define(Kind{Name: "private_key", Family: Secret})

// dash handles the hyphen at p: where a PEM block begins (RFC 7468), a private key is reported and any
// other block passed by. Line breaks may be escaped (\n). A block that is cut off counts to its last base64 character.
func (s *Scanner) dash(p int) int {
	t := s.text
	const head = "-----BEGIN "
	if p+len(head) > len(t) || t[p+5] != 'B' || string(t[p:p+len(head)]) != head {
		return 0
	}
	i := p + len(head)
	for i < len(t) && i-p < 60 && t[i] != '-' {
		i++
	}
	if i+5 > len(t) || string(t[i:i+5]) != "-----" {
		return 0
	}
	label := t[p+len(head) : i]
	secret := lastIndex(label, "PRIVATE KEY") >= 0
	i += 5
	q := gapAfter(t, i)
	s.work += q - p
	if q == i {
		return 0
	}
	q = pemHeaders(t, q)
	end, size := 0, 0
	for {
		e := q
		for e < len(t) && class[t[e]]&(isAlnum|isBase64) != 0 {
			e++
		}
		size += e - q
		for e < len(t) && t[e] == '=' {
			e++
		}
		// The checksum line of PGP begins with an equals sign.
		for e < len(t) && t[q] == '=' && class[t[e]]&(isAlnum|isBase64) != 0 {
			e++
		}
		next := gapAfter(t, e)
		const tail = "-----END "
		last := next+len(tail) <= len(t) && string(t[next:next+len(tail)]) == tail
		if !last && e-q < minWord {
			break // a word of the text behind a block that was cut off
		}
		end = e
		if last {
			for c := next + len(tail); c+5 <= len(t) && c < next+70; c++ {
				if string(t[c:c+5]) == "-----" {
					end = c + 5
					break
				}
			}
			break
		}
		if next == e {
			break
		}
		q = next
	}
	s.work += max(end-p, 0)
	if size < minWord {
		return 0
	}
	if secret {
		s.emit(p, end, PrivateKey, rankSure)
	}
	return end
}

// pemHeaders passes the lines Proc-Type, DEK-Info, Version and Comment at q.
func pemHeaders(t []byte, q int) int {
	for range 6 {
		i := q
		for i < len(t) && i-q < 24 && class[t[i]]&(isAlpha|isHyphen) != 0 {
			i++
		}
		if i == q || i+1 >= len(t) || t[i] != ':' || t[i+1] != ' ' {
			return q
		}
		for i < len(t) && i-q < 200 && t[i] != '\n' && t[i] != '\\' {
			i++
		}
		q = gapAfter(t, i)
	}
	return q
}

// gapAfter goes over white space and escaped line ends at p.
func gapAfter(t []byte, p int) int {
	for p < len(t) {
		switch t[p] {
		case '\n', '\r', '\t', ' ':
			p++
			continue
		case '\\':
			q := p
			for q < len(t) && t[q] == '\\' {
				q++
			}
			if q < len(t) && (t[q] == 'n' || t[q] == 'r') {
				p = q + 1
				continue
			}
		}
		break
	}
	return p
}
