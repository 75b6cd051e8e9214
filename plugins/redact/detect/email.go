package detect

// E-mail addresses: the dot-atom form of RFC 5321 with the characters that mailboxes are given in practice,
// and a domain whose last label is letters. Chinese text right before or after is a boundary; letters of two
// UTF-8 bytes (Latin with marks, Greek, Cyrillic) are letters.
//
// Not an address: git@github.com:org/repo, @scope/pkg@1.2.3, user@10.0.0.1, icon@2x.png, unit@1.service,
// a@b.method(, and a Message-ID.

const (
	maxLocal  = 64  // RFC 5321 4.5.3.1.1
	maxDomain = 253 // RFC 1035 2.3.4, as text
)

// at handles the at sign of w bytes at p, and returns where to go on.
func (s *Scanner) at(p, w int) int {
	t := s.text
	if p+4 < len(t) && t[p] == '@' && t[p+1] >= 0xE4 {
		s.mentioned(p + 1)
	}
	if !s.types.Has(Email) || p == 0 {
		return p + w
	}
	s.work++
	q := p + w
	for q < len(t) && class[t[q]]&(isAlnum|isHyphen) != 0 {
		q++
	}
	if q >= len(t) || q == p+w && t[q] < 0x80 || t[q] < 0x80 && t[q] != '.' {
		return p + w
	}
	start := localStart(t, p)
	s.work += q - start
	if start == p {
		return p + w
	}
	end, ok := domainEnd(t, p+w)
	s.work += end - start
	if !ok || notMail(t, start, p, p+w, end) {
		return p + w
	}
	s.emit(start, end, Email, rankSure)
	return end
}

// localStart is where the local part that ends at p starts.
func localStart(t []byte, p int) int {
	i := p
	for i > 0 && p-i < maxLocal {
		c := t[i-1]
		if class[c]&(isToken|isLocal) != 0 {
			i--
			continue
		}
		if c == '\'' && i >= 2 && i < p && class[t[i]]&isAlpha != 0 && class[t[i-2]]&isAlpha != 0 {
			i-- // o'brien
			continue
		}
		if i >= 2 && i-2 >= p-maxLocal && letterOfTwo(t[i-2], c) {
			i -= 2
			continue
		}
		break
	}
	i = skipEscape(t, i, p)
	for i < p && (t[i] == '.' || t[i] == '+' || t[i] == '-' || t[i] == '\'') {
		i++
	}
	if i < p && t[p-1] == '.' {
		return p
	}
	return i
}

// letterOfTwo tells whether the bytes are a letter of U+00C0 to U+058F: no symbol stands there but × and ÷.
func letterOfTwo(a, b byte) bool {
	return a >= 0xC3 && a <= 0xD6 && b >= 0x80 && b < 0xC0 && !(a == 0xC3 && (b == 0x97 || b == 0xB7))
}

// domainEnd reads a domain name at p.
func domainEnd(t []byte, p int) (end int, ok bool) {
	labels, label, i := 0, p, p
	lastAlpha, marked := true, false // of the label being read
	limit := min(len(t), p+maxDomain)
	for ; ; i++ {
		if i < limit {
			c := t[i]
			if class[c]&isAlpha != 0 {
				continue
			}
			if class[c]&(isDigit|isHyphen) != 0 {
				lastAlpha = false
				continue
			}
			if i+1 < limit && letterOfTwo(c, t[i+1]) {
				marked = true
				i++
				continue
			}
		}
		n := i
		for n > label && t[n-1] == '-' {
			n--
		}
		if n == label || t[label] == '-' || n-label > 63 {
			return end, ok
		}
		labels++
		if labels >= 2 {
			tld := t[label:n]
			alpha := lastAlpha || onlyAlpha(tld)
			// A label that cannot end a name may still stand in the middle of a longer one.
			if valid := len(tld) >= 2 && (alpha && (marked || len(tld) <= 24) || len(tld) > 4 && foldEqual(tld[:4], "xn--")); valid {
				end, ok = n, true
			} else {
				ok = false
			}
		}
		if n != i || i >= limit || t[i] != '.' {
			return max(end, n), ok
		}
		label, lastAlpha, marked = i+1, true, false
	}
}

func onlyAlpha(b []byte) bool {
	for _, c := range b {
		if class[c]&isAlpha == 0 {
			return false
		}
	}
	return true
}

// fileEndings end names of files and system units; none is a top-level domain.
var fileEndings = words("png jpg jpeg gif svg webp ico bmp css scss less js jsx mjs cjs ts tsx json yaml yml toml xml html htm txt log csv sql lock conf cfg ini " +
	"tgz gz bz2 xz tar rpm deb whl jar war exe dll bin bak tmp patch diff java kt cpp hpp vue woff ttf pdf docx xlsx pptx service socket timer target slice scope device mount")

// notMail tells whether what has the form of an address is something else.
func notMail(t []byte, start, at, domain, end int) bool {
	local := t[start:at]
	if string(local) == "git" || string(local) == "hg" {
		return true
	}
	if end < len(t) && t[end] == '(' {
		return true
	}
	if masked := len(local) > 2; masked { // xxx@xxx.com
		for _, c := range local {
			masked = masked && c|0x20 == 'x'
		}
		if masked {
			return true
		}
	}
	// @1.2.3-beta.rc and @v1.2.3.x are versions.
	i := domain
	if t[i]|0x20 == 'v' {
		i++
	}
	j := i
	for j < end && class[t[j]]&isDigit != 0 {
		j++
	}
	if j > i && j+1 < end && t[j] == '.' && class[t[j+1]]&isDigit != 0 {
		return true
	}
	dot := end
	for t[dot-1] != '.' {
		dot--
	}
	var buf [8]byte
	if tld := t[dot:end]; len(tld) <= len(buf) {
		for k, c := range tld {
			buf[k] = lower(c)
		}
		if fileEndings.has(string(buf[:len(tld)])) {
			return true
		}
	}
	return messageID(t, start)
}

// messageID tells whether a mail header that holds message identifiers stands before p on its line.
func messageID(t []byte, p int) bool {
	if p == 0 || t[p-1] != '<' {
		return false
	}
	low := max(0, p-200)
	for i := p - 1; i > low; i-- {
		if t[i] == ':' {
			for _, h := range [...]string{"message-id", "in-reply-to", "references", "content-id"} {
				if i >= len(h) && foldEqual(t[i-len(h):i], h) {
					return true
				}
			}
		}
		if t[i] == '\n' {
			return false
		}
	}
	return false
}
