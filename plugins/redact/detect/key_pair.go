package detect

// A cloud's access key is of two parts: an identifier with a prefix, and a secret without one, which is pasted beside it.

// pairs are the identifiers and the forms of their secrets.
var pairs = [...]struct {
	prefix string
	secret part
}{
	{"AKIA", part{base64, 40, 40}},
	{"ASIA", part{base64, 40, 40}},
	{"LTAI", part{isAlnum, 30, 30}},
	{"AKID", part{isAlnum, 32, 32}},
	{"AKLT", part{base64, 40, 62}},
}

// maxPair bounds how far behind the identifier its secret stands.
const maxPair = 120

// pairedSecret reports the secret behind the identifier of an access key at [start,end).
func (s *Scanner) pairedSecret(start, end int) {
	t := s.text
	for k := range pairs {
		p := &pairs[k]
		if !has(t[start:], p.prefix) {
			continue
		}
		high := min(len(t), end+maxPair)
		for i := end; i < high; {
			if class[t[i]]&p.secret.alphabet == 0 || i > 0 && class[t[i-1]]&isToken != 0 && !escapeBefore(t, i) {
				i++
				continue
			}
			lo := i
			for i < len(t) && i-lo <= p.secret.max && class[t[i]]&p.secret.alphabet != 0 {
				i++
			}
			e := i
			for e < len(t) && e-i < 2 && t[e] == '=' && p.secret.min != p.secret.max {
				e++
			}
			s.work += i - lo
			if n := i - lo; n >= p.secret.min && n <= p.secret.max && scattered(t[lo:i]) && varied(t[lo:i]) && (i == len(t) || class[t[i]]&isToken == 0) {
				s.emit(lo, e, Password, rankNamed)
				return
			}
		}
		return
	}
}
