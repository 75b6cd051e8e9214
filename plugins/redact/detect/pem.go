package detect

const (
	// maxHeader bounds what stands between -----BEGIN and the first line of a key: its label, and for
	// encrypted keys of the old form the lines Proc-Type and DEK-Info (RFC 1421).
	maxHeader = 200
	// maxLine bounds how far the start of the first line is looked for.
	maxLine = 80
)

// privateKey reads a private key in PEM form (RFC 7468) in whose base64 text a run starts at p: from its BEGIN line
// to its END line, or to the last base64 character when the block is cut off. Line breaks may be escaped (\n).
func privateKey(t []byte, p int) (start, end int, ok bool) {
	for low := max(0, p-maxLine); p > low && class[t[p-1]]&(isAlnum|isBase64) != 0; {
		if t[p-1] == 'n' && p >= 2 && t[p-2] == '\\' {
			break
		}
		p--
	}
	i, breaks := gapBefore(t, p)
	if i == p || i == 0 || t[i-1] != '-' && breaks < 2 {
		return 0, 0, false
	}
	low := max(0, i-maxHeader)
	// Between the label and the text only the headers of an encrypted key may stand.
	if t[i-1] != '-' && lastIndex(t[low:i], "DEK-Info: ") < 0 {
		return 0, 0, false
	}
	at := lastIndex(t[low:i], "PRIVATE KEY")
	if at < 0 {
		return 0, 0, false
	}
	begin := lastIndex(t[low:low+at], "-----BEGIN ")
	if begin < 0 || at-begin > 40 {
		return 0, 0, false
	}
	const tail = "-----END "
	start, end = low+begin, p
	for q := p; ; {
		e := q
		for e < len(t) && class[t[e]]&(isAlnum|isBase64) != 0 {
			e++
		}
		for e < len(t) && t[e] == '=' {
			e++
		}
		next := gapAfter(t, e)
		last := next+len(tail) <= len(t) && string(t[next:next+len(tail)]) == tail
		if !last && e-q < minWord {
			break // a word of the text behind a block that was cut off
		}
		end = e
		if last {
			for c := next + len(tail); c+5 <= len(t) && c < next+60; c++ {
				if string(t[c:c+5]) == "-----" {
					return start, c + 5, true
				}
			}
			break
		}
		if next == e {
			break
		}
		q = next
	}
	return start, end, end-p >= minWord
}

// gapBefore goes back over white space and escaped line ends before p and counts the line ends.
func gapBefore(t []byte, p int) (start, breaks int) {
	for p > 0 {
		switch c := t[p-1]; {
		case c == '\n':
			breaks++
			p--
		case c == ' ', c == '\r', c == '\t':
			p--
		case (c == 'n' || c == 'r') && p >= 2 && t[p-2] == '\\':
			if c == 'n' {
				breaks++
			}
			p -= 2
			for p > 0 && t[p-1] == '\\' {
				p--
			}
		default:
			return p, breaks
		}
	}
	return p, breaks
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
