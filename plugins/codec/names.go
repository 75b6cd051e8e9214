package codec

import (
	"strconv"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// NameForm is what names, or ids, a provider takes.
type NameForm struct {
	Max     int                           // bytes
	Allowed func(c byte, first bool) bool // characters, also at the beginning
}

// Names maps the function names (or call ids) of one request to names that the provider takes. One that
// has to change keeps its original in Restored, which the codec puts into the exchange's state, so that
// the answer carries it again.
type Names struct {
	Form     *NameForm
	Restored []byte            // JSON members sent: original, of those that changed
	sent     map[string]string // original to sent
	taken    map[string]bool   // sent
}

// Send is the name to send for an original one; the same for every mention in a request.
func (n *Names) Send(original []byte) string {
	if s, ok := n.sent[string(original)]; ok {
		return s
	}
	if n.sent == nil {
		n.sent, n.taken = make(map[string]string), make(map[string]bool)
	}
	name := string(original)
	sent := n.Form.clean(name)
	for base, i := sent, 2; n.taken[sent]; i++ {
		suffix := "_" + strconv.Itoa(i)
		sent = base[:min(len(base), n.Form.Max-len(suffix))] + suffix
	}
	n.sent[name], n.taken[sent] = sent, true
	if sent != name {
		if len(n.Restored) > 0 {
			n.Restored = append(n.Restored, ',')
		}
		n.Restored = AppendQuoted(n.Restored, sent)
		n.Restored = append(n.Restored, ':')
		n.Restored = AppendQuoted(n.Restored, name)
	}
	return sent
}

// clean is the name with every other character replaced by "_" and cut to the length.
func (f *NameForm) clean(name string) string {
	good := len(name) <= f.Max && name != ""
	for i := 0; good && i < len(name); i++ {
		good = f.Allowed(name[i], i == 0)
	}
	if good {
		return name
	}
	b := make([]byte, 0, f.Max+1)
	for _, r := range name {
		c := byte('_')
		if r < 0x80 && f.Allowed(byte(r), false) {
			c = byte(r)
		}
		if len(b) == 0 && !f.Allowed(c, true) {
			b = append(b, '_')
		}
		if b = append(b, c); len(b) >= f.Max {
			break
		}
	}
	if len(b) == 0 {
		b = append(b, '_')
	}
	return string(b)
}

// Sent is the name that was sent for an original one, if there was one.
func (n *Names) Sent(original []byte) (string, bool) {
	s, ok := n.sent[string(original)]
	return s, ok
}

// Len is the number of different names sent so far.
func (n *Names) Len() int { return len(n.sent) }

// Restore is the original of a name that an answer carries: names is the object that was made of
// Restored, and may not exist.
func Restore(name, names longmen.Value) longmen.Value {
	if !names.Exists() {
		return name
	}
	var buffer [256]byte
	if v := names.Get(string(name.Prefix(buffer[:]))); v.Exists() {
		return v
	}
	return name
}
