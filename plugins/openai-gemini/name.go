package openaigemini

import "strconv"

// maxFunctionName is the longest function name that Gemini takes, in bytes.
const maxFunctionName = 64

// names maps the function names of one request to names that Gemini takes: a letter or "_", then
// letters, digits and "_.:-". A name that has to change keeps its original in the exchange's state, so
// that the answer carries it again.
type names struct {
	sent     map[string]string // original to sent
	taken    map[string]bool   // sent
	restored []byte            // JSON members sent: original, of those that changed
}

// send is the name to send for an original one; the same for every mention in a request.
func (n *names) send(original []byte) string {
	if s, ok := n.sent[string(original)]; ok {
		return s
	}
	if n.sent == nil {
		n.sent, n.taken = make(map[string]string), make(map[string]bool)
	}
	name := string(original)
	sent := clean(name)
	for base, i := sent, 2; n.taken[sent]; i++ {
		suffix := "_" + strconv.Itoa(i)
		sent = base[:min(len(base), maxFunctionName-len(suffix))] + suffix
	}
	n.sent[name], n.taken[sent] = sent, true
	if sent != name {
		if len(n.restored) > 0 {
			n.restored = append(n.restored, ',')
		}
		n.restored = appendQuoted(n.restored, sent)
		n.restored = append(n.restored, ':')
		n.restored = appendQuoted(n.restored, name)
	}
	return sent
}

// clean is the name with every other character replaced by "_" and cut to the length that Gemini takes.
func clean(name string) string {
	good := len(name) <= maxFunctionName && name != ""
	for i := 0; good && i < len(name); i++ {
		good = allowed(name[i], i == 0)
	}
	if good {
		return name
	}
	b := make([]byte, 0, maxFunctionName+1)
	for _, r := range name {
		c := byte('_')
		if r < 0x80 && allowed(byte(r), false) {
			c = byte(r)
		}
		if len(b) == 0 && !allowed(c, true) {
			b = append(b, '_')
		}
		if b = append(b, c); len(b) >= maxFunctionName {
			break
		}
	}
	if len(b) == 0 {
		b = append(b, '_')
	}
	return string(b)
}

func allowed(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		return true
	case c >= '0' && c <= '9', c == '.', c == ':', c == '-':
		return !first
	}
	return false
}
