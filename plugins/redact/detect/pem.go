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
		if _, n := run(t, q, part{base64, minBlob, minBlob}); n < minBlob {
			return 0 // nothing follows, not even on the same line
		}
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

// encodedPEM is the end of the private key in PEM form, once more in base64, that starts at p, or 0: Kubernetes and continuous
// integration keep them so.
func encodedPEM(t []byte, p int) int {
	const head = "LS0tLS1CRUdJTi"
	if !has(t[p:], head) {
		return 0
	}
	for _, w := range [...]string{"BQUklWQVRF", "BSU0Eg", "BPUEVOU1NI", "BFQyBQ", "BFTkNSWVBURU", "BEU0Eg", "BQR1AgUFJJ"} {
		if !has(t[p+len(head):], w) {
			continue
		}
		end := p
		for end < len(t) && class[t[end]]&(isAlnum|isBase64) != 0 {
			end++
		}
		if end-p < minBlob {
			return 0
		}
		for end < len(t) && t[end] == '=' {
			end++
		}
		return end
	}
	return 0
}

func init() {
	// PuTTY's keys: PuTTY-User-Key-File-2: …, with the private part behind Private-Lines.
	on("tty", func(s *Scanner, start, end int) int {
		t := s.text
		start -= len("Pu")
		if start < s.manifests || !has(t[end:], "-User-Key-File-") {
			return 0
		}
		limit := min(len(t), end+8<<10)
		k := lastIndex(t[end:limit], "Private-Lines: ")
		s.work += limit - end
		s.manifests = limit
		if k < 0 {
			return 0
		}
		i := end + k + len("Private-Lines: ")
		for i < limit && class[t[i]]&isDigit != 0 {
			i++
		}
		last := i
		for i = gapAfter(t, i); i < limit; i = gapAfter(t, i) {
			e := i
			for e < limit && class[t[e]]&(isAlnum|isBase64) != 0 {
				e++
			}
			if e-i < minWord {
				break
			}
			for e < limit && t[e] == '=' {
				e++
			}
			last, i = e, e
		}
		s.manifests = last
		s.emit(start, last, PrivateKey, rankSure)
		return last
	})
}
