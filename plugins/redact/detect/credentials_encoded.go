package detect

// A user and a password in base64: of HTTP's Basic scheme (RFC 7617) wherever it stands, and of Docker's registries ("auth": "…").

func init() {
	encoded := func(s *Scanner, p int) int {
		t := s.text
		e := p
		for e < len(t) && e-p < 256 && (class[t[e]]&(isAlnum|isBase64) != 0 || t[e] == '=') {
			e++
		}
		s.work += e - p
		if e-p >= 8 && encodedPair(t[p:e]) {
			s.emit(p, e, Password, rankNamed)
		}
		return 0
	}
	on("basic", func(s *Scanner, _, end int) int {
		if end+8 >= len(s.text) || s.text[end] != ' ' {
			return 0
		}
		return encoded(s, end+1)
	})
	on("auth", func(s *Scanner, _, end int) int {
		t := s.text
		p := end
		for p < len(t) && p-end < 10 && oneOf(t[p], "\\\": '=") {
			p++
		}
		if p-end < 2 {
			return 0
		}
		return encoded(s, p)
	})
}

// encodedPair tells whether v is the base64 of printable characters with a colon among them, which is neither the first nor the last.
func encodedPair(v []byte) bool {
	for len(v) > 0 && v[len(v)-1] == '=' {
		v = v[:len(v)-1]
	}
	var bits uint32
	n, size, colon := 0, 0, -1
	for _, c := range v {
		var x uint32
		switch {
		case class[c]&isUpper != 0:
			x = uint32(c - 'A')
		case class[c]&isLower != 0:
			x = uint32(c-'a') + 26
		case class[c]&isDigit != 0:
			x = uint32(c-'0') + 52
		case c == '+':
			x = 62
		case c == '/':
			x = 63
		default:
			return false
		}
		bits = bits<<6 | x
		if n += 6; n >= 8 {
			n -= 8
			b := byte(bits >> n)
			if b < ' ' || b == 0x7F {
				return false
			}
			if b == ':' && colon < 0 {
				colon = size
			}
			size++
		}
	}
	return colon > 0 && size-colon > 4
}
