package detect

// IPAddress is an address of a machine in the internet; private and reserved ranges are left alone.
var IPAddress = define(Kind{Name: "ip_address", Family: Network, Prefix: "IP"})

// PrivateIPAddress is an address inside a network, RFC 1918 and 6598 and RFC 4193. It says little about a person.
var PrivateIPAddress = define(Kind{Name: "private_ip_address", Family: Network, Prefix: "PRIVATE_IP", Off: true})

// MACAddress is the hardware address of a network interface (EUI-48).
var MACAddress = define(Kind{Name: "mac_address", Family: Network, Prefix: "MAC"})

var contextIP context

func init() {
	add(
		Detector{Type: MACAddress, Source: "IEEE 802, in three groups", Class: Likely, Shapes: []string{"XXXX.XXXX.XXXX"}, Valid: validMAC,
			Words: "mac macs macaddress macaddr ether ethernet hwaddr physicaladdress bssid wifi 物理地址 网卡"},
	)
	contextIP = named("ip ipv ipaddress ipaddr host hostname server addr address client remote peer login ssh ping gateway proxy from 地址 主机 服务器 登录 来源")
}

// ipv4 handles the digits [p,e) before a dot: dotted quads of RFC 791.
func (s *Scanner) ipv4(p, e int) int {
	t := s.text
	if e-p > 3 || !numberStart(t, p) || p > 0 && (t[p-1] == '-' || t[p-1] == '.') {
		return e
	}
	var octet [4]int
	q, large := p, 0
	for k := range octet {
		if k > 0 {
			if q >= len(t) || t[q] != '.' {
				return e
			}
			q++
		}
		b := q
		for q < len(t) && q-b < 4 && class[t[q]]&isDigit != 0 {
			octet[k] = octet[k]*10 + int(t[q]-'0')
			q++
		}
		if q == b || q-b > 3 || octet[k] > 255 || q-b > 1 && t[b] == '0' {
			return e
		}
		if q-b > 1 {
			large++
		}
	}
	s.work += q - p
	if !numberEnd(t, q) && !portBehind(t, p, q) || q+1 < len(t) && t[q] == '-' && class[t[q+1]]&isAlnum != 0 || q+1 < len(t) && t[q] == '.' && class[t[q+1]]&isAlpha != 0 {
		return e
	}
	typ := IPAddress
	switch a, b := octet[0], octet[1]; {
	case a == 10, a == 172 && b >= 16 && b < 32, a == 192 && b == 168, a == 100 && b >= 64 && b < 128:
		typ = PrivateIPAddress
	}
	switch a := octet[0]; {
	case q < len(t) && t[q] >= 0xE0 && mark(t, q, "节", "章", "条", "版") > 0: // of a document
		return q
	case a == 0, a == 127, a >= 224, a == 169 && octet[1] == 254, q < len(t) && t[q] == '/' && octet[3] == 0:
		return q
	}
	c := Likely
	if large == 0 || octet[3] == 0 || q-p < 8+3 {
		c = ClassC // versions, section numbers, the decimals of a path in an SVG
	}
	s.report(p, q, typ, c, contextIP)
	return q
}

// portBehind tells whether a port follows the address [p,q) behind a dot, as tcpdump writes it: IP 203.0.113.7.51544 > 203.0.113.9.443: Flags.
func portBehind(t []byte, p, q int) bool {
	if p < 3 || string(t[p-2:p]) != "> " && string(t[p-3:p]) != "IP " || t[q] != '.' {
		return false
	}
	e := digitsAt(t, q+1, 6)
	return e > q+1 && e < q+7 && e < len(t) && (t[e] == ':' || has(t[e:], " >"))
}

// colon handles the colon at p: the scheme of a URL, or an address of hexadecimal groups.
func (s *Scanner) colon(p int) int {
	t := s.text
	if p+2 < len(t) && t[p+1] == '/' && t[p+2] == '/' {
		if p+3 < len(t) && t[p+3] == '@' { // a user without a name
			return p + 4
		}
		return s.authority(p)
	}
	if p+1 == len(t) {
		return 0
	}
	if t[p+1] == ' ' && p > 5 && t[p-1] >= 0x80 {
		s.speaker(p)
	}
	if class[t[p+1]]&isHex == 0 && t[p+1] != ':' {
		return 0
	}
	if p+6 < len(t) && class[t[p+1]]&class[t[p+4]]&isDigit != 0 && (t[p+5] == ':' || t[p+6] == ':') {
		if end := s.pgpass(p); end > 0 {
			return end
		}
	}
	lo := p
	for lo > 0 && p-lo < 5 && class[t[lo-1]]&isHex != 0 {
		lo--
	}
	if p-lo > 4 || lo > 0 && (class[t[lo-1]]&isName != 0 && !escapeBefore(t, lo) || t[lo-1] == ':') {
		return 0
	}
	hi := p
	for hi < len(t) && hi-p < 46 && (class[t[hi]]&isHex != 0 || t[hi] == ':') {
		hi++
	}
	s.work += hi - lo
	if p-lo == 2 && hi-lo >= 17 {
		if end := mac(t, lo); end > 0 {
			s.report(lo, end, MACAddress, ClassA, 0)
			return end
		}
	}
	return s.ipv6(lo, hi)
}

