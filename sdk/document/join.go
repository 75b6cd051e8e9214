package document

import "github.com/longmen-gateway/longmen/sdk/abi"

// Join makes a string that stands nowhere out of the strings of an array of x, which may be this arena,
// one after the other. Their text is copied as it is spelled, so that megabytes cost a copy and no
// decoding. It gives 0 when an element is no string, n is no array, or the arena is full.
func (a *Arena) Join(x *Arena, n Node) Node {
	if x.Kind(n) != abi.KindArray {
		return 0
	}
	size, escaped := 0, uint8(0)
	for e := x.First(n); e != 0; e = x.Next(e) {
		_, nd := x.ref(e)
		if nd.kind != abi.KindString {
			return 0
		}
		size += len(x.inner(nd))
		escaped |= uint8(nd.flags & flagEscaped)
	}
	a.begin()
	sp, ok := a.reserve(size + 2)
	if !ok {
		return 0
	}
	dst := append(a.texts[sp.text], '"')
	for e := x.First(n); e != 0; e = x.Next(e) {
		_, nd := x.ref(e)
		dst = append(dst, x.inner(nd)...)
	}
	a.texts[sp.text] = append(dst, '"')
	sp.end = uint32(len(a.texts[sp.text]))
	a.added += int(sp.end - sp.start)
	nd := node{kind: abi.KindString, text: sp.text, start: sp.start, end: sp.end}
	if escaped != 0 {
		nd.flags = flagEscaped
	}
	return a.add(nd)
}

// TextLen is the spelled length of the strings of an array, without their quotes: what Join takes.
func (a *Arena) TextLen(n Node) int {
	size := 0
	for e := a.First(n); e != 0; e = a.Next(e) {
		if _, nd := a.ref(e); nd.kind == abi.KindString {
			size += len(a.inner(nd))
		}
	}
	return size
}
