package dialect

import (
	"bytes"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// reason is a compiled Reason.
type reason struct {
	at    path
	kinds []ErrorKind
}

// classify fills in what the dialect's tables say of the error.
func (d *Dialect) classify(e *Error, a *document.Arena, n document.Node) {
	finer := d.finer(a, n)
	if finer == nil || finer.Status == 0 {
		d.named(e, a, n)
	}
	if finer != nil {
		if finer.Status != 0 {
			e.Status = finer.Status
		}
		if finer.Type != "" {
			e.Type = finer.Type
		}
		if finer.Code != "" {
			e.Code = finer.Code
		}
	}
	if code := d.said(e, a, n); code != "" {
		e.Code = code
	}
}

// named fills in what the dialect's own name of the error says.
func (d *Dialect) named(e *Error, a *document.Arena, n document.Node) {
	spec := &d.desc.Errors
	if spec.Native == "" {
		return
	}
	at := a.Get(n, spec.Native)
	k := kindOf(spec.Kinds, a, at, e.Status)
	if k == nil && a.Kind(at) != abi.KindString {
		// Without a name the status tells as much.
		for i := range spec.Kinds {
			if spec.Kinds[i].Status == e.Status {
				k = &spec.Kinds[i]
				break
			}
		}
	}
	if k == nil {
		return
	}
	if e.Status == 0 {
		e.Status = k.Status
	}
	e.Type = k.Type
	if e.Code == "" && k.Status == e.Status {
		e.Code = k.Code
	}
}

// kindOf is the kind of a name, if there are several the one with the status.
func kindOf(kinds []ErrorKind, a *document.Arena, n document.Node, status int) *ErrorKind {
	var first *ErrorKind
	for i := range kinds {
		k := &kinds[i]
		if !a.Is(n, k.Native) {
			continue
		}
		if k.Status == status {
			return k
		}
		if first == nil {
			first = k
		}
	}
	return first
}

// finer is the first kind that the error's finer names tell.
func (d *Dialect) finer(a *document.Arena, n document.Node) (found *ErrorKind) {
	for i := range d.reasons {
		r := &d.reasons[i]
		r.at.each(a, n, func(at document.Node) {
			name, _ := a.Text(at)
			if len(name) == 0 || found != nil {
				return
			}
			for k := range r.kinds {
				if like(name, r.kinds[k].Native) {
					found = &r.kinds[k]
					return
				}
			}
		})
		if found != nil {
			return found
		}
	}
	return nil
}

// said is the code that the error's words tell.
func (d *Dialect) said(e *Error, a *document.Arena, n document.Node) string {
	if len(d.desc.Errors.Phrases) == 0 {
		return ""
	}
	if code := d.phraseCode([]byte(e.Message)); code != "" {
		return code
	}
	for _, p := range d.within {
		text, _ := a.Text(p.find(a, n))
		if code := d.phraseCode(text[:min(len(text), maxErrorText)]); code != "" {
			return code
		}
	}
	return ""
}

func (d *Dialect) phraseCode(text []byte) string {
	for i := range d.desc.Errors.Phrases {
		if p := &d.desc.Errors.Phrases[i]; p.fits(text) {
			return p.Code
		}
	}
	return ""
}

func (p *Phrase) fits(text []byte) bool {
	if p.Prefix != "" {
		return bytes.HasPrefix(text, []byte(p.Prefix))
	}
	return like(text, p.Like)
}

// like tells whether text fits a pattern in which "*" stands for any text.
func like(text []byte, pattern string) bool {
	head, rest, open := strings.Cut(pattern, "*")
	if !open {
		return string(text) == pattern
	}
	if !bytes.HasPrefix(text, []byte(head)) {
		return false
	}
	text = text[len(head):]
	for {
		word, next, more := strings.Cut(rest, "*")
		if !more {
			return bytes.HasSuffix(text, []byte(word))
		}
		i := bytes.Index(text, []byte(word))
		if i < 0 {
			return false
		}
		text, rest = text[i+len(word):], next
	}
}