// hyphenMAC reads an address around the hyphen at i, its first.
func (s *Scanner) hyphenMAC(i int) int {
	t := s.text
	p := i - 2
	if p < 0 || p > 0 && (class[t[p-1]]&isToken != 0 && !escapeBefore(t, p)) {
		return 0
	}
	end := mac(t, p)
	if end == 0 {
		return 0
	}
	var v [12]byte
	for k := range v {
		v[k] = t[p+k+k/2]
	}
	if !validMAC(v[:]) {
		return 0
	}
	s.work += 17
	s.report(p, end, MACAddress, Likely, 0)
	return end
}

// validMAC takes twelve hexadecimal digits, letters among them: others are rows of figures.
func validMAC(v []byte) bool {
	var kinds uint8
	for _, c := range v {
		if class[c]&isHex == 0 {
			return false
		}
		kinds |= class[c]
	}
	return kinds&isDigit != 0 && kinds&isAlpha != 0
}

// mac reads six pairs of hexadecimal digits at p.
func mac(t []byte, p int) int {
	if p+17 > len(t) || p+17 < len(t) && (class[t[p+17]]&isName != 0 || t[p+17] == t[p+2]) {
		return 0
	}
	same := true
	for i := range 17 {
		c := t[p+i]
		if i%3 == 2 {
			if c != t[p+2] {
				return 0
			}
		} else if class[c]&isHex == 0 {
			return 0
		} else {
			same = same && lower(c) == lower(t[p])
		}
	}
	if same || foldEqual(t[p+3:p+5], "00") && foldEqual(t[p+6:p+8], "5e") && foldEqual(t[p:p+2], "01") || foldEqual(t[p:p+2], "33") && foldEqual(t[p+3:p+5], "33") {
		return 0 // zero, broadcast and multicast, RFC 1112 and 2464
	}
	return p + 17
}

// ipv6 reads the address [lo,hi) of RFC 4291: eight groups, or fewer around one double colon.
func (s *Scanner) ipv6(lo, hi int) int {
	t := s.text
	groups, size, gap, digits, pairs, longest := 0, 0, -1, 0, true, 0
	i := lo
	for ; i < hi; i++ {
		if t[i] != ':' {
			size++
			longest = max(longest, size)
			if class[t[i]]&isDigit != 0 {
				digits++
			}
			if size > 4 {
				return 0
			}
			continue
		}
		pairs = pairs && size == 2
		if size > 0 {
			groups++
			size = 0
		}
		if i+1 < hi && t[i+1] == ':' {
			if gap >= 0 {
				return 0
			}
			gap = groups
			i++
		} else if i+1 == hi { // a colon behind the address
			break
		}
	}
	end := i
	if size > 0 {
		groups++
	}
	if gap < 0 && (groups != 8 || pairs || longest < 3) || gap >= 0 && (groups > 7 || groups < 2) || digits == 0 || end < len(t) && class[t[end]]&isName != 0 {
		return 0
	}
	// std::min and a::b are names; link-local and documentation prefixes tell nothing.
	if groups < 3 && digits < 3 || t[lo] == ':' {
		return 0
	}
	if lower(t[lo]) == 'f' && p4(t, lo) && (lower(t[lo+1]) == 'c' || lower(t[lo+1]) == 'd') {
		s.report(lo, end, PrivateIPAddress, Likely, contextIP)
		return end
	}
	if lower(t[lo]) == 'f' && p4(t, lo) && (lower(t[lo+1]) == 'e' || lower(t[lo+1]) == 'f') || gap == groups && end < len(t) && t[end] == '/' {
		return end
	}
	s.report(lo, end, IPAddress, Likely, contextIP)
	return end
}

func p4(t []byte, p int) bool { return p+4 < len(t) && t[p+4] == ':' }
