package redact

import (
	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Models mangle placeholders: <email_7q2k>, &lt;EMAIL_7Q2K&gt;, \<EMAIL\_7Q2K\>, [EMAIL_7Q2K], < EMAIL 7Q2K >, EMAIL_7Q2K. With restore
// lenient each of these is read as the placeholder that it was, if this exchange has it.

// What stands before one does not matter, because in a stream it may have gone out: nothing else has the tag.

// lenient reads them; its names are those of the placeholders of a configuration.
type lenient struct {
	names   []string // EMAIL_, by decreasing length
	initial [256]bool
	longest int // bytes that the beginning of one can have
}

func newLenient() *lenient {
	l := &lenient{}
	for _, list := range byFirst {
		for _, n := range list {
			if settings.recogniser == nil && onlyRecognised(n) {
				continue // nobody gives them out, and a stream would wait for every "date"
			}
			l.names = append(l.names, n)
			l.initial[n[0]], l.initial[n[0]|0x20] = true, true
			l.longest = max(l.longest, 2*len(n)+tagMax+16)
		}
	}
	return l
}

// onlyRecognised tells whether placeholders of that name stand for what only a recogniser finds.
func onlyRecognised(name string) bool {
	for i, n := range placeholderNames {
		if n == name {
			return detect.Type(i).Kind().Recognised
		}
	}
	return false
}

// Brackets that stand around placeholders, and their counterparts.
var brackets = [...]struct{ open, close string }{
	{`\u003c`, `\u003e`}, {"&lt;", "&gt;"}, {`\<`, `\>`}, {"<", ">"}, {"[[", "]]"}, {"[", "]"}, {"＜", "＞"}, {"《", "》"}, {"〈", "〉"}, {"{", "}"},
}

// placeholders is exactPlaceholders for mangled ones.
func (l *lenient) placeholders(text []byte, state longmen.Value, waiting bool) (hold int) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if !l.initial[c] && c != '<' && c != '&' && c != '\\' && c != '[' && c != '{' && c < 0xE3 {
			continue
		}
		r, n, key := l.read(text[i:])
		switch r {
		case open:
			if waiting && n <= l.longest {
				return len(text) - i
			}
			if key == nil {
				continue
			}
			fallthrough // the text ends with the tag
		case whole:
			if original := state.Get(view(key)); original.Exists() {
				addOriginal(i, i+n, original)
				i += n - 1
			}
		}
	}
	return 0
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' }

var lenientKey []byte

// read reads one at the start of b; key is the placeholder that it was.
func (l *lenient) read(b []byte) (r reading, n int, key []byte) {
	p, closing := 0, ""
	for _, k := range brackets {
		switch m := match(b, k.open); m {
		case whole:
			p, closing = len(k.open), k.close
		case open:
			return open, len(b), nil
		default:
			continue
		}
		break
	}
	if closing != "" && p < len(b) && b[p] == ' ' {
		p++
	}
	if p == len(b) {
		return open, p, nil
	}
	if !l.initial[b[p]] {
		return none, 0, nil
	}
	best := none
	for _, name := range l.names {
		if name[0]|0x20 != b[p]|0x20 {
			continue
		}
		q, s := l.name(b, p, name)
		if s == open {
			best, n = open, len(b)
			continue
		}
		if s == none {
			continue
		}
		lenientKey = append(append(lenientKey[:0], '<'), name...)
		tag := 0
		for q < len(b) && tag <= tagMax {
			c := b[q]
			if c >= 'a' && c <= 'z' {
				c -= 0x20
			}
			if !inTag[c] {
				break
			}
			lenientKey = append(lenientKey, c)
			q++
			tag++
		}
		if tag > tagMax {
			continue
		}
		if q == len(b) { // more of the tag or a bracket may follow
			best, n = open, q
			if tag < tagMin {
				continue
			}
			key = append(lenientKey, '>')
			return open, q, key
		}
		if tag < tagMin || letter(b[q]) {
			continue
		}
		lenientKey = append(lenientKey, '>')
		if closing != "" && q < len(b) {
			e := q
			if b[e] == ' ' {
				e++
			}
			switch m := match(b[min(e, len(b)):], closing); {
			case m == whole:
				return whole, e + len(closing), lenientKey
			case m == open || e == len(b):
				return open, q, lenientKey
			}
		}
		return whole, q, lenientKey
	}
	return best, n, nil
}

// name compares b from p on with a name, whose underscores may be blanks, hyphens or escaped.
func (l *lenient) name(b []byte, p int, name string) (int, reading) {
	for i := range len(name) {
		if p == len(b) {
			return p, open
		}
		if name[i] == '_' {
			if b[p] == '\\' {
				p++
				if p == len(b) {
					return p, open
				}
			}
			if b[p] != '_' && b[p] != ' ' && b[p] != '-' {
				return p, none
			}
		} else if b[p]|0x20 != name[i]|0x20 {
			return p, none
		}
		p++
	}
	return p, whole
}

// match tells whether b begins with w, or is the beginning of w.
func match(b []byte, w string) reading {
	for i := range len(w) {
		if i == len(b) {
			return open
		}
		if b[i] != w[i] {
			return none
		}
	}
	return whole
}
