package dialect

import (
	"bytes"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/document"
)

// Answering is the name of the model that a whole answer or an event says it is of, "" if it says none.
func (d *Dialect) Answering(a *document.Arena, root document.Node) string {
	for _, p := range d.answering {
		if name := a.String(p.find(a, root)); name != "" {
			return name
		}
	}
	return ""
}

// EachAnswer calls f with the places where a whole answer or an event has the answer, or a part of it: the document itself, and what some events wrap it in.
func (d *Dialect) EachAnswer(a *document.Arena, root document.Node, f func(document.Node)) {
	for _, p := range d.answers {
		if n := p.find(a, root); n != 0 {
			f(n)
		}
	}
}

// AnsweringIn is the same of a beginning of an answer that nobody has parsed: what follows the first member of that name. In the words of the model
// it would have its quotes escaped.
func (d *Dialect) AnsweringIn(text []byte) string {
	if len(d.desc.Answering) == 0 {
		return ""
	}
	at := d.desc.Answering[0]
	_, rest, _ := bytes.Cut(text, []byte(`"`+at[strings.LastIndexByte(at, '.')+1:]+`"`))
	return plainName(bytes.TrimLeft(rest, " \t\r\n:"))
}
