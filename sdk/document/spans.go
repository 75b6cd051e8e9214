package document

import "github.com/longmen-gateway/longmen/sdk/abi"

// Spans gives n's JSON text, as AppendJSON would write it, in pieces: stretches of at least least bytes
// that stand in one of the arena's texts are handed out where they are, everything else is collected in
// buf. So a document with an image of megabytes can be sent without a copy of it. The pieces stay as they
// are as long as the caller does not change a text that it gave to Parse, also after Reset: what the
// arena reuses is copied.
func (a *Arena) Spans(n Node, least int, buf []byte) [][]byte {
	n, _ = a.ref(n)
	if n == 0 {
		return nil
	}
	s := spans{a: a, least: least, buf: buf, from: len(buf)}
	s.value(n)
	s.cut()
	return s.out
}

// spans is what has been written: out, and behind it buf[from:].
type spans struct {
	a     *Arena
	least int
	buf   []byte
	from  int
	out   [][]byte
}

// add writes text that stands in a text of the arena. The first one is the arena's own and is reused.
func (s *spans) add(in uint16, text []byte) {
	if in == 0 || len(text) < s.least {
		s.buf = append(s.buf, text...)
		return
	}
	s.cut()
	s.out = append(s.out, text)
}

// cut makes a piece of what buf has collected. When buf grows later, the piece stays where it was.
func (s *spans) cut() {
	if n := len(s.buf); n > s.from {
		s.out, s.from = append(s.out, s.buf[s.from:n:n]), n
	}
}

// value walks as appendValue does.
func (s *spans) value(n Node) {
	a := s.a
	nd := &a.nodes[n]
	switch {
	case nd.flags&flagPart != 0:
		s.buf = append(s.buf, '"')
		s.add(nd.text, a.raw(nd))
		s.buf = append(s.buf, '"')
	case nd.flags&flagsEdit == 0:
		s.add(nd.text, a.raw(nd))
	case nd.flags&flagRelisted != 0:
		s.list(nd)
	default:
		text, from := a.texts[nd.text], nd.start
		for c := nd.first; c != 0; c = a.nodes[c].next {
			if at := a.inPlace(&a.nodes[c]); at.end != 0 {
				s.add(nd.text, text[from:at.start])
				s.value(c)
				from = at.end
			}
		}
		s.add(nd.text, text[from:nd.end])
	}
}

func (s *spans) list(nd *node) {
	a := s.a
	object := nd.kind == abi.KindObject
	opening, closing := byte('['), byte(']')
	if object {
		opening, closing = '{', '}'
	}
	s.buf = append(s.buf, opening)
	for c := nd.first; c != 0; c = a.nodes[c].next {
		if c != nd.first {
			s.buf = append(s.buf, ',')
		}
		if object {
			s.buf = append(s.buf, '"')
			s.buf = append(s.buf, a.rawKey(&a.nodes[c])...)
			s.buf = append(s.buf, '"', ':')
		}
		s.value(c)
	}
	s.buf = append(s.buf, closing)
}
